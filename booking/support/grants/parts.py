"""Parts: how much of a booking rent grants count, stated by officers where ages or the court are shared."""

from datetime import datetime
from typing import Annotated, Any

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
from kernel.errors import Invalid, Stale, refuse
from kernel.texts import sign_of
from web.forms import Input


class PartInput(Input):
    """The booking by its reference, the share of young participants where ages do not say it, the organisation's own time, and why; with
    the sign of what was stated of it before, where that was ``seen`` and is to be replaced."""

    booking: Annotated[str, Field(min_length=1, max_length=20)]
    young: Percent | None = None
    local: Percent = 100
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    seen: str = ""


def state_part(session: Session, grant_id: int, given: PartInput, *, by: Actor, now: datetime) -> Part:
    """State it for a booking of the grant's organisation, in the place of what was stated; officers only.

    Raises Missing (``unknown-grant``), Invalid (``not-their-booking``) and, where something else is stated than what was seen, Stale
    (``part-stated``) with that and the sign to give back.
    """
    by.require(by.is_officer, "officer")
    grant = grant_for(session, grant_id, by=by)
    lock(session, Key(Subject.ORGANISATION, grant.organisation_id))
    theirs = (Booking.reference == given.booking.upper(), Booking.organisation_id == grant.organisation_id)
    booking_id = session.scalar(select(Booking.id).where(*theirs))
    if booking_id is None:
        raise refuse(Invalid, "not-their-booking", "booking", given.booking)
    facts = given.model_dump(include={"young", "local"})
    stated = session.get(Part, booking_id, populate_existing=True)
    if stated is not None and (told := _told(stated)) != facts | {"reason": given.reason} and given.seen != (sign := _sign(stated)):
        raise refuse(Stale, "part-stated", "booking", given.booking, **told, seen=sign)
    part = session.merge(Part(booking_id=booking_id, reason=given.reason, said_by=by.person_id, said_at=now, **facts))
    record(session, Act("state_part", "grant", grant.id, {"booking": booking_id, **facts}), by=by, now=now)
    session.flush()
    return part


def _told(part: Part) -> dict[str, Any]:
    return {"young": part.young, "local": part.local, "reason": part.reason}


def _sign(part: Part) -> str:
    return sign_of(repr((part.booking_id, _told(part))))
