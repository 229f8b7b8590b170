"""The pages of agreements and grants: who sees what, what forms say, what the meters show."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select, update

from booking.models import Booking, Usage
from booking.support.models import Agreement, Grant, Scheme, SchemeKind
from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.booking.support.conftest import ROOM, Given
from tests.browsing import Axe, barriers
from tests.cast import PASSWORD

Visit = Callable[[str], Visitor]
OFFICE = [
    "/agreements",
    "/agreements/new",
    "/agreements/templates",
    "/grants",
    "/grants/new",
    "/grants/schemes",
    "/grants/schemes/new",
    "/grants/schemes/1",
    "/grants/rates",
    "/office/sought",
]
TERMS = {
    "title": "Åpen hall",
    "price_class": "partner",
    "hours": "12,5",
    "first_day": "2026-10-01",
    "last_day": "2027-05-31",
    "rooms": [ROOM, "oren-flerbrukshall/gymsal-2"],
    "duties": "",
}


def numbers(html: str) -> list[list[tuple[str, str]]]:
    """Of each meter on a page its numbers with their names."""
    meters = re.findall(r'<dl class="meter-numbers">(.*?)</dl>', html, re.DOTALL)
    return [re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", meter) for meter in meters]


def faults(html: str) -> dict[str, str]:
    """What stands at each field of a form."""
    found = re.findall(r'<div id="error-([\w.]+)" data-field="validation">(.*?)</div>', html, re.DOTALL)
    return {name: re.sub("<[^>]+>", "", text).strip() for name, text in found}


def rows(html: str) -> list[list[str]]:
    """The rows of all tables as texts."""
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)]
    return [[re.sub(r"\s+", " ", re.sub("<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


@pytest.mark.parametrize("address", OFFICE)
def test_the_pages_of_the_office_are_for_officers(visit: Visit, address: str) -> None:
    answers = {name: visit(name).get(address).status_code for name in ("", "per", "berit", "olav", "kari", "ada")}

    assert answers == {"": 401, "per": 403, "berit": 403, "olav": 403, "kari": 200, "ada": 200}


def test_an_organisation_s_own_page_is_for_its_delegates_and_officers(visit: Visit, given: Given) -> None:
    address = f"/organisations/{given.skiold}/support"

    answers = {name: visit(name).get(address).status_code for name in ("", "per", "siri", "tone", "olav", "nils", "berit", "kari")}

    assert answers == {"": 401, "per": 403, "siri": 403, "tone": 403, "olav": 403, "nils": 200, "berit": 200, "kari": 200}


def test_the_meter_tells_hours_granted_used_kept_and_left(visit: Visit) -> None:
    told = numbers(visit("kari").get("/agreements").text)

    assert told == [[("Avtalt", "6 timer"), ("Brukt", "2 timer"), ("Booket framover", "2 timer"), ("Igjen", "2 timer")]]


def test_a_delegate_sees_the_same_meter_and_cannot_end_the_agreement(visit: Visit, given: Given) -> None:
    officer, delegate = visit("kari"), visit("nils")

    seen = delegate.get(f"/organisations/{given.skiold}/support").text

    assert numbers(seen) == numbers(officer.get("/agreements").text)
    page = f"/agreements/{given.agreement}"
    assert ["Avslutt avtalen" in one.get(page).text for one in (officer, delegate)] == [True, False]


def test_a_grant_is_shown_with_what_it_is_worth(visit: Visit) -> None:
    told = rows(visit("kari").get("/grants").text.replace("\N{NO-BREAK SPACE}", " "))

    assert told[1] == ["Skiold turn", "Gratis treningstid Over taket", "2026", "2", "1 600 kr", "400 kr", "1 200 kr", "–"]
    assert told[3] == ["Skiold turn", "0 kr", "0 kr", "1 200 kr", "–", "1 200 kr"]


def test_two_grants_of_a_year_under_one_scheme_are_told_apart(visit: Visit, given: Given) -> None:
    officer, choir = visit("kari"), str(given.choir)
    halves = (("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31"))

    for first, last in halves:
        officer.post("/grants", organisation=choir, scheme=str(given.scheme), first_day=first, last_day=last)

    told = [row[1] for row in rows(officer.get("/grants").text) if row[0] == "Strømmen sangkor" and "Gratis" in row[1]]
    assert told == ["Gratis treningstid 01.01.2026–30.06.2026", "Gratis treningstid 01.07.2026–31.12.2026"]


def test_who_acts_for_one_organisation_goes_straight_to_it(visit: Visit, given: Given) -> None:
    answer = visit("nils").get("/support")

    assert (answer.status_code, answer.location) == (303, f"/organisations/{given.skiold}/support")


def test_who_acts_for_nobody_is_told_how_to_begin(visit: Visit) -> None:
    answer = visit("per").get("/support")

    assert answer.status_code == 200
    assert "Du representerer ingen ennå" in answer.text


def test_the_organisation_is_found_by_a_part_of_its_name_or_number(visit: Visit, given: Given) -> None:
    officer = visit("kari")

    found = {wanted: rows(officer.get(f"/agreements/new?q={wanted}").text)[1:] for wanted in ("sangkor", "313000028", "finnes-ikke")}

    row = ["Velg Strømmen sangkor", "313 000 028", "Frivillig organisasjon"]
    assert [[cell.replace("\N{NO-BREAK SPACE}", " ") for cell in found["sangkor"][0]], found["sangkor"], found["finnes-ikke"]] == [
        row,
        found["313000028"],
        [],
    ]


def test_an_officer_makes_an_agreement(app: Flask, visit: Visit, given: Given) -> None:
    officer, choir = visit("kari"), str(given.choir)

    answer = officer.post("/agreements", form_on=f"/agreements/new?organisation={choir}", organisation=choir, **TERMS)

    assert (answer.status_code, answer.location) == (303, "/agreements")
    database: Database = app.extensions["database"]
    with database.reading() as session:
        made = session.scalars(select(Agreement).where(Agreement.title == "Åpen hall")).one()
        assert (made.organisation_id, made.minutes, made.duties) == (int(choir), 750, "")
        assert [room.slug for room in made.rooms] == ["gymsal-1", "gymsal-2"]


def test_every_fault_of_an_agreement_stands_at_its_field(visit: Visit, given: Given) -> None:
    officer, choir = visit("kari"), str(given.choir)
    form_on = f"/agreements/new?organisation={choir}"

    empty = officer.post("/agreements", form_on=form_on, organisation=choir)
    wrong = officer.post("/agreements", form_on=form_on, organisation=choir, **TERMS | {"hours": "0,1", "first_day": "31.2.2026"})

    missing = "Dette må fylles ut."
    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert faults(empty.text) == dict.fromkeys(("title", "price_class", "hours", "first_day", "last_day", "rooms"), missing)
    assert sorted(faults(wrong.text)) == ["first_day", "hours"]
    assert 'value="oren-flerbrukshall/gymsal-2" checked' in wrong.text


def test_what_only_the_database_knows_is_told_at_the_fields_too(visit: Visit, given: Given) -> None:
    officer, choir = visit("kari"), str(given.choir)
    wrong = TERMS | {"last_day": "2026-09-30", "rooms": ["oren-flerbrukshall/gymsal-9", "slott"]}

    answer = officer.post("/agreements", form_on=f"/agreements/new?organisation={choir}", organisation=choir, **wrong)
    other_class = officer.post(
        "/agreements", form_on=f"/agreements/new?organisation={choir}", organisation=choir, **TERMS | {"price_class": "gull"}
    )

    assert sorted(faults(answer.text)) == ["last_day", "rooms"]
    assert faults(other_class.text) == {
        "price_class": "Prisklassen «gull» finnes ikke i retningslinjene for rommene. Velg list eller partner."
    }


def test_an_organisation_that_is_not_there_must_be_chosen_again(visit: Visit) -> None:
    officer = visit("kari")

    form_on = "/agreements"
    answers = [
        officer.post("/agreements", form_on=form_on, organisation="99999", **TERMS),
        officer.post("/agreements", form_on=form_on, organisation="9" * 30, **TERMS),
        officer.post("/grants", form_on=form_on, organisation="99999", scheme="1", first_day="2026-01-01", last_day="2026-12-31"),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert all("Hvilken organisasjon?" in answer.text for answer in answers)


def test_nobody_but_an_officer_makes_or_ends_anything(visit: Visit, given: Given) -> None:
    delegate, own = visit("berit"), f"/organisations/{given.skiold}"
    organisation = str(given.skiold)

    answers = [
        delegate.post("/agreements", form_on=own, organisation=organisation, **TERMS),
        delegate.post("/agreements", form_on=own),
        delegate.post("/grants", form_on=own, organisation=organisation, scheme="1", first_day="2026-01-01", last_day="2026-12-31"),
        delegate.post(f"/agreements/{given.agreement}/end", form_on=own),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]


def test_an_agreement_is_ended_once_when_it_was_seen_what_becomes_of_its_dates(visit: Visit, given: Given) -> None:
    officer, page = visit("kari"), f"/agreements/{given.agreement}"

    asked = officer.post(f"{page}/end", form_on=page, cancels="no")
    seen = re.search(r'name="seen" value="(\w+)"', asked.text)
    first, second = (officer.post(f"{page}/end", form_on="/agreements", confirmed="yes", seen=seen and seen[1]) for _ in range(2))

    assert (asked.status_code, first.status_code, second.status_code) == (409, 303, 404)
    assert rows(asked.text)[1][1:] == ["Blir stående, men trekkes ikke lenger fra noen avtale.", "200 kr", "800 kr"]
    assert "Avslutt avtalen" not in officer.get(page).text
    assert numbers(officer.get("/agreements").text)[0][1:3] == [("Brukt", "2 timer"), ("Booket framover", "0 minutter")]


def test_dates_are_cancelled_with_an_agreement_only_for_a_reason(visit: Visit, given: Given) -> None:
    officer, page = visit("kari"), f"/agreements/{given.agreement}"

    without = officer.post(f"{page}/end", form_on=page, cancels="yes")
    asked = officer.post(f"{page}/end", form_on=page, cancels="yes", reason="Sagt opp.")

    assert (without.status_code, faults(without.text)) == (422, {"reason": "Skriv hvorfor. De det gjelder, får lese begrunnelsen."})
    assert rows(asked.text)[1][1:] == ["Avlyses uten gebyr.", "200 kr", "–"]


def test_an_agreement_is_changed_renewed_and_starts_from_a_template(app: Flask, visit: Visit, given: Given) -> None:
    officer, page = visit("kari"), f"/agreements/{given.agreement}"
    promised = {"promised[0].kind": "open", "promised[0].amount": "4", "promised[0].text": "Åpen kveld", "remind_days": "60, 30"}
    template = {"name": "Åpen hall", "duties": "Frivillighet først.", "promised[0].kind": "dugnad", "promised[0].amount": "10"}
    terms = {**TERMS, "rooms": [ROOM], "last_day": "2026-12-31", "first_day": "2026-09-01", "hours": "6", **promised}

    changed = officer.post(f"{page}/change", form_on=f"{page}/change", organisation=str(given.skiold), version="1", **terms)
    done = officer.post(f"{page}/duties/1", form_on=page, done="yes")
    kept = officer.post("/agreements/templates", form_on="/agreements/templates", **template)

    assert [one.status_code for one in (changed, done, kept)] == [303, 303, 303]
    text = officer.get(page).text
    assert "Åpen aktivitet, 4 ganger" in text
    assert "0 av 4 holdt" in text
    renewal = officer.get(f"/agreements/new?renews={given.agreement}").text
    assert 'name="first_day" type="date" value="2027-09-01"' in re.sub(
        r'(name="first_day")[^>]*?( type="date" value="[^"]*")', r"\1\2", renewal
    )
    begun = officer.get(f"/agreements/new?organisation={given.choir}&template=1").text
    assert "Frivillighet først." in begun
    assert 'value="dugnad" selected' in begun


def test_an_officer_registers_a_grant_with_a_ceiling_as_people_write_it(app: Flask, visit: Visit, given: Given) -> None:
    officer, choir = visit("kari"), str(given.choir)

    form_on = f"/grants/new?organisation={choir}"
    days = {"first_day": "2027-01-01", "last_day": "2027-12-31"}

    wrong = officer.post("/grants", form_on=form_on, organisation=choir, ceiling="-1", own_share="120")
    unknown = officer.post("/grants", form_on=form_on, organisation=choir, scheme="999", first_day="2027-01-01", last_day="2026-12-31")
    made = officer.post("/grants", form_on=form_on, organisation=choir, scheme=str(given.scheme), ceiling="50 000", **days)

    assert (wrong.status_code, sorted(faults(wrong.text))) == (422, ["ceiling", "first_day", "last_day", "own_share", "scheme"])
    assert sorted(faults(unknown.text)) == ["last_day", "scheme"]
    database: Database = app.extensions["database"]
    with database.reading() as session:
        grant = session.scalars(select(Grant).where(Grant.organisation_id == given.choir)).one()
        assert (made.status_code, made.location) == (303, f"/grants/{grant.id}")
        assert (grant.first_day.year, grant.ceiling) == (2027, 5_000_000)


def test_what_was_sought_in_vain_is_counted_by_place_time_and_reason(visit: Visit) -> None:
    told = rows(visit("kari").get("/office/sought?days=30").text)
    room, tuesday = "Øren flerbrukshall, Gymsal 1", "Tirsdag kl. 18–19"

    assert [row for row in told if "Ganger" not in row] == [
        ["Ukjent bydel", room, "2"],
        ["Hele kommunen", "Alle rom", "1"],
        [tuesday, "2"],
        ["Uten tid", "1"],
        ["Tiden er opptatt", "2"],
        ["Ingen ledige rom passer", "1"],
        ["Rommet er for lite", "1"],
        ["Ukjent bydel", room, tuesday, "Tiden er opptatt", "2"],
        ["Hele kommunen", "Alle rom", "Uten tid", "Ingen ledige rom passer", "1"],
        ["Ukjent bydel", room, tuesday, "Rommet er for lite", "1"],
    ]


def test_a_longer_look_back_counts_older_wishes_too(visit: Visit) -> None:
    officer = visit("kari")

    found = [re.findall(r"(\d+ ønsker?) fant", officer.get(f"/office/sought?days={days}").text) for days in ("30", "90")]

    assert found == [["3 ønsker"], ["4 ønsker"]]


def test_a_report_goes_from_the_organisation_to_the_office_and_back(visit: Visit, given: Given, later: None) -> None:
    delegate, officer, address = visit("berit"), visit("kari"), f"/grants/{given.grant}/report"

    empty = delegate.post(address, form_on=address, send="yes")
    assert "Over fristen" in officer.get("/grants?year=2026").text
    sent = delegate.post(address, form_on=address, send="yes", text="Vi trente.", **{"figures.members": "80"})
    waits = officer.get("/grants?year=2026").text
    wrong = officer.post(f"{address}/answer", form_on=address, approved="no")
    returned = officer.post(f"{address}/answer", form_on=address, approved="no", reason="Hvor mange kom?")
    seen = delegate.get(address).text

    assert (empty.status_code, sorted(faults(empty.text))) == (422, ["figures.members", "text"])
    assert (sent.status_code, wrong.status_code, returned.status_code) == (303, 422, 303)
    assert "Skiold turn: Gratis treningstid" in waits
    assert "Kom etter fristen" in waits
    assert all(said in seen for said in ("Hvor mange kom?", "Vi trente.", "Send rapporten"))
    assert [visit(name).get(address).status_code for name in ("", "per", "siri", "olav", "nils")] == [401, 404, 404, 404, 200]


def test_a_report_on_money_tells_nothing_of_rooms_that_stand_under_other_grants(visit: Visit, given: Given) -> None:
    officer = visit("kari")
    officer.post("/grants/schemes", name="Drift", kind="operating", first_day="2026-01-01", base="1000", report_days="30")
    year = {"first_day": "2026-01-01", "last_day": "2026-12-31"}

    made = officer.post("/grants", organisation=str(given.skiold), scheme=str(given.scheme + 1), amount="1000", **year)
    told = {address: officer.get(f"{address}/report").text for address in (f"/grants/{given.grant}", made.location)}

    assert ["Full pris for rommene" in text for text in told.values()] == [True, False]


def test_a_report_that_another_wrote_in_meanwhile_is_shown_beside_what_one_wrote(visit: Visit, given: Given, later: None) -> None:
    address = f"/grants/{given.grant}/report"
    berit, nils = visit("berit"), visit("nils")
    (read,) = re.findall(r'name="seen" value="(\w+)"', berit.get(address).text)

    nils.post(address, form_on=address, text="Vi turnet hver uke.", seen=read)
    late = berit.post(address, form_on=address, text="Vi turnet mye.", seen=read)
    (seen,) = re.findall(r'name="seen" value="(\w+)"', late.text)
    saved = berit.post(address, form_on=address, text="Vi turnet mye, hver uke.", seen=seen)

    assert [one.status_code for one in (late, saved)] == [409, 303]
    assert all(text in late.text for text in ("Slik er den lagret nå", "Vi turnet hver uke.", "Vi turnet mye.", "Noen andre skrev"))
    assert "Vi turnet mye, hver uke." in nils.get(address).text


def test_who_was_there_is_confirmed_with_one_press(app: Flask, visit: Visit) -> None:
    delegate = visit("berit")
    address = re.search(r'action="(/bookings/[^"]+/usage)"', before := delegate.get("/bookings").text)

    answer = delegate.post(address[1] if address else "", form_on="/bookings", kind="used", as_booked="yes")

    assert "Ja, det kom 18" in before
    assert (answer.status_code, answer.location) == (303, "/bookings")
    assert "Ja, det kom" not in delegate.get("/bookings").text
    database: Database = app.extensions["database"]
    with database.reading() as session:
        used = session.scalars(select(Usage)).one()
        assert (used.heads, used.participants) == (18, {"6-12": 18})


def test_a_lease_status_that_another_decided_meanwhile_is_shown_first(visit: Visit, given: Given) -> None:
    kari, ada = visit("kari"), visit("ada")
    address, form = f"/organisations/{given.skiold}/lease", f"/organisations/{given.skiold}/decisions"
    (read,) = re.findall(r'name="seen" value="(\w+)"', kari.get(form).text)
    decided = {"first_day": "2026-01-01", "reason": "Vedtak 7"}

    first = ada.post(address, form_on=form, status="A", seen=read, **decided)
    late = kari.post(address, form_on=form, status="b", seen=read, **decided)
    strange = kari.post(address, form_on=form, status="ab", seen=read, **decided)

    assert [one.status_code for one in (first, late, strange)] == [303, 409, 422]
    assert "Noen andre har vedtatt leiestatus" in faults(late.text)["status"] and "Status A" in late.text
    assert faults(strange.text)["status"] == "«ab» er ikke en bokstav. Skriv én fra a til z."
    # What was mistyped in between does not make seen what was not.
    assert re.findall(r'name="seen" value="(\w+)"', strange.text) == [read]
    assert re.findall(r'name="seen" value="(\w+)"', late.text) != [read]


def test_what_another_stated_of_a_booking_is_shown_and_replaced_by_who_saw_it(app: Flask, visit: Visit, given: Given) -> None:
    address, form = f"/grants/{given.grant}/parts", f"/grants/{given.grant}"
    database: Database = app.extensions["database"]
    database.transact(lambda session: session.execute(update(Scheme).values(kind=SchemeKind.RENT)))
    with database.reading() as session:
        reference = session.scalars(select(Booking.reference).where(Booking.organisation_id == given.skiold)).first()
    said = {"booking": reference, "young": "40", "reason": "Delt bane"}

    first = visit("ada").post(address, form_on=form, local="50", **said)
    late = visit("kari").post(address, form_on=form, local="70", **said)
    (seen,) = re.findall(r'name="seen" value="(\w+)"', late.text)
    saw = visit("kari").post(address, form_on=form, local="70", seen=seen, **said)

    assert [one.status_code for one in (first, late, saw)] == [303, 409, 303]
    assert "Det er alt oppgitt noe for denne bookingen." in faults(late.text)["booking"]
    told = dict(re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", late.text))
    assert (told["Oppgitt for"], told["Unge nok, i prosent"], told["Egen tid, i prosent"]) == (reference, "40", "50")


def test_a_hearing_is_told_answered_and_decided_on_its_page(visit: Visit, given: Given) -> None:
    officer, delegate, own = visit("kari"), visit("berit"), f"/organisations/{given.skiold}"

    begun = officer.post(f"{own}/hearings", form_on=f"{own}/decisions", cause="Utleie", answer_by="2026-10-20")
    early = officer.post("/hearings/1/decision", form_on="/hearings/1", is_lost="yes", reason="Utleie")
    answered = delegate.post("/hearings/1/answer", form_on="/hearings/1", answer="<b>Nei</b>")
    decided = officer.post("/hearings/1/decision", form_on="/hearings/1", is_lost="yes", reason="Utleie")
    seen = delegate.get(f"{own}/support").text

    assert [one.status_code for one in (begun, early, answered, decided)] == [303, 409, 303, 303]
    assert "Ingen nye tilskudd til og med" in seen
    assert "&lt;b&gt;Nei" in delegate.get("/hearings/1").text
    assert [visit(name).get("/hearings/1").status_code for name in ("", "per", "siri")] == [401, 403, 403]


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages_have_no_barrier_and_never_scroll_sideways(page: Page, axe: Axe, given: Given) -> None:
    choir, skiold = given.choir, given.skiold
    page.goto("/sign-in")
    page.get_by_label("E-postadresse").fill("kari@example.org")
    page.get_by_role("textbox", name="Passord").fill(PASSWORD)
    page.get_by_role("button", name="Logg inn").click()

    page.goto("/grants/rates")
    page.get_by_label("Type rom").select_option("gym")
    page.get_by_label("Kroner i timen").fill("250")
    page.get_by_label("Kilde").fill("Vedtak 12")
    page.get_by_role("button", name="Noter satsen").click()
    faults = barriers(page, axe, "/grants/rates/1")
    forms = [f"/agreements/new?organisation={choir}", f"/grants/new?organisation={choir}"]
    agreement = f"/agreements/{given.agreement}"
    more = [
        agreement,
        f"{agreement}/change",
        f"/agreements/new?renews={given.agreement}",
        f"/organisations/{skiold}/support",
        f"/organisations/{skiold}/decisions",
        f"/grants/{given.grant}",
        f"/grants/{given.grant}/report",
    ]
    for address in [*OFFICE, "/agreements/new?q=sang", *forms, *more]:
        faults += barriers(page, axe, address)
        if address in forms:
            with page.expect_navigation():
                page.locator("main form button[type=submit]").click()
            faults += barriers(page, axe)
    page.goto(agreement)
    page.locator("summary", has_text="Avslutt avtalen").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Avslutt avtalen").click()
    assert "se over datoene" in page.locator("h1").inner_text()
    faults += barriers(page, axe)

    assert faults == []


def test_a_scheme_and_a_rate_are_mended_in_forms_that_begin_as_they_are(visit: Visit, given: Given) -> None:
    officer = visit("kari")
    scheme = officer.get(f"/grants/schemes/{given.scheme}").text
    rate = {"room_kind": "gym", "first_day": "2026-01-01", "per_hour": "2500", "source": "Vedtak 12"}

    changed = officer.post(
        f"/grants/schemes/{given.scheme}", name="Gratis treningstid", kind="rooms", first_day="2026-01-01", ceiling="900"
    )
    late = officer.post(f"/grants/schemes/{given.scheme}", name="Annet", kind="rooms", first_day="2026-01-01")
    made = officer.post("/grants/rates", form_on="/grants/rates", **rate)
    listed = officer.get("/grants/rates").text
    corrected = officer.post("/grants/rates/1", form_on="/grants/rates/1", **rate | {"per_hour": "250"})

    assert 'value="Gratis treningstid"' in scheme
    assert re.findall(r"<details class=\"ds-details\"( open)?>\s*<summary>([^<]+)<", scheme) == [
        (" open", "Leie og rom"),
        ("", "Bare i noen bygg"),
        ("", "Driftstilskudd"),
    ]
    assert "1 tilskudd er gitt under ordningen slik den er." in scheme
    assert [one.status_code for one in (changed, late, made, corrected)] == [303, 409, 303, 303]
    assert "Ordningen er endret mens du så på den." in faults(late.text)["name"]
    assert 'href="/grants/rates/1"' in listed
    assert "250 kr" in officer.get("/grants/rates").text
    assert [visit("olav").get(one).status_code for one in ("/grants/schemes/1", "/grants/rates/1")] == [403, 403]
    assert [officer.get(one).status_code for one in ("/grants/schemes/999", "/grants/rates/999")] == [404, 404]


def test_an_agreement_that_was_ended_by_mistake_is_made_again_as_it_was(visit: Visit, given: Given) -> None:
    officer, page = visit("kari"), f"/agreements/{given.agreement}"
    officer.post(f"{page}/end", form_on=page, cancels="no", confirmed="yes")

    (link,) = re.findall(r'href="([^"]+)">Lag avtalen på nytt<', officer.get(page).text)
    form = officer.get(link).text
    made = officer.post(
        "/agreements", form_on=link, organisation=str(given.skiold), confirmed="yes", **{**TERMS, "title": "Turn for alle", "rooms": [ROOM]}
    )

    assert 'value="Turn for alle"' in form
    assert (made.status_code, made.location) == (303, "/agreements")
    assert visit("nils").get(link).status_code == 403
