"""Bad acts: what cannot be done to series, offers, closures and what was done is refused by field and value, and nothing is half done."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from tests.authority.sending import send
from tests.authority.tries import VENUE, WISH, Try
from tests.authority.world import World
from tests.clock import Clock
from tests.contents import changed, contents

SERIES = {**WISH, "organisation": "313000001", "start": "2026-11-17T18:00", "end": "2026-11-17T20:00"}
DAILY = {"rrule": "FREQ=DAILY;COUNT=3"}
EVENING = {"start": "2026-11-20T18:00", "end": "2026-11-20T20:00"}
GAP = {"start": "2027-03-28T02:30", "end": "2027-03-28T04:00"}
CLOSED = {"start": "2026-12-01T08:00", "end": "2026-12-01T12:00", "reason": "Maling", "room": "gymsal-1", "dry_run": False}
PERIOD = {"first_day": "2026-09-15", "last_day": "2026-09-15", "dry_run": False}


@dataclass(frozen=True, slots=True)
class Bad:
    """A request of the API: where, with names of the world in braces, what is sent by whom, and what is answered."""

    path: str
    body: Mapping[str, Any] | None
    status: int
    faults: tuple[tuple[str, str], ...]
    who: str = "holder"
    method: str = "POST"
    version: str = ""
    says: tuple[str, ...] = field(default=())


def edit(body: Mapping[str, Any], status: int, code: str, at: str, *, case: str = "booked", version: str = '"1"', **more: Any) -> Bad:
    path = "/bookings/{" + case + ".id}"
    return Bad(path, {"number": 1, **body}, status, ((code, at),), method="PATCH", version=version, **more)


def series(rule: Mapping[str, Any], status: int, *faults: tuple[str, str], **more: Any) -> Bad:
    says = more.pop("says", ())
    return Bad("/bookings", {**SERIES, "recurrence": rule, **more}, status, faults, says=says)


def closing(body: Mapping[str, Any], *faults: tuple[str, str], says: tuple[str, ...] = (), status: int = 422) -> Bad:
    return Bad(f"/venues/{VENUE}/closures", {**CLOSED, **body}, status, faults, who="caretaker", says=says)


BAD = {
    "dates of one series in each other": series(
        DAILY,
        409,
        ("meets-own-date", "start"),
        choices={"2026-11-18": {"start": "2026-11-19T19:00", "end": "2026-11-19T21:00"}},
        says=("torsdag 19. november 2026 kl. 19:00", "ta en av dem bort"),
    ),
    "ten thousand dates": series({"rrule": "FREQ=DAILY;COUNT=10000"}, 422, ("too-many-dates", "recurrence"), says=("400",)),
    "ten thousand dates beside": series(
        {**DAILY, "also": ["2026-11-20"] * 10_000}, 422, ("too-many-items", "recurrence.also"), says=("400",)
    ),
    "no date left": series({**DAILY, "except": ["2026-11-17", "2026-11-18", "2026-11-19"]}, 422, ("empty-rule", "recurrence")),
    "seconds, which no page shows": edit({"start": "2026-11-20T18:00:30", "end": "2026-11-20T20:00"}, 422, "not-whole-minutes", "start"),
    "an offset with seconds": edit({"start": "2026-11-20T18:00+00:00:01", "end": "2026-11-20T20:00"}, 422, "not-whole-minutes", "start"),
    "the year 9999 elsewhere": edit({"start": "9999-12-31T23:00-14:00", "end": "2026-11-20T20:00"}, 422, "out-of-range", "start"),
    "a closure in the evening": closing({"start": "i kveld"}, ("bad-local-time", "start"), says=("i kveld", "2026-11-24T18:00.")),
    "a closure by another clock": closing({"start": "2026-12-01T08:00+01:00"}, ("unwanted-offset", "start"), says=("2026-11-24T18:00.",)),
    "a closure of half a minute": closing({"start": "2026-12-01T08:00:30"}, ("not-whole-minutes", "start"), says=("hele minutter",)),
    "a dry run that is and is not": closing({"dry_run": "no"}, ("not-yes-or-no", "dry_run")),
    "a venue that there is not": edit({"room": "nowhere/gymsal-1"}, 404, "unknown-venue", "room", says=("nowhere",)),
    "a room by its name": edit({"room": "Gymsal 1"}, 422, "bad-room", "room", says=("oren-flerbrukshall/gymsal-1",)),
    "an age that is none": edit({"participants": {"unge": 3}}, 422, "bad-age-band", "participants.unge", says=("«unge»", "65+")),
    "too many on each date": edit(
        {"scope": "all", "resources": {"prosjektor": 9}},
        409,
        "too-few-there",
        "resources.prosjektor",
        says=("trengs 9", "Gjelder 2 datoer: 15. september 2026 kl. 18:00, 22. september 2026 kl. 18:00."),
    ),
    "no version": edit({"purpose": "Kamp"}, 428, "no-precondition", "", version=""),
    "a version that is none": edit({"purpose": "Kamp"}, 422, "bad-precondition", "If-Match", version='"x"', says=("x",)),
    "a date that there is not": edit({"number": 99}, 404, "unknown-date", "number", says=("99",)),
    "a number beyond all numbers": edit({"number": 10**30}, 422, "too-large", "number"),
    "a number in quotes": edit({"number": "1"}, 422, "quoted-number", "number", says=("Skriv 1 uten dem",)),
    "a number with a point": edit({"number": 1.0}, 422, "not-a-whole-number", "number", says=("1.0",)),
    "yes for a number": edit({"number": True}, 422, "not-a-number", "number"),
    "less than nobody": edit({"participants": {"6-12": -1}}, 422, "too-small", "participants.6-12", says=("0",)),
    "more than a town": edit({"participants": {"6-12": 10**12}}, 422, "too-large", "participants.6-12", says=("100000",)),
    "text without an end": edit({"purpose": "x" * 501}, 422, "too-long-text", "purpose", says=("500",)),
    "the missing hour": edit(GAP, 422, "missing-hour", "start", says=("28. mars 2027 kl. 02:30", "03:30")),
    "the missing hour for all": edit({**GAP, "scope": "all"}, 422, "missing-hour", "start"),
    "an end before the start": edit({"end": "2026-09-14T10:00"}, 422, "end-before-start", "end"),
    "into the past": edit({"start": "2026-08-03T18:00", "end": "2026-08-03T20:00"}, 422, "policy:in-the-past", "start"),
    "what has begun": edit({"purpose": "Kamp"}, 409, "in-the-past", "booking", case="missed"),
    "all of what has begun": edit({**EVENING, "scope": "all"}, 409, "in-the-past", "booking", case="missed"),
    "a room out of use": edit({"room": "fjell-skole/naturfag"}, 409, "room-retired", "room", says=("fjell-skole/naturfag",)),
    "another's": edit({"purpose": "Kamp"}, 404, "unknown-booking", "booking", case="asked", says=("{asked.id}",)),
    "one more in the missing hour": Bad("/bookings/{booked.id}/occurrences", GAP, 422, (("missing-hour", "start"),)),
    "another's offer": Bad("/offers/{offer}/acceptance", None, 404, (("unknown-offer", "offer"),), who="private"),
    "a word to an act that takes none": Bad("/offers/{offer}/acceptance", {"offer": 2}, 422, (("unknown-field", "offer"),)),
    "no offer": Bad("/offers/99/acceptance", None, 404, (("unknown-offer", "offer"),)),
    "another's act": Bad("/acts/{act}/undoing", None, 404, (("unknown-act", "undo"),), who="delegate"),
    "a closure of an age": closing(
        {"start": "1900-01-01T00:00", "end": "2199-12-31T00:00"},
        ("out-of-range", "start"),
        ("out-of-range", "end"),
        says=("1. januar 1900", "31. august 2025"),
    ),
    "a closure of no length": closing({"end": CLOSED["start"]}, ("end-before-start", "end")),
    "a closure from the missing hour": closing(GAP, ("missing-hour", "start"), says=("03:30",)),
    "what nobody has out of order": closing({"out_of_order": "teleporter"}, ("not-a-choice", "out_of_order"), says=("teleporter",)),
    "a closure of a room that there is not": closing({"room": "gymsal-9"}, ("unknown-room", "room"), says=("gymsal-1",), status=404),
    "a period that ends before it begins": Bad(
        "/organisations/{skiold}/releases", {**PERIOD, "last_day": "2026-09-14"}, 422, (("period-backwards", "last_day"),)
    ),
    "a period of ages": Bad(
        "/organisations/{skiold}/releases", {**PERIOD, "last_day": "2190-01-01"}, 422, (("too-long-span", "last_day"),)
    ),
    "another organisation's period": Bad(
        "/organisations/{strommen}/releases", PERIOD, 403, (("not-your-role", ""),), says=("representant for organisasjonen",)
    ),
}


def heard(app: Flask, bad: Bad, world: World, cookies: Mapping[str, str]) -> TestResponse:
    headers = {"If-Match": bad.version} if bad.version else {}
    attempt = Try(f"/api/v1{bad.path.format(**named(world))}", json=bad.body, method=bad.method, headers=headers)
    return send(app, attempt, bad.who, world, cookies)


def named(world: World) -> dict[str, Any]:
    return {name: getattr(world, name) for name in World.__dataclass_fields__}


def test_what_cannot_be_done_is_refused_by_name_and_nothing_is_half_done(app: Flask, world: World, cookies: dict[str, str]) -> None:
    # A token notes when it was used.
    for who in ("holder", "private", "delegate", "caretaker"):
        send(app, Try("/api/v1/feeds", method="GET"), who, world, cookies)
    before = contents(app.extensions["database"].engine)

    answers = {name: heard(app, bad, world, cookies) for name, bad in BAD.items()}

    faults = {name: tuple((fault["code"], fault["field"]) for fault in answer.get_json()["faults"]) for name, answer in answers.items()}
    told = {name: " ".join(fault["message"] for fault in answer.get_json()["faults"]) for name, answer in answers.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == {name: bad.status for name, bad in BAD.items()}
    assert faults == {name: bad.faults for name, bad in BAD.items()}
    unsaid = {name: [word for word in bad.says if word.format(**named(world)) not in told[name]] for name, bad in BAD.items()}
    assert unsaid == {name: [] for name in BAD}
    # What was sought in vain is counted, without the person.
    assert changed(before, contents(app.extensions["database"].engine)) == ["sought"]


def test_of_two_edits_of_one_version_the_second_is_shown_what_the_first_changed(app: Flask, world: World, cookies: dict[str, str]) -> None:
    first = edit({"scope": "all", "purpose": "Kamp"}, 200, "", "")
    second = edit({"scope": "all", "purpose": "Turnering"}, 412, "changed-meanwhile", "version", who="officer")

    done, refused = (heard(app, one, world, cookies) for one in (first, second))

    parted = send(app, Try(f"/api/v1/bookings/{world.booked.id}/occurrences/2/split"), "holder", world, cookies)
    gone = heard(app, edit({"number": 2, "purpose": "Kamp"}, 404, "date-elsewhere", "number", version='"3"'), world, cookies)

    assert (done.status_code, refused.status_code, parted.status_code, gone.status_code) == (200, 412, 201, 404)
    assert parted.get_json()["reference"] in gone.get_json()["detail"]
    assert refused.get_json()["faults"][0]["message"].startswith("Noen andre har endret dette mens du så på det.")
    assert [(one["verb"], one["by"], one["dates"]) for one in refused.get_json()["changes"]] == [
        ("restate", "applicant", ["2026-09-15T18:00", "2026-09-22T18:00"])
    ]


def test_what_is_answered_undone_or_over_stays_so(app: Flask, world: World, cookies: dict[str, str], clock: Clock) -> None:
    accept, undo = (Bad(path, None, 409, ()) for path in ("/offers/{offer}/acceptance", "/acts/{act}/undoing"))
    late = Bad("/bookings/{called_off.id}/cancellation", {}, 200, ())

    codes = [heard(app, one, world, cookies).status_code for one in (accept, undo, late)]
    twice = [heard(app, one, world, cookies).get_json()["faults"][0] for one in (accept, undo)]
    clock.pass_by(minutes=2)
    acts = f"/api/v1/acts/{world.act + 1}/undoing"
    after = [send(app, Try(acts), who, world, cookies).get_json()["faults"][0] for who in ("private", "officer")]

    assert codes == [200, 200, 200]
    assert [fault["code"] for fault in twice] == ["offer-answered", "undone-already"]
    assert [fault["code"] for fault in after] == ["unknown-act", "undo-too-late"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_anothers_is_not_reached_below_an_address(app: Flask, world: World, cookies: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    # Dates are numbered within their booking; all else has a number of its own in all the house.
    below = {"venue": "fjell-skole", "reference": world.unconfirmed.reference}
    ids = {**named(world), "period": world.own_school, "message": world.question, "said": world.damage, **below}
    rows = [rule for rule in app.url_map.iter_rules() if rule.arguments & below.keys() and re.search(r"<int:(?!number>)", rule.rule)]
    before = contents(app.extensions["database"].engine)

    addresses = app.url_map.bind("localhost")
    asked = {rule.endpoint: addresses.build(rule.endpoint, {name: ids[name] for name in rule.arguments}) for rule in rows}
    methods = {rule.endpoint: "GET" if "GET" in (rule.methods or ()) else "POST" for rule in rows}
    answers = {rule: send(app, Try(address, form={}, method=methods[rule]), "officer", world, cookies) for rule, address in asked.items()}

    assert len(asked) >= 12
    assert {rule: answer.status_code for rule, answer in answers.items()} == dict.fromkeys(asked, 404)
    assert changed(before, contents(app.extensions["database"].engine)) == []


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    made = BytesIO()
    Image.new("RGB", size).save(made, kind)
    return made.getvalue()


SCRIPT = b"<script>alert(1)</script>"
PHOTOS = {
    "a drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
    "a page": b"<html>" + SCRIPT,
    "a program": b"MZ" + bytes(100),
    "a document": b"%PDF-1.7",
    "half a picture": picture("PNG", (500, 500))[:200],
    "a bomb": picture("PNG", (9000, 9000)),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_a_damage_only_a_picture_is_kept_and_of_a_picture_nothing_else(app: Flask, world: World, cookies: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    address, folder = f"/bookings/{world.missed.reference}/occurrences/1/usage", app.extensions["settings"].instance / "uploads"

    def noted(body: bytes) -> int:
        form = {"kind": "damage", "note": "Knust rute", "photo": (BytesIO(body), "../../rute.php")}
        return send(app, Try(address, form=form), "holder", world, cookies).status_code

    before = contents(app.extensions["database"].engine)
    refused = {name: noted(body) for name, body in PHOTOS.items()} | {"too much": noted(bytes(9_000_000))}
    untouched = changed(before, contents(app.extensions["database"].engine)), list(folder.glob("*"))
    taken = [noted(picture("PNG") + SCRIPT), noted(picture("JPEG") + b"PK\x03\x04" + SCRIPT)]

    assert refused == dict.fromkeys(PHOTOS, 422) | {"too much": 413}
    assert untouched == ([], [])
    kept = [file.read_bytes() for file in folder.glob("*")]
    assert taken == [303, 303]
    assert [(body.startswith(b"\xff\xd8\xff"), SCRIPT in body) for body in kept] == [(True, False)] * 2
    assert {file.suffix for file in folder.glob("*")} == {".jpg"}
