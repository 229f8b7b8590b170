"""The pages that notices lead to, and the officer's list of whom they did not reach."""

import re

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from booking.states import TaskReason
from booking.tasks import call_for
from database.outbox import Notice, post
from tests.accounts.conftest import Visitor
from tests.browsing import Axe, barriers
from tests.cast import PASSWORD
from tests.notices.conftest import Office
from tests.notices.test_answers import cancelled_by_kari


def call_for_all(office: Office) -> None:
    def call(session):
        for notice in session.scalars(select(Notice).order_by(Notice.id)):
            call_for(session, TaskReason.BOUNCED, notice, now=office.clock())

    office.change(call)


def test_an_officer_sees_whom_to_call_about_what_and_says_that_it_is_done(office: Office) -> None:
    booking = office.book()
    office.change(lambda session: post(session, "account-link", person_id=None, now=office.clock(), facts={"proof_link": 1}))
    call_for_all(office)
    kari = Visitor(office.app.test_client())
    kari.sign_in("kari")

    page = kari.get("/office").text
    address = re.search(r'action="(/office/tasks/\d+/completion)"', page)
    assert address
    first, second = (kari.post(address[1], form_on="/office").status_code for _ in range(2))

    rows = page.partition('id="calls"')[2].partition("</section>")[0].split("</li>")
    about_berit = ("Berit Moe", 'href="tel:+4799000003"', f"/bookings/{booking.reference}", "kom i retur")
    assert [word in rows[0] for word in about_berit] == [True] * 4
    assert [word in rows[1] for word in ("Ukjent", "Konto")] == [True] * 2
    assert (first, second, "1 må ringes" in kari.get("/office").text) == (303, 409, True)
    assert "<dd>Venter på å bli sendt, 1. september 2026 kl. 22:30</dd>" in kari.get(f"/bookings/{booking.reference}").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages_are_for_everybody_wide_and_narrow(page: Page, axe: Axe, office: Office) -> None:
    _, link = cancelled_by_kari(office)
    call_for_all(office)
    asked = barriers(page, axe, link)
    page.locator("main form button").click()
    thanked = barriers(page, axe, "/answers")
    ended = barriers(page, axe, link, status=410)
    page.goto("/sign-in")
    page.fill("#field-email", "kari@example.org")
    page.fill("#field-password", PASSWORD)
    page.click("main form >> text=Logg inn")

    assert (asked, thanked, ended, barriers(page, axe, "/office")) == ([], [], [], [])
