"""The pages on which staff say when rooms can be used: the weekly table, closures and the school calendar."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from accounts import edge
from accounts.identity import Actor
from kernel.clock import now
from kernel.errors import Refusal
from kernel.wallclock import parse_day, to_wall
from venues.access import answers
from venues.inputs import ClosureInput, HoursInput, SchoolInput
from venues.labels import feature_label, in_order, initial, minute_clock, weekday_label
from venues.models import Closure, Venue
from venues.opening import SchoolDays
from venues.pages.blueprint import routes
from venues.pages.guards import require_carer, require_officer
from venues.pages.outside import said, save
from venues.queries import municipality, statements_about, subject_of, venue_named
from venues.scheduling import (
    add_closure_row,
    add_school_period,
    forget_opening_hours,
    remove_school_period,
    set_opening_hours,
)
from venues.shown import Week, coming_closures, room_shown, school_periods, venue_shown
from venues.vocabulary import FEATURE_LABELS, Answer, slug_of
from web.forms import Form, parse
from web.hooks import hooks
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _
from web.texts import ngettext

PER_DAY = 4
DAYS = 8
CLOSE_ROOMS = "close_rooms"


class CloseRooms(Protocol):
    """The verb that closes: once without ``confirmed`` to hear what would be met, then with it and the sign of what was ``seen``."""

    def __call__(
        self,
        session: Session,
        venue: str,
        given: ClosureInput,
        *,
        confirmed: bool,
        seen: str | None,
        chosen: Collection[int] | None,
        by: Actor,
        now: datetime,
    ) -> Closure: ...


@routes.get("/venues/<venue>/opening-hours")
def hours_form(venue: str) -> str:
    """The weekly table of a venue or, with ``?room=``, of a room; ``first`` and ``last`` choose a period."""
    context = _of_hours(venue)
    chosen = next((week for week in context["weeks"] if (week.first_day, week.last_day) == context["period"]), None)
    values = {"first_day": context["period"][0], "last_day": context["period"][1], **_cells(chosen)}
    return render_template("venues/hours_form.html", form=Form(values), **context)


@routes.post("/venues/<venue>/opening-hours")
def hours_save(venue: str) -> ResponseReturnValue:
    """Keep the weekly table of a period."""
    rows, names = _without_empty_lines(said())
    room = request.args.get("room", "")
    try:
        change, form = partial(set_opening_hours, venue=venue, room=room, given=parse(HoursInput, rows)), partial(_hours_as_typed, venue)
        return save(change, venue, room, _("Åpningstidene er lagret."), _hours_page(venue, room), form=form)
    except FORM_REFUSALS as refusal:
        return form_again("venues/hours_form.html", refusal, names=names, **_of_hours(venue))


@routes.post("/venues/<venue>/opening-hours/removal")
def hours_removal(venue: str) -> ResponseReturnValue:
    """Take a period's table away."""
    room = request.args.get("room", "")
    onward = _hours_page(venue, room)
    change = partial(forget_opening_hours, venue=venue, room=room, given=parse(HoursInput, said()))
    return save(change, venue, room, _("Perioden er fjernet."), onward, form=lambda: redirect(onward, 303))


@routes.get("/venues/<venue>/closures")
def closures_page(venue: str) -> str:
    """What is closed at a venue, and the form to close more, filled in with the ``day`` from which one came."""
    written = request.args.get("day")
    day = parse_day(written, "day") if written else None
    given = {"start": f"{day}T00:00", "end": f"{day + timedelta(days=1)}T00:00"} if day else {}
    return render_template("venues/closures.html", form=Form(given), **_of_closures(venue))


@routes.post("/venues/<venue>/closures")
def closures_save(venue: str) -> ResponseReturnValue:
    """Close a venue or a room for a time; bookings that it would meet are shown before they are ended."""
    close: CloseRooms = current_app.extensions[CLOSE_ROOMS]
    try:
        seen = request.args.get("confirmed")
        given = parse(ClosureInput, MultiDict(pair for pair in request.form.items(multi=True) if pair[0] != "dates"))
        chosen = request.form.getlist("dates", type=int) if seen else None
        closed = edge.transact(close, venue, given, confirmed=seen is not None, seen=seen, chosen=chosen)
    except FORM_REFUSALS as refusal:
        if "seen" in refusal.details:
            return _question(venue, refusal)
        return form_again("venues/closures.html", refusal, **_of_closures(venue))
    onward = url_for("venues.closures_page", venue=venue)
    message = _("Lagret. De som mistet tid, får beskjed om to minutter, med tilbud om noe annet.") if chosen is not None else _("Lagret.")
    return done(message, onward, back=hooks().undo("closure", closed.id))


def _question(venue: str, refusal: Refusal) -> Response:
    """The form as it was typed, which is in order, with the bookings that it would end."""
    context = {**_of_closures(venue), "met": refusal.faults, "seen": refusal.details["seen"]}
    return Response(render_template("venues/closures.html", form=Form(request.form), **context), status=refusal.status)


@routes.post("/venues/<venue>/closures/<int:closure>/withdrawal")
def closure_withdrawal(venue: str, closure: int) -> ResponseReturnValue:
    """Open again what was closed; who lost their time to it and took nothing else is asked first whether they want it back."""
    asked: int = edge.transact(current_app.extensions["open_rooms"], closure).asked
    told = ngettext(
        "Lagret. De som mistet %(num)d dato og ikke har tatt noe annet, får tilbud om å få den tilbake.",
        "Lagret. De som mistet %(num)d datoer og ikke har tatt noe annet, får tilbud om å få dem tilbake.",
        asked,
    )
    message = told if asked else _("Lagret. Ingen venter på å få tiden tilbake.")
    return done(message, url_for("venues.closures_page", venue=venue))


