"""Booking a room: the form, what would become of it, and the booking itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from accounts import edge, queries
from accounts.begun import LONGEST, shortened
from accounts.models import Person, Team
from accounts.personal import looks
from booking.competing import requests_for
from booking.edge import book
from booking.outcome import Declined, Taken
from booking.pages import draft
from booking.pages.blueprint import routes
from booking.pages.draft import CHOICE, NAMES, PICK, Draft, Order, read, wish_of
from booking.pages.offers import support_for
from booking.pages.repeats import Needless, Repeat, in_words, needless
from booking.pages.teams import Choice, team_choices
from booking.pages.terms import terms_of
from booking.pages.trial import nothing_of, trial_of
from booking.pages.undo import way_back
from booking.pages.unsure import unsure_of
from booking.reservations import preview
from booking.resources import offered_in
from booking.sought import note_refusal
from booking.wish import Wish
from kernel.clock import now
from kernel.errors import Conflict, Fault, Forbidden, Invalid, Missing, Refusal, refuse
from kernel.recurrence import WEEKDAYS
from kernel.wallclock import to_wall
from policies.labels import choices, weekday
from policies.queries import in_force
from policies.taxonomy import Activity
from venues.labels import key_label
from venues.models import Room
from venues.queries import room_at, room_named
from venues.statements import ACCESS
from venues.vocabulary import Access
from web import problems
from web.forms import Form, refused
from web.pages import done
from web.texts import gettext as _

REFUSALS = (Invalid, Conflict, Missing, Forbidden)
# How one waits and why others give way stay in the form when it is looked at again.
STAYING = ("accepts", "book_when_free", "displace_reason")
SENT_ONLY = ("csrf_token", "key", "room", "asking", "look", *Order.model_fields.keys() - Draft.model_fields.keys())
CARRIED = ("agreement", "draws", "grant", "second_hour", *draft.EXCEPTIONS)


@routes.get("/rooms/<venue>/<room>/book")
def book_form(venue: str, room: str) -> str:
    """The form, filled in as far as its address says."""
    found = room_named(edge.reading(), venue, room)
    return _form_page(found, Form(_values(request.args)))


@routes.get("/rooms/<venue>/<room>/book/preview")
def preview_page(venue: str, room: str) -> ResponseReturnValue:
    """What would become of the form: every date with its verdict, collisions, price and ways out; nothing is booked."""
    return _looked(room_named(edge.reading(), venue, room), request.args)


@routes.post("/rooms/<venue>/<room>/book/preview")
def look(venue: str, room: str) -> ResponseReturnValue:
    """On to the preview, or the preview itself of what no address can hold; what a button changes of it stands in this one's."""
    found = room_named(edge.reading(), venue, room)
    changed = draft.changed_to(draft.picked(request.form), request.args) if request.args else request.form
    given = MultiDict([pair for pair in changed.items(multi=True) if pair[0] == "asking" or pair[0] not in SENT_ONLY])
    if given.pop("fill_in", ""):
        return _form_page(found, Form(_values(given)))
    address = f"{request.path}?{urlencode(list(given.items(multi=True)))}"
    return _looked(found, given) if len(address) >= LONGEST else redirect(address, 303)


def _looked(room: Room, sent: "MultiDict[str, Any]") -> ResponseReturnValue:
    given = _draft_of(sent)
    try:
        if "asking" in sent:
            draft.require_exceptions(given)
        return _preview_page(room, _whose(given))
    except REFUSALS as refusal:
        return _again(room, given, refusal)


@routes.post("/bookings")
def make_booking() -> ResponseReturnValue:
    """Book it, once however often the button is pressed; what is chosen otherwise than when one looked is looked at first."""
    given = draft.picked(request.form)
    chosen = {name: value for name, value in given.items() if name.startswith(CHOICE)}
    is_other = chosen != {name: value for name, value in request.form.items() if name.startswith(CHOICE)}
    if is_other or "look" in given:
        return _look_first(given)
    try:
        order = _checked(Order, _whose(given))
        made = book(wish_of(order, order.room), key=order.key)
    except REFUSALS as refusal:
        return _not_booked(refusal, given)
    onward = url_for("booking.case_page", reference=made.reference)
    back = way_back("booking", made.id)
    return done(_("De som mistet tiden, får beskjed."), onward, back=back) if back else redirect(onward, 303)


