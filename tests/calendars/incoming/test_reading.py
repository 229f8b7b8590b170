"""Foreign calendars are read right, or what cannot be read is named by line and reason; in bounded work, whatever the bytes are."""

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from inspect import getsource
from itertools import pairwise
from re import findall

import pytest

from calendars.cli import as_data
from calendars.incoming import bounds, events, lines, occurring, reading, series, times
from calendars.incoming.clocks import Clocks
from calendars.incoming.lines import calendars_in
from calendars.incoming.reading import Outcome, Reading, Skipped, read
from calendars.incoming.reasons import REMARKED, SKIPPED
from calendars.zones import block_of
from kernel.wallclock import zone_of
from tests.foreign import CASES, DATA, MOST_SECONDS, WINDOW, ZONE, huge, mutated
from web.sentences import CALENDARS

WEEKLY = ("DTSTART;TZID=Europe/Oslo:20260105T180000", "DTEND;TZID=Europe/Oslo:20260105T193000", "RRULE:FREQ=WEEKLY;COUNT=4")
FOUR = ["2026-01-05T17:00:00Z", "2026-01-12T17:00:00Z", "2026-01-19T17:00:00Z", "2026-01-26T17:00:00Z"]
OSLO = (DATA / "01_weekly_over_dst.ics").read_text().replace("\r\n", "\n").partition("BEGIN:VTIMEZONE")[2].partition("END:VTIMEZONE")[0]


def event(*given: str, uid: str = "a@t") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", *given, "END:VEVENT", ""))


def calendar(*parts: str) -> bytes:
    return "\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "".join(parts) + "END:VCALENDAR", "")).encode()


def told(data: bytes) -> Reading:
    return read(data, first=WINDOW[0], last=WINDOW[1], zone=ZONE)


def starts(data: bytes) -> list[str]:
    return [one["start"] for one in as_data(told(data))["occurrences"]]


