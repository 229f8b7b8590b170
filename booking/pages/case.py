"""The page of a booking, and what can be done with it: each act is a resource of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager

from accounts import edge
from accounts.models import Team
from accounts.personal import looks
from booking import absence, decisions, ending, handing, offers
from booking.case import path_of
from booking.cases import booking_seen
from booking.decisions import decides
from booking.edge import accepted, accepted_all
from booking.models import Booking, Offer
from booking.outcome import Declined, Taken
from booking.pages import draft
from booking.pages.again import date_again, instead, same_again
from booking.pages.blueprint import routes
from booking.pages.draft import clock_of
from booking.pages.edits import said_now
from booking.pages.happened import told_chain
from booking.pages.labels import after_no, after_yes
from booking.pages.talk import changed_meanwhile, talk_of
from booking.pages.teams import Choice, team_choices
from booking.pages.told import ToldBooking, told_booking
from booking.pages.undo import way_back
from booking.preferring import lost_by, offers_after
from booking.resources import offered_to
from booking.scope import Scope
from booking.why import Chain, happened
from database.outbox import last_to
from kernel.clock import now
from kernel.errors import Conflict, Forbidden, Invalid, Missing, Refusal, refuse
from kernel.wallclock import to_wall
from venues.models import Room, Venue
from venues.queries import municipality
from web import language, problems
from web.fields import Day
from web.forms import Form, Input, parse, refused
from web.pages import done
from web.texts import gettext as _
from web.texts import ngettext

REFUSALS = (Invalid, Conflict, Forbidden)


class Version(Input):
    """The version of the booking that the page showed."""

    version: int | None = None


class Cancellation(Version):
    """Why it is cancelled, where another than the holder does it; whether that costs nothing, where an officer does; when the page
    told what it costs."""

    reason: Annotated[str, Field(max_length=500)] = ""
    without_fee: bool = False
    told_at: AwareDatetime | None = None


class DateCancellation(Cancellation):
    """Of the date alone, or of it and those following it."""

    scope: Scope = Scope.ONE


class Noted(Version):
    """Which day of the caretaker's it was noted on; none on the booking's own page."""

    day: Day | None = None


@routes.get("/bookings/<reference>")
def case_page(reference: str) -> str:
    """A booking: where it stands, its dates, who decides, how one gets in."""
    booking = _seen(reference)
    if "team" in request.args:
        return page_of(booking, said_now(booking, request.args), typed="description")
    return page_of(booking, Form({}))


@routes.post("/bookings/<reference>/cancellation")
def cancel(reference: str) -> ResponseReturnValue:
    """Cancel all dates that lie ahead."""
    return _cancel(reference, Cancellation, _("Bookingen er avlyst."))


@routes.post("/bookings/<reference>/occurrences/<int:number>/cancellation")
def cancel_date(reference: str, number: int) -> ResponseReturnValue:
    """Cancel one date, or it and the following."""
    return _cancel(reference, DateCancellation, _("Avlyst."), number=number)


@routes.post("/bookings/<reference>/occurrences/<int:number>/absence")
def note_absence(reference: str, number: int) -> ResponseReturnValue:
    """Note that nobody came to a date."""
    return _note(reference, number, absence.note_absence, _("Det er notert at ingen kom."))


@routes.post("/bookings/<reference>/occurrences/<int:number>/absence/withdrawal")
def withdraw_absence(reference: str, number: int) -> ResponseReturnValue:
    """Take back that nobody came to a date."""
    return _note(reference, number, absence.withdraw_absence, _("Det står ikke lenger at ingen kom."))


@routes.post("/bookings/<reference>/confirmation")
def confirm(reference: str) -> ResponseReturnValue:
    """Stand by a request made in the organisation's name."""
    return act_on(reference, lambda booking: edge.transact(decisions.confirm, booking.id, version=_version()), _("Bookingen er bekreftet."))


@routes.post("/bookings/<reference>/holder")
def take_over(reference: str) -> ResponseReturnValue:
    """Take over a booking in the name of one's organisation."""
    message = _("Du har bookingen nå.")
    return act_on(reference, lambda booking: edge.transact(handing.take_over, booking.id, version=_version()), message)


