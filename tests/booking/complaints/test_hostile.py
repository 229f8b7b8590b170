"""What somebody with bad intent, or a slip of the hand, does to a complaint."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from accounts.models import RoleGrant
from booking.complaints.inputs import BoardInput, ComplaintInput, Execution, Looked, Owner, Reconsideration, Ruled, Said
from booking.complaints.models import Complaint, ComplaintState, ComplaintStep, StepKind
from booking.complaints.verbs import MOST_STEPS, MOST_TIMES, assign, carry_out, complain, reconsider, rule, say, withdraw
from database.outbox import Notice
from kernel.errors import Conflict, Invalid
from tests import cast
from tests.booking.complaints.conftest import NOTIFIED, Act
from tests.booking.conftest import Hall

UPHELD = Reconsideration(outcome=Looked.UPHELD, text="Rekkefølgen er riktig.")


def test_a_party_that_writes_without_end_does_not_keep_the_municipality_from_deciding(
    session: Session, hall: Hall, complaint: Complaint, act: Act
) -> None:
    wrote = {"complaint_id": complaint.id, "kind": StepKind.WROTE, "from_staff": False, "by_id": hall.berit.person_id, "at": NOTIFIED}
    session.execute(insert(ComplaintStep), [wrote | {"text": f"Hallo {number}"} for number in range(MOST_STEPS)])

    with pytest.raises(Conflict) as refusal:
        act(say, complaint.reference, Said(said="Hallo?"), by=hall.berit)
    act(reconsider, complaint.reference, UPHELD, by=cast.actor(session, hall.cast.ada))

    assert [fault.code for fault in refusal.value.faults] == ["too-many-steps"]
    assert complaint.state is ComplaintState.AT_BOARD


def test_a_board_decides_nothing_before_the_complaint_came(session: Session, hall: Hall, complaint: Complaint, act: Act) -> None:
    ada, later = cast.actor(session, hall.cast.ada), NOTIFIED + timedelta(days=14)
    act(reconsider, complaint.reference, UPHELD, by=ada, now=later)

    with pytest.raises(Invalid) as refusal:
        act(rule, complaint.reference, BoardInput(outcome=Ruled.UPHELD, on_day="2026-09-08", text="Nei"), by=ada, now=later)

    assert [(fault.code, fault.field) for fault in refusal.value.faults] == [("before-complaint", "on_day")]


def test_who_owned_a_complaint_and_has_the_role_no_more_keeps_nobody_from_being_told(
    session: Session, hall: Hall, complaint: Complaint, act: Act
) -> None:
    kari, ada = hall.cast.kari.id, hall.cast.ada.id
    act(assign, complaint.reference, Owner(owner=kari), by=hall.kari)
    session.execute(delete(RoleGrant).where(RoleGrant.person_id == kari))
    last = session.scalars(select(Notice.id).order_by(Notice.id.desc())).first() or 0

    act(say, complaint.reference, Said(said="Hvordan går det?"), by=hall.berit)

    assert session.scalars(select(Notice.person_id).where(Notice.id > last)).all() == [ada]


@pytest.mark.parametrize("ruled", [Ruled.UPHELD, Ruled.CHANGED])
def test_what_a_board_decided_is_not_contested_again(session: Session, hall: Hall, complaint: Complaint, act: Act, ruled: Ruled) -> None:
    ada = cast.actor(session, hall.cast.ada)
    act(reconsider, complaint.reference, UPHELD, by=ada)
    act(rule, complaint.reference, BoardInput(outcome=ruled, on_day="2026-09-09", text="Slik."), by=ada, now=NOTIFIED + timedelta(days=9))
    if ruled is Ruled.CHANGED:
        act(carry_out, complaint.reference, Execution(text="Gjort."), by=ada)
    again = ComplaintInput(act=complaint.act_id, text="Vi klager igjen.")

    faults = []
    for hand in (hall.berit, hall.kari):
        with pytest.raises(Conflict) as refusal:
            act(complain, again, by=hand)
        faults += [(fault.code, fault.facts) for fault in refusal.value.faults]

    assert faults == [("complaint-decided", {"reference": complaint.reference})] * 2


def test_who_complains_and_withdraws_again_and_again_writes_a_letter(session: Session, hall: Hall, complaint: Complaint, act: Act) -> None:
    given = ComplaintInput(act=complaint.act_id, text="Vi klager.")
    act(withdraw, complaint.reference, by=hall.berit)
    for _ in range(MOST_TIMES - 1):
        act(withdraw, act(complain, given, by=hall.berit).reference, by=hall.nils)

    with pytest.raises(Conflict) as refusal:
        act(complain, given, by=hall.nils)
    letter = act(complain, given, by=hall.kari)

    assert [fault.code for fault in refusal.value.faults] == ["complained-enough"]
    assert letter.state is ComplaintState.RECEIVED
