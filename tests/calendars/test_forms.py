"""Free and busy time, and what stands on signs: from the same dates as the calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from calendars.busy import About, Taking, busy_bytes, periods_of
from calendars.events import State
from kernel.interval import Interval
from tests.calendars.conftest import VENUE
from tests.calendars.rows import book, evening
from tests.calendars.test_feeds import _no_database
from venues.models import Room, Space

ROOM = "/calendars/rooms/oren-flerbrukshall/gymsal-2"
FREE_OF = (b"VEVENT", b"Skiold", b"Per Solli", b"SUMMARY", b"METHOD", b"ORGANIZER")


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("takings", "periods"),
    [
        ([], []),
        ([(8, 10, State.CONFIRMED), (10, 12, State.CONFIRMED), (9, 11, State.CONFIRMED)], [(8, 12, State.CONFIRMED)]),
        ([(8, 12, State.TENTATIVE), (9, 10, State.CONFIRMED)], [(8, 9, "t"), (9, 10, State.CONFIRMED), (10, 12, "t")]),
        ([(8, 12, State.CONFIRMED), (9, 13, State.CLOSED)], [(8, 9, State.CONFIRMED), (9, 13, State.CLOSED)]),
        ([(8, 12, State.CANCELLED), (8, 12, State.HOURS)], []),
        ([(8, 9, State.CONFIRMED), (10, 11, State.CONFIRMED)], [(8, 9, State.CONFIRMED), (10, 11, State.CONFIRMED)]),
    ],
)
def test_periods_are_merged_and_the_strongest_is_told(takings, periods):
    found = periods_of(Taking(at(start), at(end), state) for start, end, state in takings)

    assert list(found) == [Taking(at(start), at(end), State.TENTATIVE if state == "t" else state) for start, end, state in periods]


def test_free_and_busy_time_is_told_in_utc_within_what_was_looked_at():
    about = About("busy-room-1@arena", at(7), "https://arena.example.no/rooms/a/b", Interval(at(9), at(20)))

    text = busy_bytes(about, [Taking(at(8), at(10), State.CONFIRMED), Taking(at(21), at(22), State.CONFIRMED)]).decode()

    assert text == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Arena//Kalenderabonnement 1.0//NO\r\n"
        "BEGIN:VFREEBUSY\r\nUID:busy-room-1@arena\r\nDTSTAMP:20261124T070000Z\r\nDTSTART:20261124T090000Z\r\nDTEND:20261124T200000Z\r\n"
        "URL:https://arena.example.no/rooms/a/b\r\nFREEBUSY;FBTYPE=BUSY:20261124T090000Z/20261124T100000Z\r\n"
        "END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )


def test_the_free_and_busy_time_of_a_feed_is_that_of_its_events(autumn, read):
    for path in (ROOM, VENUE.removesuffix(".ics"), *(path.removesuffix(".ics") for path in autumn.addresses.values())):
        events, busy = read(f"{path}.ics"), read(f"{path}.ifb")
        found = Calendar.from_ical(busy.data).walk("VFREEBUSY")[0]
        periods = found["FREEBUSY"] if isinstance(found["FREEBUSY"], list) else [found["FREEBUSY"]]

        assert (busy.status_code, busy.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert busy.headers["Cache-Control"] == events.headers["Cache-Control"]
        assert '.ifb"' in busy.headers["Content-Disposition"]
        assert not any(word in busy.data for word in FREE_OF)
        assert sum((one.end - one.start for one in periods), timedelta()) == _length(events.data)


def test_a_sign_tells_what_is_on_and_what_comes_until_that_changes(autumn, read, clock, statements):
    clock.moment = at(15, 59)
    before = read(f"{ROOM}.json")
    clock.moment = at(16)
    during = read(f"{ROOM}.json", If_None_Match=before.headers["ETag"])
    statements.clear()
    clock.moment = at(16, 59)
    unchanged = read(f"{ROOM}.json", If_None_Match=during.headers["ETag"])

    assert (before.json["now"], before.json["next"][0]["summary"], before.json["until"]) == ([], "Opptatt", "2026-11-24T17:00:00+01:00")
    (event,) = during.json["now"]
    assert (event["start"], event["end"]) == ("2026-11-24T17:00:00+01:00", "2026-11-24T18:00:00+01:00")
    assert (event["room"], event["status"], event["all_day"], during.json["name"]) == (
        "Gymsal 2",
        "confirmed",
        False,
        "Øren flerbrukshall – Gymsal 2",
    )
    assert [one["summary"] for one in during.json["next"][:2]] == ["Drammen kommune", "Sperret"]
    assert (during.status_code, unchanged.status_code, unchanged.data, len(statements)) == (200, 304, b"", 1)
    assert during.headers["Content-Type"] == "application/json"


def test_a_sign_has_nothing_cancelled_and_a_closure_is_on(autumn, read, clock):
    autumn.change(lambda session: _cancelled(session, autumn))
    clock.moment = datetime(2026, 12, 23, 12, tzinfo=UTC)

    told = read(f"{VENUE.removesuffix('.ics')}.json?cancelled=1")

    assert [(one["summary"], one["all_day"], one["start"]) for one in told.json["now"]] == [
        ("STENGT: gulvsliping", True, "2026-12-22T00:00:00+01:00")
    ]
    assert "AVLYST" not in told.text


def test_a_sign_stays_the_same_when_the_database_is_away(autumn, read, monkeypatch):
    good = read(f"{ROOM}.json")
    monkeypatch.setattr("calendars.feeds.standing_of", _no_database)

    assert read(f"{ROOM}.json").data == good.data


def _length(text):
    """How long anything takes the time, by the hours of the events and nothing else."""
    taking = [one for one in Calendar.from_ical(text).walk("VEVENT") if one.get("TRANSP") == "OPAQUE"]
    spans = sorted((_moment(one["DTSTART"].dt), _moment(one["DTEND"].dt)) for one in taking)
    length, until = timedelta(), datetime.min.replace(tzinfo=UTC)
    for start, end in spans:
        length += max(end - max(start, until), timedelta())
        until = max(until, end)
    return length


def _moment(value):
    # The hall's days are told as dates: all of them in winter here.
    return (
        value.astimezone(UTC)
        if isinstance(value, datetime)
        else datetime(value.year, value.month, value.day, tzinfo=UTC) - timedelta(hours=1)
    )


def _cancelled(session, autumn):
    room = session.get(Room, autumn.rooms["gymsal-2"].id)
    booking = book(session, room, autumn.cast.per, evening("2026-12-23"), organisation=autumn.cast.skiold)
    booking.occurrences[0].state, booking.occurrences[0].changed_at = "cancelled", datetime(2026, 12, 20, tzinfo=UTC)
    for space in session.query(Space):
        space.revision += 1
