"""Activity: what an organisation did in the municipality's rooms, measured from bookings and from what was said of their use."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.models import Booking, Occurrence, Usage
from booking.states import OccurrenceState, UsageKind
from booking.support.grants.check import dated
from booking.support.grants.rows import Row
from booking.support.models import Grant, SchemeKind
from database.audit import Audit
from policies.request import AgeBand, bands_of

# Participants of whom only the number is known.
UNKNOWN = ""
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Measured:
    """Dates that have been: ``held``, of them ``open_dates`` open to all; ``cancelled``, ``released``, ``displaced``, ``unused``.

    Of the ``minutes`` that were held ``confirmed`` were said to have been used. ``came`` counts visits by age as it was confirmed, by
    ages as they were written (none where only the number is known); ``expected`` those of dates that nobody confirmed, as booked.
    """

    held: int = 0
    minutes: int = 0
    confirmed: int = 0
    open_dates: int = 0
    cancelled: int = 0
    released: int = 0
    displaced: int = 0
    unused: int = 0
    came: Mapping[str, int] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def bands(self) -> list[tuple[str, int, int]]:
        """The ages, youngest first, each with confirmed and expected visits."""
        ages = sorted({*self.came, *self.expected}, key=_age)
        return [(age, self.came.get(age, 0), self.expected.get(age, 0)) for age in ages]


def measured(session: Session, grant: Grant, *, now: datetime) -> Measured:
    """What was done on the grant's days until now: all of the organisation's dates for money, else those under the grant."""
    is_all = grant.scheme.kind is SchemeKind.OPERATING
    met = [
        row for row, under in dated(session, [grant])[grant.id] if (is_all or (under and under.id == grant.id)) and row.date.ends_at <= now
    ]
    said = _said(session, [row.date.id for row in met])
    released = _released(session, {row.date.booking_id for row in met if row.date.state is OccurrenceState.CANCELLED})
    kinds = Counter(_kind(row, said.get(row.date.id, ()), released) for row in met)
    held = [row for row in met if _kind(row, said.get(row.date.id, ()), released) == "held"]
    came, expected = Counter[str](), Counter[str]()
    for row in held:
        used = said.get(row.date.id)
        (came if used else expected).update(_visits(row, used[-1] if used else None))
    return Measured(
        held=len(held),
        minutes=sum(row.price.minutes for row in held),
        confirmed=sum(row.price.minutes for row in held if said.get(row.date.id)),
        open_dates=sum(row.use.open_to_all for row in held),
        **{name: kinds[name] for name in ("cancelled", "released", "displaced", "unused")},
        came=dict(came),
        expected=dict(expected),
    )


def held_before(session: Session, organisation_id: int, *, now: datetime) -> int:
    """How many dates an organisation held in the year until now."""
    has_been = (Occurrence.state == OccurrenceState.BOOKED, Occurrence.absent_at.is_(None), Occurrence.ends_at <= now)
    query = (
        select(func.count()).select_from(Occurrence).join(Occurrence.booking).where(Booking.organisation_id == organisation_id, *has_been)
    )
    return session.scalar(query.where(Occurrence.ends_at > now - YEAR)) or 0


def _kind(row: Row, said: Sequence[Usage], released: set[tuple[int, int]]) -> str:
    """What became of a date, in a word; nothing for what was never booked."""
    date = row.date
    if date.state is OccurrenceState.BOOKED:
        return "unused" if date.absent_at or (said and said[-1].kind is UsageKind.UNUSED) else "held"
    if date.state is OccurrenceState.CANCELLED:
        return "released" if (date.booking_id, date.number) in released else "cancelled"
    return "displaced" if date.state is OccurrenceState.DISPLACED else ""


def _visits(row: Row, used: Usage | None) -> dict[str, int]:
    if used is None or (used.participants is None and used.heads is None):
        return _written(row.use.bands)
    return {UNKNOWN: used.heads or 0} if used.participants is None else _written(bands_of(used.participants))


def _written(bands: Iterable[AgeBand]) -> dict[str, int]:
    return {f"{band.first}+" if band.last is None else f"{band.first}-{band.last}": band.heads for band in bands}


def _age(written: str) -> tuple[bool, int]:
    return not written, int(written.rstrip("+").partition("-")[0] or 0)


def _said(session: Session, dates: Sequence[int]) -> dict[int, list[Usage]]:
    """What was said of dates: that they were used or not, in order."""
    kinds = (Usage.occurrence_id.in_(dates), Usage.kind.in_((UsageKind.USED, UsageKind.UNUSED)))
    found: dict[int, list[Usage]] = {}
    for usage in session.scalars(select(Usage).where(*kinds).order_by(Usage.id)):
        found.setdefault(usage.occurrence_id, []).append(usage)
    return found


def _released(session: Session, bookings: set[int]) -> set[tuple[int, int]]:
    """The dates that an organisation gave back, by booking and number; the log alone knows."""
    acts = select(Audit.subject_id, Audit.facts).where(Audit.subject == "booking", Audit.verb == "cancel", Audit.subject_id.in_(bookings))
    return {(booking, number) for booking, facts in session.execute(acts) if facts.get("released") for number in facts["dates"]}
