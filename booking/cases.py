"""Cases: finding a booking for an act, and who may do what to it."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, object_session, selectinload

from accounts.identity import Actor, Role
from booking.changed import INTERNAL, Change, changes_since, is_only_said
from booking.models import Booking, Occurrence
from booking.references import normalised
from booking.states import BookingKind
from kernel.errors import Conflict, Fault, Forbidden, Missing, Stale, refuse
from venues.models import Room


def booking_for(session: Session, booking_id: int) -> Booking:
    """The booking with its dates, locked for an act; raises Missing.

    Acts on one booking wait for each other here, before they lock what they count and take; a new booking locks no
    other, so the order is the same for all.
    """
    row = select(Booking).where(Booking.id == booking_id).with_for_update(of=Booking)
    found = session.scalar(row.options(selectinload(Booking.occurrences)))
    if found is None:
        raise refuse(Missing, "unknown-booking", "booking", booking_id)
    return found


def booking_at(session: Session, booking_id: int, version: int | None, *, by: Actor) -> Booking:
    """``booking_for`` an act on the version that somebody saw who may see it.

    Raises Unidentified, Missing, Conflict for what follows a calendar of others, and Stale with what changed when another version
    was read; what the office did among itself since stands in no applicant's way.
    """
    found = booking_for(session, booking_id)
    require_sight(found, by)
    if found.kind is BookingKind.INCOMING:
        raise refuse(Conflict, "follows-calendar", "booking", found.reference, calendar=found.contact_name)
    if version is None or is_only_said(session, found, version, () if works_on(found, by) else INTERNAL):
        return found
    fault = Fault("changed-meanwhile", "version", version, {"now": found.version})
    raise Stale(fault, details={"changes": [change.to_json(found) for change in changes_for(session, found, version, by=by)]})


def changes_for(session: Session, booking: Booking, version: int, *, by: Actor) -> Sequence[Change]:
    """What was done to a booking since that version, as far as somebody who may see it is told."""
    return [one for one in changes_since(session, booking, version) if works_on(booking, by) or one.verb not in INTERNAL]


def bookings_for(session: Session, ids: Collection[int]) -> Sequence[Booking]:
    """The bookings with their dates, rooms and spaces, locked for one act on all of them: their rows in the order of their ids."""
    whole = selectinload(Booking.occurrences).joinedload(Occurrence.room).selectinload(Room.spaces)
    rows = select(Booking).where(Booking.id.in_(ids)).order_by(Booking.id).with_for_update(of=Booking).options(whole)
    return session.scalars(rows.execution_options(populate_existing=True)).all()


def booking_seen(session: Session, reference: str, *, by: Actor) -> Booking:
    """The booking of a reference for somebody who may see it; raises Unidentified and Missing."""
    found = by_reference(session, reference)
    by.require_known()
    if not may_see(found, by):
        raise refuse(Missing, "unknown-booking", "reference", reference)
    return found


def booking_shown(session: Session, booking_id: int, *, by: Actor) -> Booking:
    """The booking of an id for somebody who may see it, without waiting for those who change it; raises Unidentified and Missing."""
    found = session.scalar(select(Booking).where(Booking.id == booking_id).options(selectinload(Booking.occurrences)))
    if found is None:
        raise refuse(Missing, "unknown-booking", "booking", booking_id)
    require_sight(found, by)
    return found


def by_reference(session: Session, reference: str) -> Booking:
    """The booking of a reference as people type it; raises Missing."""
    found = session.scalar(select(Booking).where(Booking.reference == normalised(reference)).options(selectinload(Booking.occurrences)))
    if found is None:
        raise refuse(Missing, "unknown-booking", "reference", reference)
    return found


def occurrence_of(booking: Booking, number: int) -> Occurrence:
    """A date of a booking by its number; raises Missing: ``unknown-date``, ``date-elsewhere`` with the booking it was parted into."""
    for occurrence in booking.occurrences:
        if occurrence.number == number:
            return occurrence
    made_in = next((date.first_reference for date in booking.occurrences if date.first_reference), booking.reference)
    beside = or_(Occurrence.first_reference == made_in, Booking.reference == made_in)
    parted = select(Booking.reference).join(Booking.occurrences).where(Occurrence.number == number, beside)
    session = object_session(booking)
    if session and (reference := session.scalar(parted)):
        raise refuse(Missing, "date-elsewhere", "number", number, reference=reference)
    raise refuse(Missing, "unknown-date", "number", number)


def may_see(booking: Booking, by: Actor) -> bool:
    """The holder, the hand, delegates of the organisation, officers, and caretakers of a building that it is in."""
    entered = by.person_id is not None and by.person_id == booking.hand_id
    return entered or is_applicant(booking, by) or is_staff_of(booking, by)


def is_staff_of(booking: Booking, by: Actor) -> bool:
    """Whether somebody is an officer, or caretaker of the booking's building or of one in which a date of it is."""
    if by.is_officer or by.is_caretaker_of(booking.room.venue_id):
        return True
    return bool(by.venues) and any(by.is_caretaker_of(date.room.venue_id) for date in booking.occurrences)


