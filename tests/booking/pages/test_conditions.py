"""What has to be done before one comes: on the booking, on a page of its own, among my tasks, on the caretaker's day."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from PIL import Image

from database.transact import Database
from settings import Settings
from tests.accounts.conftest import Visitor
from tests.booking.conditions.conftest import MEETING, conditional
from tests.booking.conftest import Hall, furnish
from tests.booking.pages.conftest import ASKED, ROOM, Hidden
from tests.clock import Clock

PDF = b"%PDF-1.7 et bevis"
SIGNED = {"name": "Berit Moe", "agreed": "yes", "text_version": "2026"}
Visit = Callable[..., Visitor]
Book = Callable[..., str]


@pytest.fixture
def hall(app: Flask, clock: Clock) -> Hall:
    database: Database = app.extensions["database"]
    return database.transact(furnish, conditional())


def do(visitor: Visitor, reference: str, what: str, act: str, **fields: Any) -> Any:
    page = f"/bookings/{reference}/conditions/{what}"
    return visitor.post(f"{page}/{act}", form_on=page, **fields)


def upload(visitor: Visitor, reference: str, body: bytes, name: str = "bevis.pdf") -> Any:
    return do(visitor, reference, "insurance", "document", document=(BytesIO(body), name))


def withdraw(visitor: Visitor, reference: str, what: str, **fields: str) -> Any:
    page = f"/bookings/{reference}/conditions/{what}"
    address = next(form for form in forms(visitor.get(page).text) if form.endswith("/withdrawal"))
    return visitor.post(address, form_on=page, **fields)


def words(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split()).replace(" .", ".")


def forms(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('action="')[1:]]


def test_what_waits_for_an_answer_is_not_said_to_stand(visit: Visit, booked: Book) -> None:
    page = visit("per").get(f"/bookings/{booked('per', **{**MEETING, 'organisation': None})}").text

    told = ("Blir det ja, slippes ingen inn før dette er gjort.", "Fås når tiden er booket.", "Bookingen står")
    assert [one in page for one in told] == [True, True, False]


def test_the_booking_tells_what_is_missing_by_when_and_how_one_gets_in(visit: Visit, booked: Book) -> None:
    reference = booked(**MEETING)
    page, staff = (visit(name).get(f"/bookings/{reference}").text for name in ("berit", "kari"))

    order = ["Før dere kommer", "ingen slippes inn", "Branninstruks", "innen 12. september 2026", "Nøkkel", "Servicetorget", "500 kr"]
    assert [part for part in order if part not in page.replace("\N{NO-BREAK SPACE}", " ")] == []
    assert page.index("Før dere kommer") < page.index('id="dates"')
    assert "17:30" in page
    assert "Før de kommer" in staff
    assert re.findall(r"\b[Dd]ere?s?\b", re.sub("<[^>]+>", " ", staff.replace("Dere er 18.", ""))) == []


def test_who_looks_is_told_what_of_it_is_done_already(visit: Visit, booked: Book) -> None:
    address, berit = f"{ROOM}/book/preview?{urlencode(ASKED | MEETING | {'date': '2026-09-22'})}", visit("berit")
    before = words(berit.get(address).text)
    do(berit, booked(**MEETING), "fire-instruction", "signature", **SIGNED)
    after = words(berit.get(address).text)

    assert "Branninstruks. Må være gjort innen 19. september 2026." in before
    assert "Branninstruks. Dette er gjort. Gjelder til 1. september 2027." in after
    assert "Forsikringsbevis." in after and "Ingen slippes inn før dette er gjort." in after


def test_who_asks_in_an_organisations_name_is_not_told_what_it_has_done(visit: Visit, booked: Book) -> None:
    upload(visit("berit"), booked(**MEETING), PDF)
    other = ASKED | MEETING | {"date": "2026-09-22", "applicant": "other", "number": "313000001"}

    page = words(visit("per").get(f"{ROOM}/book/preview?{urlencode(other)}").text)

    assert ("Forsikringsbevis." in page, "Dette er gjort." in page) == (True, False)


def test_a_booking_without_conditions_says_nothing_of_them(visit: Visit, booked: Book) -> None:
    assert "Før dere kommer" not in visit("berit").get(f"/bookings/{booked()}").text


def test_one_reads_the_text_signs_it_and_it_is_told_by_whom_and_until_when(visit: Visit, booked: Book) -> None:
    reference, berit = booked(**MEETING), visit("berit")
    address = f"/bookings/{reference}/conditions/fire-instruction"

    before = berit.get(address).text
    done = do(berit, reference, "fire-instruction", "signature", **SIGNED)
    after = berit.get(address).text

    assert "Hold rømningsveiene åpne." in before
    assert (done.status_code, done.location) == (303, f"/bookings/{reference}#before")
    assert "Berit Moe, 1. september 2026. Gjelder til 1. september 2027." in after
    assert "Signert som Berit Moe." in after
    assert f"{address}/signature" not in after


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({**SIGNED, "agreed": ""}, 422, "Dette må fylles ut."),
        ({**SIGNED, "name": " "}, 422, "Dette må fylles ut."),
        ({**SIGNED, "text_version": "2025"}, 409, "Teksten er kommet i en ny versjon"),
    ],
)
def test_what_is_not_signed_properly_is_not_signed(visit: Visit, booked: Book, fields: dict[str, str], status: int, says: str) -> None:
    reference, berit = booked(**MEETING), visit("berit")

    refused = do(berit, reference, "fire-instruction", "signature", **fields)

    assert (refused.status_code, says in refused.text, f"/bookings/{reference}/conditions/fire-instruction/signature" in refused.text) == (
        status,
        True,
        True,
    )


def test_who_cannot_sign_for_another_is_told_who_must(visit: Visit, booked: Book) -> None:
    reference, nils = booked(**MEETING), visit("nils")

    page = nils.get(f"/bookings/{reference}/conditions/fire-instruction").text
    refused = nils.post(f"/bookings/{reference}/conditions/fire-instruction/signature", form_on="/profile", **SIGNED)

    assert "Dette må Berit Moe gjøre selv." in page
    assert (refused.status_code, "må den som har bookingen, signere selv" in refused.text) == (403, True)


def picture(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(("body", "suffix", "kind"), [(PDF, "pdf", "application/pdf"), (picture("PNG"), "jpg", "image/jpeg")])
def test_a_document_is_handed_in_and_only_ever_downloaded(visit: Visit, booked: Book, body: bytes, suffix: str, kind: str) -> None:
    reference, berit = booked(**MEETING), visit("berit")

    upload(berit, reference, body, "hva-som-helst.exe")
    link = Hidden(berit.get(f"/bookings/{reference}/conditions/insurance")).links["Last ned dokumentet"]
    answers = {name: visit(name).get(link) for name in ("berit", "olav", "kari", "per")}

    assert {name: answer.status_code for name, answer in answers.items()} == {"berit": 200, "olav": 200, "kari": 200, "per": 404}
    got = answers["olav"].headers
    assert (got["Content-Type"], got["Content-Disposition"]) == (kind, f"attachment; filename=insurance-1.{suffix}")
    assert (got["X-Content-Type-Options"], got["Cache-Control"], "sandbox" in got["Content-Security-Policy"]) == (
        "nosniff",
        "no-store",
        True,
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "Velg en fil."),
        (b"<script>alert(1)</script>", "ikke et dokument"),
        (b"GIF89a" + bytes(40), "ikke et dokument"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "ikke et bilde"),
    ],
)
def test_what_is_no_document_is_not_kept(visit: Visit, booked: Book, settings: Settings, body: bytes, says: str) -> None:
    reference = booked(**MEETING)

    refused = upload(visit("berit"), reference, body)

    assert (refused.status_code, says in refused.text) == (422, True)
    assert kept(settings) == []


def test_a_document_handed_in_twice_is_kept_once(visit: Visit, booked: Book, settings: Settings) -> None:
    reference, berit = booked(**MEETING), visit("berit")
    address = f"/bookings/{reference}/conditions/insurance"

    for body in (PDF, PDF + b" en gang til"):
        berit.post(f"{address}/document", form_on=f"/bookings/{reference}/conditions/responsible", document=(BytesIO(body), "a.pdf"))

    assert [file.read_bytes() for file in kept(settings)] == [PDF]


def kept(settings: Settings) -> list[Path]:
    return list((settings.instance / "uploads").glob("*"))


def test_staff_do_not_accept_a_document_and_say_why(visit: Visit, booked: Book) -> None:
    reference, berit, olav = booked(**MEETING), visit("berit"), visit("olav")
    upload(berit, reference, PDF)

    without = withdraw(olav, reference, "insurance")
    withdraw(olav, reference, "insurance", reason="Det gjelder i fjor.")

    assert (without.status_code, "Skriv hvorfor" in without.text) == (422, True)
    assert "/document" in berit.get(f"/bookings/{reference}/conditions/insurance").text
    assert "Godta det ikke" not in berit.get(f"/bookings/{reference}/conditions/insurance").text


def test_people_are_named_and_seen_by_staff_and_the_holders_side_only(visit: Visit, booked: Book) -> None:
    reference, berit = booked(**MEETING), visit("berit")
    people = {"people[0].name": "Ada Lien", "people[0].phone": "41234567", "people[0].born": "1980"}
    second = {"people[1].name": "Bo Dal", "people[1].phone": "41234568"}

    young = do(berit, reference, "responsible", "people", **people, **second, **{"people[1].born": "2010"})
    do(berit, reference, "responsible", "people", **people, **second, **{"people[1].born": "2001"})

    assert (young.status_code, "født i 2007 eller tidligere" in young.text, 'value="Bo Dal"' in young.text) == (422, True, True)
    page = berit.get(f"/bookings/{reference}/conditions/responsible").text
    assert ("Bo Dal" in page, 'value="1980"' in page) == (True, True)
    assert visit("per").get(f"/bookings/{reference}/conditions/responsible").status_code == 404


def test_my_tasks_stand_first_each_once_for_all_it_holds_for(visit: Visit, booked: Book) -> None:
    first = booked(**MEETING, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    booked(**MEETING, room="oren-flerbrukshall/gymsal-2")
    berit = visit("berit")

    page = berit.get("/bookings").text
    do(berit, first, "fire-instruction", "signature", **SIGNED)
    after = berit.get("/bookings").text

    assert page.index('id="tasks"') < page.index('id="coming"')
    tasks = page.split('id="coming"')[0]
    assert [tasks.count(f'conditions/{what}">') for what in ("fire-instruction", "insurance", "responsible", "attendant")] == [2, 2, 4, 0]
    assert tasks.count("og 3 datoer til") == 2
    assert "conditions/fire-instruction" not in after


def test_nobody_is_asked_to_sign_for_another(visit: Visit, booked: Book) -> None:
    booked(**MEETING)

    page = visit("nils").get("/bookings").text

    assert ("conditions/fire-instruction" in page, "conditions/insurance" in page) == (False, True)


def test_the_caretakers_day_says_who_may_be_let_in_and_what_is_missing(visit: Visit, booked: Book, clock: Clock) -> None:
    lacking = booked(**MEETING)
    booked(start="2026-09-15T20:00", end="2026-09-15T21:00")
    clock.pass_by(timedelta(days=13, hours=9))
    olav = visit("olav")

    page = olav.get("/caretaker").text
    address = f"/bookings/{lacking}/conditions/attendant/confirmation?day=2026-09-15"
    done = olav.post(address, form_on="/caretaker", agreed="yes", note="Olav")
    after = olav.get("/caretaker").text

    assert (page.count("Kan slippes inn"), page.count("Slippes ikke inn ennå")) == (1, 1)
    assert address in page
    assert (done.status_code, done.location) == (303, "/caretaker?day=2026-09-15")
    assert (address in after, after.count("conditions/fire-instruction")) == (False, 1)


def test_those_named_stand_on_the_caretakers_day(visit: Visit, booked: Book, clock: Clock) -> None:
    reference = booked(**MEETING)
    people = [{"name": "Ada Lien", "phone": "41234567", "born": "1980"}, {"name": "Bo Dal", "phone": "41234568", "born": "1981"}]
    named = {f"people[{number}].{part}": value for number, one in enumerate(people) for part, value in one.items()}
    do(visit("berit"), reference, "responsible", "people", **named)
    clock.pass_by(timedelta(days=13, hours=9))

    page = visit("olav").get("/caretaker").text

    assert ("Ada Lien" in page, 'href="tel:41234568"' in page, "1981" in page) == (True, True, False)


def test_of_days_that_have_been_nothing_is_said(visit: Visit, booked: Book, clock: Clock) -> None:
    booked(**MEETING)
    clock.pass_by(timedelta(days=15))

    page = visit("olav").get("/caretaker?day=2026-09-15").text

    assert ("Trening" in page, "lippes" in page) == (True, False)


def test_the_inbox_tells_whose_time_may_be_withdrawn_until_it_is_done(visit: Visit, booked: Book, clock: Clock) -> None:
    reference, kari = booked(**MEETING), visit("kari")
    clock.pass_by(timedelta(days=9))

    in_time = kari.get("/office").text
    clock.pass_by(timedelta(days=1))
    late = kari.get("/office").text
    do(kari, reference, "internal-distribution", "confirmation", agreed="yes")
    done = kari.get("/office").text

    assert [f"/bookings/{reference}#before" in page for page in (in_time, late, done)] == [False, True, False]
    assert "Ingenting skjer av seg selv" in late


def test_the_statements_do_not_grow_with_conditions_dates_and_bookings(
    visit: Visit, booked: Book, counted: Callable[[], Any], clock: Clock
) -> None:
    clock.pass_by(timedelta(days=13, hours=9))
    olav, berit, kari, numbers = visit("olav"), visit("berit"), visit("kari"), []

    for number, hour in enumerate((16, 18, 20), start=1):
        start, end = f"2026-09-16T{hour}:00", f"2026-09-16T{hour + 1}:00"
        reference = booked(**MEETING, start=start, end=end, recurrence={"rrule": f"FREQ=WEEKLY;COUNT={number}"})
        if number == 2:
            do(berit, reference, "fire-instruction", "signature", **SIGNED)
        pages = ((olav, "/caretaker"), (berit, "/bookings"), (berit, f"/bookings/{reference}"), (kari, "/office"))
        numbers.append([statements_of(counted, visitor, address) for visitor, address in pages])

    # A holder's own bookings ask which uses were confirmed, a booking which teams there are, the inbox what the registers say otherwise; it
    # and a booking's page what can be undone.
    assert numbers == [[9, 11, 33, 19]] * 3


def statements_of(counted: Callable[[], Any], visitor: Visitor, address: str) -> int:
    with counted() as statements:
        visitor.get(address)
    return len(statements)