def spans(data: bytes) -> list[str]:
    return [f"{one['start']} {one['end']}" for one in as_data(told(data))["occurrences"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_each_case_gives_what_is_expected_of_it(case: Mapping[str, str]) -> None:
    first, last = (date.fromisoformat(case[name]) for name in ("from", "to"))

    found = as_data(read((DATA / case["file"]).read_bytes(), first=first, last=last, zone=case["tz"]))

    assert found["outcome"] == case["outcome"]
    assert sorted(found["occurrences"], key=str) == sorted(case["expect"], key=str)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_what_is_read_month_by_month_is_what_is_read_of_the_year(case: Mapping[str, str]) -> None:
    data = (DATA / case["file"]).read_bytes()

    months = [date(2026 + place // 12, place % 12 + 1, 1) for place in range(13)]
    by_month = {one for first, last in pairwise(months) for one in read(data, first=first, last=last, zone=ZONE).occurrences}

    assert by_month == set(told(data).occurrences)


def test_twenty_thousand_events_are_read_within_the_time_and_one_more_is_refused() -> None:
    began = time.thread_time()
    found = read(huge(), first=date(2026, 3, 1), last=date(2026, 3, 8), zone=ZONE)
    took = time.thread_time() - began

    assert took < MOST_SECONDS
    expected = {f"h{number}@t" for number in range(20_000) if number % 12 == 2 and number % 28 < 7}
    assert {one.uid for one in found.occurrences} == expected
    assert len(expected) == len(found.occurrences) == 477
    assert told(huge(20_001)) == Reading(Outcome.REFUSE, "too-many-events")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # Days are counted on the calendar, hours by the clock (RFC 5545 3.3.6): over the lost hour of 29 March.
        (["DTSTART;TZID=Europe/Oslo:20260328T220000", "DURATION:P1D"], ["2026-03-28T21:00:00Z 2026-03-29T20:00:00Z"]),
        (["DTSTART;TZID=Europe/Oslo:20260328T220000", "DURATION:PT24H"], ["2026-03-28T21:00:00Z 2026-03-29T20:00:00Z"]),
        (["DTSTART;TZID=Europe/Oslo:20260327T220000", "DURATION:P1DT8H"], ["2026-03-27T21:00:00Z 2026-03-29T05:00:00Z"]),
        (
            ["DTSTART;TZID=Europe/Oslo:20261025T023000", "DTEND;TZID=Europe/Oslo:20261025T033000"],
            ["2026-10-25T00:30:00Z 2026-10-25T02:30:00Z"],
        ),
        # Without an end nothing, or the day; a day that ends when it begins is that day.
        (["DTSTART:20260105T180000Z"], ["2026-01-05T18:00:00Z 2026-01-05T18:00:00Z"]),
        (["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260105"], ["2026-01-05 2026-01-06"]),
        (["DTSTART:20260105T180000Z", "DTEND:99991231T235959Z"], ["2026-01-05T18:00:00Z 9999-12-31T23:59:59Z"]),
        (["DTSTART:20251231T200000Z", "DURATION:PT6H"], ["2025-12-31T20:00:00Z 2026-01-01T02:00:00Z"]),
        (["DTSTART:20251231T200000Z", "DURATION:PT3H"], []),
        (["DTSTART;VALUE=DATE:19000105", "RRULE:FREQ=YEARLY"], ["2026-01-05 2026-01-06"]),
        (
            ["DTSTART:20260105T180000Z", "RDATE;VALUE=PERIOD:20260106T180000Z/PT3H,20260107T180000Z/20260107T190000Z"],
            [
                "2026-01-05T18:00:00Z 2026-01-05T18:00:00Z",
                "2026-01-06T18:00:00Z 2026-01-06T21:00:00Z",
                "2026-01-07T18:00:00Z 2026-01-07T19:00:00Z",
            ],
        ),
    ],
)
def test_an_event_is_as_long_as_it_says(given: list[str], expected: list[str]) -> None:
    assert spans(calendar(event(*given))) == expected


@pytest.mark.parametrize(
    "zone",
    [
        "/freeassociation.sourceforge.net/Europe/Oslo",
        "/mozilla.org/20050126_1/Europe/Oslo",
        '"Europe/Oslo"',
        "europe/oslo",
        "W. Europe Standard Time",
        "Romance Standard Time",
        "Skolens tid",
        "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
        "tzone://Microsoft/Custom",
        '"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"',
    ],
)
def test_a_zone_is_known_by_many_names(zone: str) -> None:
    own = f"BEGIN:VTIMEZONE{OSLO}END:VTIMEZONE\n".replace("TZID:Europe/Oslo", "TZID:" + zone.strip('"'))

    found = told(calendar(own, event(f"DTSTART;TZID={zone}:20260327T180000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4")))

    assert [one.starts_at.hour for one in found.occurrences] == [17, 17, 16, 16]
    assert found.remarks == ()


def test_a_start_that_the_clock_skips_is_read_an_hour_later_and_named() -> None:
    once = event("DTSTART;TZID=Europe/Oslo:20260329T023000", "DTEND;TZID=Europe/Oslo:20260329T040000", uid="en")
    weekly = event("DTSTART;TZID=Europe/Oslo:20260322T023000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3", uid="to")

    found = told(calendar(once, weekly))

    assert [f"{one.uid} {one.starts_at:%m-%d %H:%MZ}" for one in found.occurrences] == [
        "to 03-22 01:30Z",
        "en 03-29 01:30Z",
        "to 03-29 01:30Z",
        "to 04-05 00:30Z",
    ]
    assert [(one.uid, one.reason) for one in found.remarks] == [("en", "missing-hour"), ("to", "missing-hour")]


def test_a_zone_that_a_file_describes_counts_when_nobody_else_knows_it() -> None:
    shifted = f"BEGIN:VTIMEZONE{OSLO}END:VTIMEZONE\n".replace("+0200", "+0400").replace("+0100", "+0300")
    times = ("DTSTART;TZID={}:20260328T180000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")
    own, known = (
        calendar(shifted.replace("TZID:Europe/Oslo", f"TZID:{name}"), event(times[0].format(name), *times[1:])) for name in ("Her", ZONE)
    )

    assert starts(own) == ["2026-03-28T15:00:00Z", "2026-03-29T14:00:00Z"]
    assert starts(known) == ["2026-03-28T17:00:00Z", "2026-03-29T16:00:00Z"]


@pytest.mark.parametrize("zone", ["Europe/Oslo", "America/New_York", "Australia/Sydney", "Europe/Istanbul"])
def test_a_zone_that_a_file_describes_is_read_hour_by_hour(zone: str) -> None:
    described = block_of(zone)
    assert described
    file = b"BEGIN:VCALENDAR\n" + described.text.replace(b"TZID:" + zone.encode(), b"TZID:Her") + b"END:VCALENDAR\n"
    here, there = Clocks(calendars_in(file)[0], UTC, bounds.Budget()).of("Her", 1), zone_of(zone)

    hours = [datetime(2026, 1, 1) + timedelta(hours=place, minutes=30) for place in range(2 * 366 * 24)]

    assert [hour.replace(tzinfo=here).astimezone(UTC) for hour in hours] == [hour.replace(tzinfo=there).astimezone(UTC) for hour in hours]
    assert [_clock(hour, here) for hour in hours] == [_clock(hour, there) for hour in hours]


def _clock(hour: datetime, zone: tzinfo) -> datetime:
    return hour.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def test_times_without_a_zone_follow_the_calendar_and_an_unknown_zone_is_named() -> None:
    of_new_york = calendar("X-WR-TIMEZONE:America/New_York\n", event("DTSTART:20260105T180000"))
    of_nowhere = calendar(event("DTSTART;TZID=Ingensteds:20260105T180000"))

    assert starts(of_new_york) == ["2026-01-05T23:00:00Z"]
    assert starts(of_nowhere) == ["2026-01-05T17:00:00Z"]
    assert told(of_nowhere).remarks == (Skipped("", 5, "unknown-zone"),)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["EXDATE:20260112T170000Z"], [FOUR[0], *FOUR[2:]]),
        (["EXDATE:20260112T180000"], [FOUR[0], *FOUR[2:]]),
        (["EXDATE;VALUE=DATE:20260112,20260119"], [FOUR[0], FOUR[3]]),
        (["EXRULE:FREQ=WEEKLY;INTERVAL=2"], [FOUR[1], FOUR[3]]),
        (["RDATE;TZID=Europe/Oslo:20260112T180000,20260113T180000"], [*FOUR[:2], "2026-01-13T17:00:00Z", *FOUR[2:]]),
        (["RDATE;VALUE=DATE:20260113"], [*FOUR[:2], "2026-01-13T17:00:00Z", *FOUR[2:]]),
        (["RRULE:FREQ=MONTHLY;COUNT=2"], [*FOUR, "2026-02-05T17:00:00Z"]),
    ],
)
def test_a_series_has_exceptions_and_additions(given: list[str], expected: list[str]) -> None:
    assert starts(calendar(event(*WEEKLY, *given))) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "FREQ=DAILY;BYHOUR=9,18;BYMINUTE=0,30;COUNT=4",
            ["2026-01-05T17:00:00Z", "2026-01-05T17:30:00Z", "2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"],
        ),
        ("FREQ=YEARLY;BYYEARDAY=5,100,-1;COUNT=3", ["2026-01-05T17:00:00Z", "2026-04-10T16:00:00Z", "2026-12-31T17:00:00Z"]),
        ("FREQ=YEARLY;BYWEEKNO=1,20,53;BYDAY=TH;COUNT=3", ["2026-05-14T16:00:00Z", "2026-12-31T17:00:00Z"]),
        ("FREQ=WEEKLY; BYDAY=TU; COUNT=1", ["2026-01-06T17:00:00Z"]),
        ("FREQ=WEEKLY;UNTIL=20250101T000000Z", []),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", []),
    ],
)
def test_rules_that_are_seldom_seen_are_read_too(rule: str, expected: list[str]) -> None:
    assert starts(calendar(event(WEEKLY[0], f"RRULE:{rule}"))) == expected


