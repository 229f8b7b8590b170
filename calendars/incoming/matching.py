"""Matching (pure): what a calendar of others says now, held against the dates that it was followed by until now."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from booking.conflicts import Answer, Collision
from booking.states import OccurrenceState
from calendars.incoming.reading import Found, Skipped
from kernel.interval import Interval
from kernel.wallclock import WallSpan
from policies.request import LONGEST

LONGEST_UID = 255
LONGEST_TITLE = 500
SHORTEST = timedelta(seconds=1)
# Why a date that came from a calendar keeps no time: another has it, or an officer let that one keep it.
MEETS, IGNORED = "meets", "ignored"
GONE = (OccurrenceState.CANCELLED,)
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One date that a calendar says: ``name`` is its UID and the start that it had at first."""

    name: Name
    wall: WallSpan
    time: Interval
    title: str

    @property
    def order(self) -> tuple[Interval, Name]:
        """Soonest first, of equals always the same."""
        return self.time, self.name


@dataclass(frozen=True, slots=True)
class Stood:
    """One date as it stands: of an event of the source, by the id of its occurrence."""

    name: Name
    occurrence_id: int
    booking_id: int
    wall: tuple[datetime, datetime]
    time: Interval
    state: OccurrenceState
    reason: str
    title: str

    @property
    def is_alive(self) -> bool:
        return self.state not in GONE

    def is_at(self, wanted: Wanted) -> bool:
        return self.time == wanted.time and self.wall == (wanted.wall.start, wanted.wall.end)

    def ignores(self, wanted: Wanted) -> bool:
        """Whether an officer said of this time that it goes without."""
        return self.reason == IGNORED and self.time == wanted.time


def name_of(uid: str, recurrence_id: str) -> Name:
    """As an event is kept: a UID of any length and any signs in a column of some."""
    is_plain = len(uid) <= LONGEST_UID and uid.isprintable()
    return (uid if is_plain else sha256(uid.encode(errors="replace")).hexdigest(), recurrence_id[:40])


def shown(written: str, most: int) -> str:
    """What others wrote on one line, without signs that do not show, which no database takes all of."""
    return "".join(sign for sign in " ".join(written.split()) if sign.isprintable())[:most]


def wanted_of(found: Iterable[Found], zone: str, *, now: datetime) -> tuple[list[Wanted], list[Skipped]]:
    """The dates ahead that take time, soonest first, and those that do not: free, without length, longer than a booking may be.

    What is cancelled is no date, and what has begun is no longer asked for.
    """
    wanted, skipped = [], []
    for one in found:
        if one.status.upper() == "CANCELLED" or one.starts_at <= now:
            continue
        if why := _takes_nothing(one):
            skipped.append(Skipped(one.uid, one.line, why))
            continue
        wall = WallSpan(one.local_start, one.local_end, zone)
        name, title = name_of(one.uid, one.recurrence_id), shown(one.summary, LONGEST_TITLE)
        wanted.append(Wanted(name, wall, Interval(one.starts_at, one.ends_at), title))
    return sorted({one.name: one for one in wanted}.values(), key=lambda one: one.order), skipped


def _takes_nothing(found: Found) -> str:
    """Why a date takes no time, as a code."""
    if found.is_free:
        return "takes-no-time"
    length = found.ends_at - found.starts_at
    return "no-length" if length < SHORTEST else "too-long" if length > LONGEST else ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What becomes of each date that is wanted, and which that stood are wanted no more.

    ``met`` are the claims of others in the way, by the number of the date; ``part`` is the time that a date takes of those that
    are not met: two of one source at once take it together, and none where another takes it all.
    """

    wanted: Sequence[Wanted]
    before: Mapping[int, Stood]
    met: Mapping[int, Sequence[Collision]]
    ignored: Collection[int]
    part: Mapping[int, Interval]
    gone: Sequence[Stood]

    def state(self, number: int) -> tuple[OccurrenceState, str]:
        """The state of a date, and why it keeps no time."""
        if number in self.ignored:
            return OccurrenceState.SKIPPED, IGNORED
        return (OccurrenceState.SKIPPED, MEETS) if number in self.met else (OccurrenceState.BOOKED, "")

    def changes(self, number: int) -> bool:
        """Whether a date becomes another than it was."""
        stood = self.before.get(number)
        return stood is None or not stood.is_at(self.wanted[number]) or (stood.state, stood.reason) != self.state(number)


def weigh(wanted: Sequence[Wanted], stood: Sequence[Stood], answer: Answer, *, now: datetime) -> Weighed:
    """Hold what is wanted, each of which is the want of its number in the answer, against what stood."""
    by_name = {one.name: one for one in stood if one.time.start > now}
    before = {number: by_name[one.name] for number, one in enumerate(wanted) if one.name in by_name}
    ignored = {number for number, one in before.items() if one.ignores(wanted[number])}
    own = {one.occurrence_id for one in stood}
    others = answer.without(own).collisions
    met = {number: foreign for number, found in others.items() if (foreign := [one for one in found if not one.is_own])}
    met = {number: foreign for number, foreign in met.items() if number not in ignored}
    names = {one.name for one in wanted}
    begun = max((one.time.end for one in stood if one.time.start <= now < one.time.end and one.is_alive), default=now)
    part = _parts(wanted, {*met, *ignored}, begun)
    gone = [one for one in by_name.values() if one.is_alive and one.name not in names]
    return Weighed(wanted, before, met, ignored, part, gone)


def _parts(wanted: Sequence[Wanted], left_out: Collection[int], until: datetime) -> dict[int, Interval]:
    """Of dates in the order of their starts, what of each no earlier one has."""
    found = {}
    for number, one in enumerate(wanted):
        if number in left_out:
            continue
        if one.time.end > until:
            found[number] = Interval(max(one.time.start, until), one.time.end)
        until = max(until, one.time.end)
    return found


def titles(wanted: Iterable[Wanted]) -> dict[str, str]:
    """What the dates of each UID are called: most of them, where an instance has a name of its own."""
    counted: dict[str, Counter[str]] = {}
    for one in wanted:
        counted.setdefault(one.name[0], Counter())[one.title] += 1
    return {uid: min(names, key=lambda name: (-names[name], name)) for uid, names in counted.items()}
