"""Pages: one's own private feeds and how to subscribe, the link by which a caretaker gets theirs, and the health of all feeds."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal
from uuid import uuid4

from flask import Blueprint, Flask, Response, current_app, render_template, request
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response as AnyResponse

from accounts.edge import actor, database, reading, transact
from accounts.identity import Actor, Role
from accounts.models import Organisation
from accounts.personal import looks
from calendars.addresses import Subscribing, private_address, subscribing
from calendars.clients import device_of, name_of
from calendars.health import Health, is_silent, readings, watched
from calendars.levels import Level
from calendars.links import LASTS, feed_behind, send_link, take_up
from calendars.models import Audience, FeedToken
from calendars.rendering import title_of
from calendars.standing import PATHS, Address, Kind, standing_of
from calendars.tokens import LONGEST_NAME, NO_OVERLAP, OVERLAP, Draft, Made, feeds_of, make_feed, revoke_feed, rotate_feed, token_of
from calendars.whatson import Among
from kernel.clock import now
from kernel.errors import Refusal
from venues.models import Room, Venue
from web.fields import RowId
from web.forms import Form, Input, parse
from web.hooks import Group, Link, hooks
from web.language import choose
from web.pages import done, form_again
from web.texts import gettext as _

routes = Blueprint("subscriptions", __name__, url_prefix="/calendars")
ROUND, WORK, SIGN = "round", "work", "sign"
MINE = "mine"
# Names one rendering of a form, so that its button pressed twice does what it does once.
Press = Annotated[str, Field(max_length=100)]
SECRET = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


class NewFeed(Input):
    """The form of a new feed: ``about`` is mine, round or work (of the venues or rooms), sign (of a room), or the id of an
    organisation."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    about: str = Field(max_length=20)
    venues: list[str] = Field(default_factory=list, max_length=300)
    rooms: list[str] = Field(default_factory=list, max_length=300)
    team: str = Field(default="", max_length=120)
    level: Literal[Level.PUBLIC, Level.BUSY] | None = None
    language: Literal["nb", "nn", "en"] = "nb"
    press: Press = ""

    def draft(self) -> Draft:
        mine = Draft(self.name, Audience.BOOKER, language=self.language, level=self.level)
        match self.about:
            case "round" | "work" as about:
                audience = Audience.WORK if about == WORK else Audience.CARETAKER
                return replace(mine, audience=audience, venues=tuple(self.venues), rooms=tuple(self.rooms))
            case "sign":
                return replace(mine, audience=Audience.SIGN, rooms=tuple(self.rooms))
            case "mine":
                return mine
            case number:
                return replace(mine, audience=Audience.ORGANISATION, organisation=number, team=self.team)


class NewAddress(Input):
    """The form of a change of address."""

    keep: Literal["30", "0"] = "30"
    press: Press = ""


class Offering(Input):
    """Whom to send the link to their calendar."""

    person: RowId


def install(app: Flask) -> None:
    """Serve the pages and name them in the navigation."""
    app.register_blueprint(routes)
    app.extensions["feed_health"] = Health(app.extensions["feeds"].cache)
    app.add_template_filter(lambda agent: _(name_of(agent)), "client_name")
    hooks(app).navigation.insert(0, _mine)
    hooks(app).navigation.append(_of_staff)


@routes.get("")
def feeds() -> str:
    """Mine kalenderabonnement; ``?about=round`` has the form filled in for a caretaker."""
    actor().require_known()
    shown = _shown()
    about = ROUND if request.args.get("about") == ROUND and shown["venues"] else MINE
    every = [slug for slug, _name in shown["venues"]] if about == ROUND else []
    values = {"about": about, "venues": every, "name": device_of(_agent())[0], "language": actor().language, "press": uuid4().hex}
    return render_template("calendars/feeds.html", form=Form(values), **shown)


@routes.post("")
def make() -> Response:
    """A new feed; its address is on the answer and nowhere else."""
    try:
        given = parse(NewFeed, request.form)
        draft = given.draft()
        return _told(transact(make_feed, draft, token=token_of(given.press, draft, _secret(), by=actor())), status=201)
    except Refusal as refusal:
        actor().require_known()
        return form_again("calendars/feeds.html", refusal, names={"organisation": "about"}, **_shown())


@routes.post("/<int:feed_id>/rotation")
def rotate(feed_id: int) -> Response:
    """A new address for a feed."""
    given = parse(NewAddress, request.form)
    overlap = OVERLAP if given.keep == "30" else NO_OVERLAP
    token = token_of(given.press, feed_id, _secret(), by=actor())
    return _told(transact(rotate_feed, feed_id, overlap=overlap, token=token), status=200)


@routes.post("/<int:feed_id>/revocation")
def revoke(feed_id: int) -> AnyResponse:
    """The end of a feed."""
    transact(revoke_feed, feed_id)
    return done(_("Kalenderabonnementet er avsluttet."), "/calendars")


@routes.get("/links/<token>")
def link_page(token: str) -> Response:
    """What the link gives, and the button that does; scanners of mail open it as often as they like."""
    feed = feed_behind(reading(), token, _secret(), now=now())
    venues = reading().scalars(select(Venue).where(Venue.id.in_(feed.scope["venues"])).order_by(Venue.name)).all()
    page = render_template("calendars/link.html", feed=feed, venues=venues, expires_at=(feed.sent_at or now()) + LASTS)
    return Response(page, headers=SECRET)