def _preview_page(
    room: Room, given: "MultiDict[str, Any]", refusal: Refusal | None = None, *, asking: Form | None = None
) -> ResponseReturnValue:
    """The draft tried; ``asking`` is the form of the exceptions where something in it is wrong."""
    session, actor = edge.reading(), edge.actor()
    given = draft.changed_to(given, {})
    checked, here = _checked(Draft, given), _address(given, _path(room))
    wish, to = wish_of(checked, _path(room)), _by_change(given) if len(here) >= LONGEST else _address
    tried = preview(session, wish, by=actor, now=now())
    nothing = nothing_of(tried)
    if nothing and not refusal:
        edge.transact(note_refusal, wish, nothing)
        tried = preview(session, wish, by=actor, now=now())
    wants = [date.judged.want(date.case) for date in tried.dates if date.want is not None]
    page = render_template(
        "booking/preview.html",
        requests=requests_for(session, wants) if actor.is_officer or actor.is_caretaker_of(room.venue_id) else [],
        room=tried.case.room,
        draft=checked,
        wish=wish,
        case=tried.case,
        trial=trial_of(session, tried, given, to, now=now()),
        terms=terms_of(session, tried.dates, now=now()),
        support=support_for(session, tried.case, given, to, by=actor, now=now()),
        unsure=unsure_of(session, [date.case.room for date in tried.dates if date.is_kept], wish.needs),
        hidden=[(name, value) for name, value in given.items(multi=True) if name not in SENT_ONLY and str(value).strip()],
        repeats=in_words(wish.recurrence.rrule, checked.date, wish.recurrence.also) if wish.recurrence else "",
        needless=_needless(wish, room.venue.zone),
        picking=PICK,
        asking=asking or Form(given),
        seen=refusal.details.get("seen", "") if refusal else "",
        sent=request.values,
        is_long=to is not _address,
        back=to(given, _path(room)),
        change=_address(given, _path(room), "booking.book_form")
        if to is _address
        else to(draft.changed_to(given, {"fill_in": "yes"}), _path(room)),
        unasked=to(draft.changed_to(given, dict.fromkeys(draft.EXCEPTIONS, "")), _path(room)),
        key=uuid4().hex,
        refusal=refusal,
        search=_search_for(checked),
        actor=actor,
        here=shortened(here.partition("?")[0], parse_qsl(here.partition("?")[2])),
        toggled=to(draft.changed_to(given, {"second_hour": "" if checked.second_hour else "yes"}), _path(room)),
        restored=to(draft.restored(given), _path(room)),
    )
    return Response(page, status=problems.status_of(refusal) if refusal else 422) if refusal or asking else page


def _needless(wish: Wish, zone: str) -> Needless:
    rule = wish.recurrence
    start = wish.first_span(zone).start
    return needless(rule.rrule, start, zone=zone, left_out=rule.except_, also=rule.also) if rule else Needless()


def _look_first(given: "MultiDict[str, Any]") -> ResponseReturnValue:
    """On to the preview with what is chosen now, or the preview itself of what no address can hold; a word about it where the button said
    something else."""
    looked, room = _draft_of(given), given.get("room", "")
    onward = _address(looked, room, **{name: given[name] for name in STAYING if name in given})
    if "look" not in given:
        flash(_("Du har valgt noe annet enn det du så på. Slik blir det nå. Ingenting er sendt før du trykker igjen."), "warning")
    return _looked(room_at(edge.reading(), room), looked) if len(onward) >= LONGEST else redirect(onward, 303)


def _not_booked(refusal: Refusal, sent: "MultiDict[str, Any]") -> ResponseReturnValue:
    """The preview again when the time was lost meanwhile, the form again when something in it is wrong."""
    given = _draft_of(sent)
    room = room_at(edge.reading(), sent.get("room", ""))
    if isinstance(refusal, Declined | Taken) or sent.get("displace"):
        try:
            return _preview_page(room, given, refusal)
        except Invalid as wrong:
            return _again(room, given, wrong)
    return _again(room, given, refusal)


