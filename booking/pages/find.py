"""The front page: find a room by what, where, when and how many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any

from flask import Response, current_app, render_template, request, url_for
from pydantic import Field

from accounts import edge
from booking.pages.blueprint import routes
from booking.search import Found, Search, find_rooms
from booking.sought import note_search
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

    @property
    def search(self) -> Search:
        """The search; raises Invalid where a time is half told or has passed."""
        missing = [name for name, value in (("date", self.date), ("from", self.from_), ("to", self.to)) if value is None]
        faults = [Fault("missing-field", name) for name in missing] if 0 < len(missing) < 3 else []
        if self.date and self.date < to_wall(now(), HOME_ZONE).date():
            faults.append(Fault("not-in-the-future", "date", self.date))
        if faults:
            raise Invalid(*faults)
        return Search(
            day=self.date,
            from_minute=_minutes(self.from_),
            to_minute=_minutes(self.to or (MIDNIGHT if self.to is not None else None)),
            weeks=self.weeks,
            capacity=self.capacity,
            district=self.district,
            kind=self.kind,
            needs=tuple(self.needs),
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A found room with where to read of it and where to book it."""

    found: Found
    href: str
    book: str


@dataclass(frozen=True, slots=True)
class WayOut:
    """Another search that finds something: what it changes, its address, how many rooms."""

    label: str
    href: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """The rooms by how well they suit: sure ones first, what is unknown after, what is taken last."""

    free: tuple[Hit, ...]
    unsure: tuple[Hit, ...]
    partly: tuple[Hit, ...]
    taken: tuple[Hit, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.free or self.unsure or self.partly)


@routes.get("/")
def find() -> str | Response:
    """Find a room; without a question the page asks one."""
    query, search, form = _asked()
    session = edge.reading()
    found = find_rooms(session, search, now=now()) if search else ()
    results = _results(found, query) if search else None
    if search and search.has_time and results and results.is_empty:
        _remember(search)
    page = render_template(
        "booking/find.html",
        form=form,
        search=search,
        results=results,
        ways_out=list(_ways_out(search)) if search and results and results.is_empty else (),
        choices=choices(),
        sketch=sketch(places(_venues([one.room for one in found] if found else rooms_in_use(session)))),
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
        return FindQuery(), None, refused(request.args, invalid.faults, {"from_minute": "from", "to_minute": "to"})
    is_asked = any(value.strip() for name, value in request.args.items() if name not in ("lang", "weeks"))
    return query, search if is_asked else None, Form(request.args)


def _results(found: Sequence[Found], query: FindQuery) -> Results:
    hits = [Hit(one, _href("booking.room_page", one.room, query), _href("booking.book_form", one.room, query)) for one in found]
    open_hits = [hit for hit in hits if hit.found.is_free]
    return Results(
        free=tuple(hit for hit in open_hits if not hit.found.unknown),
        unsure=tuple(hit for hit in open_hits if hit.found.unknown),
        partly=tuple(hit for hit in hits if 0 < hit.found.free < hit.found.wanted),
        taken=tuple(hit for hit in hits if hit.found.wanted and not hit.found.free),
    )


def _href(endpoint: str, room: Room, query: FindQuery) -> str:
    """A room's page or form with the time that was asked for."""
    time: dict[str, Any] = {}
    if query.date and endpoint == "booking.room_page":
        time = {"week": query.date.isoformat()}
    elif query.date:
        time = {name: request.args[name] for name in ("date", "from", "to") if request.args.get(name)}
        if query.weeks > 1:
            time |= {"repeat": "weekly", "times": query.weeks}
    return url_for(endpoint, venue=room.venue.slug, room=room.slug, **time)


def _ways_out(search: Search) -> Iterator[WayOut]:
    """Searches that ask for one thing less and find something; at most five are tried."""
    for label, looser, dropped in _looser(search):
        found = [one for one in find_rooms(edge.reading(), looser, now=now()) if one.is_free]
        if found:
            kept = [(name, value) for name, value in request.args.items(multi=True) if name not in dropped and value]
            yield WayOut(label, url_for("booking.find", **_grouped(kept)), len(found))


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


def _remember(search: Search) -> None:
    """Keep what was sought in vain, for the list of what is wanted; a busy database loses it rather than the answer."""
    try:
        edge.transact(note_search, search)
    except Busy:
        return


def _venues(rooms: Sequence[Room]) -> list[Any]:
    return list({room.venue_id: room.venue for room in rooms}.values())


def _minutes(clock: timedelta | None) -> int | None:
    return None if clock is None else int(clock.total_seconds() // 60)
