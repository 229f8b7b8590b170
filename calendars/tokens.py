"""Tokens: private feeds are made, rotated and revoked by those they are for; the secret is shown once and stored hashed."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Organisation
from booking.models import Booking
from calendars.levels import Level
from calendars.models import Audience, FeedToken
from calendars.words import LANGUAGES
from database.audit import Act, record
from kernel.errors import Conflict, Fault, Gone, Invalid, Missing, refuse
from venues.models import Venue
from venues.queries import room_at

RANDOM_BYTES = 24
OVERLAP = timedelta(days=30)
NO_OVERLAP = timedelta()
MOST_FEEDS = 50
LONGEST_NAME = 100
LONGEST_CLIENT = 200
NOTED_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Draft:
    """A private feed as it is asked for: of venues or chosen ``rooms`` (``venue/room``) for a caretaker, of one room for a door
    sign, of one organisation or one ``team`` of it, else of the person's own.

    ``level`` is BUSY or PUBLIC for one that tells less than its audience may know.
    """

    name: str
    audience: Audience
    venues: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    organisation: str = ""
    team: str = ""
    language: str = "nb"
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A feed and its secret, which nobody can be shown again."""

    feed: FeedToken
    token: str


@dataclass(frozen=True, slots=True)
class Use:
    """A private feed was read, when and by which client."""

    token_id: int
    at: datetime
    client: str


def hashed(token: str) -> str:
    """What is stored of a token; it is random enough to need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(press: str, asked: object, secret: str, *, by: Actor) -> str:
    """The token for what a person asks for by a button: pressed twice it is the same one; empty without a ``press``.

    ``press`` names one rendering of the form; nobody can tell the token from it without the ``secret`` of the service.
    """
    if not press:
        return ""
    told = "|".join(("calendars.tokens", str(by.require_known()), press, repr(asked)))
    return urlsafe_b64encode(hmac.digest(secret.encode(), told.encode(), "sha256")[:RANDOM_BYTES]).decode()


def make_feed(session: Session, draft: Draft, *, token: str = "", by: Actor, now: datetime) -> Made:
    """Make a named private feed, or give the one that was made with this ``token`` again.

    Raises Unidentified; Forbidden for venues or an organisation that are not the person's; Invalid for an empty name, an
    unknown language, no or unknown venues, rooms or teams; Conflict (``too-many-feeds``) beyond fifty.
    """
    person_id = by.require_known()
    if before := _made_before(session, token, by, now):
        return before
    _require_sound(draft)
    scope = _scope(session, draft, by)
    if len(feeds_of(session, by=by, now=now)) >= MOST_FEEDS:
        raise refuse(Conflict, "too-many-feeds", most=MOST_FEEDS)
    told = {"name": draft.name.strip(), "audience": draft.audience, "scope": scope, "level": draft.level, "language": draft.language}
    return _issued(session, FeedToken(person_id=person_id, **told), token, by, now)


def rotate_feed(session: Session, feed_id: int, *, overlap: timedelta = OVERLAP, token: str = "", by: Actor, now: datetime) -> Made:
    """Give a feed a new address, or the one that it was given with this ``token`` again; the old one lives on for ``overlap`` (at
    most 30 days), so that clients can be moved.

    Raises Missing for a feed of somebody else, Gone for one that was ended.
    """
    old = _own(session, feed_id, by)
    if before := _made_before(session, token, by, now):
        return before
    _require_live(old, now)
    old.ends_at = now + min(overlap, OVERLAP)
    kept = {name: getattr(old, name) for name in ("person_id", "name", "audience", "scope", "level", "language")}
    return _issued(session, FeedToken(**kept, replaces_id=old.id), token, by, now)


def revoke_feed(session: Session, feed_id: int, *, by: Actor, now: datetime) -> FeedToken:
    """End a feed at once, with the addresses it replaced; doing so again changes nothing.

    Raises Missing for a feed of somebody else.
    """
    feed = _own(session, feed_id, by)
    ended: FeedToken | None = feed
    while ended is not None:
        if ended.revoked_at is None:
            ended.revoked_at = now
            record(session, Act("revoke", "feed_token", ended.id, {}, ended.person_id), by=by, now=now)
        ended = session.get(FeedToken, ended.replaces_id) if ended.replaces_id else None
    session.flush()
    return feed


def feeds_of(session: Session, *, by: Actor, now: datetime) -> Sequence[FeedToken]:
    """The person's feeds that still answer, newest first."""
    own = select(FeedToken).where(FeedToken.person_id == by.require_known(), *living(now))
    return session.scalars(own.order_by(FeedToken.id.desc())).all()


