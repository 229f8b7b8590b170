"""Parts: how much of a booking rent grants count, stated by officers where ages or the court are shared."""

from datetime import datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Booking
from booking.support.grants.check import grant_for
from booking.support.grants.models import Part
from booking.support.grants.rules import Percent
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Invalid, refuse
from web.forms import Input


class PartInput(Input):
    """The booking by its reference, the share of young participants where ages do not say it, the organisation's own time, and why."""

    booking: Annotated[str, Field(min_length=1, max_length=20)]
    young: Percent | None = None
    local: Percent = 100
    reason: Annotated[str, Field(min_length=1, max_length=500)]


def state_part(session: Session, grant_id: int, given: PartInput, *, by: Actor, now: datetime) -> Part:
    """State it for a booking of the grant's organisation, in the place of what was stated; officers only.

    Raises Missing (``unknown-grant``) and Invalid (``not-their-booking``).
    """
    by.require(by.is_officer, "officer")
    grant = grant_for(session, grant_id, by=by)
    lock(session, Key(Subject.ORGANISATION, grant.organisation_id))
    theirs = (Booking.reference == given.booking.upper(), Booking.organisation_id == grant.organisation_id)
    booking_id = session.scalar(select(Booking.id).where(*theirs))
    if booking_id is None:
        raise refuse(Invalid, "not-their-booking", "booking", given.booking)
    facts = given.model_dump(include={"young", "local"})
    part = session.merge(Part(booking_id=booking_id, reason=given.reason, said_by=by.person_id, said_at=now, **facts))
    record(session, Act("state_part", "grant", grant.id, {"booking": booking_id, **facts}), by=by, now=now)
    session.flush()
    return part
