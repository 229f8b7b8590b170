"""Letters about conditions: what is missing before dates that are near, and what does not count any more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.models import Person
from booking.conditions import models
from booking.conditions.asked import condition_of
from booking.conditions.queries import entries, visit_of
from booking.conditions.reminders import lacking_of
from booking.models import Occurrence
from booking.states import OccurrenceState
from database.outbox import Notice
from kernel.wallclock import to_wall
from notices.bookings import about, read
from notices.letter import Letter, one_line
from policies.verdict import Condition
from settings import Settings
from venues.models import Room
from venues.queries import municipality


@dataclass(frozen=True, slots=True)
class Lacking:
    """A date, where it is and for which team, and what the holder has not done for it."""

    date: Occurrence
    place: str
    conditions: list[Condition]


def of_missing(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """What is missing for the dates of a notice as it is now; None when nothing is, or nothing of them is ahead."""
    person, home = session.get(Person, notice.person_id), municipality(session)
    if person is None or person.email is None:
        return None
    wanted = (Occurrence.id.in_(notice.facts["dates"]), Occurrence.state == OccurrenceState.BOOKED, Occurrence.starts_at > now)
    parts = (joinedload(Occurrence.booking), joinedload(Occurrence.room).joinedload(Room.venue))
    dates = session.scalars(select(Occurrence).where(*wanted).options(*parts).order_by(Occurrence.starts_at, Occurrence.id)).all()
    asking = [visit_of(date) for date in dates]
    lacking = lacking_of(asking, entries(session, asking, today=to_wall(now, home.zone).date()))
    told = [Lacking(date, _place_of(date), lacking[date.id]) for date in dates if date.id in lacking]
    values = {"lacking": told, "office": one_line(home.contact_name or home.name), "office_phone": home.contact_phone}
    return Letter(person.email, person.language, "conditions", values) if told else None


def _place_of(date: Occurrence) -> str:
    return one_line(", ".join(filter(None, (date.room.venue.name, date.room.name, date.booking.team))))


def of_withdrawn(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """What somebody of the municipality did not accept, and why; None when there is nobody to tell."""
    row, found = session.get(models.Met, notice.facts["met"]), read(session, notice.booking_id)
    person = session.get(Person, notice.person_id)
    if row is None or found is None or person is None or person.email is None:
        return None
    words = condition_of(session.get_one(models.Condition, row.condition_digest).value)
    values = {"condition": words, "why": one_line(row.withdrawn_why)}
    return Letter(person.email, person.language, "withdrawn", {**about(session, found, found.occurrences), **values})
