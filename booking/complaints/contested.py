"""Contested: the decisions that one can complain about - acts of the audit log - with their party, rule and notice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.identity import Actor
from accounts.models import Organisation, Person, Standing
from booking.billing.models import Dispute
from booking.cases import acts_on
from booking.decisions import DECIDING, decides
from booking.judging import unfolded
from booking.models import Booking, Judgement, Occurrence
from booking.support.grants.models import Hearing, Report
from booking.support.models import Agreement, Grant
from database.audit import Audit
from database.outbox import Delivery, Notice
from kernel.errors import Missing, refuse
from kernel.wallclock import to_wall
from policies.queries import municipal_on
from policies.rules.handling import ComplaintRule
from policies.verdict import Complaint as Rule
from policies.verdict import Verdict
from venues.models import Room
from venues.opening import holiday_of
from venues.queries import municipality

# Of those that no policy says anything else about: three weeks (Public Administration Act, section 29).
STATUTORY = Rule(rule="", days=21)
DAY = timedelta(days=1)
SATURDAY = 6
# A notice leaves soon, or is tried again for some two days.
TRIED_FOR = timedelta(days=3)
LEFT = (Delivery.SENT, Delivery.ACKNOWLEDGED)
# By subject of the log, the verbs of what the municipality decides, and the row that is decided on.
VERBS: dict[str, tuple[str, ...]] = {
    "booking": DECIDING,
    "billing_dispute": ("answer",),
    "grant": ("make", "end"),
    "report": ("return",),
    "hearing": ("decide",),
    "standing": ("note_standing", "end_standing"),
    "agreement": ("make", "end"),
}
ROWS: dict[str, type[Any]] = {
    "booking": Booking,
    "billing_dispute": Dispute,
    "grant": Grant,
    "report": Report,
    "hearing": Hearing,
    "standing": Standing,
    "agreement": Agreement,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """An act of the municipality and the row that it is about; its party is an organisation, else a person."""

    act: Audit
    row: Any
    booking: Booking | None
    organisation: Organisation | None
    person: Person | None

    def is_party(self, by: Actor) -> bool:
        """Whether somebody may contest it for themselves."""
        if self.booking is not None:
            return acts_on(self.booking, by)
        return self.organisation is not None and by.acts_for(self.organisation.id)


def is_decisive(act: Audit) -> bool:
    """Whether an act decides anything."""
    return act.verb in VERBS.get(act.subject, ()) and (act.subject != "booking" or decides(act))


def decision_of(session: Session, act_id: int, *, by: Actor) -> Decision:
    """The decision that is an act, for officers and its party; raises Unidentified, Missing (``unknown-decision``)."""
    by.require_known()
    act = session.get(Audit, act_id)
    found = decided(session, [act]) if act and is_decisive(act) else []
    if not found or not (by.is_officer or found[0].is_party(by)):
        raise refuse(Missing, "unknown-decision", "act", act_id)
    return found[0]


def decisions_on(session: Session, subject: str, subject_id: int, *, by: Actor) -> list[Decision]:
    """What was decided on a row, newest first, for officers and its party; of a booking also what was answered about its prices.

    Raises Unidentified, Missing (``unknown-decision``).
    """
    by.require_known()
    among = [_acts_on(subject, [subject_id])]
    if subject == "booking":
        dates = select(Occurrence.id).where(Occurrence.booking_id == subject_id)
        among.append(_acts_on("billing_dispute", select(Dispute.id).where(Dispute.occurrence_id.in_(dates))))
    acts = session.scalars(select(Audit).where(or_(*among)).order_by(Audit.id.desc()))
    found = decided(session, [act for act in acts if is_decisive(act)])
    if not found or not (by.is_officer or found[0].is_party(by)):
        raise refuse(Missing, "unknown-decision", subject, subject_id)
    return found


def decided(session: Session, acts: Sequence[Audit]) -> list[Decision]:
    """The acts as decisions, in their order; of each kind all rows in one statement."""
    rows = {kind: _rows(session, kind, [act.subject_id for act in acts if act.subject == kind]) for kind in {act.subject for act in acts}}
    return [_decision(act, rows[act.subject][act.subject_id]) for act in acts if act.subject_id in rows[act.subject]]


def decisions_since(
    session: Session, organisation_id: int | None, person_id: int | None, since: datetime, *, most: int = 50
) -> list[Decision]:
    """The latest of what was decided about a party since a moment: what an outcome may have been carried out by."""
    holder = Booking.organisation_id == organisation_id if organisation_id else Booking.holder_id == person_id
    among = [_acts_on("booking", select(Booking.id).where(holder))]
    if organisation_id:
        theirs = ((kind, ROWS[kind]) for kind in ("grant", "hearing", "standing", "agreement"))
        among += [_acts_on(kind, select(row.id).where(row.organisation_id == organisation_id)) for kind, row in theirs]
    acts = session.scalars(select(Audit).where(or_(*among), Audit.at >= since).order_by(Audit.id.desc()).limit(most))
    return decided(session, [act for act in acts if is_decisive(act)])


def rule_for(session: Session, decision: Decision) -> Rule:
    """How the decision can be contested by the rules that were asked for it, else by the municipality's of that day, else by law."""
    judged = _judged_by(session, decision)
    if judged is not None and judged.complaint:
        return judged.complaint
    day = to_wall(decision.act.at, municipality(session).zone).date()
    found = municipal_on(session, day, published_by=decision.act.at)
    rules = (rule for rule in found.document.rules if isinstance(rule, ComplaintRule)) if found else ()
    return next((Rule(rule=rule.id, days=rule.days, body=rule.body, source=rule.source) for rule in rules), STATUTORY)


