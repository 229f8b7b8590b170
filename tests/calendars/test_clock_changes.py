"""The nights on which the clock changes: what is booked, what it collides with and what the feed tells are the same hours."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.closures import close_rooms
from booking.models import Occurrence
from booking.outcome import Taken
from booking.reservations import reserve
from calendars import desk
from calendars.events import message_bytes
from calendars.rendering import own_event
from database.transact import Database
from tests.booking.conftest import Hall, again, furnish, wish
from venues.inputs import ClosureInput
from venues.models import Closure
from venues.queries import openings_of

BEFORE = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
FILE = Path(__file__).parents[1] / "data" / "dst_cases.json"
CASES = {case["id"].split()[0]: case for case in json.loads(FILE.read_text())["cases"]}
VENUE = "oren-flerbrukshall"
TWICE = "2026-10-25T02:00"
# What is asked for in each case, in which half of the hall, and what it is in UTC.
BOOKED: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "D1": ("gymsal-1", {"start": "2026-03-24T18:00", "end": "2026-03-24T19:30", "weeks": 3}, CASES["D1"]["utc"]),
    "D2": ("gymsal-1", {"start": "2026-10-20T18:00", "end": "2026-10-20T19:30", "weeks": 2}, CASES["D2"]["utc"]),
    "D5": ("gymsal-1", {"start": "2026-03-28T22:00", "end": "2026-03-29T06:00"}, [CASES["D5"]["utc"]]),
    "D6": ("gymsal-1", {"start": "2026-10-24T22:00", "end": "2026-10-25T06:00"}, [CASES["D6"]["utc"]]),
    "D8": ("gymsal-2", {"start": "2026-10-25T02:30", "end": "2026-10-25T02:45"}, ["2026-10-25T00:30Z/00:45Z"]),
    "D9": ("gymsal-2", {"start": "2026-03-29T03:15", "end": "2026-03-29T03:45"}, [CASES["D9"]["utc"]]),
    "D13 a": ("gymsal-2", {"start": TWICE, "end": "2026-10-25T02:30"}, ["2026-10-25T00:00Z/00:30Z"]),
    "D13 b": ("gymsal-2", {"start": TWICE, "end": "2026-10-25T02:30", "second_hour": True}, ["2026-10-25T01:00Z/01:30Z"]),
}
WHOLE_DAYS = {"D10": ("2026-03-28T23:00Z/2026-03-29T22:00Z", 23), "D11": ("2026-10-24T22:00Z/2026-10-25T23:00Z", 25)}


@pytest.fixture
def hall(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setattr(desk, "now", lambda: BEFORE)
    database: Database = app.extensions["database"]
    return database.transact(furnish)


def test_bookings_collisions_feed_and_mails_agree_on_the_hours(app: Flask, hall: Hall) -> None:
    database: Database = app.extensions["database"]
    for room, asked, _ in BOOKED.values():
        database.transact(reserve, block(room, **asked), by=hall.kari, now=BEFORE)

    told = [tuple(moment.astimezone(UTC) for moment in span) for room in ("gymsal-1", "gymsal-2") for span in spans(app, room)]

    assert sorted(told) == sorted(said(text) for _, _, expected in BOOKED.values() for text in expected)
    assert sorted(mailed(database)) == sorted(told)
    for room, asked, _ in BOOKED.values():
        with pytest.raises(Taken):
            database.transact(reserve, block(room, **asked), by=hall.kari, now=BEFORE)


@pytest.mark.parametrize("name", WHOLE_DAYS)
def test_a_whole_day_is_closed_for_the_hours_that_it_has(app: Flask, hall: Hall, name: str) -> None:
    database: Database = app.extensions["database"]
    day = date.fromisoformat(CASES[name]["date"])
    midnight = datetime.combine(day, datetime.min.time())
    given = ClosureInput(room="gymsal-1", start=midnight, end=midnight + timedelta(days=1), reason="Vask")

    closure: Closure = database.transact(close_rooms, VENUE, given, confirmed=False, by=hall.kari, now=BEFORE)

    expected, hours = WHOLE_DAYS[name]
    assert (closure.starts_at, closure.ends_at) == said(expected)
    assert closure.ends_at - closure.starts_at == timedelta(hours=hours)
    assert spans(app, "gymsal-1") == [(day, day + timedelta(days=1))]
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}\r\n" in feed(app, "gymsal-1")


def test_opening_hours_keep_the_wall_clock_in_the_weeks_of_change(session: Session) -> None:
    hall = furnish(session)
    again(session)
    room = hall.cast.oren.rooms[0]
    weeks = [date(2026, 3, 23) + timedelta(days=n) for n in range(14)] + [date(2026, 10, 19) + timedelta(days=n) for n in range(14)]

    opening = openings_of(session, [room], weeks[0], weeks[-1])[room.id]

    assert {tuple(window.interval.minutes for window in opening.windows(day)) for day in weeks} == {(16 * 60,)}


def block(room: str, *, weeks: int = 0, **asked: Any) -> Any:
    """Time taken by staff, at any hour."""
    series = {"recurrence": {"rrule": f"FREQ=WEEKLY;COUNT={weeks}"}} if weeks else {}
    return wish(room=f"{VENUE}/{room}", kind="block", organisation=None, **asked, **series)


def said(text: str) -> tuple[datetime, datetime]:
    """``2026-03-24T17:00Z/18:30Z`` as two moments; the end's date is that of the start where none is given."""
    start, _, end = text.partition("/")
    return datetime.fromisoformat(start), datetime.fromisoformat(end if "T" in end else f"{start[:11]}{end}")


def feed(app: Flask, room: str) -> str:
    return app.test_client().get(f"/calendars/rooms/{VENUE}/{room}.ics").text


def mailed(database: Database) -> list[tuple[Any, Any]]:
    """What mails would tell calendars of all dates: in UTC, with the length that a night has."""
    with database.reading() as session:
        events = [own_event(session, date, "nb", "http://here") for date in session.scalars(select(Occurrence))]
    bodies = [message_bytes(event, organizer=("", "arena@here.example"), attendee=("", "kari@here.example"))[1] for event in events]
    return [(event.start, event.end) for body in bodies for event in Calendar.from_ical(body).events]


def spans(app: Flask, room: str) -> list[tuple[Any, Any]]:
    return [(event.start, event.end) for event in Calendar.from_ical(feed(app, room)).events]
