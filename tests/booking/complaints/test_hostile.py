"""What somebody with bad intent, or a slip of the hand, does to a complaint."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.complaints.inputs import BoardInput, Looked, Reconsideration, Ruled, Said
from booking.complaints.models import Complaint, ComplaintState, ComplaintStep, StepKind
from booking.complaints.verbs import MOST_STEPS, reconsider, rule, say
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
