"""Composing: a waiting notice becomes a mail in its reader's language, from the rows as they stand when it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime

from flask import render_template
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.links import path_for
from accounts.models import Delegation, Invitation, Organisation, Person, ProofLink
from booking.models import Booking, Occurrence
from booking.states import BookingState
from database.outbox import Notice
from settings import Settings
from venues.contact import Arrival, arrivals
from venues.models import Room, Venue
from web.texts import gettext


@dataclass(frozen=True, slots=True)
class Letter:
    """What a notice needs to become a mail: to whom, in which language, which template, with what."""

    to: str
    language: str
    template: str
    values: Mapping[str, object]


def _(msgid: str) -> str:
    """Marks a msgid for extraction; it is translated in the reader's language."""
    return msgid


SUBJECTS = {
    "account-link": _("Åpne kontoen din"),
    "password-link": _("Nytt passord"),
    "password-changed": _("Passordet ditt er endret"),
    "invitation": _("Du er invitert"),
    "role-granted": _("Du har fått en ny rolle"),
    "delegate-asked": _("Noen vil representere organisasjonen din"),
    "delegate-confirmed": _("Du kan nå representere organisasjonen"),
    "delegate-ended": _("Du representerer ikke lenger organisasjonen"),
    "booking-booked": _("Bekreftet: %(room)s, %(reference)s"),
    "booking-requested": _("Vi har fått forespørselen: %(room)s, %(reference)s"),
    "booking-unconfirmed": _("Venter på organisasjonen: %(room)s, %(reference)s"),
    "booking-refused": _("Ikke innvilget: %(room)s, %(reference)s"),
    "booking-lapsed": _("Forespørselen falt bort: %(room)s, %(reference)s"),
    "booking-cancelled": _("Avlyst: %(room)s, %(reference)s"),
    "dates-cancelled": _("Avlyst: %(room)s, %(reference)s"),
    "date-moved": _("Flyttet: %(room)s, %(reference)s"),
    "confirmation-wanted": _("Noen ber om lokale i organisasjonens navn: %(reference)s"),
}


def mail_of(session: Session, notice: Notice, settings: Settings) -> EmailMessage | None:
    """The mail of a notice, None when nobody is left to send it to (an address given up, a row erased)."""
    letter = LETTERS.get(notice.kind, _of_booking)(session, notice, settings)
    if letter is None or not letter.to:
        return None
    mail = EmailMessage()
    with force_locale(letter.language):
        # A subject is one line: a name with a line break in it would stop the mail, and all that waits behind it.
        named = {key: " ".join(str(letter.values[key]).split()) for key in ("room", "reference") if key in letter.values}
        names = {"room": "", "reference": "", **named}
        mail["Subject"] = gettext(SUBJECTS[notice.kind], **names)
        text = render_template(f"notices/{letter.template}.txt", kind=notice.kind, site=settings.public_url, **letter.values)
    mail["From"], mail["To"] = settings.mail_from, letter.to
    mail["Date"] = format_datetime(notice.created_at)
    # From the row, so that the same notice sent twice is the same message (RFC 5322 3.6.4).
    mail["Message-ID"] = f"<notice-{notice.id}@{settings.mail_from.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text.strip() + "\n")
    return mail


def _of_booking(session: Session, notice: Notice, settings: Settings) -> Letter | None:
    del settings
    place = joinedload(Booking.room).joinedload(Room.venue).joinedload(Venue.district)
    dates = selectinload(Booking.occurrences).joinedload(Occurrence.room).joinedload(Room.venue)
    found = session.scalar(select(Booking).where(Booking.id == notice.booking_id).options(place, dates, joinedload(Booking.organisation)))
    person = session.get(Person, notice.person_id)
    if found is None or person is None or person.email is None:
        return None
    told = notice.facts.get("dates") or [notice.facts["number"]] if notice.facts else None
    dates_told = [date for date in found.occurrences if told is None or date.number in told]
    room = f"{found.room.venue.name}, {found.room.name}"
    values = {"booking": found, "reference": found.reference, "room": room, "dates": dates_told, "cause": notice.facts.get("cause", "")}
    return Letter(person.email, person.language, "booking", {**values, "arrival": _arrival(session, found)})


def _arrival(session: Session, booking: Booking) -> Arrival | None:
    coming = next((date for date in booking.occurrences if str(date.state) == "booked"), None)
    if booking.state is not BookingState.BOOKED or coming is None:
        return None
    return arrivals(session, [(coming.room.venue, coming.starts_at)])[0]


def _of_proof(session: Session, notice: Notice, settings: Settings) -> Letter | None:
    link = session.get(ProofLink, notice.facts["proof_link"])
    if link is None:
        return None
    values = {"address": settings.public_url + path_for(link, settings.secret_key), "expires_at": link.expires_at}
    return Letter(link.email, link.language, "link", values)


def _of_invitation(session: Session, notice: Notice, settings: Settings) -> Letter | None:
    invitation = session.get(Invitation, notice.facts["invitation"])
    if invitation is None or invitation.accepted_at is not None:
        return None
    values = {"address": settings.public_url + path_for(invitation, settings.secret_key), "expires_at": invitation.expires_at}
    return Letter(invitation.email, str(notice.facts.get("language", "nb")), "link", values)


def _of_delegation(session: Session, notice: Notice, settings: Settings) -> Letter | None:
    del settings
    delegation, person = session.get(Delegation, notice.facts["delegation"]), session.get(Person, notice.person_id)
    if delegation is None or person is None or person.email is None:
        return None
    values = {
        "delegate": delegation.person.name,
        "organisation": delegation.organisation.name,
        "organisation_id": delegation.organisation_id,
    }
    return Letter(person.email, person.language, "delegate", values)


def _of_person(session: Session, notice: Notice, settings: Settings) -> Letter | None:
    del settings
    person = session.get(Person, notice.person_id)
    return Letter(person.email, person.language, "account", {}) if person and person.email else None


def _of_confirmation(session: Session, notice: Notice, settings: Settings) -> Letter | None:
    del settings
    booking, person = session.get(Booking, notice.booking_id), session.get(Person, notice.person_id)
    if booking is None or person is None or person.email is None or booking.organisation_id is None:
        return None
    organisation = session.get_one(Organisation, booking.organisation_id)
    room = f"{booking.room.venue.name}, {booking.room.name}"
    values = {"booking": booking, "reference": booking.reference, "room": room, "organisation": organisation.name}
    return Letter(person.email, person.language, "confirmation", values)


LETTERS: Mapping[str, Callable[[Session, Notice, Settings], Letter | None]] = {
    "account-link": _of_proof,
    "password-link": _of_proof,
    "invitation": _of_invitation,
    "password-changed": _of_person,
    "role-granted": _of_person,
    "delegate-asked": _of_delegation,
    "delegate-confirmed": _of_delegation,
    "delegate-ended": _of_delegation,
    "confirmation-wanted": _of_confirmation,
}
