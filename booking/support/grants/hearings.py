"""Hearings: the right to new support is lost by a decision with reasons, after notice and time to answer; never silently."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import Actor
from accounts.organisations import organisation_of
from booking.support.grants.models import Hearing
from booking.support.grants.telling import tell_delegates
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Invalid, Missing, refuse
from kernel.wallclock import to_wall
from venues.queries import municipality
from web.fields import Day, Prose
from web.forms import Input

# Whoever answers needs time to (Public Administration Act, section 16), and a year is what the schemes say.
LEAST_TIME = timedelta(days=14)
LOST_FOR = timedelta(days=365)
Text = Annotated[Prose, Field(min_length=1, max_length=4000)]


class HearingNotice(Input):
    """What the organisation may lose the right to new support for, and until when it may answer."""

    cause: Text
    answer_by: Day


class HearingAnswer(Input):
    """What the organisation says to it."""

    answer: Text


class HearingDecision(Input):
    """Whether the right is lost for a year, and why or why not."""

    is_lost: bool
    reason: Text


def give_notice(session: Session, organisation_id: int, given: HearingNotice, *, by: Actor, now: datetime) -> Hearing:
    """Begin a hearing; officers only. Raises Missing, Invalid (``too-short-to-answer``), Conflict (``hearing-open``)."""
    by.require(by.is_officer, "officer")
    lock(session, Key(Subject.ORGANISATION, organisation_of(session, organisation_id).id))
    first = _today(session, now) + LEAST_TIME
    if given.answer_by < first:
        raise refuse(Invalid, "too-short-to-answer", "answer_by", given.answer_by.isoformat(), first=first)
    if session.scalar(select(Hearing.id).where(Hearing.organisation_id == organisation_id, Hearing.is_lost.is_(None))) is not None:
        raise refuse(Conflict, "hearing-open", "cause")
    hearing = Hearing(organisation_id=organisation_id, cause=given.cause, answer_by=given.answer_by, begun_at=now, begun_by=by.person_id)
    session.add(hearing)
    session.flush()
    _told(session, hearing, "begin", by=by, now=now)
    return hearing


def answer_hearing(session: Session, hearing_id: int, given: HearingAnswer, *, by: Actor, now: datetime) -> Hearing:
    """Answer for the organisation, as long as nothing is decided; a later answer takes the place of an earlier one."""
    hearing = hearing_of(session, hearing_id, by=by)
    by.require(by.acts_for(hearing.organisation_id), "delegate")
    _require_open(session, hearing)
    hearing.answer, hearing.answered_at, hearing.answered_by = given.answer, now, by.person_id
    record(session, Act("answer", "hearing", hearing.id, {"organisation": hearing.organisation_id}), by=by, now=now)
    session.flush()
    return hearing


def decide_hearing(session: Session, hearing_id: int, given: HearingDecision, *, by: Actor, now: datetime) -> Hearing:
    """Decide it once the organisation has answered or its time to answer is over; officers only.

    Raises Missing, Conflict (``hearing-decided``, ``hearing-not-over``).
    """
    by.require(by.is_officer, "officer")
    hearing = hearing_of(session, hearing_id, by=by)
    _require_open(session, hearing)
    today = _today(session, now)
    if hearing.answered_at is None and today <= hearing.answer_by:
        raise refuse(Conflict, "hearing-not-over", "is_lost", hearing_id, until=hearing.answer_by)
    hearing.is_lost, hearing.reason, hearing.decided_at, hearing.decided_by = given.is_lost, given.reason, now, by.person_id
    hearing.lost_until = today + LOST_FOR if given.is_lost else None
    _told(session, hearing, "decide", by=by, now=now)
    return hearing


def hearings(session: Session, organisation_id: int | None = None) -> Sequence[Hearing]:
    """Those of an organisation, newest first; or all that wait for a decision."""
    query = select(Hearing).options(joinedload(Hearing.organisation)).order_by(Hearing.id.desc())
    wanted = Hearing.is_lost.is_(None) if organisation_id is None else Hearing.organisation_id == organisation_id
    return session.scalars(query.where(wanted)).all()


def hearing_of(session: Session, hearing_id: int, *, by: Actor) -> Hearing:
    """One, for officers and who acts for its organisation; raises Missing (``unknown-hearing``) and Forbidden."""
    by.require_known()
    hearing = session.get(Hearing, hearing_id)
    if hearing is None:
        raise refuse(Missing, "unknown-hearing", "hearing", hearing_id)
    by.require(by.is_officer or by.acts_for(hearing.organisation_id), "delegate")
    return hearing


def _require_open(session: Session, hearing: Hearing) -> None:
    lock(session, Key(Subject.ORGANISATION, hearing.organisation_id))
    session.refresh(hearing)
    if hearing.is_lost is not None:
        raise refuse(Conflict, "hearing-decided", "hearing", hearing.id)


def _told(session: Session, hearing: Hearing, verb: str, *, by: Actor, now: datetime) -> None:
    facts = {"organisation": hearing.organisation_id, "lost": hearing.is_lost}
    record(session, Act(verb, "hearing", hearing.id, facts), by=by, now=now)
    tell_delegates(session, hearing.organisation_id, f"hearing-{verb}", {"hearing": hearing.id}, now=now)
    session.flush()


def _today(session: Session, now: datetime) -> date:
    return to_wall(now, municipality(session).zone).date()
