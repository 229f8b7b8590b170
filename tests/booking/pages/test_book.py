"""Booking a room on pages: the form, the look at every date, and the booking, without any script."""

import re
from collections.abc import Callable
from html import unescape
from re import findall
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts.begun import LONGEST
from accounts.models import Delegation, DelegationState, ProofLink
from booking.models import Booking
from tests.accounts.conftest import Visitor
from tests.accounts.test_pages import latest
from tests.booking.conftest import Hall
from tests.booking.pages.conftest import ASKED, ROOM, Hidden
from tests.cast import BEGINNING
from venues.editing import edit_access
from venues.inputs import AccessInput
from venues.vocabulary import Access, Answer

SERIES = ASKED | {"repeat": "weekly", "times": "5"}


def preview(**changes: str) -> str:
    return f"{ROOM}/book/preview?{urlencode({**ASKED, **changes})}"


def bookings(app: Flask) -> list[Booking]:
    with Session(app.extensions["database"].engine) as session:
        found = list(session.query(Booking).order_by(Booking.id))
        for booking in found:
            list(booking.occurrences)
        return found


def confirm(visitor: Visitor, address: str) -> Any:
    """Press the button of the page that shows what would become of it."""
    form = Hidden(visitor.get(address), "/bookings").forms[0]
    return visitor.client.post("/bookings", data=form, headers={"Referer": f"http://localhost{address}"})


