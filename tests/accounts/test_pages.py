"""Pages of people and organisations, used as people use them."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask, render_template_string, request
from playwright.sync_api import Page

from accounts import edge
from accounts.links import path_for
from accounts.models import Delegation, Invitation, Person, ProofLink, RoleGrant
from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.browsing import Axe, barriers
from tests.cast import PASSWORD, Cast

WISH = '<form method="post"><input name="csrf_token" value="{{ csrf_token() }}"><b>{{ request.args.purpose }}</b></form>'


def latest(app: Flask, kind: type[ProofLink] | type[Invitation]) -> str:
    """The path in the last mail of a kind."""
    database: Database = app.extensions["database"]
    with database.reading() as session:
        return path_for(session.query(kind).order_by(kind.id.desc()).first(), app.config["SECRET_KEY"])


def main_links(page: str) -> list[tuple[str, str]]:
    """Where one can go on to from the middle of the page."""
    return re.findall(r'<a class="ds-button"[^>]* href="([^"]+)">([^<]+)</a>', page.partition("<main")[2])


def rows(app: Flask, kind: type) -> int:
    database: Database = app.extensions["database"]
    with database.reading() as session:
        return session.query(kind).count()


@pytest.fixture
def app(app: Flask) -> Flask:
    """The app with a form that needs a person, for those of other packages: its page shows what its query says."""

    def wish() -> str:
        if request.method == "POST":
            edge.actor().require_known()
        return render_template_string(WISH)

    app.add_url_rule("/trial/wish", "wish", wish, methods=["GET", "POST"])
    return app


def test_what_was_begun_survives_opening_an_account_in_another_browser(
    app: Flask, visitor: Visitor, another: Callable[[], Visitor]
) -> None:
    asked = visitor.post("/trial/wish", form_on="/trial/wish?room=sal", purpose="korøvelse")
    onward = unescape(asked.text.split('name="next" value="')[1].split('"')[0])
    visitor.post("/account-links", email="ny@example.org", next=onward)
    elsewhere = another()

    opened = elsewhere.post(latest(app, ProofLink), name="Nina Ny", phone="41234567", language="nb", password="en lang setning")

    assert asked.status_code == 401
    assert (opened.status_code, opened.location) == (303, "/trial/wish?room=sal&purpose=kor%C3%B8velse")
    assert "<b>korøvelse</b>" in elsewhere.get(opened.location).text
    assert elsewhere.get("/profile").status_code == 200


def test_looking_at_a_link_changes_nothing_pressing_does(app: Flask, visitor: Visitor, statements: list[str]) -> None:
    visitor.post("/account-links", email="ny@example.org")
    link = latest(app, ProofLink)
    people = rows(app, Person)
    statements.clear()

    for _ in range(3):
        assert visitor.get(link).status_code == 200

    assert [statement for statement in statements if not statement.startswith("SELECT")] == []
    assert rows(app, Person) == people


def test_a_used_link_says_so_and_leads_on(app: Flask, visitor: Visitor, another: Callable[[], Visitor]) -> None:
    visitor.post("/password-links", email="per@example.org")
    link = latest(app, ProofLink)
    first = visitor.post(link, password="en helt ny setning")

    again = another().get(link)

    assert (first.status_code, again.status_code) == (303, 410)
    assert '<h1 class="ds-heading" data-size="lg">Lenken er brukt</h1>' in again.text
    assert main_links(again.text) == [("/sign-in", "Logg inn"), ("/account-links", "Send en ny lenke")]


def test_a_link_that_is_none_of_ours_leads_on_too(visitor: Visitor) -> None:
    answer = visitor.get("/links/W10.abcdefghijklmnopqrstuvwxyz")

    assert (answer.status_code, "Lenken virker ikke" in answer.text) == (404, True)
    assert main_links(answer.text) == [("/sign-in", "Logg inn"), ("/account-links", "Send en ny lenke")]


def test_a_used_invitation_says_so_and_leads_on(app: Flask, visitor: Visitor, another: Callable[[], Visitor], kept: Cast) -> None:
    visitor.sign_in("berit")
    page = f"/organisations/{kept.skiold.id}"
    visitor.post(f"{page}/invitations", form_on=page, email="ny@example.org")
    invitation = latest(app, Invitation)
    another().post(invitation, name="Nina Ny", phone="41234567", language="nb", password="en lang setning")

    again = another().get(invitation)

    assert (again.status_code, "Invitasjonen er besvart</h1>" in again.text) == (410, True)
    assert main_links(again.text) == [("/sign-in", "Logg inn")]


def test_signing_out_comes_last_of_ones_own_pages(visitor: Visitor) -> None:
    visitor.sign_in("per")

    menu = visitor.get("/profile").text.partition('aria-label="Konto"')[2].partition("</nav>")[0]

    assert menu.rindex("<a ") < menu.index("Logg ut")


def test_a_field_that_is_needed_at_times_says_when(visitor: Visitor, kept: Cast) -> None:
    visitor.sign_in("ada")

    pages = [visitor.get(address).text for address in ("/invitations", f"/people/{kept.per.id}", "/calendars")]

    marked = 'Bygg <span class="optional">(for vaktmester)</span>'
    assert [(marked in page, "(valgfritt)" in page) for page in pages] == [(True, False)] * 3


def test_a_new_account_may_say_when_one_was_born(app: Flask, visitor: Visitor) -> None:
    visitor.post("/account-links", email="ny@example.org")
    link = latest(app, ProofLink)

    page = visitor.get(link).text
    visitor.post(link, name="Nina Ny", phone="41234567", born="1990-05-17", language="nb", password="en lang setning")

    assert "Noen rom har aldersgrense for den som booker" in page
    assert 'value="1990-05-17"' in visitor.get("/profile").text


@pytest.mark.parametrize("address", ["/account-links", "/password-links"])
def test_asking_for_a_link_does_not_tell_whether_there_is_an_account(visitor: Visitor, statements: list[str], address: str) -> None:
    answers, costs = [], []
    for email in ("per@example.org", "ghost@example.org"):
        statements.clear()
        answer = visitor.post(address, email=email)
        costs.append([statement.split("(")[0] for statement in statements])
        answers.append((answer.status_code, answer.location, visitor.get(answer.location).text.replace(email, "ADDRESS")))

    assert answers[0] == answers[1]
    assert costs[0] == costs[1]


def test_an_invited_stranger_opens_an_account_and_represents(
    app: Flask, visitor: Visitor, another: Callable[[], Visitor], kept: Cast
) -> None:
    visitor.sign_in("berit")
    page = f"/organisations/{kept.skiold.id}"
    visitor.post(f"{page}/invitations", form_on=page, email="ny@example.org")
    elsewhere = another()

    accepted = elsewhere.post(latest(app, Invitation), name="Nina Ny", phone="41234567", language="nb", password="en lang setning")

    assert (accepted.status_code, accepted.location) == (303, page)
    assert "Nina Ny" in elsewhere.get(page).text


def test_an_invited_member_signs_in_and_comes_back(app: Flask, visitor: Visitor, kept: Cast) -> None:
    visitor.sign_in("berit")
    page = f"/organisations/{kept.skiold.id}"
    visitor.post(f"{page}/invitations", form_on=page, email="per@example.org", is_leader="yes")
    visitor.post("/sign-out", form_on=page)
    invitation = latest(app, Invitation)

    assert f"/sign-in?next={invitation}" in visitor.get(invitation).text
    visitor.sign_in("per")
    visitor.post(invitation)

    assert "Gjør til leder" in visitor.get(page).text


def test_an_organisation_is_found_registered_and_confirmed(app: Flask, visitor: Visitor, another: Callable[[], Visitor]) -> None:
    officer = another()
    officer.sign_in("kari")
    visitor.sign_in("per")

    found = visitor.get("/organisations?number=313+000+060")
    made = visitor.post("/organisations", form_on="/organisations/new", number="313000060", name="Vårsol", applicant_class="organisation")
    waiting = officer.get("/register")
    database: Database = app.extensions["database"]
    with database.reading() as session:
        asked = session.query(Delegation.id).order_by(Delegation.id.desc()).first()[0]
    officer.post(f"/delegations/{asked}/confirmation", form_on="/register")

    assert "/organisations/new?number=313000060" in found.text
    assert "Vårsol" in waiting.text
    assert "Inviter en representant" in visitor.get(made.location).text


def test_a_group_is_registered_and_can_invite(visitor: Visitor) -> None:
    visitor.sign_in("per")

    made = visitor.post("/groups", form_on="/groups/new", name="Turgruppa")

    assert "Inviter en representant" in visitor.get(made.location).text


def test_a_token_is_shown_once(visitor: Visitor) -> None:
    visitor.sign_in("per")

    made = visitor.post("/profile/tokens", name="skript")

    assert (made.status_code, "arena_" in made.text, "arena_" in visitor.get("/profile/tokens").text) == (201, True, False)


def test_a_role_is_granted_and_revoked(app: Flask, visitor: Visitor, kept: Cast) -> None:
    visitor.sign_in("ada")
    page = f"/people/{kept.per.id}"

    visitor.post(f"{page}/roles", form_on=page, role="caretaker", venue=str(kept.oren.id))
    granted = visitor.get(page).text
    database: Database = app.extensions["database"]
    with database.reading() as session:
        grant = session.query(RoleGrant.id).filter_by(person_id=kept.per.id).scalar()
    visitor.post(f"/roles/{grant}/revocation", form_on=page)

    assert ("Vaktmester: Øren flerbrukshall" in granted, "Har ingen rolle." in visitor.get(page).text) == (True, True)


def test_a_faulty_form_comes_back_as_it_was_typed_with_every_fault(visitor: Visitor) -> None:
    visitor.sign_in("kari")

    answer = visitor.post("/people", form_on="/people/new", name="Gro Holt", phone="12", email="gro@")

    assert answer.status_code == 422
    assert [f'id="error-{name}"' in answer.text for name in ("name", "phone", "email")] == [False, True, True]
    assert 'value="Gro Holt"' in answer.text


def test_who_has_only_asked_sees_no_delegates(visitor: Visitor, kept: Cast) -> None:
    visitor.sign_in("siri")

    page = visitor.get(f"/organisations/{kept.skiold.id}").text

    assert ("venter på svar" in page, "Nils Bakke" in page) == (True, False)


KNOWN = {"per", "siri", "nils", "berit", "olav", "kari", "ada"}
OFFICERS = {"kari", "ada"}
SEEN_BY: dict[str, set[str]] = {
    "/profile": KNOWN,
    "/profile/email": KNOWN,
    "/profile/password": KNOWN,
    "/profile/tokens": KNOWN,
    "/organisations": KNOWN,
    "/organisations/new": KNOWN,
    "/groups/new": KNOWN,
    "/organisations/{skiold}": KNOWN,
    "/organisations/{kvilterne}": OFFICERS,
    "/organisations/{skiold}/facts": OFFICERS,
    "/register": OFFICERS,
    "/people": OFFICERS,
    "/people?q=per": OFFICERS,
    "/people/new": OFFICERS,
    "/people/{per}": OFFICERS,
    "/invitations": {"ada"},
}


def test_each_page_is_shown_to_those_who_may_see_it(another: Callable[[], Visitor], kept: Cast) -> None:
    ids = {"skiold": kept.skiold.id, "kvilterne": kept.kvilterne.id, "per": kept.per.id}
    statuses: dict[str, dict[str, int]] = {address: {} for address in SEEN_BY}
    for who in ("nobody", *sorted(KNOWN)):
        browser = another()
        if who != "nobody":
            browser.sign_in(who)
        for address in SEEN_BY:
            statuses[address][who] = browser.get(address.format(**ids)).status_code

    shown = {address: {who for who, status in answers.items() if status == 200} for address, answers in statuses.items()}
    assert shown == SEEN_BY
    assert {answers["nobody"] for answers in statuses.values()} == {401}
    assert {status for answers in statuses.values() for status in answers.values()} == {200, 401, 403, 404}


def test_every_page_is_for_the_eyes_of_one(visitor: Visitor) -> None:
    visitor.sign_in("per")

    assert {visitor.get(address).headers["Cache-Control"] for address in ("/sign-in?x", "/profile", "/organisations")} == {"no-store"}


def test_the_profiles_language_is_the_pages(visitor: Visitor) -> None:
    visitor.sign_in("per")
    visitor.get("/profile?lang=nb")

    visitor.post("/profile", name="Per Solli", phone="41234567", language="en")

    assert '<html lang="en">' in visitor.get("/profile").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_are_for_everybody_wide_and_narrow(page: Page, axe: Axe, app: Flask, kept: Cast) -> None:
    faults = []
    addresses = ["/sign-in", "/account-links", "/password-links", "/links/sent"]
    for address in addresses:
        faults += barriers(page, axe, address)
    page.goto("/sign-in")
    page.fill("#field-email", "ada@example.org")
    page.fill("#field-password", PASSWORD)
    page.click("main form >> text=Logg inn")
    mine = [
        "/profile",
        "/profile/email",
        "/profile/password",
        "/profile/tokens",
        "/organisations",
        "/organisations?number=313000001",
    ]
    staff = ["/organisations/new", "/groups/new", "/register", "/people", "/people?q=x", "/people/new", "/invitations"]
    rows = [f"/people/{kept.olav.id}", f"/organisations/{kept.skiold.id}", f"/organisations/{kept.skiold.id}/facts"]
    for address in [*mine, *staff, *rows]:
        faults += barriers(page, axe, address)
    faults += barriers(page, axe, "/organisations?number=1", status=422)

    assert faults == []


def test_an_officer_notes_and_ends_what_is_known_of_an_organisation(visitor: Visitor, kept: Cast) -> None:
    page = f"/organisations/{kept.skiold.id}"
    visitor.sign_in("kari")
    said = {"name": "active-members", "value": "120", "first_day": "2026-01-01", "last_day": "", "source": "Årsrapport 2025"}

    wrong = visitor.post(f"{page}/standings", form_on=page, **{**said, "name": "Aktive", "source": ""})
    noted = visitor.post(f"{page}/standings", form_on=page, **said)
    shown = visitor.get(page).text
    (address,) = re.findall(r'action="(/standings/\d+/end)"', shown)
    visitor.post(address, form_on=page, last_day="2026-02-28")

    told = visitor.get(page).text
    assert (wrong.status_code, [f'href="#field-{name}"' in wrong.text for name in ("name", "source")]) == (422, [True, True])
    assert (noted.status_code, noted.location) == (303, f"{page}#standings")
    assert ("Aktive medlemmer: 120" in shown, "Årsrapport 2025 · Kari Nordby" in shown, "Gjelder i dag" in shown) == (True, True, True)
    assert ("01.01.2026 til 28.02.2026" in told, "Gjelder i dag" in told, "/end" in told.partition('id="standings"')[2]) == (
        True,
        False,
        False,
    )


def test_others_do_not_read_what_officers_note(visitor: Visitor, kept: Cast) -> None:
    visitor.sign_in("berit")

    assert 'id="standings"' not in visitor.get(f"/organisations/{kept.skiold.id}").text
