"""Events in text: the golden form, the hours of a clock change, bounds, and what two independent readers make of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from recurring_ical_events import of

from calendars.events import CALENDAR_END, Event, Head, Method, State, Where, event_bytes, head_bytes, message_bytes, shortened
from calendars.zones import OSLO
from kernel.wallclock import WallSpan, to_utc

STAMP = datetime(2026, 3, 1, 10, 15, tzinfo=UTC)
HEAD = Head(
    name="Åssiden skole – gymsal A",
    description="Bookinger, vaktmestervisning",
    zones=("Europe/Oslo",),
    modified=STAMP,
    url="https://arena.example.no/venues/assiden",
    source="https://arena.example.no/calendars/venues/assiden.ics",
)


def whole(head, *events):
    """A calendar as feeds put it together."""
    return b"".join([head_bytes(head), *events, CALENDAR_END])


def an_event(start="2026-03-10 18:00", end="2026-03-10 19:30", *, second=False, **told):
    wall = WallSpan(datetime.fromisoformat(start), datetime.fromisoformat(end), told.pop("zone", "Europe/Oslo"), second)
    interval = wall.interval()
    given = {
        "uid": "bakoli-274-1.20260101080000@arena",
        "sequence": 2,
        "created": datetime(2026, 1, 1, 8, 0, tzinfo=UTC),
        "modified": STAMP,
        "state": State.CONFIRMED,
        "summary": "Åssiden skolekorps – øving",
        "where": Where("Åssiden skole, gymsal A, Buskerudveien 52, 3024 Drammen", (59.7486, 10.1656), ("Gymsal A",)),
        "url": "https://arena.example.no/bookings/BAKOLI-274",
    }
    times = {"local_start": wall.start, "local_end": wall.end, "zone": wall.zone, "starts_at": interval.start, "ends_at": interval.end}
    return Event(**times, **given | told)


def test_an_event_is_written_in_the_golden_form():
    assert event_bytes(an_event(description="Nøkkel hos vaktmester; husk å låse.\nTakk")).decode() == (
        "BEGIN:VEVENT\r\n"
        "UID:bakoli-274-1.20260101080000@arena\r\n"
        "DTSTAMP:20260301T101500Z\r\n"
        "LAST-MODIFIED:20260301T101500Z\r\n"
        "CREATED:20260101T080000Z\r\n"
        "SEQUENCE:2\r\n"
        "DTSTART;TZID=Europe/Oslo:20260310T180000\r\n"
        "DTEND;TZID=Europe/Oslo:20260310T193000\r\n"
        "SUMMARY:Åssiden skolekorps – øving\r\n"
        "STATUS:CONFIRMED\r\n"
        "TRANSP:OPAQUE\r\n"
        "LOCATION:Åssiden skole\\, gymsal A\\, Buskerudveien 52\\, 3024 Drammen\r\n"
        "GEO:59.748600;10.165600\r\n"
        "CATEGORIES:Gymsal A\r\n"
        "URL:https://arena.example.no/bookings/BAKOLI-274\r\n"
        "DESCRIPTION:Nøkkel hos vaktmester\\; husk å låse.\\nTakk\r\n"
        "END:VEVENT\r\n"
    )


def test_a_calendar_says_its_name_twice_and_carries_the_zone_even_when_it_is_empty():
    text = whole(HEAD).decode()

    assert text == (
        "BEGIN:VCALENDAR\r\n"
        "VERSION:2.0\r\n"
        "PRODID:-//Arena//Kalenderabonnement 1.0//NO\r\n"
        "CALSCALE:GREGORIAN\r\n"
        "METHOD:PUBLISH\r\n"
        "NAME:Åssiden skole – gymsal A\r\n"
        "X-WR-CALNAME:Åssiden skole – gymsal A\r\n"
        "X-WR-CALDESC:Bookinger\\, vaktmestervisning\r\n"
        "LAST-MODIFIED:20260301T101500Z\r\n"
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n"
        "X-PUBLISHED-TTL:PT15M\r\n"
        "COLOR:steelblue\r\n"
        "X-APPLE-CALENDAR-COLOR:#4682B4\r\n"
        "SOURCE;VALUE=URI:https://arena.example.no/calendars/venues/assiden.ics\r\n"
        "URL:https://arena.example.no/venues/assiden\r\n"
        f"{OSLO.decode()}"
        "END:VCALENDAR\r\n"
    )


def test_a_secret_address_is_not_repeated_inside_the_file():
    assert b"SOURCE" not in whole(replace(HEAD, source=""))


@pytest.mark.parametrize(
    ("state", "lines"),
    [
        (State.CONFIRMED, b"STATUS:CONFIRMED\r\nTRANSP:OPAQUE"),
        (State.TENTATIVE, b"STATUS:TENTATIVE\r\nTRANSP:OPAQUE"),
        (State.CANCELLED, b"STATUS:CANCELLED\r\nTRANSP:TRANSPARENT"),
        (State.CLOSED, b"STATUS:CONFIRMED\r\nTRANSP:OPAQUE"),
    ],
)
def test_status_and_transparency_follow_the_state(state, lines):
    assert lines in event_bytes(an_event(state=state))


# The cases of the clock changes of 2026 that a feed publishes: start, end, second of the repeated hour, lines.
CHANGES = {
    "D1 before": ("2026-03-24 18:00", "2026-03-24 19:30", False, ";TZID=Europe/Oslo:20260324T180000", ";TZID=Europe/Oslo:20260324T193000"),
    "D1 after": ("2026-03-31 18:00", "2026-03-31 19:30", False, ";TZID=Europe/Oslo:20260331T180000", ";TZID=Europe/Oslo:20260331T193000"),
    "D2 before": ("2026-10-20 18:00", "2026-10-20 19:30", False, ";TZID=Europe/Oslo:20261020T180000", ";TZID=Europe/Oslo:20261020T193000"),
    "D2 after": ("2026-10-27 18:00", "2026-10-27 19:30", False, ";TZID=Europe/Oslo:20261027T180000", ";TZID=Europe/Oslo:20261027T193000"),
    "D5 night": ("2026-03-28 22:00", "2026-03-29 06:00", False, ";TZID=Europe/Oslo:20260328T220000", ";TZID=Europe/Oslo:20260329T060000"),
    "D6 night": ("2026-10-24 22:00", "2026-10-25 06:00", False, ";TZID=Europe/Oslo:20261024T220000", ";TZID=Europe/Oslo:20261025T060000"),
    "D8 first": ("2026-10-25 02:30", "2026-10-25 04:30", False, ":20261025T003000Z", ":20261025T033000Z"),
    "D8 second": ("2026-10-25 02:30", "2026-10-25 04:30", True, ":20261025T013000Z", ":20261025T033000Z"),
    "D9": ("2026-03-29 03:15", "2026-03-29 03:45", False, ":20260329T011500Z", ":20260329T014500Z"),
    "D13 a": ("2026-10-25 02:00", "2026-10-25 02:30", False, ":20261025T000000Z", ":20261025T003000Z"),
    "D13 b": ("2026-10-25 02:00", "2026-10-25 02:30", True, ":20261025T010000Z", ":20261025T013000Z"),
    "ends at two": ("2026-10-24 22:00", "2026-10-25 01:00", False, ":20261024T200000Z", ":20261024T230000Z"),
}


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
def test_times_near_a_clock_change_go_out_in_utc_and_all_others_by_the_wall_clock(case):
    start, end, second, starts, ends = case

    written = event_bytes(an_event(start, end, second=second)).decode()

    assert f"DTSTART{starts}\r\nDTEND{ends}\r\n" in written


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
def test_two_independent_readers_find_the_utc_that_was_booked(case):
    start, end, second, *_ = case
    event = an_event(start, end, second=second)
    text = whole(HEAD, event_bytes(event))

    assert [by_icalendar(text), by_vobject(text)] == [[(event.uid, event.starts_at, event.ends_at, event.summary)]] * 2


def test_a_message_to_a_calendar_is_from_its_organizer_to_one_attendee_and_in_utc():
    method, body = message_bytes(an_event(), organizer=("", "arena@drammen.example"), attendee=("Per Solli", "per@example.org"))

    assert (method, body.decode().replace("\r\n ", "").splitlines()) == (
        Method.REQUEST,
        [
            *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Arena//Kalenderabonnement 1.0//NO", "CALSCALE:GREGORIAN", "METHOD:REQUEST"),
            *("BEGIN:VEVENT", "UID:bakoli-274-1.20260101080000@arena", "DTSTAMP:20260301T101500Z", "LAST-MODIFIED:20260301T101500Z"),
            *("CREATED:20260101T080000Z", "SEQUENCE:2", "DTSTART:20260310T170000Z", "DTEND:20260310T183000Z"),
            *("SUMMARY:Åssiden skolekorps – øving", "STATUS:CONFIRMED", "TRANSP:OPAQUE"),
            "LOCATION:Åssiden skole\\, gymsal A\\, Buskerudveien 52\\, 3024 Drammen",
            *("GEO:59.748600;10.165600", "CATEGORIES:Gymsal A", "URL:https://arena.example.no/bookings/BAKOLI-274"),
            "ORGANIZER:mailto:arena@drammen.example",
            "ATTENDEE;CN=Per Solli;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:per@example.org",
            *("END:VEVENT", "END:VCALENDAR"),
        ],
    )


def test_no_name_and_no_address_breaks_out_of_its_line():
    name, address = 'Åse "Kjempe" ^n;X=1:\r\nATTENDEE:mailto:ola@example.org' + " og" * 40, "o'brien+x,y;z:1?cc=a@example.org"
    method, body = message_bytes(an_event(state=State.CANCELLED), organizer=(name, "arena@example.org"), attendee=(name, address))
    (event,) = Calendar.from_ical(body).events

    told = event["ATTENDEE"]
    assert (method, unquote(str(told)), str(told.params["CN"])) == (Method.CANCEL, f"mailto:{address}", name.replace("\r\n", "\n"))
    assert vobject.readOne(body.decode()).vevent.attendee.value == str(told)
    assert all(len(part) <= 75 for part in body.split(b"\r\n"))


@pytest.mark.parametrize(("day", "following"), [("2026-03-29", "20260330"), ("2026-10-25", "20261026")])
def test_a_whole_day_is_a_date_with_an_exclusive_end_also_when_the_clock_changes(day, following):
    midnight = datetime.fromisoformat(day)
    event = an_event(f"{day} 00:00", f"{(midnight + timedelta(days=1)):%Y-%m-%d} 00:00", all_day=True, state=State.CLOSED)

    written = event_bytes(event)

    assert f"DTSTART;VALUE=DATE:{day.replace('-', '')}\r\nDTEND;VALUE=DATE:{following}\r\n".encode() in written


def test_a_zone_without_a_plain_yearly_clock_is_told_in_utc():
    event = an_event("2026-06-10 18:00", "2026-06-10 19:00", zone="Asia/Jerusalem")
    head = replace(HEAD, zones=("Asia/Jerusalem",))

    text = whole(head, event_bytes(event))

    assert b"VTIMEZONE" not in text
    assert b"DTSTART:20260610T150000Z\r\n" in text
    assert to_utc(event.local_start, event.zone) == event.starts_at


def test_a_description_is_never_over_four_kilobytes():
    written = shortened("æ" * 5000)

    assert len(written.encode()) <= 4000
    assert written.endswith("æ…")
    assert shortened("kort") == "kort"


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_people_write_is_read_back(summary, description):
    event = an_event(summary=f"x{summary}x", description=f"x{description}x")

    found = Calendar.from_ical(whole(HEAD, event_bytes(event))).walk("VEVENT")

    assert len(found) == 1
    assert found[0]["UID"] == event.uid


def by_icalendar(text):
    found = of(Calendar.from_ical(text)).between(date(2026, 1, 1), date(2027, 1, 1))
    return [(str(one["UID"]), one.start.astimezone(UTC), one.end.astimezone(UTC), str(one["SUMMARY"])) for one in found]


def by_vobject(text):
    """vobject reads the zone block of the file itself, by dateutil."""
    found = vobject.readOne(text.decode()).vevent_list
    return [(one.uid.value, one.dtstart.value.astimezone(UTC), one.dtend.value.astimezone(UTC), one.summary.value) for one in found]
