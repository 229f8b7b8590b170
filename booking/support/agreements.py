"""Agreements: making, changing and ending them, with what becomes of the dates that stand on them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accounts.identity import Actor
from accounts.models import Organisation
from booking.models import Booking
from booking.revisions import touch
from booking.support.grants.telling import tell_delegates
from booking.support.models import Agreement, Duty, is_shown
from booking.support.terms import AgreementTerms, DutyTerms, faults_of, rooms_named
from booking.support.treating import Consent, Reach, concerned, redraw
from database.audit import Act, record
from kernel.errors import Conflict, Invalid, Missing, Stale, refuse
from venues.models import Room

SIMPLE = {"title", "price_class", "per", "first_day", "last_day", "duties", "contact", "parties", "renew_by"}
UNSEEN = Consent()


def make_agreement(session: Session, terms: AgreementTerms, *, consent: Consent = UNSEEN, by: Actor, now: datetime) -> Agreement:
    """Make an agreement; officers only. Coming dates of the organisation that it covers draw on it from now on.

    Raises Invalid with all that is wrong with the terms, and Conflict that names those dates unless they were seen.
    """
    by.require(by.is_officer, "officer")
    rooms = rooms_named(session, terms.rooms)
    _require_sound(session, terms, rooms)
    if terms.renews is not None and agreement_at(session, terms.renews).organisation_id != terms.organisation:
        raise refuse(Invalid, "not-their-agreement", "renews", terms.renews)
    reach = Reach(terms.organisation, None, {room.id for room in rooms.values()}, terms.first_day, terms.last_day)
    bookings = concerned(session, reach, now=now)
    # Behind the lock again: another officer may have made the same.
    _require_sound(session, terms, rooms)
    agreement = Agreement(
        **_columns(terms),
        organisation_id=terms.organisation,
        renews=terms.renews,
        created_at=now,
        changed_at=now,
        rooms=list(rooms.values()),
        promised=[Duty(**_duty(one)) for one in terms.promised],
    )
    session.add(agreement)
    session.get_one(Organisation, terms.organisation).has_agreements = True
    session.flush()
    _ask_to_sign(session, agreement, now=now)
    facts = {"organisation": terms.organisation, "minutes": agreement.minutes, "renews": terms.renews}
    return _treated(session, agreement, "make", facts, bookings, consent, by=by, now=now)


def change_agreement(
    session: Session,
    agreement_id: int,
    terms: AgreementTerms,
    *,
    version: int | None = None,
    consent: Consent = UNSEEN,
    by: Actor,
    now: datetime,
) -> Agreement:
    """Change what an agreement gives and asks; officers only. Its coming dates draw anew, those that have been stay as they were.

    Raises Invalid, Missing (``unknown-agreement``), Stale (``changed-meanwhile``), and Conflict as ``make_agreement`` does.
    """
    by.require(by.is_officer, "officer")
    agreement = agreement_at(session, agreement_id)
    rooms = rooms_named(session, terms.rooms)
    if terms.organisation != agreement.organisation_id:
        raise refuse(Invalid, "not-their-agreement", "organisation", terms.organisation)
    _require_sound(session, terms, rooms, itself=agreement.id)
    reach = _reach(agreement)
    both = {*reach.rooms, *(room.id for room in rooms.values())}
    first, last = min(reach.first, terms.first_day), max(reach.last, terms.last_day)
    bookings = concerned(session, replace(reach, rooms=both, first=first, last=last), now=now)
    _require_running(session, agreement)
    _require_sound(session, terms, rooms, itself=agreement.id)
    if version is not None and version != agreement.version:
        raise refuse(Stale, "changed-meanwhile", "version", version, now=agreement.version)
    before = _columns_of(agreement)
    for name, value in _columns(terms).items():
        setattr(agreement, name, value)
    agreement.rooms = list(rooms.values())
    _promise(session, agreement, terms.promised)
    agreement.version, agreement.changed_at = agreement.version + 1, now
    session.flush()
    changed = sorted(name for name, value in _columns_of(agreement).items() if value != before[name])
    if changed:
        agreement.signed_at = agreement.signed_by = None
        _ask_to_sign(session, agreement, now=now)
    if "title" in changed:
        # Feeds name it.
        for booking in bookings:
            touch(session, booking)
    return _treated(session, agreement, "change", {"fields": changed}, bookings, consent, by=by, now=now)


def end_agreement(
    session: Session, agreement_id: int, *, cancels: str = "", consent: Consent = UNSEEN, by: Actor, now: datetime
) -> Agreement:
    """End an agreement; officers only. Its coming dates draw on another, or are priced as others are; or those are cancelled for
    nothing, for the reason ``cancels``. Raises Missing, and Conflict as ``make_agreement`` does."""
    by.require(by.is_officer, "officer")
    agreement = agreement_at(session, agreement_id)
    bookings = concerned(session, _reach(agreement), now=now)
    _require_running(session, agreement)
    agreement.ended_at = agreement.changed_at = now
    agreement.version += 1
    session.flush()
    return _treated(session, agreement, "end", {}, bookings, consent, cancels=cancels, by=by, now=now)


def sign_agreement(session: Session, agreement_id: int, *, version: int | None = None, by: Actor, now: datetime) -> Agreement:
    """Sign an agreement for the organisation, as it was read in this ``version``; for those who act for it. A change asks for it again.

    Raises Unidentified, Missing, Forbidden, Stale (``changed-meanwhile``), Conflict (``signed-already``).
    """
    by.require_known()
    agreement = agreement_at(session, agreement_id)
    if not is_shown(agreement, by):
        raise refuse(Missing, "unknown-agreement", "agreement", agreement_id)
    by.require(by.acts_for(agreement.organisation_id), "delegate")
    session.refresh(agreement, with_for_update=True)
    if agreement.ended_at is not None:
        raise refuse(Missing, "unknown-agreement", "agreement", agreement_id)
    if version is not None and version != agreement.version:
        raise refuse(Stale, "changed-meanwhile", "version", version, now=agreement.version)
    if agreement.signed_at is not None:
        raise refuse(Conflict, "signed-already", "agreement", agreement_id)
    agreement.signed_at, agreement.signed_by = now, by.person_id
    record(session, Act("sign", "agreement", agreement.id, {"version": agreement.version}), by=by, now=now)
    return agreement


def agreement_at(session: Session, agreement_id: int) -> Agreement:
    """The agreement of an id that has not ended; raises Missing (``unknown-agreement``)."""
    query = select(Agreement).where(Agreement.id == agreement_id, Agreement.ended_at.is_(None)).options(selectinload(Agreement.rooms))
    found = session.scalar(query)
    if found is None:
        raise refuse(Missing, "unknown-agreement", "agreement", agreement_id)
    return found


def _require_sound(session: Session, terms: AgreementTerms, rooms: Mapping[str, Room], *, itself: int | None = None) -> None:
    """Raises Invalid with all that is wrong with terms."""
    if faults := [*faults_of(session, terms, rooms, itself=itself)]:
        raise Invalid(*faults)


def _reach(agreement: Agreement) -> Reach:
    rooms = {room.id for room in agreement.rooms}
    return Reach(agreement.organisation_id, agreement.id, rooms, agreement.first_day, agreement.last_day)


def _require_running(session: Session, agreement: Agreement) -> None:
    """Read again behind the lock; raises Missing where it was ended meanwhile."""
    session.refresh(agreement)
    if agreement.ended_at is not None:
        raise refuse(Missing, "unknown-agreement", "agreement", agreement.id)


def _treated(
    session: Session,
    agreement: Agreement,
    verb: str,
    facts: dict[str, Any],
    bookings: Sequence[Booking],
    consent: Consent,
    *,
    cancels: str = "",
    by: Actor,
    now: datetime,
) -> Agreement:
    found = redraw(session, agreement, bookings, consent, cancels=cancels, by=by, now=now)
    told = {"redrawn": [one.date.id for one in found]} if found else {}
    record(session, Act(verb, "agreement", agreement.id, facts | told), by=by, now=now)
    session.flush()
    return agreement


def _ask_to_sign(session: Session, agreement: Agreement, *, now: datetime) -> None:
    tell_delegates(session, agreement.organisation_id, "agreement-to-sign", {"agreement": agreement.id}, now=now)


def _promise(session: Session, agreement: Agreement, promised: tuple[DutyTerms, ...]) -> None:
    """Duties as they are named now: those that are named by their id stay what was done of them."""
    before = {duty.id: duty for duty in agreement.promised}
    named = [(before.get(one.id or 0) or Duty(agreement_id=agreement.id), one) for one in promised]
    for duty, one in named:
        for name, value in _duty(one).items():
            setattr(duty, name, value)
    agreement.promised = [duty for duty, _one in named]
    for number in before.keys() - {duty.id for duty, _one in named}:
        session.delete(before[number])


def _duty(terms: DutyTerms) -> dict[str, Any]:
    return terms.model_dump(exclude={"id"})


def _columns(terms: AgreementTerms) -> dict[str, Any]:
    return {
        **terms.model_dump(include=SIMPLE),
        "minutes": round(terms.hours * 60),
        "times": [{"weekday": one.weekday, "start": one.start, "end": one.end} for one in (time.fixed for time in terms.times)],
        "documents": [document.model_dump() for document in terms.documents],
        "remind_days": sorted(set(terms.remind_days), reverse=True),
    }


def _columns_of(agreement: Agreement) -> dict[str, Any]:
    names = SIMPLE | {"minutes", "times", "documents", "remind_days"}
    return {name: getattr(agreement, name) for name in names} | {"rooms": sorted(room.id for room in agreement.rooms)}
