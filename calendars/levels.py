"""Detail levels: what a booking or closure says to each audience, and to no other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from booking.public import told_ages
from booking.states import BookingKind, OccurrenceState
from calendars.events import Event, State, Where
from calendars.text import day, wall
from calendars.words import LANGUAGES, Words
from kernel.wallclock import local_day
from policies.verdict import Reason
from venues.opening import Openness
from venues.vocabulary import need_words

# An UNCONFIRMED wish is shown to its holder only: others would read it as the organisation's own.
SHOWN = {
    OccurrenceState.UNCONFIRMED: State.TENTATIVE,
    OccurrenceState.BOOKED: State.CONFIRMED,
    OccurrenceState.REQUESTED: State.TENTATIVE,
    OccurrenceState.CANCELLED: State.CANCELLED,
    OccurrenceState.DISPLACED: State.CANCELLED,
}
ENDED = [state for state, told in SHOWN.items() if told is State.CANCELLED]


class Level(StrEnum):
    """BUSY tells no names, PUBLIC the organisations that may be told, OPEN what these say of what is open to all, OWN what a holder
    needs, STAFF what staff need."""

    BUSY = "busy"
    PUBLIC = "public"
    OPEN = "open"
    OWN = "own"
    STAFF = "staff"


class Occurring(NamedTuple):
    """A dated span of a booking with what a feed may tell of it; a tuple, because a feed reads thousands of them.

    ``first_reference`` is that of the booking it was made in. What follows ``booking_changed_at`` is for holders and staff, but for
    ``activity`` and ``public``, which are for those who ask what is on, and is not read for others.
    """

    id: int
    version: int
    room_id: int
    organisation_id: int | None
    number: int
    state: OccurrenceState
    local_start: datetime
    local_end: datetime
    zone: str
    starts_at: datetime
    ends_at: datetime
    sequence: int
    created_at: datetime
    changed_at: datetime
    reference: str
    first_reference: str
    kind: BookingKind
    open_to_all: bool
    shown_publicly: bool
    booking_changed_at: datetime
    before_minutes: int = 0
    after_minutes: int = 0
    purpose: str = ""
    team: str = ""
    participants: Mapping[str, Any] = MappingProxyType({})
    needs: Sequence[str] = ()
    message: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    alcohol: bool = False
    conditions: Mapping[str, Any] | None = None
    booking_id: int = 0
    holder_id: int = 0
    agreement: str = ""
    beside: Sequence[str] = ()
    activity: str = ""
    public: Mapping[str, Any] = MappingProxyType({})
    on_duty: Sequence[str] = ()


class Closing(NamedTuple):
    """A dated closure of a venue or of one of its rooms."""

    id: int
    venue_id: int
    room_id: int | None
    local_start: datetime
    local_end: datetime
    all_day: bool
    starts_at: datetime
    ends_at: datetime
    reason: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None


class DayHours(NamedTuple):
    """A day with hours of its own, of a venue or of one of its rooms: its windows in minutes of the day, none where it is shut."""

    venue_id: int
    room_id: int | None
    day: date
    windows: tuple[tuple[int, int, Openness], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A room, or a whole venue, as events tell it; ``path`` is its public page."""

    venue_id: int
    name: str
    where: Where
    path: str
    zone: str
    changed_at: datetime
    revision: int
    minutes_before: int = 0


class Holder(NamedTuple):
    """An organisation as events tell it; ``contact`` is where anybody reaches it."""

    name: str
    is_shown: bool
    changed_at: datetime
    contact: str = ""


class Arrival(NamedTuple):
    """How a holder gets in: which entrance, how, from when by the wall clock, who is on site, and who answers the call."""

    entrance: str
    getting_in: str
    opens_at: datetime
    on_site: str
    phone: str
    answers: str


