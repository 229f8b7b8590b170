"""The front page: find a room by what, where, when and how many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

from flask import Response, current_app, render_template, request, url_for
from pydantic import Field

from accounts import edge
from booking.ordinary import Barred, Tried, tried
from booking.outcome import objection_fault
from booking.pages.again import said_needs
from booking.pages.blueprint import routes
from booking.search import Search, find_rooms
from booking.sought import note_search
from booking.support.labels import reason_label
from kernel.clock import now
from kernel.errors import Busy, Fault, Invalid
from kernel.wallclock import to_wall
from venues.inputs import Heads
from venues.models import Room
from venues.pages.public import choices, places
from venues.search import rooms_in_use
from venues.sketch import sketch
from web.fields import Clock, Day
from web.formats import HOME_ZONE
from web.forms import Form, Input, parse, refused
from web.texts import gettext as _

MIDNIGHT = timedelta(days=1)
A_PAGE = 20
FIELDS = {"from_minute": "from", "to_minute": "to", "start": "from", "end": "to"}
Word = Annotated[str, Field(max_length=80)]


class FindQuery(Input):
    """What the address of a search says; empty fields do not limit."""

    kind: Word = ""
    district: Word = ""
    needs: Annotated[list[Word], Field(max_length=20)] = Field(default_factory=list)
    capacity: Heads | None = None
    date: Day | None = None
    from_: Annotated[Clock | None, Field(alias="from")] = None
    to: Clock | None = None
    weeks: Annotated[int, Field(ge=1, le=60)] = 1
    page: Annotated[int, Field(ge=1, le=1000)] = 1

    @property
    def search(self) -> Search:
        """The search; raises Invalid where a time is half told, has passed, or does not exist on one of the dates."""
        missing = [name for name, value in (("date", self.date), ("from", self.from_), ("to", self.to)) if value is None]
        faults = [Fault("missing-field", name) for name in missing] if 0 < len(missing) < 3 else []
        if self.date and self.date < to_wall(now(), HOME_ZONE).date():
            faults.append(Fault("not-in-the-future", "date", self.date))
        if faults:
            raise Invalid(*faults)
        search = Search(
            day=self.date,
            from_minute=_minutes(self.from_),
            to_minute=_minutes(self.to or (MIDNIGHT if self.to is not None else None)),
            weeks=self.weeks,
            capacity=self.capacity,
            district=self.district,
            kind=self.kind,
            needs=tuple(self.needs),
        )
        for wall in search.walls(HOME_ZONE):
            wall.interval()
        return search


@dataclass(frozen=True, slots=True)
class Hit:
    """A found room with where to read of it, where to book it, and what keeps everybody out on some of its free dates."""

    tried: Tried
    href: str
    book: str
    against: tuple["Against", ...]


@dataclass(frozen=True, slots=True)
class Against:
    """Free dates on which a rule lets nobody in, and what it says: in few words, and of the first date in full."""

    dates: tuple[date, ...]
    reason: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class WayOut:
    """Another search that finds something: what it changes, and its address."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Results:
    """One page of the rooms by how well they suit: sure ones first, what is unknown after, what cannot be had last.

    ``total`` counts the rooms of all pages, ``first`` is the number of the first one here.
    """

    hits: tuple[Hit, ...]
    total: int
    first: int

    @property
    def free(self) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if hit.tried.fits and not hit.tried.found.unknown)

    @property
    def unsure(self) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if hit.tried.fits and hit.tried.found.unknown)

    @property
    def partly(self) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if hit.tried.bookable and not hit.tried.fits)

    @property
    def taken(self) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if not hit.tried.bookable and not hit.tried.fits)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be had at all: those best suited come first, so that the first page tells."""
        return self.first == 1 and len(self.taken) == len(self.hits)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the rules that let nobody in."""
        return tuple(sorted({against.fault.code for hit in self.hits for against in hit.against}))


@routes.get("/")
def find() -> str | Response:
    """Find a room; without a question the page asks one."""
    query, search, form = _asked()
    session = edge.reading()
    results = _results(search, query) if search else None
    if search and search.has_time and results and results.is_empty:
        _remember(search, results)
    shown = [hit.tried.found.room for hit in results.hits] if results and results.hits else rooms_in_use(session)
    page = render_template(
        "booking/find.html",
        form=form,
        search=search,
        results=results,
        pages=_pages(query.page, results.total) if results else (),
        ways_out=list(_ways_out(search)) if search and results and results.is_empty else (),
        choices=choices(),
        sketch=sketch(places(_venues(shown))),
        tiles=current_app.extensions["settings"].map_tiles,
        today=to_wall(now(), HOME_ZONE).date(),
    )
    return Response(page, status=422) if form.faults else page


