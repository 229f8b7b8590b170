"""Pages below a venue: the calendars of others that occupy its rooms - what comes of each, what meets bookings, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from flask import Blueprint, Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field, StringConstraints

from accounts import edge
from booking.models import Occurrence
from booking.occupy import peek
from booking.wish import Displacing
from calendars.incoming import words
from calendars.incoming.bounds import MOST_BYTES
from calendars.incoming.deciding import go_first, meetings, others_of, set_aside
from calendars.incoming.matching import IGNORED, Wanted, shown, wanted_of
from calendars.incoming.models import Source, SourceState
from calendars.incoming.refreshing import File, Refreshing, task_of
from calendars.incoming.settling import wants_of
from calendars.incoming.sources import (
    STRENGTH,
    SourceInput,
    activate,
    pause,
    remove,
    source_shown,
    sources_of,
    stored,
)
from kernel.clock import now
from kernel.errors import Conflict, Invalid, refuse
from venues.pages.guards import require_carer
from venues.queries import venue_named
from web import problems
from web.forms import Form, Input, parse, refused
from web.guards import MEGABYTE, larger_body
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _
from web.wording import sentence

routes = Blueprint("incoming", __name__, url_prefix="/venues/<venue>/calendars")
LARGEST = MOST_BYTES + MEGABYTE
SHOWN = 100
for words_of in (words.failure_text, words.skipped_text, words.source_state):
    routes.add_app_template_filter(words_of, words_of.__name__)


class Chosen(Input):
    """The dates that something is decided about, by id."""

    dates: Annotated[list[int], Field(min_length=1, max_length=5000)]


class GoFirst(Chosen):
    """The dates that go before bookings, why, and the sign of who was shown to lose their time."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    seen: Annotated[str, StringConstraints(max_length=40)] = ""


@dataclass(frozen=True, slots=True)
class Coming:
    """A date as it would come, with the bookings that have its time."""

    wanted: Wanted
    others: list[Occurrence]


class First(NamedTuple):
    """The first of a list, and how many it has."""

    shown: Sequence[Any]
    total: int

    @classmethod
    def of(cls, found: Sequence[Any]) -> "First":
        return cls(found[:SHOWN], len(found))


def install(app: Flask) -> None:
    """Serve the pages."""
    app.register_blueprint(routes)


def refreshing() -> Refreshing:
    """What fetches calendars in this process."""
    return Refreshing(edge.database(), current_app.extensions["incoming"])


@routes.get("")
def sources(venue: str) -> str:
    """The calendars of a venue's rooms, and the form to add one."""
    return render_template("calendars/incoming.html", form=Form({"strength": STRENGTH}), **_of_venue(venue))


@routes.post("")
@larger_body(LARGEST)
def add(venue: str) -> ResponseReturnValue:
    """Add a calendar: it is fetched or read at once, and takes nothing yet."""
    edge.actor().require(edge.actor().is_officer, "officer")
    try:
        source = refreshing().add(venue, parse(SourceInput, request.form), _file(), by=edge.actor())
    except FORM_REFUSALS as refusal:
        return form_again("calendars/incoming.html", refusal, **_of_venue(venue))
    message = _("Kalenderen er lagt til. Se gjennom den før den tas i bruk.")
    return done(message, url_for("incoming.source_page", venue=venue, source=source.id))


@routes.get("/<int:source>")
def source_page(venue: str, source: int) -> str:
    """One calendar: whether it is followed, what would come or meets bookings, and what was skipped."""
    return render_template("calendars/source.html", form=Form({}), **_of_source(venue, source))


@routes.post("/<int:source>/activation")
def activation(venue: str, source: int) -> ResponseReturnValue:
    """Follow it: what is here takes its time."""
    _require(venue, source)
    edge.transact(activate, source)
    refreshing().take(source, by=edge.actor())
    return _back(source, venue, _("Kalenderen følges."))


@routes.post("/<int:source>/refresh")
def refresh(venue: str, source: int) -> ResponseReturnValue:
    """Fetch it now, or read its file again; whoever presses twice stays on its page."""
    found = _require(venue, source)
    try:
        refreshing().refresh(source, by=edge.actor())
    except Conflict as refusal:
        return done(sentence(refusal.faults[0]), url_for("incoming.source_page", venue=venue, source=source), kind="warning")
    return _back(source, venue, _("Filen er lest.") if found.file else _("Kalenderen er hentet."))


@routes.post("/<int:source>/file")
@larger_body(LARGEST)
def replace_file(venue: str, source: int) -> ResponseReturnValue:
    """Another file in place of the one that was sent."""
    found, sent = _require(venue, source), _file()
    if not found.file:
        raise refuse(Conflict, "not-a-file", "file", found.name)
    if sent is None:
        raise refuse(Invalid, "document-missing", "file")
    refreshing().take(source, sent.data, by=edge.actor())
    return _back(source, venue, _("Filen er lest."))


