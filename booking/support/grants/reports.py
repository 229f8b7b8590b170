"""Reports: what an organisation says it did with a grant, pre-filled from its bookings; sent, then approved or returned by staff."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from accounts.standings import held_on, standings_of
from booking.support.duties import Kept, duties_kept
from booking.support.grants.activity import Measured, measured
from booking.support.grants.check import checked, grant_for
from booking.support.grants.models import Report, ReportState
from booking.support.grants.schemes import COUNTED, Figure
from booking.support.grants.telling import tell_delegates
from booking.support.grants.values import total, worths
from booking.support.models import DutyKind, Grant
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Fault, Invalid, Missing, Stale, refuse
from kernel.money import Ore
from kernel.texts import sign_of
from kernel.wallclock import to_wall
from venues.queries import municipality
from web.fields import Prose
from web.forms import Input

REMIND_BEFORE = timedelta(days=14)
OPEN = (ReportState.DRAFT, ReportState.RETURNED)
MEMBERS = "active-members"


class ReportInput(Input):
    """What the organisation adds: a text, and the numbers that the scheme asks for, in whole kroner where they are money; with the
    sign of how the report was ``seen``."""

    text: Annotated[Prose, Field(max_length=8000)] = ""
    figures: dict[Figure, Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]] = Field(default_factory=dict)
    send: bool = False
    seen: str = ""


class ReportAnswer(Input):
    """What staff say of a report: it is approved, or returned with a reason."""

    approved: bool
    reason: Annotated[Prose, Field(max_length=2000)] = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What bookings say under a grant: what was done, what rooms were worth by which tariffs, what the grant pays; in øre.

    ``duties`` are those of the agreements that held on its days, planned against held.
    """

    measured: Measured
    listed: Ore
    charged: Ore
    unvalued: int
    tariffs: tuple[str, ...]
    paid: Ore
    duties: tuple[Kept, ...] = ()

    @property
    def value(self) -> Ore:
        return self.listed - self.charged

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Account":
        told = stored | {"measured": Measured(**stored["measured"]), "tariffs": tuple(stored["tariffs"])}
        told["duties"] = tuple(Kept(**one | {"kind": DutyKind(one["kind"])}) for one in stored.get("duties", ()))
        return cls(**told)


def report_of(session: Session, grant: Grant) -> Report | None:
    """The report that a grant's scheme asks for, None where it asks for none."""
    return session.scalars(select(Report).where(Report.grant_id == grant.id)).one_or_none()


def account_of(session: Session, grant: Grant, *, by: Actor, now: datetime) -> Account:
    """What bookings say under a grant until now; of one that is reported, what they said when the report was sent."""
    report = report_of(session, grant)
    if report is not None and report.measured is not None and report.state not in OPEN:
        return Account.from_json(report.measured)
    found = worths(session, grant.first_day, grant.last_day, by=by, organisation_id=grant.organisation_id)
    worth = total(one for one in found if one.grant and one.grant.id == grant.id)
    money = (worth.listed, worth.charged, worth.unvalued, worth.tariffs) if worth else (0, 0, 0, ())
    duties = duties_kept(session, grant.organisation_id, grant.first_day, grant.last_day, now=now)
    return Account(measured(session, grant, now=now), *money, checked(session, [grant])[grant.id].paid, duties)


def members_of(session: Session, organisation_id: int, day: date) -> int | None:
    """The number of active members that is noted of an organisation on a day."""
    held = held_on(standings_of(session, organisation_id), day)
    return next((standing.value for standing in held if standing.name == MEMBERS), None)


def write_report(session: Session, grant_id: int, given: ReportInput, *, by: Actor, now: datetime) -> Report:
    """Keep what the organisation wrote, and send it where it says so; what bookings say is frozen with it.

    Raises Missing (``no-report``), Conflict (``report-sent``, ``grant-not-over``), Stale (``report-changed``) where somebody else wrote
    since it was seen, Invalid with what is missing, Forbidden.
    """
    grant, report = _locked(session, grant_id, by)
    by.require(by.acts_for(grant.organisation_id), "delegate")
    if report.state not in OPEN:
        raise refuse(Conflict, "report-sent", "text")
    if given.seen not in ("", seen_of(report)):
        raise refuse(Stale, "report-changed", "text")
    if faults := [Fault("too-small", f"figures.{name}", given.figures[name], {"least": 0}) for name in COUNTED if _is_below(given, name)]:
        raise Invalid(*faults)
    report.text, report.figures = given.text, {str(name): value for name, value in given.figures.items()}
    if given.send:
        _send(session, grant, report, by=by, now=now)
    verb = "send" if given.send else "save"
    record(session, Act(verb, "report", report.id, {"grant": grant_id}), by=by, now=now)
    session.flush()
    return report


