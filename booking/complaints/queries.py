"""Questions about complaints: finding one for an act, who may see it, what waits, and what the open ones hold back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from accounts.identity import Actor
from booking.complaints.contested import decided
from booking.complaints.models import Complaint, ComplaintState
from booking.references import normalised
from database.audit import Audit
from kernel.errors import Missing, refuse
from kernel.wallclock import to_wall
from web.formats import HOME_ZONE

MOST_SHOWN = 200


def complaint_seen(session: Session, reference: str, *, by: Actor) -> Complaint:
    """The complaint of a reference with its steps, for officers and its party; raises Unidentified, Missing (``unknown-complaint``)."""
    return _seen(session, _of(reference).options(*_whole()), reference, by)


def complaint_for(session: Session, reference: str, *, by: Actor) -> Complaint:
    """The same, locked for an act on it."""
    found = _seen(session, _of(reference).with_for_update(of=Complaint), reference, by)
    session.refresh(found)
    return found


def is_party(complaint: Complaint, by: Actor) -> bool:
    """Whether somebody is on the side of those who complain."""
    if complaint.organisation_id is not None:
        return by.acts_for(complaint.organisation_id)
    return by.person_id is not None and by.person_id == complaint.person_id


def works_on(complaint: Complaint, by: Actor) -> bool:
    """Whether somebody is on the municipality's side; nobody is on both."""
    return by.is_officer and not is_party(complaint, by)


def complaints(session: Session, *, by: Actor) -> Sequence[Complaint]:
    """All for officers, one's own for others: the open ones by deadline, then the closed, latest first."""
    by.require_known()
    rows = select(Complaint).options(joinedload(Complaint.organisation), joinedload(Complaint.person), joinedload(Complaint.owner))
    if not by.is_officer:
        rows = rows.where(or_(Complaint.organisation_id.in_(list(by.organisations)), Complaint.person_id == by.person_id))
    is_closed = Complaint.state == ComplaintState.CLOSED
    ordered = rows.order_by(is_closed, Complaint.closed_at.desc(), Complaint.answer_by, Complaint.id).options(joinedload(Complaint.act))
    return session.scalars(ordered.limit(MOST_SHOWN)).all()


def complaints_about(session: Session, acts: Sequence[int]) -> Sequence[Complaint]:
    """What was complained of these acts, the oldest first, with their steps."""
    found = select(Complaint).where(Complaint.act_id.in_(acts)).order_by(Complaint.id).options(selectinload(Complaint.steps))
    return session.scalars(found).all()


def overdue(session: Session, now: datetime) -> Sequence[str]:
    """The references of those whose next step did not come in time, where nobody has been told that yet."""
    return session.scalars(select(Complaint.reference).where(*overdue_at(now)).order_by(Complaint.id)).all()


def overdue_at(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions of that."""
    late = (Complaint.state != ComplaintState.CLOSED, Complaint.answer_by < to_wall(now, HOME_ZONE).date())
    return (*late, Complaint.paused_on.is_(None), Complaint.raised_at.is_(None))


@dataclass(frozen=True, slots=True)
class Held:
    """What open complaints are about, by id: nothing of it, and nothing that hangs on it, may be erased before they are closed.

    Of ``bookings`` that is all that says anything of one: dates, judgements, messages, notices, uses, conditions met, disputes and
    lines. ``people`` are parties, holders, hands, and who decided or took a step.
    """

    bookings: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    grants: frozenset[int] = frozenset()
    hearings: frozenset[int] = frozenset()
    standings: frozenset[int] = frozenset()
    agreements: frozenset[int] = frozenset()


def held(session: Session) -> Held:
    """What the open complaints hold, in a number of statements that does not grow with them."""
    found = session.scalars(
        select(Complaint).where(Complaint.state != ComplaintState.CLOSED).options(joinedload(Complaint.act), selectinload(Complaint.steps))
    ).all()
    if not found:
        return Held()
    decisions = decided(session, [one.act for one in found])
    bookings = {one.booking.id: one.booking for one in decisions if one.booking}
    kinds = ("grant", "report", "hearing", "standing", "agreement")
    rows = {kind: [one.row for one in decisions if one.act.subject == kind] for kind in kinds}
    hands = session.scalars(select(Audit.hand_id).where(Audit.subject == "booking", Audit.subject_id.in_(bookings)).distinct())
    people = {step.by_id for one in found for step in one.steps} | {one.person_id for one in found} | {one.act.hand_id for one in found}
    people |= {one for booking in bookings.values() for one in (booking.holder_id, booking.hand_id, booking.owner_id, booking.decided_by)}
    return Held(
        bookings=frozenset(bookings),
        people=frozenset(one for one in people | set(hands) if one),
        organisations=frozenset(one.organisation_id for one in found if one.organisation_id),
        grants=frozenset([row.id for row in rows["grant"]] + [row.grant_id for row in rows["report"]]),
        hearings=frozenset(row.id for row in rows["hearing"]),
        standings=frozenset(row.id for row in rows["standing"]),
        agreements=frozenset(row.id for row in rows["agreement"]),
    )


def _of(reference: str) -> Select[Complaint]:
    return select(Complaint).where(Complaint.reference == normalised(reference))


def _seen(session: Session, query: Select[Complaint], reference: str, by: Actor) -> Complaint:
    by.require(by.is_known, "holder")
    found = session.scalar(query)
    if found is None or not (by.is_officer or is_party(found, by)):
        raise refuse(Missing, "unknown-complaint", "reference", reference)
    return found


def _whole() -> tuple[ExecutableOption, ...]:
    people = (joinedload(Complaint.organisation), joinedload(Complaint.person), joinedload(Complaint.owner))
    return (*people, joinedload(Complaint.act), selectinload(Complaint.steps))
