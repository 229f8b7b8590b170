"""Teams on pages: a booking names its team wherever its organisation is told to who may see the booking, and to nobody else."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.accounts.conftest import Visitor
from tests.booking.pages.conftest import ASKED, ROOM
from tests.booking.pages.test_calendar import DAY, OPEN_DAY, WEEK, said

THEN = f"{ROOM}/why?at=2026-09-15T18:00"
LOOK = f"{ROOM}/book/preview?{urlencode({**ASKED, 'team': 'P2'})}"


@pytest.mark.parametrize(
    ("name", "address"),
    [("berit", "/bookings"), ("berit", LOOK), ("berit", THEN), ("olav", "/caretaker?day=2026-09-15"), ("olav", DAY), ("kari", WEEK)],
)
def test_the_team_is_named_with_its_organisation(
    visit: Callable[..., Visitor], booked: Callable[..., str], name: str, address: str
) -> None:
    booked(team="P2", purpose="Sirkeltrening")

    assert "Skiold turn, P2" in said(visit(name).get(address).text)


def test_who_may_not_see_the_booking_does_not_read_the_team(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked(team="P2")

    pages = [said(visit(*name).get(address).text) for name in ((), ("per",)) for address in (OPEN_DAY, f"{ROOM}?week=2026-09-15")]

    assert [("Skiold turn" in page, "P2" in page) for page in pages] == [(True, False)] * 4
