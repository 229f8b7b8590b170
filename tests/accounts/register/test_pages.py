"""The pages: an organisation is found by name or number, staff settle what changed, a lead is handed over, teams are listed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.identity import SERVICE
from accounts.lapsing import lapse_delegation, unused
from accounts.links import path_for
from accounts.models import Delegation, Invitation
from accounts.register.client import client_for
from accounts.register.models import Review
from database.outbox import Notice
from tests.accounts.conftest import Visitor
from tests.accounts.register.conftest import Office
from tests.accounts.register.stand_in import answering
from tests.cast import Cast
from tests.clock import Clock


@pytest.fixture
def office(app: Flask, kept: Cast, clock: Clock):
    with answering() as (answers, address):
        client = client_for(address, "https://arena.test", resolve=lambda host, port: ["127.0.0.1"])
        register = app.extensions["register"] = replace(app.extensions["register"], client=client)
        yield Office(app.extensions["database"], kept, answers, register, clock)


def test_an_organisation_is_found_by_its_name_and_registered(office: Office, visitor: Visitor) -> None:
    visitor.sign_in("per")

    named = visitor.get("/organisations?number=vårsol").text
    found = visitor.get("/organisations?number=313 000 133").text
    form = visitor.get("/organisations/new?number=313000133").text
    made = visitor.post("/organisations", form_on="/organisations/new?number=313000133", number="313000133", name="x")
    page = visitor.get(made.location).text
    wrong = visitor.get("/organisations?number=313000134")
    office.answers.mood = "garbage"
    unread = visitor.get("/organisations?number=313000222").text
    typed = visitor.post("/organisations", form_on="/organisations/new?number=313000222", number="313000222", name="Grannelaget")

    assert 'href="/organisations?number=313000133">VÅRSOL PENSJONISTFORENING' in named
    assert "VÅRSOL PENSJONISTFORENING" in found and "Registrer organisasjonen" in found
    assert 'name="applicant_class"' not in form
    assert "Frivillig organisasjon, fordi står i Frivillighetsregisteret" in page and "Samvær for pensjonister" in page
    assert wrong.status_code == 422 and "kontrollsifferet stemmer ikke" in wrong.text
    assert "er gyldig. Du kan registrere" in unread
    assert "Ikke bekreftet: registeret er ikke lest" in visitor.get(typed.location).text
    # A dissolved one, and a number that no register knows.
    office.answers.mood = "well"
    assert "Organisasjonen er slettet fra registeret" in visitor.get("/organisations?number=313000141").text
    assert "Nummeret finnes ikke i registeret" in visitor.get("/organisations?number=313000206").text


def test_staff_see_what_changed_and_settle_it(office: Office, visitor: Visitor) -> None:
    office.follow()
    office.row("313000001")["konkurs"] = True
    office.tell("313000001")
    office.answers.mood = "busy"
    office.follow(hours=2)
    visitor.sign_in("kari")
    address = f"/organisations/{office.cast.skiold.id}"

    register, desk, page = (visitor.get(one).text for one in ("/register", "/office", address))
    with office.database.reading() as session:
        review = max(one.id for one in session.scalars(select(Review)))
    left = visitor.post(f"/reviews/{review}/settlement", form_on=address, is_taken="yes")
    told = visitor.get(visitor.post(f"{address}/reading", form_on=address).location).text

    assert "Registeret svarte ikke som det skulle" in register and "status-503" in register
    assert "Tilstand: Registrert → <strong>Konkurs" in page and "Status: bankrupt: Nei → <strong>Ja" in page
    assert "Registeret sier noe annet om 4 organisasjoner" in desk
    assert left.location == address and "La det gjelde her også" not in visitor.get(address).text
    assert "Registeret svarte ikke som det skulle (status-503)" in told
    assert office.stands(office.cast.skiold)[3] == ["bankrupt", "sector-7000"]


def test_roles_are_told_to_those_who_act_for_it_and_to_staff_alone(
    office: Office, visitor: Visitor, another: Callable[[], Visitor]
) -> None:
    office.row("313000001", "rollegrupper")["rollegrupper"][0]["roller"][1]["person"] = {
        "navn": {"fornavn": "Siri", "etternavn": "Vik"},
        "fodselsdato": str(office.cast.siri.born),
    }
    office.follow()
    address, told = f"/organisations/{office.cast.skiold.id}", {}
    for name in ("per", "nils", "berit", "kari"):
        browser = another()
        browser.sign_in(name)
        told[name] = browser.get(address).text

    assert {name: "Roller i registeret" in page for name, page in told.items()} == {"per": False, "nils": True, "berit": True, "kari": True}
    assert "1979-05-17" not in "".join(told.values()) and "17.05.1979" not in "".join(told.values())
    assert "Nestleder i registeret, samme navn og fødselsdato" in told["berit"] and "Siri Vik" not in told["per"]
    visitor.sign_in("berit")
    with office.database.reading() as session:
        siri = session.scalars(select(Delegation.id).where(Delegation.person_id == office.cast.siri.id)).one()
        nils = session.scalars(select(Delegation.id).where(Delegation.person_id == office.cast.nils.id)).one()
    assert visitor.post(f"/delegations/{nils}/confirmation", form_on=address, role_code="LEDE").status_code == 409
    visitor.post(f"/delegations/{siri}/confirmation", form_on=address, role_code="LEDE")
    with office.database.reading() as session:
        assert (session.get_one(Delegation, siri).role_code, session.get_one(Delegation, nils).role_code) == ("NEST", "")


def test_a_lead_is_handed_over_at_once_or_when_the_successor_accepts(office: Office, visitor: Visitor, another: Callable) -> None:
    address = f"/organisations/{office.cast.skiold.id}"
    visitor.sign_in("berit")

    own = visitor.post(f"{address}/handover", form_on=address, successor="berit@example.org")
    visitor.post(f"{address}/handover", form_on=address, successor="per@example.org", stays="yes")
    with office.database.reading() as session:
        invitation = session.scalars(select(Invitation)).one()
        waits = acting(session, office.cast)
    path = path_for(invitation, "only-for-the-tests-nowhere-else!")
    per = another()
    per.sign_in("per")
    per.post(path)
    with office.database.reading() as session:
        accepted = acting(session, office.cast)
    per.post(f"{address}/handover", form_on=address, successor="nils@example.org")
    with office.database.reading() as session:
        at_once = acting(session, office.cast)

    assert own.status_code == 409 and "en annen enn deg" in own.text
    assert waits == {"berit": "confirmed leader", "nils": "confirmed", "siri": "asked"}
    assert accepted == {"berit": "confirmed", "per": "confirmed leader", "nils": "confirmed", "siri": "asked"}
    assert at_once == {"berit": "confirmed", "per": "ended", "nils": "confirmed leader", "siri": "asked"}


def test_who_books_for_nobody_is_told_and_then_acts_for_nobody(office: Office, visitor: Visitor) -> None:
    after, address = timedelta(days=547), f"/organisations/{office.cast.skiold.id}"

    def lapse(days: int) -> list[bool]:
        office.clock.pass_by(days=days)
        with office.database.reading() as session:
            found = unused(session, after, office.clock.moment)
        for one in found:
            office.do(lapse_delegation, one, by=SERVICE)
        return [one.is_warned for one in found]

    # The cast has acted since January 2026; Berit and Nils are told 30 days before, Berit says that it holds.
    early, told, again = lapse(250), lapse(30), lapse(29)
    visitor.sign_in("berit")
    page = visitor.get(address).text
    with office.database.reading() as session:
        berit = session.scalars(select(Delegation.id).where(Delegation.person_id == office.cast.berit.id)).one()
    visitor.post(f"/delegations/{berit}/renewal", form_on=address)
    ended = lapse(2)

    assert (early, told, again, ended) == ([], [False, False], [], [True])
    assert "Representerer du fortsatt Skiold turn?" in page
    with office.database.reading() as session:
        assert acting(session, office.cast) == {"berit": "confirmed leader", "nils": "ended", "siri": "asked"}
        kinds = [one.kind for one in session.scalars(select(Notice).order_by(Notice.id))]
    assert kinds == ["delegation-lapsing", "delegation-lapsing", "delegate-ended"]


def test_teams_are_listed_and_fill_in_the_booking(office: Office, visitor: Visitor) -> None:
    address, form = f"/organisations/{office.cast.skiold.id}", "/rooms/oren-flerbrukshall/gymsal-1/book"
    visitor.sign_in("nils")

    backwards = visitor.post(f"{address}/teams", form_on=address, team="Turnbarn", youngest="9", oldest="6")
    visitor.post(f"{address}/teams", form_on=address, team="Turnbarn", youngest="6", oldest="9", members="24")
    visitor.post(f"{address}/teams", form_on=address, team="Turnbarn", youngest="6", oldest="8", members="20")
    page = visitor.get(form).text
    filled = visitor.get(f"{form}?team=Turnbarn&applicant=313000001&participants.6-12=20").text

    assert backwards.status_code == 422 and "ikke være yngre enn den yngste" in backwards.text
    assert "6–8 år" in visitor.get(address).text and "6–9 år" not in visitor.get(address).text
    assert "participants.6-12=20" in page and "team=Turnbarn" in page and '<option value="Turnbarn">' in page
    assert 'name="participants.6-12" value="20"' in filled


def acting(session, cast: Cast) -> dict[str, str]:
    found = session.scalars(select(Delegation).where(Delegation.organisation_id == cast.skiold.id)).all()
    return {one.person.email.partition("@")[0]: f"{one.state}{' leader' if one.is_leader else ''}" for one in found}
