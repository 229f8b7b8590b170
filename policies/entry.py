"""Entry: whether somebody may enter on a date of use - which conditions are met and by what, what is missing, what is late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from policies.verdict import Condition, Task, Where, Whose

WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who will be on site, with the year in which they are born."""

    name: str
    phone: str
    born: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One date of use as conditions ask about it: the local date, who has it, and where. Ids are text."""

    day: date
    person: str | None = None
    organisation: str | None = None
    booking: str | None = None
    venue: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """That something was done: ``what``, on which local date, for whom and where; ``text_version`` of what was signed.

    It says all of person, organisation, booking, venue and room; each condition tells which of them have to be the same.
    ``id``, ``by``, ``changed_at`` and ``file`` are those of its row, for whoever tells it.
    """

    what: str
    on: date
    text_version: str = ""
    person: str | None = None
    organisation: str | None = None
    booking: str | None = None
    venue: str = ""
    room: str = ""
    people: tuple[Named, ...] = ()
    withdrawn: bool = False
    id: int = 0
    by: int | None = None
    changed_at: datetime | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Whether one may enter: what is ``missing``, which of that is past its date, and what each of the others is met by."""

    missing: tuple[Condition, ...] = ()
    overdue: tuple[Condition, ...] = ()
    met: tuple[tuple[Condition, Met], ...] = ()

    @property
    def granted(self) -> bool:
        return not self.missing

    @property
    def may_be_withdrawn(self) -> tuple[Condition, ...]:
        """For want of these the time may be taken back by staff, after notice and hearing; nothing happens by itself."""
        return tuple(condition for condition in self.overdue if condition.overdue == WITHDRAW)


def may_enter(conditions: Sequence[Condition], met: Iterable[Met], use: Use, *, today: date) -> Entry:
    """Whether the conditions on a date of use are met; what is late is told as of ``today``.

    A date that is due is the last on which it can be done in time.
    """
    done = sorted(met, key=lambda one: (one.on, one.id))
    found = [(condition, next((one for one in done if meets(condition, one, use)), None)) for condition in conditions]
    missing = tuple(condition for condition, by in found if by is None)
    overdue = tuple(condition for condition in missing if condition.due is not None and condition.due < today)
    return Entry(missing, overdue, tuple((condition, by) for condition, by in found if by is not None))


def meets(condition: Condition, met: Met, use: Use) -> bool:
    """Whether what was done is what the condition asks, for the one and the place that it asks it of, and holds on the day."""
    is_same = met.what == condition.what and (condition.task is not Task.SIGN or met.text_version == condition.text_version)
    is_theirs = _is_theirs(condition.whose, met, use) and _is_there(condition.where, met, use)
    return is_same and is_theirs and not met.withdrawn and _holds(condition, met, use.day) and _are_enough(condition, met, use.day)


def valid_until(condition: Condition, on: date) -> date | None:
    """The last date on which the condition stays met when it is met on a date; None for ever."""
    return None if condition.valid_days is None else on + timedelta(days=condition.valid_days)


def born_by(condition: Condition, day: date) -> int | None:
    """The last year of birth with which one has surely reached the condition's age on a day, whatever one's birthday."""
    return None if condition.least_age is None else day.year - condition.least_age - 1


def _is_theirs(whose: Whose, met: Met, use: Use) -> bool:
    """An organisation's condition is the holder's own where there is no organisation."""
    match whose:
        case Whose.BOOKING:
            return use.booking is not None and met.booking == use.booking
        case Whose.ORGANISATION if use.organisation is not None:
            return met.organisation == use.organisation
        case _:
            return use.person is not None and met.person == use.person


def _is_there(where: Where, met: Met, use: Use) -> bool:
    match where:
        case Where.ANYWHERE:
            return True
        case Where.VENUE:
            return met.venue == use.venue
        case Where.ROOM:
            return (met.venue, met.room) == (use.venue, use.room)


def _holds(condition: Condition, met: Met, day: date) -> bool:
    until = valid_until(condition, met.on)
    return met.on <= day and (until is None or day <= until)


def _are_enough(condition: Condition, met: Met, day: date) -> bool:
    if condition.task is not Task.APPOINT:
        return True
    last = born_by(condition, day)
    return sum(last is None or person.born <= last for person in met.people) >= condition.number
