"""Rendering: a feed's body from its rows, taking over from the body before what has not changed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from flask_babel import force_locale
from sqlalchemy.orm import Session

import booking.conditions.queries
import booking.resources
import booking.rounds.work
import calendars.bodies
import calendars.busy
import calendars.duties
import calendars.events
import calendars.levels
import calendars.rounds
import calendars.signs
import calendars.text
import calendars.window
import calendars.words
import calendars.zones
import policies.entry
import venues.contact
import venues.opening
from booking.models import Occurrence
from booking.pages.labels import age_group
from booking.public import GROUPS
from booking.states import OccurrenceState
from calendars import queries
from calendars.bodies import NO_DATE, NOTHING, Context, Key, Page, Part, Rendering, Run
from calendars.busy import About, Taking, busy_bytes
from calendars.duties import Round, event_of_keeping_locked, events_of_work
from calendars.events import CALENDAR_END, Event, Head, event_bytes, head_bytes
from calendars.forms import Form
from calendars.levels import (
    SHOWN,
    Day,
    Entrance,
    Holder,
    Level,
    Occurring,
    Telling,
    View,
    event_of_closure,
    event_of_hours,
    event_of_occurrence,
)
from calendars.queries import Mark, Places
from calendars.rounds import days_of
from calendars.signs import board_head, entry_bytes
from calendars.standing import Kind, Standing
from calendars.whatson import KINDS
from calendars.window import Span, Wanted
from calendars.words import LANGUAGES
from policies.labels import activity
from venues.models import Room

TOLD_BY = (
    *(calendars.text, calendars.zones, calendars.events, calendars.words, calendars.levels, calendars.rounds, venues.contact),
    *(policies.entry, booking.conditions.queries, booking.resources, booking.rounds.work, venues.opening),
    *(calendars.bodies, calendars.busy, calendars.signs, calendars.duties, calendars.window),
)
FEW_NAMES = 3


def _renderer() -> str:
    files = b"".join(Path(module.__file__ or "").read_bytes() for module in (*TOLD_BY, queries))
    return hashlib.sha256(files + Path(__file__).read_bytes() + version("tzdata").encode()).hexdigest()[:12]


# Differs by itself when the code that decides what a feed says does, or the zone data that it says it with.
RENDERER = _renderer()


@dataclass(frozen=True, slots=True)
class Scene:
    """Of what a feed is rendered: its standing, its dates, the settings of its address, and where the service stands."""

    standing: Standing
    span: Span
    wanted: Wanted
    public_url: str

    @property
    def form(self) -> Form:
        return self.wanted.form

    @property
    def source(self) -> str:
        """Where the same is told again as it changes; empty where that is secret."""
        return self.public_url + self.standing.source + self.wanted.query if self.standing.source else ""


@dataclass(frozen=True, slots=True)
class Known:
    """What occurrences are told with: places and organisations by id; by occurrence the caretaker's days and whom to let in."""

    places: Places
    holders: Mapping[int | None, Holder]
    days: Mapping[int, Day]
    entrances: Mapping[int, Entrance]

    @property
    def context(self) -> Context:
        return Context({number: place.revision for number, place in self.places.rooms.items()}, self.holders)

    def keys(self, marks: Iterable[Mark | Occurring]) -> list[Key]:
        """In the same order, equal for equal text in an equal context."""
        if not (self.days or self.entrances):
            return [mark[:4] for mark in marks]
        return [(*mark[:4], self.days.get(mark[0]), self.entrances.get(mark[0])) for mark in marks]


class Dates(NamedTuple):
    """The dates of a feed, soonest first, and in which context they are told."""

    context: Context = Context()
    runs: Iterable[Run] = ()


def render(session: Session, scene: Scene, before: Rendering = NOTHING) -> Rendering:
    """The body of a feed as the rows stand now; equal rows give equal bytes, whatever stood before."""
    standing = scene.standing
    home = queries.home_of(session)
    places = queries.places_of(session, standing, home)
    view = View(standing.level, standing.language, scene.public_url, home.name, home.changed_at)
    if standing.kind is Kind.WORK:
        dates, others = Dates(), _work(session, scene, places, view)
    else:
        dates, others = _dates(session, scene, places, view, before), _of_places(session, scene, places, view)
    page = Page(chain(dates.runs, (_told(scene.form, NO_DATE, event) for event in others)))
    return _written(scene, places, page, dates.context, home.changed_at)


def _dates(session: Session, scene: Scene, places: Places, view: View, before: Rendering) -> Dates:
    """Those that are as they were are taken over from the rendering before."""
    standing, span = scene.standing, scene.span
    # A caretaker's event depends on its neighbours of the day, so all of them are read whatever changed.
    reads_all = standing.level is Level.STAFF or not before.parts
    rows = queries.occurring(session, standing, places, span) if reads_all else []
    marks = rows if reads_all else queries.marks_of(session, standing, places, span)
    holders = queries.holders_of(session, (mark[3] for mark in marks))
    known = Known(places, holders, *_of_staff(session, scene, rows, places))
    keys, context = known.keys(marks), known.context
    kept = before.unchanged(keys, context)
    missing = {key[0]: key for key, place in zip(keys, kept, strict=True) if place is None}
    if missing and not reads_all:
        rows = queries.occurring(session, standing, places, span, only=missing)
    changed = [row for row in rows if row.id in missing and row.state in SHOWN]
    fresh = (_told(scene.form, missing[row.id], event) for row, event in _events(session, changed, known, view))
    if len(missing) == len(keys):
        return Dates(context, fresh)
    return Dates(context, before.woven(keys, kept, {run[0][0].key[0]: run for run in fresh}))


