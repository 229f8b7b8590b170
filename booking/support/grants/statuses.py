"""Statuses: what is decided of an organisation once and read wherever its rooms and support are judged - its lease status."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from string import ascii_lowercase
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.inputs import StandingInput
from accounts.models import Standing
from accounts.standings import close, held_on, noted, standings_of
from database.locks import Key, Subject, lock
from kernel.errors import Invalid, Stale, refuse
from kernel.texts import sign_of
from web.fields import Day
from web.forms import Input

LEASE = "lease-status-"
ECONOMIC = "economic-activity"


def read_letter(text: str) -> str:
    """``A`` as ``a``."""
    if len(text) != 1 or text.lower() not in ascii_lowercase:
        raise PydanticCustomError("not-a-letter", "not-a-letter")
    return text.lower()


Letter = Annotated[str, AfterValidator(read_letter)]


class LeaseDecision(Input):
    """The letter of a lease status, its days and why; without a letter the organisation has none from the first day on. With the sign of
    what had been decided as it was ``seen``."""

    status: Letter | None = None
    first_day: Day
    last_day: Day | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    seen: str = ""


def decide_lease(session: Session, organisation_id: int, given: LeaseDecision, *, by: Actor, now: datetime) -> Standing | None:
    """Decide an organisation's lease status: what it had before ends the day before. Officers only.

    Prices and rules read it as the standing ``lease-status-a``. Raises what ``accounts.standings.note_standing`` raises, Invalid
    (``no-lease-to-end``) where there is none to end, and Stale (``lease-changed``) where another decided since it was seen.
    """
    by.require(by.is_officer, "officer")
    lock(session, Key(Subject.ORGANISATION, organisation_id))
    known = leases(session, organisation_id)
    if given.seen not in ("", seen_of(known)):
        raise refuse(Stale, "lease-changed", "status")
    before = [one for one in known if one.last_day is None or one.last_day >= given.first_day]
    if given.status is None and not before:
        raise refuse(Invalid, "no-lease-to-end", "status")
    made = None
    if given.status is not None:
        status = StandingInput(name=LEASE + given.status, first_day=given.first_day, last_day=given.last_day, source=given.reason)
        made = noted(session, organisation_id, status, by=by, now=now)
    for standing in before:
        close(session, standing, last_day=given.first_day - timedelta(days=1), by=by, now=now)
    return made


def seen_of(known: Sequence[Standing]) -> str:
    """The sign of the lease statuses that were decided."""
    return sign_of(repr([(one.id, one.last_day) for one in known]))


def leases(session: Session, organisation_id: int) -> list[Standing]:
    """The lease statuses that were ever decided and hold on some day, the latest first."""
    return [
        one
        for one in standings_of(session, organisation_id)
        if one.name.startswith(LEASE) and (one.last_day is None or one.last_day >= one.first_day)
    ]


def has_economic_activity(standings: Sequence[Standing], day: date) -> bool:
    """Whether it is noted on a day that the organisation runs economic activity, in the sense of the rules on state aid."""
    return any(one.name == ECONOMIC for one in held_on(standings, day))
