"""What each verb of the table sends, as a form and, where there is one, as an API request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image

from tests.authority.world import ROOM, World
from tests.calendars.incoming.stand_in import plan
from tests.cast import PASSWORD

VENUE = "oren-flerbrukshall"
DRAFT = "/policies/municipality/draft"
REASON = {"reason.nb": "Fordi.", "reason.nn": "Fordi.", "reason.en": "Because."}
TITLE = {"title.nb": "Utleie", "title.nn": "Utleige", "title.en": "Letting"}
PREVIEW = f"/rooms/{ROOM}/book/preview"
FORM_WISH = {
    "date": "2026-09-23",
    "from": "18:00",
    "to": "20:00",
    "applicant": "me",
    "purpose": "Trening",
    "activity": "sport.training",
    "participants.6-12": "18",
}
WISH = {
    "room": ROOM,
    "start": "2026-09-23T18:00",
    "end": "2026-09-23T20:00",
    "purpose": "Trening",
    "activity": "sport.training",
    "participants": {"6-12": 18},
}
CLOSED = {"start": "2026-12-01T08:00", "end": "2026-12-01T12:00", "reason": "Maling"}
ROUND_THE_CLOCK = {"start": "00:00", "end": "24:00", "openness": "open"}
STANDING_IN = {"first_day": "2026-10-01", "last_day": "2026-10-02"}
SEPTEMBER = {"first_day": "2026-09-01", "last_day": "2026-09-30"}
PERSON = {"name": "Ny Person", "phone": "41234567"}


@dataclass(frozen=True, slots=True)
class Try:
    """One request: ``form`` for a page, ``json`` for the API; addresses take names of the world in braces."""

    address: str
    form: Mapping[str, Any] | None = None
    json: Mapping[str, Any] | None = None
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_api(self) -> bool:
        return self.address.startswith("/api/")


Tries = Callable[[World], tuple[Try, ...]]


def _form(address: str, **fields: Any) -> Try:
    return Try(address, form=fields)


def _api(address: str, body: Mapping[str, Any] | None = None, **more: Any) -> Try:
    return Try(f"/api/v1{address}", json=body, **more)


def _booking(fields: Mapping[str, Any], wish: Mapping[str, Any]) -> tuple[Try, ...]:
    order = {"room": ROOM, "key": "en-nokkel-for-dette"}
    return Try("/bookings", form={**FORM_WISH, **order, **fields}), _api("/bookings", {**WISH, **wish})


def _preview(fields: Mapping[str, Any], wish: Mapping[str, Any]) -> tuple[Try, ...]:
    return Try(PREVIEW, form={**FORM_WISH, **fields}, method="GET"), _api("/verdicts", {**WISH, **wish})


def _act(case: str, verb: str, **fields: Any) -> Tries:
    """An act on a booking, on its page and in the API."""

    def tries(world: World) -> tuple[Try, ...]:
        booking = getattr(world, case)
        return _form(f"/bookings/{booking.reference}/{verb}", **fields), _api(f"/bookings/{booking.id}/{verb}", fields or None)

    return tries


def _offer(answer: str) -> Tries:
    """An answer to what is offered to a date, on its booking's page and in the API."""
    return lambda w: (_form(f"/bookings/{w.offered.reference}/offers/{w.offer}/{answer}"), _api(f"/offers/{w.offer}/{answer}"))


def _move(world: World) -> tuple[Try, ...]:
    body = {"number": 1, "start": "2026-09-19T18:00", "end": "2026-09-19T20:00"}
    page = {"date": "2026-09-19", "from": "18:00", "to": "20:00"}
    return (
        Try(f"/bookings/{world.booked.reference}/occurrences/1/move", form=page),
        _api(f"/bookings/{world.booked.id}", body, method="PATCH", headers={"If-Match": '"1"'}),
    )


def _describe(world: World) -> tuple[Try, ...]:
    reference, body = world.booked.reference, {"number": 1, "scope": "all", "purpose": "Kamp", "team": "J12"}
    page = {"dates": ["1", "2"], "purpose": "Kamp", "team": "J12", "participants.6-12": "18"}
    return (
        Try(f"/bookings/{reference}/description", form=page),
        _api(f"/bookings/{world.booked.id}", body, method="PATCH", headers={"If-Match": '"1"'}),
    )


