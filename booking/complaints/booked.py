"""Booked: the part of a case that is about a booking, as JSON."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from booking.case import path_of
from booking.casework.models import Message
from booking.complaints.free import Free
from booking.judging import unfolded
from booking.models import Booking, Judgement
from booking.reasons import judged_last
from booking.replay import replay
from booking.shown import shown_booking
from booking.states import Visibility
from booking.waiving import exceptions_of
from database.audit import Audit
from policies.verdict import Verdict


def of_booking(session: Session, booking: Booking) -> dict[str, Any]:
    """What was wished, where it stands, what was judged and whether it is judged the same again, what was said and done, and who else
    wanted the time."""
    rows = session.scalars(rows_of(Judgement, booking)).all()
    return {
        "wish": _wish(booking),
        "booking": _booking(booking),
        "rooms": {path_of(date.room): date.room.whole_name for date in booking.occurrences},
        "case": _handling(booking),
        "judgements": [_judgement(row) for row in rows],
        "replay": [{"act": one.act, "day": written(one.day), "is_same": one.is_same} for one in replay(session, booking.reference)]
        if rows
        else [],
        "messages": [_message(row) for row in session.scalars(rows_of(Message, booking))],
        "audit": [_act(row) for row in _audit(session, booking)],
        "others": [*_others(session, booking)],
    }


def _wish(booking: Booking) -> dict[str, Any]:
    return {
        "kind": booking.kind,
        "holder": booking.holder_id,
        "hand": booking.hand_id,
        "organisation": booking.organisation_id,
        "applicant_class": booking.applicant_class,
        "team": booking.team,
        "participants": booking.participants,
        "needs": booking.needs,
        "resources": booking.resources,
        "message": Free.of("message", booking.message),
        "contact": {"name": booking.contact_name, "phone": booking.contact_phone},
        "recurrence": booking.recurrence,
        "open_to_all": booking.open_to_all,
        "shown_publicly": booking.shown_publicly,
        "alcohol": booking.alcohol,
        "commercial": booking.commercial,
        "at": written(booking.created_at),
    }


def _booking(booking: Booking) -> dict[str, Any]:
    shown = shown_booking(booking).model_dump(mode="json")
    exceptions = exceptions_of(booking)
    texts = {"purpose": booking.purpose, "decision_reason": booking.decision_reason, "exception_reason": exceptions.reason}
    return {**shown, **{name: Free.of(name, text) for name, text in texts.items()}, "organisation": booking.organisation_id}


def _handling(booking: Booking) -> dict[str, Any]:
    return {
        "owner": booking.owner_id,
        "deputy": booking.deputy_id,
        "deputy_until": written(booking.deputy_until),
        "hold_minutes": booking.hold_minutes,
        "broken_at": written(booking.broken_at),
        "raised_to": booking.raised_to,
        "decided_at": written(booking.decided_at),
        "decided_by": booking.decided_by,
    }


def _judgement(row: Judgement) -> dict[str, Any]:
    return {"act": row.act, "at": written(row.at), "versions": row.policy_versions, "dates": unfolded(row.judged) if row.judged else []}


def _message(row: Message) -> dict[str, Any]:
    said = {"visibility": row.visibility, "from_staff": row.from_staff, "answer": row.answer}
    text = row.text if row.visibility is Visibility.INTERNAL else Free.of(f"message-{row.id}", row.text)
    return {"id": row.id, "by": row.by_id, "at": written(row.at), **said, "text": text}


def _audit(session: Session, booking: Booking) -> Iterable[Audit]:
    of_booking = (Audit.subject.in_(["booking", "case"]), Audit.subject_id == booking.id)
    return session.scalars(select(Audit).where(*of_booking).order_by(Audit.id))


def _act(row: Audit) -> dict[str, Any]:
    return {"at": written(row.at), "verb": row.verb, "by": row.hand_id, "via": row.via, "facts": row.facts}


def _others(session: Session, booking: Booking) -> Iterator[dict[str, Any]]:
    """Who else had or wanted the time: what was preferred or took it, and what it took, with the place that rules gave each."""
    named = [
        text.partition(":")[2].partition("/")[0]
        for date in booking.occurrences
        for text in (date.reason, date.lost_to)
        if text.startswith(("preferred:", "booking:"))
    ]
    acts = [act for act in _audit(session, booking) if act.verb == "displace"]
    taken = [number for act in _audit(session, booking) for number in act.facts.get("displaced", ())]
    winners = [str(act.facts["to"]).partition(":")[2] for act in acts if str(act.facts["to"]).startswith("booking:")]
    ids = {int(number) for number in (*named, *winners, *taken) if str(number).isdecimal()} - {booking.id}
    rows = session.scalars(
        select(Booking).where(Booking.id.in_(ids)).order_by(Booking.id).options(selectinload(Booking.occurrences), joinedload(Booking.room))
    ).all()
    judged = judged_last(session, *rows) if rows else {}
    for one in rows:
        verdicts = [Verdict.from_json(row["verdict"]) for _start, row in sorted(judged[one.id].items())]
        rank = next((verdict.rank for verdict in verdicts if verdict.rank), None)
        yield {
            "booking": one.reference,
            "organisation": one.organisation_id,
            "holder": one.holder_id,
            "applicant_class": one.applicant_class,
            "activity": one.activity,
            "asked_at": written(one.created_at),
            "rank": {"place": rank.place, "of": rank.of, "points": rank.points} if rank else None,
        }


def rows_of(kind: Any, booking: Booking) -> Any:
    """The query of what is kept of a booking, in order."""
    return select(kind).where(kind.booking_id == booking.id).order_by(kind.id)


def written(value: Any) -> str | None:
    """A moment or a day in ISO form."""
    return value.isoformat() if value is not None else None
