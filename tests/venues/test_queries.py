"""Finding venues and rooms by name, and their opening in a fixed number of statements."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kernel.errors import Missing
from kernel.wallclock import local_day
from venues.models import Closure, OpeningHours, SchoolPeriod
from venues.opening import Openness, SchoolDays
from venues.queries import openings_of, room_at, room_named, venue_named
from venues.statements import Origin

NOW = datetime(2026, 8, 20, 10, tzinfo=UTC)
MONDAY = date(2026, 10, 5)


@pytest.fixture
def evenings(drammen: Session) -> Session:
    """Øren is open 16-22, its gallery by agreement all day; closed on Tuesday 6 October; a common and an own school day."""
    venue = venue_named(drammen, "oren-flerbrukshall")
    venue.follows_school_calendar = True
    gallery = next(room for room in venue.rooms if room.slug == "galleri")
    day = local_day(date(2026, 10, 6), venue.zone)
    noon = {"created_at": NOW, "changed_at": NOW, "origin": Origin.STAFF, "all_day": True}
    drammen.add_all(
        [OpeningHours(venue_id=venue.id, weekday=0, from_minute=960, to_minute=1320, openness=Openness.OPEN, origin=Origin.STAFF)]
    )
    drammen.add_all(
        [
            OpeningHours(
                venue_id=venue.id,
                room_id=gallery.id,
                weekday=0,
                from_minute=0,
                to_minute=1440,
                openness=Openness.BY_AGREEMENT,
                origin=Origin.STAFF,
            )
        ]
    )
    local = {"local_start": NOW.replace(tzinfo=None), "local_end": NOW.replace(tzinfo=None)}
    drammen.add_all([Closure(venue_id=venue.id, reason="Vannskade", starts_at=day.start, ends_at=day.end, **local, **noon)])
    drammen.add_all([Closure(venue_id=venue.id, reason="Trukket", starts_at=day.start, ends_at=day.end, withdrawn_at=NOW, **local, **noon)])
    drammen.add_all(
        [SchoolPeriod(venue_id=None, first_day=MONDAY, last_day=MONDAY, name="Høstferie", kind=SchoolDays.BREAK, origin=Origin.DEMO)]
    )
    drammen.flush()
    return drammen


@pytest.mark.parametrize(
    ("path", "code", "near"),
    [
        ("drammenshalen/bane-a", "unknown-venue", ("drammenshallen",)),
        ("drammenshallen/bane-c", "unknown-room", ("bane-b", "bane-a")),
        ("skogerhallen/kafe", "unknown-room", ("hall",)),
    ],
)
def test_a_name_that_does_not_exist_is_answered_with_the_nearest(drammen: Session, path: str, code: str, near: tuple[str, ...]) -> None:
    with pytest.raises(Missing) as refused:
        room_at(drammen, path)

    fault = refused.value.faults[0]
    assert (fault.code, fault.facts["near"]) == (code, near)


def test_a_room_has_its_own_hours_instead_of_its_venues(evenings: Session) -> None:
    hall, gallery = room_named(evenings, "oren-flerbrukshall", "gymsal-1"), room_named(evenings, "oren-flerbrukshall", "galleri")

    found = openings_of(evenings, [hall, gallery], MONDAY, MONDAY)

    assert [[window.openness for window in found[room.id].windows(MONDAY)] for room in (hall, gallery)] == [
        [Openness.OPEN],
        [Openness.BY_AGREEMENT],
    ]


def test_closures_that_stand_and_school_days_come_with_the_opening(evenings: Session) -> None:
    room = room_named(evenings, "oren-flerbrukshall", "gymsal-1")

    opening = openings_of(evenings, [room], MONDAY, date(2026, 10, 6))[room.id]

    assert [closed.reason for closed in opening.closures_on(date(2026, 10, 6))] == ["Vannskade"]
    assert opening.closures_on(MONDAY) == ()
    assert opening.day_class(MONDAY).school_break == "Høstferie"


@pytest.mark.parametrize("names", [["gymsal-1"], ["gymsal-1", "gymsal-2", "galleri"]])
def test_openings_of_any_number_of_rooms_take_three_statements(evenings: Session, counted: Any, names: list[str]) -> None:
    rooms = [room_named(evenings, "oren-flerbrukshall", name) for name in names]

    with counted(evenings) as statements:
        openings_of(evenings, rooms, MONDAY, date(2027, 6, 1))

    assert len(statements) == 3
