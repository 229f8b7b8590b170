"""What can be done on a booking's page with several of its dates: moving, describing, adding, taking back, splitting."""

from collections.abc import Callable, Collection

from flask import request
from flask.typing import ResponseReturnValue

from accounts import edge
from booking import adding, splitting
from booking.changing import Change, change
from booking.lifecycle import WAITING, Act, allows
from booking.models import Booking
from booking.pages.blueprint import routes
from booking.pages.case import Version, act_on
from booking.pages.edits import Described, Moved, Timed
from booking.states import OccurrenceState
from kernel.clock import now
from web import formats
from web.forms import parse
from web.texts import gettext as _
from web.texts import ngettext


@routes.post("/bookings/<reference>/occurrences/<int:number>/move")
def move_dates(reference: str, number: int) -> ResponseReturnValue:
    """Move a date, and those that follow or all where that is chosen, to another time or room."""
    told: list[str] = []

    def move(booking: Booking) -> Booking:
        given = parse(Moved, request.form)
        were = _places(booking)

        def said(changed: Booking) -> str:
            moved = sum(were.get(number) != place for number, place in _places(changed).items())
            return ngettext("Flyttet.", "%(num)d datoer er flyttet.", moved)

        return _changed(booking, given.change(booking, number), given.version, told, said)

    return act_on(reference, move, typed=f"move-{number}", told=told)


@routes.post("/bookings/<reference>/description")
def describe(reference: str) -> ResponseReturnValue:
    """Say something else of chosen dates, which become a booking of their own where the others say what they said."""

    told: list[str] = []

    def describe(booking: Booking) -> Booking:
        given = parse(Described, request.form)
        ahead = {date.number for date in booking.occurrences if date.starts_at > now() and allows(Act.MOVE, date.state)}
        return _changed(booking, given.change(ahead), given.version, told, lambda _changed: _("Endret."))

    return act_on(reference, describe, typed="description", told=told)


@routes.post("/bookings/<reference>/occurrences")
def add_date(reference: str) -> ResponseReturnValue:
    """Give the booking one more date."""

    def add(booking: Booking) -> Booking:
        given = parse(Timed, request.form)
        start, end = given.span
        return edge.transact(adding.add, booking.id, start=start, end=end, room=given.room, version=given.version)

    return act_on(reference, add, _("Datoen er lagt til."), typed="added")


@routes.post("/bookings/<reference>/occurrences/<int:number>/return")
def readd_date(reference: str, number: int) -> ResponseReturnValue:
    """Take back a date that was cancelled or left out."""
    given = parse(Version, request.form)

    def readd(booking: Booking) -> Booking:
        return edge.transact(adding.readd, booking.id, number, version=given.version)

    return act_on(reference, readd, _("Datoen er med igjen."), typed=f"readd-{number}")


@routes.post("/bookings/<reference>/occurrences/<int:number>/split")
def split(reference: str, number: int) -> ResponseReturnValue:
    """Make a date and those following it a booking of their own."""
    given, told = parse(Version, request.form), list[str]()

    def split(booking: Booking) -> Booking:
        made = edge.transact(splitting.split, booking.id, number, version=given.version)
        told.append(_("Dette er nå en egen booking, skilt ut fra %(reference)s.", reference=booking.reference))
        return made

    return act_on(reference, split, told=told)


def _places(booking: Booking) -> dict[int, tuple[object, ...]]:
    """When and where each of its dates is, by number."""
    return {date.number: (date.local_start, date.local_end, date.room_id) for date in booking.occurrences}


def _changed(booking: Booking, wanted: Change, version: int | None, told: list[str], said: Callable[[Booking], str]) -> Booking:
    had = {date.number for date in booking.occurrences if date.state is OccurrenceState.BOOKED}
    changed = edge.transact(change, booking.id, wanted, version=version)
    given_up = any(date.number in had and date.state in WAITING for date in changed.booking.occurrences)
    told.append(_("Sendt. Tiden er deres når kommunen har sagt ja.") if given_up else said(changed.booking))
    if changed.left:
        told.append(_("Disse ble stående der de var: %(dates)s.", dates=_days(changed.booking, changed.left)))
    return changed.booking


def _days(booking: Booking, numbers: Collection[int]) -> str:
    return ", ".join(formats.short_date(date.local_start) for date in booking.occurrences if date.number in numbers)
