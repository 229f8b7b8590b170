"""A trial app: nothing but the web edge, with a few routes to try it on."""

from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from flask import Blueprint, Flask, flash, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from kernel.errors import Busy, Conflict, Fault, Invalid, Missing, refuse
from settings import Settings
from web import guards, pages, shell
from web.api import Answer, Api, PageQuery, after_cursor, expected_version, idempotency_key, page_of
from web.api import Page as ApiPage
from web.fields import Clock, Count, Day, Email, Line
from web.forms import Form, Input, parse
from web.hooks import Link, hooks
from web.weekgrid import Slot, SlotState, week_grid

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-that-somebody-has"
TUESDAY = date(2026, 11, 24)


class Wish(Input):
    """A wish for a room, as page forms and the API send it."""

    room: Line
    day: Day
    start: Clock
    people: Count = Field(ge=1)
    email: Email
    needs: list[Literal["piano", "projector"]] = Field(default_factory=list)


class RoomShape(Input):
    name: str
    version: int = 1


class RoomQuery(PageQuery):
    kind: list[Literal["hall", "classroom"]] = Field(default_factory=list)


def make_app(settings: Settings) -> Flask:
    app = Flask("arena", root_path=str(ROOT / "web"))
    app.config.update(SECRET_KEY=settings.secret_key, TESTING=True)
    shell.install(app, settings)
    app.register_blueprint(trial_pages())
    app.register_blueprint(trial_api())
    hooks(app).identify = lambda token: "Kari" if token == TOKEN else None
    hooks(app).navigation.append(lambda: [Link("Finn rom", "/everything"), Link("Mine bestillinger", "/mine")])
    hooks(app).navigation.append(lambda: [Link("Kari Nordmann", "/me", "account"), Link("Logg ut", "/sign-out", "account", post=True)])
    return app


def trial_pages() -> Blueprint:
    trial = Blueprint("trial", __name__, template_folder=str(Path(__file__).parent / "templates"))

    @trial.get("/everything")
    def everything() -> str:
        flash("Bestillingen er sendt.", "success")
        wrong = (
            Fault("missing-field", "name"),
            Fault("not-a-choice", "kind", "svømmehall", {"choices": ["gymsal", "klasserom"]}),
            Fault("lost-race"),
        )
        return render_template(
            "everything.html", form=Form({"people": 30, "kind": "hall", "needs": ["piano"]}, wrong), grid=week_grid(week())
        )

    @trial.get("/wishes/new")
    def new_wish() -> str:
        return render_template("wish.html", form=Form({}))

    @trial.post("/wishes")
    def send_wish() -> ResponseReturnValue:
        try:
            wish = parse(Wish, request.form)
        except Invalid as refusal:
            return pages.form_again("wish.html", refusal)
        return pages.done(f"Sendt: {wish.room}", "/wishes/new")

    @trial.post("/photos")
    @guards.larger_body()
    def photo() -> str:
        return str(len(request.get_data()))

    @trial.get("/broken")
    def broken() -> str:
        raise RuntimeError("Kari Nordmann, 99 88 77 66")

    @trial.get("/calendars/private/<token>.ics")
    def feed(token: str) -> str:
        return "feed"

    @trial.get("/refused/<kind>")
    def refused(kind: str) -> str:
        kinds = {
            "conflict": refuse(Conflict, "lost-race"),
            "missing": refuse(Missing, "not-found"),
            "busy": Busy(Fault("database-busy"), after=7),
        }
        raise kinds[kind]

    return trial


def trial_api() -> Api:
    api = Api("trial", __name__)

    @api.operation("GET", "/halls", query=RoomQuery, answers={200: ApiPage[RoomShape]}, public=True)
    def halls(query: RoomQuery) -> ApiPage[RoomShape]:
        """Halls by name."""
        first = (after_cursor(query) or 0) + 1
        numbers = list(range(first, min(first + query.limit + 1, 6)))
        return page_of(numbers, query, show=lambda n: RoomShape(name=f"Hall {n}"), key=lambda n: n)

    @api.operation("GET", "/halls/<int:number>", answers={200: RoomShape}, public=True)
    def hall(number: int) -> Answer:
        """One hall."""
        return Answer(RoomShape(name=f"Hall {number}"), etag="1")

    @api.operation("POST", "/wishes", body=Wish, answers={201: RoomShape}, idempotent=True)
    def wish(body: Wish) -> RoomShape:
        """Wish for a room."""
        return RoomShape(name=f"{body.room} {idempotency_key()}")

    @api.operation("PATCH", "/halls/<int:number>", body=RoomShape, answers={200: RoomShape}, versioned=True)
    def rename(number: int, body: RoomShape) -> RoomShape:
        """Rename a hall."""
        return RoomShape(name=body.name, version=expected_version() + 1)

    return api


def week() -> list[tuple[date, list[Slot]]]:
    """A week with every state of time, an overnight start, a short slot and a closed Sunday."""

    def at(hours: float) -> timedelta:
        return timedelta(hours=hours)

    evening = [
        Slot(at(8), at(15.5), SlotState.CLOSED, "Skolen bruker rommet"),
        Slot(at(16), at(18), SlotState.TAKEN, "Strømsø Håndballklubb"),
        Slot(at(18), at(21), SlotState.FREE, href="/wishes/new"),
        Slot(at(21), at(22), SlotState.HELD),
        Slot(at(22), at(23), SlotState.WANTED, "Også ønsket: Strømsø sangkor"),
        Slot(at(23), at(24), SlotState.SHARED, "Konsert (gjennom Hel hall, delt flate)"),
    ]
    days: list[list[Slot]] = [evening] * 4
    days.append([Slot(at(16), at(17.5), SlotState.FREE, href="/wishes/new"), Slot(at(17.5), at(24), SlotState.TAKEN, "Konsert")])
    days.append(
        [
            Slot(at(0), at(1), SlotState.TAKEN, "Konsert"),
            Slot(at(8), at(10), SlotState.PAST),
            Slot(at(10), at(10.5), SlotState.FREE, href="/wishes/new"),
            Slot(at(12), at(20), SlotState.AGREEMENT),
        ]
    )
    days.append([])
    return [(TUESDAY + timedelta(days=number), slots) for number, slots in enumerate(days)]
