"""The officer's desk: what waits, a request beside its week and what it meets, deciding, and one search box."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import update

from database.transact import Database
from policies.document import checked
from policies.places import Place
from policies.verbs import publish
from policies.verdict import Layer
from tests.accounts.conftest import Visitor
from tests.booking.conftest import COMPLAINT, NOW, POLICY, REASON, Hall, publish_with
from tests.booking.pages.conftest import ASKED, ROOM
from tests.clock import Clock
from venues.models import Room

PRIVATE = {"organisation": None}
CONCERT = {"activity": "culture.concert"}


def test_what_waits_stands_by_deadline_and_the_late_is_marked(
    visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    first = booked("per", **PRIVATE)
    clock.pass_by(timedelta(days=1))
    second = booked("per", start="2026-09-16T18:00", end="2026-09-16T20:00", **PRIVATE)
    clock.pass_by(timedelta(days=2))

    page = visit("kari").get("/office").text

    assert "2 forespørsler venter på svar" in page
    assert page.index(first) < page.index(second)
    assert page.count("over fristen") == 1


def test_a_request_names_what_has_the_time_and_what_wants_it_too(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    asked = booked(**CONCERT)
    booked("per", organisation=None, start="2026-09-15T19:00", end="2026-09-15T21:00", **CONCERT)
    booked(start="2026-09-15T17:00", end="2026-09-15T18:30")

    page = visit("kari").get(f"/office/requests/{asked}").text

    assert page.count("har tiden") == 1
    assert page.count("vil også ha den") == 1
    assert "Denne forespør\N{SOFT HYPHEN}selen" in page
    assert (page.count('data-state="wanted"'), page.count('data-state="held"')) == (3, 0)


def test_competing_requests_tell_where_they_stand_in_the_order_of_precedence(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    order = {"kind": "priority", "id": "order", "order": [{"name": REASON, "applicants": ["organisation"]}], "reason": REASON}
    likes = {"kind": "preference", "id": "likes", "preferred": ["culture"], "points": 10, "reason": REASON}
    document = checked({**POLICY, "rules": [*POLICY["rules"], order, likes]})
    database: Database = app.extensions["database"]
    database.transact(publish, Place(Layer.MUNICIPALITY, "", "Drammen"), document, NOW.date(), by=hall.kari, now=NOW)
    asked = booked(**CONCERT)
    booked("per", organisation=None, start="2026-09-15T19:00", end="2026-09-15T21:00", **CONCERT)

    page = " ".join(visit("kari").get(f"/office/requests/{asked}").text.split())

    assert "I rekkefølgen: gruppe 1 av 2 (Fordi.), 10 poeng." in page
    assert "gruppe 2 av 2, 10 poeng" in page


def test_an_officer_grants_a_request(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked("per", **PRIVATE), visit("kari")

    done = visitor.post(f"/bookings/{reference}/approval", form_on=f"/office/requests/{reference}", note="God fest!")

    assert (done.status_code, done.location) == (303, "/office")
    assert "Ingenting venter på deg" in visitor.get("/office").text
    assert "God fest!" in visit("per").get(f"/bookings/{reference}").text


def test_a_refusal_needs_a_reason_which_the_holder_reads(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked("per", **PRIVATE), visit("kari")

    without = visitor.post(f"/bookings/{reference}/refusal", form_on=f"/office/requests/{reference}")
    visitor.post(f"/bookings/{reference}/refusal", form_on=f"/office/requests/{reference}", reason="Salen males.")

    assert without.status_code == 422
    assert ["Ingen andre har" in page for page in (without.text, visitor.get(f"/office/requests/{reference}").text)] == [True, False]
    assert "Skriv hvorfor" in without.text
    assert "Salen males." in visit("per").get(f"/bookings/{reference}").text


def test_a_refusal_with_something_else_to_ask_for_lies_ahead_until_its_date(
    visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    plain, kind = booked("per", **PRIVATE), booked("per", **PRIVATE | {"start": "2026-09-17T18:00", "end": "2026-09-17T20:00"})
    kari = visit("kari")
    kari.post(f"/bookings/{plain}/refusal", form_on=f"/office/requests/{plain}", reason="Salen males.")
    page = f"/office/requests/{kind}"
    shown = re.findall(r'name="offered" value="([^"]+)"', kari.get(page).text)
    kari.post(f"/bookings/{kind}/refusal", form_on=page, reason="Salen males.", proposes="true", offered=shown)

    page = visit("per").get("/bookings").text
    clock.pass_by(timedelta(days=20))
    later = visit("per").get("/bookings").text

    order = [page.index(part) for part in ("Se hva dere kan be om i stedet", kind, "Tidligere", plain)]
    assert order == sorted(order)
    assert ("Se hva dere kan be om i stedet" in later, later.index("Tidligere") < later.index(kind)) == (False, True)


def test_what_a_refusal_proposes_is_what_stood_on_the_page(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked("per", **PRIVATE), visit("kari")
    page = f"/office/requests/{reference}"
    shown = re.findall(r'name="offered" value="([^"]+)"', visitor.get(page).text)

    forged = visitor.post(f"/bookings/{reference}/refusal", form_on=page, reason="Nei.", proposes="true", offered="Gymsal 2")
    visitor.post(f"/bookings/{reference}/refusal", form_on=page, reason="Salen males.", proposes="true", offered=shown[:2])

    links = proposed(visit("per").get(f"/bookings/{reference}").text)
    assert (len(shown), forged.status_code, len(links)) == (5, 422, 2)


def proposed(page: str) -> list[str]:
    """The forms that a refused booking's page leads to instead of it."""
    return re.findall(r'href="(/rooms/[^"]+/book[^"]+)"', page.partition('id="instead"')[2].partition("</section>")[0])


