"""The tester: an officer tries a request on a draft before it is published, beside what is published now; nothing is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from werkzeug.datastructures import MultiDict

from accounts import edge
from accounts.identity import ApplicantClass, Role
from booking.outcome import objection_fault
from booking.pages import draft
from booking.pages.blueprint import routes
from booking.pages.draft import Heads
from booking.pages.labels import wall_clocks
from booking.pages.trial import Way
from booking.tryout import Tryout, answers
from booking.wish import Wish
from kernel.clock import now
from kernel.errors import Fault, Invalid, Refusal, refuse
from kernel.wallclock import at, to_utc, to_wall
from policies.document import Document, checked
from policies.labels import choices, kind, layer
from policies.pages.drafts import document_in
from policies.pages.shelves import shelf_at, today, trail
from policies.places import Place, Shelf, places
from policies.request import Figure
from policies.taxonomy import Activity
from policies.tools import Tool
from policies.verdict import Effect, Layer, Objection, Price, Verdict
from venues.models import Room
from venues.queries import room_at
from web import formats, problems
from web.fields import Clock, Day
from web.forms import Form, Input, parse, refused
from web.language import choose
from web.texts import gettext as _

AHEAD = timedelta(days=14)
NOON = timedelta(hours=12)
LONGEST_FIGURE = 10
TONES = {Effect.REFUSE: "danger", Effect.REVIEW: "warning", Effect.WARN: "info"}


class TryInput(Input):
    """A request as the address of the page says it; ``used`` are hours, ``asked`` and ``asked_at`` when it is made, else now."""

    room: Annotated[str, Field(max_length=170)]
    date: Day
    from_: Annotated[Clock, Field(alias="from")]
    to: Clock
    end_date: Day | None = None
    asked: Day | None = None
    asked_at: Clock = NOON
    applicant: ApplicantClass
    registered: bool | None = None
    local: bool | None = None
    statuses: Annotated[str, Field(max_length=400)] = ""
    age: Annotated[int | None, Field(ge=0, le=120)] = None
    activity: Activity
    participants: Annotated[dict[str, Heads], Field(max_length=20)] = Field(default_factory=dict)
    alcohol: bool = False
    commercial: bool = False
    open_to_all: bool = False
    in_series: bool = False
    team: Annotated[str, Field(max_length=120)] = ""
    figures: Annotated[str, Field(max_length=400)] = ""
    used: Annotated[int, Field(ge=0, le=8784)] = 0
    held: Annotated[int, Field(ge=0, le=10_000)] = 0
    absent: Annotated[int, Field(ge=0, le=10_000)] = 0
    exceptions: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)

    @property
    def wish(self) -> Wish:
        """The wish that is tried; raises Invalid for what no wish can be."""
        start, end = draft.span_of(self.date, self.from_, self.end_date or self.date, self.to)
        heads = {band: heads for band, heads in self.participants.items() if heads}
        said = {"room": self.room, "start": start, "end": end, "purpose": self.activity.value, "activity": self.activity}
        marks = {name: getattr(self, name) for name in ("alcohol", "commercial", "open_to_all", "team")}
        # A wish gives a reason with the exceptions that it asks for; no rule reads it.
        asked = {"exceptions": tuple(self.exceptions), "exception_reason": self.activity.value} if self.exceptions else {}
        return parse(Wish, {**said, **marks, **asked, "participants": heads})

    def asked_in(self, zone: str) -> datetime:
        """When the request is made, on the wall clock of the room."""
        return to_utc(at(self.asked, self.asked_at), zone, field="asked") if self.asked else now()


@dataclass(frozen=True, slots=True)
class Against:
    """One thing that a rule has to say: the fault with its sentence, what follows, and the rule with the page where it stands.

    ``waivable_by`` is who may except from the rule, ``is_asked`` that the try asks for it, ``ask`` the same try that does.
    """

    fault: Fault
    effect: Effect
    rule: str
    href: str
    waivable_by: Role | None
    is_asked: bool
    ask: str

    @property
    def tone(self) -> str:
        return TONES[self.effect]


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict as the page shows it."""

    title: str
    verdict: Verdict
    against: tuple[Against, ...]
    decider_title: str
    ways: tuple[Way, ...]

    @property
    def price(self) -> Price | None:
        return self.verdict.price