def notified_on(session: Session, decision: Decision) -> date | None:
    """The local day on which the first word of the decision left for its party and did not come back; None where none has."""
    sent = min((notice.sent_at for notice in notices_of(session, decision) if notice.state in LEFT and notice.sent_at), default=None)
    return to_wall(sent, municipality(session).zone).date() if sent else None


def notices_of(session: Session, decision: Decision) -> Sequence[Notice]:
    """The notices that told of a decision: posted in the same transaction, about the same row."""
    act = decision.act
    if decision.booking is not None:
        told = Notice.booking_id == decision.booking.id
    else:
        told = and_(Notice.facts[act.subject].as_integer() == act.subject_id, Notice.state.in_([*Delivery]))
        told = and_(told, Notice.due_at >= act.at, Notice.due_at <= act.at + TRIED_FOR)
    return session.scalars(select(Notice).where(told, Notice.created_at == act.at).order_by(Notice.id)).all()


def last_day(notified: date | None, days: int) -> date | None:
    """The last day to complain, so many days after the notice; one on which nobody works is not the last (Courts Act, section 149)."""
    if notified is None:
        return None
    last = notified + days * DAY
    while last.isoweekday() >= SATURDAY or holiday_of(last):
        last += DAY
    return last


def _judged_by(session: Session, decision: Decision) -> Verdict | None:
    """The verdict that was the last one when the decision was taken."""
    if decision.booking is None:
        return None
    before = (Judgement.booking_id == decision.booking.id, Judgement.at <= decision.act.at)
    row = session.scalar(select(Judgement).where(*before).order_by(Judgement.id.desc()).limit(1))
    return Verdict.from_json(unfolded(row.judged)[0]["verdict"]) if row else None


def _acts_on(subject: str, ids: Any) -> ColumnElement[bool]:
    return and_(Audit.subject == subject, Audit.subject_id.in_(ids), Audit.verb.in_(VERBS[subject]))


def _rows(session: Session, subject: str, ids: Iterable[int]) -> dict[int, Any]:
    kind = ROWS[subject]
    whole = {
        "booking": (*_whole_booking(), selectinload(Booking.occurrences)),
        "billing_dispute": tuple(joinedload(Dispute.occurrence).joinedload(Occurrence.booking).options(one) for one in _whole_booking()),
        "grant": (joinedload(Grant.organisation), joinedload(Grant.scheme)),
        "report": (joinedload(Report.grant).joinedload(Grant.organisation), joinedload(Report.grant).joinedload(Grant.scheme)),
        "hearing": (joinedload(Hearing.organisation),),
        "agreement": (joinedload(Agreement.organisation),),
    }
    rows = session.scalars(select(kind).where(kind.id.in_(list(ids))).options(*whole.get(subject, ()))).unique().all()
    if subject == "standing":
        named = session.scalars(select(Organisation).where(Organisation.id.in_([row.organisation_id for row in rows])))
        known = {one.id: one for one in named}
        return {row.id: (row, known[row.organisation_id]) for row in rows}
    return {row.id: row for row in rows}


def _whole_booking() -> tuple[Any, ...]:
    return (joinedload(Booking.room).joinedload(Room.venue), joinedload(Booking.organisation), joinedload(Booking.holder))


def _decision(act: Audit, row: Any) -> Decision:
    match row:
        case Booking():
            return Decision(act, row, row, row.organisation, None if row.organisation else row.holder)
        case Dispute():
            booking = row.occurrence.booking
            return Decision(act, row, booking, booking.organisation, None if booking.organisation else booking.holder)
        case Report():
            return Decision(act, row, None, row.grant.organisation, None)
        case (standing, organisation):
            return Decision(act, standing, None, organisation, None)
        case _:
            return Decision(act, row, None, row.organisation, None)