def seen_of(report: Report) -> str:
    """The sign of what an organisation wrote so far."""
    return sign_of(repr((report.text, sorted(report.figures.items()))))


def answer_report(session: Session, grant_id: int, given: ReportAnswer, *, by: Actor, now: datetime) -> Report:
    """Approve a report, or return it with a reason; officers only. Raises Missing, Conflict (``report-not-sent``), Invalid."""
    by.require(by.is_officer, "officer")
    grant, report = _locked(session, grant_id, by)
    if report.state is not ReportState.SENT:
        raise refuse(Conflict, "report-not-sent", "approved")
    if not given.approved and not given.reason:
        raise refuse(Invalid, "reason-missing", "reason")
    report.state = ReportState.APPROVED if given.approved else ReportState.RETURNED
    report.reason, report.decided_at, report.decided_by = given.reason, now, by.person_id
    verb = "approve" if given.approved else "return"
    record(session, Act(verb, "report", report.id, {"grant": grant_id}), by=by, now=now)
    tell_delegates(session, grant.organisation_id, f"report-{verb}", {"report": report.id}, now=now)
    session.flush()
    return report


def to_look_at(session: Session, today: date, *, by: Actor) -> Sequence[Report]:
    """The reports that wait for staff, and those that did not come in time, what was due first before the others; officers only."""
    by.require(by.is_officer, "officer")
    parts = (joinedload(Report.grant).joinedload(Grant.organisation), joinedload(Report.grant).joinedload(Grant.scheme))
    wanted = or_(Report.state == ReportState.SENT, and_(Report.state.in_(OPEN), Report.due_on < today))
    return session.scalars(select(Report).where(wanted).options(*parts).order_by(Report.due_on, Report.id)).all()


def to_remind(session: Session, now: datetime) -> Sequence[int]:
    """The reports, by id, that are due within two weeks or were due, of which nobody was reminded."""
    soon = to_wall(now, municipality(session).zone).date() + REMIND_BEFORE
    due = (Report.state.in_(OPEN), Report.reminded_at.is_(None), Report.due_on <= soon)
    return session.scalars(select(Report.id).where(*due).order_by(Report.id)).all()


def remind(session: Session, report_id: int, *, by: Actor, now: datetime) -> None:
    """Remind those who act for the organisation of a report that is due; once."""
    by.require(by.is_administrator, "administrator")
    report = session.get_one(Report, report_id)
    lock(session, Key(Subject.ORGANISATION, report.grant.organisation_id))
    session.refresh(report)
    if report_id in to_remind(session, now):
        report.reminded_at = now
        record(session, Act("remind", "report", report.id, {"grant": report.grant_id}), by=by, now=now)
        tell_delegates(session, report.grant.organisation_id, "report-due", {"report": report.id}, now=now)
        session.flush()


def _locked(session: Session, grant_id: int, by: Actor) -> tuple[Grant, Report]:
    grant = grant_for(session, grant_id, by=by)
    lock(session, Key(Subject.ORGANISATION, grant.organisation_id))
    report = report_of(session, grant)
    if report is None:
        raise refuse(Missing, "no-report", "grant", grant_id)
    session.refresh(report)
    return grant, report


def _is_below(given: ReportInput, name: Figure) -> bool:
    return given.figures.get(name, 0) < 0


def _send(session: Session, grant: Grant, report: Report, *, by: Actor, now: datetime) -> None:
    today = to_wall(now, municipality(session).zone).date()
    if today <= grant.last_day:
        raise refuse(Conflict, "grant-not-over", "text", grant.last_day.isoformat(), last=grant.last_day)
    missing = [Fault("missing-field", f"figures.{name}") for name in grant.scheme.asks if name not in report.figures]
    if faults := [*missing, *([] if report.text else [Fault("missing-field", "text")])]:
        raise Invalid(*faults)
    report.measured = asdict(account_of(session, grant, by=by, now=now))
    # What was sent in time and returned later is no late report.
    report.is_late = today > report.due_on if report.sent_at is None else report.is_late
    report.state, report.sent_at, report.sent_by, report.reason = ReportState.SENT, now, by.person_id, ""