@routes.post("/bookings/<reference>/offers/<int:offer>/acceptance")
def accept_offer(reference: str, offer: int) -> ResponseReturnValue:
    """Take what is offered for a date that waits or was displaced."""
    told: list[str] = []

    def accept(booking: Booking) -> Booking:
        made = _answered(booking, accepted, offers.accept, offer)
        told.append(after_yes(edge.reading().get_one(Offer, offer).occurrence))
        return made

    return act_on(reference, accept, told=told)


@routes.post("/bookings/<reference>/offers/acceptance")
def accept_offers(reference: str) -> ResponseReturnValue:
    """Take all that is offered for the dates of a booking."""
    told: list[str] = []

    def accept(booking: Booking) -> Booking:
        found = accepted_all(booking.id, version=_version())
        taken, vain = len(found.taken), len(found.vain)
        if taken:
            told.append(ngettext("Dere har takket ja til %(num)d tid.", "Dere har takket ja til %(num)d tider.", taken))
        if vain:
            told.append(ngettext("%(num)d tid var ikke å få lenger.", "%(num)d tider var ikke å få lenger.", vain))
            told.append(_("Dere hører fra oss når vi finner noe annet, eller tiden blir ledig."))
        return found.booking

    return act_on(reference, accept, told=told)


@routes.post("/bookings/<reference>/offers/<int:offer>/refusal")
def decline_offer(reference: str, offer: int) -> ResponseReturnValue:
    """Say no to what is offered: the next in line gets it, and for a date that lost its time something else is sought."""
    found = edge.reading().get(Offer, offer)
    message = _(after_no(found.occurrence)) if found else ""
    return act_on(reference, lambda booking: _answered(booking, edge.transact, offers.decline, offer), message)


def _answered(booking: Booking, run: Callable[..., Booking], verb: Callable[..., Booking], offer: int) -> Booking:
    """An offer answered on the page of the booking whose date it is for; raises Missing (``unknown-offer``) for another's."""
    found = edge.reading().get(Offer, offer)
    if found is None or found.occurrence_id not in {date.id for date in booking.occurrences}:
        raise refuse(Missing, "unknown-offer", "offer", offer)
    return run(verb, offer)


def _cancel(reference: str, model: type[Cancellation], message: str, *, number: int | None = None) -> ResponseReturnValue:
    told: list[str] = []

    def cancel(booking: Booking) -> Booking:
        given = parse(model, request.form)
        state = next((date.state for date in booking.occurrences if date.number == number), booking.state)
        left = {"displaced": _("Vi leter ikke mer etter noe annet for den tiden."), "waiting": _("Dere står ikke i kø lenger.")}
        told.append(left.get(state.value, message))
        return edge.transact(ending.cancel, booking.id, number=number, **given.model_dump())

    return act_on(reference, cancel, told=told)


def _note(reference: str, number: int, verb: Callable[..., Booking], message: str) -> ResponseReturnValue:
    """Do it and go back to where it was pressed: a caretaker's day, or the booking's page."""
    given = parse(Noted, request.form)
    onward = url_for("booking.caretaker", day=given.day.isoformat()) if given.day else ""
    return act_on(reference, lambda booking: edge.transact(verb, booking.id, number, version=given.version), message, onward=onward)


def _seen(reference: str) -> Booking:
    return booking_seen(edge.reading(), reference, by=edge.actor())


def _version() -> int | None:
    return parse(Version, request.form).version


def act_on(
    reference: str,
    act: Callable[[Booking], Booking],
    message: str = "",
    *,
    typed: str = "",
    onward: str = "",
    told: list[str] | None = None,
) -> ResponseReturnValue:
    """Do it and go on to the page of the booking that it gives, which says what is in the way when it was refused.

    ``typed`` names the form that is shown again as it was filled in; ``told`` is what else there is to tell once it is done.
    """
    try:
        made = act(_seen(reference))
    except REFUSALS as refusal:
        return _refused(_seen(reference), refusal, typed)
    onward = onward or url_for("booking.case_page", reference=made.reference)
    return done(" ".join(filter(None, [message, *(told or ())])), onward, back=way_back("booking", made.id))