@dataclass(frozen=True, slots=True)
class Day:
    """What the day adds to an occurrence for staff: whether it is near enough to say whom to call, when to open for the first
    and lock after the last; ``changed_at`` is the latest change that could have moved these."""

    changed_at: datetime
    is_near: bool = True
    opens: datetime | None = None
    locks: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entrance:
    """What is not done yet before anybody is let in to an occurrence, by its titles, and when that last changed."""

    missing: tuple[Reason, ...]
    changed_at: datetime | None


class Telling(NamedTuple):
    """What a booking's event is told with: its place, its organisation, the way in, the caretaker's day and whom to let in."""

    place: Place
    holder: Holder | None = None
    arrival: Arrival | None = None
    day: Day | None = None
    entrance: Entrance | None = None

    @property
    def is_near(self) -> bool:
        """Whether it is told whom to call."""
        return self.day is None or self.day.is_near


@dataclass(frozen=True, slots=True)
class View:
    """To whom, in which language, and with which facts of the municipality the events of a feed speak."""

    level: Level
    language: str
    public_url: str
    municipality: str
    changed_at: datetime
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", LANGUAGES[self.language])


def uid_of_occurrence(reference: str, number: int, created_at: datetime) -> str:
    """The same in every feed and mail for ever, whatever is edited, renamed or moved, and wherever the service stands."""
    return f"{reference.lower()}-{number}.{wall(created_at)}@arena"


def uid_of_closure(closure_id: int, created_at: datetime) -> str:
    """As ``uid_of_occurrence``, for a closure."""
    return f"closure-{closure_id}.{wall(created_at)}@arena"


def uid_of_hours(found: DayHours) -> str:
    """The same for a place and a day, whatever hours it has."""
    return f"hours-{found.venue_id}-{found.room_id or 'all'}-{day(found.day)}@arena"


def event_of_occurrence(found: Occurring, told: Telling, view: View) -> Event:
    """What an occurrence says at the view's level."""
    state, place, saying = SHOWN[found.state], told.place, SAYINGS[view.level]
    return Event(
        uid=uid_of_occurrence(found.first_reference, found.number, found.created_at),
        sequence=found.sequence,
        created=found.created_at,
        modified=last_change(found, told, view),
        local_start=found.local_start,
        local_end=found.local_end,
        zone=found.zone,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        state=state,
        summary=_with_state(saying.title(found, told, view), state, view.words),
        where=place.where,
        url=view.public_url + saying.path(found, place),
        description="\n".join(saying.lines(found, told, view)),
    )


def arranger(found: Occurring, holder: Holder | None, municipality: str) -> str:
    """Who is told to arrange what is open to all."""
    return holder.name if holder and holder.is_shown else municipality


def event_of_closure(found: Closing, place: Place, view: View) -> Event:
    """What a closure says; it is public, so all levels but BUSY tell its reason."""
    words, is_withdrawn = view.words, found.withdrawn_at is not None
    state = State.CANCELLED if is_withdrawn else State.CLOSED
    reason = "" if view.level is Level.BUSY else found.reason
    title = ": ".join(part for part in ((words.closed if is_withdrawn else ""), reason or place.name) if part)
    return Event(
        uid=uid_of_closure(found.id, found.created_at),
        sequence=found.sequence,
        created=found.created_at,
        modified=max(found.changed_at, place.changed_at),
        local_start=found.local_start,
        local_end=found.local_end,
        zone=place.zone,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        state=state,
        summary=_with_state(title, state, words),
        all_day=found.all_day,
        where=place.where,
        url=view.public_url + place.path,
    )


def event_of_hours(found: DayHours, place: Place, view: View) -> Event:
    """What a day with hours of its own says: the hours, by the wall clock, at all levels; it takes nobody's time."""
    midnight = datetime.combine(found.day, time())
    whole = local_day(found.day, place.zone)
    return Event(
        uid=uid_of_hours(found),
        # What changes is the text; the day and the place are what it is known by.
        sequence=0,
        created=None,
        modified=place.changed_at,
        local_start=midnight,
        local_end=midnight + timedelta(days=1),
        zone=place.zone,
        starts_at=whole.start,
        ends_at=whole.end,
        state=State.HOURS,
        summary=_with_state(_hours(found, view.words), State.HOURS, view.words),
        all_day=True,
        where=place.where,
        url=view.public_url + place.path,
    )


