"""The frozen values that a policy judges: what is asked for one date, and all that may be known about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from accounts.identity import ApplicantClass, Role
from kernel.errors import Fault, Invalid
from kernel.interval import Interval
from kernel.wallclock import WallSpan
from policies.stored import Stored
from policies.taxonomy import Activity
from venues.opening import Openness

INSTANT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=31)
BAND = re.compile(r"^(\d{1,3})(?:-(\d{1,3})|\+)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class AgeBand:
    """So many participants from one age to another, in completed years, both included; no ``last`` means and older."""

    first: int
    last: int | None
    heads: int

    def __post_init__(self) -> None:
        if self.first < 0 or self.heads < 0 or (self.last is not None and self.last < self.first):
            raise Invalid(Fault("bad-age-band", "participants", f"{self.first}-{self.last}: {self.heads}"))


def bands_of(participants: Mapping[str, int]) -> tuple[AgeBand, ...]:
    """Participants by age as people write them (``"0-12": 8``, ``"65+": 2``), youngest first; raises Invalid (``bad-age-band``)."""
    return tuple(sorted((_band(written, heads) for written, heads in participants.items()), key=lambda band: band.first))


def _band(written: str, heads: int) -> AgeBand:
    found = BAND.match(written)
    if found is None:
        raise Invalid(Fault("bad-age-band", "participants", written))
    return AgeBand(int(found[1]), int(found[2]) if found[2] else None, heads)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Stored):
    """What is asked for one date: ``room`` is ``venue/room``, ``age`` the contact's age in completed years.

    ``interval`` is the span in UTC as it was when the request was made, so that a later change of zone data
    cannot alter what was judged. ``heads`` None means that the number was not given. ``exceptions`` are the ids of
    the rules from which the applicant asks to be excepted.
    """

    room: str
    wall: WallSpan
    interval: Interval
    submitted: datetime
    applicant: ApplicantClass
    activity: Activity
    heads: int | None = None
    participants: tuple[AgeBand, ...] = ()
    organisation: str | None = None
    person: str | None = None
    age: int | None = None
    commercial: bool = False
    alcohol: bool = False
    open_to_all: bool = False
    in_series: bool = False
    agreement: str | None = None
    team: str = ""
    exceptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "submitted", self.submitted.astimezone(UTC))
        ordered = sorted(self.participants, key=lambda band: band.first)
        for younger, older in pairwise(ordered):
            if younger.last is None or older.first <= younger.last:
                raise Invalid(Fault("overlapping-age-bands", "participants", f"{younger.first}-{younger.last}, {older.first}-{older.last}"))
        if self.heads is None and ordered:
            object.__setattr__(self, "heads", sum(band.heads for band in ordered))

    @property
    def minutes(self) -> int:
        return self.interval.minutes

    @property
    def dates(self) -> tuple[date, ...]:
        """The local dates touched; an end at midnight belongs to the evening before."""
        first, last = self.wall.start.date(), (self.wall.end - INSTANT).date()
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))

    def moved(self, wall: WallSpan) -> "Request":
        """The same request at another time; raises Invalid for a time that the clock skips."""
        return replace(self, wall=wall, interval=wall.interval())


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of opening hours; where windows overlap the stricter counts, what no window covers is closed."""

    interval: Interval
    state: Openness


@dataclass(frozen=True, slots=True)
class Closure:
    """A dated exception: the room cannot be used, and why, in the words of whoever closed it."""

    interval: Interval
    reason: str