def _asked() -> tuple[FindQuery, Search | None, Form]:
    """The question as asked, None when nothing is asked or it cannot be read."""
    try:
        query = parse(FindQuery, request.args)
        search = query.search
    except Invalid as invalid:
        return FindQuery(), None, refused(request.args, invalid.faults, FIELDS)
    is_asked = any(value.strip() for name, value in request.args.items() if name not in ("lang", "weeks", "page"))
    return query, search if is_asked else None, Form(request.args)


def _results(search: Search, query: FindQuery) -> Results:
    """The page that is asked for; rules are tried for the rooms on it alone."""
    found = find_rooms(edge.reading(), search, now=now())
    skipped = min((query.page - 1) * A_PAGE, max(len(found) - 1, 0) // A_PAGE * A_PAGE)
    hits = (_hit(one, query) for one in tried(found[skipped : skipped + A_PAGE], search, now=now()))
    return Results(tuple(hits), len(found), skipped + 1)


def _hit(one: Tried, query: FindQuery) -> Hit:
    room = one.found.room
    against = tuple(_against(barred) for barred in one.barred)
    return Hit(one, _href("booking.room_page", room, query), _href("booking.book_form", room, query), against)


def _against(barred: Barred) -> Against:
    fault = objection_fault(barred.objection, f"{barred.dates[0]}")
    return Against(barred.dates, reason_label(fault.code), fault)


def _pages(page: int, total: int) -> tuple[str, str]:
    """The addresses of the page before and after, empty where there is none."""
    last = max(total - 1, 0) // A_PAGE + 1
    numbers = (min(page, last) - 1, min(page, last) + 1)
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page" and value]
    before, after = (url_for("booking.find", **_grouped([*kept, ("page", str(n))])) if 1 <= n <= last else "" for n in numbers)
    return before, after


def _href(endpoint: str, room: Room, query: FindQuery) -> str:
    """A room's page or form with the time that was asked for, the form also with what is needed."""
    time: dict[str, Any] = {}
    if query.date and endpoint == "booking.room_page":
        time = {"week": query.date.isoformat()}
    elif query.date:
        time = {name: request.args[name] for name in ("date", "from", "to") if request.args.get(name)}
        if query.weeks > 1:
            time |= {"repeat": "weekly", "times": query.weeks}
    needs = said_needs(query.needs) if endpoint == "booking.book_form" and query.needs else {}
    return url_for(endpoint, venue=room.venue.slug, room=room.slug, **time, **needs)


def _ways_out(search: Search) -> Iterator[WayOut]:
    """Searches that ask for one thing less and find something; at most six are tried."""
    session = edge.reading()
    for label, looser, dropped in _looser(search):
        found = find_rooms(session, looser, now=now())[:A_PAGE]
        if any(one.fits for one in tried(found, looser, now=now())):
            kept = [(name, value) for name, value in request.args.items(multi=True) if name not in dropped | {"page"} and value]
            yield WayOut(label, url_for("booking.find", **_grouped(kept)))


def _looser(search: Search) -> Iterator[tuple[str, Search, set[str]]]:
    if search.needs:
        yield _("Uten krav til utstyr og tilgjengelighet"), replace(search, needs=()), {"needs"}
    if search.district:
        yield _("I alle bydeler"), replace(search, district=""), {"district"}
    if search.kind:
        yield _("Alle typer rom"), replace(search, kind=""), {"kind"}
    if search.capacity:
        yield _("Uansett størrelse"), replace(search, capacity=None), {"capacity"}
    if search.weeks > 1:
        yield _("Bare den første datoen"), replace(search, weeks=1), {"weeks"}
    if search.has_time:
        yield _("Uansett tidspunkt"), replace(search, day=None, from_minute=None, to_minute=None), {"date", "from", "to", "weeks"}


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _remember(search: Search, results: Results) -> None:
    """Keep what was sought in vain, for the list of what is wanted; a busy database loses it rather than the answer."""
    try:
        edge.transact(note_search, search, reasons=results.codes)
    except Busy:
        return


def _venues(rooms: Sequence[Room]) -> list[Any]:
    return list({room.venue_id: room.venue for room in rooms}.values())


def _minutes(clock: timedelta | None) -> int | None:
    return None if clock is None else int(clock.total_seconds() // 60)
