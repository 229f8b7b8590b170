"""What is said of a use: noted on the booking's page or the caretaker's day, with a photo of a damage."""

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from booking import usage
from booking.cases import booking_seen, occurrence_of
from booking.conditions import uploads
from booking.models import Booking, Usage
from booking.pages import caretaker, case
from booking.pages.blueprint import routes
from booking.pages.case import REFUSALS
from booking.pages.conditions import handed_out
from booking.states import UsageKind
from booking.usage import UsageInput, photo_of
from kernel.errors import Refusal
from venues.pictures import MOST_BYTES, decoded
from web import problems
from web.fields import Day
from web.forms import parse, refused
from web.guards import larger_body
from web.pages import done
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
    try:
        _noted(_seen(reference), number)
    except REFUSALS as refusal:
        return _again(_seen(reference), number, refusal, day)
    if day:
        onward = url_for("booking.caretaker", day=day)
    else:
        onward = url_for("booking.mine") if "as_booked" in request.form else url_for("booking.case_page", reference=reference)
    return done(_("Det er notert."), onward)


@routes.get("/bookings/<reference>/usage/<int:said>/photo")
def usage_photo(reference: str, said: int) -> Response:
    """The photo of a damage."""
    return handed_out(photo_of(edge.reading(), _seen(reference), said).file, f"{reference}-{said}")


def _seen(reference: str) -> Booking:
    return booking_seen(edge.reading(), reference, by=edge.actor())


def _again(booking: Booking, number: int, refusal: Refusal, day: str) -> Response:
    """The form as it was typed, open where it stands: among the caretaker's days, or on the booking's page."""
    form, date = refused(request.form, refusal.faults), occurrence_of(booking, number)
    typed = f"usage-{date.id}-{form.value('kind')}"
    page = caretaker.page_of(day, form, refusal=refusal, typed=typed) if day else case.page_of(booking, form, refusal=refusal, typed=typed)
    return Response(page, status=problems.status_of(refusal))


def _noted(booking: Booking, number: int) -> None:
    given = parse(UsageForm, request.form)
    photo = request.files.get("photo")
    body = photo.read(MOST_BYTES + 1) if photo and given.kind is UsageKind.DAMAGE else b""

    def write(file: str) -> Usage:
        return edge.transact(usage.note_usage, booking.id, number, given.said, file=file)

    if body:
        uploads.filed(uploads.folder(current_app.extensions["settings"]), decoded(body), ".jpg", write)
    else:
        write("")