def test_a_changed_instance_keeps_the_name_of_its_first_start() -> None:
    moved = event("RECURRENCE-ID:20260112T170000Z", "DTSTART:20260113T190000Z", "DTEND:20260113T200000Z", "SEQUENCE:2")
    older = event("RECURRENCE-ID;TZID=Europe/Oslo:20260112T180000", "DTSTART:20260114T190000Z", "SEQUENCE:1")
    by_day = event("RECURRENCE-ID;VALUE=DATE:20260119", "DTSTART:20260120T190000Z", "STATUS:CANCELLED")

    found = told(calendar(event(*WEEKLY), moved, older, by_day))

    assert [(one.recurrence_id, f"{one.starts_at:%d.%H}", one.status) for one in found.occurrences] == [
        ("20260105T170000Z", "05.17", ""),
        ("20260112T170000Z", "13.19", ""),
        ("20260119T170000Z", "20.19", "CANCELLED"),
        ("20260126T170000Z", "26.17", ""),
    ]
    assert found.skipped == (Skipped("a@t", 16, "superseded"),)


def test_a_change_of_all_that_follow_moves_and_shortens_them() -> None:
    from_third = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Oslo:20260119T180000", "DTSTART:20260120T183000Z", "DURATION:PT1H", "SUMMARY:Ny"
    )

    found = told(calendar(event(*WEEKLY), from_third))

    assert [(one.recurrence_id[:8], f"{one.starts_at:%d.%H%M}", f"{one.ends_at:%H%M}", one.summary) for one in found.occurrences] == [
        ("20260105", "05.1700", "1830", ""),
        ("20260112", "12.1700", "1830", ""),
        ("20260119", "20.1830", "1930", "Ny"),
        ("20260126", "27.1830", "1930", "Ny"),
    ]


