"""A complaint from the day it comes to the act that carries its outcome out."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from accounts.models import RoleGrant
from booking.complaints.contested import decision_of, last_day, notified_on, rule_for
from booking.complaints.inputs import Admission, BoardInput, ComplaintInput, Execution, Looked, Owner, Reconsideration, Ruled, Said
from booking.complaints.models import Complaint, ComplaintState, StepKind
from booking.complaints.queries import Held, complaint_seen, complaints, held, overdue
from booking.complaints.verbs import acts_since, admit, assign, carry_out, complain, raise_overdue, reconsider, rule, say, withdraw
from booking.conditions.upkeep import forget_past
from booking.models import Booking, Usage
from booking.reservations import reserve
from booking.states import UsageKind
from booking.support.grants.awarding import GrantTerms, make_grant
from booking.support.grants.hearings import HearingDecision, HearingNotice, decide_hearing, give_notice
from booking.support.grants.schemes import SchemeTerms, make_scheme
from booking.usage import UsageInput, note_usage
from calendars.personal import PERSONAL
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden, Invalid, Missing
from tests import cast
from tests.booking.complaints.conftest import DECIDED, NOTIFIED, Act, delivered, refusal_of, refused
from tests.booking.conftest import COMPLAINT, NOW, Hall, again, publish_with, wish

WEEK = timedelta(days=7)
UPHELD = Reconsideration(outcome=Looked.UPHELD, text="Rekkefølgen er riktig.")
CHANGED = Reconsideration(outcome=Looked.CHANGED, text="Vi tok feil.")


def told(session: Session, complaint: Complaint) -> list[tuple[str, int | None]]:
    found = select(Notice.kind, Notice.person_id).where(Notice.kind.like("complaint-%")).order_by(Notice.id)
    return [(row.kind, row.person_id) for row in session.execute(found)]


def kinds(complaint: Complaint) -> list[StepKind]:
    return [step.kind for step in complaint.steps]


def test_the_time_runs_from_the_day_the_notice_left_by_the_days_of_the_rule_then_in_force(session: Session, complaint: Complaint) -> None:
    assert (complaint.notified_on, complaint.days, complaint.due_on) == (date(2026, 9, 2), 21, date(2026, 9, 23))
    assert (complaint.state, complaint.is_late, complaint.answer_by) == (ComplaintState.RECEIVED, False, date(2026, 9, 9) + 4 * WEEK)


@pytest.mark.parametrize(
    ("notified", "days", "last"),
    [
        (date(2026, 9, 2), 21, date(2026, 9, 23)),
        (date(2026, 9, 5), 21, date(2026, 9, 28)),  # a Saturday
        (date(2026, 12, 4), 21, date(2026, 12, 28)),  # Christmas Day, then a weekend
        (None, 21, None),
    ],
)
def test_the_last_day_is_one_on_which_people_work(notified: date | None, days: int, last: date | None) -> None:
    assert last_day(notified, days) == last


def test_without_a_rule_the_law_gives_three_weeks_and_a_notice_that_came_back_begins_nothing(session: Session, hall: Hall) -> None:
    booking = refused(session, hall, rule=None)
    session.execute(Notice.__table__.update().values(state="bounced"))
    again(session)

    found = decision_of(session, refusal_of(session, booking), by=hall.berit)

    assert (rule_for(session, found).days, notified_on(session, found)) == (21, None)


def test_it_goes_to_the_board_and_what_the_board_changes_is_carried_out_by_an_act(
    session: Session, hall: Hall, complaint: Complaint, act: Act
) -> None:
    ada = cast.actor(session, hall.cast.ada)
    reference, later = complaint.reference, NOTIFIED + 2 * WEEK
    act(reconsider, reference, UPHELD, by=ada, now=later)
    state, answer_by = complaint.state, complaint.answer_by
    act(rule, reference, BoardInput(outcome=Ruled.CHANGED, on_day="2026-09-16", text="Skiold turn var først."), by=ada, now=later)
    act(reserve, wish(start="2026-09-29T18:00", end="2026-09-29T20:00"), by=hall.kari, now=later)
    again(session)
    made = acts_since(session, complaint)[0]
    act(carry_out, reference, Execution(act=made.act.id, text="Ny tid."), by=hall.kari, now=later)

    assert (state, answer_by) == (ComplaintState.AT_BOARD, date(2026, 9, 16) + 12 * WEEK)
    assert kinds(complaint) == [StepKind.RECEIVED, StepKind.UPHELD, StepKind.BOARD_CHANGED, StepKind.CARRIED_OUT]
    assert (complaint.state, complaint.carried_by, complaint.closed_at) == (ComplaintState.CLOSED, made.act.id, later)
    assert (made.act.verb, made.booking and made.booking.organisation_id) == ("reserve", hall.cast.skiold.id)
    assert len([1 for kind, person in told(session, complaint) if (kind, person) == ("complaint-step", hall.berit.person_id)]) == 4
    recorded = select(Audit.facts).where(Audit.subject == "complaint").order_by(Audit.id)
    assert [facts["kind"] for facts in session.scalars(recorded)] == ["received", "upheld", "board-changed", "carried-out"]


def test_who_decided_looks_at_it_again_only_with_a_reason(session: Session, hall: Hall, complaint: Complaint, act: Act) -> None:
    with pytest.raises(Invalid) as refusal:
        act(reconsider, complaint.reference, CHANGED, by=hall.kari)
    alone = CHANGED.model_copy(update={"own_decision": "Ingen andre er på jobb."})

    act(reconsider, complaint.reference, alone, by=hall.kari)

    assert [fault.code for fault in refusal.value.faults] == ["other-officer"]
    assert (complaint.state, complaint.steps[-1].text) == (ComplaintState.TO_CARRY_OUT, "Vi tok feil.\n\nIngen andre er på jobb.")


@pytest.mark.parametrize(("admitted", "state"), [(True, ComplaintState.RECEIVED), (False, ComplaintState.CLOSED)])
def test_what_comes_late_is_looked_at_only_where_an_officer_says_why(
    session: Session, hall: Hall, lost: Booking, act: Act, admitted: bool, state: ComplaintState
) -> None:
    given = ComplaintInput(act=refusal_of(session, lost), text="Brev", came_on="2026-09-24", notified_on="2026-09-02")
    late = act(complain, given, by=hall.kari, now=NOTIFIED + 4 * WEEK)
    with pytest.raises(Conflict) as refusal:
        act(reconsider, late.reference, UPHELD, by=cast.actor(session, hall.cast.ada), now=NOTIFIED + 4 * WEEK)

    act(admit, late.reference, Admission(admitted=admitted, text="Sykdom."), by=hall.kari, now=NOTIFIED + 4 * WEEK)

    assert [fault.code for fault in refusal.value.faults] == ["admit-first"]
    assert (late.is_late, late.state, late.waits_for_admission) == (True, state, False)
    with pytest.raises(Conflict):
        act(admit, late.reference, Admission(admitted=True, text="Igjen."), by=hall.kari, now=NOTIFIED + 4 * WEEK)


def test_a_question_stops_the_deadline_until_the_party_answers(session: Session, hall: Hall, complaint: Complaint, act: Act) -> None:
    before = complaint.answer_by
    act(say, complaint.reference, Said(said="Hvor mange?", must_answer=True), by=hall.kari, now=NOTIFIED + WEEK)
    again(session)
    waiting = overdue(session, NOTIFIED + 30 * WEEK)

    act(say, complaint.reference, Said(said="Femti."), by=hall.nils, now=NOTIFIED + 3 * WEEK)

    assert (waiting, complaint.answer_by, complaint.paused_on) == ([], before + 2 * WEEK, None)
    assert kinds(complaint)[1:] == [StepKind.ASKED, StepKind.WROTE]


def test_a_deadline_that_passes_is_told_once_to_the_party_and_to_administrators(
    session: Session, hall: Hall, complaint: Complaint, act: Act
) -> None:
    late = NOTIFIED + 20 * WEEK
    before = len(told(session, complaint))
    due = overdue(session, late)

    raised = [act(raise_overdue, reference, by=SERVICE, now=late) for reference in (*due, *due)]

    assert (due, raised, overdue(session, late)) == ([complaint.reference], [True, False], [])
    people = (hall.berit.person_id, hall.nils.person_id)
    assert sorted(told(session, complaint)[before:]) == [
        ("complaint-office", hall.cast.ada.id),
        *sorted(("complaint-step", one) for one in people if one),
    ]


def test_an_open_complaint_holds_what_it_is_about_and_a_closed_one_nothing(
    session: Session, hall: Hall, lost: Booking, complaint: Complaint, act: Act
) -> None:
    found = held(session)

    act(withdraw, complaint.reference, by=hall.berit)

    people = frozenset({hall.cast.berit.id, hall.cast.kari.id})
    assert found == Held(bookings=frozenset({lost.id}), people=people, organisations=frozenset({hall.cast.skiold.id}))
    again(session)
    assert held(session) == Held()


def test_what_is_forgotten_by_itself_is_kept_as_long_as_a_complaint_is_open(session: Session, hall: Hall, act: Act) -> None:
    booking = act(reserve, wish(), by=hall.berit, now=NOW)
    given = select(Audit.id).where(Audit.subject == "booking", Audit.subject_id == booking.id, Audit.verb == "reserve")
    used_at = NOW + 3 * WEEK
    act(note_usage, booking.id, 1, UsageInput(kind=UsageKind.USED, note="Det var kaldt.", heads=12), by=hall.berit, now=used_at)
    complaint = act(complain, ComplaintInput(act=session.scalars(given).one(), text="For dyrt."), by=hall.berit, now=used_at)
    notes = select(Usage.note)

    act(forget_past, personal=PERSONAL, by=SERVICE, now=NOW + 20 * WEEK)
    kept = session.scalars(notes).all()
    act(withdraw, complaint.reference, by=hall.berit, now=NOW + 20 * WEEK)
    act(forget_past, personal=PERSONAL, by=SERVICE, now=NOW + 20 * WEEK)

    assert (kept, session.scalars(notes).all()) == (["Det var kaldt."], [""])


@pytest.mark.parametrize("who", ["per", "siri", "olav"])
def test_for_others_there_is_neither_decision_nor_complaint(
    session: Session, hall: Hall, lost: Booking, complaint: Complaint, who: str
) -> None:
    by = getattr(hall, who)

    with pytest.raises(Missing):
        complaint_seen(session, complaint.reference, by=by)
    with pytest.raises(Missing):
        complain(session, ComplaintInput(act=refusal_of(session, lost), text="Nei"), by=by, now=NOTIFIED)
    assert list(complaints(session, by=by)) == []


def test_an_officer_of_the_organisation_decides_nothing_in_its_complaint(
    session: Session, hall: Hall, complaint: Complaint, act: Act
) -> None:
    session.add(RoleGrant(person_id=hall.cast.nils.id, role="officer", granted_at=NOW))
    again(session)
    both = cast.actor(session, hall.cast.nils)

    with pytest.raises(Forbidden):
        act(reconsider, complaint.reference, CHANGED, by=both)
    with pytest.raises(Forbidden):
        act(assign, complaint.reference, Owner(owner=both.person_id), by=both)


def test_what_is_wrong_with_a_complaint_is_told_at_once(session: Session, hall: Hall, lost: Booking, act: Act) -> None:
    number = refusal_of(session, lost)
    with pytest.raises(Invalid) as refusal:
        act(complain, ComplaintInput(act=number, text="Brev", came_on="2030-01-01", notified_on="2020-01-01"), by=hall.kari)
    with pytest.raises(Missing):
        act(complain, ComplaintInput(act=999_999, text="Hva?"), by=hall.kari)
    with pytest.raises(Forbidden):
        act(complain, ComplaintInput(act=number, text="Vi", notified_on="2026-09-20"), by=hall.berit)
    act(complain, ComplaintInput(act=number, text="Vi"), by=hall.berit)
    with pytest.raises(Conflict) as twice:
        act(complain, ComplaintInput(act=number, text="Igjen"), by=hall.nils)

    assert [(fault.code, fault.field) for fault in refusal.value.faults] == [("day-ahead", "came_on"), ("before-decision", "notified_on")]
    assert [fault.code for fault in twice.value.faults] == ["complaint-exists"]


def test_steps_out_of_turn_and_acts_of_others_are_refused(session: Session, hall: Hall, complaint: Complaint, act: Act) -> None:
    ada, reference = cast.actor(session, hall.cast.ada), complaint.reference
    out_of_turn: list[tuple[Any, Any]] = [
        (rule, BoardInput(outcome=Ruled.UPHELD, on_day="2026-09-02", text="Nei")),
        (carry_out, Execution(text="Gjort")),
        (admit, Admission(admitted=True, text="Ja")),
    ]
    for verb, given in out_of_turn:
        with pytest.raises(Conflict):
            act(verb, reference, given, by=ada)
    with pytest.raises(Forbidden):
        act(reconsider, reference, CHANGED, by=hall.berit)
    act(reconsider, reference, CHANGED, by=ada, now=NOTIFIED + WEEK)
    with pytest.raises(Invalid):
        act(carry_out, reference, Execution(act=complaint.act_id, text="Gjort"), by=ada)
    with pytest.raises(Conflict):
        act(withdraw, reference, by=hall.berit)

    assert kinds(complaint) == [StepKind.RECEIVED, StepKind.CHANGED]


def test_grants_and_hearings_are_contested_by_their_organisation(session: Session, hall: Hall, act: Act) -> None:
    publish_with(session, {**COMPLAINT, "days": 14})
    scheme = act(make_scheme, SchemeTerms(name="Drift", kind="operating", first_day="2026-01-01"), by=hall.kari, now=DECIDED)
    days = {"first_day": "2026-01-01", "last_day": "2026-12-31"}
    terms = GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, amount=1000, decision="Mindre enn søkt.", **days)
    grant = act(make_grant, terms, by=hall.kari, now=DECIDED)
    delivered(session)
    hearing = act(give_notice, hall.cast.skiold.id, HearingNotice(cause="Utleie", answer_by="2026-09-20"), by=hall.kari, now=DECIDED)
    decided_at = NOTIFIED + 4 * WEEK
    act(decide_hearing, hearing.id, HearingDecision(is_lost=True, reason="Leid ut."), by=hall.kari, now=decided_at)
    again(session)
    delivered(session, decided_at)
    among = Audit.subject.in_(["grant", "hearing"]), Audit.verb.in_(["make", "decide"])
    awarded, lost_right = session.scalars(select(Audit.id).where(*among).order_by(Audit.id)).all()

    first = act(complain, ComplaintInput(act=awarded, text="For lite."), by=hall.berit, now=NOTIFIED)
    second = act(complain, ComplaintInput(act=lost_right, text="Vi leide ikke ut."), by=hall.nils, now=decided_at + WEEK)
    again(session)

    assert (first.notified_on, first.days, first.due_on) == (date(2026, 9, 2), 14, date(2026, 9, 16))
    assert (second.notified_on, second.days, second.due_on) == (date(2026, 9, 30), 14, date(2026, 10, 14))
    assert (held(session).grants, held(session).hearings) == ({grant.id}, {hearing.id})
