"""The pages: an officer adds a timetable, sees what would come, takes it into use and decides what meets bookings."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from booking.models import Booking
from calendars.incoming.models import Source
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from tests.calendars.incoming.conftest import FETCHER, School
from tests.calendars.incoming.stand_in import lesson, plan

BASE = "/venues/oren-flerbrukshall/calendars"
MEETING = lesson("tirsdag", "20260915T170000", "20260915T190000", "Volleyball 9B")
ALONE = lesson("mandag", "20260914T090000", "20260914T100000", "Kroppsøving 8A")


@pytest.fixture
def visit(school: School, app: Flask) -> FlaskClient:
    """Kari's browser, in an app that fetches from the stand-in."""
    app.extensions["incoming"] = FETCHER
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    signed_in(client, school.hall.cast.kari)
    return client


def signed_in(client: FlaskClient, person: object) -> None:
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = f"{person.id}.{person.session_epoch}", True


def test_from_the_address_to_the_decision(school: School, visit: FlaskClient, app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    booking, secret = school.book(), f"{school.address}/plan.ics?key=hemmelig"
    school.answers.calendar = plan(MEETING, ALONE, lesson("fri", "20260916T090000", "20260916T100000", TRANSP="TRANSPARENT"))

    added = visit.post(BASE, data={"room": "gymsal-1", "name": "Timeplan", "address": secret, "strength": "100"})
    draft = visit.get(added.location).text
    claims_of_draft = school.claimed()
    used = visit.post(f"{added.location}/activation")
    page = visit.get(added.location).text
    date = re.search(r'name="dates" value="(\d+)"', page)[1]
    shown = visit.post(f"{added.location}/displacement", data={"dates": date, "reason": "Skolen går foran"})
    seen = re.search(r'name="seen" value="([^"]+)"', shown.text)[1]
    office = visit.get("/office").text
    done = visit.post(f"{added.location}/displacement", data={"dates": date, "reason": "Skolen går foran", "seen": seen})

    assert (added.status_code, used.status_code, shown.status_code, done.status_code) == (303, 303, 409, 303)
    assert "2 datoer vil komme" in draft and booking.reference in draft and "Hendelsen er merket som ledig tid" in draft
    assert claims_of_draft == ["15 16:00–18:00"]
    assert "Mandag 14. september" not in page and "Volleyball 9B" in page and "1 dato har ikke fått tiden sin" in page
    assert "1 dato mister tiden" in shown.text and "Skiold turn" in shown.text
    assert f'href="{added.location}"' in office and "møter bookinger" in office
    assert "møter bookinger" not in visit.get("/office").text
    school.source = int(added.location.rpartition("/")[2])
    assert school.dates() == [("14.09 09:00–10:00", "booked", ""), ("15.09 17:00–19:00", "booked", "")]
    pages = [visit.get(path).text for path in (BASE, added.location, "/office")]
    assert not any("hemmelig" in text for text in (draft, page, shown.text, *pages, caplog.text))


def test_what_cannot_be_fetched_is_said_at_the_form(school: School, visit: FlaskClient) -> None:
    said = {}
    for path in ("missing", "inside", "bomb"):
        answer = visit.post(BASE, data={"room": "gymsal-1", "name": "Timeplan", "address": f"{school.address}/{path}", "strength": "100"})
        said[path] = (answer.status_code, *re.findall(r'ds-validation-message"[^>]*>([^<]+)<', answer.text))
    neither = visit.post(BASE, data={"room": "gymsal-1", "name": "Timeplan", "strength": "100"})
    file = visit.post(BASE, data={"room": "gymsal-1", "name": "T", "strength": "100", "file": (BytesIO(b"<html>"), "x.ics")})

    assert said == {
        "missing": (422, "Den andre siden har ikke denne kalenderen. Be om en ny adresse."),
        "inside": (422, "Adressen ligger på et internt nett, og dit henter vi ingenting. Be den som drifter tjenesten, om å åpne for den."),
        "bomb": (422, "Filen er for stor. Den kan ha høyst 10 MB og én million linjer."),
    }
    assert (neither.status_code, file.status_code) == (422, 422)
    assert "Skriv en adresse, eller velg en fil." in neither.text and "Dette er en nettside" in file.text
    with school.database.reading() as session:
        assert session.scalars(select(Source)).all() == []


def test_a_file_is_read_again_and_whoever_presses_twice_stays_on_its_page(school: School, visit: FlaskClient) -> None:
    file = BytesIO(
        plan(ALONE, lesson("mars", "20260917T100000", "20260917T110000")).replace(b"Europe/Oslo:20260917", b"Mars/Base:20260917")
    )
    added = visit.post(BASE, data={"room": "gymsal-1", "name": "Timeplan", "strength": "100", "file": (file, "plan.ics")})
    first = visit.get(added.location).text

    visit.post(f"{added.location}/refresh")
    once = visit.get(added.location).text
    twice = visit.post(f"{added.location}/refresh", follow_redirects=True)

    assert "Filen er lest." in once and "Ikke ennå" not in first
    assert (twice.status_code, twice.request.path) == (200, added.location) and "ble hentet nettopp. Vent et minutt." in twice.text
    assert re.search(r"<li>Linje \d+: Tidssonen er ukjent.", first)


def test_a_long_timetable_says_how_much_of_it_is_not_shown(school: School, visit: FlaskClient) -> None:
    days = [f"2026{month:02}{day:02}" for month in (9, 10, 11, 12) for day in range(1, 31)][:103]
    lessons = [lesson(day, f"{day}T1{number}0000", f"{day}T1{number + 1}0000") for day in days for number in (0, 1)]
    free = [
        lesson(f"fri-{day}-{hour}", f"{day}T{hour}0000", f"{day}T{hour}3000", TRANSP="TRANSPARENT") for day in days for hour in ("08", "20")
    ]
    school.answers.calendar = plan(*lessons, *free)
    data = {"room": "gymsal-1", "name": "Timeplan", "address": f"{school.address}/plan.ics", "strength": "100"}

    added = visit.post(BASE, data=data).location
    page = visit.get(added).text

    coming, skipped = (int(re.search(said, page)[1]) for said in (r"(\d+) datoer vil komme", r"(\d+) hendelser ble hoppet over"))
    lists = [one.partition("</details>")[0] for one in page.split("<summary>") if "<li>" in one.partition("</details>")[0]]
    told = [(one.count("<li>"), *re.findall("… og (\\d+) til.", one)) for one in lists[-2:]]
    assert told == [(100, str(coming - 100)), (200, str(skipped - 200))]


def test_others_see_that_it_is_taken_and_staff_what_for(school: School, visit: FlaskClient, app: Flask) -> None:
    school.follow(ALONE)
    with school.database.reading() as session:
        reference = session.scalars(select(Booking.reference)).one()
    week = "/rooms/oren-flerbrukshall/gymsal-1?week=2026-09-14"

    staff, case, feed = (
        visit.get(week).text,
        visit.get(f"/bookings/{reference}").text,
        visit.get("/calendars/rooms/oren-flerbrukshall/gymsal-1.ics"),
    )
    signed_in(visit, school.hall.cast.per)
    public, hidden, mine = visit.get(week).text, visit.get(f"/bookings/{reference}"), visit.get("/bookings").text
    outside = [visit.get(path).status_code for path in (BASE, f"{BASE}/{school.source}")]
    signed_in(visit, school.hall.cast.olav)
    caretaker = [visit.get(path) for path in (BASE, f"{BASE}/{school.source}", f"{BASE}/99")]
    drafts = [Draft("Min", audience, venues=("oren-flerbrukshall",)) for audience in (Audience.CARETAKER, Audience.WORK)]
    tokens = [school.do(make_feed, draft, by=school.hall.olav).token for draft in drafts]
    told, work = (visit.get(f"/calendars/private/{token}.ics").text.replace("\r\n ", "") for token in tokens)
    sheet, day = (visit.get(f"/caretaker{path}?day=2026-09-14").text for path in ("/sheet", ""))
    signed_in(visit, school.hall.cast.kari)

    assert (outside, [page.status_code for page in caretaker]) == ([403, 403], [200, 200, 404])
    assert "Legg til en kalender" not in caretaker[0].text and "Fjern kalenderen" not in caretaker[1].text
    assert "Timeplan: Kroppsøving 8A" in staff and "Kroppsøving" not in public and "Opptatt" in public
    assert "Følger kalenderen «Timeplan»" in case and "Avlys" not in case
    assert "<dt>Hvem</dt><dd>Timeplan</dd>" in case and "Kontakt på stedet" not in case
    assert b"SUMMARY:Opptatt" in feed.data and "Kroppsøving".encode() not in feed.data
    assert "SUMMARY:Timeplan – Kroppsøving 8A" in told and f"Timeplan\\, Kroppsøving 8A ({reference})" in work
    assert "Timeplan: Kroppsøving 8A</td>" in sheet and "Timeplan</a>: Kroppsøving 8A" in day and "Ingen kom" not in day
    assert hidden.status_code == 404 and reference not in mine and reference not in visit.get("/bookings").text


def test_the_commands_subscribe_and_refresh(school: School, app: Flask) -> None:
    app.extensions["incoming"] = FETCHER
    school.answers.calendar = plan(ALONE)
    run = app.test_cli_runner().invoke

    made = run(args=["calendars", "subscribe", f"{school.address}/plan.ics?key=hemmelig", "--room", "oren-flerbrukshall/gymsal-1"])
    twice = run(args=["calendars", "subscribe", f"{school.address}/plan.ics?key=hemmelig", "--room", "oren-flerbrukshall/gymsal-1"])
    school.clock.pass_by(hours=1)
    again = run(args=["calendars", "refresh"])

    room = "oren-flerbrukshall/gymsal-1"
    told = f"1 {room} {room}: 1 datoer, 1 nye, 0 flyttet, 0 borte, 0 møter bookinger, 0 hoppet over\n"
    assert (made.exit_code, made.output) == (0, told)
    assert (twice.exit_code, twice.output) == (1, "Gymsal 1 følger allerede denne kalenderen.\n")
    assert (again.exit_code, again.output) == (0, told)
    assert len(school.claimed()) == 1