def _add(world: World) -> tuple[Try, ...]:
    page = {"date": "2026-09-19", "from": "18:00", "to": "20:00"}
    body = {"start": "2026-09-19T18:00", "end": "2026-09-19T20:00"}
    return Try(f"/bookings/{world.booked.reference}/occurrences", form=page), _api(f"/bookings/{world.booked.id}/occurrences", body)


def _release(**more: Any) -> Tries:
    period = {"first_day": "2026-09-15", "last_day": "2026-09-15"}

    def tries(world: World) -> tuple[Try, ...]:
        address = f"/organisations/{world.skiold}/releases"
        return _form(address, seen=world.on_the_15th, **period, **more), _api(address, {**period, **more, "dry_run": False})

    return tries


def _page(address: str, **fields: Any) -> Tries:
    """A form that has no equal in the API; its values too take names of the world in braces."""

    def tries(world: World) -> tuple[Try, ...]:
        names = _names(world)
        return (_form(address.format(**names), **{name: value.format(**names) for name, value in fields.items()}),)

    return tries


AGREED = {
    "organisation": "{skiold}",
    "title": "Ny",
    "price_class": "partner",
    "hours": "5",
    "first_day": "2027-10-01",
    "last_day": "2027-12-01",
    "rooms": ROOM,
}


def _agreed(world: World) -> dict[str, Any]:
    """The same in JSON, a year later."""
    days = {"first_day": "2028-10-01", "last_day": "2028-12-01"}
    return {**AGREED, **days, "organisation": world.skiold, "hours": 5, "rooms": [ROOM]}


def _calendar(verb: str, **fields: str) -> Tries:
    """An act on the calendar of others."""
    return _page(f"/venues/{VENUE}/calendars/{{source}}/{verb}", **fields)


def _names(world: World) -> dict[str, Any]:
    return {name: getattr(world, name) for name in World.__dataclass_fields__}


def _photo(world: World) -> tuple[Try, ...]:
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    return (_form(f"/venues/{VENUE}/photos", alternative_text="Hallen en kveld", photo=(BytesIO(picture.getvalue()), "hall.png")),)


