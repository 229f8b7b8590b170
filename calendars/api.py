"""The API of private feeds: mine, made, given a new address, ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from flask import current_app
from pydantic import BaseModel, Field

from accounts.edge import actor, reading, transact
from calendars.addresses import private_address
from calendars.levels import Level
from calendars.models import Audience, FeedToken
from calendars.tokens import LONGEST_NAME, Draft, Made, feeds_of, make_feed, revoke_feed, rotate_feed
from kernel.clock import now
from web.api import Answer, Api
from web.forms import Input

api = Api("feeds", __name__)


class FeedBody(Input):
    """A new feed: of ``venues`` (slugs) or chosen ``rooms`` (``venue/room``) for a caretaker, of one of the ``rooms`` for a door
    sign, of one ``organisation`` (number) or one ``team`` of it, or of one's own bookings.

    With a ``level`` it tells less than that audience may know: no names that the public is not told, or none at all.
    """

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    audience: Audience
    venues: list[str] = Field(default_factory=list, max_length=300)
    rooms: list[str] = Field(default_factory=list, max_length=300)
    organisation: str = Field(default="", max_length=20)
    team: str = Field(default="", max_length=120)
    language: str = Field(default="nb", max_length=5)
    level: Literal[Level.PUBLIC, Level.BUSY] | None = None


class RotationBody(Input):
    """For how many days the old address lives on."""

    overlap_days: int = Field(default=30, ge=0, le=30)


class ShownFeed(BaseModel):
    """A private feed; its address is known to its subscriber only."""

    id: int
    name: str
    audience: Audience
    level: Level | None
    language: str
    created_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    used_by: str


class MadeFeed(ShownFeed):
    """A feed with its address, which is told this once."""

    address: str


class ShownFeeds(BaseModel):
    """The feeds of one person that still answer, newest first."""

    items: Sequence[ShownFeed]


@api.operation("GET", "/feeds", answers={200: ShownFeeds})
def mine() -> ShownFeeds:
    """My named private feeds."""
    return ShownFeeds(items=[ShownFeed(**_fields(feed)) for feed in feeds_of(reading(), by=actor(), now=now())])


@api.operation("POST", "/feeds", body=FeedBody, answers={201: MadeFeed})
def make(body: FeedBody) -> Answer:
    """Make a private feed; its address is told this once."""
    return _made(transact(make_feed, Draft(**body.model_dump() | {"venues": tuple(body.venues), "rooms": tuple(body.rooms)})), 201)


@api.operation("POST", "/feeds/<int:feed_id>/rotation", body=RotationBody, answers={200: MadeFeed})
def rotate(feed_id: int, body: RotationBody) -> Answer:
    """Give a feed a new address."""
    return _made(transact(rotate_feed, feed_id, overlap=timedelta(days=body.overlap_days)), 200)


@api.operation("POST", "/feeds/<int:feed_id>/revocation", answers={200: ShownFeed})
def revoke(feed_id: int) -> ShownFeed:
    """End a feed."""
    return ShownFeed(**_fields(transact(revoke_feed, feed_id)))


def _made(made: Made, status: int) -> Answer:
    address = private_address(current_app.extensions["settings"].public_url, made.token)
    return Answer(MadeFeed(**_fields(made.feed), address=address), status, {"Cache-Control": "no-store"})


def _fields(feed: FeedToken) -> dict[str, Any]:
    return {name: getattr(feed, name) for name in ShownFeed.model_fields}