@routes.get("/policies/<policy_place:place>/draft/try")
def try_draft(place: str) -> ResponseReturnValue:
    """The form of a request, and what draft and published policy say of it when one is filled in."""
    edge.actor().require(edge.actor().is_officer, "officer")
    shelf = shelf_at(place)
    document = document_in(shelf)
    if "date" not in request.args:
        return _page(shelf, Form(_usual(shelf.place)))
    try:
        return _answered(shelf, document, parse(TryInput, request.args))
    except Refusal as refusal:
        form = refused(request.args, refusal.faults, draft.NAMES | {"organisation": "applicant"})
        return Response(_page(shelf, form), status=problems.status_of(refusal))


def tester_of(place: Place) -> Tool:
    """The tester as a draft's page offers it."""
    why = _("Se hva utkastet svarer på en tenkt forespørsel, og hva som svares i dag.")
    return Tool(_("Prøv en forespørsel"), why, url_for("booking.try_draft", place=place.path))


def _answered(shelf: Shelf, document: Document, given: TryInput) -> str:
    room = _room(shelf.place, given.room)
    tryout = _tryout(given, room.venue.zone)
    found = answers(edge.reading(), room, tryout, document)
    ids = {rule.id for rule in document.rules}
    drafted = _answer(_("Med utkastet"), found.drafted, room, drafted={document.layer: (shelf.place, ids)})
    published = _answer(_("Slik det er publisert"), found.published, room, drafted={})
    return _page(shelf, Form(request.args), room=room, answers=(drafted, published))


def _tryout(given: TryInput, zone: str) -> Tryout:
    same = ("applicant", "registered", "local", "age", "in_series", "held", "absent")
    return Tryout(
        wish=given.wish,
        asked=given.asked_in(zone),
        statuses=_words(given.statuses),
        figures=tuple(_figure(written) for written in _words(given.figures)),
        used=given.used * 60,
        **{name: getattr(given, name) for name in same},
    )


def _words(written: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in written.split(",") if word.strip())


def _figure(written: str) -> Figure:
    """A number by its name: ``active-members=120``; raises Invalid (``bad-format``)."""
    name, _equals, value = (part.strip() for part in written.partition("="))
    if not (name and value.isascii() and value.isdecimal() and len(value) < LONGEST_FIGURE):
        raise refuse(Invalid, "bad-format", "figures", written, pattern="active-members=120")
    return Figure(name, int(value))


def _answer(title: str, verdict: Verdict, room: Room, *, drafted: Mapping[Layer, tuple[Place, set[str]]]) -> Answer:
    """``drafted`` is the layer whose document is a draft, with its place and the ids of its rules."""
    told = (*verdict.objections, *verdict.warnings)
    against = tuple(_against(one, room, drafted) for one in told)
    decider = verdict.decider.title.in_language(choose()) if verdict.decider else ""
    return Answer(title, verdict, against, decider, tuple(_ways(verdict)))


def _against(one: Objection, room: Room, drafted: Mapping[Layer, tuple[Place, set[str]]]) -> Against:
    asking = request.args.copy()
    asking.add("exceptions", one.rule)
    rule, href = _origin(one, room, drafted)
    return Against(objection_fault(one, ""), one.effect, rule, href, one.waivable_by, one.is_asked, _again(asking))


