"""Lint: what is wrong with the text of a feed, by the letter of RFC 5545; it looks at lines and reads no calendar."""

import re
from collections.abc import Iterator

LONE_BREAK = re.compile(rb"(?<!\r)\n|\r(?!\n)")
LONG_LINE = re.compile(rb"[^\r\n]{76}")
SPLIT_CHARACTER = re.compile(rb"\r\n[ \t][\x80-\xbf]")
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UNFINISHED = re.compile(rb"\r\n(?![ \t]|[A-Z0-9-]+[;:])(?!\Z)")
UID = re.compile(rb"\r\nUID:([^\r]*(?:\r\n [^\r]*)*)")
ZONE_SAID, ZONE_USED = re.compile(rb"\r\nTZID:([^\r]+)"), re.compile(rb";TZID=([^:;\r]+)")
OF_CALENDAR = (b"VERSION:2.0", b"PRODID:")
OF_EVENT = (b"UID", b"DTSTAMP", b"DTSTART", b"SEQUENCE", b"SUMMARY", b"STATUS")


def faults_of(body: bytes) -> list[str]:
    """A code for each kind of fault, in a fixed order; none for text that every strict reader takes."""
    return list(dict.fromkeys([*_of_lines(body), *_of_calendar(body), *_of_events(body)]))


def _of_lines(body: bytes) -> Iterator[str]:
    if LONE_BREAK.search(body):
        yield "line-break"
    if LONG_LINE.search(body):
        yield "long-line"
    if SPLIT_CHARACTER.search(body) or CONTROLS.search(body) or not _is_text(body):
        yield "characters"
    if UNFINISHED.search(body):
        yield "no-property"


def _of_calendar(body: bytes) -> Iterator[str]:
    head = body.partition(b"\r\nBEGIN:VEVENT")[0]
    is_whole = body.startswith(b"BEGIN:VCALENDAR\r\n") and body.endswith(b"\r\nEND:VCALENDAR\r\n")
    if not is_whole or any(head.count(b"\r\n" + name) != 1 for name in OF_CALENDAR):
        yield "calendar"
    if set(ZONE_USED.findall(body)) - set(ZONE_SAID.findall(body)):
        yield "zone"


def _of_events(body: bytes) -> Iterator[str]:
    events = body.split(b"BEGIN:VEVENT\r\n")[1:]
    if any(not _is_event(event) for event in events):
        yield "event"
    uids = UID.findall(body)
    if len(uids) != len(set(uids)):
        yield "twice"


def _is_event(event: bytes) -> bool:
    text = b"\r\n" + event
    ended = text.count(b"\r\nEND:VEVENT\r\n") == 1
    return ended and all(text.count(b"\r\n" + name + b":") + text.count(b"\r\n" + name + b";") == 1 for name in OF_EVENT)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
