"""The page of a condition: what is asked and why, the form that meets it, what it is met by; and the file that was handed in."""

from collections.abc import Callable
from pathlib import Path

from flask import Response, current_app, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from accounts.personal import looks
from accounts.queries import names_of_people
from booking.cases import booking_seen
from booking.conditions import uploads, verbs
from booking.conditions.inputs import Appointment, Confirmation, Signature, Withdrawal
from booking.conditions.models import Met
from booking.models import Booking
from booking.pages.before import ToldCondition, told_conditions
from booking.pages.blueprint import routes
from booking.pages.case import REFUSALS
from kernel.clock import now
from kernel.errors import Missing, Refusal, refuse
from policies.verdict import Condition, Task
from venues import pictures
from web import problems
from web.forms import Form, parse, refused
from web.guards import larger_body
from web.pages import done
from web.texts import gettext as _

ADDRESS = "/bookings/<reference>/conditions/<what>"


@routes.get(ADDRESS)
def condition_page(reference: str, what: str) -> str:
    """One condition of a booking, and how to meet it."""
    return _page(_seen(reference), what, Form({}))


@routes.post(f"{ADDRESS}/signature")
def sign_condition(reference: str, what: str) -> ResponseReturnValue:
    """Sign the text."""
    return _meet(
        reference, what, lambda case: edge.transact(verbs.sign, case.id, what, parse(Signature, request.form)), _("Det er signert.")
    )


@routes.post(f"{ADDRESS}/document")
@larger_body()
def upload_document(reference: str, what: str) -> ResponseReturnValue:
    """Hand in a document."""
    return _meet(reference, what, lambda case: _handed_in(case, what), _("Dokumentet er levert."))


@routes.post(f"{ADDRESS}/confirmation")
def confirm_condition(reference: str, what: str) -> ResponseReturnValue:
    """Confirm that something is so."""
    return _meet(
        reference, what, lambda case: edge.transact(verbs.confirm, case.id, what, parse(Confirmation, request.form)), _("Det er bekreftet.")
    )


@routes.post(f"{ADDRESS}/people")
def name_people(reference: str, what: str) -> ResponseReturnValue:
    """Name those who will be on site."""
    return _meet(
        reference, what, lambda case: edge.transact(verbs.appoint, case.id, what, parse(Appointment, request.form)), _("Navnene er lagret.")
    )


@routes.post("/bookings/<reference>/met/<int:met>/withdrawal")
def withdraw_met(reference: str, met: int) -> ResponseReturnValue:
    """Say that what was done does not count."""
    what = _of_booking(reference, met).what
    message = _("Det gjelder ikke lenger, og den som har bookingen, får beskjed.")
    return _meet(reference, what, lambda _case: edge.transact(verbs.withdraw, met, parse(Withdrawal, request.form)), message)


@routes.get("/bookings/<reference>/met/<int:met>/file")
def met_file(reference: str, met: int) -> Response:
    """What was handed in, never shown in the browser: it came from outside."""
    row = _of_booking(reference, met)
    if not row.file:
        raise refuse(Missing, "unknown-condition", "met", met)
    return handed_out(row.file, f"{row.what}-{met}")


def handed_out(file: str, name: str) -> Response:
    """A file from outside, to be saved and never shown in the browser."""
    suffix = Path(file).suffix
    answer = send_from_directory(_folder(), file, mimetype=uploads.KINDS[suffix], as_attachment=True, download_name=f"{name}{suffix}")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _seen(reference: str) -> Booking:
    return booking_seen(edge.reading(), reference, by=edge.actor())


def _of_booking(reference: str, met: int) -> Met:
    """What was done and counts for a booking, perhaps with another of the same holder or organisation."""
    counting = told_conditions(edge.reading(), _seen(reference), by=edge.actor(), now=now())
    if met not in {one.met.id for one in counting if one.met}:
        raise refuse(Missing, "unknown-condition", "met", met)
    return edge.reading().get_one(Met, met)


def _meet(reference: str, what: str, act: Callable[[Booking], Met], message: str) -> ResponseReturnValue:
    """Do it and go back to the caretaker's day it was done from, or to the booking; the form again when it was refused."""
    try:
        act(_seen(reference))
    except REFUSALS as refusal:
        form = refused(request.form, refusal.faults, {"text_version": "agreed"})
        return Response(_page(_seen(reference), what, form, refusal), status=problems.status_of(refusal))
    if day := request.args.get("day"):
        return done(message, url_for("booking.caretaker", day=day))
    return done(message, url_for("booking.case_page", reference=reference, _anchor="before"))


def _handed_in(booking: Booking, what: str) -> Met:
    """The row of the document."""
    body, suffix = uploads.document(_uploaded())
    return uploads.filed(_folder(), body, suffix, lambda file: edge.transact(verbs.upload, booking.id, what, file=file))


def _uploaded() -> bytes:
    file = request.files.get("document")
    return b"" if file is None else file.read(pictures.MOST_BYTES + 1)


def _folder() -> Path:
    return uploads.folder(current_app.extensions["settings"])


def _page(booking: Booking, what: str, form: Form, refusal: Refusal | None = None) -> str:
    session, actor = edge.reading(), edge.actor()
    told = next((one for one in told_conditions(session, booking, by=actor, now=now()) if one.condition.what == what), None)
    if told is None:
        raise refuse(Missing, "unknown-condition", "what", what)
    looks.shown(booking.holder_id)
    return render_template(
        "booking/condition.html",
        booking=booking,
        told=told,
        form=form if form.values else Form(_begun(told)),
        labels=_labels(told.condition),
        refusal=refusal,
        row=session.get(Met, told.met.id) if told.met else None,
        by_name=names_of_people(session, [told.met.by]).get(told.met.by, "") if told.met and told.met.by else "",
        actor=actor,
    )


def _labels(condition: Condition) -> dict[str, str]:
    """What each field is called; of those who are named, also whose it is."""
    parts = {"name": _("navn"), "phone": _("telefon"), "born": _("fødselsår")}
    rows = {
        f"people[{number}].{part}": _("Ansvarlig %(number)s, %(what)s", number=number + 1, what=what)
        for number in range(condition.number)
        for part, what in parts.items()
    }
    is_read = condition.task is Task.SIGN
    agreed = _("Jeg har lest teksten og vil følge den") if is_read else _("Jeg bekrefter at det er slik")
    return {"name": _("Navnet ditt"), "agreed": agreed, "document": _("Dokumentet"), "reason": _("Begrunnelse"), **rows}


def _begun(told: ToldCondition) -> dict[str, object]:
    """Those named already, to be changed."""
    people = enumerate(told.met.people if told.met else ())
    return {f"people[{place}].{part}": getattr(person, part) for place, person in people for part in ("name", "phone", "born")}