def _origin(objection: Objection, room: Room, drafted: Mapping[Layer, tuple[Place, set[str]]]) -> tuple[str, str]:
    """The rule that objects, by what it is about and whose it is, and the address at which it stands."""
    words = f"{kind(objection.kind)} ({objection.rule})"
    place, ids = drafted.get(objection.layer, (None, set()))
    if place and objection.rule in ids:
        return f"{_('Utkastet')}: {words}", url_for("policies.rule_form", place=place.path, rule=objection.rule)
    path = {Layer.ROOM: f"{room.venue.slug}/{room.slug}", Layer.VENUE: room.venue.slug}.get(objection.layer, "")
    href = "" if objection.layer is Layer.BASELINE else url_for("policies.place_page", place=path)
    return f"{layer(objection.layer)}: {words}", href


def _ways(verdict: Verdict) -> Iterator[Way]:
    """The nearest times that the policy allows, each as the same try at that time."""
    for wall in {way.wall: None for objection in verdict.refusals for way in objection.alternatives}:
        label = f"{formats.short_date(wall.start)} {wall_clocks((wall.start, wall.end))}"
        yield Way(label, _again(draft.shifted(request.args, wall.start, wall.end)))


def _again(given: "MultiDict[str, Any]") -> str:
    """The address of this page with another request."""
    fields: dict[str, Any] = {}
    for name, value in given.items(multi=True):
        fields.setdefault(name, []).append(value)
    return url_for("booking.try_draft", **(request.view_args or {}), **fields)


def _page(shelf: Shelf, form: Form, **more: Any) -> str:
    document = document_in(shelf)
    return render_template(
        "booking/tester.html",
        shelf=shelf,
        form=form,
        rooms=_rooms(shelf.place),
        bands=draft.bands_shown(form.values, {cut for rule in document.rules for cut in rule.age_cuts}),
        applicants=choices(ApplicantClass),
        activities=choices(Activity),
        waivable=list(_waivable(shelf.place, document, form)),
        crumbs=_crumbs(shelf),
        **more,
    )


def _waivable(place: Place, document: Document, form: Form) -> Iterator[tuple[str, str]]:
    """The rules of the draft and of what is published above it from which exceptions can be granted, and what the form asks for."""
    steps = place.path.split("/") if place.path else []
    wider = [shelf_at("/".join(steps[:number])).current(today()) for number in range(len(steps))]
    documents = [document, *(checked(version.document) for version in reversed(wider) if version)]
    named = {rule.id: f"{kind(rule.kind)} ({rule.id})" for one in documents for rule in one.rules if rule.waiver}
    asked = form.chosen("exceptions")
    yield from named.items()
    yield from ((rule, rule) for rule in sorted(asked - named.keys()))


def _room(place: Place, path: str) -> Room:
    """The room that is tried; raises Invalid for one that a policy of the place is not about, Missing for one that is not there."""
    if not _is_within(path, place.path):
        raise refuse(Invalid, "not-a-choice", "room", path, choices=[room for room, _name in _rooms(place)])
    return room_at(edge.reading(), path)


def _rooms(place: Place) -> list[tuple[str, str]]:
    """The rooms that a policy of the place is about."""
    within = [one for one in places(edge.reading()) if one.layer is Layer.ROOM and _is_within(one.path, place.path)]
    return [(one.path, one.name) for one in within]


def _is_within(room: str, path: str) -> bool:
    return not path or room == path or room.startswith(f"{path}/")


def _usual(place: Place) -> dict[str, Any]:
    """An ordinary request, for the officer to change."""
    day = to_wall(now(), formats.HOME_ZONE).date() + AHEAD
    usual = {"date": day, "from": "18:00", "to": "20:00", "applicant": ApplicantClass.ORGANISATION, "registered": "yes", "local": "yes"}
    return {**usual, "activity": Activity.SPORT_TRAINING, "participants.20-66": 15, "age": 40, "used": 0}


def _crumbs(shelf: Shelf) -> list[tuple[str, str]]:
    _top, here = trail(shelf)
    drafted = (_("Utkast"), url_for("policies.draft_page", place=shelf.place.path))
    return [(_("Retningslinjer"), _top[1]), here, drafted, (_("Prøv en forespørsel"), request.path)]
