"""The pages of venues that anybody may see: the list with its map, a venue, and the photos."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Annotated

from flask import Response, current_app, render_template, request, send_from_directory, url_for
from pydantic import Field

from accounts import edge
from kernel.clock import now
from kernel.errors import Invalid
from kernel.texts import order_of
from venues import search
from venues.inputs import Heads
from venues.labels import facility_label, in_order, kind_label
from venues.models import Room, Venue
from venues.pages.blueprint import routes
from venues.queries import districts, municipality, statements_about, venue_named
from venues.search import FoundRoom, RoomFilter, find_rooms, rooms_in_use
from venues.shown import contacts, venue_shown
from venues.sketch import Place, sketch
from venues.statements import reading
from venues.vocabulary import ACCESS_LABELS, slug_of
from web.forms import Form, Input, parse, refused

LONG_CACHE = 365 * 24 * 3600


class VenuesQuery(Input):
    """The filter of the list as its address writes it."""

    district: Annotated[str, Field(max_length=80)] = ""
    kind: Annotated[str, Field(max_length=80)] = ""
    capacity: Heads | None = None
    needs: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=20)] = Field(default_factory=list)

    @property
    def wanted(self) -> RoomFilter:
        return RoomFilter.of(district=self.district, kind=self.kind, capacity=self.capacity, needs=self.needs)

    @property
    def is_empty(self) -> bool:
        return not (self.district or self.kind or self.capacity or self.needs)


@routes.get("/venues")
def venues_page() -> str | Response:
    """All venues by district, or the rooms that suit a filter, with a map of them."""
    session = edge.reading()
    try:
        query = parse(VenuesQuery, request.args)
        found = find_rooms(session, query.wanted)
        form = Form(request.args)
    except Invalid as invalid:
        query, found, form = VenuesQuery(), find_rooms(session, RoomFilter()), refused(request.args, invalid.faults)
    page = render_template(
        "venues/list.html",
        form=form,
        found=found,
        is_filtered=not query.is_empty,
        districts=_by_district(found),
        choices=choices(),
        sketch=sketch(places(_venues(found))),
        tiles=current_app.extensions["settings"].map_tiles,
    )
    return Response(page, status=422) if form.faults else page


@routes.get("/venues/<venue>")
def venue_page(venue: str) -> str:
    """A venue: what is known of it, its rooms, its hours, how one gets in and who answers."""
    session = edge.reading()
    found = venue_named(session, venue)
    actor = edge.actor()
    return render_template(
        "venues/venue.html",
        venue=found,
        shown=venue_shown(session, found, now()),
        rooms=[room for room in found.rooms if room.retired_at is None or actor.is_staff],
        room_names={room.id: room.name for room in found.rooms},
        contacts=answering(contacts(session, found.id)),
        home=municipality(session),
        may_edit=actor.is_officer,
        may_care=actor.is_officer or actor.is_caretaker_of(found.id),
    )


@routes.get("/photos/<file>")
def photo(file: str) -> Response:
    """A photo; its name never gets other content, so it may be kept for ever."""
    folder = current_app.extensions["settings"].instance / "photos"
    answer = send_from_directory(folder, file, mimetype="image/jpeg", max_age=LONG_CACHE)
    answer.headers["Cache-Control"] = f"public, max-age={LONG_CACHE}, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def answering(rows: Iterable[object]) -> list[tuple[list[int], object]]:
    """Rows of who answers, those alike but for the weekday together: (weekdays, one of them)."""
    alike: dict[tuple[object, ...], list[object]] = defaultdict(list)
    for row in rows:
        alike[tuple(getattr(row, name) for name in ("from_minute", "to_minute", "role", "phone", "is_present", "origin"))].append(row)
    return [([row.weekday for row in several], several[0]) for several in alike.values()]  # type: ignore[attr-defined]


def choices() -> dict[str, list[tuple[str, str]]]:
    """What a search may choose from: districts, kinds, facilities and access features; three statements."""
    session = edge.reading()
    rooms = rooms_in_use(session)
    return {
        "districts": [(district.slug, district.name) for district in districts(session)],
        "kinds": [(slug_of(kind), kind) for kind in in_order(search.kinds(rooms), kind_label)],
        "facilities": [(slug_of(word), word) for word in in_order(search.facilities(rooms), facility_label)],
        "access": [(f"access.{feature}", label) for feature, label in ACCESS_LABELS.items()],
    }


def places(venues: Sequence[Venue]) -> list[Place]:
    """The venues that have coordinates, numbered from the west."""
    said = statements_about(edge.reading(), [venue.id for venue in venues])
    located = sorted((venue for venue in venues if venue.latitude is not None), key=lambda venue: venue.longitude or 0)
    return [
        Place(
            number,
            venue.name,
            url_for("venues.venue_page", venue=venue.slug),
            venue.latitude or 0,
            venue.longitude or 0,
            is_fictional=reading(said.get((venue.id, None), ()), "location").is_fictional,
        )
        for number, venue in enumerate(located, start=1)
    ]


def _venues(found: Sequence[FoundRoom]) -> list[Venue]:
    return list({one.room.venue_id: one.room.venue for one in found}.values())


def _by_district(found: Sequence[FoundRoom]) -> list[tuple[str, list[tuple[Venue, list[Room]]]]]:
    """The venues by the name of their district, those without one last under an empty name."""
    venues: dict[int, list[Room]] = defaultdict(list)
    for one in found:
        venues[one.room.venue_id].append(one.room)
    rows = [(rooms[0].venue, sorted(rooms, key=lambda room: room.id)) for rooms in venues.values()]
    rows.sort(key=lambda row: (_district(row[0]) == "", order_of(_district(row[0])), order_of(row[0].name)))
    return [(name, list(several)) for name, several in groupby(rows, key=lambda row: _district(row[0]))]


def _district(venue: Venue) -> str:
    return venue.district.name if venue.district else ""