def _whose(given: "MultiDict[str, Any]") -> "MultiDict[str, Any]":
    """The draft of who has signed in says who asks, also where that was left open before; raises Invalid where several could be meant."""
    if given.get("applicant") or not edge.actor().is_known:
        return given
    usual = _usual(_represented())
    if not usual:
        raise refuse(Invalid, "missing-field", "applicant")
    return draft.changed_to(given, {"applicant": usual})


def _usual(organisations: Sequence[tuple[str, str]]) -> str:
    """Who asks where nobody else is chosen: the only organisation that one represents, oneself without any; nobody where there are several.

    Staff book for those who call, and a visitor may turn out to represent somebody.
    """
    actor = edge.actor()
    if actor.is_officer or (actor.is_known and not organisations):
        return draft.ME
    return organisations[0][0] if len(organisations) == 1 else ""


def _represented() -> list[tuple[str, str]]:
    """The organisations that one acts for, as a draft names them, with their names."""
    actor = edge.actor()
    found = [one.organisation for one in queries.represented(edge.reading(), actor.person_id)] if actor.person_id else []
    return [(one.number or f"group:{one.id}", one.name) for one in found if actor.acts_for(one.id)]


def _teams(room: Room, bands: Sequence[str]) -> list[Choice]:
    """The teams of the organisations that one acts for, each with the address of the form filled in for it."""
    actor, session = edge.actor(), edge.reading()
    if not actor.organisations:
        return []
    numbers = {one.organisation_id: one.organisation.number for one in queries.represented(session, actor.require_known())}
    typed = request.args or request.form
    kept: dict[str, Any] = {name: typed.getlist(name) for name in typed if not name.startswith("participants.") and name not in SENT_ONLY}

    def filled(team: Team, said: Mapping[str, str]) -> str:
        fields = {**kept, **said, "applicant": numbers[team.organisation_id] or f"group:{team.organisation_id}"}
        return url_for("booking.book_form", venue=room.venue.slug, room=room.slug, **fields)

    found = team_choices(actor.organisations, bands, filled)
    return [choice for choice in found if len(choice.href) < LONGEST]


def _draft_of(given: "MultiDict[str, Any]") -> "MultiDict[str, Any]":
    """The fields of the draft, without those that only sending it adds; signing in on the way keeps them in the address."""
    return MultiDict([pair for pair in given.items(multi=True) if pair[0] not in SENT_ONLY])


def _checked(model: type[Draft], given: "MultiDict[str, Any]") -> Any:
    """The draft with the caller that staff named found; raises Invalid when nobody or several people fit."""
    read_draft = read(model, given)
    if not read_draft.caller or read_draft.person:
        return read_draft
    people = queries.find_people(edge.reading(), read_draft.caller, by=edge.actor())
    if len(people) == 1:
        return read_draft.model_copy(update={"person": people[0].id})
    code = "several-people" if people else "unknown-person"
    raise Invalid(Fault(code, "caller", read_draft.caller, {"names": [person.name for person in people[:10]]}))


def _again(room: Room, given: "MultiDict[str, Any]", refusal: Refusal) -> ResponseReturnValue:
    """The form with what is wrong at its fields; the preview where that is only what is said of exceptions."""
    names = {**NAMES, **dict.fromkeys(("recurrence", "rrule"), "until")} if given.get("until") and not given.get("times") else NAMES
    form = refused(_values(given), refusal.faults, names)
    if {fault.field for fault in form.faults} <= set(draft.EXCEPTIONS):
        return _preview_page(room, draft.changed_to(given, dict.fromkeys(draft.EXCEPTIONS, "")), asking=form)
    answer = Response(_form_page(room, form), status=problems.status_of(refusal))
    answer.headers.update(problems.headers_of(refusal))
    return answer


