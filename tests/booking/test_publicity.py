"""Who may read whose a booking is: as the wish says, else as the policy does; and the week of a room tells no more."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from booking.changing import Change, Said, change
from booking.pages.week import Looking, week_of
from booking.reservations import reserve
from booking.scope import Scope
from kernel.wallclock import to_wall
from tests.booking.conftest import NOW, Hall, again, publish_with, wish

DISCREET = {
    "kind": "publicity",
    "id": "discreet",
    "shown": False,
    "scope": {"activities": ["sport"]},
    "reason": {"nb": "x", "nn": "x", "en": "x"},
}


@pytest.mark.parametrize(
    ("rules", "said", "is_shown"),
    [([], {}, True), ([DISCREET], {}, False), ([DISCREET], {"shown_publicly": True}, True), ([], {"shown_publicly": False}, False)],
)
def test_the_policy_says_what_the_wish_does_not(
    session: Session, hall: Hall, rules: list[Any], said: dict[str, Any], is_shown: bool
) -> None:
    publish_with(session, *rules)

    booking = reserve(session, wish(**said), by=hall.nils, now=NOW)

    assert booking.shown_publicly is is_shown
    again(session)
    date = booking.occurrences[0]
    day = to_wall(date.starts_at, date.zone).date()
    for reader, told in ((hall.per, is_shown), (hall.berit, True), (hall.olav, True)):
        grid = week_of(session, booking.room, day, Looking(reader, NOW, lambda *_: "", lambda _: ""))
        assert ("Skiold turn" in str(grid)) is told


def test_the_mark_is_changed_for_the_whole_booking(session: Session, hall: Hall) -> None:
    booking = reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)

    changed = change(session, booking.id, Change(number=1, scope=Scope.ALL, said=Said(shown_publicly=False)), by=hall.berit, now=NOW)

    assert (changed.booking.id, changed.booking.shown_publicly, changed.booking.version) == (booking.id, False, 2)
