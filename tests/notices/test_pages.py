"""The page of notices that did not get through, for officers."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from database.outbox import Delivery, Notice, post
from tests.accounts.conftest import Visitor
from tests.browsing import Axe, barriers
from tests.cast import PASSWORD
from tests.notices.conftest import Office


def give_up_everything(office: Office) -> None:
    office.change(lambda session: session.execute(update(Notice).values(state=Delivery.FAILED)))


def test_an_officer_sees_whom_to_call_about_what(office: Office) -> None:
    booking = office.book()
    office.change(lambda session: post(session, "account-link", person_id=None, now=office.clock(), facts={"proof_link": 1}))
    give_up_everything(office)
    kari = Visitor(office.app.test_client())
    kari.sign_in("kari")

    page = kari.get("/notices").text

    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")
    about_berit = ("Berit Moe", 'href="tel:+4799000003"', f"/bookings/{booking.reference}", "01.09.2026")
    assert [word in rows[0] for word in about_berit] == [True] * 4
    assert [word in rows[1] for word in ("Ukjent", "Konto")] == [True] * 2


@pytest.mark.parametrize(("who", "status"), [("", 401), ("per", 403), ("olav", 403), ("kari", 200), ("ada", 200)])
def test_only_officers_see_it(office: Office, who: str, status: int) -> None:
    visitor = Visitor(office.app.test_client())
    if who:
        visitor.sign_in(who)

    assert visitor.get("/notices").status_code == status
    assert ("/notices" in visitor.get("/").text) == (status == 200)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_is_for_everybody_wide_and_narrow(page: Page, axe: Axe, office: Office) -> None:
    office.book()
    give_up_everything(office)
    page.goto("/sign-in")
    page.fill("#field-email", "kari@example.org")
    page.fill("#field-password", PASSWORD)
    page.click("main form >> text=Logg inn")

    assert barriers(page, axe, "/notices") == []
