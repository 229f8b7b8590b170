"""The calendar: the rooms of a venue by day and one by week, with what is blocked through a shared part, in so many statements."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.accounts.conftest import Visitor

DAY = "/office/calendar?venue=oren-flerbrukshall&day=2026-09-15"
WEEK = f"{DAY}&room=hel-hall"
OPEN_DAY = "/venues/oren-flerbrukshall/days?day=2026-09-15"


def said(page: str) -> str:
    return " ".join(page.split())


def test_what_is_booked_in_one_room_blocks_another_and_says_through_which(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    reference = booked()

    day, week = (said(visit("olav").get(address).text) for address in (DAY, WEEK))

    through = "Skiold turn: Trening (gjennom Gymsal 1, delt flate)"
    assert (day.count(through), week.count(through)) == (1, 1)
    assert ">Gymsal 1</td>" in day
    assert ">Hel hall (håndballbane)</td></tr>" in day
    assert day.count(f"/bookings/{reference}") == 3


def test_anybody_sees_the_day_without_purpose_person_or_booking(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked()
    booked("per", organisation=None, room="oren-flerbrukshall/gymsal-2")

    page = said(visit().get(OPEN_DAY).text)

    assert "Skiold turn (gjennom Gymsal 1, delt flate)" in page
    assert not any(word in page for word in ("Trening", "Per Solli", "Berit", 'href="/bookings/'))


@pytest.mark.parametrize(("name", "status"), [("per", 403), ("berit", 403), ("olav", 200), ("kari", 200)])
def test_the_calendar_of_staff_is_for_staff(visit: Callable[..., Visitor], name: str, status: int) -> None:
    assert visit(name).get(DAY).status_code == status


def test_the_statements_do_not_grow_with_bookings_or_rooms(
    visit: Callable[..., Visitor], booked: Callable[..., str], counted: Callable[[], Any]
) -> None:
    visitor, numbers = visit("kari"), []

    for room, start in (("gymsal-1", 16), ("gymsal-2", 16), ("hel-hall", 18)):
        booked(room=f"oren-flerbrukshall/{room}", start=f"2026-09-15T{start}:00", end=f"2026-09-15T{start + 2}:00")
        for address in (DAY, WEEK):
            with counted() as statements:
                visitor.get(address)
            numbers.append(len(statements))

    assert numbers == [12, 9] * 3
