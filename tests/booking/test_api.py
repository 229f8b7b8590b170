"""Bookings over the API: dry run, booking, moving, deciding and closing, with what each answer says."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from accounts.tokens import make_token
from booking.furnishing import NewResource, add_resource
from database.transact import Database
from policies.taxonomy import Activity
from tests.booking.conftest import LADDER, NO_SHOW, NO_TRADE, NOW, TWO_HOURS, USUAL, Hall, furnish, publish_with
from tests.clock import stop
from venues.vocabulary import ResourceKind

WEEKLY = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=5"}}
Call = Callable[..., TestResponse]


@pytest.fixture
def hall(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Hall:
    stop(monkeypatch)
    database: Database = app.extensions["database"]
    return database.transact(furnish)


@pytest.fixture
def call(app: Flask, hall: Hall) -> Call:
    """Calls the API as somebody of the cast; nobody when no name is given."""
    database: Database = app.extensions["database"]
    client, tokens = app.test_client(), {}

    def call(method: str, path: str, name: str = "", body: object = None, **headers: str) -> TestResponse:
        if name and name not in tokens:
            hand = getattr(hall, name)
            tokens[name] = database.transact(make_token, hand.require_known(), "test", by=hand, now=NOW).text
        given = {"Authorization": f"Bearer {tokens[name]}"} if name else {}
        return client.open(f"/api/v1{path}", method=method, json=body, headers={**given, **headers})

    return call


def test_a_dry_run_tells_every_date_and_books_nothing(call: Call) -> None:
    answer = call("POST", "/verdicts", "berit", {**USUAL, **WEEKLY}).json

    assert [(date["local_start"], date["state"], [one["code"] for one in date["objections"]]) for date in answer["dates"]] == [
        ("2026-09-15T18:00:00", "booked", []),
        ("2026-09-22T18:00:00", "booked", []),
        ("2026-09-29T18:00:00", "booked", []),
        ("2026-10-06T18:00:00", "skipped", ["policy:school-break"]),
        ("2026-10-13T18:00:00", "booked", []),
    ]
    assert [one["local_start"] for one in answer["alternatives"]] == ["2026-10-04T18:00", "2026-10-03T18:00"]
    assert [len(date["alternatives"]) for date in answer["dates"]] == [0, 0, 0, 2, 0]
    assert answer["best_room"] is None
    assert call("POST", "/verdicts", "berit", {**USUAL, **WEEKLY}).json == answer


def test_no_cookie_counts_for_who_has_a_token(call: Call) -> None:
    answer = call("POST", "/bookings", "berit", USUAL, Cookie="arena=somebody-elses")

    assert (answer.status_code, answer.headers.get("Vary"), answer.headers.get("Set-Cookie")) == (201, None, None)


def test_a_dry_run_of_a_taken_time_names_it_and_offers_others(call: Call) -> None:
    call("POST", "/bookings", "nils", USUAL)

    answer = call("POST", "/verdicts", "berit", USUAL).json

    assert [one["code"] for one in answer["dates"][0]["objections"]] == ["time-taken"]
    assert [(one["changes"], one["local_start"]) for one in answer["alternatives"]] == [
        ("room", "2026-09-15T18:00"),
        ("time", "2026-09-15T20:00"),
        ("time", "2026-09-15T16:00"),
        ("time", "2026-09-15T20:30"),
        ("weekday", "2026-09-16T18:00"),
    ]


def test_a_date_in_the_hour_that_the_clock_skips_is_told_with_its_fault(call: Call) -> None:
    night = {**USUAL, "start": "2026-03-22T02:30", "end": "2026-03-22T03:30", "recurrence": {"rrule": "FREQ=WEEKLY;COUNT=2"}}

    answer = call("POST", "/verdicts", "berit", night).json

    assert [(date["start"], "missing-hour" in [one["code"] for one in date["objections"]]) for date in answer["dates"]] == [
        ("2026-03-22T01:30:00Z", False),
        ("2026-03-29T01:30:00Z", True),
    ]


def test_a_booking_is_made_once_per_key(call: Call) -> None:
    key = {"Idempotency-Key": "a-key-of-mine"}

    first, repeated = (call("POST", "/bookings", "berit", USUAL, **key) for _ in range(2))
    other = call("POST", "/bookings", "berit", {**USUAL, "purpose": "Kamp"}, **key)

    assert (first.status_code, repeated.status_code, other.status_code) == (201, 201, 409)
    assert repeated.json == first.json
    assert first.headers["Location"] == f"/api/v1/bookings/{first.json['id']}"
    assert [(one["state"], one["start"]) for one in first.json["occurrences"]] == [("booked", "2026-09-15T16:00:00Z")]


def test_a_conflict_and_a_refusal_say_why_and_what_instead(call: Call) -> None:
    call("POST", "/bookings", "nils", USUAL)

    taken = call("POST", "/bookings", "berit", USUAL)
    refused = call("POST", "/bookings", "berit", {**USUAL, "start": "2026-10-06T18:00", "end": "2026-10-06T20:00"})
    left = call("POST", "/bookings", "berit", {**USUAL, **WEEKLY, "on_conflict": "skip"})

    assert (taken.status_code, taken.content_type) == (409, "application/problem+json")
    assert [one["code"] for one in taken.json["faults"]] == ["time-taken"]
    assert len(taken.json["alternatives"]) == 5
    assert (refused.status_code, [one["code"] for one in refused.json["faults"]]) == (422, ["policy:school-break"])
    assert [one["state"] for one in left.json["occurrences"]] == ["skipped", "booked", "booked", "skipped", "booked"]


def test_moving_asks_for_the_version_and_refuses_a_stale_one(call: Call) -> None:
    made = call("POST", "/bookings", "berit", USUAL)
    address, to = f"/bookings/{made.json['id']}", {"number": 1, "start": "2026-09-16T18:00", "end": "2026-09-16T20:00"}

    without = call("PATCH", address, "berit", to)
    moved = call("PATCH", address, "berit", to, **{"If-Match": made.headers["ETag"]})
    stale = call(
        "PATCH", address, "berit", {**to, "start": "2026-09-17T18:00", "end": "2026-09-17T20:00"}, **{"If-Match": made.headers["ETag"]}
    )

    assert (without.status_code, moved.status_code, stale.status_code) == (428, 200, 412)
    assert moved.json["occurrences"][0]["start"] == "2026-09-16T16:00:00Z"
    assert {**call("GET", address, "berit").json, "left": {}} == moved.json
    assert stale.json["changes"] == [{"verb": "move", "at": "2026-09-01T20:30:00+00:00", "by": "applicant", "dates": ["2026-09-16T18:00"]}]


def test_what_is_had_beside_a_room_is_said_with_the_booking_and_in_an_edit(app: Flask, call: Call, hall: Hall) -> None:
    beamer = NewResource(name="Prosjektor", kind=ResourceKind.EQUIPMENT, quantity=2)
    guard = NewResource(name="Vakt", kind=ResourceKind.ATTENDANT, quantity=2, required_for=[Activity.SPORT_TRAINING])
    for one in (beamer, guard):
        app.extensions["database"].transact(add_resource, "oren-flerbrukshall", one, by=hall.kari, now=NOW)
    made = call("POST", "/bookings", "berit", {**USUAL, "resources": {"prosjektor": 2}})
    beside = {**USUAL, "room": "oren-flerbrukshall/gymsal-2", "resources": {"prosjektor": 1}}

    dry = call("POST", "/verdicts", "nils", beside).json
    short = call("POST", "/bookings", "nils", beside)
    one, seen = {"number": 1, "resources": {"prosjektor": 1}}, {"If-Match": made.headers["ETag"]}
    fewer = call("PATCH", f"/bookings/{made.json['id']}", "berit", one, **seen)

    assert (made.json["resources"], fewer.json["resources"]) == ({"prosjektor": 2}, {"prosjektor": 1})
    assert (
        fewer.json["needed"]
        == dry["needed"]
        == [
            {"resource": "prosjektor", "name": "Prosjektor", "count": 1, "asked": 1},
            {"resource": "vakt", "name": "Vakt", "count": 1, "asked": 0},
        ]
    )
    assert [one["message"] for one in dry["dates"][0]["objections"]] == [one["message"] for one in short.json["faults"]]
    assert [(one["code"], one["field"], one["facts"]["free"]) for one in short.json["faults"]] == [
        ("too-few-free", "resources.prosjektor", 0)
    ]
    assert {one["changes"] for one in short.json["alternatives"]} == {"time", "weekday"}
    assert call("POST", "/bookings", "nils", beside).status_code == 201


def test_a_request_is_granted_or_refused_by_an_officer(call: Call) -> None:
    private = {**USUAL, "organisation": None, "participants": {"20-66": 5}}
    first, second = (
        call("POST", "/bookings", "per", {**private, "start": f"2026-09-{day}T18:00", "end": f"2026-09-{day}T20:00"}).json
        for day in (16, 17)
    )

    granted = call("POST", f"/bookings/{first['id']}/approval", "kari")
    refused = call("POST", f"/bookings/{second['id']}/refusal", "kari", {"reason": "Rommet skal males."})

    assert (first["state"], second["state"]) == ("requested", "requested")
    assert (granted.json["state"], refused.json["state"], refused.json["decision_reason"]) == ("booked", "refused", "Rommet skal males.")


def test_both_halves_are_had_at_once_and_the_whole_then_names_both(call: Call) -> None:
    halves = [call("POST", "/bookings", "berit", {**USUAL, "room": f"oren-flerbrukshall/gymsal-{n}"}).status_code for n in (1, 2)]

    whole = call("POST", "/bookings", "nils", {**USUAL, "room": "oren-flerbrukshall/hel-hall"})

    assert halves == [201, 201]
    assert whole.status_code == 409
    assert [one["facts"]["space"] for one in whole.json["faults"]] == ["Gymsal 1", "Gymsal 2"]


def test_an_exception_is_asked_for_and_granted_on_grounds(app: Flask, call: Call) -> None:
    app.extensions["database"].transact(publish_with, TWO_HOURS, NO_TRADE)
    long = {**USUAL, "end": "2026-09-15T21:00"}
    asking = {"exceptions": ["two-hours"], "exception_reason": "Cupen varer i tre timer."}

    refused = call("POST", "/bookings", "berit", long)
    tried = call("POST", "/verdicts", "berit", {**long, **asking})
    made = call("POST", "/bookings", "berit", {**long, **asking}).json
    ungrounded = call("POST", f"/bookings/{made['id']}/approval", "kari")
    granted = call("POST", f"/bookings/{made['id']}/approval", "kari", {"grounds": "For hele byen."}).json

    assert [(one["code"], one["facts"]["waivable_by"]) for one in refused.json["faults"]] == [("policy:too-long", "officer")]
    told = [(date["state"], [(one["code"], one["facts"]["is_asked"]) for one in date["objections"]]) for date in tried.json["dates"]]
    assert told == [("requested", [("policy:too-long", True)])]
    assert (made["state"], made["exceptions"]) == ("requested", [{"rule": "two-hours", "waiver": None}])
    assert (ungrounded.status_code, [one["code"] for one in ungrounded.json["faults"]]) == (422, ["grounds-missing"])
    waiver = {"role": "officer", "at": "2026-09-01T20:30:00Z", "why": "For hele byen."}
    assert (granted["state"], granted["exceptions"]) == ("booked", [{"rule": "two-hours", "waiver": waiver}])
    assert granted["exception_reason"] == "Cupen varer i tre timer."


def test_what_a_cancellation_and_an_absence_cost_is_told(app: Flask, call: Call) -> None:
    app.extensions["database"].transact(publish_with, LADDER, NO_SHOW)
    tonight = {**USUAL, "start": "2026-09-01T22:45", "end": "2026-09-01T23:45"}
    made = [call("POST", "/bookings", "berit", {**USUAL, "room": f"oren-flerbrukshall/gymsal-{n}"}).json["id"] for n in (1, 2)]
    missed = call("POST", "/bookings", "berit", tonight).json["id"]

    own = call("POST", f"/bookings/{made[0]}/cancellation", "berit").json
    silent = call("POST", f"/bookings/{made[1]}/cancellation", "kari", {"without_fee": True})
    free = call("POST", f"/bookings/{made[1]}/cancellation", "kari", {"without_fee": True, "reason": "Brann."}).json
    early = call("POST", f"/bookings/{missed}/occurrences/1/absence", "olav")

    assert [one["occurrences"][0]["fee"] for one in (own, free)] == [40000, 0]
    assert (silent.status_code, [one["code"] for one in silent.json["faults"]]) == (422, ["reason-missing"])
    assert (early.status_code, [one["code"] for one in early.json["faults"]]) == (409, ["not-begun"])


@pytest.mark.parametrize(
    ("asking", "faults"),
    [
        ({"exceptions": ["two-hours"]}, [("missing-field", "exception_reason")]),
        (
            {"exceptions": ["no-trade", "x"], "exception_reason": "Fordi."},
            [("exception-not-possible", "exceptions"), ("unknown-exception", "exceptions")],
        ),
        ({"exceptions": ["§ 4"], "exception_reason": "Fordi."}, [("bad-name", "exceptions[0]")]),
        ({"exceptions": "two-hours", "exception_reason": "Fordi."}, [("not-a-list", "exceptions")]),
    ],
)
def test_a_strange_wish_for_an_exception_says_what_is_wrong(app: Flask, call: Call, asking: object, faults: object) -> None:
    app.extensions["database"].transact(publish_with, TWO_HOURS, NO_TRADE)

    answer = call("POST", "/bookings", "berit", {**USUAL, "end": "2026-09-15T21:00", **asking})  # type: ignore[dict-item]

    assert (answer.status_code, [(one["code"], one["field"]) for one in answer.json["faults"]]) == (422, faults)


def test_what_one_did_is_undone_by_its_number(call: Call) -> None:
    made = call("POST", "/bookings", "berit", USUAL).json
    call("POST", f"/bookings/{made['id']}/cancellation", "berit", {})

    (act,) = call("GET", "/acts", "berit").json["items"]
    others = call("GET", "/acts", "kari").json["items"]
    undone = call("POST", f"/acts/{act['id']}/undoing", "berit")
    twice = call("POST", f"/acts/{act['id']}/undoing", "berit")

    assert (act["verb"], act["subject"], act["subject_id"], others) == ("cancel", "booking", made["id"], [])
    assert (undone.status_code, twice.status_code, twice.json["faults"][0]["code"]) == (200, 409, "undone-already")
    assert call("GET", f"/bookings/{made['id']}", "berit").json["state"] == "booked"
    assert call("GET", "/acts", "berit").json["items"] == []


def test_a_closure_tells_whom_it_meets_before_it_closes(call: Call) -> None:
    made = call("POST", "/bookings", "berit", USUAL).json
    closure = {"start": "2026-09-15T12:00", "end": "2026-09-15T23:00", "reason": "Vannlekkasje", "room": "gymsal-1"}

    asked = call("POST", "/venues/oren-flerbrukshall/closures", "olav", closure)
    unconfirmed = call("POST", "/venues/oren-flerbrukshall/closures", "olav", {**closure, "dry_run": False})
    closed = call("POST", "/venues/oren-flerbrukshall/closures", "olav", {**closure, "dry_run": False, "cancel_affected": True})

    assert asked.json == {"closed": False, "affected": [made["reference"]]}
    assert unconfirmed.status_code == 409
    assert closed.json == {"closed": True, "affected": [made["reference"]]}
    assert call("GET", f"/bookings/{made['id']}", "berit").json["state"] == "displaced"


def test_what_anybody_may_read_is_said_and_changed_over_the_api(call: Call) -> None:
    bad = {"title": "Ring 412 34 567", "text": "post@skiold.example", "ages": ["7-9"], "free": "yes", "price": 0}
    refused = call("POST", "/bookings", "berit", {**USUAL, "open_to_all": True, "public": bad}).json
    made = call("POST", "/bookings", "berit", {**USUAL, "open_to_all": True, "public": {"title": "Åpen turn", "text": "Kom.\nPrøv."}}).json
    path, said = f"/bookings/{made['id']}", {"number": 1, "public": {"title": "Turn", "ages": ["67+"], "free": True}}
    changed = call("PATCH", path, "berit", said, If_Match=f'"{made["version"]}"').json
    closed = call("PATCH", path, "berit", {"number": 1, "open_to_all": False}, If_Match=f'"{changed["version"]}"').json

    assert {(fault["field"], fault["code"]) for fault in refused["faults"]} == {
        ("public.title", "contact-in-public-text"),
        ("public.text", "contact-in-public-text"),
        ("public.ages[0]", "not-a-choice"),
        ("public.free", "not-yes-or-no"),
        ("public.price", "unknown-field"),
    }
    assert made["public"] == {"title": "Åpen turn", "text": "Kom.\nPrøv.", "ages": ["6-12"]}
    assert (changed["id"], changed["public"]) == (made["id"], {"title": "Turn", "ages": ["67+"], "free": True})
    assert (closed["open_to_all"], closed["version"]) == (False, changed["version"] + 1)
