"""What is said about a booking on its pages: escaped, told to whom it is meant for, and what changed when two work on one case."""

from collections.abc import Callable
from datetime import timedelta
from email.parser import BytesParser
from email.policy import default

import pytest
from flask import Flask

from accounts.tokens import make_token
from booking.models import Booking
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from tests.accounts.conftest import Visitor
from tests.booking.conftest import Hall
from tests.clock import Clock

SECRET = "Ikke lån ut til disse igjen"
Visit = Callable[..., Visitor]
Book = Callable[..., str]


def say(visitor: Visitor, reference: str, text: str, *, on: str = "", **more: str) -> int:
    return visitor.post(f"/bookings/{reference}/messages", form_on=on or f"/bookings/{reference}", text=text, **more).status_code


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_internal_note_is_told_to_no_applicant_on_any_page_mail_feed_or_answer(
    app: Flask, hall: Hall, clock: Clock, visit: Visit, booked: Book
) -> None:
    reference, database = booked("nils", recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), app.extensions["database"]
    desk = visit("kari")
    desk.post(f"/bookings/{reference}/notes", form_on=f"/bookings/{reference}", internal=SECRET)
    say(desk, reference, "Til orientering: døra er rød.")
    token = database.transact(make_token, hall.nils.person_id, "skript", by=hall.nils, now=clock())
    feed = database.transact(make_feed, Draft("Min", Audience.BOOKER), by=hall.nils, now=clock())
    clock.pass_by(timedelta(minutes=10))
    sent = app.test_cli_runner().invoke(args=["notices", "deliver"])
    mail = "".join(file.read_text() for file in app.extensions["settings"].instance.glob("mail/*.eml"))

    mine, bearer = visit("nils"), {"Authorization": f"Bearer {token.text}"}
    with database.reading() as session:
        number = session.query(Booking).one().id
    told = {
        "the booking": mine.get(f"/bookings/{reference}").text,
        "the list": mine.get("/bookings").text,
        "the booking in the API": mine.client.get(f"/api/v1/bookings/{number}", headers=bearer).text,
        "its messages in the API": mine.client.get(f"/api/v1/bookings/{number}/messages", headers=bearer).text,
        "the feed": mine.get(f"/calendars/private/{feed.token}.ics").text,
        "the mail": mail,
        "the redacted export": app.test_cli_runner().invoke(args=["cases", "export", reference, "--redacted"]).output,
    }

    assert sent.exit_code == 0
    assert {place for place, text in told.items() if SECRET in text or SECRET.encode().hex() in text} == set()
    assert {place for place, text in told.items() if reference not in text} <= {"its messages in the API", "the feed"}
    assert "rød" in told["its messages in the API"]
    assert SECRET in desk.get(f"/bookings/{reference}").text
    assert SECRET in app.test_cli_runner().invoke(args=["cases", "export", reference]).output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_said_is_text_and_nothing_else(visit: Visit, booked: Book) -> None:
    reference = booked("per", organisation=None)

    said = say(visit("per"), reference, "<b>Hei</b> https://example.org/\n[x](y)")
    page = visit("kari").get(f"/office/requests/{reference}").text

    assert said == 303
    assert "&lt;b&gt;Hei&lt;/b&gt; https://example.org/\n[x](y)" in page
    assert 'href="https://example.org/' not in page


def test_deciding_on_what_changed_meanwhile_is_refused_and_staff_are_told_what_and_by_whom(visit: Visit, booked: Book) -> None:
    reference = booked("per", organisation=None)
    desk, address = visit("kari"), f"/office/requests/{reference}"
    say(visit("ada"), reference, "Hvor mange kommer?", on=address, must_answer="yes")
    say(visit("per"), reference, "Tolv")

    refused = desk.post(f"/bookings/{reference}/approval", form_on=address, version="1")
    again = desk.post(f"/bookings/{reference}/approval", form_on=address, version="3")
    late = visit("per").post(f"/bookings/{reference}/cancellation", form_on=f"/bookings/{reference}", version="3")

    assert (refused.status_code, again.status_code, late.status_code) == (409, 303, 409)
    assert "Ada Lien (administrator), 1. september 2026 kl. 22:30: Søkeren fikk et spørsmål." in refused.text
    assert "Per Solli, 1. september 2026 kl. 22:30: Søkeren svarte på et spørsmål." in refused.text
    assert "Forespørselen ble innvilget, 1. september 2026 kl. 22:30." in late.text
    assert "Kari Nordby (saksbehandler)" not in late.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_inbox_shows_broken_promises_first_what_waits_for_its_applicant_last_and_mine_alone_when_asked(
    app: Flask, hall: Hall, clock: Clock, visit: Visit, booked: Book
) -> None:
    desk = visit("kari")
    paused, late = (booked("per", organisation=None, start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00") for day in (14, 15))
    say(desk, paused, "Hvor mange?", on=f"/office/requests/{paused}", must_answer="yes")
    clock.pass_by(timedelta(days=2))
    calm = booked("per", organisation=None, start="2026-09-16T18:00", end="2026-09-16T20:00")
    desk.post(f"/bookings/{calm}/owner", form_on=f"/office/requests/{calm}", owner=str(hall.kari.person_id))
    say(visit("per"), calm, "Hører dere noe?")
    for later in (timedelta(days=2), timedelta(minutes=2)):
        clock.pass_by(later)
        app.test_cli_runner().invoke(args=["notices", "deliver"])

    page, mine, nobodys = (desk.get(f"/office{query}").text for query in ("", "?whose=mine", "?whose=nobody"))
    told, side = visit("per").get(f"/bookings/{late}").text, desk.get(f"/office/requests/{late}").text.split('id="board-waiting"')[1]
    mail = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in app.extensions["settings"].instance.glob("mail/*.eml")]

    assert sorted((late, calm, paused), key=page.index) == [late, calm, paused]
    assert [side.count(words) for words in ("Svar innen", "Venter på søkeren. Fristen står stille")] == [2, 1]
    assert [[one in text for one in (late, calm, paused)] for text in (mine, nobodys)] == [[False, True, False], [True, False, True]]
    assert [page.count(words) for words in ("løftet til administrator", "nytt fra søkeren", "venter på søkeren")] == [1, 1, 1]
    assert "Vi lovet svar innen 4. september 2026 kl. 15:30, og det klarte vi ikke." in " ".join(told.split())
    late_mail = {f"Svaret er forsinket: Øren flerbrukshall, Gymsal 1, {late}", f"Et løfte er brutt: {late}"}
    assert {one["Subject"] for one in mail} >= late_mail | {f"Vi venter på svar: Øren flerbrukshall, Gymsal 1, {paused}"}