@routes.post("/<int:source>/pause")
def pausing(venue: str, source: int) -> ResponseReturnValue:
    """Fetch it no more for now."""
    _require(venue, source)
    edge.transact(pause, source)
    return _back(source, venue, _("Kalenderen er satt på pause. Tiden den har, beholder den."))


@routes.post("/<int:source>/removal")
def removal(venue: str, source: int) -> ResponseReturnValue:
    """Follow it no more, and give its time back."""
    _require(venue, source)
    edge.transact(remove, source)
    return done(_("Kalenderen er fjernet, og tiden er ledig igjen."), url_for("incoming.sources", venue=venue))


@routes.post("/<int:source>/displacement")
def displacement(venue: str, source: int) -> ResponseReturnValue:
    """Let dates go before the bookings that have their time; who loses it is shown before."""
    _require(venue, source)
    try:
        given = parse(GoFirst, request.form)
        edge.transact(go_first, source, given.dates, Displacing(reason=given.reason, seen=given.seen))
    except FORM_REFUSALS as refusal:
        seen = refusal.details.get("seen", "")
        form = Form(request.form) if seen else refused(request.form, refusal.faults)
        losing = refusal.faults if seen else ()
        page = render_template("calendars/source.html", form=form, losing=losing, seen=seen, **_of_source(venue, source))
        return page, problems.status_of(refusal)
    return _back(source, venue, _("Datoene har fått tiden sin. De som mistet den, får beskjed og tilbud om noe annet."))


@routes.post("/<int:source>/exclusion")
def exclusion(venue: str, source: int) -> ResponseReturnValue:
    """Let dates go without their time."""
    return _set_aside(venue, source, _("Bookingene beholder tiden."), ignored=True)


@routes.post("/<int:source>/inclusion")
def inclusion(venue: str, source: int) -> ResponseReturnValue:
    """Let dates take their time after all, once it is free."""
    return _set_aside(venue, source, _("Datoene tar tiden når den er ledig."), ignored=False)


def _set_aside(venue: str, source: int, message: str, *, ignored: bool) -> ResponseReturnValue:
    _require(venue, source)
    try:
        edge.transact(set_aside, source, parse(Chosen, request.form).dates, ignored=ignored)
    except FORM_REFUSALS as refusal:
        return form_again("calendars/source.html", refusal, **_of_source(venue, source))
    return _back(source, venue, message)


def _require(venue: str, source: int) -> Source:
    """That this calendar is of a room of this venue, and that the person decides there."""
    edge.actor().require(edge.actor().is_officer, "officer")
    return source_shown(edge.reading(), venue_named(edge.reading(), venue), source)


def _file() -> File | None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    return File(shown(sent.filename, 200) or "calendar.ics", sent.read(MOST_BYTES + 1))


def _back(source: int, venue: str, message: str) -> ResponseReturnValue:
    """To the calendar's page, which says itself why nothing came."""
    onward = url_for("incoming.source_page", venue=venue, source=source)
    found = source_shown(edge.reading(), venue_named(edge.reading(), venue), source)
    if found.failure:
        return done(_("Kalenderen ga ingenting. Siden sier hvorfor."), onward, kind="warning")
    return done(message, onward)


def _of_venue(venue: str) -> dict[str, Any]:
    place = venue_named(edge.reading(), venue)
    require_carer(place)
    rooms = [(room.slug, room.name) for room in place.rooms if not room.retired_at]
    return {"venue": place, "sources": sources_of(edge.reading(), place), "rooms": rooms, "may_decide": edge.actor().is_officer}


def _of_source(venue: str, source_id: int) -> dict[str, Any]:
    session, moment = edge.reading(), now()
    place = venue_named(session, venue)
    require_carer(place)
    source = source_shown(session, place, source_id)
    is_draft = source.state is SourceState.DRAFT
    coming = _coming(source) if is_draft and source.digest else []
    return {
        "venue": place,
        "room": source.room,
        "source": source,
        "report": source.report or {},
        "coming": First.of(coming),
        "coming_met": First.of([one for one in coming if one.others]),
        "met": First.of([] if is_draft else meetings(session, source, now=moment)),
        "ignored": First.of([] if is_draft else meetings(session, source, reason=IGNORED, now=moment)),
        "may_decide": edge.actor().is_officer,
    }


def _coming(source: Source) -> list[Coming]:
    """What would come if it were taken into use now."""
    session, moment = edge.reading(), now()
    reading = task_of(source, moment).read(stored(session, source.id))
    wanted, _odd = wanted_of(reading.occurrences, source.room.venue.zone, now=moment)
    answer = peek(session, wants_of(source, [one.time for one in wanted]), now=moment, alone=True)
    return [Coming(one, others) for one, others in zip(wanted, others_of(session, answer), strict=True)]
