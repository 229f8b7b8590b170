"""A request of Skiold turn that lost to another's, whose refusal reached the applicant the next morning."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.models import Organisation, Person
from booking.complaints.inputs import ComplaintInput
from booking.complaints.models import Complaint
from booking.complaints.verbs import complain
from booking.displacing import sign_of
from booking.models import Booking, Occurrence
from booking.preferring import Choice, prefer
from booking.reservations import reserve
from booking.states import BookingState
from database.audit import Audit
from database.outbox import Delivery, Notice
from tests.booking.conftest import COMPLAINT, NOW, Hall, again, publish_with, wish

CONCERT = {"activity": "culture.concert", "purpose": "Høstkonsert med Berit Moe"}
DECIDED = NOW + timedelta(hours=12)
NOTIFIED = DECIDED + timedelta(minutes=3)
Act = Callable[..., Any]


@pytest.fixture
def act(session: Session) -> Act:
    """Run a verb as a transaction of its own."""

    def run(verb: Any, *args: Any, now: datetime = NOTIFIED, **more: Any) -> Any:
        again(session)
        made = verb(session, *args, now=now, **more)
        session.flush()
        return made

    return run


def refused(session: Session, hall: Hall, *, rule: dict[str, Any] | None = COMPLAINT) -> Booking:
    """Both want the evening; Per gets it, and the other is told."""
    if rule:
        publish_with(session, rule)
    losing = reserve(session, wish(message="Ring Berit på 990 00 003", **CONCERT), by=hall.berit, now=NOW).id
    again(session)
    winner = reserve(session, wish(organisation=None, activity="culture.concert", purpose="Bursdag"), by=hall.per, now=NOW).id
    again(session)
    seen = session.scalars(select(Occurrence).where(Occurrence.booking_id == losing)).all()
    again(session)
    prefer(
        session, winner, Choice(seen=sign_of(seen), others="Per spurte først, og Skiold turn har en annen tid."), by=hall.kari, now=DECIDED
    )
    again(session)
    delivered(session)
    return session.get_one(Booking, losing)


def delivered(session: Session, at: datetime = NOTIFIED) -> None:
    session.execute(update(Notice).where(Notice.state == Delivery.WAITING).values(state=Delivery.SENT, sent_at=at))
    again(session)


def refusal_of(session: Session, booking: Booking) -> int:
    """The number of the act that refused it."""
    wanted = (Audit.subject == "booking", Audit.subject_id == booking.id, Audit.verb == "refuse")
    return session.scalars(select(Audit.id).where(*wanted)).one()


@pytest.fixture
def lost(session: Session, hall: Hall) -> Booking:
    booking = refused(session, hall)
    assert booking.state is BookingState.REFUSED
    return booking


@pytest.fixture
def complaint(session: Session, hall: Hall, lost: Booking, act: Act) -> Complaint:
    """Berit's, a week later."""
    given = ComplaintInput(act=refusal_of(session, lost), text="Vi i Skiold turn var først. Hilsen Berit, berit@example.org")
    made: Complaint = act(complain, given, by=hall.berit, now=NOTIFIED + timedelta(days=7))
    return made


def everybody(session: Session) -> set[str]:
    """Every name, number, address and telephone number of people and organisations that the database has."""
    people = session.execute(select(Person.name, Person.email, Person.phone)).all()
    organisations = session.execute(select(Organisation.name, Organisation.number, Organisation.contact_email)).all()
    found = {str(value) for row in (*people, *organisations) for value in row if value}
    return found | {row.phone.removeprefix("+47") for row in people if row.phone}


def mentioned(session: Session, files: Mapping[str, str]) -> set[str]:
    """What of that stands anywhere in the files, and each part of a person's name as a word by itself."""
    text = "\n".join(files.values())
    parts = {part for name in session.scalars(select(Person.name)) for part in name.split()}
    return {one for one in everybody(session) if one.casefold() in text.casefold()} | {
        one for one in parts if re.search(rf"\b{one}\b", text)
    }
