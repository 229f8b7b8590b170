"""Problem documents for programs, pages in words for people."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kernel.errors import Fault, Invalid, Stale, Throttled, Unidentified, refuse
from kernel.interval import Interval
from web import hooks, problems
from web.problems import answer_refusal, simple

JSON = "application/problem+json"


def test_a_program_gets_every_fault_with_code_field_value_sentence_and_facts(client: FlaskClient) -> None:
    answer = client.get("/api/v1/halls?limit=1000&colour=red", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.content_type) == (422, JSON)
    told = answer.get_json()
    assert {name: told[name] for name in ("type", "title", "status", "detail")} == {
        "type": "http://127.0.0.1:8000/problems/invalid",
        "title": "Something must be corrected",
        "status": 422,
        "detail": "The number is too large. It may be at most 200. The field is unknown. Remove it or correct its name.",
    }
    assert told["faults"] == [
        {
            "code": "too-large",
            "field": "limit",
            "value": "1000",
            "message": "The number is too large. It may be at most 200.",
            "facts": {"most": 200},
        },
        {
            "code": "unknown-field",
            "field": "colour",
            "value": "red",
            "message": "The field is unknown. Remove it or correct its name.",
            "facts": {},
        },
    ]


def test_an_address_of_the_api_that_does_not_exist_is_a_problem_document(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")

    assert (answer.status_code, answer.content_type, answer.get_json()["faults"][0]["code"]) == (404, JSON, "not-found")


def test_a_page_that_does_not_exist_says_so_in_words_with_the_way_home(client: FlaskClient) -> None:
    answer = client.get("/nothing", headers={"Accept-Language": "nn"})

    assert answer.status_code == 404
    assert "Vi finn ikkje sida." in answer.text
    assert 'href="/"' in answer.text


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.get("/api/v1/wishes")

    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    assert answer.get_json()["detail"] == "Adressen kan ikke brukes slik. Tillatt: POST."


def test_a_busy_service_says_when_to_come_back_and_asks_nobody_for_the_navigation(app: Flask, client: FlaskClient) -> None:
    def no_database() -> list[hooks.Link]:
        raise RuntimeError("no database")

    hooks.hooks(app).navigation.append(no_database)

    answer = client.get("/refused/busy")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert "Tjenesten er opptatt akkurat nå. Vent litt og prøv igjen." in answer.text


def test_a_defect_is_answered_without_its_details(client: FlaskClient) -> None:
    answer = client.get("/broken")

    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text
    assert "Kari Nordmann" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_body_that_is_too_large_is_refused_with_the_limit_on_page_and_api(client: FlaskClient) -> None:
    page = client.post("/wishes", data={"room": "x" * 3_000_000})
    api = client.post(
        "/api/v1/wishes",
        data=b"x" * 3_000_000,
        content_type="application/json",
        headers={"Authorization": "Bearer a-token-that-somebody-has"},
    )

    assert (page.status_code, api.status_code) == (413, 413)
    assert "Grensen er 2 MB." in page.text
    assert api.get_json()["faults"][0]["facts"] == {"limit": 2}


def test_a_stale_row_is_412_with_if_match_and_409_without(app: Flask) -> None:
    stale = Stale(Fault("lost-race"))

    with app.test_request_context("/api/v1/halls/1", headers={"If-Match": '"3"'}):
        assert problems.status_of(stale) == 412
    with app.test_request_context("/api/v1/halls/1"):
        assert problems.status_of(stale) == 409


def test_too_many_attempts_say_how_long_to_wait(app: Flask) -> None:
    with app.test_request_context("/api/v1/x"):
        answer = app.make_response(answer_refusal(Throttled(Fault("too-many-requests"), after=30)))

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")


def test_a_page_that_needs_a_person_leads_to_signing_in_and_the_api_says_bearer(app: Flask) -> None:
    hooks.hooks(app).sign_in = lambda: ("", 303, {"Location": "/sign-in"})
    nobody = refuse(Unidentified, "sign-in-first")

    with app.test_request_context("/mine"):
        page = app.make_response(answer_refusal(nobody))
    with app.test_request_context("/api/v1/bookings"):
        api = app.make_response(answer_refusal(nobody))

    assert (page.status_code, page.headers["Location"]) == (303, "/sign-in")
    assert (api.status_code, api.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_the_type_of_a_problem_is_an_address_that_answers(client: FlaskClient) -> None:
    kind = client.get("/api/v1/nothing").get_json()["type"].removeprefix("http://127.0.0.1:8000")

    assert "Finnes ikke" in client.get(kind).text
    assert client.get("/problems/never-heard-of").status_code == 404


def test_facts_keep_their_shape_in_json() -> None:
    hour = Interval(datetime(2026, 11, 24, 17, tzinfo=UTC), datetime(2026, 11, 24, 18, tzinfo=UTC))

    assert simple({"span": hour, "day": date(2026, 11, 24), "long": timedelta(hours=2), "rooms": ("a", 1, None)}) == {
        "span": {"start": "2026-11-24T17:00:00Z", "end": "2026-11-24T18:00:00Z"},
        "day": "2026-11-24",
        "long": 120,
        "rooms": ["a", 1, None],
    }


@pytest.mark.parametrize("path", ["/nothing", "/refused/conflict", "/broken"])
def test_errors_are_never_kept_by_caches(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_refusal_keeps_all_its_faults() -> None:
    assert [fault.code for fault in Invalid(Fault("bad-date"), Fault("bad-clock")).faults] == ["bad-date", "bad-clock"]
