"""Revisions: what a change of a booking makes newer beside the spaces, for feeds that sum them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.models import Organisation, Person
from booking.models import Booking


def touch(session: Session, booking: Booking) -> None:
    """Raise the revisions of the booking's organisation and holder, whose locks the verb holds."""
    if booking.organisation_id:
        raised = update(Organisation).where(Organisation.id == booking.organisation_id)
        session.execute(raised.values(revision=Organisation.revision + 1))
    session.execute(update(Person).where(Person.id == booking.holder_id).values(revision=Person.revision + 1))
