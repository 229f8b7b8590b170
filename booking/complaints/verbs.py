"""Verbs of complaints: received, admitted, reconsidered, ruled on, carried out; said, owned, withdrawn - each a step with its words."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor, Role
from accounts.models import DelegationState
from accounts.queries import delegates, holding
from booking.complaints.contested import Decision, decision_of, decisions_since, last_day, notified_on, rule_for
from booking.complaints.inputs import Admission, BoardInput, ComplaintInput, Execution, Looked, Owner, Reconsideration, Ruled, Said
from booking.complaints.models import Complaint, ComplaintState, ComplaintStep, StepKind
from booking.complaints.queries import complaint_for, complaints_about, is_party, overdue_at, works_on
from booking.references import new_reference
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import post
from kernel.errors import Conflict, Fault, Invalid, refuse
from kernel.wallclock import to_wall
from venues.queries import municipality

# In how many days the next step is to be taken: a month is the most that passes without an answer (Public Administration Act,
# section 11 a); a board meets less often.
WITHIN = {ComplaintState.RECEIVED: 28, ComplaintState.AT_BOARD: 84, ComplaintState.TO_CARRY_OUT: 21}
# What either side says has an end; what is decided has not, lest who writes without end can keep that from being done.
MOST_STEPS = 300
# So often a party contests one decision by itself, where it withdraws in between: each time the office is told.
MOST_TIMES = 3
TALK = (StepKind.WROTE, StepKind.ASKED, StepKind.NOTED)
# What a step leads to; others leave it where it is.
LEADS_TO = {
    StepKind.DISMISSED: ComplaintState.CLOSED,
    StepKind.UPHELD: ComplaintState.AT_BOARD,
    StepKind.CHANGED: ComplaintState.TO_CARRY_OUT,
    StepKind.BOARD_UPHELD: ComplaintState.CLOSED,
    StepKind.BOARD_CHANGED: ComplaintState.TO_CARRY_OUT,
    StepKind.BOARD_RETURNED: ComplaintState.RECEIVED,
    StepKind.CARRIED_OUT: ComplaintState.CLOSED,
    StepKind.WITHDRAWN: ComplaintState.CLOSED,
}


def complain(session: Session, given: ComplaintInput, *, by: Actor, now: datetime) -> Complaint:
    """Contest a decision: its party today, or an officer who enters a letter with the days that it tells.

    The time to complain is kept as it is now, with the rule's number of days. Raises Unidentified, Missing, Forbidden,
    Conflict (``complaint-exists``, ``complaint-decided``, ``complained-enough``), Invalid with all that is wrong with the days.
    """
    decision = decision_of(session, given.act, by=by)
    is_theirs = decision.is_party(by)
    by.require(not is_theirs or (given.came_on is None and given.notified_on is None), "officer")
    lock(session, _key(decision))
    _require_contestable(session, given.act, is_theirs=is_theirs)
    today, came_on = _today(session, now), given.came_on or _today(session, now)
    if faults := [*_faults(given, to_wall(decision.act.at, municipality(session).zone).date(), today)]:
        raise Invalid(*faults)
    days, notified = rule_for(session, decision).days, given.notified_on or notified_on(session, decision)
    complaint = Complaint(
        reference=new_reference(),
        act_id=given.act,
        organisation_id=decision.organisation.id if decision.organisation else None,
        person_id=decision.person.id if decision.person else None,
        state=ComplaintState.RECEIVED,
        came_on=came_on,
        notified_on=notified,
        days=days,
        due_on=last_day(notified, days),
        answer_by=came_on + timedelta(days=WITHIN[ComplaintState.RECEIVED]),
        created_at=now,
    )
    session.add(complaint)
    session.flush()
    _step(session, complaint, StepKind.RECEIVED, given.text, from_staff=not is_theirs, by=by, now=now)
    return complaint


def admit(session: Session, reference: str, given: Admission, *, by: Actor, now: datetime) -> Complaint:
    """Look at one that came late all the same, for special reasons (section 31), or dismiss it; officers only.

    Raises Conflict (``complaint-not-late``), Missing, Forbidden.
    """
    complaint = _worked_on(session, reference, by)
    if not complaint.waits_for_admission:
        raise refuse(Conflict, "complaint-not-late", "admitted", reference)
    complaint.is_admitted = given.admitted
    return _step(session, complaint, StepKind.ADMITTED if given.admitted else StepKind.DISMISSED, given.text, by=by, now=now)


def reconsider(session: Session, reference: str, given: Reconsideration, *, by: Actor, now: datetime) -> Complaint:
    """Look at the decision again: it is changed, or goes to the board with a statement; by another than who took it, or with a reason.

    Raises Conflict (``complaint-elsewhere``, ``admit-first``), Invalid (``other-officer``), Missing, Forbidden.
    """
    complaint = _worked_on(session, reference, by)
    _require(complaint, ComplaintState.RECEIVED)
    if complaint.waits_for_admission:
        raise refuse(Conflict, "admit-first", "outcome", reference)
    if by.person_id == complaint.act.hand_id and not given.own_decision:
        raise refuse(Invalid, "other-officer", "own_decision")
    kind = StepKind.CHANGED if given.outcome is Looked.CHANGED else StepKind.UPHELD
    text = "\n\n".join(filter(None, (given.text, given.own_decision)))
    return _step(session, complaint, kind, text, by=by, now=now)


def rule(session: Session, reference: str, given: BoardInput, *, by: Actor, now: datetime) -> Complaint:
    """Write what the board decided; officers only. Raises Conflict, Invalid (``day-ahead``, ``before-complaint``), Missing, Forbidden."""
    complaint = _worked_on(session, reference, by)
    _require(complaint, ComplaintState.AT_BOARD)
    if given.on_day < complaint.came_on:
        raise refuse(Invalid, "before-complaint", "on_day", given.on_day.isoformat(), day=complaint.came_on)
    if given.on_day > _today(session, now):
        raise refuse(Invalid, "day-ahead", "on_day", given.on_day.isoformat())
    return _step(session, complaint, StepKind(Ruled(given.outcome).value), given.text, on_day=given.on_day, by=by, now=now)


def carry_out(session: Session, reference: str, given: Execution, *, by: Actor, now: datetime) -> Complaint:
    """Say by which act the outcome was carried out, and close; officers only. Raises Conflict, Invalid (``no-such-act``), Missing."""
    complaint = _worked_on(session, reference, by)
    _require(complaint, ComplaintState.TO_CARRY_OUT)
    if given.act is not None and given.act not in {one.act.id for one in acts_since(session, complaint)}:
        raise refuse(Invalid, "no-such-act", "act", given.act)
    complaint.carried_by = given.act
    return _step(session, complaint, StepKind.CARRIED_OUT, given.text, by=by, now=now)


def withdraw(session: Session, reference: str, *, by: Actor, now: datetime) -> Complaint:
    """Take a complaint back, which ends it; its party only. Raises Conflict (``complaint-elsewhere``), Missing, Forbidden."""
    complaint = complaint_for(session, reference, by=by)
    by.require(is_party(complaint, by), "holder")
    _require(complaint, ComplaintState.RECEIVED, ComplaintState.AT_BOARD)
    return _step(session, complaint, StepKind.WITHDRAWN, "", from_staff=False, by=by, now=now)


def say(session: Session, reference: str, given: Said, *, by: Actor, now: datetime) -> Complaint:
    """Write to the other side, or a note. While an answer of the party is awaited the deadline stands still; what it writes ends that.

    Raises Conflict (``complaint-elsewhere``, ``too-many-steps``), Missing, Forbidden.
    """
    complaint = complaint_for(session, reference, by=by)
    is_theirs = is_party(complaint, by)
    by.require(not is_theirs or not (given.must_answer or given.internal), "officer")
    if given.internal:
        return _step(session, complaint, StepKind.NOTED, given.said, by=by, now=now)
    _require(complaint, *WITHIN)
    today = _today(session, now)
    if given.must_answer:
        complaint.paused_on = complaint.paused_on or today
    elif is_theirs and complaint.paused_on is not None:
        complaint.answer_by += today - complaint.paused_on
        complaint.paused_on = None
    kind = StepKind.ASKED if given.must_answer else StepKind.WROTE
    return _step(session, complaint, kind, given.said, from_staff=not is_theirs, by=by, now=now)


def assign(session: Session, reference: str, given: Owner, *, by: Actor, now: datetime) -> Complaint:
    """Take a complaint, hand it over or let it go. Raises Conflict (``owner-changed``), Invalid (``not-a-decider``), Missing, Forbidden."""
    complaint = _worked_on(session, reference, by)
    if given.was != complaint.owner_id:
        raise refuse(Conflict, "owner-changed", "owner", complaint.owner.name if complaint.owner else None)
    if given.owner is not None and given.owner not in {one.id for one in holding(session, [Role.OFFICER, Role.ADMINISTRATOR])}:
        raise refuse(Invalid, "not-a-decider", "owner", given.owner)
    complaint.owner_id = given.owner
    record(session, Act("assign", "complaint", complaint.id, {"owner": given.owner}), by=by, now=now)
    if given.owner not in (None, by.person_id):
        _post(session, complaint, "complaint-office", [given.owner], complaint.steps[0], now=now)
    session.flush()
    return complaint


def raise_overdue(session: Session, reference: str, *, by: Actor, now: datetime) -> bool:
    """Tell party and administrators once that the next step did not come in time; False when it came meanwhile."""
    by.require(by.is_administrator, "administrator")
    late = select(Complaint).where(Complaint.reference == reference, *overdue_at(now)).with_for_update(of=Complaint)
    complaint = session.scalar(late)
    if complaint is None:
        return False
    complaint.raised_at = now
    _step(session, complaint, StepKind.OVERDUE, "", by=by, now=now)
    return True


def acts_since(session: Session, complaint: Complaint) -> list[Decision]:
    """What was decided about the party since it complained: what an outcome may have been carried out by."""
    return decisions_since(session, complaint.organisation_id, complaint.person_id, complaint.created_at)


def _worked_on(session: Session, reference: str, by: Actor) -> Complaint:
    """The complaint for an act of the municipality: no officer decides on their own organisation's."""
    complaint = complaint_for(session, reference, by=by)
    by.require(works_on(complaint, by), "officer")
    return complaint