def test_events_of_one_uid_at_several_times_all_take_time_and_two_alike_are_one() -> None:
    first, second = (event(f"DTSTART:2026010{day}T180000Z", "DTEND:20260107T200000Z") for day in (5, 6))

    found = told(calendar(first, second, first))

    assert [one.recurrence_id for one in found.occurrences] == ["20260105T180000Z", "20260106T180000Z"]
    assert [(one.line, one.reason) for one in found.skipped] == [(3, "superseded")]


def test_without_a_uid_an_event_is_named_by_what_it_says() -> None:
    lesson, other = ("\n".join(("BEGIN:VEVENT", f"DTSTART:2026010{day}T180000Z", "SUMMARY:Gym", "END:VEVENT", "")) for day in (5, 6))

    before, after = told(calendar(lesson)), told(calendar(other, lesson))

    assert [one.uid for one in before.occurrences] == [after.occurrences[0].uid]
    assert len({one.uid for one in after.occurrences}) == 2
    assert [one["uid"] for one in as_data(after)["occurrences"]] == ["", ""]


def test_what_else_a_file_says_is_read_and_other_components_are_not() -> None:
    alarm = "BEGIN:VALARM\nSUMMARY:Alarm\nDTSTART:20200101T000000Z\nEND:VALARM"
    lesson = event("DTSTART:20260105T180000Z", alarm, "SUMMARY:Kamp\\, A\\; mot\\nB \\\\ C", "TRANSP:TRANSPARENT")
    head = "X-PUBLISHED-TTL:PT12H\nBEGIN:VTODO\nUID:b\nDTSTART:20260105T180000Z\nEND:VTODO\n"

    found = told(calendar(head, lesson))

    (one,) = found.occurrences
    assert found.refresh == timedelta(hours=12)
    assert (one.summary, one.is_free) == ("Kamp, A; mot\nB \\ C", True)
    assert (one.local_start, one.recurrence_id, one.all_day) == (datetime(2026, 1, 5, 19), "", False)


@pytest.mark.parametrize(
    "data",
    [
        calendar(event("DTSTART:20260105T180000Z", "SUMMARY:Blåbær")).replace(b"\n", b"\r"),
        calendar(event("DTSTART:20260105T180000Z", "SUMMARY:Blåbær")).decode().encode("latin-1"),
        calendar(event("DTSTART:20260105T180000Z", "SUMMARY:Blåbær")).decode().encode("utf-16"),
        calendar(event("DTSTART:20260105T180000Z", "SUMMARY:Blåbær")).replace(b"\xa5", b"\n \xa5").replace(b"\xa6", b"\n\t\xa6"),
        calendar(event("DTSTART:20260105T180000Z", "SUMMARY:Blå\0bær")) + b"\n<!-- 12 ms -->",
        b"\n\n" + calendar(event("dtstart:20260105T180000Z", 'summary;LANGUAGE=nb;X="a:b":Blåbær')).replace(b"EVENT", b"event"),
    ],
    ids=["cr", "latin-1", "utf-16", "folded letters", "nul", "small letters"],
)
def test_letters_and_lines_are_read_as_they_come(data: bytes) -> None:
    assert [one.summary for one in told(data).occurrences] == ["Blåbær"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\r\n  \r\n", "empty"),
        (b"\x1f\x8b\x08" + bytes(100), "compressed"),
        (b"PK\x03\x04" + bytes(100), "compressed"),
        (b"\xef\xbb\xbf\n<html><body>BEGIN:VCALENDAR", "web-page"),
        (b'{"error": "not found"}', "not-a-calendar"),
        (b"BEGIN:VEVENT\nEND:VEVENT\n", "not-a-calendar"),
        (calendar(event(*WEEKLY))[:-20], "truncated"),
        (calendar(event(*WEEKLY)).replace(b"END:VEVENT\nEND:VCALENDAR\n", b""), "truncated"),
        (calendar(event(*WEEKLY)) + calendar()[:-20], "truncated"),
        (calendar("BEGIN:X\n" * 100), "nested"),
        (calendar("X" * 10_000_000), "too-large"),
        (calendar("\n" * 1_000_000), "too-large"),
    ],
)
def test_what_is_no_whole_calendar_is_refused(data: bytes, reason: str) -> None:
    assert told(data) == Reading(Outcome.REFUSE, reason)


