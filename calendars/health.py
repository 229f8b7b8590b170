"""Health: whether the feeds that lie ready are sound, who still fetches theirs, and whom to tell that nobody does."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from accounts.identity import Actor, Role
from accounts.models import Person, RoleGrant
from calendars.cache import Cache, Copy
from calendars.clients import name_of
from calendars.forms import Form
from calendars.lint import faults_of
from calendars.models import Audience, FeedToken
from calendars.tokens import living
from calendars.window import tells_cancelled
from database.audit import Act, record
from database.outbox import post
from venues.models import Venue

SILENT_AFTER = timedelta(hours=36)
OF_ROUNDS = (Audience.CARETAKER, Audience.WORK)
LATER = aliased(FeedToken)
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
# Only public feeds name their own address.
PUBLIC = b"\r\nSOURCE;"
HEAD_BYTES = 4000
NAME = re.compile(rb"\r\nNAME:([^\r]*(?:\r\n [^\r]*)*)")
ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Stored:
    """A feed as it lies ready on this machine: how much it tells (``is_plain`` without what was cancelled), when it was rendered, its
    size in bytes and its faults."""

    name: str
    level: str
    language: str
    is_plain: bool
    rendered_at: datetime
    size: int
    faults: Sequence[str]
    is_failing: bool
    is_public: bool

    @property
    def is_sound(self) -> bool:
        return not self.faults and not self.is_failing


class Health:
    """The copies in a cache, looked at once for each rendering."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._seen: dict[str, tuple[str, Sequence[str]]] = {}

    def stored(self, *, by: Actor) -> list[Stored]:
        """The feeds on this machine that are written as events, those with faults first; what private ones are called is for officers."""
        by.require(by.is_staff, "caretaker")
        events = (one for one in self._cache.filed() if one[0].rpartition("/")[2].startswith(Form.EVENTS))
        found = [self._stored(key, copy, failing) for key, copy, failing in events]
        shown = [one for one in found if by.is_officer or one.is_public]
        return sorted(shown, key=lambda one: (one.is_sound, one.name, one.level))

    def _stored(self, key: str, copy: Copy, is_failing: bool) -> Stored:
        if self._seen.get(key, ("",))[0] != copy.tag:
            self._seen[key] = (copy.tag, faults_of(copy.body))
        head, (_feed, level, language, wanted) = copy.body[:HEAD_BYTES], key.split("/")
        is_plain = not tells_cancelled(wanted)
        return Stored(
            _name(head), level, language, is_plain, copy.rendered_at, len(copy.body), self._seen[key][1], is_failing, PUBLIC in head
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """How many private feeds a client reads, by when it last did; ``never`` are those that were never read."""

    client: str
    day: int
    week: int
    older: int
    never: int


@dataclass(frozen=True, slots=True)
class Watched:
    """A caretaker with the venues and with the calendars of their round that still answer, newest first."""

    person: Person
    venues: Sequence[str]
    feeds: Sequence[FeedToken]


def readings(session: Session, *, by: Actor, now: datetime) -> list[Reading]:
    """Who reads private feeds, as clients and numbers without persons; the most used client first."""
    by.require(by.is_staff, "caretaker")
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for agent, used_at in session.execute(select(FeedToken.used_by, FeedToken.used_at).where(*living(now))):
        counted[name_of(agent) if used_at else ""][_age(used_at, now)] += 1
    order = sorted(counted.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    return [Reading(client, *(ages[age] for age in ("day", "week", "older", "never"))) for client, ages in order]


def watched(session: Session, *, by: Actor, now: datetime) -> list[Watched]:
    """The caretakers with their calendars, all for officers, themselves for caretakers: first whose client has stopped, then who
    has none, then the others, each by name."""
    by.require(by.is_staff, "caretaker")
    held = select(Person, Venue.name).join(RoleGrant, RoleGrant.person_id == Person.id).join(Venue, Venue.id == RoleGrant.venue_id)
    held = held.where(RoleGrant.role == Role.CARETAKER, Venue.retired_at.is_(None), true() if by.is_officer else Person.id == by.person_id)
    venues: dict[Person, list[str]] = defaultdict(list)
    for person, venue in session.execute(held.order_by(Person.name, Person.id, Venue.name)):
        venues[person].append(venue)
    feeds = _rounds(session, [person.id for person in venues], now)
    found = [Watched(person, names, feeds.get(person.id, ())) for person, names in venues.items()]
    return sorted(found, key=lambda one: (not any(is_silent(feed, now) for feed in one.feeds), bool(one.feeds)))


def is_silent(feed: FeedToken, now: datetime) -> bool:
    """Whether a caretaker's client has read a feed, and has not for 36 hours; an address that was replaced is let go."""
    is_round = feed.audience in OF_ROUNDS and feed.ends_at is None
    return is_round and feed.used_at is not None and feed.used_at <= now - SILENT_AFTER


def silent(session: Session, now: datetime) -> Sequence[int]:
    """The feeds of rounds, by id, that a client read and has not for 36 hours, of which nobody was told since.

    Of an address that was replaced only when no later one was read either: then the client was not moved before it ended.
    """
    return session.scalars(select(FeedToken.id).where(*_silent(now)).order_by(FeedToken.id)).all()


def tell_silent(session: Session, feed_id: int, *, by: Actor, now: datetime) -> None:
    """Tell the one whom a silent feed belongs to, unless it was read meanwhile; once, until it is read and silent again."""
    by.require(by.is_administrator, "administrator")
    feed = session.scalar(select(FeedToken).where(FeedToken.id == feed_id, *_silent(now)).with_for_update())
    if feed is None:
        return
    feed.told_at = now
    post(session, "feed-silent", person_id=feed.person_id, now=now, facts={"feed": feed.id})
    record(session, Act("silent", "feed_token", feed.id, {}, feed.person_id), by=by, now=now)
    session.flush()


def _silent(now: datetime) -> tuple[ColumnElement[bool], ...]:
    # Who lost the role reads no more, and need not be told.
    still = exists().where(RoleGrant.person_id == FeedToken.person_id)
    untold = or_(FeedToken.told_at.is_(None), FeedToken.told_at < FeedToken.used_at)
    theirs, later = LATER.person_id == FeedToken.person_id, LATER.id > FeedToken.id
    moved = exists().where(theirs, later, LATER.name == FeedToken.name, LATER.used_at.is_not(None))
    lives = (FeedToken.audience.in_(OF_ROUNDS), FeedToken.revoked_at.is_(None), or_(FeedToken.ends_at.is_(None), ~moved))
    return *lives, FeedToken.used_at <= now - SILENT_AFTER, untold, still


def _rounds(session: Session, people: Sequence[int], now: datetime) -> Mapping[int, Sequence[FeedToken]]:
    theirs = (FeedToken.person_id.in_(people), FeedToken.audience.in_(OF_ROUNDS), *living(now))
    found: dict[int, list[FeedToken]] = defaultdict(list)
    for feed in session.scalars(select(FeedToken).where(*theirs).order_by(FeedToken.id.desc())):
        found[feed.person_id].append(feed)
    return found


def _age(used_at: datetime | None, now: datetime) -> str:
    if used_at is None:
        return "never"
    age = now - used_at
    return "day" if age <= A_DAY else "week" if age <= A_WEEK else "older"


def _name(head: bytes) -> str:
    found = NAME.search(head)
    text = found[1].replace(b"\r\n ", b"").decode("utf-8", "replace") if found else ""
    return ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], text)
