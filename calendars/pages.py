"""Pages: one's own private feeds - what there is, who reads them, making, changing address, ending."""

from dataclasses import replace
from typing import Literal

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask_babel import gettext
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from accounts.edge import actor, database, reading, transact
from accounts.identity import Actor, Role
from accounts.models import Organisation
from calendars.addresses import private_address, subscribing
from calendars.models import Audience
from calendars.rendering import name_of
from calendars.standing import Address, Kind, standing_of
from calendars.tokens import LONGEST_NAME, NO_OVERLAP, OVERLAP, Draft, Made, feeds_of, make_feed, revoke_feed, rotate_feed
from calendars.whatson import Among
from kernel.clock import now
from kernel.errors import Refusal
from venues.models import Venue
from venues.queries import venues_in_use
from web.forms import Form, Input, parse
from web.hooks import Link, hooks
from web.language import choose
from web.pages import done, form_again

routes = Blueprint("subscriptions", __name__, url_prefix="/calendars")
ROUND = "round"
MINE = "mine"


class NewFeed(Input):
    """The form of a new feed: ``about`` is mine, round (of the venues), or the id of an organisation."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    about: str = Field(max_length=20)
    venues: list[str] = Field(default_factory=list, max_length=300)
    language: Literal["nb", "nn", "en"] = "nb"

    def draft(self) -> Draft:
        match self.about:
            case "round":
                return Draft(self.name, Audience.CARETAKER, venues=tuple(self.venues), language=self.language)
            case "mine":
                return Draft(self.name, Audience.BOOKER, language=self.language)
            case number:
                return Draft(self.name, Audience.ORGANISATION, organisation=number, language=self.language)


class NewAddress(Input):
    """The form of a change of address."""

    keep: Literal["30", "0"] = "30"


def install(app: Flask) -> None:
    """Serve the pages and name them in the navigation."""
    app.register_blueprint(routes)
    hooks(app).navigation.insert(0, lambda: [Link(gettext("Kalendere"), "/calendars", "account")] if actor().person_id else [])


@routes.get("")
def feeds() -> str:
    """Mine kalenderabonnement."""
    actor().require_known()
    return render_template("calendars/feeds.html", form=Form({"about": MINE, "language": actor().language}), **_shown())


@routes.post("")
def make() -> Response:
    """A new feed; its address is on the answer and nowhere else."""
    try:
        given = parse(NewFeed, request.form)
        return _told(transact(make_feed, given.draft()), status=201)
    except Refusal as refusal:
        actor().require_known()
        return form_again("calendars/feeds.html", refusal, names={"organisation": "about"}, **_shown())


@routes.post("/<int:feed_id>/rotation")
def rotate(feed_id: int) -> Response:
    """A new address for a feed."""
    overlap = OVERLAP if parse(NewAddress, request.form).keep == "30" else NO_OVERLAP
    return _told(transact(rotate_feed, feed_id, overlap=overlap), status=200)


@routes.post("/<int:feed_id>/revocation")
def revoke(feed_id: int) -> AnyResponse:
    """The end of a feed."""
    transact(revoke_feed, feed_id)
    return done(gettext("Kalenderabonnementet er avsluttet."), "/calendars")


@routes.get("/venues/<slug>")
def follow_venue(slug: str) -> str:
    """How to subscribe to a venue."""
    return _follow(Address("venue", slug))


@routes.get("/rooms/<venue>/<slug>")
def follow_room(venue: str, slug: str) -> str:
    """How to subscribe to a room."""
    return _follow(Address("room", venue, slug))


@routes.get("/districts/<slug>")
def follow_district(slug: str) -> str:
    """How to subscribe to a district."""
    return _follow(Address("district", slug))


@routes.get("/organisations/<number>")
def follow_organisation(number: str) -> str:
    """How to subscribe to an organisation."""
    return _follow(Address("organisation", number))


@routes.get("/open", defaults={"path": ""})
@routes.get("/open/<path:path>")
def follow_what_is_on(path: str) -> str:
    """How to subscribe to what is on."""
    return _follow(Address.open_to_all(Among.at(path)))


def _follow(address: Address) -> str:
    with database().glancing() as connection:
        found = standing_of(connection, address, now=now())
    ways = subscribing(current_app.extensions["settings"].public_url + found.source)
    name = name_of(replace(found, language=choose())) if found.kind is Kind.OPEN else found.name
    return render_template("calendars/subscribe.html", name=name, ways=ways, is_open=found.kind is Kind.OPEN, page=found.page)


def _told(made: Made, *, status: int) -> Response:
    ways = subscribing(private_address(current_app.extensions["settings"].public_url, made.token))
    response = Response(render_template("calendars/made.html", feed=made.feed, ways=ways), status)
    response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return response


def _shown() -> dict[str, object]:
    session, hand = reading(), actor()
    venues, organisations = venues_of(session, hand), organisations_of(session, hand)
    about = [(MINE, gettext("Mine bookinger"))] + [(str(one.id), one.name) for one in organisations]
    about += [(ROUND, gettext("Vaktmester: det som skjer i bygg jeg har ansvar for"))] if venues else []
    found = feeds_of(session, by=hand, now=now())
    return {"feeds": found, "venues": [(one.slug, one.name) for one in venues], "about": about}


def venues_of(session: Session, hand: Actor) -> list[Venue]:
    """The venues that a caretaker's feed of this person may be about."""
    if not hand.is_officer and Role.CARETAKER not in hand.roles:
        return []
    return [venue for venue in venues_in_use(session) if hand.is_officer or venue.id in hand.venues]


def organisations_of(session: Session, hand: Actor) -> list[Organisation]:
    """The organisations that the person acts for."""
    return list(session.scalars(select(Organisation).where(Organisation.id.in_(hand.organisations)).order_by(Organisation.name)))