def living(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is true of a feed that still answers."""
    return FeedToken.revoked_at.is_(None), or_(FeedToken.ends_at.is_(None), FeedToken.ends_at > now)


def note_uses(session: Session, uses: Iterable[Use]) -> None:
    """Write when feeds were last read; a feed that another process noted meanwhile is left alone."""
    for use in uses:
        unnoted = or_(FeedToken.used_at.is_(None), FeedToken.used_at <= use.at - NOTED_EVERY)
        session.execute(
            update(FeedToken).where(FeedToken.id == use.token_id, unnoted).values(used_at=use.at, used_by=use.client[:LONGEST_CLIENT])
        )


def _require_sound(draft: Draft) -> None:
    faults = []
    if not 0 < len(draft.name.strip()) <= LONGEST_NAME:
        faults.append(Fault("feed-without-name", "name", draft.name[:LONGEST_NAME], {"most": LONGEST_NAME}))
    if draft.level not in (None, Level.BUSY, Level.PUBLIC):
        faults.append(Fault("not-a-choice", "level", draft.level, {"choices": [Level.BUSY, Level.PUBLIC]}))
    if draft.language not in LANGUAGES:
        faults.append(Fault("not-a-choice", "language", draft.language, {"choices": sorted(LANGUAGES)}))
    if draft.audience in (Audience.CARETAKER, Audience.WORK) and not draft.venues and not draft.rooms:
        faults.append(Fault("feed-without-venues", "venues"))
    if draft.audience is Audience.SIGN and len(draft.rooms) != 1:
        faults.append(Fault("sign-of-one-room", "rooms", len(draft.rooms)))
    if faults:
        raise Invalid(*faults)


def _scope(session: Session, draft: Draft, by: Actor) -> dict[str, Any]:
    match draft.audience:
        case Audience.BOOKER:
            return {}
        case Audience.ORGANISATION:
            found = _organisation(session, draft.organisation, by)
            return {"organisations": [found]} | ({"team": _team(session, draft.team, found)} if draft.team else {})
        case Audience.CARETAKER | Audience.WORK | Audience.SIGN:
            rooms = _rooms(session, draft.rooms)
            venues = _venues(session, {path.partition("/")[0] for path in draft.rooms}.union(draft.venues), by)
            return {"venues": venues} | ({"rooms": rooms} if rooms else {})


def _organisation(session: Session, number: str, by: Actor) -> int:
    """By its number, or by its id for a group that has none."""
    found = session.scalar(select(Organisation.id).where(Organisation.number == number))
    if found is None and number.isdecimal() and len(number) < 9 and by.acts_for(int(number)):
        found = int(number)
    if found is None:
        raise refuse(Invalid, "no-organisation", "organisation", number)
    by.require(by.acts_for(found), "delegate")
    return found


def _team(session: Session, name: str, organisation_id: int) -> str:
    """A team that the organisation has booked for; a slip of the hand would make a calendar that stays empty."""
    known = sorted(filter(None, session.scalars(select(Booking.team).where(Booking.organisation_id == organisation_id).distinct())))
    if name not in known:
        raise refuse(Invalid, "not-a-choice", "team", name, choices=known) if known else refuse(Invalid, "no-teams", "team", name)
    return name


def _rooms(session: Session, paths: Iterable[str]) -> list[int]:
    return sorted({room_at(session, path).id for path in paths})


def _venues(session: Session, slugs: Collection[str], by: Actor) -> list[int]:
    found = {slug: number for number, slug in session.execute(select(Venue.id, Venue.slug).where(Venue.slug.in_(slugs)))}
    unknown = [Fault("no-venue", "venues", slug) for slug in sorted(slugs) if slug not in found]
    if unknown:
        raise Invalid(*unknown)
    by.require(by.is_officer or all(by.is_caretaker_of(number) for number in found.values()), "caretaker")
    return sorted(found.values())


def _made_before(session: Session, token: str, by: Actor, now: datetime) -> Made | None:
    """The feed that was made with this token and still answers."""
    own = (FeedToken.token_hash == hashed(token), FeedToken.person_id == by.require_known(), *living(now))
    found = session.scalar(select(FeedToken).where(*own)) if token else None
    return Made(found, token) if found else None


def _issued(session: Session, feed: FeedToken, token: str, by: Actor, now: datetime) -> Made:
    feed.created_at = now
    # Pressed once more after it was ended, the same button makes another one.
    is_spent = token and session.scalar(select(FeedToken.id).where(FeedToken.token_hash == hashed(token)))
    token = readdress(feed, "" if is_spent else token)
    session.add(feed)
    session.flush()
    facts = {"audience": str(feed.audience), "scope": feed.scope, "replaces": feed.replaces_id}
    record(session, Act("rotate" if feed.replaces_id else "make", "feed_token", feed.id, facts, feed.person_id), by=by, now=now)
    return Made(feed, token)


def readdress(feed: FeedToken, token: str = "") -> str:
    """A secret for a feed, in place of the one it had: a new one where none is given."""
    token = token or secrets.token_urlsafe(RANDOM_BYTES)
    feed.token_hash = hashed(token)
    return token


def _own(session: Session, feed_id: int, by: Actor) -> FeedToken:
    person_id = by.require_known()
    feed = session.get(FeedToken, feed_id)
    if feed is None or feed.person_id != person_id:
        raise refuse(Missing, "no-feed", "feed", feed_id)
    return feed


def _require_live(feed: FeedToken, now: datetime) -> None:
    if feed.revoked_at is not None or (feed.ends_at is not None and feed.ends_at <= now):
        raise refuse(Gone, "feed-revoked", "feed", feed.id)
