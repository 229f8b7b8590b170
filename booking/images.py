"""Images: how bookings and their dates were before an act, kept as JSON so that it can be undone, and rows written back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.lifecycle import LIVE
from booking.models import Booking, Claim, Judgement, Occurrence, Undo
from database.audit import Act
from database.base import Base, table_of
from database.outbox import UNDO_WITHIN, hold_back, last_posted
from database.types import Instant, LocalTime, Word

Columns = dict[str, Any]
# What becomes of a booking or a date that the act added, once the act is undone.
ADDED: Columns = {"state": "cancelled"}
# What a row is, and what counts its changes, is never written back.
STAYS = {"id", "booking_id", "number", "created_at", "changed_at", "version", "sequence", "in_calendar"}


@dataclass(frozen=True, slots=True)
class Before:
    """Bookings before an act: the version and the columns of each and the columns of its dates by id, until when dates hold time
    (None: for good), and the last notice and judgement that there were."""

    bookings: tuple[Booking, ...]
    versions: Mapping[int, int]
    rows: Mapping[int, Columns]
    dates: Mapping[int, Columns]
    held: Mapping[int, datetime | None]
    posted: int
    judged: int

    def changed(self) -> Columns:
        """What is otherwise since: of each booking its version now and before (``from``), of it and its dates the columns as they were.

        A date or a booking that was not there before is to be cancelled; where a booking wants something else beside its room, its
        dates hold other time.
        """
        rows = {one.id: _differing(one, self.rows[one.id]) for one in self.bookings}
        dates = [(date, _differing(date, self.dates.get(date.id, ADDED))) for booking in self.bookings for date in booking.occurrences]
        begun = {**{one.id: one.version for one in self.bookings}, **self.versions}
        return {
            "bookings": [{"id": one.id, "from": begun[one.id], "version": one.version, "was": rows[one.id]} for one in self.bookings],
            "dates": [self._date(date, was) for date, was in dates if was or "resources" in rows[date.booking_id]],
            "judged": self.judged,
        }

    def beside(self, made: Booking) -> "Before":
        """The same, when the act has made a booking too."""
        return replace(self, bookings=(*self.bookings, made), rows={**self.rows, made.id: ADDED})

    def _date(self, date: Occurrence, was: Columns) -> Columns:
        return {"id": date.id, "was": was, "held": date.id in self.held, "expires": _plain(self.held.get(date.id))}


def before(session: Session, bookings: Iterable[Booking]) -> Before:
    """The bookings as they are now, in three statements; their rows are locked by the act that follows."""
    found = tuple(bookings)
    dates = {date.id: image_of(date) for booking in found for date in booking.occurrences}
    # What is kept for a date that waits is an offer, which is withdrawn for good.
    alive = [date.id for booking in found for date in booking.occurrences if date.state in LIVE]
    claims = select(Claim.occurrence_id, Claim.expires_at).where(Claim.occurrence_id.in_(alive))
    return Before(
        bookings=found,
        versions={booking.id: booking.version for booking in found},
        rows={booking.id: image_of(booking) for booking in found},
        dates=dates,
        held={row.occurrence_id: row.expires_at for row in session.execute(claims)},
        posted=last_posted(session),
        judged=session.scalar(select(func.max(Judgement.id))) or 0,
    )


def undoable(session: Session, act: Act, was: Before, *, offer: Columns | None = None, by: Actor, now: datetime) -> None:
    """Keep how bookings were before an act that has been done to them, and what was on ``offer``, so that it can be undone."""
    session.flush()
    until = now + UNDO_WITHIN
    notices = hold_back(session, [booking.id for booking in was.bookings], after=was.posted, until=until)
    kept = {**was.changed(), "notices": notices, "offer": offer}
    session.add(Undo(verb=act.verb, subject=act.subject, subject_id=act.subject_id, hand_id=by.person_id, at=now, until=until, before=kept))
    session.flush()


def image_of(row: Base) -> Columns:
    """The columns of a row that an act may change, as JSON."""
    return {column.key: _plain(getattr(row, column.key)) for column in table_of(type(row)).columns if column.key not in STAYS}


def put_back(row: Base, was: Columns) -> None:
    """Write columns as they were."""
    columns = table_of(type(row)).c
    for name, value in was.items():
        setattr(row, name, _value(columns[name].type, value))


def _differing(row: Base, was: Columns) -> Columns:
    now = image_of(row)
    return {name: value for name, value in was.items() if now[name] != value}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def _value(kind: object, value: Any) -> Any:
    if value is not None and isinstance(kind, Instant | LocalTime):
        return datetime.fromisoformat(value)
    if value is not None and isinstance(kind, Date):
        return date.fromisoformat(value)
    return kind.kind(value) if value is not None and isinstance(kind, Word) else value