@routes.get("/school-calendar")
@routes.get("/venues/<venue>/school-calendar")
def school_page(venue: str = "") -> str:
    """The municipality's school calendar, or what a venue has of its own on top of it."""
    return render_template("venues/school.html", form=Form({}), **_of_school(venue))


@routes.post("/school-calendar")
@routes.post("/venues/<venue>/school-calendar")
def school_save(venue: str = "") -> ResponseReturnValue:
    """Add days to a school calendar."""
    try:
        edge.transact(add_school_period, venue, parse(SchoolInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("venues/school.html", refusal, **_of_school(venue))
    return done(_("Dagene er lagt til."), url_for("venues.school_page", venue=venue or None))


@routes.post("/school-calendar/<int:period>/removal")
@routes.post("/venues/<venue>/school-calendar/<int:period>/removal")
def school_removal(period: int, venue: str = "") -> ResponseReturnValue:
    """Take days out of a school calendar."""
    edge.transact(remove_school_period, period)
    return done(_("Dagene er fjernet."), url_for("venues.school_page", venue=venue or None))


def close_without_bookings(
    session: Session, venue: str, given: ClosureInput, *, confirmed: bool, seen: str | None, by: Actor, now: datetime
) -> Closure:
    """How a room is closed where nothing can be booked; the package of bookings puts its own verb in this place."""
    return add_closure_row(session, venue, given, by=by, now=now)


def _hours_page(venue: str, room: str) -> str:
    return url_for("venues.hours_form", venue=venue, room=room or None)


def _hours_as_typed(venue: str) -> str:
    return render_template("venues/hours_form.html", form=Form(request.form), **_of_hours(venue))


def _of_hours(venue: str) -> dict[str, Any]:
    require_officer()
    session = edge.reading()
    place, one = subject_of(session, venue, request.args.get("room", ""))
    shown = room_shown(session, one, now()) if one else venue_shown(session, place, now())
    found = shown.weeks if shown.has_own_hours else ()
    period = tuple(parse_day(written, name) if (written := request.args.get(name, "")) else None for name in ("first", "last"))
    return {
        "venue": place,
        "room": one,
        "row": one or place,
        "weeks": found,
        "period": period,
        "per_day": PER_DAY,
        "days": DAYS,
        "labels": _labels(),
    }


def _labels() -> dict[str, str]:
    """What each field of the table is called: the day, the line of the day, and which end of it."""
    parts = {"start": _("fra"), "end": _("til"), "openness": _("hvordan")}
    lines = ((day * PER_DAY + line, f"{initial(weekday_label(day))} {line + 1}") for day in range(DAYS) for line in range(PER_DAY))
    cells = {f"rows[{number}].{part}": f"{line}, {label}" for number, line in lines for part, label in parts.items()}
    return {"first_day": _("Fra dato"), "last_day": _("Til dato"), **cells}


def _cells(week: Week | None) -> dict[str, str]:
    """The fields of the table as they stand: four lines for each day."""
    if week is None:
        return {}
    cells: dict[str, str] = {}
    for day, windows in week.days:
        for number, window in enumerate(windows[:PER_DAY]):
            name = f"rows[{day * PER_DAY + number}]"
            cells[f"{name}.start"], cells[f"{name}.end"] = minute_clock(window.from_minute), minute_clock(window.to_minute)
            cells[f"{name}.openness"] = window.openness.value
    return cells


def _without_empty_lines(form: MultiDict[str, str]) -> tuple[MultiDict[str, str], dict[str, str]]:
    """The form with the lines that have a clock, numbered anew, and which input each new name stands for."""
    kept: MultiDict[str, str] = MultiDict((name, value) for name, value in form.items(multi=True) if not name.startswith("rows["))
    names: dict[str, str] = {}
    for old in range(DAYS * PER_DAY):
        cells = {part: form.get(f"rows[{old}].{part}", "") for part in ("weekday", "start", "end", "openness")}
        if not (cells["start"].strip() or cells["end"].strip()):
            continue
        new = len(names) // len(cells)
        for part, value in cells.items():
            kept[f"rows[{new}].{part}"] = value
            names[f"rows[{new}].{part}"] = f"rows[{old}].{part}"
    return kept, names


def _of_closures(venue: str) -> dict[str, Any]:
    session = edge.reading()
    place = venue_named(session, venue)
    require_carer(place)
    rooms = {room.id: room.name for room in place.rooms}
    return {"venue": place, "closures": coming_closures(session, place.id, now()), "room_names": rooms, "features": _features(place)}


def _features(place: Venue) -> list[tuple[str, list[str]]]:
    """What may be out of order, each by one word: what the venue's rooms are known to have before the rest."""
    said = statements_about(edge.reading(), [place.id]).values()
    stated = {str(one.feature) for each in said for one in answers(each) if one.answer is Answer.YES}
    has = {slug_of(facility) for room in place.rooms for facility in room.facilities} | stated
    words = [one for one in in_order(FEATURE_LABELS, feature_label) if slug_of(one) == one or slug_of(one) not in FEATURE_LABELS]
    here = [one for one in words if slug_of(one) in has]
    rest = [one for one in words if one not in here]
    return [(heading, some) for heading, some in ((_("Det som er her"), here), (_("Annet"), rest)) if some]


def _of_school(venue: str) -> dict[str, Any]:
    session = edge.reading()
    place = venue_named(session, venue) if venue else None
    home = municipality(session)
    today = to_wall(now(), home.zone).date()
    periods = school_periods(session, place.id if place else None, today)
    common = school_periods(session, None, today) if place and place.follows_school_calendar else ()
    return {"venue": place, "home": home, "periods": periods, "common": common, "kinds": SchoolDays, "may_edit": edge.actor().is_officer}
