"""Finding a room by what, where, when and how many."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.models import Booking, Sought
from booking.pages import find
from tests.accounts.conftest import Visitor
from tests.booking.pages.conftest import Hidden
from venues.models import Room

TUESDAY = "/?date=2026-09-15&from=18:00&to=20:00"


def sections(text: str) -> list[str]:
    """Which lists of results a page has, in their order."""
    return [name for name in ("free", "partly", "unsure") if f'id="{name}"' in text]


def sought(app: Flask) -> list[tuple[Any, ...]]:
    with Session(app.extensions["database"].engine) as session:
        return [(row.wanted_day, row.from_minute, row.minutes, row.capacity, row.reasons) for row in session.query(Sought)]


def sized(app: Flask, **capacities: int) -> None:
    with Session(app.extensions["database"].engine) as session, session.begin():
        for room in session.query(Room):
            room.capacity = capacities.get(room.slug.replace("-", "_"))


def test_without_a_question_the_page_asks_one(visit: Callable[..., Visitor]) -> None:
    page = visit().get("/")

    assert page.status_code == 200
    assert sections(page.text) == []
    assert Hidden(page).links["Gymsal"] == "/?kind=gym"


def test_rooms_that_are_free_then_lead_to_the_form_with_the_time(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked()

    page = visit().get(TUESDAY + "&kind=gym")

    assert sections(page.text) == ["free"]
    assert "1 rom her kan ikke brukes da" in page.text
    assert Hidden(page).links["Book"] == "/rooms/oren-flerbrukshall/gymsal-2/book?date=2026-09-15&from=18:00&to=20:00"


def test_what_a_search_needs_stands_in_the_form_and_in_what_is_booked(visit: Callable[..., Visitor], app: Flask) -> None:
    berit = visit("berit")
    found = Hidden(berit.get(TUESDAY + "&needs=access.lift&needs=sound-system")).links["Book"]
    form = berit.get(found).text
    rest = "&applicant=313000001&purpose=Trening&activity=sport.training&participants.6-12=18"
    order = Hidden(berit.get(found.replace("/book?", "/book/preview?") + rest), "/bookings").forms[0]
    booked = berit.get(berit.client.post("/bookings", data=order).location)
    with app.extensions["database"].reading() as session:
        needs = session.scalars(select(Booking.needs)).one()

    assert found.endswith("?date=2026-09-15&from=18:00&to=20:00&access=lift&needs=lydanlegg")
    assert re.search(r'name="access"[^>]*value="lift"[^>]* checked', form)
    assert needs == ["access.lift", "lydanlegg"]
    assert "<dd>heis, lydanlegg</dd>" in booked.text
    assert "access=lift&amp;needs=lydanlegg" in booked.text


def test_a_room_of_unknown_size_is_listed_after_the_sure_ones_and_says_so(app: Flask, visit: Callable[..., Visitor]) -> None:
    sized(app, gymsal_1=40, hel_hall=20)

    page = visit().get(TUESDAY + "&capacity=30")

    assert sections(page.text) == ["free", "unsure"]
    sure, unsure = page.text.split('id="unsure"')
    assert "gymsal-1/book" in sure
    assert "gymsal-2/book" in unsure
    assert "Plass til: ukjent" in unsure
    assert "hel-hall" not in page.text


def test_a_series_shows_on_how_many_dates_a_room_is_free(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked()

    page = visit().get(TUESDAY + "&kind=gym&weeks=3")

    assert "ledig 2 av 3 datoer" in page.text
    assert "ledig 3 av 3 datoer" in page.text


def test_rules_that_let_nobody_in_are_told_with_the_dates_they_are_about(visit: Callable[..., Visitor]) -> None:
    page = visit().get(TUESDAY + "&kind=gym&weeks=4")

    assert sections(page.text) == ["partly"]
    assert page.text.count("ledig 3 av 4 datoer") == 2
    assert page.text.count("6. oktober: Skolen har fri") == 2


def test_a_day_that_the_rules_close_to_everybody_is_sought_in_vain(app: Flask, visit: Callable[..., Visitor]) -> None:
    page = visit().get("/?date=2026-10-06&from=18:00&to=20:00")

    assert sections(page.text) == []
    assert "Skolen har fri 6. oktober 2026: Høstferie." in page.text
    assert [row[-1] for row in sought(app)] == [["policy:school-break"]]


def test_many_rooms_come_page_by_page(monkeypatch: pytest.MonkeyPatch, visit: Callable[..., Visitor]) -> None:
    monkeypatch.setattr(find, "A_PAGE", 2)

    first, last, beyond = (visit().get(f"{TUESDAY}&page={number}") for number in (1, 2, 9))

    assert "Rom 1–2 av 3 som kan passe." in first.text
    assert Hidden(first).links["Neste"] == "/?date=2026-09-15&from=18:00&to=20:00&page=2"
    assert "Rom 3–3 av 3 som kan passe." in last.text
    assert Hidden(last).links["Forrige"] == "/?date=2026-09-15&from=18:00&to=20:00&page=1"
    assert beyond.text.count('class="hit"') == 1


def test_nothing_found_is_remembered_without_the_person_and_gives_ways_out(app: Flask, visit: Callable[..., Visitor]) -> None:
    sized(app, gymsal_1=40, gymsal_2=40, hel_hall=80)

    page = visit("berit").get(TUESDAY + "&capacity=300&kind=gym")

    assert "Ingen rom passer" in page.text
    assert Hidden(page).links["Uansett størrelse"] == "/?date=2026-09-15&from=18:00&to=20:00&kind=gym"
    assert [(*row[1:], str(row[0])) for row in sought(app)] == [(1080, 120, 300, ["none-found"], "2026-09-15")]


def test_half_a_time_is_asked_for_whole(visit: Callable[..., Visitor]) -> None:
    page = visit().get("/?date=2026-09-15")

    assert page.status_code == 422
    assert page.text.count("Dette må fylles ut.") == 4  # in the summary and at the field, for both clocks


def test_an_hour_that_the_clock_skips_is_named_at_its_field(visit: Callable[..., Visitor]) -> None:
    page = visit().get("/?date=2027-03-28&from=02:30&to=04:00")

    assert page.status_code == 422
    assert page.text.count('aria-invalid="true"') == 1
    assert "28. mars 2027 kl. 02:30 finnes ikke" in page.text


def test_bad_input_is_named_at_its_field(visit: Callable[..., Visitor]) -> None:
    page = visit().get("/?date=2026-04-31&from=25:00&to=x&capacity=mange")

    assert page.status_code == 422
    assert page.text.count('aria-invalid="true"') == 4


def test_the_number_of_statements_does_not_grow_with_the_dates(visit: Callable[..., Visitor], counted: Callable[[], Any]) -> None:
    visitor = visit()
    visitor.get(TUESDAY)  # published policies are read once per process
    numbers = []

    for weeks in (1, 30):
        with counted() as statements:
            visitor.get(f"{TUESDAY}&weeks={weeks}")
        numbers.append(len(statements))

    assert numbers == [8, 8]
