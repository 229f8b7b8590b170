"""Meters: what an agreement gives, and what of it is used, booked, given back and left; always sums over dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.identity import Actor
from booking.lifecycle import STOOD_BY
from booking.models import Occurrence
from booking.states import OccurrenceState
from booking.support.models import Agreement, is_shown
from database.sql import epoch
from kernel.errors import Missing, refuse
from kernel.wallclock import to_wall
from venues.models import Room
from venues.queries import municipality


class Standing(StrEnum):
    """Whether an agreement gives anything today: OVER when its period is past, ENDED when an officer ended it."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Meter:
    """Minutes of dates that draw on an agreement: ``used`` have been (nobody came to ``missed`` of them), ``ahead`` are to come or wait.

    What was cancelled is ``released``, what another or a closure took is ``lost``: both can be booked again.
    """

    agreement: Agreement
    standing: Standing
    used: int = 0
    missed: int = 0
    ahead: int = 0
    released: int = 0
    lost: int = 0

    @property
    def booked(self) -> int:
        """All that stands on it."""
        return self.used + self.ahead

    @property
    def left(self) -> int:
        """What can still be booked; less than nothing where more was booked than granted."""
        return self.agreement.granted - self.booked

    def share(self, minutes: int) -> int:
        """Minutes in thousandths of the meter, which is as long as what was granted, or booked where that is more."""
        return round(1000 * minutes / max(self.agreement.granted, self.booked))


def meters(
    session: Session, *, by: Actor, now: datetime, organisation_id: int | None = None, agreement_id: int | None = None
) -> Sequence[Meter]:
    """The agreements with their meters: all for officers, an organisation's own for its delegates; newest first."""
    by.require(by.is_officer or (organisation_id is not None and by.acts_for(organisation_id)), "delegate")
    parts = (joinedload(Agreement.organisation), selectinload(Agreement.rooms).joinedload(Room.venue))
    query = select(Agreement).options(*parts).order_by(Agreement.last_day.desc(), Agreement.id.desc())
    if organisation_id is not None:
        query = query.where(Agreement.organisation_id == organisation_id)
    if agreement_id is not None:
        query = query.where(Agreement.id == agreement_id)
    agreements = session.scalars(query).all()
    if not agreements:
        return []
    found = _minutes(session, [agreement.id for agreement in agreements], now)
    today = to_wall(now, municipality(session).zone).date()
    return [Meter(one, standing_on(today, one), **found.get(one.id, {})) for one in agreements]


def meter_of(session: Session, agreement_id: int, *, by: Actor, now: datetime) -> Meter:
    """One agreement with its meter; raises Unidentified, and Missing (``unknown-agreement``) also for those to whom it is not shown."""
    by.require_known()
    found = session.get(Agreement, agreement_id)
    if found is None or not is_shown(found, by):
        raise refuse(Missing, "unknown-agreement", "agreement", agreement_id)
    return meters(session, by=by, now=now, organisation_id=found.organisation_id, agreement_id=agreement_id)[0]


def standing_on(day: date, agreement: Agreement) -> Standing:
    """Whether the agreement gives anything on a local date."""
    if agreement.ended_at is not None:
        return Standing.ENDED
    if day < agreement.first_day:
        return Standing.COMING
    return Standing.OVER if day > agreement.last_day else Standing.RUNNING


def _minutes(session: Session, ids: Sequence[int], now: datetime) -> dict[int, dict[str, int]]:
    """Of each agreement the minutes by what became of them, in one statement."""
    has_been, is_missed = (Occurrence.ends_at <= now).label("has_been"), Occurrence.absent_at.is_not(None).label("is_missed")
    total = func.sum(epoch(Occurrence.ends_at) - epoch(Occurrence.starts_at)) / 60
    by = (Occurrence.agreement_id, Occurrence.state, has_been, is_missed)
    found: dict[int, dict[str, int]] = {}
    for agreement, state, past, missed, minutes in session.execute(
        select(*by, total).where(Occurrence.agreement_id.in_(ids)).group_by(*by[:2], "has_been", "is_missed")
    ):
        for kind in _kinds(state, past=bool(past), missed=bool(missed)):
            sums = found.setdefault(agreement or 0, {})
            sums[kind] = sums.get(kind, 0) + int(minutes)
    return found


def _kinds(state: OccurrenceState, *, past: bool, missed: bool) -> Sequence[str]:
    if state in STOOD_BY:
        return [*(["used"] if past else ["ahead"]), *(["missed"] if missed and past else [])]
    return {OccurrenceState.CANCELLED: ["released"], OccurrenceState.DISPLACED: ["lost"]}.get(state, [])
