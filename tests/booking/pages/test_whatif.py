"""Trying a draft on its page: asked for beside the publish button, followed while it runs, and read by those who decide."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from accounts.identity import SERVICE
from booking.runs import LEASE, PATIENCE, RUN_WHAT_IFS, lease, run_waiting, tell
from database.transact import Database
from policies.document import checked
from policies.places import place_at
from policies.verbs import discard_draft, save_draft
from tests.accounts.conftest import Visitor
from tests.booking.conftest import Hall
from tests.booking.pages.conftest import Hidden
from tests.booking.test_whatif import PRIVATE, SHORT, THREE, amended
from tests.clock import Clock

DRAFT = "/policies/municipality/draft"
PAGE = f"{DRAFT}/what-if"
REFRESH = '<noscript><meta http-equiv="refresh"'


@pytest.fixture
def database(app: Flask, hall: Hall, clock: Clock, booked: Callable[..., str]) -> Database:
    """The app's database with three dates of a club and one of Per, and a draft that lets nobody stay longer than an hour."""
    found: Database = app.extensions["database"]
    booked(**THREE)
    booked("per", **PRIVATE)
    save(found, hall, clock, amended(SHORT), 0)
    return found


@pytest.fixture
def held(app: Flask) -> None:
    """Nothing runs by itself."""
    app.extensions[RUN_WHAT_IFS] = lambda: None


def save(database: Database, hall: Hall, clock: Clock, document: dict[str, Any], version: int) -> None:
    with database.reading() as session:
        place = place_at(session, "")
    database.transact(save_draft, place, checked(document), version=version, by=hall.kari, now=clock())


def told(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).replace("\xa0", " ")


def test_it_is_asked_for_on_the_draft_and_followed_until_it_is_done(
    database: Database, held: None, visit: Callable[..., Visitor], clock: Clock
) -> None:
    kari = visit("kari")

    asked = kari.post(PAGE, form_on=DRAFT, **Hidden(kari.get(DRAFT), PAGE).forms[0])
    waiting = kari.get(PAGE).text
    leased = database.transact(lease, by=SERVICE, now=clock())
    database.transact(tell, leased, 3, 4, by=SERVICE, now=clock())
    running = kari.get(PAGE).text
    clock.pass_by(LEASE)
    run_waiting(database)
    done = kari.get(PAGE).text

    assert (asked.status_code, asked.location) == (303, PAGE)
    assert ("Begynner straks." in waiting, REFRESH in waiting, "Prøv på nytt" in waiting) == (True, True, False)
    assert ('value="3" max="4"' in running, "3 av 4 datoer er prøvd." in running, REFRESH in running) == (True, True, True)
    assert REFRESH not in kari.get(f"{PAGE}?reload=no").text and "<progress" not in done and REFRESH not in done
    assert "4 datoer ville blitt avgjort annerledes" in told(done)


def test_what_was_found_tells_sums_names_and_dates_which_can_be_shown_by_kind(
    database: Database, hall: Hall, visit: Callable[..., Visitor], clock: Clock
) -> None:
    save(database, hall, clock, amended({**SHORT, "scope": {"applicants": ["organisation"]}}, times=2), 1)
    kari = visit("kari")
    kari.post(PAGE, form_on=DRAFT, version="2")
    kari.get(PAGE)
    clock.pass_by(PATIENCE)
    kari.get(PAGE)
    for thread in threading.enumerate():
        if thread.name == "what-if":
            thread.join()

    every, dearer = told(kari.get(PAGE).text), told(kari.get(f"{PAGE}?kind=dearer").text)

    assert "Blir avslått 3 6 timer -2 400 kr Blir dyrere 1 2 timer +800 kr" in every
    assert "Skiold turn Blir avslått: 3 datoer, 6 timer, -2 400 kr Per Solli Blir dyrere: 1 dato, 2 timer, +800 kr" in every
    assert "Skiold turn Godtas , 800 kr Avslås 2 timer er for lenge. Book høyst 1 time. Fordi." in every
    assert "Gymsal 1, Øren flerbrukshall Per Solli Må vurderes , 800 kr Må vurderes , 1 600 kr" in dearer
    assert ("15. september" in every, "15. september" in dearer) == (True, False)


def test_a_draft_that_was_changed_or_is_gone_since_is_said_so(
    database: Database, hall: Hall, held: None, visit: Callable[..., Visitor], clock: Clock
) -> None:
    kari = visit("kari")
    kari.post(PAGE, form_on=DRAFT, version="1")
    run_waiting(database)
    same = kari.get(PAGE).text

    save(database, hall, clock, amended(), 1)
    stale = kari.post(PAGE, form_on=PAGE, version="1")
    another = kari.get(PAGE).text
    with database.reading() as session:
        place = place_at(session, "")
    database.transact(discard_draft, place, version=2, by=hall.kari, now=clock())
    gone = kari.get(PAGE).text

    assert ("etter denne prøvingen" in same, "Utkastet er endret etter denne prøvingen." in another) == (False, True)
    assert stale.status_code == 409
    assert ("publisert eller forkastet etter denne prøvingen" in gone, "Prøv på nytt" in gone) == (True, False)


def test_dates_that_make_no_sense_are_told_at_their_fields(database: Database, held: None, visit: Callable[..., Visitor]) -> None:
    kari = visit("kari")

    turned = kari.post(PAGE, form_on=PAGE, version="1", since="2026-09-02", until="2026-09-01")
    typed = kari.post(PAGE, form_on=PAGE, version="1", since="31.04.2026")

    assert (turned.status_code, 'id="error-until"' in turned.text, 'value="2026-09-02"' in turned.text) == (422, True, True)
    assert (typed.status_code, 'id="error-since"' in typed.text) == (422, True)


def test_where_there_is_neither_draft_nor_trial_there_is_no_page_and_only_officers_see_it(
    database: Database, held: None, visit: Callable[..., Visitor]
) -> None:
    room = "/policies/rooms/oren-flerbrukshall/gymsal-1/draft/what-if"

    assert "Utkastet er ikke prøvd ennå" in visit("kari").get(PAGE).text
    assert [visit("kari").get(room).status_code, visit("olav").get(PAGE).status_code, visit().get(PAGE).status_code] == [404, 403, 401]


def test_what_was_given_up_says_what_to_do(database: Database, held: None, visit: Callable[..., Visitor], clock: Clock) -> None:
    kari = visit("kari")
    kari.post(PAGE, form_on=DRAFT, version="1")
    for _ in range(4):
        database.transact(lease, by=SERVICE, now=clock())
        clock.pass_by(LEASE + timedelta(seconds=1))

    page = kari.get(PAGE).text

    assert ("er gitt opp. Prøv på nytt" in page, "<progress" in page) == (True, False)
