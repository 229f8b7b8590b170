"""Trying: cases of a policy judged and asked for conflicts by the code that bookings go through, in a database of their own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from accounts.identity import ApplicantClass
from accounts.models import Person
from booking.case import occupied
from booking.conflicts import Answer, Want
from booking.models import Booking, Occurrence
from booking.occupy import Take, occupy, peek
from booking.states import BookingKind, BookingState, OccurrenceState
from database.base import Base
from database.guards import install_guards
from database.transact import Database
from kernel.errors import Invalid, refuse
from kernel.wallclock import wall_of
from policies.cases import Difference, differences, judged
from policies.document import Document
from policies.found import Judged
from policies.given import GivenCase
from policies.layers import combine
from policies.supposed import Held, held_in
from policies.taxonomy import Activity
from policies.verdict import Outcome
from venues.models import Room, Space, Venue


@dataclass(frozen=True, slots=True)
class Tried:
    """A case, and where it came out otherwise than it says."""

    case: GivenCase
    differences: tuple[Difference, ...]


def tried(documents: Sequence[Document], cases: Sequence[GivenCase]) -> Iterator[Tried]:
    """Each case in turn; raises Invalid (``occupied-twice``) for a case whose occupied time cannot be."""
    policy = combine(documents)
    with _database() as database:
        for number, case in enumerate(cases):
            # The session is never committed, so that each case begins with nothing.
            with Session(database.engine) as session:
                dates = _asked(session, case, judged(policy, case), number)
            yield Tried(case, tuple(differences(case, dates)))


@contextmanager
def _database() -> Iterator[Database]:
    """An empty database with the program's own tables and guards, gone after the block."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'cases.sqlite'}")
        database.transact(_prepared)
        yield database
        database.engine.dispose()


def _prepared(session: Session) -> None:
    Base.metadata.create_all(session.connection())
    install_guards(session.connection())


def _asked(session: Session, case: GivenCase, dates: Sequence[Judged], number: int) -> tuple[Judged, ...]:
    """The dates with what is in the way of those that the policy does not refuse."""
    asked_at = dates[0].request.submitted
    spaces = _furnished(session, case, held_in(case), asked_at, number)
    allowed = [place for place, one in enumerate(dates) if one.verdict.outcome is not Outcome.REFUSED]
    own = tuple(spaces[name].id for name in case.facts.room.spaces)
    answer = peek(session, [_want(dates[place], own) for place in allowed], now=asked_at)
    names = {space.id: name for name, space in spaces.items()}
    wants = {place: want for want, place in enumerate(allowed)}
    return tuple(_met(one, answer, wants.get(place), names) for place, one in enumerate(dates))


def _want(date: Judged, spaces: tuple[int, ...]) -> Want:
    return Want(spaces, occupied(date.request.wall, date.verdict.buffer_before, date.verdict.buffer_after))


def _met(date: Judged, answer: Answer, want: int | None, names: Mapping[int, str]) -> Judged:
    if want is None or answer.is_free(want):
        return date
    collisions = answer.collisions[want]
    return replace(
        date,
        taken=tuple(sorted({names[collision.space_id] for collision in collisions})),
        clash=tuple(sorted({collision.code for collision in collisions})),
    )


def _furnished(session: Session, case: GivenCase, held: Sequence[Held], now: datetime, number: int) -> Mapping[str, Space]:
    """The spaces of the case by name, with claims for all that is occupied; written by the gate."""
    venue = Venue(slug="case", name="case", kind="", zone=case.request.zone, changed_at=now)
    names = dict.fromkeys((*case.facts.room.spaces, *(name for one in held for name in one.spaces)))
    spaces = {name: Space(venue=venue, slug=name, name=name) for name in names}
    session.add_all(spaces.values())
    session.flush()
    if held:
        occurrences = _booked(session, venue, held, now)
        answer = peek(session, [Want(tuple(spaces[name].id for name in one.spaces), one.time) for one in held], now=now)
        twice = next((want for want in range(len(held)) if not answer.is_free(want)), None)
        if twice is not None:
            place = f"cases[{number}].facts.occupied[{held[twice].number}]"
            raise refuse(Invalid, "occupied-twice", place, ", ".join(held[twice].spaces))
        occupy(session, answer, [Take(want, occurrences[want].id, one.until) for want, one in enumerate(held)], now=now)
    return spaces


def _booked(session: Session, venue: Venue, held: Sequence[Held], now: datetime) -> list[Occurrence]:
    """A date of somebody else's booking for each time that is occupied."""
    room = Room(venue=venue, slug="case", name="case", kind="", changed_at=now)
    booking = Booking(
        reference="case",
        kind=BookingKind.ORDINARY,
        state=BookingState.BOOKED,
        room=room,
        holder=Person(name="case", created_at=now),
        applicant_class=ApplicantClass.ORGANISATION,
        purpose="case",
        activity=Activity.OTHER,
        created_at=now,
        changed_at=now,
    )
    found = []
    for place, one in enumerate(held, start=1):
        wall = wall_of(one.time, venue.zone)
        found.append(
            Occurrence(
                booking=booking,
                number=place,
                room=room,
                state=OccurrenceState.BOOKED,
                local_start=wall.start,
                local_end=wall.end,
                zone=wall.zone,
                starts_at=one.time.start,
                ends_at=one.time.end,
                created_at=now,
                changed_at=now,
            )
        )
    session.add_all(found)
    session.flush()
    return found
