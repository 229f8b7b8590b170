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
    """Whether one may enter: what is ``missing``, which of that is past its date, and what each of the others is met by.

    ``changed_at`` is when anything was last done or taken back that has to do with it.
    """

    missing: tuple[Condition, ...] = ()
    overdue: tuple[Condition, ...] = ()
    met: tuple[tuple[Condition, Met], ...] = ()
    changed_at: datetime | None = None

    @property
    def granted(self) -> bool:
        return not self.missing

    @property
    def all(self) -> tuple[tuple[Condition, Met | None], ...]:
        """Every condition with what it is met by, what is missing first."""
        return (*((condition, None) for condition in self.missing), *self.met)

    @property
    def may_be_withdrawn(self) -> tuple[Condition, ...]:
        """For want of these the time may be taken back by staff, after notice and hearing; nothing happens by itself."""
        return tuple(condition for condition in self.overdue if condition.overdue == WITHDRAW)


def may_enter(conditions: Sequence[Condition], met: Iterable[Met], use: Use, *, today: date) -> Entry:
    """Whether the conditions on a date of use are met; what is late is told as of ``today``."""
    done, whats = sorted(met, key=lambda one: (one.on, one.id)), {condition.what for condition in conditions}
    found = [(condition, next((one for one in done if meets(condition, one, use)), None)) for condition in conditions]
    missing = tuple(condition for condition, by in found if by is None)
    overdue = tuple(condition for condition in missing if is_late(condition, today))
    changed_at = max((one.changed_at for one in done if one.changed_at and one.what in whats), default=None)
    return Entry(missing, overdue, tuple((condition, by) for condition, by in found if by is not None), changed_at)


def meets(condition: Condition, met: Met, use: Use) -> bool:
    """Whether what was done is what the condition asks, for the one and the place that it asks it of, and holds on the day."""
    is_same = met.what == condition.what and (condition.task is not Task.SIGN or met.text_version == condition.text_version)
    is_theirs = scope(condition, met) == scope(condition, use)
    return is_same and is_theirs and not met.withdrawn and _holds(condition, met, use.day) and _are_enough(condition, met, use.day)


def scope(condition: Condition, at: Use | Met) -> tuple[str | None, ...]:
    """For whom and where the condition is met when it is met there: dates with the same scope are met together.

    An organisation's condition is the holder's own where there is no organisation.
    """
    whose = _whose(condition, at)
    match condition.where:
        case Where.ANYWHERE:
            return whose
        case Where.VENUE:
            return (*whose, at.venue)
        case Where.ROOM:
            return (*whose, at.venue, at.room)


def due_by(named: Iterable[date | None], *, decided: date, use: date) -> date | None:
    """The first of the dates by which something is to be done; none of them is before the day on which it was decided that it is
    asked: where all have passed by then, it is in time until the day of use. None where no date is named."""
    found = [one for one in named if one is not None]
    return min((one for one in found if one >= decided), default=use) if found else None


def is_late(condition: Condition, today: date) -> bool:
    """Whether its date is past; that date itself is the last on which it is done in time."""
    return condition.due is not None and condition.due < today


def is_own(condition: Condition) -> bool:
    """Whether only whoever has the booking can do it: a person's own signature."""
    return condition.task is Task.SIGN and condition.whose is Whose.PERSON


def valid_until(condition: Condition, on: date) -> date | None:
    """The last date on which the condition stays met when it is met on a date; None for ever."""
    return None if condition.valid_days is None else on + timedelta(days=condition.valid_days)


def born_by(condition: Condition, day: date) -> int | None:
    """The last year of birth with which one has surely reached the condition's age on a day, whatever one's birthday."""
    return None if condition.least_age is None else day.year - condition.least_age - 1


def _whose(condition: Condition, at: Use | Met) -> tuple[str | None, ...]:
    match condition.whose:
        case Whose.BOOKING:
            return ("booking", at.booking)
        case Whose.ORGANISATION if at.organisation is not None:
            return ("organisation", at.organisation)
        case _:
            return ("person", at.person)


def _holds(condition: Condition, met: Met, day: date) -> bool:
    until = valid_until(condition, met.on)
    return met.on <= day and (until is None or day <= until)


def _are_enough(condition: Condition, met: Met, day: date) -> bool:
    if condition.task is not Task.APPOINT:
        return True
    last = born_by(condition, day)
    return sum(last is None or person.born <= last for person in met.people) >= condition.number
