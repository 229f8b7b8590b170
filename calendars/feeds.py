"""Feeds: what an address answers - from the version of its scope, read in one query, to a body or «not modified»."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

import structlog
from sqlalchemy.exc import DBAPIError

from calendars.bodies import NOTHING, Rendering
from calendars.cache import Cache, Copy
from calendars.forms import Form
from calendars.levels import Level
from calendars.rendering import RENDERER, Scene, render
from calendars.signs import sign_at
from calendars.standing import Address, Standing, standing_of
from calendars.window import CANCELLED_DAYS, Wanted, span_of, today_in
from database.transact import Database
from kernel.errors import Busy, Fault

TAG = re.compile(r'(?:W/)?"([^"]*)"')
PACKED = "-gz"
RETRY_SECONDS = 60
MOST_KNOWN = 4096
SECOND = timedelta(seconds=1)
MARGIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks: which feed, with which settings, as its address orders; what it holds already, and whether it reads gzip."""

    address: Address
    wanted: Wanted
    if_none_match: str = ""
    if_modified_since: str = ""
    packed: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """The answer: ``body`` is None for «not modified»; ``modified`` is None where only the tag is known."""

    standing: Standing
    tag: str
    body: bytes | None
    modified: datetime | None
    packed: bool


class Feeds:
    """The feeds of this process: asks the database, keeps copies in a cache."""

    def __init__(self, database: Database, cache: Cache, public_url: str, *, cancelled_days: int = CANCELLED_DAYS) -> None:
        self._database = database
        self._cache = cache
        self._public_url = public_url
        self._cancelled_days = cancelled_days
        self._known: dict[Address, Standing] = {}

    def answer(self, asked: Asked, *, now: datetime) -> Told:
        """Answer a client; raises Missing, Gone, Invalid, and Busy when nothing can be told and nothing was before."""
        try:
            found = standing_of(self._database.glances, asked.address, now=now)
            self._note(asked.address, found)
            return self._told(*_as_wanted(asked, found), now)
        except DBAPIError as error:
            return self._without_database(asked, error, now)

    @property
    def cache(self) -> Cache:
        """The copies of this process and machine."""
        return self._cache

    def _told(self, asked: Asked, standing: Standing, now: datetime) -> Told:
        key, tag = _names(standing, asked.wanted, today_in(standing.zone, now), self._public_url, self._cancelled_days)
        is_sign = asked.wanted.form is Form.SIGN
        held = None if is_sign else held_tag(asked.if_none_match, tag)
        if held is not None:
            return Told(standing, held, None, None, asked.packed)
        copy = self._cache.get(key, tag) or self._rendered(key, tag, standing, asked.wanted, now)
        copy = _shown(copy, now) if is_sign else copy
        if held := held_tag(asked.if_none_match, copy.tag):
            return Told(standing, held, None, copy.rendered_at, asked.packed)
        if not asked.if_none_match and is_unchanged_since(asked.if_modified_since, copy.rendered_at):
            return Told(standing, _variant(copy.tag, asked.packed), None, copy.rendered_at, asked.packed)
        return _whole(asked, standing, copy)

    def _rendered(self, key: str, tag: str, standing: Standing, wanted: Wanted, now: datetime) -> Copy:
        span = span_of(wanted, today_in(standing.zone, now), standing.zone, cancelled_days=self._cancelled_days)
        scene = Scene(standing, span, wanted, self._public_url)

        def make(before: Copy | None) -> Copy:
            # Read after the version: what is committed between the two is told early, never missed.
            with self._database.reading() as session:
                rendering = render(session, scene, before.rendering if before else NOTHING)
            return Copy(tag, _rendered_at(before, now), rendering)

        try:
            return self._cache.once(key, tag, make, filed=wanted.is_usual and standing.among.is_usual)
        except DBAPIError:
            raise
        except Exception as error:  # whatever is wrong with the new body, subscribers keep the last good one
            self._cache.note_failure(key)
            return self._last_good(key, error)

    def _without_database(self, asked: Asked, error: DBAPIError, now: datetime) -> Told:
        """What was told last to this address, by this process, while the database cannot be asked."""
        if asked.address not in self._known:
            raise Busy(Fault("feed-unavailable", "address"), after=RETRY_SECONDS) from error
        asked, standing = _as_wanted(asked, self._known[asked.address])
        copy = self._last_good(_key(standing, asked.wanted), error)
        copy = _shown(copy, now) if asked.wanted.form is Form.SIGN else copy
        held = held_tag(asked.if_none_match, copy.tag)
        return Told(standing, held, None, None, asked.packed) if held else _whole(asked, standing, copy)

    def _last_good(self, key: str, error: Exception) -> Copy:
        structlog.get_logger("arena").error("feed not rendered", feed=key, kind=type(error).__qualname__)
        copy = self._cache.last_good(key)
        if copy is None:
            raise Busy(Fault("feed-unavailable", "address"), after=RETRY_SECONDS) from error
        return copy

    def _note(self, address: Address, standing: Standing) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[address] = standing


