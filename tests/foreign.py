"""Foreign calendars: those of the cases, one of 20,000 events, and what becomes of them when bytes go astray; no database."""

import json
import time
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from calendars.incoming.bounds import MOST_BYTES
from calendars.incoming.reading import Outcome, Reading, read
from calendars.incoming.reasons import REMARKED, SKIPPED
from web.sentences import CALENDARS

DATA = Path(__file__).parent / "data" / "ics"
CASES: list[dict[str, Any]] = json.loads((DATA / "EXPECT.json").read_text(encoding="utf-8"))
ZONE = "Europe/Oslo"
WINDOW = date(2026, 1, 1), date(2027, 1, 1)
MOST_SECONDS = 5
MOST_CHANGES = 5
# What makes readers stumble: lines that open and close, rules and lists that have no end, numbers without measure, stray bytes.
SPLINTERS = (
    *(b"\r\nBEGIN:VEVENT\r\n", b"\r\nEND:VEVENT\r\n", b"\r\nBEGIN:VCALENDAR\r\n", b"\r\nEND:VCALENDAR\r\n", b"\r\nBEGIN:VALARM\r\n"),
    *(b"\r\nRRULE:FREQ=DAILY\r\n", b"\r\nRRULE:FREQ=SECONDLY\r\n", b"\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n", b";BYHOUR=1,2,3"),
    *(b"\r\nRDATE:20260101,20260102T000000Z/P9W\r\n", b"\r\nEXDATE;VALUE=DATE:20260112,\r\n", b"\r\nDURATION:P999999W\r\n"),
    *(b"\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260112T170000Z\r\n", b"\r\nDTSTART:99991231T235959\r\n", b"\r\nDTEND:00010101\r\n"),
    *(b";TZID=Nowhere", b';TZID="Europe/Oslo', b";COUNT=999999999999", b";INTERVAL=0", b";UNTIL=20260101", b";BYDAY=-53SU,5MO"),
    *(b"\0", b"\xff\xfe", b"\xc3", b"\r\n ", b"\n\t", b":", b";", b",", b'"', b"=", b"\\", b"-", b"99999999999999999999", b"\xe2\x80\xa8"),
)


def huge(events: int = 20_000) -> bytes:
    """One event after the other, spread over the year 2026."""
    head = (DATA / "01_weekly_over_dst.ics").read_bytes().partition(b"BEGIN:VEVENT")[0]
    return head + "".join(_event(number) for number in range(events)).encode() + b"END:VCALENDAR\r\n"


def _event(number: int) -> str:
    day = f";TZID={ZONE}:2026{number % 12 + 1:02}{number % 28 + 1:02}T{8 + number % 12:02}"
    lines = ("BEGIN:VEVENT", f"UID:h{number}@t", "DTSTAMP:20260101T080000Z", f"DTSTART{day}0000", f"DTEND{day}4500")
    return "\r\n".join((*lines, f"SUMMARY:Hendelse {number}", "END:VEVENT", ""))


def mutated(sources: list[bytes], *, seed: int, inputs: int) -> Counter[str]:
    """Read so many inputs that were made from these files; raises AssertionError that names the seed and the number of the input."""
    done, slowest = Counter[str](inputs=inputs), 0.0
    for number in range(inputs):
        random = Random(f"{seed} {number}")
        data = changed(random.choice(sources), sources, random)
        began = time.thread_time()
        try:
            reading = read(data, first=WINDOW[0], last=WINDOW[1], zone=ZONE)
            took = time.thread_time() - began
            assert took < MOST_SECONDS, f"{took:.1f} s"
            require_sound(reading, data)
        except Exception as fault:
            raise AssertionError(f"seed {seed}, input {number}: {fault!r}") from fault
        slowest = max(slowest, took)
        done[reading.outcome] += 1
    return done + Counter(slowest=round(slowest * 1000))


def changed(data: bytes, others: list[bytes], random: Random) -> bytes:
    """The bytes after some mishaps."""
    for _ in range(random.randint(1, MOST_CHANGES)):
        place, length = random.randint(0, len(data)), random.choice((1, 1, 4, 30, 200, 2000))
        piece, rest = data[place : place + length], data[place + length :]
        match random.randrange(8):
            case 0:
                data = data[:place] + random.randbytes(len(piece)) + rest
            case 1:
                data = data[:place] + rest
            case 2:
                data = data[:place] + piece * random.choice((2, 2, 9, 400)) + rest
            case 3 | 4 | 5:
                data = data[:place] + random.choice(SPLINTERS) * random.choice((1, 1, 1, 50)) + data[place:]
            case 6:
                data = data[:place] + b"".join(b"%d" % random.randrange(10) if 48 <= one <= 57 else bytes((one,)) for one in piece) + rest
            case _:
                data = data[:place] + (random.choice(others)[place : place + length] + rest if random.random() < 0.8 else b"")
    return data[: MOST_BYTES + 1]


def require_sound(reading: Reading, data: bytes) -> None:
    """A refusal says why and nothing else; else each occurrence has a name of its own and lies in the window, and each line is one."""
    if reading.outcome is Outcome.REFUSE:
        assert reading == Reading(Outcome.REFUSE, reading.reason)
        assert f"calendar:{reading.reason}" in CALENDARS
        return
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert all(one.reason in SKIPPED and 1 <= one.line <= lines for one in reading.skipped)
    assert all(one.reason in REMARKED and 1 <= one.line <= lines for one in reading.remarks)
    assert len({(one.uid, one.recurrence_id) for one in reading.occurrences}) == len(reading.occurrences)
    for one in reading.occurrences:
        assert one.uid
        assert one.starts_at <= one.ends_at
        assert one.local_start.date() < WINDOW[1]
        assert one.local_end.date() >= WINDOW[0]