@pytest.mark.parametrize(
    ("given", "reason", "line"),
    [
        (["SUMMARY:Uten start"], "no-start", 11),
        (["DTSTART:i morgen"], "bad-start", 13),
        (["DTSTART;VALUE=DATE:20260231"], "bad-start", 13),
        (["DTSTART:99991231T235959Z"], "bad-start", 13),
        (["DTSTART:20260105T180000Z", "DTEND:20260105T1900"], "bad-end", 14),
        (["DTSTART:20260105T180000Z", "DURATION:en time"], "bad-duration", 14),
        (["DTSTART:20260105T180000Z", "DURATION:-PT1H"], "end-before-start", 14),
        (["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260104"], "end-before-start", 14),
        (["DTSTART:20260105T180000Z", "DURATION:P999999W"], "out-of-range", 11),
        (["DTSTART:20260105T180000Z", "RRULE:FREQ=OFTE"], "bad-rule", 14),
        (["DTSTART:20260105T180000Z", "RRULE:D1 #10"], "bad-rule", 14),
        (["DTSTART:20260105T180000Z", "RRULE:FREQ=HOURLY;COUNT=2"], "too-frequent", 14),
        (["DTSTART:20260105T180000Z", "RRULE:FREQ=DAILY;BYMINUTE=0,5,10,15,20,25;BYHOUR=0,1,2,3,4,5,6,7,8"], "too-frequent", 14),
        (["DTSTART:20260105T180000Z", "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14"], "too-many-occurrences", 11),
        (["DTSTART:10000105T180000Z", "RRULE:FREQ=DAILY;COUNT=999999999"], "too-much-work", 14),
        (["DTSTART:20260105T180000Z", "RECURRENCE-ID:forrige"], "bad-instance", 14),
    ],
)
def test_an_event_that_cannot_be_read_is_named_and_the_others_are_read(given: list[str], reason: str, line: int) -> None:
    sound = event(*WEEKLY, uid="b@t")

    found = told(calendar(sound, "X-FOLDED:a\n b\n", event(*given), sound.replace("b@t", "c@t")))

    assert found.skipped == (Skipped("a@t", line, reason),)
    assert [one.uid for one in found.occurrences] == ["b@t", "c@t"] * 4


def test_an_event_without_an_end_line_is_named_and_the_next_is_read() -> None:
    found = told(calendar(event("DTSTART:20260105T180000Z").replace("END:VEVENT\n", ""), event(*WEEKLY, uid="b@t")))

    assert found.skipped == (Skipped("a@t", 3, "unclosed"),)
    assert len(found.occurrences) == 4


def test_exceptions_and_additions_that_cannot_be_read_are_told_and_the_series_is_kept() -> None:
    found = told(calendar(event(*WEEKLY, "EXDATE:20260112T170000Z,mandag", "RDATE:20260113T180000Z/igjen")))

    assert [one.reason for one in found.remarks] == ["bad-exception", "bad-addition"]
    assert len(found.occurrences) == 3


def test_a_file_that_is_too_much_work_is_refused() -> None:
    budget = bounds.Budget(left=10)
    budget.spend(10)

    with pytest.raises(bounds.Unreadable, match="too-much-work"):
        budget.spend(1)


def test_every_reason_has_a_sentence() -> None:
    text = "".join(getsource(module) for module in (bounds, events, lines, occurring, reading, series, times))
    refused = {f"calendar:{code}" for code in findall(r'Unreadable\("([a-z-]+)"', text)}
    left_out = {*findall(r'Skip\("([a-z-]+)"', text), *findall(r'"(bad-[a-z]+|unknown-zone|missing-hour|superseded|out-of-range)"', text)}

    assert left_out == {*SKIPPED, *REMARKED}
    assert refused
    assert refused <= CALENDARS.keys()


@pytest.mark.parametrize("seed", range(3))
def test_no_mishap_breaks_the_reader(seed: int) -> None:
    mutated([(DATA / case["file"]).read_bytes() for case in CASES], seed=seed, inputs=150)


def test_no_mishap_in_a_large_file_breaks_the_reader() -> None:
    mutated([huge(2_000)], seed=0, inputs=3)