def test_what_others_are_shown_to_be_offered_goes_with_the_yes(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    granted = booked(**CONCERT)
    lost, kari = booked("per", **PRIVATE, **CONCERT), visit("kari")
    page = f"/office/requests/{granted}"
    seen, offered = (re.findall(rf'name="{name}" value="([^"]+)"', kari.get(page).text) for name in ("seen", "offered"))
    told = [one for one in offered if "/" in one][:1]

    done = kari.post(f"/bookings/{granted}/approval", form_on=page, seen=seen[0], others="Fullt.", offered=told)

    links = proposed(visit("per").get(f"/bookings/{lost}").text)
    assert (done.status_code, len(links)) == (303, 1)


def test_a_refusal_says_how_to_contest_it(app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    app.extensions["database"].transact(publish_with, COMPLAINT)
    reference = booked("per", organisation=None)
    visit("kari").post(f"/bookings/{reference}/refusal", form_on=f"/office/requests/{reference}", reason="Hallen skal slipes.")

    told = visit("per").get(f"/bookings/{reference}").text

    assert "Avslaget kan påklages innen 21 dager etter at dere fikk vite om det. Klagen sendes til klagenemnda." in told
    assert "§\N{NO-BREAK SPACE}12" in told


def test_granting_what_is_taken_meanwhile_says_by_what(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked(**CONCERT), visit("kari")
    booked()

    refused = visitor.post(f"/bookings/{reference}/approval", form_on=f"/office/requests/{reference}")

    assert refused.status_code == 409
    assert "Gymsal 1 er opptatt" in refused.text


@pytest.mark.parametrize("name", ["per", "berit"])
def test_the_desk_is_for_staff(visit: Callable[..., Visitor], booked: Callable[..., str], name: str) -> None:
    reference, visitor = booked("per", **PRIVATE), visit(name)

    answers = [visitor.get(address).status_code for address in ("/office", f"/office/requests/{reference}", "/office/search?q=per")]

    assert answers == [403, 403, 403]


@pytest.mark.parametrize("wanted", ["Solli", "99 00 00 06", "per@example.org"])
def test_a_person_is_found_by_name_telephone_or_mail_with_the_bookings(
    visit: Callable[..., Visitor], booked: Callable[..., str], wanted: str
) -> None:
    reference = booked("per", **PRIVATE)

    page = visit("kari").client.get("/office/search", query_string={"q": wanted}).text

    assert "Per Solli" in page
    assert reference in page


@pytest.mark.parametrize("wanted", ["skiold", "313 000 001"])
def test_an_organisation_is_found_by_name_or_number(visit: Callable[..., Visitor], booked: Callable[..., str], wanted: str) -> None:
    reference = booked()

    page = visit("kari").client.get("/office/search", query_string={"q": wanted}).text

    assert "Skiold turn" in page
    assert reference in page


def test_a_reference_leads_straight_to_its_booking(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference = booked()

    found = visit("kari").client.get("/office/search", query_string={"q": reference.lower().replace("-", " ")})

    assert (found.status_code, found.location) == (302, f"/bookings/{reference}")


def test_the_statements_of_the_inbox_do_not_grow(
    visit: Callable[..., Visitor], booked: Callable[..., str], counted: Callable[[], Any]
) -> None:
    visitor, numbers = visit("kari"), []

    for day in (14, 15, 16):
        booked("per", start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00", **PRIVATE)
        with counted() as statements:
            visitor.get("/office")
        numbers.append(len(statements))

    # One of them asks what the registers say otherwise, one what can be undone.
    assert numbers == [21, 21, 21]


def test_a_refusal_without_a_reason_shows_the_request_again(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked("per", **PRIVATE), visit("kari")

    again = visitor.post(f"/bookings/{reference}/refusal", form_on=f"/office/requests/{reference}", reason=" ")

    assert again.status_code == 422
    assert 'id="week"' in again.text
    assert 'aria-invalid="true"' in again.text


def test_a_request_whose_time_is_taken_cannot_be_granted(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    asked = booked(**CONCERT)
    booked()
    visitor = visit("kari")

    page = visitor.get(f"/office/requests/{asked}").text
    late = visitor.post(f"/bookings/{asked}/approval", form_on=f"/office/requests/{asked}")

    assert f"/bookings/{asked}/approval" not in page
    assert "kan ikke innvilges før den blir ledig igjen" in page
    assert late.status_code == 409
    assert 'id="week"' in late.text


def test_a_request_that_competes_is_drawn_as_wished_for_and_not_as_held(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    asked = booked(**CONCERT)

    page = visit("kari").get(f"/office/requests/{asked}").text

    assert page.count('data-state="wanted"') == 1
    assert 'data-state="held"' not in page


@pytest.fixture
def roomy(app: Flask, hall: Hall) -> None:
    """The rooms hold a hundred: of a room whose capacity is not known the policy warns."""
    app.extensions["database"].transact(lambda session: session.execute(update(Room).values(capacity=100)))


@pytest.mark.usefixtures("roomy")
def test_harmless_requests_are_granted_together_and_one_that_fails_says_why(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    first, second = (booked("per", start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00", **PRIVATE) for day in (15, 16))
    noted, written = (booked("per", start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00", **PRIVATE) for day in (22, 23))
    visit("kari").post(f"/bookings/{noted}/notes", form_on=f"/office/requests/{noted}", internal="Vent på avtalen.")
    visit("per").post(f"/bookings/{written}/messages", form_on=f"/bookings/{written}", text="Det ble likevel ikke noe av.")
    competing = [booked(name, start="2026-09-17T18:00", end="2026-09-17T20:00", organisation=None, **CONCERT) for name in ("per", "siri")]
    visitor = visit("kari")
    page = visitor.get("/office").text

    done = visitor.post("/office/approvals", form_on="/office", approve=[f"{first}:1", f"{second}:7", f"{competing[0]}:1"])
    again = visitor.post("/office/approvals", form_on="/office", approve=[f"{second}:1"])

    assert [f'value="{one}:' in page for one in (first, second, *competing, noted, written)] == [True, True, False, False, False, False]
    plain = " ".join(re.sub("<[^>]+>", "", page).split())
    assert plain.count("(internt notat)") == plain.count("(melding fra søkeren)") == 1
    told = " ".join(done.text.split())
    assert done.status_code == 409
    assert f"{first}</a>: innvilget" in told
    assert f"{second}</a>: Noen andre har endret dette" in told
    assert f"{competing[0]}</a>: Andre har bedt om samme tid" in told
    assert (again.status_code, again.location) == (303, "/office")
    named = f"{first}, 15. september", f"{second}, 16. september"
    assert [undoable_on(done.text), undoable_on(visitor.get("/office").text)] == [[named[0]], [named[1], named[0]]]


@pytest.mark.usefixtures("roomy")
def test_nothing_ticked_grants_nothing(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked("per", **PRIVATE)

    answer = visit("kari").post("/office/approvals", form_on="/office")

    assert answer.status_code == 422
    assert "1 kan innvilges uten videre" in answer.text


def test_who_has_the_time_and_would_have_to_give_way_is_told_with_the_notice(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    strong = {"kind": "displacement", "strength": 2, "notice_days": 14, "reason": REASON}
    rules = [{**strong, "id": "concerts", "scope": {"activities": ["culture.concert"]}}, {**strong, "id": "rest", "strength": 1}]
    app.extensions["database"].transact(publish_with, *rules)
    asked = [booked(**CONCERT, start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00") for day in (14, 15)]
    for day in (14, 15):
        booked(start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00")

    late, early = (" ".join(visit("kari").get(f"/office/requests/{one}").text.split()) for one in asked)

    assert "må vike</span> Denne går foran, med 14 dagers varsel. Varselet må gis senest 1. september 2026." in early
    assert "må vike</span> Denne går foran, med 14 dagers varsel. Det er for sent å varsle." in late


def test_what_others_ask_for_is_offered_to_nobody_and_shown_to_staff_who_book_it(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    asked, visitor = booked("per", organisation=None, **CONCERT), visit("kari")
    there = {"room": "oren-flerbrukshall/gymsal-2", "organisation": None, **CONCERT}
    booking = ROOM.replace("gymsal-1", "gymsal-2") + "/book/preview?" + urlencode(ASKED | {"applicant": "municipal"})

    before = visitor.get(f"/office/requests/{asked}").text
    other = booked("siri", **there)
    after, own = visitor.get(f"/office/requests/{asked}").text, visitor.get(booking).text

    offer = "Øren flerbrukshall, Gymsal 2, tirsdag 15. september 2026 kl. 18:00–20:00"
    assert [offer in page for page in (before, after)] == [True, False]
    assert f'/office/requests/{other}">{other}</a>, Siri Vik: Trening' in own
    assert other not in visit("berit").get(booking.replace("municipal", "313000001")).text


def test_granting_one_refuses_the_other_which_reads_why_and_what_else_there_is(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    asked, other = (booked(name, organisation=None, **CONCERT) for name in ("per", "siri"))
    visitor, address = visit("kari"), f"/office/requests/{asked}"
    page = visitor.get(address).text

    without = visitor.post(f"/bookings/{asked}/approval", form_on=address)
    granted = visitor.post(f"/bookings/{asked}/approval", form_on=address, others="Per spurte først.")
    lost = visit("siri").get(f"/bookings/{other}").text

    assert "Siri Vik: Trening" in page[page.index("får disse nei") :]
    assert (without.status_code, granted.status_code) == (422, 303)
    assert "Tiden gikk til en annen forespørsel." in lost
    assert "Per spurte først." in lost
    assert "Per Solli" not in lost
    assert "/rooms/oren-flerbrukshall/gymsal-2/book?date=2026-09-15&amp;from=18%3A00&amp;to=20%3A00&amp;purpose=Trening" in lost


def undoable_on(page: str) -> list[str]:
    """The bookings beside whose reference a button undoes what was done to them."""
    listed = re.search(r'<ul class="undoable".*?</ul>', page, re.DOTALL)
    assert listed
    return re.findall(r'Innvilget: <a [^>]*>([^<]+)</a></span>\s*<form method="post" action="/acts/', listed[0])
