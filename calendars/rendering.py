"""Rendering: a feed's body from its rows, taking over from the body before what has not changed."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

import calendars.events
import calendars.levels
import calendars.rounds
import calendars.text
import calendars.words
import calendars.zones
import venues.contact
from calendars import queries
from calendars.events import CALENDAR_END, Event, Head, event_bytes, head_bytes
from calendars.levels import SHOWN, Closing, Day, Holder, Level, Occurring, Telling, View, event_of_closure, event_of_occurrence
from calendars.queries import Mark, Places
from calendars.rounds import days_of
from calendars.standing import Kind, Standing
from calendars.window import Span
from calendars.words import LANGUAGES

TOLD_BY = (calendars.text, calendars.zones, calendars.events, calendars.words, calendars.levels, calendars.rounds, venues.contact)
FEW_NAMES = 3


def _renderer() -> str:
    files = b"".join(Path(module.__file__ or "").read_bytes() for module in (*TOLD_BY, queries))
    return hashlib.sha256(files + Path(__file__).read_bytes() + version("tzdata").encode()).hexdigest()[:12]


# Differs by itself when the code that decides what a feed says does, or the zone data that it says it with.
RENDERER = _renderer()


class Part(NamedTuple):
    """Where one event stands in a body, and by which key it is known to be unchanged."""

    key: tuple[object, ...]
    start: int
    end: int
    modified: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """A body, and by occurrence where its events stand in it (empty for one that was read from a file)."""

    body: bytes = b""
    parts: Mapping[int, Part] = field(default_factory=dict)


class Written(NamedTuple):
    """One event in text."""

    id: int
    key: tuple[object, ...]
    text: bytes
    modified: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Known:
    """What occurrences are told with: places and organisations by id, the caretaker's days by occurrence."""

    places: Places
    holders: Mapping[int, Holder]
    days: Mapping[int, Day]

    def key(self, mark: Mark) -> tuple[object, ...]:
        """Equal for equal text: everything that an occurrence's event is made of."""
        revision = self.places.rooms[mark.room_id].revision
        return mark.version, revision, self.holder(mark.organisation_id), self.days.get(mark.id)

    def holder(self, organisation_id: int | None) -> Holder | None:
        return None if organisation_id is None else self.holders.get(organisation_id)


def render(session: Session, standing: Standing, span: Span, public_url: str, before: Rendering = Rendering()) -> Rendering:
    """The body of a feed as the rows stand now; equal rows give equal bytes, whatever stood before."""
    home = queries.home_of(session)
    places = queries.places_of(session, standing, home)
    marks = queries.marks_of(session, standing, places, span)
    holders = queries.holders_of(session, (mark.organisation_id for mark in marks))
    # A caretaker's event depends on its neighbours of the day, so all of them are read whatever changed.
    is_round = standing.level is Level.STAFF
    rows = queries.occurring(session, standing, places, span, only=[mark.id for mark in marks]) if is_round else []
    known = Known(places, holders, days_of(rows, places.rooms))
    keys = {mark.id: known.key(mark) for mark in marks}
    missing = {number for number, key in keys.items() if number not in before.parts or before.parts[number].key != key}
    if missing and not is_round:
        rows = queries.occurring(session, standing, places, span, only=missing)
    view = View(standing.level, standing.language, public_url, home.name, home.changed_at)
    fresh = _fresh(session, [row for row in rows if row.id in missing and row.state in SHOWN], known, view)
    written = [*_kept_or_fresh(keys, fresh, before), *_closings(queries.closings_of(session, standing, places, span), places, view)]
    return _joined(_head(standing, places, written, home.changed_at, public_url), written)


def _fresh(session: Session, rows: Sequence[Occurring], known: Known, view: View) -> dict[int, Event]:
    arrivals = queries.arrivals_of(session, rows, known.places) if view.level is Level.OWN else {}
    events = {}
    for row in rows:
        place, holder = known.places.rooms[row.room_id], known.holder(row.organisation_id)
        events[row.id] = event_of_occurrence(row, Telling(place, holder, arrivals.get(row.id), known.days.get(row.id)), view)
    return events


def _kept_or_fresh(keys: Mapping[int, tuple[object, ...]], fresh: Mapping[int, Event], before: Rendering) -> Iterator[Written]:
    """The events in their order; one that is neither went away between two statements."""
    for number, key in keys.items():
        if number in fresh:
            yield _written(number, key, fresh[number])
        elif number in before.parts and before.parts[number].key == key:
            part = before.parts[number]
            yield Written(number, key, before.body[part.start : part.end], part.modified, part.zone)


def _closings(closings: Iterable[Closing], places: Places, view: View) -> Iterator[Written]:
    for one in closings:
        place = places.rooms[one.room_id] if one.room_id else places.venues[one.venue_id]
        yield _written(0, (), event_of_closure(one, place, view))


def _written(number: int, key: tuple[object, ...], event: Event) -> Written:
    return Written(number, key, event_bytes(event), event.modified, event.zone)


def _joined(head: bytes, written: Sequence[Written]) -> Rendering:
    parts, at = {}, len(head)
    for number, key, text, modified, zone in written:
        if number:
            parts[number] = Part(key, at, at + len(text), modified, zone)
        at += len(text)
    return Rendering(b"".join([head, *(one.text for one in written), CALENDAR_END]), parts)


def _head(standing: Standing, places: Places, written: Sequence[Written], changed_at: datetime, public_url: str) -> bytes:
    words = LANGUAGES[standing.language]
    told = [changed_at, *(place.changed_at for place in places.venues.values()), *(one.modified for one in written)]
    head = Head(
        name=_name(standing, places),
        description=words.bookings,
        zones=tuple(sorted({one.zone for one in written})) or (standing.zone,),
        modified=max(told),
        url=public_url + standing.page,
        source=public_url + standing.source if standing.source else "",
    )
    return head_bytes(head)


def _name(standing: Standing, places: Places) -> str:
    if standing.kind is not Kind.ROUND:
        return standing.name
    names = [place.name for place in places.venues.values()]
    more = f" +{len(names) - FEW_NAMES}" if len(names) > FEW_NAMES else ""
    return f"{standing.name}: {', '.join(names[:FEW_NAMES])}{more}"
