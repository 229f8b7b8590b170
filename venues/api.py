"""The API of the map of rooms: venues and rooms, public, in pages, with an ETag."""

import hashlib
from typing import Any

from flask import request
from pydantic import BaseModel, Field

from accounts import edge
from venues.models import Venue
from venues.queries import statements_about
from venues.search import FoundRoom, RoomFilter, find_rooms, rooms_in_use, version
from venues.statements import Reading, Statement, readings
from venues.vocabulary import Access, Answer
from web.api import Answer as ApiAnswer
from web.api import Api, Page, PageQuery, after_cursor, page_of

api = Api("venues", __name__)


class ShownFact(BaseModel):
    """What is known under a key: ``value``, or several ``values`` that contradict each other; neither is unknown."""

    key: str
    value: Any = None
    values: list[Any] = Field(default_factory=list)
    since: str | None = None
    until: str | None = None
    sources: list[str]
    fictional: bool


class ShownVenue(BaseModel):
    """A venue; null and an empty text are unknown."""

    slug: str
    name: str
    kind: str
    district: str | None
    address: str
    latitude: float | None
    longitude: float | None
    zone: str
    rooms: list[str]
    facts: list[ShownFact]


class ShownRoom(BaseModel):
    """A room; ``unknown`` names what was asked for and nobody knows of it, and such rooms come last."""

    room: str
    name: str
    venue: str
    kind: str
    district: str | None
    capacity: int | None
    facilities: list[str]
    spaces: list[str]
    access: dict[Access, Answer]
    unknown: list[str]
    facts: list[ShownFact]


class RoomsQuery(PageQuery):
    """Which rooms: at least ``capacity`` people, all of the facilities, in a district, of a kind; slugs or inventory words."""

    capacity: int | None = Field(default=None, ge=1, le=100_000)
    facility: list[str] = Field(default_factory=list, max_length=20)
    access: list[Access] = Field(default_factory=list)
    district: str = Field(default="", max_length=120)
    kind: str = Field(default="", max_length=80)


@api.operation("GET", "/venues", query=PageQuery, answers={200: Page[ShownVenue]}, public=True)
def venues(query: PageQuery) -> ApiAnswer:
    """List the venues."""
    session = edge.reading()
    etag = _etag(version(session))
    after = after_cursor(query) or ""
    rooms: dict[str, list[str]] = {}
    found: dict[str, Venue] = {}
    for room in rooms_in_use(session):
        found[room.venue.slug] = room.venue
        rooms.setdefault(room.venue.slug, []).append(room.slug)
    kept = [found[slug] for slug in sorted(found) if slug > after][: query.limit + 1]
    said = statements_about(session, [venue.id for venue in kept])
    page = page_of(kept, query, show=lambda one: _venue(one, rooms[one.slug], said.get((one.id, None), ())), key=lambda one: one.slug)
    return ApiAnswer(page, etag=etag)


@api.operation("GET", "/rooms", query=RoomsQuery, answers={200: Page[ShownRoom]}, public=True)
def rooms(query: RoomsQuery) -> ApiAnswer:
    """Find rooms by size, facilities, access, district and kind; what is unknown comes last."""
    session = edge.reading()
    etag = _etag(version(session))
    needs = [*query.facility, *(f"access.{feature}" for feature in query.access)]
    found = find_rooms(session, RoomFilter.of(district=query.district, kind=query.kind, capacity=query.capacity, needs=needs))
    after = after_cursor(query)
    kept = [one for one in found if after is None or list(one.order) > list(after)]
    return ApiAnswer(page_of(kept[: query.limit + 1], query, show=_room, key=lambda one: one.order), etag=etag)


def _etag(now: str) -> str:
    """The version of the map and the whole question."""
    return hashlib.sha256(f"{now}?{request.query_string.decode()}".encode()).hexdigest()[:32]


def _venue(venue: Venue, rooms: list[str], said: tuple[Statement, ...]) -> ShownVenue:
    return ShownVenue(
        slug=venue.slug,
        name=venue.name,
        kind=venue.kind,
        district=venue.district.slug if venue.district else None,
        address=venue.address,
        latitude=venue.latitude,
        longitude=venue.longitude,
        zone=venue.zone,
        rooms=[f"{venue.slug}/{slug}" for slug in rooms],
        facts=[_fact(one) for one in readings(said)],
    )


def _room(found: FoundRoom) -> ShownRoom:
    room = found.room
    return ShownRoom(
        room=found.path,
        name=room.name,
        venue=room.venue.name,
        kind=room.kind,
        district=room.venue.district.slug if room.venue.district else None,
        capacity=room.capacity,
        facilities=room.facilities,
        spaces=[space.slug for space in room.spaces],
        access={one.feature: one.answer for one in found.access},
        unknown=list(found.unknown),
        facts=[_fact(one) for one in readings(found.said)],
    )


def _fact(found: Reading) -> ShownFact:
    several = list(found.values) if found.is_disputed else []
    return ShownFact(
        key=found.key,
        value=found.value,
        values=several,
        since=found.since or None,
        until=found.until or None,
        sources=list(found.sources),
        fictional=found.is_fictional,
    )