def _hours(found: DayHours, words: Words) -> str:
    told = []
    for first, last, openness in found.windows:
        times = f"{first // 60:02}:{first % 60:02}–{last // 60:02}:{last % 60:02}"
        told.append(words.by_agreement.format(times=times) if openness is Openness.BY_AGREEMENT else times)
    return ", ".join(told) or words.shut


def last_change(found: Occurring, told: Telling, view: View) -> datetime:
    """The latest change of whatever the event tells; an event whose date did not rise is skipped by some clients."""
    latest = max(found.changed_at, found.booking_changed_at, told.place.changed_at)
    if told.holder and told.holder.changed_at > latest:
        latest = told.holder.changed_at
    if told.day and told.day.changed_at > latest:
        latest = told.day.changed_at
    if told.entrance and told.entrance.changed_at and told.entrance.changed_at > latest:
        latest = told.entrance.changed_at
    tells_municipality = told.arrival is not None or found.kind is BookingKind.MUNICIPAL
    return max(latest, view.changed_at) if tells_municipality else latest


def _with_state(title: str, state: State, words: Words) -> str:
    """The state before the title, by the word of its name, but for what is plain."""
    return title if state is State.CONFIRMED else f"{getattr(words, state)}: {title}"


def _public_title(found: Occurring, told: Telling, view: View) -> str:
    holder = told.holder
    match found.kind:
        case BookingKind.ORDINARY:
            return holder.name if holder and holder.is_shown and found.shown_publicly else view.words.busy
        case BookingKind.MUNICIPAL:
            return view.municipality if found.shown_publicly else view.words.busy
        case BookingKind.BLOCK:
            return view.words.blocked
        case BookingKind.INCOMING:
            return view.words.busy


def _open_title(found: Occurring, told: Telling, view: View) -> str:
    return found.public.get("title") or arranger(found, told.holder, view.municipality)


def _full_title(found: Occurring, told: Telling, view: View) -> str:
    return " – ".join(part for part in (who(found, told, view), found.team, found.purpose) if part)


def who(found: Occurring, told: Telling, view: View) -> str:
    """Whose it is; a person's name is a contact detail, and told as long as those."""
    holder = told.holder
    match found.kind:
        case BookingKind.BLOCK:
            return view.words.blocked
        case BookingKind.MUNICIPAL:
            return holder.name if holder else view.municipality
        case BookingKind.INCOMING:
            return found.contact_name
        case BookingKind.ORDINARY:
            if holder:
                return holder.name
            return found.contact_name if told.is_near else view.words.private


def _public_lines(found: Occurring, _told: Telling, view: View) -> list[str]:
    is_told = found.open_to_all and found.shown_publicly and found.kind.is_judged
    return [view.words.open_to_all] if is_told else []


def _own_lines(found: Occurring, told: Telling, view: View) -> list[str]:
    words = view.words
    return [*_waiting(found, words), *_arrival(told.arrival, words), *_record(found, words)]


def _staff_lines(found: Occurring, told: Telling, view: View) -> list[str]:
    words = view.words
    about = (*_round(found, told.day, words), *_wishes(found, told, words), *_record(found, words))
    return [*_waiting(found, words), *entrance_lines(told.entrance, view), *about]


def _open_lines(found: Occurring, told: Telling, view: View) -> list[str]:
    words, said, holder = view.words, found.public, told.holder
    lines = [said["text"]] if "text" in said else []
    lines += [words.ages.format(ages=", ".join(ages))] if (ages := told_ages(said)) else []
    lines += [words.arranged.format(name=arranger(found, holder, view.municipality))]
    lines += [words.free if said["free"] else words.paid] if "free" in said else []
    lines += [words.join.format(text=said["join"])] if "join" in said else []
    return lines + ([words.contact.format(contact=holder.contact)] if holder and holder.is_shown and holder.contact else [])


