"""Duties: what the caretaker's work says in a calendar - what is unlocked, set up, changed over and locked, and for whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from booking.rounds.work import Kind, Stay, Task, tasks_of
from booking.states import BookingKind
from calendars.events import Event, State
from calendars.levels import (
    Closing,
    Occurring,
    Place,
    Telling,
    View,
    entrance_lines,
    event_of_closure,
    last_change,
    uid_of_occurrence,
    who,
)
from calendars.rounds import is_work
from kernel.interval import Interval
from kernel.wallclock import to_wall
from venues.vocabulary import need_words


@dataclass(frozen=True, slots=True)
class Round:
    """What the work is derived from and told with: dates and how each is told, by id; the parts of the building of rooms; places
    of venues; when dates last changed in each venue."""

    dates: Mapping[int, Occurring]
    told: Mapping[int, Telling]
    parts: Mapping[int, frozenset[int]]
    venues: Mapping[int, Place]
    stirred_at: Mapping[int, datetime]


def events_of_work(round_: Round, view: View) -> Iterator[Event]:
    """The work as events, soonest first.

    A task is known by the date that it is for, and a change-over by those before it too: it keeps its UID whatever is edited, and its
    SEQUENCE rises with theirs. Clients skip an event whose LAST-MODIFIED did not rise, and one that went away leaves no trace in those
    that stay: what depends on neighbours follows every change at the venue.
    """
    for task in tasks_of(_stay(one, round_) for one in round_.dates.values() if is_work(one)):
        yield _event(task, round_, view)


def event_of_keeping_locked(found: Closing, place: Place, view: View) -> Event:
    """A closure as work."""
    event = event_of_closure(found, place, view)
    title = f"{view.words.closed}: {view.words.keep_locked}: {place.name}"
    return event._replace(uid=f"locked-{event.uid}", summary=title, description=found.reason)


def _stay(one: Occurring, round_: Round) -> Stay:
    place = round_.told[one.id].place
    open_before, before, after = (timedelta(minutes=count) for count in (place.minutes_before, one.before_minutes, one.after_minutes))
    use = Interval(one.starts_at, one.ends_at)
    set_up = (*one.beside, *map(need_words, one.needs))
    return Stay(one.id, place.venue_id, round_.parts[one.room_id], use, open_before, before, after, set_up)


def _event(task: Task, round_: Round, view: View) -> Event:
    one, told = round_.dates[task.stay.id], round_.told[task.stay.id]
    is_whole = task.kind in (Kind.UNLOCK, Kind.LOCK)
    place = round_.venues[told.place.venue_id] if is_whole else told.place
    others = [round_.dates[other.id] for other in task.others]
    before = others if task.kind is Kind.CHANGE_OVER else []
    changes = [last_change(round_.dates[stay.id], round_.told[stay.id], view) for stay in (task.stay, *task.others, *task.left)]
    depends = [] if task.kind is Kind.SET_UP else [round_.stirred_at[place.venue_id]]
    return Event(
        uid=_uid(task, one, before),
        sequence=one.sequence + sum(other.sequence for other in before),
        created=max(other.created_at for other in (one, *before)),
        modified=max(*changes, *depends, place.changed_at),
        local_start=to_wall(task.at.start, one.zone),
        local_end=to_wall(task.at.end, one.zone),
        zone=one.zone,
        starts_at=task.at.start,
        ends_at=task.at.end,
        state=State.CONFIRMED,
        summary=_title(task, one, round_, view),
        where=place.where,
        url=f"{view.public_url}/caretaker?day={to_wall(task.at.start, one.zone):%Y-%m-%d}",
        description="\n".join(_lines(task, round_, view)),
    )


def _uid(task: Task, one: Occurring, before: Sequence[Occurring]) -> str:
    names = [uid_of_occurrence(other.first_reference, other.number, other.created_at) for other in (*before, one)]
    mark = f"{sha256(''.join(names[:-1]).encode()).hexdigest()[:8]}-" if before else ""
    return f"{task.kind}-{mark}{names[-1]}"


def _title(task: Task, one: Occurring, round_: Round, view: View) -> str:
    told, words = round_.told[one.id], view.words
    venue, room = round_.venues[told.place.venue_id].name, f"{told.place.name} – {who(one, told, view)}"
    match task.kind:
        case Kind.UNLOCK:
            return words.unlock.format(where=venue)
        case Kind.SET_UP:
            return words.prepare.format(where=room)
        case Kind.CHANGE_OVER:
            return words.change_over.format(where=room)
        case Kind.LOCK:
            return words.lock.format(where=venue)


def _lines(task: Task, round_: Round, view: View) -> list[str]:
    words, one = view.words, round_.dates[task.stay.id]
    match task.kind:
        case Kind.UNLOCK:
            coming = sorted((task.stay, *task.others), key=lambda stay: (stay.use.start, stay.id))
            return [line for stay in coming for line in _of(round_.dates[stay.id], round_.told[stay.id], view)]
        case Kind.SET_UP | Kind.CHANGE_OVER:
            away = [words.clear.format(what=", ".join(stay.set_up)) for stay in task.others if stay.set_up]
            wanted = [words.bring.format(what=", ".join(task.stay.set_up))] if task.stay.set_up else []
            duty = [words.on_duty.format(who=", ".join(one.on_duty))] if one.on_duty else []
            wishes = [words.message.format(text=one.message)] if one.message else []
            return [*away, *wanted, *duty, *wishes, *_of(one, round_.told[one.id], view)]
        case Kind.LOCK:
            away = [words.clear_in.format(where=round_.told[stay.id].place.name, what=", ".join(stay.set_up)) for stay in task.left]
            return [*away, words.last_to_leave.format(who=_of(one, round_.told[one.id], view)[0])]


def _of(one: Occurring, told: Telling, view: View) -> list[str]:
    """Who comes when and where, whom to ring, and whether they may be let in."""
    contact = (one.contact_name, one.contact_phone) if told.is_near else ()
    # Of a calendar of others its title says who comes.
    called = one.purpose if one.kind is BookingKind.INCOMING else ""
    # A person's own booking names nobody twice.
    whom = ", ".join(dict.fromkeys(part for part in (who(one, told, view), called, *contact) if part))
    when = f"{one.local_start:%H:%M}–{one.local_end:%H:%M} {told.place.name}: {whom} ({one.reference})"
    return [when, *entrance_lines(told.entrance, view)]
