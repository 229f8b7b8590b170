"""Export: a whole case as JSON - what was wished, judged, said and done about a booking, and who was told."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Person
from booking.cases import by_reference
from booking.casework.models import Message
from booking.judging import unfolded
from booking.models import Booking, Judgement
from booking.shown import shown_booking
from booking.states import Visibility
from database.audit import Audit
from database.outbox import Notice

# Members whose value is a person's id, wherever they stand; and those that say something of a person and no more.
PEOPLE = {"person", "by", "holder", "hand", "owner", "deputy", "decided_by"}
PERSONAL = {"people", "contact", "age"}
REACHED = re.compile(r"\S+@\S+|(?<![\d-])(?:\+\d{2} ?)?\d{2} ?\d{2} ?\d{2} ?\d{2}(?![\d-])")
HIDDEN = "[…]"


def exported(session: Session, reference: str, *, by: Actor) -> dict[str, Any]:
    """The case of a reference, moments in UTC, people by their ids and once by name; raises Missing, Forbidden."""
    by.require(by.is_administrator, "administrator")
    booking = by_reference(session, reference)
    of_booking = (Audit.subject.in_(["booking", "case"]), Audit.subject_id == booking.id)
    found = {
        "wish": _wish(booking),
        "booking": shown_booking(booking).model_dump(mode="json"),
        "case": _case(booking),
        "judgements": [_judgement(row) for row in session.scalars(_rows(Judgement, booking))],
        "messages": [_message(row) for row in session.scalars(_rows(Message, booking))],
        "audit": [_act(row) for row in session.scalars(select(Audit).where(*of_booking).order_by(Audit.id))],
        "notices": [_notice(row) for row in session.scalars(_rows(Notice, booking))],
    }
    people = session.scalars(select(Person).where(Person.id.in_(sorted(_people_in(found)))).order_by(Person.id))
    named = [{"id": one.id, "name": one.name, "email": one.email, "phone": one.phone} for one in people]
    return {"reference": booking.reference, **found, "people": named}


def redacted(case: Mapping[str, Any]) -> dict[str, Any]:
    """The same without people and internal notes: ids become numbers that hold within the case, and names, addresses and
    telephone numbers of those it knows are taken out of every text. What else a text gives away, only a reader sees."""
    ids = sorted(_people_in(case))
    names = {str(part) for one in case["people"] for part in (one["name"], *one["name"].split()) if len(part) > 2}
    names |= {str(part) for part in (case["wish"]["contact"]["name"], *case["wish"]["contact"]["name"].split()) if len(part) > 2}
    words = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names, key=len, reverse=True)) or r"(?!)", re.IGNORECASE)
    said = [one for one in case["messages"] if one["visibility"] != Visibility.INTERNAL]
    shown = {**case, "messages": said, "audit": [act for act in case["audit"] if act["verb"] != "note"]}
    return _Redaction({str(one): f"person-{number}" for number, one in enumerate(ids, start=1)}, words).of(shown)  # type: ignore[no-any-return]


class _Redaction:
    """Takes people out of JSON values."""

    def __init__(self, labels: Mapping[str, str], words: re.Pattern[str]) -> None:
        self._labels = labels
        self._words = words

    def of(self, value: Any) -> Any:
        match value:
            case dict():
                return {key: self._member(key, inner) for key, inner in value.items() if key not in PERSONAL}
            case list():
                return [self.of(inner) for inner in value]
            case str():
                return REACHED.sub(HIDDEN, self._words.sub(HIDDEN, value))
            case _:
                return value

    def _member(self, key: str, value: Any) -> Any:
        return self._labels[str(value)] if key in PEOPLE and str(value).isdecimal() else self.of(value)


def _people_in(value: Any) -> set[int]:
    if isinstance(value, list):
        return {one for inner in value for one in _people_in(inner)}
    if not isinstance(value, Mapping):
        return set()
    own = {int(inner) for key, inner in value.items() if key in PEOPLE and str(inner).isdecimal()}
    return own | {one for inner in value.values() for one in _people_in(inner)}


def _rows(kind: Any, booking: Booking) -> Any:
    return select(kind).where(kind.booking_id == booking.id).order_by(kind.id)


def _wish(booking: Booking) -> dict[str, Any]:
    return {
        "kind": booking.kind,
        "holder": booking.holder_id,
        "hand": booking.hand_id,
        "applicant_class": booking.applicant_class,
        "team": booking.team,
        "participants": booking.participants,
        "needs": booking.needs,
        "resources": booking.resources,
        "message": booking.message,
        "contact": {"name": booking.contact_name, "phone": booking.contact_phone},
        "recurrence": booking.recurrence,
        "open_to_all": booking.open_to_all,
        "shown_publicly": booking.shown_publicly,
        "alcohol": booking.alcohol,
        "commercial": booking.commercial,
        "at": _written(booking.created_at),
    }


def _case(booking: Booking) -> dict[str, Any]:
    return {
        "owner": booking.owner_id,
        "deputy": booking.deputy_id,
        "deputy_until": _written(booking.deputy_until),
        "hold_minutes": booking.hold_minutes,
        "broken_at": _written(booking.broken_at),
        "raised_to": booking.raised_to,
        "decided_at": _written(booking.decided_at),
        "decided_by": booking.decided_by,
    }


def _judgement(row: Judgement) -> dict[str, Any]:
    return {"act": row.act, "at": _written(row.at), "versions": row.policy_versions, "dates": unfolded(row.judged) if row.judged else []}


def _message(row: Message) -> dict[str, Any]:
    said = {"visibility": row.visibility, "from_staff": row.from_staff, "answer": row.answer, "text": row.text}
    return {"id": row.id, "by": row.by_id, "at": _written(row.at), **said}


def _act(row: Audit) -> dict[str, Any]:
    return {"at": _written(row.at), "verb": row.verb, "by": row.hand_id, "via": row.via, "facts": row.facts}


def _notice(row: Notice) -> dict[str, Any]:
    told = {"person": row.person_id, "state": row.state, "sent_at": _written(row.sent_at), "facts": row.facts}
    return {"kind": row.kind, "at": _written(row.created_at), **told}


def _written(value: Any) -> str | None:
    return value.isoformat() if value is not None else None
