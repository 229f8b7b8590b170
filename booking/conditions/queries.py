"""Queries: dates with what is asked before them, and whether it is met; two statements for any number of dates."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from booking.conditions import models
from booking.conditions.asked import condition_of
from booking.lifecycle import LIVE
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from kernel.wallclock import to_wall
from policies.entry import Entry, Met, Named, Use, may_enter
from policies.verdict import Condition
from venues.models import Room, Venue


@dataclass(frozen=True, slots=True)
class Visit:
    """A date of use with what is asked before it: ``asked`` are digests of conditions, each with the date due in ISO form."""

    id: int
    use: Use
    asked: Mapping[str, str | None]


def visit_of(occurrence: Occurrence) -> Visit:
    """A date whose booking and room are read already."""
    booking, room = occurrence.booking, occurrence.room
    dated = (occurrence.id, occurrence.local_start, occurrence.conditions)
    return visit(dated, (booking.id, booking.holder_id, booking.organisation_id), (room.venue_id, room.id))


def visit(dated: Sequence[Any], whose: Sequence[Any], where: Sequence[Any]) -> Visit:
    """A date from what is read of it: its id, local start and what it asks; the booking's id, holder and organisation; venue and room."""
    number, start, asked = dated
    booking, holder, organisation = whose
    use = Use(
        day=start.date(),
        person=str(holder),
        organisation=str(organisation) if organisation else None,
        booking=str(booking),
        venue=str(where[0]),
        room=str(where[1]),
    )
    return Visit(number, use, asked or {})


def visits(session: Session, *where: ColumnElement[bool]) -> list[Visit]:
    """The dates that ask anything, of those wanted (conditions on occurrence, booking and room), soonest first; one statement."""
    return [visit(row[:3], row[3:6], row[6:8]) for row in session.execute(_visits().where(*where))]


def entries(session: Session, asking: Sequence[Visit], *, today: date) -> dict[int, Entry]:
    """By date whether one may enter; two statements, none where nothing is asked. ``today`` tells what is late."""
    words = _words(session, {digest for one in asking for digest in one.asked})
    done = _done(session, [one.use for one in asking], {condition.what for condition in words.values()})
    return {one.id: may_enter(_conditions(one, words), done(one.use), one.use, today=today) for one in asking}


def entries_tried(session: Session, tried: Sequence[tuple[Use, Sequence[Condition]]], *, today: date) -> list[Entry]:
    """Whether one could enter on dates that are not booked, each with what it would ask; one statement, none where nothing is asked."""
    done = _done(session, [use for use, _asked in tried], {condition.what for _use, asked in tried for condition in asked})
    return [may_enter(asked, done(use), use, today=today) for use, asked in tried]


AskedOn = tuple[Occurrence, Condition, Met | None]


def asked_in(session: Session, booking: Booking, *, now: datetime) -> list[AskedOn]:
    """Every condition of every live date of a booking that is not over, with what it is met by, soonest first."""
    dates = [date for date in booking.occurrences if date.state in LIVE and date.ends_at > now and date.conditions]
    found = entries(session, [visit_of(date) for date in dates], today=to_wall(now, booking.room.venue.zone).date())
    return [(date, condition, by) for date in dates for condition, by in found[date.id].all]


def first_missing(asked: Iterable[AskedOn]) -> AskedOn:
    """The first that is missing, else the first."""
    return min(asked, key=lambda one: one[2] is not None)


def withdrawable(session: Session, *, today: date, now: datetime) -> dict[int, tuple[Condition, ...]]:
    """By booking what is late on its next date and may cost it its time; booked dates only, three statements."""
    ahead = (Occurrence.conditions.is_not(None), Occurrence.state == OccurrenceState.BOOKED, Occurrence.ends_at > now)
    soonest = select(Occurrence.booking_id, func.min(Occurrence.starts_at)).where(*ahead).group_by(Occurrence.booking_id)
    asking = visits(session, tuple_(Occurrence.booking_id, Occurrence.starts_at).in_(soonest), *ahead)
    found = entries(session, asking, today=today)
    return {int(one.use.booking or 0): late for one in asking if (late := found[one.id].may_be_withdrawn)}


def _visits() -> Select[Any]:
    columns = (
        *(Occurrence.id, Occurrence.local_start, Occurrence.conditions),
        *(Booking.id, Booking.holder_id, Booking.organisation_id),
        *(Room.venue_id, Room.id),
    )
    joined = select(*columns).select_from(Occurrence).join(Occurrence.booking).join(Room, Occurrence.room_id == Room.id)
    return joined.where(Occurrence.conditions.is_not(None)).order_by(Occurrence.starts_at, Occurrence.id)


def _words(session: Session, digests: Iterable[str]) -> dict[str, Condition]:
    wanted = sorted(digests)
    rows = session.scalars(select(models.Condition).where(models.Condition.digest.in_(wanted))) if wanted else ()
    return {row.digest: condition_of(row.value) for row in rows}


def _conditions(asking: Visit, words: Mapping[str, Condition]) -> list[Condition]:
    """In the order of their names, so that they stand in one order everywhere."""
    found = [replace(words[digest], due=date.fromisoformat(due) if due else None) for digest, due in asking.asked.items()]
    return sorted(found, key=lambda condition: (condition.what, condition.rule))


class _Done:
    """What was done, by whom it can count for."""

    def __init__(self, rows: Iterable[tuple[models.Met, str]]) -> None:
        self._of_person: dict[str, list[Met]] = defaultdict(list)
        self._of_organisation: dict[str, list[Met]] = defaultdict(list)
        for row, zone in rows:
            met = met_of(row, zone)
            self._of_person[met.person or ""].append(met)
            self._of_organisation[met.organisation or ""].append(met)

    def __call__(self, use: Use) -> Iterable[Met]:
        """All that may count for a use; what is done with a booking is done for its holder."""
        theirs = {met.id: met for met in self._of_person.get(use.person or "", ())}
        if use.organisation:
            theirs |= {met.id: met for met in self._of_organisation.get(use.organisation, ())}
        return theirs.values()


def _done(session: Session, uses: Sequence[Use], whats: Iterable[str]) -> _Done:
    wanted = sorted(whats)
    if not wanted:
        return _Done(())
    people = {int(use.person) for use in uses if use.person}
    organisations = {int(use.organisation) for use in uses if use.organisation}
    theirs = or_(models.Met.person_id.in_(sorted(people)), models.Met.organisation_id.in_(sorted(organisations)))
    found = select(models.Met, Venue.zone).join(Venue, models.Met.venue_id == Venue.id).where(models.Met.what.in_(wanted), theirs)
    return _Done((row.Met, row.zone) for row in session.execute(found.order_by(models.Met.id)))


def met_of(row: models.Met, zone: str) -> Met:
    """What a row says was done, on the local date at the place."""
    return Met(
        what=row.what,
        on=to_wall(row.met_at, zone).date(),
        text_version=row.text_version,
        person=str(row.person_id),
        organisation=str(row.organisation_id) if row.organisation_id else None,
        booking=str(row.booking_id),
        venue=str(row.venue_id),
        room=str(row.room_id),
        people=tuple(Named(**person) for person in row.people),
        withdrawn=row.withdrawn_at is not None,
        id=row.id,
        by=row.by_id,
        changed_at=max(moment for moment in (row.met_at, row.withdrawn_at, row.forgotten_at) if moment),
        file=row.file,
    )
