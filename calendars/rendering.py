"""Rendering: a feed's body from its rows, taking over from the body before what has not changed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from flask_babel import force_locale
from sqlalchemy.orm import Session

import booking.conditions.queries
import booking.resources
import calendars.events
import calendars.levels
import calendars.rounds
import calendars.text
import calendars.words
import calendars.zones
import policies.entry
import venues.contact
from booking.pages.labels import age_group
from booking.public import GROUPS
from calendars import queries
from calendars.events import CALENDAR_END, Event, Head, event_bytes, head_bytes
from calendars.levels import SHOWN, Closing, Day, Entrance, Holder, Level, Occurring, Telling, View, event_of_closure, event_of_occurrence
from calendars.queries import Mark, Places
from calendars.rounds import days_of
from calendars.standing import Kind, Standing
from calendars.whatson import KINDS
from calendars.window import Span
from calendars.words import LANGUAGES
from policies.labels import activity

TOLD_BY = (
    *(calendars.text, calendars.zones, calendars.events, calendars.words, calendars.levels, calendars.rounds, venues.contact),
    *(policies.entry, booking.conditions.queries, booking.resources),
)
FEW_NAMES = 3


def _renderer() -> str:
    files = b"".join(Path(module.__file__ or "").read_bytes() for module in (*TOLD_BY, queries))
    return hashlib.sha256(files + Path(__file__).read_bytes() + version("tzdata").encode()).hexdigest()[:12]


# Differs by itself when the code that decides what a feed says does, or the zone data that it says it with.
RENDERER = _renderer()


class Part(NamedTuple):
    """One event in text: of which occurrence (0: of none), and by which key it is known to be unchanged."""

    id: int
    key: tuple[object, ...]
    text: bytes
    modified: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """A body, and its events by occurrence (none for one that was read from a file)."""

    body: bytes = b""
    parts: Mapping[int, Part] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What occurrences are told with: places and organisations by id; by occurrence the caretaker's days and whom to let in."""

    places: Places
    holders: Mapping[int | None, Holder]
    days: Mapping[int, Day]
    entrances: Mapping[int, Entrance]

    def keys(self, marks: Iterable[Mark | Occurring]) -> dict[int, tuple[object, ...]]:
        """By occurrence, equal for equal text: everything that its event is made of."""
        revisions = {number: place.revision for number, place in self.places.rooms.items()}
        holders, days, entrances = self.holders, self.days, self.entrances
        return {mark[0]: (mark[1], revisions[mark[2]], holders.get(mark[3]), days.get(mark[0]), entrances.get(mark[0])) for mark in marks}


def render(session: Session, standing: Standing, span: Span, public_url: str, before: Rendering = Rendering()) -> Rendering:
    """The body of a feed as the rows stand now; equal rows give equal bytes, whatever stood before."""
    home = queries.home_of(session)
    places = queries.places_of(session, standing, home)
    # A caretaker's event depends on its neighbours of the day, so all of them are read whatever changed.
    reads_all = standing.level is Level.STAFF or not before.parts
    rows = queries.occurring(session, standing, places, span) if reads_all else []
    marks = rows if reads_all else queries.marks_of(session, standing, places, span)
    holders = queries.holders_of(session, (mark.organisation_id for mark in marks))
    known = Known(places, holders, *_of_staff(session, standing, rows, places))
    keys = known.keys(marks)
    kept = {number: part for number, part in before.parts.items() if keys.get(number) == part.key}
    missing = keys.keys() - kept.keys()
    if missing and not reads_all:
        rows = queries.occurring(session, standing, places, span, only=missing)
    view = View(standing.level, standing.language, public_url, home.name, home.changed_at)
    fresh = _fresh(session, [row for row in rows if row.id in missing and row.state in SHOWN], known, view, keys)
    # One that is neither kept nor fresh went away between two statements.
    parts = {number: part for number in keys if (part := kept.get(number) or fresh.get(number))}
    closings = _closings(queries.closings_of(session, standing, places, span), places, view)
    return _joined(_head(standing, places, [*parts.values(), *closings], home.changed_at, public_url), parts, closings)


def name_of(standing: Standing) -> str:
    """What what is on is called, with what it is told among: ``Det skjer: Fjell, 6–12 år, Idrett``."""
    age, kind = standing.among.age, standing.among.kind
    with force_locale(standing.language):
        chosen = [age_group(GROUPS[age]) if age else "", activity(KINDS[kind]) if kind else ""]
    return f"{LANGUAGES[standing.language].whats_on}: {', '.join(part for part in (standing.name, *chosen) if part)}"


def _of_staff(
    session: Session, standing: Standing, rows: Sequence[Occurring], places: Places
) -> tuple[Mapping[int, Day], Mapping[int, Entrance]]:
    """What only caretakers are told."""
    if standing.level is not Level.STAFF:
        return {}, {}
    return days_of(rows, places.rooms), queries.entrances_of(session, rows, places)


def _fresh(
    session: Session, rows: Sequence[Occurring], known: Known, view: View, keys: Mapping[int, tuple[object, ...]]
) -> dict[int, Part]:
    arrivals = queries.arrivals_of(session, rows, known.places) if view.level is Level.OWN else {}
    rooms, holders, days, entrances = known.places.rooms, known.holders, known.days, known.entrances
    parts = {}
    for row in rows:
        told = Telling(rooms[row.room_id], holders.get(row.organisation_id), arrivals.get(row.id), days.get(row.id), entrances.get(row.id))
        parts[row.id] = _part(row.id, keys[row.id], event_of_occurrence(row, told, view))
    return parts


def _closings(closings: Iterable[Closing], places: Places, view: View) -> list[Part]:
    told = ((one, places.rooms[one.room_id] if one.room_id else places.venues[one.venue_id]) for one in closings)
    return [_part(0, (), event_of_closure(one, place, view)) for one, place in told]


def _part(number: int, key: tuple[object, ...], event: Event) -> Part:
    return Part(number, key, event_bytes(event), event.modified, event.zone)


def _joined(head: bytes, parts: Mapping[int, Part], closings: Iterable[Part]) -> Rendering:
    texts = [head, *(part.text for part in parts.values()), *(part.text for part in closings), CALENDAR_END]
    return Rendering(b"".join(texts), parts)


def _head(standing: Standing, places: Places, written: Sequence[Part], changed_at: datetime, public_url: str) -> bytes:
    words = LANGUAGES[standing.language]
    told = [changed_at, *(place.changed_at for place in places.venues.values()), *(one.modified for one in written)]
    head = Head(
        name=_name(standing, places),
        description=words.whats_on_about if standing.kind is Kind.OPEN else words.bookings,
        zones=tuple(sorted({one.zone for one in written})) or (standing.zone,),
        modified=max(told),
        url=public_url + standing.page,
        source=public_url + standing.source if standing.source else "",
    )
    return head_bytes(head)


def _name(standing: Standing, places: Places) -> str:
    if standing.kind is Kind.OPEN:
        return name_of(standing)
    if standing.kind is not Kind.ROUND:
        return standing.name
    names = [place.name for place in places.venues.values()]
    more = f" +{len(names) - FEW_NAMES}" if len(names) > FEW_NAMES else ""
    return f"{standing.name}: {', '.join(names[:FEW_NAMES])}{more}"
