"""Counted: quotas summed in memory come to what the gate itself counts from the rows, whoever uses which room."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking.absence import note_absence
from booking.counted import Counts, Spent, Spot
from booking.ending import cancel
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.reservations import preview, reserve
from kernel.interval import Interval
from policies.document import checked
from policies.places import place_at
from policies.queries import in_force
from policies.verbs import publish
from tests.booking.conftest import NO_SHOW, NOW, POLICY, REASON, Hall, again, publish_with, wish
from venues.models import Room

HALL, ROOM = "oren-flerbrukshall", "oren-flerbrukshall/gymsal-1"
DATES = (("15", "berit", "gymsal-1"), ("15", "nils", "gymsal-2"), ("16", "berit", "hel-hall"), ("17", "per", "gymsal-1"))


def quota(name: str, **fields: Any) -> dict[str, Any]:
    return {"kind": "quota", "id": name, "minutes": 6_000, "reason": REASON, **fields}


def test_the_sums_are_those_that_are_counted_from_the_rows(session: Session, hall: Hall) -> None:
    town = quota("town", per="person", period="week", scope={"alcohol": False})
    gyms = quota("gyms", period="year", scope={"room_kinds": ["gym"]})
    house = quota("house", per="organisation", period="month", scope={"commercial": False})
    few_want = {"kind": "bad_hours", "id": "few-want", "over": 0, "percent": 0, "hours": [{"between": {"start": "19:00", "end": "20:00"}}]}
    tuesdays = quota("tuesdays", minutes=None, dates=9, period="month", scope={"weekdays": [2]})
    at_once = {"kind": "concurrency", "id": "rooms-at-once", "at_most": 5}
    ahead = {"kind": "concurrency", "id": "ahead", "per": "person", "measure": "ahead", "at_most": 5}
    others = [{**one, "reason": REASON} for one in (few_want, tuesdays, at_once, ahead)]
    rules = {"": [*POLICY["rules"], town, gyms, *others], HALL: [house], ROOM: [quota("room", period="day")]}  # type: ignore[misc]
    for layer, (path, found) in zip(("municipality", "venue", "room"), rules.items(), strict=True):
        document = {"title": REASON, "price_classes": POLICY["price_classes"], "layer": layer, "place": path, "rules": found}
        again(session)
        publish(session, place_at(session, path), checked(document), date(2026, 9, 1), by=SERVICE, now=NOW)
    for day, name, room in DATES:
        mine = {"organisation": None} if name == "per" else {}
        times = {"start": f"2026-09-{day}T18:00", "end": f"2026-09-{day}T19:30"}
        again(session)
        reserve(session, wish(room=f"{HALL}/{room}", **times, **mine), by=getattr(hall, name), now=NOW)
    again(session)
    counts = Counts()
    counts.add(spent(session))

    for name, mine in (("berit", {}), ("nils", {}), ("per", {"organisation": None})):
        (wanted,) = preview(session, wish(start="2026-09-15T18:30", end="2026-09-15T21:00", **mine), by=getattr(hall, name), now=NOW).dates
        assert wanted.judged.request and wanted.judged.facts
        room = session.scalars(select(Room).where(Room.slug == "gymsal-1")).one()
        day = wanted.judged.request.dates[0]
        asked = in_force(session, room, day, day).on(day).counts(wanted.judged.request)
        assert counts.usage(asked, Spot(room.id, room.venue_id, room.kind)) == wanted.judged.facts.usage
        assert len(wanted.judged.facts.usage) == 8 - bool(mine)


def test_what_was_missed_and_what_was_given_back_too_late_are_counted_as_missed(session: Session, hall: Hall) -> None:
    publish_with(session, {**NO_SHOW, "release_hours": 24})
    missed = reserve(session, wish(start="2026-09-15T18:00", end="2026-09-15T20:00"), by=hall.berit, now=NOW)
    again(session)
    late = reserve(session, wish(start="2026-09-17T18:00", end="2026-09-17T20:00"), by=hall.berit, now=NOW)
    again(session)
    note_absence(session, missed.id, 1, by=hall.olav, now=datetime(2026, 9, 16, 8, tzinfo=UTC))
    again(session)
    cancel(session, late.id, by=hall.berit, now=datetime(2026, 9, 17, 8, tzinfo=UTC))
    again(session)
    counts = Counts()
    counts.add(spent(session))

    wanted = wish(start="2026-10-13T18:00", end="2026-10-13T20:00")
    judged = preview(session, wanted, by=hall.berit, now=datetime(2026, 10, 9, tzinfo=UTC)).dates[0].judged
    assert judged.request and judged.facts
    room = session.scalars(select(Room).where(Room.slug == "gymsal-1")).one()
    asked = in_force(session, room, date(2026, 10, 13), date(2026, 10, 13)).on(date(2026, 10, 13)).counts(judged.request)

    assert counts.usage(asked, Spot(room.id, room.venue_id, room.kind)) == judged.facts.usage
    assert [(one.key, one.dates) for one in judged.facts.usage if one.key == "nobody-came"] == [("nobody-came", 2)]


def spent(session: Session) -> list[Spent]:
    rows = select(Occurrence, Booking, Room).join(Booking, Occurrence.booking_id == Booking.id).join(Room, Occurrence.room_id == Room.id)
    return [
        Spent(
            Interval(date.starts_at, date.ends_at),
            date.local_start,
            date.local_end,
            Spot(room.id, room.venue_id, room.kind),
            booking.organisation_id,
            booking.holder_id,
            booking.team,
            date.absent_at,
            date.state in LIVE,
        )
        for date, booking, room in session.execute(rows)
    ]
