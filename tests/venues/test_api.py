"""The API of venues and rooms: public, in pages, conditional, with faults as problem documents."""

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def drammens(app: Flask) -> FlaskClient:
    """Asks an app whose database has the whole inventory."""
    return app.test_client()


@pytest.mark.parametrize(
    ("address", "key", "number"),
    [("/api/v1/venues?", "slug", 23), ("/api/v1/rooms?", "room", 48), ("/api/v1/rooms?capacity=100&", "room", 46)],
)
def test_a_list_is_turned_page_by_page_without_loss_or_repetition(drammens: FlaskClient, address: str, key: str, number: int) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = drammens.get(f"{address}limit=10" + (f"&cursor={cursor}" if cursor else "")).json
        seen += [item[key] for item in answer["items"]]
        cursor = answer["next"]

    assert (len(seen), len(set(seen))) == (number, number)


def test_a_room_tells_what_is_disputed_and_what_is_unknown(drammens: FlaskClient) -> None:
    items = drammens.get("/api/v1/rooms?kind=arena&capacity=500").json["items"]

    assert [(item["room"], item["capacity"], item["unknown"], item["access"]["lift"]) for item in items] == [
        ("drammenshallen/hele-hallen", None, ["capacity"], "unknown")
    ]
    assert [fact["values"] for fact in items[0]["facts"] if fact["key"] == "capacity"] == [[4000, 6000]]


def test_an_unchanged_list_is_not_sent_again(drammens: FlaskClient) -> None:
    first = drammens.get("/api/v1/rooms?limit=5")

    again = drammens.get("/api/v1/rooms?limit=5", headers={"If-None-Match": first.headers["ETag"]})
    other = drammens.get("/api/v1/rooms?limit=6", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.data, other.status_code) == (200, 304, b"", 200)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("capacity=mange", "not-a-number"),
        ("cursor=!!", "bad-cursor"),
        ("color=red", "unknown-field"),
        ("access=helicopter", "not-a-choice"),
    ],
)
def test_a_bad_question_is_a_problem_that_names_its_field(drammens: FlaskClient, query: str, code: str) -> None:
    answer = drammens.get(f"/api/v1/rooms?{query}")

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert code in answer.text
