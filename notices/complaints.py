"""Letters about complaints: each step to whose complaint it is, and to the office what it has to do with one."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.models import Person
from booking.complaints.contested import decided
from booking.complaints.models import Complaint, ComplaintStep
from database.outbox import Notice
from notices.letter import Letter, one_line
from settings import Settings


def of_step(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """A step of a complaint; None where its row is gone."""
    complaint, step = session.get(Complaint, notice.facts["complaint"]), session.get(ComplaintStep, notice.facts["step"])
    person = session.get(Person, notice.person_id)
    if complaint is None or step is None or person is None or person.email is None:
        return None
    values = {
        "reference": complaint.reference,
        "complaint": complaint,
        "step": step,
        "decision": decided(session, [complaint.act])[0],
        "said": step.text.splitlines(),
        "whose": one_line(complaint.whose),
        "path": f"/complaints/{complaint.reference}",
        "is_owner": complaint.owner_id == notice.person_id,
    }
    return Letter(person.email, person.language, "complaint", values)
