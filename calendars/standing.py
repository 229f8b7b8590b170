"""Standing: what a feed's address names and how far its scope has come, told in one query."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from calendars.levels import Level
from calendars.models import Audience
from calendars.whatson import EVERYTHING, Among
from calendars.words import LANGUAGES
from database.glances import Glances
from kernel.errors import Gone, Missing, refuse


class Kind(StrEnum):
    """What a feed is about: places, those who hold the time, or what is on for all."""

    VENUE = "venue"
    ROOM = "room"
    DISTRICT = "district"
    ORGANISATION = "organisation"
    ROUND = "round"
    WORK = "work"
    PERSON = "person"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Address:
    """A feed's address: a public one by slugs or number, that of what is on by what it is ``among``, or a private one by the hash
    of its token."""

    kind: str
    first: str
    second: str = ""
    among: Among = EVERYTHING

    @classmethod
    def of_place(cls, kind: str, first: str, second: str = "") -> "Address":
        """The address of a place or an organisation, by what stands in its path."""
        return cls(kind, first, second)

    @classmethod
    def open_to_all(cls, among: Among) -> "Address":
        """The address of what is on."""
        return cls(Kind.OPEN, among.venue, among.district, among)


@dataclass(frozen=True, slots=True)
class Used:
    """By which token a feed is read, and when that was last noted."""

    token_id: int
    noted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A feed as its address found it: ``ids`` of what it is about, ``version`` that differs after every commit in scope.

    ``rooms`` are chosen ones: in their venues these are told and no others; ``team`` is the one team of an organisation that is
    told; what is read by machines (``is_plain``) has no cancelled dates. ``key`` names the feed among all; subscribers with equal
    rights to the same things share it. ``page`` is where people read of it, ``source`` its public address, empty for a private
    feed: its file may be passed on, its secret may not. What is on has two ids, of a venue and a district, 0 for all of them, and
    is told ``among`` the rest.
    """

    kind: Kind
    ids: tuple[int, ...]
    key: str
    name: str
    page: str
    source: str
    zone: str
    level: Level
    language: str
    version: str
    rooms: tuple[int, ...] = ()
    team: str = ""
    is_plain: bool = False
    used: Used | None = None
    among: Among = EVERYTHING

    @property
    def is_private(self) -> bool:
        """Whether it was read by a secret address."""
        return self.used is not None


PRIVATE = "private"
# The public addresses of places and organisations, below those of all calendars; each part is one of ``Address``.
PATHS: Mapping[str, str] = {
    Kind.VENUE: "/venues/<slug>",
    Kind.ROOM: "/rooms/<venue>/<slug>",
    Kind.DISTRICT: "/districts/<slug>",
    Kind.ORGANISATION: "/organisations/<number>",
}
SUBSCRIPTIONS = "/calendars"
Row = Mapping[str, Any]


def standing_of(glances: Glances, address: Address, *, now: datetime) -> Standing:
    """Read a feed's standing; raises Missing (``no-feed``) for what never was, Gone (``feed-revoked``) for what was ended."""
    dialect = glances.dialect
    moment = now if dialect == "postgresql" else int(now.timestamp())
    given = {"first": address.first, "second": address.second, "date": int(address.among.date or 0), "now": moment}
    row = glances.first(QUERIES[dialect, address.kind], given)
    return _standing(address, tuple(row.items()) if row else ())


# Remembered: an unchanged feed is the same row again and again.
@lru_cache(maxsize=4096)
def _standing(address: Address, told: tuple[tuple[str, Any], ...]) -> Standing:
    row = dict(told)
    if address.kind == PRIVATE:
        return _of_token(row)
    if not row:
        raise refuse(Missing, "no-feed", "address", "/".join(part for part in (address.first, address.second) if part))
    return _of_open(address, row) if address.kind == Kind.OPEN else _of_place(Kind(address.kind), row)


OF_VENUE = """venue.revision
    + coalesce((SELECT sum(space.revision) FROM space WHERE space.venue_id = venue.id), 0)
    + coalesce((SELECT sum(room.revision) FROM room WHERE room.venue_id = venue.id), 0)"""