def _waiting(found: Occurring, words: Words) -> list[str]:
    return [words.waits] if found.state is OccurrenceState.REQUESTED else []


def entrance_lines(entrance: Entrance | None, view: View) -> list[str]:
    """Whether they may be let in, and what is missing; no line where nothing is asked."""
    if entrance is None:
        return []
    missing = ", ".join(title.in_language(view.language) for title in entrance.missing)
    return [view.words.missing.format(what=missing) if missing else view.words.may_enter]


def _arrival(arrival: Arrival | None, words: Words) -> list[str]:
    if arrival is None:
        return []
    lines = [words.entrance.format(text=arrival.entrance)] if arrival.entrance else []
    lines += [words.getting_in.format(text=arrival.getting_in)] if arrival.getting_in else []
    lines += [words.from_when.format(clock=f"{arrival.opens_at:%H:%M}")]
    lines += [words.on_site.format(role=arrival.on_site)] if arrival.on_site else []
    return lines + ([words.answers.format(phone=arrival.phone, role=arrival.answers)] if arrival.phone else [])


def _round(found: Occurring, day: Day | None, words: Words) -> list[str]:
    """What the caretaker does for it: open, set up, clear, lock."""
    lines = [words.first_in.format(clock=f"{day.opens:%H:%M}")] if day and day.opens else []
    lines += [words.last_out.format(clock=f"{day.locks:%H:%M}")] if day and day.locks else []
    before, after = timedelta(minutes=found.before_minutes), timedelta(minutes=found.after_minutes)
    lines += [words.set_up.format(clock=f"{found.local_start - before:%H:%M}")] if before else []
    return lines + ([words.clean_up.format(clock=f"{found.local_end + after:%H:%M}")] if after else [])


def _wishes(found: Occurring, told: Telling, words: Words) -> list[str]:
    lines = [words.bring.format(what=", ".join(found.beside))] if found.beside else []
    lines += [words.on_duty.format(who=", ".join(found.on_duty))] if found.on_duty else []
    lines += [words.needs.format(needs=", ".join(map(need_words, found.needs)))] if found.needs else []
    contact = ", ".join(part for part in (found.contact_name, found.contact_phone) if part and told.is_near)
    lines += [words.contact.format(contact=contact)] if contact else []
    count = sum(number for number in found.participants.values() if isinstance(number, int))
    lines += [words.participants.format(count=count)] if count else []
    lines += [words.alcohol] if found.alcohol else []
    return lines + ([words.message.format(text=found.message)] if found.message else [])


def _record(found: Occurring, words: Words) -> list[str]:
    agreed = [words.agreement.format(title=found.agreement)] if found.agreement else []
    return [*agreed, words.reference.format(reference=found.reference)]


def _path_of_place(_found: Occurring, place: Place) -> str:
    return place.path


def _path_of_date(found: Occurring, _place: Place) -> str:
    return f"/open?from={found.local_start:%Y-%m-%d}#d{found.id}"


def _path_of_booking(found: Occurring, _place: Place) -> str:
    return f"/bookings/{found.reference}"


class Saying(NamedTuple):
    """How a level says an occurrence: its title, the lines below it, and the path to where one reads more."""

    title: Callable[[Occurring, Telling, View], str]
    lines: Callable[[Occurring, Telling, View], Sequence[str]]
    path: Callable[[Occurring, Place], str]


SAYINGS: Mapping[Level, Saying] = {
    Level.BUSY: Saying(lambda _found, _told, view: view.words.busy, lambda *_: (), _path_of_place),
    Level.PUBLIC: Saying(_public_title, _public_lines, _path_of_place),
    Level.OPEN: Saying(_open_title, _open_lines, _path_of_date),
    Level.OWN: Saying(_full_title, _own_lines, _path_of_booking),
    Level.STAFF: Saying(_full_title, _staff_lines, _path_of_booking),
}
