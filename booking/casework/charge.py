"""Charge: whose case a booking is, who stands in, and who is told when something happens to it."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import Field
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Actor, Role
from accounts.models import Person, RoleGrant
from accounts.queries import holding
from booking.cases import booking_for, decider_of, require_decider, works_on
from booking.casework.models import Message
from booking.models import Booking
from booking.states import Visibility
from database.audit import Act, record
from database.outbox import post
from kernel.errors import Conflict, Invalid, refuse
from kernel.wallclock import to_wall
from venues.models import Room
from web.fields import Day
from web.forms import Input


class Charge(Input):
    """Who is to own a case, by id (nobody when left out), and who stands in, to the end of ``deputy_until`` where that is said.

    ``was`` is the owner that was shown: whoever takes a case does not take it from another unseen.
    """

    owner: int | None = Field(default=None, ge=1)
    deputy: int | None = Field(default=None, ge=1)
    deputy_until: Day | None = None
    was: int | None = None


def assign(session: Session, booking_id: int, given: Charge, *, by: Actor, now: datetime) -> Booking:
    """Take a case, hand it over, let it go, or name who stands in for its owner; those who get it are told, and who looked at it
    before is shown that when they act on it.

    Raises Conflict (``owner-changed``), Invalid (``not-a-decider``, ``deputy-without-owner``), Missing, Forbidden.
    """
    booking = booking_for(session, booking_id)
    require_decider(booking, by)
    by.require(works_on(booking, by), "officer")
    if given.was != booking.owner_id:
        raise refuse(Conflict, "owner-changed", "owner", booking.owner.name if booking.owner else None)
    _require_possible(session, booking, given)
    before = {booking.owner_id, booking.deputy_id}
    booking.owner_id, booking.deputy_id, booking.deputy_until = given.owner, given.deputy, given.deputy_until
    facts = {"owner": given.owner, "deputy": given.deputy, "until": given.deputy_until and given.deputy_until.isoformat()}
    booking.version += 1
    record(session, Act("assign", "case", booking.id, facts, booking.holder_id), by=by, now=now)
    for kind, person_id in (("case-yours", given.owner), ("case-deputy", given.deputy)):
        if person_id and person_id not in {*before, by.person_id}:
            post(session, kind, person_id=person_id, booking_id=booking.id, now=now)
    session.flush()
    return booking


def deciders(session: Session, booking: Booking) -> Sequence[Person]:
    """Everybody who may decide on a booking, by name: who may own its case."""
    return holding(session, roles_from(decider_of(booking)), venue_id=booking.room.venue_id)


def roles_from(role: Role) -> Sequence[Role]:
    """The role and those above it."""
    ladder = list(Role)
    return ladder[ladder.index(role) :]


def is_of(person_id: int, today: date) -> ColumnElement[bool]:
    """The condition that a case is this person's, as its owner or in an owner's place."""
    stands_in = or_(Booking.deputy_until.is_(None), Booking.deputy_until >= today)
    return or_(Booking.owner_id == person_id, and_(Booking.deputy_id == person_id, stands_in))


def is_nobodys() -> ColumnElement[bool]:
    """The condition that nobody has taken a case, or that who did may not decide on it any more."""
    here = select(Room.venue_id).where(Room.id == Booking.room_id).correlate(Booking).scalar_subquery()
    may = or_(
        RoleGrant.role == Role.ADMINISTRATOR,
        and_(RoleGrant.role == Role.OFFICER, Booking.decider != str(Role.ADMINISTRATOR)),
        and_(RoleGrant.role == Role.CARETAKER, Booking.decider == str(Role.CARETAKER), RoleGrant.venue_id == here),
    )
    return ~exists().where(RoleGrant.person_id == Booking.owner_id, RoleGrant.deputy_for.is_(None), may).correlate(Booking)


def in_charge(session: Session, booking: Booking, *, now: datetime) -> Sequence[int]:
    """The ids of those who are told of a case: its owner and who stands in; else who wrote to its applicant last; else who
    decided; else everybody of the role that decides. Who may not decide on it any more is told nothing."""
    today = to_wall(now, booking.room.venue.zone).date()
    stands_in = booking.deputy_id if booking.deputy_until is None or booking.deputy_until >= today else None
    wrote = select(Message.by_id).where(Message.booking_id == booking.id, Message.from_staff, Message.visibility == Visibility.SHARED)
    last = session.scalar(wrote.order_by(Message.id.desc()).limit(1))
    able = [person.id for person in deciders(session, booking)]
    for named in ([booking.owner_id, stands_in], [last], [booking.decided_by]):
        if found := [one for one in named if one in able]:
            return found
    return [person.id for person in holding(session, [decider_of(booking)], venue_id=booking.room.venue_id)] or able


def _require_possible(session: Session, booking: Booking, given: Charge) -> None:
    if given.deputy is not None and given.owner in (None, given.deputy):
        raise refuse(Invalid, "deputy-without-owner", "deputy", given.deputy)
    possible = {person.id for person in deciders(session, booking)}
    for field, person_id in (("owner", given.owner), ("deputy", given.deputy)):
        if person_id is not None and person_id not in possible:
            raise refuse(Invalid, "not-a-decider", field, person_id)
