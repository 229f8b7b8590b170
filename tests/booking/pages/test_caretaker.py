"""The caretaker's two days: what happens in one's own venues, who is first in and last out, whom to ring."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.accounts.conftest import Visitor
from tests.clock import Clock


@pytest.fixture(autouse=True)
def morning(clock: Clock) -> None:
    """It is the morning of Tuesday 15 September."""
    clock.pass_by(timedelta(days=13, hours=9))


@pytest.fixture
def season(clock: Clock, booked: Callable[..., str]) -> None:
    clock.pass_by(timedelta(days=-10))
    booked(needs=["40 stoler"])
    booked(start="2026-09-15T16:30", end="2026-09-15T17:30", room="oren-flerbrukshall/gymsal-2", purpose="Korøvelse")
    booked(start="2026-09-16T10:00", end="2026-09-16T11:00", purpose="Seniortrim")
    booked(start="2026-09-17T10:00", end="2026-09-17T11:00", purpose="Yoga")
    clock.pass_by(timedelta(days=10))


@pytest.mark.usefixtures("season")
def test_today_and_tomorrow_with_first_in_and_last_out(visit: Callable[..., Visitor]) -> None:
    page = visit("olav").get("/caretaker").text

    order = [
        page.index(part)
        for part in ("I dag, tirsdag 15. september", "Først inn, åpent fra 16:30", "Sist ut 20:00", "Korøvelse", "40 stoler", "Seniortrim")
    ]
    assert order == sorted(order)
    assert "Yoga" not in page
    assert 'href="tel:+4799000003"' in page


@pytest.mark.usefixtures("season")
def test_other_days_are_two_presses_of_a_link_away(visit: Callable[..., Visitor]) -> None:
    assert "Yoga" in visit("olav").get("/caretaker?day=2026-09-17").text


@pytest.mark.parametrize(("name", "status"), [("", 401), ("per", 403), ("berit", 403), ("olav", 200), ("kari", 200)])
def test_who_may_see_it(visit: Callable[..., Visitor], name: str, status: int) -> None:
    assert visit(name).get("/caretaker").status_code == status


def test_the_number_of_statements_does_not_grow(
    visit: Callable[..., Visitor], booked: Callable[..., str], counted: Callable[[], Any]
) -> None:
    visitor, numbers = visit("olav"), []

    for hour in (18, 20, 22):
        booked(start=f"2026-09-16T{hour}:00", end=f"2026-09-16T{hour + 1}:00")
        with counted() as statements:
            visitor.get("/caretaker")
        numbers.append(len(statements))

    assert numbers[0] == numbers[1] == numbers[2]
