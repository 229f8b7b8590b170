"""iTIP: what mails write into their readers' calendars, one date a mail (RFC 5546, RFC 6047; docs/decisions/0007)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.models import Person
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from calendars.events import message_bytes
from calendars.rendering import own_event
from database.outbox import Notice, post
from settings import Settings

# A booking of more dates is left to the feed of its holder's bookings: nobody wants forty invitations.
FEW = 3


@dataclass(frozen=True, slots=True)
class Entries:
    """Dates as a mail tells them to its reader's calendar: one in itself, the others each in a mail of its own that follows."""

    own: Occurrence | None = None
    others: tuple[Occurrence, ...] = ()

    @property
    def entered(self) -> "Entered | None":
        """What is to be noted once the mail has left, as ids: its session is over by then."""
        if self.own is None and not self.others:
            return None
        kept = {} if self.own is None else {self.own.id: self.own.state in LIVE}
        return Entered(kept, tuple(date.number for date in self.others))


@dataclass(frozen=True, slots=True)
class Entered:
    """By id of a date whether its holder's calendar has it, now that a mail has left, and the numbers of dates still to be told."""

    has: Mapping[int, bool]
    others: tuple[int, ...]


NOTHING = Entries()


def entries_of(notice: Notice, reader: Person, booking: Booking, told: Sequence[Occurrence], *, asks: bool) -> Entries:
    """The dates that lie ahead and are new to the reader's calendar, where they are few, or that it has from an earlier mail.

    A mail that tells of one date tells the calendar too, but not where it ``asks`` for an answer: programmes show what is in the
    calendar's part, and may hide the rest.
    """
    if reader.without_calendar or not booking.kind.is_judged:
        return NOTHING
    is_new = not is_many(booking)
    ahead = (date for date in told if date.starts_at > notice.created_at)
    found = tuple(date for date in ahead if date.in_calendar or (is_new and date.state in LIVE))
    return Entries(own=found[0]) if found and len(told) == 1 and not asks else Entries(others=found)


def is_many(booking: Booking) -> bool:
    """Whether a booking has so many dates that its holder is pointed to the feed instead; what was left out of it is none."""
    return sum(date.state is not OccurrenceState.SKIPPED for date in booking.occurrences) > FEW


def attach(session: Session, mail: EmailMessage, date: Occurrence, text: str, settings: Settings) -> None:
    """Put a date into a mail to its holder, as a part that calendars read, and as a file for those that look for one.

    ``text`` is the description of the event: some programmes show nothing else. The same rows give the same bytes.
    """
    holder = date.booking.holder
    event = own_event(session, date, holder.language, settings.public_url)._replace(description=text)
    method, body = message_bytes(event, organizer=parseaddr(settings.mail_from), attendee=(holder.name, parseaddr(str(mail["To"]))[1]))
    kind = {"method": str(method), "charset": "utf-8"}
    mail.add_alternative(body, maintype="text", subtype="calendar", cte="base64", params=kind)
    mail.add_attachment(body, maintype="application", subtype="ics", filename="invite.ics")
    name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"{name}.{number}")


def enter(session: Session, notice: Notice, entered: Entered, *, now: datetime) -> None:
    """Note what the reader's calendar has, and let the other dates be told by mails of their own.

    The row of the booking is locked already, so that no act on it counts these mails among those that it may take back.
    """
    for number, has in entered.has.items():
        session.execute(update(Occurrence).where(Occurrence.id == number).values(in_calendar=has))
    for number in entered.others:
        facts = {"number": number}
        post(session, "date-in-calendar", person_id=notice.person_id, booking_id=notice.booking_id, now=now, facts=facts)


def lock_booking(session: Session, number: int) -> None:
    """Wait for acts on the booking of a notice, before the notice's own row: they lock in this order."""
    theirs = select(Notice.booking_id).where(Notice.id == number).scalar_subquery()
    session.execute(select(Booking.id).where(Booking.id == theirs).with_for_update())
