"""The caretaker's two days: what happens in one's own venues, who is first in and last out, whom to ring."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.cases import by_reference
from database.outbox import Notice
from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.booking.conftest import NO_SHOW, Hall, move, publish_with
from tests.booking.pages.conftest import Hidden
from tests.booking.pages.test_closing import onward
from tests.booking.test_what_stays import another_hall
from tests.clock import Clock


@pytest.fixture(autouse=True)
def morning(clock: Clock) -> None:
    """It is the morning of Tuesday 15 September."""
    clock.pass_by(timedelta(days=13, hours=9))


@pytest.fixture
def season(clock: Clock, booked: Callable[..., str]) -> None:
    clock.pass_by(timedelta(days=-10))
    booked(needs=["40 stoler"])
    booked(start="2026-09-15T16:30", end="2026-09-15T17:30", room="oren-flerbrukshall/gymsal-2", purpose="Korøvelse")
    booked(start="2026-09-16T10:00", end="2026-09-16T11:00", purpose="Seniortrim")
    booked(start="2026-09-17T10:00", end="2026-09-17T11:00", purpose="Yoga")
    clock.pass_by(timedelta(days=10))


@pytest.mark.usefixtures("season")
def test_today_and_tomorrow_with_first_in_and_last_out(visit: Callable[..., Visitor]) -> None:
    page = visit("olav").get("/caretaker").text

    order = [
        page.index(part)
        for part in ("I dag, tirsdag 15. september", "Først inn, åpent fra 16:30", "Sist ut 20:00", "Korøvelse", "40 stoler", "Seniortrim")
    ]
    assert order == sorted(order)
    assert "Yoga" not in page
    assert 'href="tel:+4799000003"' in page
    assert 'href="/venues/oren-flerbrukshall/closures?day=2026-09-15"' in page


@pytest.mark.usefixtures("season")
def test_a_leak_on_the_day_on_which_one_stands_tells_whom_to_phone_until_they_know(app: Flask, visit: Callable[..., Visitor]) -> None:
    olav, address = visit("olav"), "/venues/oren-flerbrukshall/closures?day=2026-09-15"
    form = olav.get(address)
    filled = re.findall(r'type="datetime-local"[^>]*value="([^"]+)"', form.text)
    for room in ("gymsal-1", "gymsal-2"):
        leak = {"room": room, "start": filled[0], "end": filled[1], "reason": "Vannlekkasje"}
        olav.post(onward(olav.post(address, **leak).text), form_on=address, **leak)
    told = [olav.get("/caretaker").text]
    last = select(func.max(Notice.id)).where(Notice.kind == "dates-displaced").scalar_subquery()
    app.extensions["database"].transact(
        lambda session: session.execute(update(Notice).where(Notice.id == last).values(acknowledged_at=Notice.due_at))
    )
    told.append(olav.get("/caretaker").text)

    kept = [re.findall(r'<li><span class="clocks">([^<]+)</span>.*?tel:([+0-9]+)', page) for page in told]
    assert filled == ["2026-09-15T00:00", "2026-09-16T00:00"]
    assert kept == [[("16:30–17:30", "+4799000003"), ("18:00–20:00", "+4799000003")], [("18:00–20:00", "+4799000003")]]


@pytest.mark.usefixtures("season")
def test_other_days_are_two_presses_of_a_link_away(visit: Callable[..., Visitor]) -> None:
    assert "Yoga" in visit("olav").get("/caretaker?day=2026-09-17").text


@pytest.mark.usefixtures("season")
def test_the_sheet_of_any_day_says_what_is_done_and_who_comes(visit: Callable[..., Visitor]) -> None:
    page = visit("olav").get("/caretaker/sheet?day=2026-09-15").text

    done = re.findall(r'<tr><th scope="row">([^<]+)</th><td>☐ ([^<]+)</td></tr>', page)
    assert done == [
        ("16:30", "Lås opp"),
        ("17:30", "Lås"),
        ("18:00", "Lås opp"),
        ("18:00", "Klargjør Gymsal 1: sett fram 40 stoler"),
        ("20:00", "Lås: rydd bort 40 stoler (Gymsal 1)"),
    ]
    assert re.findall(
        r'<tr><th scope="row">([^<]+)</th><td[^>]*>([^<]+)</td>\s*<td[^>]*>([^<]+)</td><td[^>]*><a href="tel:([^"]+)"', page
    ) == [
        ("16:30–17:30", "Gymsal 2", "Skiold turn, Berit Moe (18)", "+4799000003"),
        ("18:00–20:00", "Gymsal 1", "Skiold turn, Berit Moe (18)", "+4799000003"),
    ]


@pytest.mark.usefixtures("season")
def test_who_stands_in_sees_the_round_on_those_days_and_chooses_for_themselves(visit: Callable[..., Visitor], clock: Clock) -> None:
    olav, address = visit("olav"), f"/caretaker/{2}/deputies"
    wrong = [
        {"email": "ingen@example.org", "first_day": "2026-09-15", "last_day": "2026-09-16"},
        {"email": "olav@example.org", "first_day": "2026-09-15", "last_day": "2026-09-16"},
        {"email": "per@example.org", "first_day": "2026-09-16", "last_day": "2026-09-15"},
        {"email": "per@example.org", "first_day": "2026-09-15", "last_day": "2028-09-15"},
    ]
    refused = [olav.post(address, **one).status_code for one in wrong]
    named = olav.post(address, email="per@example.org", first_day="2026-09-15", last_day="2026-09-16")
    again = olav.post(address, email="tone@example.org", first_day="2026-09-16", last_day="2026-09-17")
    per = visit("per")
    seen = [per.get(path).status_code for path in ("/caretaker", "/caretaker/sheet", "/caretaker/settings", address)]
    clock.pass_by(timedelta(days=2))

    assert (refused, named.status_code, again.status_code) == ([422] * 4, 303, 409)
    # Who stands in passes it on to nobody.
    assert seen == [200, 200, 200, 403]
    assert per.get("/caretaker").status_code == 403


@pytest.mark.usefixtures("season")
def test_what_is_sent_is_chosen_on_one_page(visit: Callable[..., Visitor]) -> None:
    olav = visit("olav")

    chosen = olav.post("/caretaker/settings", sheet="busy", at="07.15", changes="sms")
    wrong = [olav.post("/caretaker/settings", sheet="busy", at=at, changes="sms").status_code for at in ("24:00", "-1", "x")]

    page = olav.get("/caretaker/settings").text
    assert (chosen.status_code, wrong) == (303, [422] * 3)
    assert re.findall(r'value="(\w+)" checked', page) == ["busy", "sms"]
    assert 'value="07:15"' in page


@pytest.mark.parametrize(("name", "status"), [("", 401), ("per", 403), ("berit", 403), ("olav", 200), ("kari", 200)])
def test_who_may_see_it(visit: Callable[..., Visitor], name: str, status: int) -> None:
    assert visit(name).get("/caretaker").status_code == status


def test_the_number_of_statements_does_not_grow(
    visit: Callable[..., Visitor], booked: Callable[..., str], counted: Callable[[], Any]
) -> None:
    visitor, numbers = visit("olav"), []

    for hour in (18, 20, 22):
        booked(start=f"2026-09-16T{hour}:00", end=f"2026-09-16T{hour + 1}:00")
        with counted() as statements:
            visitor.get("/caretaker")
        numbers.append(len(statements))

    assert numbers[0] == numbers[1] == numbers[2]


@pytest.mark.usefixtures("season")
def test_that_nobody_came_is_noted_from_the_day_once_it_has_begun_and_taken_back(visit: Callable[..., Visitor], clock: Clock) -> None:
    clock.pass_by(timedelta(hours=10))
    olav, pressed = visit("olav"), []

    for verb in ("absence", "absence/withdrawal"):
        page = olav.get("/caretaker?day=2026-09-15")
        (action,) = re.findall(f'action="(/bookings/[A-Z]+-[0-9]+/occurrences/1/{verb})"', page.text)
        pressed.append(olav.client.post(action, data=Hidden(page, action).forms[0]))

    assert "ingen kom</span>" in page.text
    assert [(answer.status_code, answer.location) for answer in pressed] == [(303, "/caretaker?day=2026-09-15")] * 2
    assert "ingen kom</span>" not in olav.get("/caretaker?day=2026-09-15").text


def test_a_date_in_another_buildings_booking_is_noted_too_and_the_booking_is_read(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str], hall: Hall, clock: Clock
) -> None:
    database: Database = app.extensions["database"]
    clock.pass_by(timedelta(days=-10))
    database.transact(another_hall)
    reference = booked(room="fjell/sal", start="2026-09-14T18:00", end="2026-09-14T19:30", recurrence={"rrule": "FREQ=DAILY;COUNT=2"})
    olav, address = visit("olav"), f"/bookings/{reference}"
    seen = [olav.get(address).status_code]
    with database.reading() as session:
        booking = by_reference(session, reference).id
    database.transact(move, booking, 2, by=hall.berit, now=clock(), room="oren-flerbrukshall/gymsal-1")
    clock.pass_by(timedelta(days=10, hours=12))

    page = olav.get("/caretaker?day=2026-09-15")
    action = f"{address}/occurrences/2/absence"
    noted = olav.client.post(action, data=Hidden(page, action).forms[0])

    assert (noted.status_code, noted.location) == (303, "/caretaker?day=2026-09-15")
    assert "ingen kom</span>" in olav.get("/caretaker?day=2026-09-15").text
    theirs = olav.get(address)
    seen.append(theirs.status_code)
    assert (seen, f"{address}/occurrences/1/absence" in theirs.text) == ([404, 200], False)
    # Who decides nothing of it writes to nobody either.
    assert re.findall("<summary>(Skriv [^<]+)", theirs.text) == ["Skriv et internt notat"]


def test_the_holder_reads_that_nobody_came_what_it_costs_and_how_to_answer(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    app.extensions["database"].transact(publish_with, NO_SHOW)
    reference = booked(start="2026-09-15T18:00")
    clock.pass_by(timedelta(days=1))
    olav, berit = visit("olav"), visit("berit")

    olav.post(f"/bookings/{reference}/occurrences/1/absence", form_on=f"/bookings/{reference}")
    told = berit.get(f"/bookings/{reference}").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "Notert av Olav Haugen, 16. september 2026 kl. 07:30. Det koster 800 kr." in told
    assert "Er det feil, eller vil dere forklare det, si fra innen 30. september 2026." in told
    assert "/absence" not in told