# The rooms that a holder has booked; a sum beside the holder's own revision, because the set of rooms changes.
OF_ROOMS = """coalesce((SELECT sum(room.revision + venue.revision) FROM room JOIN venue ON venue.id = room.venue_id
    WHERE room.id IN (SELECT occurrence.room_id FROM occurrence JOIN booking ON booking.id = occurrence.booking_id WHERE {whose})), 0)"""
# A sum alone could come back to an old value when a venue leaves the scope: which ones are in it is told beside it.
MEMBERS = "count(venue.id) AS members, coalesce(sum(venue.id * venue.id), 0) AS mark, coalesce(sum({of_venue}), 0) AS revisions"
# What is on is the same few rows wherever one asks for it, so that what else is booked changes no version of it.
OPEN = """(SELECT count(*) AS members, coalesce(sum(CAST(id AS bigint) * id), 0) AS mark, coalesce(sum(version), 0) AS revisions
    FROM booking WHERE {is_open}) AS told"""
COMMON = "LEFT JOIN municipality ON 1 = 1"
PARTS = {
    "of_venue": OF_VENUE,
    "of_holder": OF_ROOMS.format(whose="booking.holder_id = token.person_id"),
    "of_organisation": OF_ROOMS.format(whose="booking.organisation_id = organisation.id"),
    "members": MEMBERS.format(of_venue=OF_VENUE),
    "common": COMMON,
}
PLACES = {
    "venue": """
        SELECT venue.id, venue.name, venue.slug AS path, venue.zone, {of_venue} AS revisions, municipality.revision AS common
        FROM venue {common} WHERE venue.slug = {first}""",
    "room": """
        SELECT target.id, venue.name || ' – ' || target.name AS name, venue.slug || '/' || target.slug AS path, venue.zone,
            {of_venue} AS revisions, municipality.revision AS common
        FROM venue JOIN room AS target ON target.venue_id = venue.id {common} WHERE venue.slug = {first} AND target.slug = {second}""",
    "district": """
        SELECT district.id, district.name, district.slug AS path, municipality.zone, municipality.revision AS common, {members}
        FROM district LEFT JOIN venue ON venue.district_id = district.id {common} WHERE district.slug = {first}
        GROUP BY district.id, district.name, district.slug, municipality.zone, municipality.revision""",
    "organisation": """
        SELECT organisation.id, organisation.name, organisation.number AS path, municipality.zone, municipality.revision AS common,
            organisation.revision AS revisions, {of_organisation} AS places
        FROM organisation {common} WHERE organisation.number = {first} AND organisation.shown_publicly""",
    "open": """
        SELECT venue.id AS venue_id, venue.name AS venue, district.id AS district_id, district.name AS district, municipality.name,
            coalesce(venue.zone, municipality.zone) AS zone, municipality.revision AS common, told.members, told.mark,
            (SELECT occurrence.id FROM occurrence JOIN booking ON booking.id = booking_id
                WHERE occurrence.id = {date} AND {is_open}) AS date_id,
            told.revisions
            + (SELECT coalesce(sum(revision), 0) FROM venue) + (SELECT coalesce(sum(revision), 0) FROM room) AS revisions
        FROM municipality LEFT JOIN venue ON venue.slug = {first} LEFT JOIN district ON district.slug = {second} CROSS JOIN {told}""",
}
IS_OPEN = {"sqlite": "open_to_all = 1", "postgresql": "open_to_all"}
MEMBER_IDS = {
    "sqlite": "SELECT value FROM json_each(token.scope, '$.{name}')",
    "postgresql": "SELECT CAST(value AS integer) FROM jsonb_array_elements_text(token.scope -> '{name}') AS value",
}
# Rights are asked anew at each reading: who lost the role or the organisation reads no more of it. What a door sign shows
# anybody may read, so it hangs on when whoever put it up has gone. The joins of an ended
# token find nothing, so that it is refused in the time of one that never was.
TOKENS = """
SELECT token.id AS token_id, token.audience, CAST(token.scope AS text) AS scope, token.level, token.language,
    token.used_at, token.person_id,
    CASE WHEN {live} THEN 1 ELSE 0 END AS is_live, person.revision AS person_revision,
    organisation.id AS organisation_id, organisation.name AS organisation_name, organisation.revision AS organisation_revision,
    CASE WHEN token.audience = 'booker' AND {live} THEN {of_holder}
         WHEN organisation.id IS NOT NULL THEN {of_organisation} ELSE 0 END AS places,
    {sign} AS sign, {venues} AS venues, municipality.zone, municipality.revision AS common, {members}
FROM feed_token AS token
JOIN person ON person.id = token.person_id
LEFT JOIN organisation ON token.audience = 'organisation' AND {live} AND organisation.id IN ({organisations_ids}) AND EXISTS (
    SELECT 1 FROM delegation WHERE delegation.person_id = token.person_id
    AND delegation.organisation_id = organisation.id AND delegation.state = 'confirmed')
LEFT JOIN venue ON token.audience IN ('caretaker', 'work', 'sign') AND {live} AND venue.id IN ({venues_ids})
    AND (token.audience = 'sign' OR EXISTS (SELECT 1 FROM role_grant WHERE role_grant.person_id = token.person_id
    AND (role_grant.starts_at IS NULL OR role_grant.starts_at <= {now}) AND (role_grant.ends_at IS NULL OR role_grant.ends_at > {now})
    AND (role_grant.role IN ('officer', 'administrator') OR (role_grant.role = 'caretaker' AND role_grant.venue_id = venue.id))))
{common}
WHERE token.token_hash = {first}
GROUP BY token.id, person.id, organisation.id, municipality.id
"""
# Which venues the rights leave, as text: one row says all.
LISTED = {"sqlite": "group_concat(venue.id)", "postgresql": "string_agg(CAST(venue.id AS text), ',')"}
# The room of a door sign: its slugs, its zone and its name.
SIGN = """CASE WHEN token.audience = 'sign' AND {live} THEN (
    SELECT place.slug || '/' || room.slug || '|' || place.zone || '|' || place.name || ' – ' || room.name
    FROM room JOIN venue AS place ON place.id = room.venue_id WHERE room.id IN ({rooms_ids})) END"""
