"""Links: a caretaker is sent a link by which they get the calendar of their round, without an account or a password."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from accounts.identity import Actor, Role
from accounts.models import Person, RoleGrant
from accounts.queries import actor_of
from calendars.models import Audience, FeedToken
from calendars.tokens import Made, living, readdress
from calendars.words import LANGUAGES
from database.audit import Act, record
from database.outbox import post
from kernel.errors import Conflict, Gone, Invalid, Missing, refuse
from venues.models import Venue

LASTS = timedelta(days=14)


def send_link(session: Session, person_id: int, *, by: Actor, now: datetime) -> FeedToken:
    """Send a caretaker the link to the calendar of their venues; one that was sent before and not taken up is of no use then.

    Raises Forbidden to all but officers; Missing; Invalid (``not-a-caretaker``); Conflict (``no-address``) for who has no e-mail.
    """
    by.require(by.is_officer, "officer")
    person = session.get(Person, person_id)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    if person.email is None:
        raise refuse(Conflict, "no-address", "person", person.name)
    venues = _venues_of(session, person_id)
    if not venues:
        raise refuse(Invalid, "not-a-caretaker", "person", person.name)
    feed = session.scalar(select(FeedToken).where(*_sent(person_id, now)).order_by(FeedToken.id.desc()).limit(1).with_for_update())
    if feed is None:
        name = LANGUAGES[person.language].round
        feed = FeedToken(person_id=person_id, name=name, audience=Audience.CARETAKER, language=person.language, created_at=now)
        # Nobody is told this one: who follows the link is given the first address that works.
        readdress(feed)
        session.add(feed)
    feed.scope, feed.sent_at = {"venues": venues}, now
    session.flush()
    post(session, "feed-link", person_id=person_id, now=now, facts={"feed": feed.id})
    record(session, Act("send", "feed_token", feed.id, {"scope": feed.scope}, person_id), by=by, now=now)
    return feed


def take_up(session: Session, token: str, secret: str, *, by: Actor, now: datetime) -> Made:
    """Give the feed behind a link an address, as the person whom it was sent to, whoever is signed in.

    Until somebody reads it that can be done again, and the address before it ends; raises as ``feed_behind`` does.
    """
    feed = feed_behind(session, token, secret, now=now)
    session.refresh(feed, with_for_update=True)
    _require_unread(feed)
    made = Made(feed, readdress(feed))
    session.flush()
    hand = actor_of(session, feed.person_id, via="link")
    record(session, Act("take", "feed_token", feed.id, {}, feed.person_id), by=hand, now=now)
    return made


def feed_behind(session: Session, token: str, secret: str, *, now: datetime) -> FeedToken:
    """The feed behind a link; raises Missing (``no-such-link``), Gone (``feed-link-over``, ``feed-link-taken``)."""
    try:
        feed_id, sent_at = _signer(secret).loads(token)
    except (BadSignature, ValueError, TypeError):
        raise refuse(Missing, "no-such-link") from None
    feed = session.get(FeedToken, feed_id)
    if feed is None or feed.sent_at is None:
        raise refuse(Missing, "no-such-link")
    if int(feed.sent_at.timestamp()) != sent_at or feed.revoked_at or feed.ends_at or feed.sent_at + LASTS <= now:
        raise refuse(Gone, "feed-link-over")
    if not _venues_of(session, feed.person_id):
        raise refuse(Gone, "feed-link-over")
    _require_unread(feed)
    return feed


def path_of(feed: FeedToken, secret: str) -> str:
    """The path of the page that the link opens; when it was sent is signed too, so that only the last one works."""
    moment = int(feed.sent_at.timestamp()) if feed.sent_at else 0
    return f"/calendars/links/{_signer(secret).dumps([feed.id, moment])}"


def _require_unread(feed: FeedToken) -> None:
    if feed.used_at is not None:
        raise refuse(Gone, "feed-link-taken")


def _sent(person_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return FeedToken.person_id == person_id, FeedToken.sent_at.is_not(None), FeedToken.used_at.is_(None), *living(now)


def _venues_of(session: Session, person_id: int) -> Sequence[int]:
    held = (RoleGrant.person_id == person_id, RoleGrant.role == Role.CARETAKER, Venue.retired_at.is_(None))
    return session.scalars(select(Venue.id).join(RoleGrant, RoleGrant.venue_id == Venue.id).where(*held).order_by(Venue.id)).all()


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="calendars.links")
