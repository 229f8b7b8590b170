"""The pages of equipment and attendants: staff add them, one asks for them, the caretaker brings them out."""

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from booking.models import Booking
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.booking.conftest import Hall
from tests.booking.pages.conftest import ASKED, ROOM
from tests.clock import Clock

PAGE = "/venues/oren-flerbrukshall/resources"
BEAMER = {"kind": "equipment", "name": "Prosjektor", "quantity": "2", "lot": "1", "after_minutes": "30", "rooms": "gymsal-1"}


def test_what_staff_add_is_asked_for_booked_and_brought_out(app: Flask, hall: Hall, visit: Callable[..., Visitor], clock: Clock) -> None:
    olav, berit = visit("olav"), visit("berit")
    assert olav.post(PAGE, **BEAMER).status_code == 303

    form = berit.get(f"{ROOM}/book").text
    preview = berit.client.get(f"{ROOM}/book/preview", query_string={**ASKED, "resources.prosjektor": "2"}).text
    short = berit.client.get(f"{ROOM}/book/preview", query_string={**ASKED, "resources.prosjektor": "3"}).text
    made = berit.post("/bookings", form_on="/profile", **ASKED, **{"resources.prosjektor": "2", "room": ROOM[7:], "key": "noekkel-1"})

    assert 'name="resources.prosjektor"' in form
    assert "resources." not in berit.get(f"{ROOM.removesuffix('1')}2/book").text
    assert "2 × Prosjektor" in preview
    assert "det trengs 3, men det finnes bare 2" in short
    assert "2 × Prosjektor" in berit.get(made.headers["Location"]).text
    assert "Prosjektor" in visit().get("/venues/oren-flerbrukshall").text
    assert "Ta fram: 2 × Prosjektor" in olav.get("/caretaker?day=2026-09-15").text
    later = {**ASKED, "from": "20:00", "to": "21:00", "resources.prosjektor": "1"}
    waits = berit.client.get(f"{ROOM}/book/preview", query_string=later).text
    assert "Prosjektor: det trengs 1, men 0 av 2 er ledige. Resten er i bruk 18:00–20:30." in waits
    assert 'name="on_conflict" value="wait"' in waits
    page = made.headers["Location"]
    assert 'name="resources.prosjektor"' in berit.get(page).text
    fields = {"version": "1", "dates": "1", "purpose": "Trening", "contact": "Berit Moe", "participants.6-12": "14"}
    changed = berit.post(f"{page}/description", form_on=page, **fields, **{"resources.prosjektor": "1"})
    assert (changed.status_code, "2 × Prosjektor" in berit.get(page).text) == (303, False)
    assert "Ta fram: Prosjektor" in olav.get("/caretaker?day=2026-09-15").text
    database: Database = app.extensions["database"]
    feed = database.transact(make_feed, Draft("Runde", Audience.CARETAKER, ("oren-flerbrukshall",)), by=hall.olav, now=clock())
    assert "Ta fram: Prosjektor" in visit().get(f"/calendars/private/{feed.token}.ics").text.replace("\r\n ", "")
    with database.reading() as session:
        assert session.scalars(select(Booking.resources)).all() == [{"prosjektor": 1}]
    elsewhere = {"name": "Prosjektor", "quantity": "1", "rooms": "gymsal-2", "version": "1", "form_on": PAGE}
    fewer = olav.post(f"{PAGE}/1", **elsewhere).text
    assert "Antall nå: 2. Antall etter endringen: 1. Kan etter endringen bare brukes i: Gymsal 2." in " ".join(fewer.split())
    (seen,) = set(re.findall(r"confirmed=(\w+)", fewer))
    spared = olav.post(f"{PAGE}/1?confirmed={seen}", **elsewhere)
    told = olav.get(spared.headers["Location"]).text
    assert ("Endringene er lagret." in told, "De som mistet tid" in told) == (True, False)
    question = olav.post(f"{PAGE}/1/retirement", form_on=PAGE)
    seen = re.findall(r"confirmed=(\w+)", question.text)[0]
    retired = olav.post(f"{PAGE}/1/retirement?confirmed={seen}", form_on=PAGE, dates="1")
    assert "De som mistet tid, får beskjed om to minutter" in olav.get(retired.headers["Location"]).text
    assert (question.status_code, "1 dato får ikke det den er lovet" in question.text, retired.status_code) == (409, True, 303)
    assert '<h1 class="ds-heading" data-size="lg">Ta ut av bruk: Prosjektor</h1>' in question.text
    assert f'href="{PAGE}">Tilbake' in question.text
    assert "Måtte vike" in berit.get(page).text


def test_what_is_said_of_it_is_changed_and_taken_out_of_use_and_into_it(app: Flask, visit: Callable[..., Visitor]) -> None:
    kari = visit("kari")
    assert kari.post(PAGE, **BEAMER).status_code == 303

    stale = kari.post(f"{PAGE}/1", name="Prosjektor", quantity="3", version="0")
    changed = kari.post(f"{PAGE}/1", name="Lerret", quantity="3", version="1")
    elsewhere = kari.post("/venues/spiralen/resources/1/retirement", form_on=PAGE)
    retired = kari.post(f"{PAGE}/1/retirement", form_on=PAGE)
    gone = kari.get(f"{ROOM}/book").text
    restored = kari.post(f"{PAGE}/1/restoration", form_on=PAGE)

    assert [answer.status_code for answer in (stale, changed, elsewhere, retired, restored)] == [409, 303, 404, 303, 303]
    assert "resources.prosjektor" not in gone
    assert "Lerret" in kari.get(f"{ROOM}/book").text
    assert visit("berit").get(PAGE).status_code == 403