def _require(complaint: Complaint, *states: ComplaintState) -> None:
    if complaint.state not in states:
        raise refuse(Conflict, "complaint-elsewhere", "", complaint.reference)


def _require_contestable(session: Session, act: int, *, is_theirs: bool) -> None:
    """What was decided of a complaint is not contested by another; who complains and withdraws again and again writes a letter."""
    made = complaints_about(session, [act])
    if any(one.closed_at is None for one in made):
        raise refuse(Conflict, "complaint-exists", "act", act)
    if decided := next((one for one in made if one.is_decided), None):
        raise refuse(Conflict, "complaint-decided", "act", act, reference=decided.reference)
    if is_theirs and len(made) >= MOST_TIMES:
        raise refuse(Conflict, "complained-enough", "act", act, most=MOST_TIMES)


def _step(
    session: Session,
    complaint: Complaint,
    kind: StepKind,
    text: str,
    *,
    from_staff: bool = True,
    on_day: date | None = None,
    by: Actor,
    now: datetime,
) -> Complaint:
    """Write a step, let the complaint go where it leads, and tell the other side of it."""
    if kind in TALK and (session.scalar(select(func.count()).where(ComplaintStep.complaint_id == complaint.id)) or 0) >= MOST_STEPS:
        raise refuse(Conflict, "too-many-steps", "text", most=MOST_STEPS)
    step = ComplaintStep(kind=kind, from_staff=from_staff, by_id=by.person_id, at=now, text=text, on_day=on_day)
    complaint.steps.append(step)
    if (state := LEADS_TO.get(kind)) is not None:
        complaint.state, complaint.paused_on, complaint.raised_at = state, None, None
        complaint.closed_at = now if state is ComplaintState.CLOSED else None
        if state is not ComplaintState.CLOSED:
            complaint.answer_by = _today(session, now) + timedelta(days=WITHIN[state])
    session.flush()
    record(session, Act("step", "complaint", complaint.id, {"kind": str(kind), "step": step.id}, complaint.person_id), by=by, now=now)
    _tell(session, complaint, step, now=now)
    return complaint


