"""Teams on pages: named wherever the organisation is told to who may see the booking, and to nobody else; dates go to another."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask import Flask

from accounts.inputs import TeamInput
from accounts.teams import list_team
from tests.accounts.conftest import Visitor
from tests.booking.conftest import Hall
from tests.booking.pages.conftest import ASKED, ROOM, Hidden
from tests.booking.pages.test_calendar import DAY, OPEN_DAY, WEEK, said
from tests.cast import BEGINNING

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
    booked(team="Lillestjerner")

    pages = [said(visit(*name).get(address).text) for name in ((), ("per",)) for address in (OPEN_DAY, f"{ROOM}?week=2026-09-15")]

    assert [("Skiold turn" in page, "Lillestjerner" in page) for page in pages] == [(True, False)] * 4


def test_dates_are_given_to_another_team_of_the_club_with_its_people(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str], hall: Hall
) -> None:
    for team, youngest, oldest, members in (("P2", 6, 9, 12), ("P4", 10, 13, 18)):
        given = TeamInput(team=team, youngest=youngest, oldest=oldest, members=members)
        app.extensions["database"].transact(list_team, hall.cast.skiold.id, given, by=hall.berit, now=BEGINNING)
    reference = booked(team="P4", participants={"10-13": 18}, recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})
    berit = visit("berit")

    page = berit.get(f"/bookings/{reference}")
    picked = berit.get(Hidden(page).links["P2"])
    form = Hidden(picked, f"/bookings/{reference}/description").forms[0]
    moved = berit.client.post(f"/bookings/{reference}/description", data=form)

    shown = ("0-5", "6-9", "10-13", "14-19", "20-66", "67+")
    assert [name for name in Hidden(page, f"/bookings/{reference}/description").forms[0] if name.startswith("participants.")] == [
        f"participants.{band}" for band in shown
    ]
    assert '<option value="P2">' in page.text
    assert [name for name in form if form[name] and name.startswith("participants.")] == ["participants.6-9"]
    # What is sent of the form is its last date alone, which becomes a booking of its own.
    told = said(berit.get(moved.location).text)
    assert ("Skiold turn, P2" in told, "12 på 6–9 år" in told) == (True, True)