LIVE = "(token.revoked_at IS NULL AND (token.ends_at IS NULL OR token.ends_at > {now}))"


def _queries(dialect: str, parameter: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Each query in the words of a database and its driver."""
    given = {name: parameter.format(name) for name in ("first", "second", "date", "now")}
    ids = {f"{name}_ids": MEMBER_IDS[dialect].format(name=name) for name in ("organisations", "venues", "rooms")}
    live, is_open = LIVE.format(**given), IS_OPEN[dialect]
    whole = {"live": live, "sign": SIGN.format(live=live, **ids), "is_open": is_open, "told": OPEN.format(is_open=is_open)}
    for kind, query in (PLACES | {PRIVATE: TOKENS}).items():
        yield (dialect, kind), query.format(**PARTS, **ids, **given, **whole, venues=LISTED[dialect])


QUERIES = dict([*_queries("sqlite", ":{}"), *_queries("postgresql", "%({})s")])


def _of_place(kind: Kind, row: Row) -> Standing:
    return Standing(
        kind=kind,
        ids=(row["id"],),
        key=f"{kind}-{row['id']}",
        name=row["name"],
        page=f"/{kind}s/{row['path']}" if kind in (Kind.VENUE, Kind.ROOM) else "/",
        source=f"/calendars/{kind}s/{row['path']}.ics",
        zone=row["zone"] or "UTC",
        level=Level.PUBLIC,
        language="nb",
        version=_version(row),
    )


def _of_open(address: Address, row: Row) -> Standing:
    """What is on; raises Missing (``no-feed``) where there is no such venue, district or date."""
    venue, district, among = row["venue_id"] or 0, row["district_id"] or 0, address.among
    if (among.venue and not venue) or (among.district and not district) or (among.date and not row["date_id"]):
        raise refuse(Missing, "no-feed", "address", among.path)
    return Standing(
        kind=Kind.OPEN,
        ids=(venue, district),
        key=f"open-{venue}-{district}-{among.age}-{among.kind}-{among.date}",
        name=row["venue"] or row["district"] or row["name"],
        page="/open" + (f"?{urlencode(among.query)}" if among.query else ""),
        source=f"{among.feed}.ics",
        zone=row["zone"] or "UTC",
        level=Level.OPEN,
        language="nb",
        version=_version(row),
        among=among,
    )


def _version(row: Row) -> str:
    return _joined(row.get("members", 1), row.get("mark", 0), row["revisions"], row.get("places", 0), row["common"] or 0)


def _of_token(row: Row) -> Standing:
    if not row:
        raise refuse(Missing, "no-feed", "address")
    match Audience(row["audience"]):
        case Audience.CARETAKER | Audience.WORK if row["is_live"] and row["members"]:
            return _of_round(row)
        case Audience.ORGANISATION if row["is_live"] and row["organisation_id"]:
            return _of_organisation(row)
        case Audience.BOOKER if row["is_live"]:
            return _own(row, Kind.PERSON, (row["person_id"],), LANGUAGES[row["language"]].mine, row["person_revision"], row["places"])
        case Audience.SIGN if row["is_live"] and row["sign"]:
            return _of_sign(row)
    raise refuse(Gone, "feed-revoked", "address")


def _of_round(row: Row) -> Standing:
    """A caretaker's own feed, of what happens or of the work; all whose rights leave them the same venues share its rendering."""
    venues = tuple(sorted(int(number) for number in row["venues"].split(",")))
    rooms = tuple(sorted(_scope(row).get("rooms", ())))
    words, is_work = LANGUAGES[row["language"]], row["audience"] == Audience.WORK
    own = _own(row, Kind.WORK if is_work else Kind.ROUND, venues, words.work if is_work else words.round, row["revisions"])
    key = f"{own.kind}-{'-'.join(map(str, venues))}-of-{'-'.join(map(str, rooms))}"
    return replace(own, rooms=rooms, key=key, level=_level(row, Level.STAFF))


def _of_organisation(row: Row) -> Standing:
    """The organisation's own feed, or that of one of its teams."""
    ids, marks, team = (row["organisation_id"],), (row["organisation_revision"], row["places"]), str(_scope(row).get("team", ""))
    own = _own(row, Kind.ORGANISATION, ids, row["organisation_name"], *marks)
    return replace(own, team=team, key=f"{own.key}-{team}", name=f"{own.name} – {team}") if team else own


def _of_sign(row: Row) -> Standing:
    """What hangs at the door of a room: its public feed, for a machine."""
    (room,), (path, zone, name) = _scope(row)["rooms"], row["sign"].split("|", 2)
    own = _own(row, Kind.ROOM, (room,), name, row["revisions"])
    return replace(own, key=f"room-{room}-sign", page=f"/rooms/{path}", zone=zone, level=Level.PUBLIC, is_plain=True)


def _scope(row: Row) -> dict[str, Any]:
    scope: dict[str, Any] = json.loads(row["scope"])
    return scope


def _own(row: Row, kind: Kind, ids: tuple[int, ...], name: str, *marks: object) -> Standing:
    """A subscriber's own feed; ``marks`` rise with what it tells."""
    noted = row["used_at"]
    return Standing(
        kind=kind,
        ids=ids,
        key=f"own-{kind}-{'-'.join(map(str, ids))}",
        name=name,
        page=SUBSCRIPTIONS,
        source="",
        zone=row["zone"] or "UTC",
        level=_level(row, Level.OWN),
        language=row["language"],
        version=_joined(*marks, row["common"] or 0),
        used=Used(row["token_id"], datetime.fromtimestamp(noted, UTC) if isinstance(noted, int) else noted),
    )


def _level(row: Row, most: Level) -> Level:
    """What the subscriber chose to be told, where that is less than they may know."""
    return Level(row["level"]) if row["level"] in (Level.BUSY, Level.PUBLIC) else most


def _joined(*marks: object) -> str:
    return ".".join(str(mark) for mark in marks)