def test_a_time_that_is_free_is_booked(app: Flask, visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")

    looked = visitor.get(preview(shown_publicly="no"))
    made = confirm(visitor, preview(shown_publicly="no"))

    assert "Tiden er ledig, og reglene sier ja." in looked.text
    assert [(one.state.value, one.purpose, one.participants) for one in bookings(app)] == [("booked", "Trening", {"6-12": 18})]
    assert bookings(app)[0].shown_publicly is False
    assert made.location == f"/bookings/{bookings(app)[0].reference}"


def test_looking_books_nothing(app: Flask, visit: Callable[..., Visitor]) -> None:
    visit("berit").get(preview())

    assert bookings(app) == []


def test_pressing_twice_books_once(app: Flask, visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")
    form = Hidden(visitor.get(preview()), "/bookings").forms[0]

    first, second = (visitor.client.post("/bookings", data=form) for _ in range(2))

    assert (first.status_code, first.location) == (second.status_code, second.location) == (303, f"/bookings/{bookings(app)[0].reference}")
    assert len(bookings(app)) == 1


def test_of_a_series_one_takes_the_dates_that_go(app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked(start="2026-09-22T19:00", end="2026-09-22T21:00")
    visitor = visit("berit")

    looked = visitor.get(preview(**SERIES))
    made = visitor.get(confirm(visitor, preview(**SERIES)).location)

    assert "2 av 5 datoer går ikke" in looked.text
    assert "Opptatt 19:00–21:00: Skiold turn" in looked.text
    assert "Skolen har fri" in looked.text
    assert "Ta de 3 datoene som går" in looked.text
    assert [date.state.value for date in bookings(app)[1].occurrences] == ["booked", "skipped", "booked", "skipped", "booked"]
    assert [f"/occurrences/{number}/return" in made.text for number in (2, 4)] == [True, False]


def test_what_is_picked_after_one_looked_is_looked_at_before_anything_is_booked(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    booked("nils", start="2026-09-15T18:00", end="2026-09-15T20:00")
    visitor, twice = visit("berit"), {"repeat": "weekly", "times": "2"}
    form = Hidden(visitor.get(preview(**twice)), "/bookings").forms[0]

    pressed = visitor.client.post("/bookings", data=form | {"pick.2026-09-15": "wait", "pick.2026-09-22": "", "accepts": "any"})
    again = visitor.get(pressed.location)
    looked = visitor.client.post("/bookings", data=form | {"pick.2026-09-15": "wait", "pick.2026-09-22": "skip", "look": "yes"})
    waits = visitor.get(looked.location)

    assert (pressed.status_code, len(bookings(app))) == (303, 1)
    assert "Du har valgt noe annet enn det du så på." in again.text
    assert "Ta 1, og stå i kø for 1 dato" in again.text
    assert Hidden(again, "/bookings").forms[0]["accepts"] == "any"
    assert "Du har valgt noe annet" not in waits.text
    assert "Dere står i kø for 1 dato" in waits.text
    assert "Stå i kø for 1 dato<" in waits.text
    assert "Dette går" not in waits.text
    assert confirm(visitor, pressed.location).status_code == 303
    assert [date.state.value for date in bookings(app)[1].occurrences] == ["waiting", "booked"]
    assert bookings(app)[1].accepts.value == "any"


LONG = ASKED | {"repeat": "weekly", "times": "2", "message": ("Vi øver på årets store forestilling. " * 100).strip()}


def test_what_no_address_can_hold_is_looked_at_changed_and_booked(app: Flask, visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")
    form = Hidden(visitor.get(f"{ROOM}/book"), f"{ROOM}/book/preview").forms[0]

    looked = visitor.client.post(f"{ROOM}/book/preview", data=form | LONG)
    order = Hidden(looked, "/bookings").forms[0]
    buttons = [unescape(found) for found in findall(r'form="order" formaction="([^"]*)"', looked.text)]
    shorter = visitor.client.post(next(one for one in buttons if "choice." in one), data=order)
    filled = visitor.client.post(next(one for one in buttons if "fill_in" in one), data=order)
    again = visitor.client.post("/bookings", data=Hidden(shorter, "/bookings").forms[0] | {"pick.2026-09-15": "", "look": "yes"})
    made = visitor.client.post("/bookings", data=Hidden(shorter, "/bookings").forms[0])

    assert (looked.status_code, "Book 2 datoer" in looked.text) == (200, True)
    assert max(len(address) for address in buttons + list(Hidden(looked).links.values())) < LONGEST
    assert [f'name="message" value="{LONG["message"]}' in page.text for page in (looked, shorter, again)] == [True] * 3
    assert f"{LONG['message'].strip()}</textarea>" in filled.text
    assert (made.status_code, bookings(app)[0].message) == (303, LONG["message"])
    assert max(map(len, Hidden(visitor.get(made.location)).links.values())) < LONGEST
    assert [date.state.value for date in bookings(app)[0].occurrences] == ["skipped", "booked"]


def test_what_an_address_can_hold_stands_in_it_and_what_is_wrong_in_either_at_its_field(visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")
    form = Hidden(visitor.get(f"{ROOM}/book"), f"{ROOM}/book/preview").forms[0]

    short = visitor.client.post(f"{ROOM}/book/preview", data=form | ASKED)
    wrong = visitor.client.post(f"{ROOM}/book/preview", data=form | LONG | {"date": "2026-09-31"})

    assert (short.status_code, "csrf_token" in short.location) == (303, False)
    assert "Tiden er ledig" in visitor.get(short.location).text
    assert (wrong.status_code, 'id="error-date"' in wrong.text, LONG["message"] in wrong.text) == (422, True, True)


def test_a_visitor_is_told_that_what_is_too_long_for_an_address_is_not_kept(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    form = Hidden(visitor.get(f"{ROOM}/book"), f"{ROOM}/book/preview").forms[0]

    looked = visitor.client.post(f"{ROOM}/book/preview", data=form | LONG | {"applicant": "me"})

    assert "for langt til å bli med når du logger inn" in looked.text
    assert len(Hidden(looked).links["Logg inn og book"]) < 2 * LONGEST


def test_all_dates_that_are_taken_out_are_counted_and_brought_back_together(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    booked("nils", start="2026-09-15T18:00", end="2026-09-15T20:00")
    visitor, weekly = visit("berit"), {"repeat": "weekly", "times": "4"}

    page = visitor.get(preview(**weekly, **{"except": "2026-09-22, 2026-09-29", "choice.2026-09-15": "skip"})).text
    found = re.search(r'href="([^"]+)">Ta med alle igjen', page)

    assert "Du har tatt ut 3 datoer." in page
    assert found
    back = visitor.get(found[1].replace("&amp;", "&")).text
    assert ("Du har tatt ut" in back, "4 datoer</h2>" in back) == (False, True)


def test_what_stands_in_the_way_is_named_in_order_of_time(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked(start="2026-09-15T19:00", end="2026-09-15T20:30", purpose="Etter")
    booked("kari", organisation=None, kind="municipal", start="2026-09-15T17:00", end="2026-09-15T18:30")

    page = visit("berit").get(preview()).text

    assert page.index("Opptatt 17:00–18:30: Kommunen") < page.index("Opptatt 19:00–20:30: Skiold turn")


def test_what_has_the_whole_of_a_divided_room_is_told_by_its_name_and_what_has_a_part_by_that(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    booked(room="oren-flerbrukshall/hel-hall")
    booked(start="2026-09-16T18:00", end="2026-09-16T20:00")
    visitor, whole = visit("berit"), preview().replace("gymsal-1", "hel-hall")

    pages = [visitor.get(whole.replace("2026-09-15", f"2026-09-{day}")).text for day in (15, 16)]

    assert ["Opptatt 18:00–20:00, Hel hall (håndballbane): Skiold turn" in page for page in pages] == [True, False]
    assert ["Opptatt 18:00–20:00, Gymsal 1: Skiold turn" in page for page in pages] == [False, True]


def test_a_time_is_said_to_be_kept_for_whole_days(visit: Callable[..., Visitor]) -> None:
    assert "Tiden holdes av til dere i 2 dager." in visit("per").get(preview(applicant="me")).text


def test_a_date_is_taken_out_and_back_in(app: Flask, visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")

    shorter = Hidden(visitor.get(preview(repeat="weekly", times="3"))).links["Ta ut"]
    confirm(visitor, shorter)

    assert [f"{date.local_start:%d.%m} {date.state}" for date in bookings(app)[0].occurrences] == [
        "15.09 booked",
        "22.09 booked",
        "29.09 skipped",
    ]
    assert "tatt ut" in visitor.get(shorter).text


def test_what_is_said_in_vain_of_a_series_is_told_and_not_counted(visit: Callable[..., Visitor]) -> None:
    page = visit("berit").get(preview(**SERIES, **{"except": "2026-09-16, 2026-09-22", "also": "2026-09-29"})).text

    told = ["ingenting å ta ut: ons. 16. sep.<", "i serien fra før: tir. 29. sep.<", "Du har tatt ut 1 dato."]
    assert [part for part in told if part in page.replace("sept.", "sep.")] == told


def test_the_dates_that_are_left_out_are_named_where_one_waits_for_others(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    booked("kari", organisation=None, kind="municipal", recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})

    page = visit("berit").get(preview(**SERIES, **{"choice.2026-09-15": "wait"})).text

    assert ("Ikke med: tir. 22. sep" in page, "Ta 2, og stå i kø for 1 dato" in page) == (True, True)


def test_a_taken_time_offers_others_that_are_one_press_away(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked()
    visitor = visit("berit")

    links = Hidden(visitor.get(preview())).links

    assert "Øren flerbrukshall, Gymsal 2" in links
    assert "Tiden er ledig" in visitor.get(links["20:00–22:00"]).text


def test_a_shorter_time_that_the_rule_names_and_that_is_offered_stands_once(visit: Callable[..., Visitor]) -> None:
    links = Hidden(visit("berit").get(preview(**{"from": "07:00", "to": "09:00"}))).links

    assert [words for words in links if words.startswith("08:00–09:00")] == ["08:00–09:00 (kortere)"]


def test_a_series_that_does_not_fit_leads_to_a_room_that_is_free_on_all_its_dates(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    booked("nils", start="2026-09-22T18:00", end="2026-09-22T20:00")
    page = visit("berit").get(preview(repeat="weekly", times="3"))

    there = Hidden(page).links["Øren flerbrukshall, Gymsal 2 er ledig på alle 3 datoene"]

    assert there.startswith("/rooms/oren-flerbrukshall/gymsal-2/book/preview?")
    assert "Tiden er ledig, og reglene sier ja." in visit("berit").get(there).text


@pytest.mark.parametrize("lift", ["access.lift", "heis"], ids=["a word of ours", "a word of theirs"])
def test_what_is_needed_and_nobody_knows_of_the_room_is_told_to_who_looks_holds_and_decides(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str], hall: Hall, lift: str
) -> None:
    known = AccessInput(answers={Access.STEP_FREE: Answer.YES, Access.HEARING_LOOP: Answer.NO}, version=0)
    app.extensions["database"].transact(edit_access, "oren-flerbrukshall", "gymsal-1", known, by=hall.olav, now=BEGINNING)
    reference = booked("per", organisation=None, needs=(lift, "access.step-free-entrance"))

    looked = visit("berit").get(f"{preview(date='2026-09-16')}&access=lift&access=step-free-entrance")
    pages = [looked, visit("per").get(f"/bookings/{reference}"), visit("kari").get(f"/office/requests/{reference}")]
    lacking = visit("berit").get(preview(date="2026-09-16", access="hearing-loop")).text

    assert [("Kan passe, men noe er ukjent" in page.text, "Heis: ukjent" in page.text) for page in pages] == [(True, True)] * 3
    assert ("Rommet har ikke alt det som trengs" in lacking, "Teleslynge: nei" in lacking) == (True, True)
    assert "Kan passe" not in visit("berit").get(preview(date="2026-09-16", access="step-free-entrance")).text


def test_the_policy_says_no_with_its_paragraph_and_the_nearest_time(visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")

    refused = visitor.get(preview(**{"from": "06:00", "to": "09:00"}))

    assert "Dette går ikke" in refused.text
    assert "Fordi." in refused.text
    assert "Tiden er ledig" in visitor.get(Hidden(refused).links["08:00–11:00"]).text


def test_lost_to_somebody_else_meanwhile_the_page_shows_it_again(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    visitor = visit("berit")
    form = Hidden(visitor.get(preview()), "/bookings").forms[0]
    booked("kari", organisation=None, kind="municipal")

    lost = visitor.client.post("/bookings", data=form)

    assert lost.status_code == 409
    assert "Noe endret seg mens du så på det" in lost.text
    assert "Opptatt 18:00–20:00: Kommunen" in lost.text
    assert len(bookings(app)) == 1


def test_all_faults_are_shown_at_once_and_what_was_typed_stays(visit: Callable[..., Visitor]) -> None:
    wrong = {"date": "2026-04-31", "from": "25:00", "to": "", "repeat": "weekly", "applicant": "other", "purpose": "Øving", "activity": ""}

    page = visit("berit").get(preview(**wrong))

    assert page.status_code == 422
    faulty = ["date", "from", "to", "times", "number", "activity"]
    assert [name for name in faulty if f'href="#field-{name}"' in page.text] == faulty
    assert 'value="Øving"' in page.text


def test_what_belongs_together_is_told_with_what_is_missing(visit: Callable[..., Visitor]) -> None:
    wrong = {"from": "20:00", "to": "18:00", "purpose": "", "repeat": "weekly"}

    page = visit("berit").get(preview(**wrong))

    told = ["Til: Slutten må være etter starten.", "Antall ganger: Fyll ut antall ganger eller siste dato.", "Hva skal dere gjøre: "]
    assert [sentence for sentence in told if sentence in page.text] == told


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"from": "20:00", "to": "20:00"}, "Slutten må være etter starten."),
        ({"from": "20:00", "to": "18:00"}, "Slutten må være etter starten."),
        ({"date": "2027-03-28", "from": "02:30", "to": "04:00"}, "finnes ikke: klokka stilles fram denne natta"),
        ({"participants.6-12": "mange"}, "«mange» er ikke et tall"),
        ({"activity": "yoga"}, "«yoga» er ikke et av valgene"),
        ({"applicant": "other", "number": "313000099"}, "Vi kjenner ingen organisasjon med nummeret 313000099"),
        ({"repeat": "weekly", "times": "5", "until": "2026-12-01"}, "enten antall ganger eller siste dato"),
        ({"repeat": "weekly", "until": "2026-09-14"}, 'href="#field-until">Siste dato: Siste dato kan ikke være før den første.'),
        ({"repeat": "weekly", "until": "2026-09-16", "days": "MO"}, 'href="#field-until">Siste dato: Gjentakelsen gir ingen datoer.'),
        ({"colour": "blue"}, "Feltet er ukjent"),
    ],
)
def test_bad_input_is_refused_with_the_way_out(app: Flask, visit: Callable[..., Visitor], changes: dict[str, str], sentence: str) -> None:
    page = visit("berit").get(preview(**changes))

    assert page.status_code in (404, 422)
    assert sentence in page.text
    assert bookings(app) == []


def test_an_end_at_midnight_is_the_end_of_the_day(app: Flask, visit: Callable[..., Visitor]) -> None:
    confirm(visit("berit"), preview(**{"from": "22:00", "to": "00:00"}))

    assert [f"{date.local_end:%d.%m %H:%M}" for date in bookings(app)[0].occurrences] == ["16.09 00:00"]


def test_who_is_not_signed_in_fills_in_first_and_loses_nothing(app: Flask, visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    form = visitor.get(f"{ROOM}/book").text

    looked = visitor.get(preview(applicant=""))
    onward = Hidden(visitor.get(Hidden(looked).links["Logg inn og book"]), "/sign-in").forms[0]["next"]
    signed_in = visitor.post("/sign-in", email="berit@example.org", password="en-lang-og-god-setning", next=onward)

    assert 'name="applicant"' in form and "checked" not in form
    assert "Du er ikke logget inn." in looked.text
    assert "Tiden er ledig" in visitor.get(signed_in.location).text
    assert confirm(visitor, signed_in.location).status_code == 303
    assert [(one.purpose, one.organisation_id is not None) for one in bookings(app)] == [("Trening", True)]


def test_who_represents_several_is_asked_for_whom_it_is(app: Flask, visit: Callable[..., Visitor], hall: Hall) -> None:
    with Session(app.extensions["database"].engine) as session:
        session.add(
            Delegation(
                person_id=hall.cast.tone.id, organisation_id=hall.cast.skiold.id, created_at=BEGINNING, state=DelegationState.CONFIRMED
            )
        )
        session.commit()

    page = visit("tone").get(preview(applicant=""))

    assert page.status_code == 422
    assert '<a class="ds-link" href="#field-applicant">Hvem booker: Dette må fylles ut.</a>' in page.text
    assert "checked" not in page.text.split('id="field-applicant"')[1].split("</fieldset>")[0]


def test_an_account_opened_late_in_the_evening_continues_where_one_was(app: Flask, visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    onward = Hidden(visitor.get(Hidden(visitor.get(preview(applicant="me"))).links["Åpne konto"]), "/account-links").forms[0]["next"]
    visitor.post("/account-links", email="ny@example.org", next=onward)

    opened = visitor.post(latest(app, ProofLink), name="Nina Ny", phone="41234567", language="nb", password="en lang setning")

    assert "Dette blir en forespørsel" in visitor.get(opened.location).text


def test_somebody_who_is_no_delegate_asks_in_the_organisations_name(app: Flask, visit: Callable[..., Visitor]) -> None:
    visitor = visit("per")

    looked = visitor.get(preview(applicant="other", number="313 000 001"))
    made = confirm(visitor, preview(applicant="other", number="313 000 001"))

    assert "Representantene får beskjed" in looked.text
    assert bookings(app)[0].state.value == "unconfirmed"
    assert "må bekrefte innen" in visitor.get(made.location).text


def test_staff_book_for_a_caller_whom_they_find_by_telephone(app: Flask, visit: Callable[..., Visitor], hall: Any) -> None:
    visitor = visit("kari")

    confirm(visitor, preview(applicant="me", caller="99 00 00 06"))

    assert [(one.holder_id, one.hand_id, one.state.value) for one in bookings(app)] == [(hall.cast.per.id, hall.cast.kari.id, "booked")]


def test_several_callers_of_a_name_are_offered_to_choose_from(visit: Callable[..., Visitor]) -> None:
    page = visit("kari").get(preview(applicant="me", caller="example.org"))

    assert page.status_code == 422
    assert page.text.count('name="person"') == 8


@pytest.mark.parametrize("name", ["municipal", "block"])
def test_staff_enter_the_municipalitys_own_use_and_block_time(app: Flask, visit: Callable[..., Visitor], name: str) -> None:
    confirm(visit("kari"), preview(applicant=name))

    assert [(one.kind.value, one.state.value) for one in bookings(app)] == [(name, "booked")]


@pytest.mark.parametrize("changes", [{"applicant": "municipal"}, {"applicant": "block"}, {"applicant": "me", "caller": "Per"}])
def test_others_may_not(app: Flask, visit: Callable[..., Visitor], changes: dict[str, str]) -> None:
    page = visit("berit").get(preview(**changes))

    assert page.status_code == 403
    assert bookings(app) == []


def test_the_number_of_statements_does_not_grow_with_the_dates(visit: Callable[..., Visitor], counted: Callable[[], Any]) -> None:
    visitor = visit("berit")
    visitor.get(preview(repeat="weekly", times="20"))  # a process reads the policies and the rooms once
    numbers = []

    for times in ("2", "20", "30"):
        with counted() as statements:
            visitor.get(preview(repeat="weekly", times=times))
        numbers.append(len(statements))

    # For the first dates that are refused other rooms are looked for.
    assert numbers == [12, 13, 13]


def test_a_session_that_ended_is_signed_in_again_and_loses_nothing(app: Flask, visit: Callable[..., Visitor]) -> None:
    visitor = visit("berit")
    form = Hidden(visitor.get(preview()), "/bookings").forms[0]
    visitor.client.delete_cookie("arena")

    asked = visitor.client.post("/bookings", data=form, headers={"Referer": f"http://localhost{preview()}"})
    onward = Hidden(asked, "/sign-in").forms[0]["next"]
    signed_in = visitor.post("/sign-in", email="berit@example.org", password="en-lang-og-god-setning", next=onward)

    assert asked.status_code == 401
    assert confirm(visitor, signed_in.location).status_code == 303
    assert [one.purpose for one in bookings(app)] == ["Trening"]


@pytest.mark.parametrize("changes", [{"applicant": "block"}, {"applicant": "municipal"}, {"agreement": "1"}, {"person": "1"}])
def test_what_depends_on_who_one_is_asks_a_visitor_to_sign_in(visit: Callable[..., Visitor], changes: dict[str, str]) -> None:
    assert visit().get(preview(**changes)).status_code == 401


@pytest.mark.parametrize("name", ["", "per", "berit"])
def test_a_group_of_others_is_not_to_be_found_by_its_number_here(visit: Callable[..., Visitor], hall: Any, name: str) -> None:
    page = visit(name).get(preview(applicant=f"group:{hall.cast.kvilterne.id}"))

    assert page.status_code == 404
    assert "Onsdagskvilterne" not in page.text


def test_a_number_of_times_without_how_often_is_asked_about(visit: Callable[..., Visitor]) -> None:
    page = visit("berit").get(preview(times="10"))

    assert page.status_code == 422
    assert "Velg hvor ofte det gjentas" in page.text


def test_who_calls_is_the_contact_where_staff_name_no_other(app: Flask, visit: Callable[..., Visitor]) -> None:
    visitor = visit("kari")
    form = visitor.get("/rooms/oren-flerbrukshall/gymsal-1/book").text

    confirm(visitor, preview(applicant="me", caller="99 00 00 06"))

    assert "Kari Nordby" not in form.split("<main")[1]
    assert [(one.contact_name, one.contact_phone) for one in bookings(app)] == [("Per Solli", "+4799000006")]


def test_an_objection_that_only_calls_for_a_look_is_no_reason_for_a_refusal(visit: Callable[..., Visitor]) -> None:
    page = visit("per").get(preview(applicant="me", **{"from": "06:00", "to": "07:00"}))

    assert page.text.count('class="ds-paragraph against"') == 1
