"""Duty: who looks after which venues at a moment, and what they want to be sent of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Role
from accounts.models import RoleGrant
from booking.rounds.models import ChangesWanted, RoundSetting, SheetWanted
from kernel.wallclock import to_wall
from web.formats import HOME_ZONE

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who looks after which venues at a moment and is sent something of them; ``wanted`` is what they chose, else what was chosen by
    whom they stand in for."""

    person_id: int
    venues: frozenset[int]
    wanted: RoundSetting

    @property
    def is_own(self) -> bool:
        return self.wanted.person_id == self.person_id

    def is_due(self, now: datetime) -> bool:
        """Whether the day is to be begun: its hour has come, and it was not begun yet."""
        begun_on = self.wanted.begun_on if self.is_own else None
        return (begun_on is None or begun_on < today(now)) and has_come(self.wanted.at_minute, now)


def duties(session: Session, now: datetime) -> list[Duty]:
    """Who is on duty and is sent anything; while somebody stands in for a caretaker, they are and the caretaker is not. Two statements."""
    of_caretakers = select(RoleGrant).where(RoleGrant.role == Role.CARETAKER).order_by(RoleGrant.deputy_for, RoleGrant.id)
    grants = [grant for grant in session.scalars(of_caretakers) if grant.holds(now)]
    settings = {row.person_id: row for row in session.scalars(select(RoundSetting))}
    away = {(grant.deputy_for, grant.venue_id) for grant in grants if grant.deputy_for}
    venues: dict[int, set[int]] = {}
    wanted: dict[int, RoundSetting] = {}
    for grant in grants:
        row = settings.get(grant.person_id) or settings.get(grant.deputy_for or 0)
        if row and grant.venue_id and (grant.deputy_for or (grant.person_id, grant.venue_id) not in away):
            venues.setdefault(grant.person_id, set()).add(grant.venue_id)
            wanted.setdefault(grant.person_id, row)
    asked = [person for person, row in wanted.items() if (row.sheet, row.changes) != (SheetWanted.NEVER, ChangesWanted.NEVER)]
    return [Duty(person, frozenset(venues[person]), wanted[person]) for person in sorted(asked)]


def duty_of(session: Session, person_id: int, now: datetime) -> Duty | None:
    """What a person is on duty for."""
    return next((duty for duty in duties(session, now) if duty.person_id == person_id), None)


def today(now: datetime) -> date:
    """The local day."""
    return to_wall(now, HOME_ZONE).date()


def has_come(minute: int, now: datetime) -> bool:
    """Whether the wall clock has come to a minute of the day."""
    wall = to_wall(now, HOME_ZONE)
    return minute <= wall.hour * 60 + wall.minute
