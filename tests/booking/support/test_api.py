"""Agreements over the API: who sees them, the meter, and that coming dates are seen before anything becomes of them."""

from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from tests.booking.conftest import USUAL, Hall
from tests.booking.test_api import call as call
from tests.booking.test_api import hall as hall

Call = Callable[..., TestResponse]


def terms(hall: Hall, **changes: Any) -> dict[str, Any]:
    days = {"first_day": "2026-09-01", "last_day": "2026-12-31"}
    given = {"organisation": hall.cast.skiold.id, "title": "Turn for alle", "price_class": "partner", "hours": 4}
    return {**given, **days, "rooms": ["oren-flerbrukshall/gymsal-1"], **changes}


def test_an_agreement_takes_on_what_is_booked_when_that_was_seen_and_is_told_with_its_meter(call: Call, hall: Hall) -> None:
    call("POST", "/bookings", "berit", USUAL)

    asked = call("POST", "/agreements", "kari", terms(hall))
    made = call("POST", "/agreements", "kari", terms(hall, confirmed=True, seen=asked.json["seen"]))
    booked = call("POST", "/bookings", "berit", {**USUAL, "start": "2026-09-16T18:00", "end": "2026-09-16T20:00"})

    assert (asked.status_code, [fault["code"] for fault in asked.json["faults"]]) == (409, ["date-draws"])
    assert (made.status_code, booked.json["occurrences"][0]["agreement"]) == (201, made.json["id"])
    found = call("GET", f"/agreements?organisation={hall.cast.skiold.id}", "berit").json["items"]
    assert [one["meter"] for one in found] == [
        {"granted": 240, "used": 0, "missed": 0, "ahead": 240, "released": 0, "lost": 0, "left": 0},
    ]


def test_an_agreement_is_for_its_organisation_and_officers(call: Call, hall: Hall) -> None:
    number = call("POST", "/agreements", "kari", terms(hall)).json["id"]

    def heard(path: str) -> list[int]:
        return [call("GET", path, name).status_code for name in ("", "per", "siri", "olav", "berit", "kari")]

    assert heard(f"/agreements/{number}") == [401, 404, 404, 404, 200, 200]
    assert heard("/agreements") == [401, 403, 403, 403, 403, 200]
    assert heard("/agreements/99") == [401, 404, 404, 404, 404, 404]


def test_who_may_not_see_an_agreement_hears_of_it_what_is_said_of_one_that_there_is_not(call: Call, hall: Hall) -> None:
    number = call("POST", "/agreements", "kari", terms(hall)).json["id"]

    def heard(path: str, name: str, named: int) -> tuple[int, list[object]]:
        answer = call("POST", path, name, {**USUAL, "agreement": named})
        return answer.status_code, [(fault["code"], fault["value"] == named) for fault in answer.json.get("faults", ())]

    missing = (404, [("unknown-agreement", True)])
    tries = [(path, name) for path in ("/verdicts", "/bookings") for name in ("per", "siri", "olav")]
    assert [heard(path, name, one) for path, name in tries for one in (number, 99)] == [missing] * 12
    assert heard("/verdicts", "berit", number) == (200, [])


def test_a_dry_run_says_why_a_date_does_not_draw(call: Call, hall: Hall) -> None:
    call("POST", "/agreements", "kari", terms(hall, times=[{"weekday": 3, "start": "18:00", "end": "20:00"}]))

    verdict = call("POST", "/verdicts", "berit", USUAL).json["dates"][0]["verdict"]

    told = [(one["title"], one["code"], one["limit"]) for one in verdict["undrawn"]]
    assert (verdict["agreement"], told) == (None, [("Turn for alle", "agreement-other-times", "3 18:00-20:00")])


def test_an_agreement_is_changed_and_ended(call: Call, hall: Hall) -> None:
    number = call("POST", "/agreements", "kari", terms(hall)).json["id"]

    changed = call("PUT", f"/agreements/{number}", "kari", terms(hall, hours=10, per="week")).json
    wrong = call("PUT", f"/agreements/{number}", "kari", terms(hall, organisation=hall.cast.strommen.id))
    ended = call("POST", f"/agreements/{number}/ending", "kari", {})
    again = call("POST", f"/agreements/{number}/ending", "kari", {})

    assert (changed["minutes"], changed["per"], changed["meter"]["granted"], changed["version"]) == (600, "week", 600 * 18, 2)
    assert [one.status_code for one in (wrong, ended, again)] == [422, 200, 404]
    assert ended.json["standing"] == "ended"