def is_applicant(booking: Booking, by: Actor) -> bool:
    """Whether somebody is on the applicant's side of a case: the holder, or who acts for the organisation."""
    theirs = booking.organisation_id is not None and by.acts_for(booking.organisation_id)
    return theirs or (by.person_id is not None and by.person_id == booking.holder_id)


def acts_on(booking: Booking, by: Actor) -> bool:
    """Whether somebody on the applicant's side may act on a booking: what is an organisation's is in the hands of those who act for it
    now, and in its holder's as long as nobody of them has stood by it."""
    return is_applicant(booking, by) if booking.stood_by is None else by.acts_for(booking.stood_by)


def works_on(booking: Booking, by: Actor) -> bool:
    """Whether somebody is on the municipality's side of a case; nobody is on both."""
    return not is_applicant(booking, by) and is_staff_of(booking, by)


def require_sight(booking: Booking, by: Actor) -> None:
    """Raises Unidentified or Missing: to others the booking does not exist, so they hear no more of it than the id they know."""
    by.require_known()
    if not may_see(booking, by):
        raise refuse(Missing, "unknown-booking", "booking", booking.id)


def require_holder(booking: Booking, by: Actor) -> None:
    """Holder, delegate or officer may change a booking; raises Missing for strangers, and Forbidden for onlookers and, over what is an
    organisation's, for a holder who does not act for it (``not-acting``)."""
    require_sight(booking, by)
    require_acting(booking, by, or_else=by.is_officer)


def require_acting(booking: Booking, by: Actor, *, or_else: bool = False) -> None:
    """Raises Forbidden for all who may not act on the applicant's side, but for who may ``or_else``."""
    if or_else or acts_on(booking, by):
        return
    by.require(is_applicant(booking, by), "holder")
    name = booking.organisation.name if booking.organisation else ""
    raise refuse(Forbidden, "not-acting", "booking", booking.reference, name=name)


def require_decider(booking: Booking, by: Actor) -> None:
    """The role that the policy named decides, and those above it."""
    require_sight(booking, by)
    require_role(booking, by, decider_of(booking))


def require_role(booking: Booking, by: Actor, role: Role) -> None:
    """Raises Forbidden for who has neither that role where the booking is, nor one above it."""
    by.require(_has_role(booking, by, role), str(role))


def may_decide(booking: Booking, by: Actor) -> bool:
    """Whether the person is the role that the policy named, or one above it."""
    return _has_role(booking, by, decider_of(booking))


def decider_of(booking: Booking) -> Role:
    """The role that decides, an officer's where the policy named none."""
    return Role(booking.decider or Role.OFFICER)


def _has_role(booking: Booking, by: Actor, role: Role) -> bool:
    match role:
        case Role.ADMINISTRATOR:
            return by.is_administrator
        case Role.OFFICER:
            return by.is_officer
        case Role.CARETAKER:
            return by.is_officer or by.is_caretaker_of(booking.room.venue_id)