def _tell(session: Session, complaint: Complaint, step: ComplaintStep, *, now: datetime) -> None:
    """The party of all that is done by staff, and that its complaint came; the office of what the party does, and what is late."""
    if step.kind is StepKind.NOTED:
        return
    if step.from_staff or step.kind is StepKind.RECEIVED:
        _post(session, complaint, "complaint-step", _party(session, complaint), step, now=now)
    if not step.from_staff or step.kind is StepKind.OVERDUE:
        theirs = set(_party(session, complaint))
        officers, above = ({one.id for one in holding(session, [role])} - theirs for role in (Role.OFFICER, Role.ADMINISTRATOR))
        # Who owns it may have lost the role since.
        owner = {one for one in officers | above if one == complaint.owner_id}
        told = owner | above if step.kind is StepKind.OVERDUE else owner or officers or above
        _post(session, complaint, "complaint-office", told - {step.by_id}, step, now=now)


def _post(session: Session, complaint: Complaint, kind: str, people: Iterable[int | None], step: ComplaintStep, *, now: datetime) -> None:
    for person in sorted(one for one in people if one):
        post(session, kind, person_id=person, now=now, facts={"complaint": complaint.id, "step": step.id})


def _party(session: Session, complaint: Complaint) -> list[int]:
    if complaint.organisation_id is None:
        return [complaint.person_id] if complaint.person_id else []
    acting = delegates(session, complaint.organisation_id)
    return [one.person_id for one in acting if one.state is DelegationState.CONFIRMED]


def _key(decision: Decision) -> Key:
    if decision.organisation:
        return Key(Subject.ORGANISATION, decision.organisation.id)
    return Key(Subject.PERSON, decision.person.id if decision.person else 0)


def _faults(given: ComplaintInput, decided_on: date, today: date) -> Iterable[Fault]:
    for field, day in (("came_on", given.came_on), ("notified_on", given.notified_on)):
        if day is not None and day > today:
            yield Fault("day-ahead", field, day.isoformat())
        elif day is not None and day < decided_on:
            yield Fault("before-decision", field, day.isoformat(), {"day": decided_on})


def _today(session: Session, now: datetime) -> date:
    return to_wall(now, municipality(session).zone).date()