TRIES: dict[str, Tries] = {
    # What is sent by the form leads on to the address that the others try.
    "try for oneself": lambda w: (*_preview({}, {}), Try(PREVIEW, form=FORM_WISH)),
    "try as the municipality": lambda w: _preview({"applicant": "municipal"}, {"kind": "municipal"}),
    "book for oneself": lambda w: _booking({}, {}),
    "book in an organisation's name": lambda w: _booking({"applicant": "other", "number": "313000001"}, {"organisation": "313000001"}),
    "book under another's agreement": lambda w: _booking({"agreement": str(w.agreement)}, {"agreement": w.agreement}),
    "book on behalf of a caller": lambda w: _booking({"person": str(w.per)}, {"on_behalf_of": w.per}),
    "book for the municipality's own use": lambda w: _booking({"applicant": "municipal"}, {"kind": "municipal"}),
    "block a time": lambda w: _booking({"applicant": "block"}, {"kind": "block"}),
    "cancel": _act("booked", "cancellation"),
    "cancel one date": _act("booked", "occurrences/1/cancellation"),
    "cancel without a fee": _act("booked", "cancellation", reason="Brann.", without_fee=True),
    "move": _move,
    "let it go before others": lambda w: _booking({"displace": "yes"}, {"displace": {}}),
    "take what is offered": _offer("acceptance"),
    "take all that is offered": _act("offered", "offers/acceptance"),
    "say no to what is offered": _offer("refusal"),
    "say something else": _describe,
    "add a date": _add,
    "take a date back": _act("called_off", "occurrences/2/return"),
    "split": _act("booked", "occurrences/2/split"),
    "give back a period": _release(),
    "give back a period without a fee": _release(reason="Brann.", without_fee=True),
    "note that nobody came": _act("missed", "occurrences/1/absence"),
    "take back that nobody came": _act("noted", "occurrences/1/absence/withdrawal"),
    "say how a date was used": _page("/bookings/{missed.reference}/occurrences/1/usage", kind="used", heads="18"),
    "say that a date was not used": _page("/bookings/{missed.reference}/occurrences/1/usage", kind="unused"),
    "report a damage": _page("/bookings/{missed.reference}/occurrences/1/usage", kind="damage", note="Knust rute"),
    "answer what was noted": _page("/bookings/{noted.reference}/occurrences/1/usage", kind="answer", note="Vi kom."),
    "undo what one did": lambda w: (_form(f"/acts/{w.act}/undoing"), _api(f"/acts/{w.act}/undoing")),
    "confirm": _act("unconfirmed", "confirmation"),
    "take over for the organisation": _page("/bookings/{booked.reference}/holder"),
    "approve": _act("asked", "approval"),
    "approve what caretakers decide": _act("theatre", "approval"),
    "approve several at once": _page("/office/approvals", approve="{asked.reference}:2"),
    "decline": _act("asked", "refusal", reason="Fullt."),
    "decline what caretakers decide": _act("theatre", "refusal", reason="Fullt."),
    "write to the other side": _act("booked", "messages", text="Hei"),
    "ask what must be answered": lambda w: (
        _form(f"/bookings/{w.asked.reference}/messages", text="Når?", must_answer="yes"),
        _api(f"/bookings/{w.asked.id}/messages", {"text": "Når?", "kind": "question"}),
    ),
    "withdraw a question": _page("/bookings/{asked.reference}/messages/{question}/withdrawal"),
    "note inside the office": lambda w: (
        _form(f"/bookings/{w.booked.reference}/notes", internal="Ringte."),
        _api(f"/bookings/{w.booked.id}/messages", {"text": "Ringte.", "kind": "note"}),
    ),
    "take a case": _page("/bookings/{asked.reference}/owner", owner="{officer}"),
    "look at a case": _page("/bookings/{asked.reference}/presence"),
    "sign what is asked of the holder": _page(
        "/bookings/{asking.reference}/conditions/fire-instruction/signature", name="Berit Moe", agreed="yes", text_version="2026"
    ),
    "hand in a document": lambda w: (
        _form(f"/bookings/{w.asking.reference}/conditions/insurance/document", document=(BytesIO(b"%PDF-1.7"), "bevis.pdf")),
    ),
    "name who is on site": _page(
        "/bookings/{asking.reference}/conditions/responsible/people",
        **{
            f"people[{number}].{part}": value
            for number in (0, 1)
            for part, value in {"name": "Bo Dal", "phone": "41234567", "born": "1980"}.items()
        },
    ),
    "confirm what staff confirm": _page("/bookings/{asking.reference}/conditions/internal-distribution/confirmation", agreed="yes"),
    "withdraw what was done": _page("/bookings/{asking.reference}/met/{met}/withdrawal", reason="Feil."),
    "answer by a link in a notice": _page("{answer}"),
    "say that somebody was called": _page("/office/tasks/{task}/completion"),
    "say that a damage is seen to": _page("/office/tasks/{damage}/completion"),
    "close a room": lambda w: (
        _form(f"/venues/{VENUE}/closures", room="gymsal-1", **CLOSED),
        _api(f"/venues/{VENUE}/closures", {"room": "gymsal-1", "dry_run": False, **CLOSED}),
    ),
    "open again what was closed": _page(f"/venues/{VENUE}/closures/{{closure}}/withdrawal"),
    "displace who is outside": _page(f"/venues/{VENUE}/outside/displacement", reason="Stengt."),
    "set opening hours": _page(
        f"/venues/{VENUE}/opening-hours",
        **{f"rows[{4 * day}].{part}": value for day in range(7) for part, value in {"weekday": str(day), **ROUND_THE_CLOCK}.items()},
        version="{version}",
    ),
    "remove opening hours": _page(f"/venues/{VENUE}/opening-hours/removal", version="{version}"),
    "add days to the school calendar": _page("/school-calendar", first_day="2026-11-10", last_day="2026-11-11", name="Fri"),
    "remove days of the school calendar": _page("/school-calendar/{school}/removal"),
    "add days to a venue's school calendar": _page(
        f"/venues/{VENUE}/school-calendar", first_day="2026-11-10", last_day="2026-11-11", name="Fri"
    ),
    "remove days of a venue's calendar": _page(f"/venues/{VENUE}/school-calendar/{{own_school}}/removal"),
    "edit the municipality": _page("/municipality", name="Drammen", version="{municipality_version}"),
    "edit a venue": _page(f"/venues/{VENUE}/edit", name="Øren", version="{version}"),
    "edit a room": _page(f"/rooms/{ROOM}/edit", name="Gymsal", version="{room_version}"),
    "take a room out of use": _page("/rooms/oren-flerbrukshall/gymsal-2/retirement", version="{room_version}"),
    "take a room into use again": _page("/rooms/fjell-skole/naturfag/restoration", version="0"),
    "answer on access": _page(f"/venues/{VENUE}/access", **{"answers.lift": "yes", "version": "{version}"}),
    "survey a room": _page(f"/rooms/{ROOM}/survey", **{"grades.access": "2", "finish": "yes"}),
    "add who answers": _page(f"/venues/{VENUE}/contacts", weekdays="1", start="08:00", end="15:00", role="Vakt", phone="41234567"),
    "remove who answers": _page(f"/venues/{VENUE}/contacts/{{contact}}/removal"),
    "hang up a photo": _photo,
    "take down a photo": _page(f"/venues/{VENUE}/photos/{{photo}}/removal"),
    "add equipment": _page(f"/venues/{VENUE}/resources", name="Piano", kind="equipment", quantity="1"),
    "change equipment": _page(f"/venues/{VENUE}/resources/{{resource}}", name="Prosjektor", quantity="3", version="{resource_version}"),
    "take equipment out of use": _page(f"/venues/{VENUE}/resources/{{resource}}/retirement"),
    "take equipment into use again": _page(f"/venues/{VENUE}/resources/{{resource}}/restoration"),
    "add a calendar of others": lambda w: (
        _form(f"/venues/{VENUE}/calendars", room="gymsal-1", name="Kamper", file=(BytesIO(plan()), "kamper.ics")),
    ),
    "follow a calendar": _calendar("activation"),
    "fetch a calendar now": _calendar("refresh"),
    "put another file in its place": lambda w: (_form(f"/venues/{VENUE}/calendars/{w.source}/file", file=(BytesIO(plan()), "kamper.ics")),),
    "let a calendar rest": _calendar("pause"),
    "remove a calendar": _calendar("removal"),
    "let a calendar go before bookings": _calendar("displacement", dates="{without_time}", reason="Skolen.", seen="{on_the_16th}"),
    "let bookings keep their time": _calendar("exclusion", dates="{without_time}"),
    "let a calendar take its time after all": _calendar("inclusion", dates="{set_aside}"),
    "begin a draft": _page(f"/policies/rooms/{ROOM}/draft"),
    "copy another's rules into a draft": _page(f"/policies/rooms/{ROOM}/draft/copies", source="place:", whole="yes", version="0"),
    "throw a draft away": _page(f"{DRAFT}/removal", version="1"),
    "edit a draft's text": _page(f"{DRAFT}/text", version="1", **TITLE),
    "add a rule": _page(f"{DRAFT}/rules/new", kind="length", version="1", id="length", at_most="60", **REASON),
    "change a rule": _page(f"{DRAFT}/rules/opening", kind="opening", version="1", id="opening", public_holiday="warn", **REASON),
    "remove a rule": _page(f"{DRAFT}/rules/opening/removal", version="1"),
    "try a draft on bookings": _page(f"{DRAFT}/what-if", version="1"),
    "publish a policy": _page("/policies/municipality/publication", version="1", valid_from="2027-01-01"),
    "make an agreement": lambda w: (
        *_page("/agreements", **AGREED, confirmed="yes")(w),
        _api("/agreements", {**_agreed(w), "confirmed": True}),
    ),
    "change an agreement": lambda w: (
        *_page("/agreements/{agreement}/change", **AGREED, confirmed="yes")(w),
        _api(f"/agreements/{w.agreement}", {**_agreed(w), "confirmed": True}, method="PUT"),
    ),
    "end an agreement": lambda w: (
        *_page("/agreements/{agreement}/end", confirmed="yes")(w),
        _api(f"/agreements/{w.agreement}/ending", {"confirmed": True}),
    ),
    "sign an agreement": _page("/agreements/{agreement}/signature"),
    "note a duty": _page("/agreements/{agreement}/duties/{duty}", done="yes"),
    "keep a template": _page("/agreements/templates", name="Fast trening"),
    "retire a template": _page("/agreements/templates/{template}/removal"),
    "make a scheme": _page("/grants/schemes", name="Leie", kind="rent", first_day="2026-01-01"),
    "change a scheme": _page("/grants/schemes/{scheme}", name="Gratis tid", kind="rooms", first_day="2025-01-01", ceiling="500"),
    "make a grant": _page(
        "/grants", organisation="{skiold}", scheme="{scheme}", first_day="2027-01-01", last_day="2027-12-31", ceiling="1000"
    ),
    "end a grant": _page("/grants/{grant}/end"),
    "say how much of a booking counts": _page("/grants/{grant}/parts", booking="{booked.reference}", local="50", reason="Delt bane"),
    "state what an hour is worth": _page("/grants/rates", room_kind="gym", first_day="2026-01-01", per_hour="100", source="Vedtak 1"),
    "correct what an hour is worth": _page(
        "/grants/rates/{rate}", room_kind="gym", first_day="2025-01-01", per_hour="250", source="Vedtak 1, rettet"
    ),
    "report on a grant": _page("/grants/{grant}/report", text="Vi spilte.", send="yes"),
    "answer a report": _page("/grants/{reported}/report/answer", approved="yes"),
    "decide a lease status": _page("/organisations/{skiold}/lease", status="a", first_day="2026-01-01", reason="Vedtak"),
    "give notice of a hearing": _page("/organisations/{strommen}/hearings", cause="Utleie", answer_by="2027-09-01"),
    "answer in a hearing": _page("/hearings/{hearing}/answer", answer="Vi leide ikke ut."),
    "decide in a hearing": _page("/hearings/{hearing}/decision", is_lost="no", reason="Det holdt."),
    "complain": _page("/complaints", act="{contestable}", text="Vi er uenige."),
    "admit a late complaint": _page("/complaints/{late_complaint}/admission", admitted="yes", text="Sykdom."),
    "look at a decision again": _page("/complaints/{complaint}/reconsideration", outcome="changed", text="Vi tok feil."),
    "write what a board decided": _page("/complaints/{at_board}/board", outcome="board-upheld", on_day="2026-09-01", text="Står."),
    "carry an outcome out": _page("/complaints/{to_carry_out}/execution", text="Gjort."),
    "write about a complaint": _page("/complaints/{complaint}/messages", said="Hei."),
    "ask about a complaint": _page("/complaints/{complaint}/messages", said="Hvor mange?", must_answer="yes"),
    "say whose a complaint is": _page("/complaints/{complaint}/owner"),
    "take a complaint back": _page("/complaints/{complaint}/withdrawal"),
    "take a case out": _page("/cases/{complaint}/bundle", redacted="yes"),
    "bill a period": lambda w: (_form("/invoices", **SEPTEMBER), _api("/invoices", SEPTEMBER)),
    "issue the page of a year": _page("/office/statistics/year", year="2025"),
    "say what stands on its invoices": _page("/organisations/{skiold}/account/terms", reference="PO 17"),
    "let another pay for it": _page("/organisations/{skiold}/account/terms", payer="313000028"),
    "dispute what a date costs": _page("/bookings/{booked.reference}/occurrences/1/dispute", reason="For dyrt."),
    "answer what is disputed": _page("/bookings/{booked.reference}/occurrences/1/cost", answer="Rettet.", amount="100"),
    "pay what one was billed": _page("/account/payments"),
    "choose what is sent of the round": _page("/caretaker/settings", sheet="always", at="06:30", changes="mail"),
    "name who stands in for a caretaker": _page("/caretaker/{olav}/deputies", email="per@example.org", **STANDING_IN),
    "end that somebody stands in": _page("/caretaker/deputies/{deputy}/end"),
    "make a feed of one's own": lambda w: (
        _form("/calendars", name="Ny", about="mine"),
        _api("/feeds", {"name": "Ny", "audience": "booker"}),
    ),
    "make a feed of the organisation": lambda w: (
        _form("/calendars", name="Ny", about="313000001"),
        _api("/feeds", {"name": "Ny", "audience": "organisation", "organisation": "313000001"}),
    ),
    "make a feed of the venue": lambda w: (
        _form("/calendars", name="Ny", about="round", venues=VENUE),
        _api("/feeds", {"name": "Ny", "audience": "caretaker", "venues": [VENUE]}),
    ),
    "make a work feed of the venue": lambda w: (
        _form("/calendars", name="Ny", about="work", venues=VENUE),
        _api("/feeds", {"name": "Ny", "audience": "work", "venues": [VENUE]}),
    ),
    "give a feed a new address": lambda w: (_form(f"/calendars/{w.feed}/rotation"), _api(f"/feeds/{w.feed}/rotation", {})),
    "revoke a feed": lambda w: (_form(f"/calendars/{w.feed}/revocation"), _api(f"/feeds/{w.feed}/revocation")),
    "send a caretaker the link to a calendar": _page("/calendars/health/links", person="{olav}"),
    "take up a calendar by its link": _page("{calendar}"),
    "sign in": _page("/sign-in", email="per@example.org", password=PASSWORD),
    "sign out": _page("/sign-out"),
    "ask for an account": _page("/account-links", email="helt-ny@example.org"),
    "ask for a new password": _page("/password-links", email="per@example.org"),
    "use a link": _page("{link}", password=PASSWORD, **PERSON),
    "accept an invitation sent to Per": _page("{to_organisation}"),
    "invite to a role": _page("/invitations", email="enda-en@example.org", role="officer"),
    "withdraw an invitation to a role": _page("/invitations/{to_role}/withdrawal"),
    "invite to act for the organisation": _page("/organisations/{skiold}/invitations", email="enda-en@example.org"),
    "confirm who asks to act for it": _page("/delegations/{delegation}/confirmation"),
    "end who acts for it": _page("/delegations/{delegation}/end"),
    "make another the responsible adult": _page("/delegations/{responsible}/responsibility"),
    "register an organisation": _page("/organisations", number="313000060", name="Vårsol pensjonistforening"),
    "register a group": _page("/groups", name="Turgruppa"),
    "correct what is said of it": _page("/organisations/{skiold}/facts", name="Skiold", applicant_class="organisation"),
    "hide it from the public": _page("/organisations/{skiold}/publicity", is_shown="no"),
    "note what is known of it": _page("/organisations/{skiold}/standings", name="eget-anlegg", first_day="2026-09-01", source="Vedtak 1"),
    "end what is known of it": _page("/standings/{standing}/end", last_day="2026-12-31"),
    "state where anybody reaches it": _page("/organisations/{skiold}/contact", public_contact="post@skiold.example"),
    "ask to act for another": _page("/organisations/{strommen}/delegations"),
    "read the registers anew": _page("/organisations/{skiold}/reading"),
    "settle what the registers say": _page("/reviews/{review}/settlement", is_taken="yes"),
    "list a team": _page("/organisations/{skiold}/teams", team="Turnbarn", youngest="6", oldest="9"),
    "take a team off the list": _page("/teams/{team}/removal"),
    "hand over the lead": _page("/organisations/{skiold}/handover", successor="enda-en@example.org"),
    "say that one acts for it still": _page("/delegations/{leading}/renewal"),
    "enter a caller": _page("/people", **PERSON),
    "give a role": _page("/people/{per}/roles", role="officer"),
    "take a role back": _page("/roles/{grant_of_role}/revocation"),
    "change one's profile": _page("/profile", **PERSON),
    "change one's password": _page("/profile/password", current_password=PASSWORD, password="enda-en-lang-setning"),
    "change one's e-mail address": _page("/profile/email", email="ny.adresse@example.org", current_password=PASSWORD),
    "download all that is held of one": _page("/profile/personal-data/export", current_password=PASSWORD),
    "erase oneself": _page("/profile/personal-data/erasure", current_password=PASSWORD, understood="yes"),
    "erase somebody": _page("/people/{nils}/erasure"),
    "say how long things are kept": _page("/personal-data/retention/bookings", days="400"),
    "make a token": _page("/profile/tokens", name="skript"),
    "revoke another's token": _page("/profile/tokens/{token}/revocation"),
}
