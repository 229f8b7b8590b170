"""Letters about support: a grant awarded or ended, a report due, approved or returned, and a hearing before a right is lost."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.models import Person
from booking.support.grants.models import Hearing, Report
from booking.support.grants.reports import OPEN
from booking.support.models import Agreement, Grant
from database.outbox import Notice
from notices.letter import Letter, one_line
from settings import Settings


def of_grant(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """That a grant was awarded, or ends."""
    grant = session.get(Grant, notice.facts["grant"])
    if grant is None:
        return None
    values = {"scheme": one_line(grant.scheme.name), "grant": grant, "path": f"/grants/{grant.id}"}
    return _letter(session, notice, grant.organisation.name, values)


def of_report(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """A report, where it is still as the notice says."""
    report = session.get(Report, notice.facts["report"])
    if report is None or (notice.kind == "report-due" and report.state not in OPEN):
        return None
    grant = report.grant
    values = {"scheme": one_line(grant.scheme.name), "due": report.due_on, "path": f"/grants/{grant.id}/report", "reason": report.reason}
    return _letter(session, notice, grant.organisation.name, values)


def of_agreement(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """An agreement that is to be signed, or lapses, where that still holds."""
    agreement = session.get(Agreement, notice.facts["agreement"])
    is_done = agreement is None or agreement.ended_at or (notice.kind == "agreement-to-sign" and agreement.signed_at)
    if agreement is None or is_done:
        return None
    values = {"agreement": one_line(agreement.title), "due": agreement.due_on, "path": f"/agreements/{agreement.id}"}
    return _letter(session, notice, agreement.organisation.name, values | {"reason": one_line(agreement.contact)})


def of_hearing(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """The notice of a hearing, or its decision."""
    hearing = session.get(Hearing, notice.facts["hearing"])
    if hearing is None:
        return None
    return _letter(session, notice, hearing.organisation.name, {"hearing": hearing, "path": f"/hearings/{hearing.id}"})


def _letter(session: Session, notice: Notice, organisation: str, values: dict[str, object]) -> Letter | None:
    person = session.get(Person, notice.person_id)
    told = {"organisation": one_line(organisation), **values}
    return Letter(person.email, person.language, "support", told) if person and person.email else None
