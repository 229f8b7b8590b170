"""What is said of a use: noted on the booking's page or the caretaker's day, with a photo of a damage."""

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from booking import usage
from booking.cases import booking_seen
from booking.conditions import uploads
from booking.models import Booking, Usage
from booking.pages.blueprint import routes
from booking.pages.case import act_on
from booking.pages.conditions import handed_out
from booking.states import UsageKind
from booking.usage import UsageInput, photo_of
from venues.pictures import MOST_BYTES, decoded
from web.fields import Day
from web.forms import parse
from web.guards import larger_body
from web.texts import gettext as _


class UsageForm(UsageInput):
    """What is said, and which day of the caretaker's it was said on; none on the booking's own page and the list of one's own."""

    day: Day | None = None

    @property
    def said(self) -> UsageInput:
        return UsageInput(**self.model_dump(exclude={"day"}))


@routes.post("/bookings/<reference>/occurrences/<int:number>/usage")
@larger_body()
def note_usage(reference: str, number: int) -> ResponseReturnValue:
    """Say how a date was used, that something was damaged, or answer what was noted."""
    day = request.form.get("day", "")
    onward = url_for("booking.caretaker", day=day) if day else url_for("booking.mine") if "as_booked" in request.form else ""
    return act_on(reference, lambda booking: _noted(booking, number), _("Det er notert."), onward=onward)


@routes.get("/bookings/<reference>/usage/<int:said>/photo")
def usage_photo(reference: str, said: int) -> Response:
    """The photo of a damage."""
    booking = booking_seen(edge.reading(), reference, by=edge.actor())
    return handed_out(photo_of(edge.reading(), booking, said).file, f"{reference}-{said}")


def _noted(booking: Booking, number: int) -> Booking:
    given = parse(UsageForm, request.form)
    photo = request.files.get("photo")
    body = photo.read(MOST_BYTES + 1) if photo and given.kind is UsageKind.DAMAGE else b""

    def write(file: str) -> Usage:
        return edge.transact(usage.note_usage, booking.id, number, given.said, file=file)

    if body:
        uploads.filed(uploads.folder(current_app.extensions["settings"]), decoded(body), ".jpg", write)
    else:
        write("")
    return booking