def _work(session: Session, scene: Scene, places: Places, view: View) -> Iterator[Event]:
    """The caretaker's work, derived from all that is booked; what was cancelled is no work."""
    standing, now_on = scene.standing, replace(scene.span, cancelled_since=None)
    rows = queries.occurring(session, standing, places, now_on)
    holders = queries.holders_of(session, (row.organisation_id for row in rows))
    days, entrances = _of_staff(session, scene, rows, places)
    told = {
        row.id: Telling(places.rooms[row.room_id], holders.get(row.organisation_id), None, days.get(row.id), entrances.get(row.id))
        for row in rows
    }
    dates, stirred = {row.id: row for row in rows}, queries.stirred_at(session, standing, places, scene.span)
    yield from events_of_work(Round(dates, told, queries.parts_of(session, places), places.venues, stirred), view)
    for one in queries.closings_of(session, standing, places, now_on):
        yield event_of_keeping_locked(one, places.of(one.venue_id, one.room_id), view)


def title_of(standing: Standing) -> str:
    """What what is on is called, with what it is told among: ``Det skjer: Fjell, 6–12 år, Idrett``."""
    age, kind = standing.among.age, standing.among.kind
    with force_locale(standing.language):
        chosen = [age_group(GROUPS[age]) if age else "", activity(KINDS[kind]) if kind else ""]
    return f"{LANGUAGES[standing.language].whats_on}: {', '.join(part for part in (standing.name, *chosen) if part)}"


def _of_staff(
    session: Session, scene: Scene, rows: Sequence[Occurring], places: Places
) -> tuple[Mapping[int, Day], Mapping[int, Entrance]]:
    """What only caretakers are told."""
    if scene.standing.level is not Level.STAFF:
        return {}, {}
    return days_of(rows, places.rooms, scene.span.today), queries.entrances_of(session, rows, places)


def _events(session: Session, rows: Sequence[Occurring], known: Known, view: View) -> Iterator[tuple[Occurring, Event]]:
    arrivals = queries.arrivals_of(session, rows, known.places) if view.level is Level.OWN else {}
    rooms, holders, days, entrances = known.places.rooms, known.holders, known.days, known.entrances
    for row in rows:
        told = Telling(rooms[row.room_id], holders.get(row.organisation_id), arrivals.get(row.id), days.get(row.id), entrances.get(row.id))
        yield row, event_of_occurrence(row, told, view)


def own_event(session: Session, date: Occurrence, language: str, public_url: str) -> Event:
    """One date as its holder's own feed tells it, whatever became of it: what feeds do not tell is cancelled."""
    home = queries.home_of(session)
    places = queries.places_where(session, Room.id == date.room_id, home)
    (row,) = queries.occurring_where(session, Occurrence.id == date.id, Level.OWN)
    shown = row if row.state in SHOWN else row._replace(state=OccurrenceState.CANCELLED)
    known = Known(places, queries.holders_of(session, [row.organisation_id]), {}, {})
    view = View(Level.OWN, language, public_url, home.name, home.changed_at)
    return next(event for _, event in _events(session, [shown], known, view))


def _of_places(session: Session, scene: Scene, places: Places, view: View) -> Iterator[Event]:
    """What is told of the places themselves: when they are closed, and the days with hours of their own."""
    for closing in queries.closings_of(session, scene.standing, places, scene.span):
        yield event_of_closure(closing, places.of(closing.venue_id, closing.room_id), view)
    for hours in queries.hours_of(session, scene.standing, places, scene.span):
        yield event_of_hours(hours, places.of(hours.venue_id, hours.room_id), view)


# What each form writes of one event; what is only free or busy says nothing of it.
WRITERS: Mapping[Form, Callable[[Event], bytes]] = {Form.EVENTS: event_bytes, Form.SIGN: entry_bytes, Form.BUSY: lambda _event: b""}


def _told(form: Form, key: Key, event: Event) -> Run:
    taking = Taking(event.starts_at, event.ends_at, event.state) if form is Form.BUSY else None
    text = WRITERS[form](event)
    return [Part(key, len(text), event.modified, event.zone, taking)], text


def _written(scene: Scene, places: Places, page: Page, context: Context, changed_at: datetime) -> Rendering:
    standing, url = scene.standing, scene.public_url + scene.standing.page
    words = LANGUAGES[standing.language]
    modified = max(chain([changed_at], (place.changed_at for place in places.venues.values()), map(attrgetter("modified"), page.parts)))
    match scene.form:
        case Form.EVENTS:
            head = Head(
                name=_name(standing, places),
                description={Kind.WORK: words.tasks, Kind.OPEN: words.whats_on_about}.get(standing.kind, words.bookings),
                zones=tuple(sorted(set(map(attrgetter("zone"), page.parts)))) or (standing.zone,),
                modified=modified,
                url=url,
                source=scene.source,
            )
            return page.between(head_bytes(head), CALENDAR_END, context)
        case Form.BUSY:
            uid = f"{'-'.join(('busy', standing.kind, *map(str, standing.ids), *standing.among.query.values()))}@arena"
            takings = (part.taking for part in page.parts if part.taking)
            return page.between(busy_bytes(About(uid, modified, url, scene.span.window), takings), b"", context)
        case Form.SIGN:
            return page.between(board_head({"name": _name(standing, places), "zone": standing.zone, "url": url}), b"", context)


def _name(standing: Standing, places: Places) -> str:
    if standing.kind is Kind.OPEN:
        return title_of(standing)
    if standing.kind not in (Kind.ROUND, Kind.WORK):
        return standing.name
    names = [place.name for place in places.venues.values()]
    more = f" +{len(names) - FEW_NAMES}" if len(names) > FEW_NAMES else ""
    return f"{standing.name}: {', '.join(names[:FEW_NAMES])}{more}"