def _ages_told_apart(room: Room) -> set[int]:
    """The ages at which the rules in force for the room tell people apart, so that one can say how many there are of each."""
    today = to_wall(now(), room.venue.zone).date()
    policy = in_force(edge.reading(), room, today, today).on(today)
    return {cut for placed in policy.on(today).telling_ages_apart for cut in placed.rule.age_cuts}


def _form_page(room: Room, form: Form) -> str:
    actor, session = edge.actor(), edge.reading()
    organisations = _represented()
    caller = str(form.values.get("caller", ""))
    bands = draft.bands_shown(form.values, _ages_told_apart(room))
    several = queries.find_people(session, caller, by=actor)[:10] if caller and actor.is_officer else []
    looks.shown(*(one.id for one in several))
    return render_template(
        "booking/book.html",
        room=room,
        form=form,
        offered=offered_in(room),
        bands=bands,
        teams=_teams(room, bands),
        activities=choices(Activity),
        access=[(str(feature), key_label(ACCESS + feature)) for feature in Access],
        organisations=organisations,
        applicant=form.value("applicant") or _usual(organisations),
        people=[(person.id, person) for person in several] if len(several) > 1 else [],
        actor=actor,
        may_block=actor.is_officer or actor.is_caretaker_of(room.venue_id),
        today=to_wall(now(), room.venue.zone).date(),
        weekdays=[(name, weekday(number)) for number, name in enumerate(WEEKDAYS, start=1)],
        carried=[(name, value) for name in CARRIED for value in _all(form.values, name) if not form.of(name)],
    )


def _values(given: "MultiDict[str, Any]") -> "MultiDict[str, Any]":
    """What the form shows: what was typed, and for the rest what is likeliest."""
    actor = edge.actor()
    values = MultiDict(list(given.items(multi=True)))
    for name in ("from", "to"):
        if values.get(name):
            values[name] = draft.clock_of(values[name])
    values.setdefault("repeat", Repeat.ONCE.value)
    for name in ("also", "except"):
        if name in values:
            values[name] = ", ".join(value.strip() for value in values.getlist(name) if value.strip())
    if actor.person_id and not actor.is_officer and "purpose" not in given:
        person = edge.reading().get(Person, actor.person_id)
        values.setdefault("contact", person.name if person else "")
        values.setdefault("contact_phone", person.phone if person else "")
    return values


def _search_for(checked: Draft) -> str:
    """The search for another room at the same time."""
    clocks: dict[str, Any] = {"from": f"{checked.span[0]:%H:%M}", "to": f"{checked.span[1]:%H:%M}"}
    heads = sum(checked.participants.values()) or None
    weeks = checked.times if checked.repeat is Repeat.WEEKLY and (checked.times or 99) <= 60 else None
    return url_for("booking.find", date=checked.date.isoformat(), capacity=heads, weeks=weeks, needs=list(checked.keys), **clocks)


def _address(given: "MultiDict[str, Any]", room: str, endpoint: str = "booking.preview_page", **staying: str) -> str:
    """The address of a page about this draft in a room."""
    venue, _slash, slug = room.partition("/")
    fields: dict[str, Any] = {**staying}
    for name, value in given.items(multi=True):
        if name not in SENT_ONLY and str(value).strip():
            fields.setdefault(name, []).append(value)
    return url_for(endpoint, venue=venue, room=slug, **fields)


def _by_change(given: "MultiDict[str, Any]") -> Callable[["MultiDict[str, Any]", str], str]:
    """Where a button leads that sends this draft, too long for an address, along with what is changed of it."""

    def to(changed: "MultiDict[str, Any]", room: str) -> str:
        venue, _slash, slug = room.partition("/")
        values = {name: [str(value) for value in changed.getlist(name)] for name in {*given, *changed} - {*SENT_ONLY}}
        differing = {name: value or [""] for name, value in sorted(values.items()) if value != given.getlist(name)}
        return url_for("booking.look", venue=venue, room=slug, **differing)  # type: ignore[arg-type]

    return to


def _path(room: Room) -> str:
    return f"{room.venue.slug}/{room.slug}"


def _all(values: Mapping[str, Any], name: str) -> list[Any]:
    return values.getlist(name) if isinstance(values, MultiDict) else []
