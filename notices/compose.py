"""Composing: a waiting notice becomes a mail, and a short message where it is urgent, from the rows as they stand when it is sent."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from flask import render_template
from flask_babel import force_locale
from sqlalchemy.orm import Session

from booking.subjects import subject_of
from database.outbox import Notice
from notices import bookings, cases, complaints, conditions, feeds, people, rounds, support
from notices.bounces import name_of
from notices.itip import Entered, attach
from notices.letter import Letter, one_line
from notices.smsbox import Sms
from settings import Settings
from web.formats import long_date

BLANK_LINES = re.compile(r"\n\s*\n")
Compose = Callable[..., Letter | None]
LETTERS: Mapping[str, Compose] = {
    "account-link": people.of_proof,
    "password-link": people.of_proof,
    "password-changed": people.of_person,
    "account-unused": people.of_person,
    "email-link": people.of_proof,
    "email-changed": people.of_proof,
    "invitation": people.of_invitation,
    "role-granted": people.of_role,
    "deputy-named": rounds.of_deputy,
    "day-sheet": rounds.of_sheet,
    "round-changed": rounds.of_changes,
    "delegate-asked": people.of_delegation,
    "delegate-confirmed": people.of_delegation,
    "delegate-ended": people.of_delegation,
    "delegation-lapsing": people.of_delegation,
    "booking-booked": bookings.of_booking,
    "booking-requested": bookings.of_booking,
    "booking-unconfirmed": bookings.of_booking,
    "booking-refused": bookings.of_booking,
    "booking-lapsed": bookings.of_booking,
    "dates-cancelled": bookings.of_booking,
    "dates-moved": bookings.of_booking,
    "dates-added": bookings.of_booking,
    "booking-changed": bookings.of_booking,
    "booking-split": bookings.of_booking,
    "booking-waiting": bookings.of_booking,
    "dates-displaced": bookings.of_booking,
    "date-offered": bookings.of_booking,
    "date-booked": bookings.of_booking,
    "date-in-calendar": bookings.of_booking,
    "offer-expired": bookings.of_booking,
    "offer-withdrawn": bookings.of_booking,
    "nothing-found": bookings.of_booking,
    "seeking-ended": bookings.of_booking,
    "waited-in-vain": bookings.of_booking,
    "absence-noted": bookings.of_booking,
    "damage-noted": bookings.of_booking,
    "absence-withdrawn": bookings.of_booking,
    "conditions-missing": conditions.of_missing,
    "condition-withdrawn": conditions.of_withdrawn,
    "case-ask": cases.of_message,
    "case-answer": cases.of_message,
    "case-write": cases.of_message,
    "case-withdrawn": cases.of_message,
    "case-remind": cases.of_message,
    "case-unanswered": cases.of_message,
    "case-yours": cases.of_case,
    "case-deputy": cases.of_case,
    "case-raised": cases.of_case,
    "promise-broken": cases.of_case,
    "price-answered": cases.of_price,
    "feed-link": feeds.of_feed,
    "feed-silent": feeds.of_feed,
    "agreement-to-sign": support.of_agreement,
    "agreement-lapses": support.of_agreement,
    "agreement-redrawn": bookings.of_booking,
    "grant-make": support.of_grant,
    "grant-end": support.of_grant,
    "report-due": support.of_report,
    "report-approve": support.of_report,
    "report-return": support.of_report,
    "hearing-begin": support.of_hearing,
    "hearing-decide": support.of_hearing,
    "complaint-step": complaints.of_step,
    "complaint-office": complaints.of_step,
    "confirmation-wanted": bookings.of_confirmation,
}


@dataclass(frozen=True, slots=True)
class Message:
    """A notice as it leaves: as mail to who has an address, as a short message to who has a mobile telephone.

    ``entered`` is what the mail tells its reader's calendar.
    """

    mail: EmailMessage | None
    sms: Sms | None
    entered: Entered | None


def message_of(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Message | None:
    """What tells a notice; None when there is nobody left to tell, or nothing. A short message goes with the first attempt only."""
    letter = LETTERS[notice.kind](session, notice, settings, now=now)
    if letter is None:
        return None
    sms = _sms(notice, letter, settings) if letter.mobile and notice.attempts <= 1 else None
    mail = _mail(session, notice, letter, settings) if letter.to else None
    return Message(mail, sms, letter.entries.entered if mail else None)


def _sms(notice: Notice, letter: Letter, settings: Settings) -> Sms:
    with force_locale(letter.language):
        text = one_line(render_template("notices/sms.txt", kind=notice.kind, site=settings.public_url, **letter.values))
    return Sms(letter.mobile, text, f"notice-{notice.id}")


def _mail(session: Session, notice: Notice, letter: Letter, settings: Settings) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.mail_from, letter.to
    with force_locale(letter.language):
        names = {name: str(letter.values.get(name, "")) for name in ("room", "reference")}
        names["day"] = long_date(letter.values["day"]) if "day" in letter.values else ""
        mail["Subject"] = one_line(subject_of(notice.kind, **names))
        text = _text(notice, letter, settings)
        # Calendars are shared, and so would be the links that need no signing in.
        shared = _text(notice, letter, settings, to_cancel="") if letter.entries.own else ""
        page = _rendered(f"{letter.html}.html", notice, letter, settings) if letter.html else ""
    mail["Date"] = format_datetime(notice.created_at)
    mail["Message-ID"] = message_id(notice, settings)
    # RFC 3834: no machine answers it; the second is what Exchange heeds.
    mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"] = "auto-generated", "All"
    mail.set_content(text + "\n")
    if page:
        mail.add_alternative(page, subtype="html")
    if letter.entries.own:
        attach(session, mail, letter.entries.own, shared, settings)
    return mail


def _text(notice: Notice, letter: Letter, settings: Settings, **instead: str) -> str:
    return BLANK_LINES.sub("\n\n", _rendered(f"{letter.template}.txt", notice, letter, settings, **instead).strip())


def _rendered(template: str, notice: Notice, letter: Letter, settings: Settings, **instead: str) -> str:
    words = {**letter.values, "kind": notice.kind, "site": settings.public_url, **instead}
    return render_template(f"notices/{template}", **words)


def message_id(notice: Notice, settings: Settings) -> str:
    """From the row, so that the same notice sent twice is the same message (RFC 5322 3.6.4); a restored database gives
    ids out again, so the time is part of it."""
    return f"<{name_of(notice, settings.secret_key)}@{parseaddr(settings.mail_from)[1].rpartition('@')[2]}>"