def held_tag(if_none_match: str, tag: str) -> str | None:
    """Which of a feed's two entity tags the client holds, if any, by weak comparison (RFC 9110 13.1.2)."""
    if if_none_match.strip() == "*":
        return tag
    given = TAG.findall(if_none_match)
    return next((one for one in (tag, tag + PACKED) if one in given), None)


def is_unchanged_since(header: str, modified: datetime) -> bool:
    """Whether the client's date covers the copy; a date that cannot be read is ignored (RFC 9110 13.1.3)."""
    try:
        since = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return False
    return since.tzinfo is not None and modified <= since


def _as_wanted(asked: Asked, standing: Standing) -> tuple[Asked, Standing]:
    """A public feed may be had without names, any feed in another language, and what machines read without what is cancelled."""
    if not (standing.is_plain or asked.wanted.busy or asked.wanted.language):
        return asked, standing
    wanted = asked.wanted.without_cancelled() if standing.is_plain else asked.wanted
    level = Level.BUSY if wanted.busy and standing.level is Level.PUBLIC else standing.level
    return replace(asked, wanted=wanted), replace(standing, level=level, language=wanted.language or standing.language)


def _shown(copy: Copy, now: datetime) -> Copy:
    """What stands on a sign at this moment; its tag tells apart what differs between two versions and between two moments."""
    sign = sign_at(copy.body, now)
    return Copy(f"{copy.tag}-{sign.number}", max(filter(None, (copy.rendered_at, sign.since))), Rendering(sign.body))


class Names(NamedTuple):
    """Under which key a body is kept, and its entity tag."""

    key: str
    tag: str


# Remembered: until something changes, each look asks for the same.
@lru_cache(maxsize=MOST_KNOWN)
def _names(standing: Standing, wanted: Wanted, today: date, public_url: str, cancelled_days: int) -> Names:
    key = _key(standing, wanted)
    parts = (RENDERER, public_url, cancelled_days, key, standing.name, today, standing.version)
    return Names(key, hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32])


def _key(standing: Standing, wanted: Wanted) -> str:
    return f"{standing.key}/{standing.level}/{standing.language}/{wanted.name}"


def _rendered_at(before: Copy | None, now: datetime) -> datetime:
    """Dates have whole seconds only: each rendering is a second later than the one before, and none in the future."""
    earliest = now.replace(microsecond=0) - MARGIN
    return earliest if before is None else max(earliest, before.rendered_at + SECOND)


def _whole(asked: Asked, standing: Standing, copy: Copy) -> Told:
    body = copy.packed if asked.packed else copy.body
    return Told(standing, _variant(copy.tag, asked.packed), body, copy.rendered_at, asked.packed)


def _variant(tag: str, packed: bool) -> str:
    return tag + PACKED if packed else tag