@routes.post("/links/<token>")
def take(token: str) -> Response:
    """The address, told this once, with the steps for the telephone that asks."""
    return _told(transact(take_up, token, _secret()), status=200)


@routes.get("/health")
def health() -> str:
    """Whether the feeds are sound and caretakers still get theirs."""
    hand, session, moment = actor(), reading(), now()
    hand.require(hand.is_staff, "caretaker")
    looked: Health = current_app.extensions["feed_health"]
    found = watched(session, by=hand, now=moment)
    looks.shown(*(one.person.id for one in found))
    return render_template(
        "calendars/health.html",
        stored=looked.stored(by=hand),
        readings=readings(session, by=hand, now=moment),
        watched=found,
        is_officer=hand.is_officer,
        is_silent=is_silent,
        is_administrator=hand.is_administrator,
        now=moment,
    )


@routes.post("/health/links")
def send() -> AnyResponse:
    """Send a caretaker the link to their calendar."""
    feed = transact(send_link, parse(Offering, request.form).person)
    person = reading().get_one(FeedToken, feed.id).person
    return done(_("Lenken er sendt til %(name)s på e-post.", name=person.name), "/calendars/health")


def follow(kind: str, **parts: str) -> str:
    """How to subscribe to a venue, a room, a district or an organisation."""
    return _follow(Address.of_place(kind, *parts.values()))


for _kind, _path in PATHS.items():
    routes.add_url_rule(_path, f"follow_{_kind}", partial(follow, _kind))


@routes.get("/open", defaults={"path": ""})
@routes.get("/open/<path:path>")
def follow_what_is_on(path: str) -> str:
    """How to subscribe to what is on."""
    return _follow(Address.open_to_all(Among.at(path)))


def _mine() -> Iterable[Link]:
    return [Link(_("Kalendere"), "/calendars", "account", group=Group.OWN)] if actor().person_id is not None else []


def _of_staff() -> Iterable[Link]:
    return [Link(_("Kalenderstatus"), "/calendars/health", "staff", group=Group.FIGURES)] if actor().is_staff else []


def _follow(address: Address) -> str:
    found = standing_of(database().glances, address, now=now())
    site, is_open = current_app.extensions["settings"].public_url, found.kind is Kind.OPEN
    name = title_of(replace(found, language=choose())) if is_open else found.name
    # The picture leads to this page: the telephone that reads it is shown its own steps.
    ways = subscribing(site + found.source, name, pictured=site + request.path)
    return render_template("calendars/subscribe.html", name=name, is_open=is_open, page=found.page, **_ways(ways))


def _told(made: Made, *, status: int) -> Response:
    address = private_address(current_app.extensions["settings"].public_url, made.token)
    shown = _ways(subscribing(address, made.feed.name))
    page = render_template("calendars/made.html", feed=made.feed, is_known=actor().is_known, **shown)
    return Response(page, status, headers=SECRET)


def _ways(ways: Subscribing) -> dict[str, object]:
    device, first = device_of(_agent())
    return {"ways": ways, "device": device, "first": first}


def _shown() -> dict[str, list[Any]]:
    session, hand, moment = reading(), actor(), now()
    venues, organisations = venues_of(session, hand), organisations_of(session, hand)
    about = [(MINE, _("Mine bookinger"))] + [(str(one.id), one.name) for one in organisations]
    if venues:
        about += [(ROUND, _("Vaktmester: det som skjer i bygg jeg har ansvar for"))]
        about += [(WORK, _("Vaktmester: det jeg skal gjøre der (låse opp, klargjøre, skifte, låse)"))]
        about += [(SIGN, _("Dørskilt: det alle kan lese om ett rom"))]
    found = feeds_of(session, by=hand, now=moment)
    return {
        "feeds": [(feed, _scope(session, feed), is_silent(feed, moment)) for feed in found],
        "venues": [(one.slug, one.name) for one in venues],
        "rooms": [(f"{one.slug}/{room.slug}", room.whole_name) for one in venues for room in one.rooms if room.retired_at is None],
        "about": about,
    }


def _scope(session: Session, feed: FeedToken) -> str:
    """What a feed is about, by the names of its rooms, its venues, or its organisation and team."""
    rooms = [session.get(Room, number) for number in feed.scope.get("rooms", ())]
    chosen = {room.venue_id for room in rooms if room}
    venues = [session.get(Venue, number) for number in feed.scope.get("venues", ()) if number not in chosen]
    organisations = [session.get(Organisation, number) for number in feed.scope.get("organisations", ())]
    names = [one.name for one in (*venues, *organisations) if one] + [room.whole_name for room in rooms if room]
    return ", ".join([*sorted(names), *filter(None, [feed.scope.get("team")])])


def _agent() -> str:
    return request.headers.get("User-Agent", "")


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def venues_of(session: Session, hand: Actor) -> list[Venue]:
    """The venues that a caretaker's feed of this person may be about."""
    if not hand.is_officer and Role.CARETAKER not in hand.roles:
        return []
    found = select(Venue).where(Venue.retired_at.is_(None)).options(selectinload(Venue.rooms)).order_by(Venue.name)
    return list(session.scalars(found if hand.is_officer else found.where(Venue.id.in_(hand.venues))))


def organisations_of(session: Session, hand: Actor) -> list[Organisation]:
    """The organisations that the person acts for."""
    return list(session.scalars(select(Organisation).where(Organisation.id.in_(hand.organisations)).order_by(Organisation.name)))
