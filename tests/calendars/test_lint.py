"""The lint takes every feed we write, and finds each kind of fault by its letter."""

import pytest

from calendars.lint import faults_of
from tests.calendars.conftest import VENUE

TIMES = b"DTSTAMP:20260101T000000Z\r\nDTSTART:20260101T100000Z\r\n"
EVENT = b"UID:a-1@arena\r\n" + TIMES + b"SEQUENCE:0\r\nSUMMARY:x\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\n"
SOUND = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n" + EVENT + b"END:VCALENDAR\r\n"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_feeds_we_write_have_no_fault(autumn, read):
    bodies = [read(path).data for path in (VENUE, *autumn.addresses.values())]

    assert [(len(body) > 1000, faults_of(body)) for body in bodies] == [(True, [])] * 4


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        ("line-break", SOUND.replace(b"SUMMARY:x\r\n", b"SUMMARY:x\n")),
        ("long-line", SOUND.replace(b"SUMMARY:x", b"SUMMARY:" + b"x" * 68)),
        ("characters", SOUND.replace(b"SUMMARY:x", "SUMMARY:ø".encode("latin-1"))),
        ("characters", SOUND.replace(b"SUMMARY:x", b"SUMMARY:\xc3\r\n \xb8")),
        ("characters", SOUND.replace(b"SUMMARY:x", b"SUMMARY:\x07")),
        ("no-property", SOUND.replace(b"SUMMARY:x", b"SUMMARY:x\r\nog mer")),
        ("calendar", SOUND.replace(b"VERSION:2.0\r\n", b"")),
        ("calendar", SOUND.replace(b"END:VCALENDAR\r\n", b"")),
        ("zone", SOUND.replace(b"DTSTART:", b"DTSTART;TZID=Europe/Oslo:")),
        ("event", SOUND.replace(b"DTSTAMP:20260101T000000Z\r\n", b"")),
        ("event", SOUND.replace(b"END:VEVENT\r\n", b"")),
        ("event", SOUND.replace(b"SUMMARY:x", b"SUMMARY:x\r\nSUMMARY:y")),
        ("twice", SOUND.replace(b"END:VCALENDAR", b"BEGIN:VEVENT\r\n" + EVENT + b"END:VCALENDAR")),
        ("calendar", b""),
    ],
)
def test_each_fault_is_named(fault, body):
    assert faults_of(SOUND) == []
    assert fault in faults_of(body)
