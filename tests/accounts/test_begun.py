"""What was begun, kept as an address; and which addresses are ours to go on to."""

from collections.abc import Iterator

import pytest
from flask import Flask

from accounts.begun import LONGEST, begun, safe_next


@pytest.fixture
def app() -> Iterator[Flask]:
    """An app with a page of a form whose answer has another address, and one that has no page."""
    app = Flask(__name__)
    app.add_url_rule("/rooms/<room>/wish", "wish", lambda room: room, methods=["GET"])
    app.add_url_rule("/bookings", "bookings", lambda: "", methods=["GET", "POST"])
    app.add_url_rule("/bookings/<int:number>/cancellation", "cancel", lambda number: "", methods=["POST"])
    return app


def test_a_page_that_was_asked_for_is_kept_with_its_query(app: Flask) -> None:
    with app.test_request_context("/bookings?q=sang+og+spill&day=2026-11-24&day=2026-12-01"):
        assert begun() == "/bookings?q=sang+og+spill&day=2026-11-24&day=2026-12-01"


def test_a_form_is_kept_as_its_page_with_what_was_typed(app: Flask) -> None:
    typed = {"purpose": "korøvelse", "day": ["tirsdag", "torsdag"], "csrf_token": "t", "empty": "", "new_password": "s"}
    page = "http://localhost/rooms/sal/wish?day=mandag&room=sal"

    with app.test_request_context("/bookings", method="POST", data=typed, headers={"Referer": page}):
        assert begun() == "/rooms/sal/wish?room=sal&purpose=kor%C3%B8velse&day=tirsdag&day=torsdag"


def test_without_a_word_from_the_browser_the_same_address_is_the_page(app: Flask) -> None:
    with app.test_request_context("/bookings", method="POST", data={"purpose": "kor"}):
        assert begun() == "/bookings?purpose=kor"


@pytest.mark.parametrize("referer", ["", "http://elsewhere.example/rooms/sal/wish"])
def test_what_has_no_page_of_ours_leads_to_the_front(app: Flask, referer: str) -> None:
    with app.test_request_context("/bookings/7/cancellation", method="POST", data={"reason": "syk"}, headers={"Referer": referer}):
        assert begun() == "/?reason=syk"


def test_the_longest_words_are_left_out_of_an_address_that_grows_too_long(app: Flask) -> None:
    typed = {"purpose": "kor", "message": "å" * 3000, "contact": "Per"}

    with app.test_request_context("/bookings", method="POST", data=typed):
        kept = begun()

    assert (kept, len(kept) < LONGEST) == ("/bookings?purpose=kor&contact=Per", True)


@pytest.mark.parametrize("target", ["/", "/bookings?q=a%2F%2Fb", "/rooms/øren/sal#uke", "/a//b"])
def test_our_own_pages_are_gone_on_to(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "///elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "javascript:alert(1)",
        "bookings",
        "http:bookings",
        " //elsewhere.example",
        "/" + "a" * 4000,
        "//[",
    ],
)
def test_any_other_address_is_not_gone_on_to(target: str) -> None:
    assert safe_next(target, "/front") == "/front"