@dataclass(frozen=True, slots=True)
class Day:
    """What kind of day a local date is: name of the public holiday and of the school's break, if any."""

    date: date
    holiday: str | None = None
    school_break: str | None = None


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """The room as the inventory knows it; ``capacity`` None is unknown, ``kind`` and ``tags`` are inventory words."""

    capacity: int | None = None
    kind: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is known of an applicant: ``active-members``, ``teams-0-12``, ``local-members-percent``."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class ApplicantFacts:
    """The applicant as registers and staff know it on the date of use; None is unknown.

    ``statuses`` are what the municipality has granted or knows (``lease-status-a``, ``own-hall``), ``roles`` the
    person's roles in the organisation asked for.
    """

    registered: bool | None = None
    local: bool | None = None
    statuses: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    def figure(self, name: str) -> int | None:
        """The number of that name, None when nobody knows it."""
        return next((figure.value for figure in self.figures if figure.name == name), None)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a subject already uses or holds under a rule's ``key``, on local dates ``first`` to ``last``.

    ``rules.counts.Count`` names what has to be counted; this is the answer to it: ``minutes``, the ``dates`` they lie
    on (or that nobody came to), and of the minutes those inside the rule's bands.
    """

    key: str
    first: date
    last: date
    minutes: int = 0
    dates: int = 0
    minutes_inside: int = 0


def added(used: Usage, more: Usage) -> Usage:
    """Both together, under the key and dates of the first."""
    return replace(
        used,
        minutes=used.minutes + more.minutes,
        dates=used.dates + more.dates,
        minutes_inside=used.minutes_inside + more.minutes_inside,
    )


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception from a rule that somebody granted: who (a person's id) in what role, when, and why.

    The rule is known by its id, its ``kind`` and the ``place`` whose document it stands in (``venue/room``, nothing for the
    municipality's): rules of other places may have the same id.
    """

    rule: str
    kind: str
    place: str
    by: str
    role: Role
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class FixedTime:
    """A time of the week, on the wall clock: ISO weekday, and minutes since midnight."""

    weekday: int
    start: int
    end: int

    def covers(self, wall: WallSpan) -> bool:
        """Whether a span lies within it, on one day; an end at midnight belongs to the evening before."""
        midnight = datetime.combine(wall.start.date(), time())
        start, end = (int((moment - midnight) / MINUTE) for moment in (wall.start, wall.end))
        return wall.start.isoweekday() == self.weekday and self.start <= start and end <= self.end

    def overlaps(self, other: "FixedTime") -> bool:
        """Whether both have some time in common."""
        return self.weekday == other.weekday and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Entitlement:
    """An agreement that gives hours: valid on dates ``first`` to ``last``, in ``rooms`` and at ``times`` (none named means all).

    ``minutes_used`` of ``minutes_granted`` stand on it already, counted from ``since`` to ``until``: a week, or all of its dates.
    """

    id: str
    title: str
    price_class: str
    minutes_granted: int
    minutes_used: int
    first: date
    last: date
    rooms: tuple[str, ...] = ()
    times: tuple[FixedTime, ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(Stored):
    """All that the engine may read beside the request.

    ``days``, ``windows`` and ``closures`` cover at least the local dates that the request touches; alternatives are
    sought on the dates covered. ``hours_known`` is False where nobody has stated opening hours. ``office_holidays``
    are the public holidays in the weeks after submission, which promised answers skip. ``by_staff`` says that
    somebody who may decide on the request makes it, so that no review is awaited. ``entitlement`` is the agreement that the request
    names; one that names none draws on the first of the ``agreements`` that covers it.
    """

    room: RoomFacts = RoomFacts()
    windows: tuple[Window, ...] = ()
    hours_known: bool = True
    closures: tuple[Closure, ...] = ()
    days: tuple[Day, ...] = ()
    applicant: ApplicantFacts = ApplicantFacts()
    usage: tuple[Usage, ...] = ()
    entitlement: Entitlement | None = None
    agreements: tuple[Entitlement, ...] = ()
    office_holidays: tuple[date, ...] = ()
    by_staff: bool = False
    waivers: tuple[Waiver, ...] = ()

    def day(self, day: date) -> Day:
        """What is known of a local date; an ordinary day when nothing is."""
        return next((known for known in self.days if known.date == day), Day(day))
