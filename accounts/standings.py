"""Standings: what the municipality has granted an organisation or knows of it, from one day to another and by which source."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.inputs import StandingInput
from accounts.models import Standing
from accounts.organisations import organisation_of
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Invalid, Missing, refuse

# Under this name the app keeps who knows which names the published policies ask for; they lie above this package.
STANDING_NAMES = "standing_names"
LATEST_FIRST = (Standing.noted_at.desc(), Standing.id.desc())
Names = Callable[[Session, date], Sequence[str]]


def note_standing(session: Session, organisation_id: int, given: StandingInput, *, by: Actor, now: datetime) -> Standing:
    """Note a status, or a figure where there is a value; what was noted under the name before stands for its other days.

    Officers only. Raises Invalid (``period-backwards``) and Missing (``no-such-organisation``).
    """
    by.require(by.is_officer, "officer")
    lock(session, Key(Subject.ORGANISATION, organisation_id))
    return noted(session, organisation_id, given, by=by, now=now)


def noted(session: Session, organisation_id: int, given: StandingInput, *, by: Actor, now: datetime) -> Standing:
    """The same for an organisation that is locked."""
    organisation = organisation_of(session, organisation_id)
    if given.last_day and given.last_day < given.first_day:
        raise refuse(Invalid, "period-backwards", "last_day", given.last_day.isoformat(), first=given.first_day)
    standing = Standing(organisation_id=organisation.id, **given.model_dump(), noted_by=by.person_id, noted_at=now)
    session.add(standing)
    session.flush()
    facts = {"organisation": organisation_id, "name": given.name, "value": given.value}
    record(session, Act("note_standing", "standing", standing.id, facts), by=by, now=now)
    return standing


def end_standing(session: Session, standing_id: int, *, last_day: date, by: Actor, now: datetime) -> Standing:
    """Let a standing hold no longer than to a day; one before its first day says that it never held.

    Officers only. Raises Missing (``no-such-standing``) and Conflict (``standing-ended``).
    """
    by.require(by.is_officer, "officer")
    standing = session.get(Standing, standing_id)
    if standing is None:
        raise refuse(Missing, "no-such-standing", "standing", standing_id)
    lock(session, Key(Subject.ORGANISATION, standing.organisation_id))
    session.refresh(standing)
    if standing.ended_at is not None:
        raise refuse(Conflict, "standing-ended", "standing", standing.name)
    return close(session, standing, last_day=last_day, by=by, now=now)


def close(session: Session, standing: Standing, *, last_day: date, by: Actor, now: datetime) -> Standing:
    """Let a standing of an organisation that is locked hold no longer than to a day."""
    standing.last_day = min(standing.last_day, last_day) if standing.last_day else last_day
    standing.ended_by, standing.ended_at = by.person_id, now
    facts = {"organisation": standing.organisation_id, "name": standing.name, "last_day": standing.last_day.isoformat()}
    record(session, Act("end_standing", "standing", standing.id, facts), by=by, now=now)
    session.flush()
    return standing


def standings_of(session: Session, organisation_id: int | None) -> tuple[Standing, ...]:
    """All that was ever noted of an organisation, the latest first; nothing for nobody."""
    if organisation_id is None:
        return ()
    return tuple(session.scalars(select(Standing).where(Standing.organisation_id == organisation_id).order_by(*LATEST_FIRST)))


def held_on(standings: Iterable[Standing], day: date) -> list[Standing]:
    """What of standings, the latest first, holds on a day: of one name what was noted last; in order of names."""
    found: dict[str, Standing] = {}
    for standing in standings:
        if standing.first_day <= day and (standing.last_day is None or day <= standing.last_day):
            found.setdefault(standing.name, standing)
    return [found[name] for name in sorted(found)]
