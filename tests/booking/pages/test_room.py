"""The page of a room: its week, its price and its rules, before anybody signs in."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from policies.document import checked
from policies.places import place_at
from policies.verbs import publish
from tests.accounts.conftest import Visitor
from tests.booking.conftest import NOW, REASON, TWO_HOURS, Hall, publish_with
from tests.booking.pages.conftest import ROOM, Hidden

WHOLE = "/rooms/oren-flerbrukshall/hel-hall"
WEEK = "?week=2026-09-15"


def test_a_visitor_sees_what_is_free_and_may_press_it(visit: Callable[..., Visitor]) -> None:
    page = visit().get(ROOM + WEEK)

    assert page.status_code == 200
    assert Hidden(page).links["Ledig"].startswith(f"{ROOM}/book?date=2026-09-20&from=08:00&to=10:00")
    assert "400 kr per time" in page.text.replace("\u00a0", " ")


def test_what_is_taken_names_the_organisation_and_no_person(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked()
    booked("per", start="2026-09-16T18:00", end="2026-09-16T20:00", organisation=None)

    page = visit().get(ROOM + WEEK).text

    assert "Skiold turn" in page
    assert page.count('data-state="held"') == 1
    assert not any(word in page for word in ("Berit", "Per Solli", "Trening:", "/bookings/"))


def test_a_half_is_named_in_the_week_of_the_whole(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked()
    booked(room="oren-flerbrukshall/hel-hall", start="2026-09-17T18:00", end="2026-09-17T20:00")

    page = visit().get(WHOLE + WEEK).text

    assert page.count("Skiold turn (gjennom Gymsal 1, delt flate)") == 1
    assert page.count("Skiold turn") == 2


def test_the_holder_is_led_to_the_booking(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference = booked()

    assert f"/bookings/{reference}" in visit("berit").get(ROOM + WEEK).text


def test_a_time_that_has_passed_is_not_offered(visit: Callable[..., Visitor]) -> None:
    week = visit().get(ROOM + "?week=2026-09-01").text

    assert week.count('data-state="past"') == 2
    assert "date=2026-08-31" not in week
    assert "date=2026-09-01&amp;from=22:30" in week


def test_an_unknown_room_names_what_is_like_it(visit: Callable[..., Visitor]) -> None:
    page = visit().get("/rooms/oren-flerbrukshall/gymsal-3")

    assert page.status_code == 404
    assert "gymsal-1" in page.text


def test_the_number_of_statements_does_not_grow_with_the_bookings(
    visit: Callable[..., Visitor], booked: Callable[..., str], counted: Callable[[], Any]
) -> None:
    visitor, numbers = visit(), []

    for day in (14, 15, 16):
        booked(start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00")
        with counted() as statements:
            visitor.get(ROOM + WEEK)
        numbers.append(len(statements))

    assert numbers[0] == numbers[1] == numbers[2]


def test_a_day_that_a_rule_closes_to_everybody_is_not_offered(visit: Callable[..., Visitor]) -> None:
    week = visit().get(ROOM + "?week=2026-10-05")

    assert "Skolen har fri: Høstferie" in week.text
    assert [href for word, href in Hidden(week).links.items() if word == "Ledig"] == [f"{ROOM}/book?date=2026-10-11&from=08:00&to=10:00"]
    assert week.text.count("Skolen har fri: Høstferie") == 5


def test_what_has_been_is_past_and_not_closed(visit: Callable[..., Visitor]) -> None:
    week = visit().get(ROOM + "?week=2026-09-01").text

    assert week.count('data-state="past"') == 2
    assert week.count("Passert") == 2


def test_a_wider_rule_that_never_applies_is_not_told_and_another_names_its_regulation(
    app: Flask, visit: Callable[..., Visitor], hall: Hall
) -> None:
    app.extensions["database"].transact(publish_for_the_venue)

    page = visit().get(ROOM).text.replace("\N{NO-BREAK SPACE}", " ")
    rules = page[page.index('id="policy"') :]

    assert ("Svaret kommer innen 2 virkedager" in rules, "Vaktmesteren svarer" in rules) == (False, True)
    assert ("(§ 2)" in rules, "(§ 4 i kommunens retningslinjer)" in rules) == (True, True)


def publish_for_the_venue(session: Session) -> None:
    """The venue's own route for everybody, under which those of the municipality never apply."""
    publish_with(session, TWO_HOURS)
    route = {"kind": "decision_route", "id": "own-route", "route": "at-once", "source": {"paragraph": "§ 2"}}
    own = {
        "title": REASON,
        "layer": "venue",
        "place": "oren-flerbrukshall",
        "rules": [{**route, "reason": {**REASON, "nb": "Vaktmesteren svarer."}}],
    }
    publish(session, place_at(session, "oren-flerbrukshall"), checked(own), NOW.date(), by=SERVICE, now=NOW)


def test_the_price_list_tells_all_that_is_asked_of_those_who_pay_it(app: Flask, visit: Callable[..., Visitor], hall: Hall) -> None:
    app.extensions["database"].transact(publish_prices)

    page = visit().get(ROOM).text

    assert "Frivillig organisasjon, der alle er under 20 år" in page


def publish_prices(session: Session) -> None:
    """Clubs of the young pay another price, in the venue's own list."""
    rows = [{"price_class": "young", "ore": 0}, {"price_class": "list", "ore": 40000}]
    young = {"applicants": ["organisation"], "ages": {"last": 19}, "price_class": "young"}
    price = {"kind": "price", "id": "own-prices", "reason": REASON, "assignments": [young, {"price_class": "list"}]}
    price["tariffs"] = [{"version": "2026", "first": "2026-01-01", "rows": rows}]
    own = {"title": REASON, "layer": "venue", "place": "oren-flerbrukshall", "price_classes": {"young": REASON}, "rules": [price]}
    publish(session, place_at(session, "oren-flerbrukshall"), checked(own), NOW.date(), by=SERVICE, now=NOW)