def _refused(booking: Booking, refusal: Refusal, typed: str) -> Response:
    form = refused(request.form, refusal.faults, {"start": "from", "end": "to", "contact_name": "contact"})
    return Response(page_of(booking, form, refusal=refusal, typed=typed), status=problems.status_of(refusal))


def page_of(booking: Booking, form: Form, *, refusal: Refusal | None = None, typed: str = "") -> str:
    """The page of a booking, with what was typed and why it was refused."""
    session, actor = edge.reading(), edge.actor()
    moment = now()
    told = told_booking(session, booking, by=actor, language=language.choose(), now=moment)
    today = to_wall(moment, booking.room.venue.zone).date()
    offers, chain = offers_after(session, booking, now=moment), happened(session, booking)
    saying = form if typed == "description" else said_now(booking, {})
    bands = draft.bands_shown(saying.values)
    looks.shown(booking.holder_id)
    return render_template(
        "booking/case.html",
        booking=booking,
        told=told,
        told_at=moment,
        lines=told_chain(chain, booking, by=actor),
        contested=_contested(chain, booking),
        form=form,
        refusal=refusal,
        changes=changed_meanwhile(session, booking, refusal, by=actor),
        talk=talk_of(session, booking, by=actor),
        typed=typed,
        blank=Form({}),
        saying=saying,
        bands=bands,
        teams=_teams(booking, bands) if told.may_change else (),
        offered=offered_to(booking),
        rooms=_rooms(told) if told.may_change else [],
        again=same_again(booking, told.last_time, by=actor, today=today),
        lost=lost_by(session, booking),
        offers=offers,
        alone=_alone(booking, refusal, typed),
        instead=[instead(booking, offer, by=actor) for offer in offers],
        home=municipality(session),
        actor=actor,
        notice=last_to(session, booking.holder_id, booking.id) if actor.is_officer else None,
        clock_of=clock_of,
    )


def _contested(chain: Chain, booking: Booking) -> str:
    """The reference under which one contests what was decided: its own, else that of the booking in which its dates were made."""
    if any(event.act.subject == "booking" and event.act.subject_id == booking.id and decides(event.act) for event in chain.events):
        return booking.reference
    return next((date.first_reference for date in booking.occurrences if date.first_reference), "")


def _alone(booking: Booking, refusal: Refusal | None, typed: str) -> str:
    """Where a date that could not be taken back can be looked at alone; nothing where it was refused for something else."""
    date = next((date for date in booking.occurrences if typed == f"readd-{date.number}"), None)
    return date_again(booking, date, by=edge.actor()) if date and isinstance(refusal, Declined | Taken) else ""


def _teams(booking: Booking, bands: Sequence[str]) -> list[Choice]:
    """The teams of the organisation, each with the address of the page where the dates are to be that team's."""

    def filled(_team: Team, said: Mapping[str, str]) -> str:
        return url_for("booking.case_page", reference=booking.reference, _anchor="description", **said)  # type: ignore[arg-type]

    return team_choices(list(filter(None, [booking.organisation_id])), bands, filled)


def _rooms(told: ToldBooking) -> list[tuple[str, str]]:
    """The rooms to which a date may be moved, by path and name: those that the dates have, and what is in use in the same venues."""
    here, had = told.room, {told.booking.room_id, *(one.date.room_id for one in told.coming if one.may_move)}
    beside = and_(Room.retired_at.is_(None), Room.venue_id.in_(select(Room.venue_id).where(Room.id.in_(had))))
    query = select(Room).join(Room.venue).where(or_(beside, Room.id.in_(had))).options(contains_eager(Room.venue))
    found = edge.reading().scalars(query.order_by(Room.venue_id != here.venue_id, Venue.name, Room.name, Room.id))
    return [(path_of(room), room.seen_from(here)) for room in found]
