"""A request of Skiold turn that lost to another's, whose refusal reached the applicant the next morning."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

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
