"""Letters about calendars: the link to one's own, and that nobody fetches it any more."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from calendars.clients import name_of
from calendars.links import LASTS, path_of
from calendars.models import FeedToken
from database.outbox import Notice
from notices.letter import Letter, one_line
from settings import Settings
from venues.models import Venue
from venues.queries import municipality


def of_feed(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """What is to be told of a caretaker's feed; None once it was taken up, read again or ended."""
    feed = session.get(FeedToken, notice.facts["feed"])
    if feed is None or feed.person.email is None or feed.revoked_at or not _holds(notice, feed, now):
        return None
    home = municipality(session)
    venues = session.scalars(select(Venue.name).where(Venue.id.in_(feed.scope["venues"])).order_by(Venue.name)).all()
    values = {
        "feed": feed,
        "client": name_of(feed.used_by),
        "address": settings.public_url + path_of(feed, settings.secret_key),
        "expires_at": feed.sent_at + LASTS if feed.sent_at else None,
        "is_over": feed.ends_at is not None and feed.ends_at <= now,
        "venues": [one_line(name) for name in venues],
        "office": one_line(home.contact_name or home.name),
        "office_phone": home.contact_phone,
    }
    return Letter(feed.person.email, feed.person.language, "feed", values)


def _holds(notice: Notice, feed: FeedToken, now: datetime) -> bool:
    """Whether what the notice tells is still so."""
    if notice.kind == "feed-link":
        return feed.used_at is None and feed.ends_at is None and feed.sent_at == notice.created_at and feed.sent_at + LASTS > now
    return feed.used_at is not None and feed.used_at < notice.created_at
