"""The values of a foreign calendar: text, dates, times and lengths as RFC 5545 3.3 writes them; all raise ValueError."""

import re
from datetime import UTC, date, datetime, timedelta

MOMENT = re.compile(rb"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?", re.I)
LENGTH = re.compile(
    rb"([+-]?)P(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?", re.I
)
OFFSET = re.compile(rb"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")
ESCAPED = re.compile(r"\\(.)", re.S)
ZONE = re.compile(rb';\s*TZID\s*=\s*(?:"([^"]*)|([^;]*))', re.I)
MOST_OCTETS = 4_000


def plain(value: bytes) -> str:
    """Letters in UTF-8, or else as old Windows programs write them; only the first 4,000 octets."""
    octets = value[:MOST_OCTETS]
    try:
        return octets.decode()
    except UnicodeDecodeError as fault:
        is_cut = len(value) > MOST_OCTETS and fault.start > MOST_OCTETS - 4
        return octets[: fault.start].decode() if is_cut else octets.decode("cp1252", "replace")


def text(value: bytes) -> str:
    """A value of type TEXT without its escapes (3.3.11)."""
    found = plain(value)
    return ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], found) if "\\" in found else found


def zone_named(parameters: bytes) -> str:
    """The TZID of a property, or an empty text."""
    found = ZONE.search(parameters)
    return plain(found[1] or found[2] or b"").strip() if found else ""


def moment(value: bytes) -> date:
    """A date, or a datetime: aware in UTC where it ends in Z, else without zone. A leap second is the second before it."""
    found = MOMENT.fullmatch(value.strip())
    if not found:
        raise ValueError
    day = int(found[1]), int(found[2]), int(found[3])
    if not found[4]:
        return date(*day)
    return datetime(*day, int(found[4]), int(found[5]), min(int(found[6]), 59), tzinfo=UTC if found[7] else None)


def length(value: bytes) -> timedelta:
    """A DURATION."""
    found = LENGTH.fullmatch(value.strip())
    if not found or not any(found.groups()[1:]):
        raise ValueError
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in found.groups()[1:])
    whole = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -whole if found[1] == b"-" else whole


def offset(value: bytes) -> timedelta:
    """A UTC-OFFSET, less than a day."""
    found = OFFSET.fullmatch(value.strip())
    if not found or int(found[2]) > 23:
        raise ValueError
    whole = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -whole if found[1] == b"-" else whole


def number(value: bytes) -> int:
    """A whole number that is not below nought, and nought for what is none: it only says which of two is newer."""
    digits = value.strip()
    return int(digits) if digits.isdigit() and len(digits) < 10 else 0
