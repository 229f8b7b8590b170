"""A reader's calendar: applies what mails say as RFC 5546 2.1.5 tells programmes to, and reads each body with two libraries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import vobject
from icalendar import Calendar


@dataclass(frozen=True, order=True, slots=True)
class Entry:
    """An event as a message tells it; the later of two is the one of the higher sequence, else of the later stamp."""

    sequence: int
    stamp: datetime
    uid: str
    start: datetime
    end: datetime
    status: str
    summary: str
    location: str
    description: str


class Agenda:
    """The events of one attendee by UID; those that were taken out are remembered, so that no older mail brings them back."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._latest: dict[str, Entry] = {}

    def take(self, mails: Iterable[EmailMessage]) -> "Agenda":
        """Apply the mails to this reader that have anything for a calendar, in the order in which they come."""
        for mail in mails:
            if mail["To"] == self._address and part_of(mail) is not None:
                self.apply(entry_of(mail))
        return self

    def apply(self, *told: Entry) -> "Agenda":
        """Apply messages, each unless one is known already that is later."""
        for entry in told:
            have = self._latest.get(entry.uid, entry)
            if (have.sequence, have.stamp) <= (entry.sequence, entry.stamp):
                self._latest[entry.uid] = entry
        return self

    @property
    def shown(self) -> list[Entry]:
        """What the reader sees."""
        return sorted(entry for entry in self._latest.values() if entry.status != "CANCELLED")

    @property
    def words(self) -> list[str]:
        return [f"{entry.start:%m-%d %H:%M}-{entry.end:%H:%M} {entry.summary}, {entry.location}" for entry in self.shown]


def part_of(mail: EmailMessage) -> EmailMessage | None:
    """The part for calendars, where Outlook and Gmail look for it: an alternative, in the first part of all."""
    whole: Any = mail
    first = whole.get_payload(0) if mail.get_content_type() == "multipart/mixed" else mail
    parts = [part for part in first.iter_parts() if part.get_content_type() == "text/calendar"] if first.is_multipart() else []
    return parts[0] if parts else None


def body_of(mail: EmailMessage) -> bytes:
    """The calendar's part, which the file beside it repeats."""
    part = part_of(mail)
    assert part is not None
    body = part.get_payload(decode=True)
    (file,) = mail.iter_attachments()
    assert (file.get_content_type(), file.get_filename(), file.get_content()) == ("application/ics", "invite.ics", body)
    assert isinstance(body, bytes)
    return body


def entry_of(mail: EmailMessage) -> Entry:
    """What a mail says of one event: from its sender, to its reader, by one method, and as both libraries read it."""
    part, body = part_of(mail), body_of(mail)
    found, other = Calendar.from_ical(body), vobject.readOne(body.decode())
    (event,) = found.walk("VEVENT")
    sender, reader = (f"mailto:{parseaddr(mail[name])[1]}" for name in ("From", "To"))
    assert part is not None
    assert (part.get_param("method"), part.get_content_charset()) == (found["METHOD"], "utf-8")
    assert (found["METHOD"] == "CANCEL") == (event["STATUS"] == "CANCELLED")
    assert (event["ORGANIZER"], event["ATTENDEE"]) == (sender, reader)
    assert (event["ATTENDEE"].params["RSVP"], event["ATTENDEE"].params["PARTSTAT"]) == ("FALSE", "ACCEPTED")
    assert all(event[name].to_ical().endswith(b"Z") for name in ("DTSTART", "DTEND", "DTSTAMP"))
    names = ("UID", "STATUS", "SUMMARY", "LOCATION", "DESCRIPTION")
    assert {name: str(event[name]) for name in names} == {name: getattr(other.vevent, name.lower()).value for name in names}
    assert (event.start, event.end) == (other.vevent.dtstart.value, other.vevent.dtend.value)
    return Entry(event["SEQUENCE"], event["DTSTAMP"].dt, event["UID"], event.start, event.end, *(str(event[name]) for name in names[1:]))
