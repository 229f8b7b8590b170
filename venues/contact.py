"""Contact: which entrance, how and from when one gets in, who is on site, and the number that answers at a moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.wallclock import to_wall
from venues.models import Municipality, OnSite, Venue
from venues.queries import municipality
from venues.statements import Origin


@dataclass(frozen=True, slots=True)
class Answering:
    """Somebody who answers: by role, never by name; ``is_present`` when also to be found in the house."""

    role: str
    phone: str
    is_present: bool = False
    is_fictional: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """How one gets in for a time that starts at ``starts_at``; empty text and None are unknown.

    ``on_site`` is who is in the house then, ``answers`` whose number to ring: of the venue, else the municipality's.
    """

    starts_at: datetime
    opens_at: datetime
    entrance: str
    getting_in: str
    on_site: Answering | None
    answers: Answering | None


def arrival(session: Session, venue: Venue, starts_at: datetime) -> Arrival:
    """How one gets in at a venue for a time that starts then; two statements."""
    return arrivals(session, [(venue, starts_at)])[0]


def arrivals(session: Session, wanted: Sequence[tuple[Venue, datetime]]) -> list[Arrival]:
    """The same for several times at several venues, in their order; two statements."""
    rows = session.scalars(select(OnSite).where(OnSite.venue_id.in_({venue.id for venue, _ in wanted})).order_by(OnSite.id)).all()
    fallback = _of_municipality(municipality(session))
    return [arrival_of(venue, starts_at, [row for row in rows if row.venue_id == venue.id], fallback) for venue, starts_at in wanted]


def arrival_of(venue: Venue, starts_at: datetime, rows: Iterable[OnSite], fallback: Answering | None) -> Arrival:
    """The same from rows already read."""
    there = [
        Answering(row.role, row.phone, row.is_present, row.origin is Origin.DEMO)
        for row in rows
        if _at(row, to_wall(starts_at, venue.zone))
    ]
    present = next((one for one in there if one.is_present), None)
    return Arrival(
        starts_at=starts_at,
        opens_at=starts_at - timedelta(minutes=venue.minutes_before),
        entrance=venue.entrance,
        getting_in=venue.getting_in,
        on_site=present,
        answers=next((one for one in (present, *there) if one and one.phone), fallback),
    )


def _at(row: OnSite, wall: datetime) -> bool:
    return row.weekday == wall.weekday() and row.from_minute <= wall.hour * 60 + wall.minute < row.to_minute


def _of_municipality(row: Municipality) -> Answering | None:
    if not row.contact_phone:
        return None
    return Answering(row.contact_name or row.name, row.contact_phone, is_fictional=row.contact_origin is Origin.DEMO)
