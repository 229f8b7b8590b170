"""Verbs of policies: save a draft, discard it, publish it from a date."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Fault, Invalid, Stale, refuse
from kernel.wallclock import to_wall
from policies.document import Document, checked
from policies.lint import errors
from policies.models import PolicyDraft, PolicyVersion
from policies.places import Place, draft_of, draft_seen, last_number
from policies.queries import forget
from policies.verdict import Layer
from venues.editing import raised
from venues.models import Municipality, Room, Venue
from venues.queries import municipality

EVERY_POLICY = Key(Subject.POLICY, 0)


def save_draft(session: Session, place: Place, document: Document, *, version: int, by: Actor, now: datetime) -> PolicyDraft:
    """Keep a document as the place's one draft; ``version`` is the draft's as it was read, 0 where there was none.

    Raises Stale (``changed-meanwhile``) when somebody else saved in between, Invalid (``wrong-place``) for a document
    that is about another place, Forbidden to all but officers.
    """
    by.require(by.is_officer, "officer")
    _belongs(document, place)
    lock(session, EVERY_POLICY)
    draft = draft_of(session, place)
    if (draft.version if draft else 0) != version:
        raise refuse(Stale, "changed-meanwhile", "version", version, now=draft.version if draft else 0)
    if draft is None:
        draft = PolicyDraft(scope=place.scope, venue_id=place.venue_id, room_id=place.room_id, version=0)
        session.add(draft)
    draft.document, draft.version = document.data(), version + 1
    draft.edited_at, draft.edited_by = now, by.person_id
    session.flush()
    facts = {"scope": place.scope, "version": draft.version}
    record(session, Act("save-draft", "policy_draft", draft.id, facts), by=by, now=now)
    return draft


def discard_draft(session: Session, place: Place, *, version: int, by: Actor, now: datetime) -> None:
    """Throw the place's draft away as it was seen; raises Missing (``no-draft``), Stale (``changed-meanwhile``), Forbidden."""
    by.require(by.is_officer, "officer")
    lock(session, EVERY_POLICY)
    draft = draft_seen(session, place, version)
    record(session, Act("discard-draft", "policy_draft", draft.id, {"scope": place.scope}), by=by, now=now)
    session.delete(draft)
    session.flush()


def publish_draft(
    session: Session, place: Place, valid_from: date, *, version: int, withdraws: bool = False, by: Actor, now: datetime
) -> PolicyVersion:
    """Publish the place's draft as it was seen; raises Missing (``no-draft``), Stale, and what ``publish`` raises."""
    by.require(by.is_officer, "officer")
    lock(session, EVERY_POLICY)
    draft = draft_seen(session, place, version)
    document = checked(draft.document)
    _publishable(document, place)
    _not_empty(document, last_number(session, place) + 1, withdraws=withdraws)
    session.delete(draft)
    return _put_in_force(session, place, document, valid_from, by=by, now=now)


def publish(
    session: Session, place: Place, document: Document, valid_from: date, *, withdraws: bool = False, by: Actor, now: datetime
) -> PolicyVersion:
    """Put a document in force for dates of use from a date; what was decided before stands.

    Of versions that begin on the same date the last published holds. The place's draft is done with when it is what
    was published. One without rules takes all of the place's own away, which ``withdraws`` has to confirm. Raises Invalid
    with all that the linter calls an error, ``no-rules`` or ``no-rules-yet`` for a document that says nothing, or
    ``begins-in-the-past`` for a date before today where a version was published before; Forbidden to all but officers.
    """
    return publish_all(session, [(place, document)], valid_from, withdraws=withdraws, by=by, now=now)[0]


def publish_all(
    session: Session,
    documents: Sequence[tuple[Place, Document]],
    valid_from: date,
    *,
    withdraws: bool = False,
    by: Actor,
    now: datetime,
) -> list[PolicyVersion]:
    """Put documents of several places in force together, or none of them; raises as ``publish``."""
    by.require(by.is_officer, "officer")
    for place, document in documents:
        _publishable(document, place)
    lock(session, EVERY_POLICY)
    for place, document in documents:
        _not_empty(document, last_number(session, place) + 1, withdraws=withdraws)
    return [_put_in_force(session, place, document, valid_from, by=by, now=now) for place, document in documents]


def _put_in_force(session: Session, place: Place, document: Document, valid_from: date, *, by: Actor, now: datetime) -> PolicyVersion:
    forget(session)
    number = last_number(session, place) + 1
    _not_in_the_past(session, number, valid_from, now)
    version = PolicyVersion(
        venue_id=place.venue_id,
        room_id=place.room_id,
        number=number,
        valid_from=valid_from,
        document=document.data(),
        published_at=now,
        published_by=by.person_id,
    )
    session.add(version)
    _finish_draft(session, place, version)
    _raise_revision(session, place, now)
    session.flush()
    facts = {"scope": place.scope, "number": version.number, "valid_from": valid_from.isoformat()}
    record(session, Act("publish", "policy_version", version.id, facts), by=by, now=now)
    return version


def _belongs(document: Document, place: Place) -> None:
    if (document.layer, document.place) != (place.layer, place.path):
        raise refuse(Invalid, "wrong-place", "place", document.place, layer=place.layer.value, place=place.path)


def _publishable(document: Document, place: Place) -> None:
    _belongs(document, place)
    faults: tuple[Fault, ...] = errors(document)
    if faults:
        raise Invalid(*faults)


def _not_empty(document: Document, number: int, *, withdraws: bool) -> None:
    """Rules are taken away only where there are any, and where somebody has said that this is what is meant."""
    if document.rules:
        return
    if number == 1:
        raise refuse(Invalid, "no-rules-yet")
    if not withdraws:
        raise refuse(Invalid, "no-rules", "withdraws")


def _not_in_the_past(session: Session, number: int, valid_from: date, now: datetime) -> None:
    """Days that have been were decided by the versions of then; only a place's first version may begin before today."""
    today = to_wall(now, municipality(session).zone).date()
    if number > 1 and valid_from < today:
        raise refuse(Invalid, "begins-in-the-past", "valid_from", valid_from.isoformat(), limit=today.isoformat())


def _finish_draft(session: Session, place: Place, version: PolicyVersion) -> None:
    draft = draft_of(session, place)
    if draft is not None and draft.document == version.document:
        session.delete(draft)


def _raise_revision(session: Session, place: Place, now: datetime) -> None:
    """What is shown of the place changes with its policy, so its pages and feeds have to be made anew."""
    row: Room | Venue | Municipality
    match place.layer:
        case Layer.ROOM:
            row = session.get_one(Room, place.room_id)
        case Layer.VENUE:
            row = session.get_one(Venue, place.venue_id)
        case _:
            row = municipality(session)
    raised(row, now)
