"""Gathered: a whole case as JSON - what was wished, judged, said and done, under which rules, who was told, who else wanted the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Organisation, Person
from booking.cases import by_reference
from booking.complaints.booked import of_booking, rows_of, written
from booking.complaints.contested import Decision, decided, notices_of, rule_for
from booking.complaints.free import Free
from booking.complaints.labels import decision_about, decision_label
from booking.complaints.models import Complaint
from booking.complaints.queries import complaint_seen
from booking.models import Booking, Judgement
from booking.pages.happened import Line, told_chain
from booking.why import Chain, happened
from database.outbox import Notice
from kernel.errors import Missing
from kernel.wallclock import to_wall
from policies.queries import documents_of, municipal_on
from venues.queries import municipality

FORMAT = "arena-case-1"
# Members whose value is the id of a person, or of an organisation, wherever they stand.
PEOPLE = {"person", "by", "holder", "hand", "owner", "deputy"}
PEOPLE |= {f"{done}_by" for done in ("begun", "answered", "decided", "sent", "noted", "ended", "raised")}
ORGANISATIONS = {"organisation"}
# What these are about goes by a name that somebody gave it.
NAMED_FREELY = ("agreement", "standing")
NOTICE_KINDS = ("complaint-step", "complaint-office")


@dataclass(frozen=True, slots=True)
class Gathered:
    """A case as JSON values - moments in UTC, people and organisations by their ids and once by name - with what tells it."""

    case: dict[str, Any]
    booking: Booking | None
    chain: Chain | None
    day: date
    complaint_id: int | None = None


def gathered(session: Session, reference: str, *, by: Actor, now: datetime) -> Gathered:
    """The case of a booking's or a complaint's reference, for officers; raises Missing (``unknown-booking``), Forbidden."""
    by.require(by.is_officer, "officer")
    complaint = _complaint(session, reference, by)
    decision = decided(session, [complaint.act])[0] if complaint else None
    booking = decision.booking if decision else by_reference(session, reference)
    chain = happened(session, booking) if booking else None
    at = decision.act.at if decision else booking.decided_at or booking.created_at if booking else now
    home = municipality(session)
    found: dict[str, Any] = {
        "format": FORMAT,
        "reference": complaint.reference if complaint else booking.reference if booking else reference,
        "made_at": written(now),
        "municipality": {"municipality": home.name, "number": home.number},
        **({"decision": _decision(session, decision)} if decision else {}),
        **({"complaint": _of_complaint(complaint)} if complaint else {}),
        **({"matter": _matter(decision)} if decision and decision.booking is not decision.row else {}),
        **(of_booking(session, booking) if booking and chain else {}),
        "rules": [*_rules(session, booking, at)],
        "notices": [_notice(row) for row in _notices(session, booking, complaint, decision)],
        "timeline": [_line(line) for line in told_chain(chain, booking, by=by)] if booking and chain else [],
    }
    return Gathered({**found, **_named(session, found)}, booking, chain, to_wall(at, home.zone).date(), complaint.id if complaint else None)


def ids_in(value: Any, members: set[str]) -> Iterator[int]:
    """The ids that stand under these members anywhere, in the order in which they first do."""
    if isinstance(value, list):
        for inner in value:
            yield from ids_in(inner, members)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in members and str(inner).isdecimal():
                yield int(inner)
            else:
                yield from ids_in(inner, members)


def _complaint(session: Session, reference: str, by: Actor) -> Complaint | None:
    try:
        return complaint_seen(session, reference, by=by)
    except Missing:
        return None


def _named(session: Session, found: Mapping[str, Any]) -> dict[str, Any]:
    people = session.scalars(select(Person).where(Person.id.in_(set(ids_in(found, PEOPLE)))).order_by(Person.id))
    organisations = session.scalars(
        select(Organisation).where(Organisation.id.in_(set(ids_in(found, ORGANISATIONS)))).order_by(Organisation.id)
    )
    return {
        "people": [{"id": one.id, "name": one.name, "email": one.email, "phone": one.phone} for one in people],
        "organisations": [{"id": one.id, "name": one.name, "number": one.number, "contact": one.contact_email} for one in organisations],
    }


def _decision(session: Session, decision: Decision) -> dict[str, Any]:
    rule, about = rule_for(session, decision), decision_about(decision)
    return {
        "subject": decision.act.subject,
        "verb": decision.act.verb,
        "kind": decision_label(decision),
        "about": Free.of("about", about) if decision.act.subject in NAMED_FREELY else about,
        "at": written(decision.act.at),
        "by": decision.act.hand_id,
        "organisation": decision.organisation.id if decision.organisation else None,
        "person": decision.person.id if decision.person else None,
        "days": rule.days,
        "body": {"nb": rule.body.nb, "nn": rule.body.nn, "en": rule.body.en},
        "facts": decision.act.facts,
    }


def _of_complaint(one: Complaint) -> dict[str, Any]:
    days = ("came_on", "notified_on", "due_on", "answer_by", "paused_on", "raised_at", "created_at", "closed_at")
    return {
        "reference": one.reference,
        "state": one.state,
        "organisation": one.organisation_id,
        "person": one.person_id,
        "owner": one.owner_id,
        "days": one.days,
        "is_late": one.is_late,
        "is_admitted": one.is_admitted,
        "carried_by": one.carried_by,
        **{day: written(getattr(one, day)) for day in days},
        "steps": [
            {
                "kind": step.kind,
                "from_staff": step.from_staff,
                "by": step.by_id,
                "at": written(step.at),
                "on_day": written(step.on_day),
                "text": Free.of(f"step-{step.id}", step.text),
            }
            for step in one.steps
        ],
    }


def _matter(decision: Decision) -> dict[str, Any]:
    """The row that was decided on, where it is no booking, with what it stands under: its columns."""
    row = decision.row
    found = {"subject": decision.act.subject, **_columns(decision.act.subject, row)}
    for name in ("grant", "scheme"):
        under = getattr(row, name, None) or getattr(getattr(row, "grant", None), name, None)
        if under is not None:
            found[name] = _columns(name, under)
    return found


def _columns(kind: str, row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in row.__table__.columns:
        value = getattr(row, column.name)
        name = column.name.removesuffix("_id") if column.name in ("organisation_id", "person_id") else column.name
        # What a scheme says is published.
        if isinstance(value, str) and column.name not in ("kind", "state") and kind != "scheme":
            value = Free.of(f"{kind}-{row.id}-{column.name}", value)
        found[name] = written(value) if isinstance(value, date | datetime) else value
    return found


def _rules(session: Session, booking: Booking | None, at: datetime) -> Iterator[dict[str, Any]]:
    """The published versions that were asked, each whole; of what is no booking the municipality's that was in force."""
    if booking is None:
        placed = municipal_on(session, to_wall(at, municipality(session).zone).date(), published_by=at)
        ids = [placed.version.id] if placed else []
    else:
        ids = sorted({int(version) for row in session.scalars(rows_of(Judgement, booking)) for version in row.policy_versions})
    for version, document in documents_of(session, ids) if ids else ():
        yield {
            "version": version.id,
            "number": version.number,
            "place": document.place,
            "valid_from": written(version.valid_from),
            "published_at": written(version.published_at),
            "document": document.data(),
        }


def _notices(session: Session, booking: Booking | None, complaint: Complaint | None, decision: Decision | None) -> list[Notice]:
    found = list(session.scalars(rows_of(Notice, booking))) if booking else list(notices_of(session, decision)) if decision else []
    if complaint:
        about = (Notice.kind.in_(NOTICE_KINDS), Notice.created_at >= complaint.created_at)
        found += session.scalars(select(Notice).where(*about, Notice.facts["complaint"].as_integer() == complaint.id).order_by(Notice.id))
    return found


def _notice(row: Notice) -> dict[str, Any]:
    told = {"person": row.person_id, "state": row.state, "sent_at": written(row.sent_at), "acknowledged_at": written(row.acknowledged_at)}
    return {"kind": row.kind, "at": written(row.created_at), **told, "facts": row.facts}


def _line(line: Line) -> dict[str, Any]:
    return {"at": written(line.at), "said": line.text}
