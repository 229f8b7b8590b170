"""Every page of the tour for everybody: by axe's verdict, wide and narrow, and never wider than a telephone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app import create_app
from booking import runs
from booking.models import Booking
from database.transact import Database
from demo.load import load
from demo.people import PASSWORD
from policies.kinds import KNOWN
from settings import Settings
from tests import postgres
from tests.browsing import USUAL, Axe, barriers
from tests.conftest import Copies
from tests.journeys.conftest import follow, sign_in, stop
from tests.policies.test_drawing import Lottery

pytestmark = pytest.mark.browser
HALL, GYM = "/rooms/oren-flerbrukshall/hel-hall", "/rooms/oren-flerbrukshall/gymsal-1"
ASKED = {"from": "18:00", "to": "20:00", "activity": "sport.training", "purpose": "Trening", "participants.6-12": "18"}
SERIES = ASKED | {"repeat": "weekly", "times": "6", "applicant": "313000001"}
WRONG = {"date": "2026-04-31", "from": "25:00", "repeat": "weekly", "applicant": "other"}
POLICY = "/policies/venues/assiden-fotballhall"
MUNICIPALITY = "/policies/municipality"


@dataclass(frozen=True, slots=True)
class Tour:
    """The demo as it is shown: where it answers, and the reference of each booking by its purpose."""

    address: str
    references: dict[str, str]


@pytest.fixture(scope="module")
def tour(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    port = postgres.free_port()
    with copies.of("sqlite").copy() as url, pytest.MonkeyPatch.context() as clocks:
        folder = tmp_path_factory.mktemp("tour")
        settings = Settings(url, "only-for-the-tests-nowhere-else!", f"http://127.0.0.1:{port}", folder, demo=True)
        app = create_app(settings)
        clock, database = stop(clocks), app.extensions["database"]
        load(database, now=clock())
        with make_server("127.0.0.1", port, app, threaded=True) as server:
            thread = Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield Tour(settings.public_url, references(database))
            server.shutdown()
            thread.join()
        database.engine.dispose()


def references(database: Database) -> dict[str, str]:
    with Session(database.engine) as session:
        return {booking.purpose: booking.reference for booking in session.scalars(select(Booking).order_by(Booking.id.desc()))}


@pytest.fixture
def page(browser: Browser, tour: Tour) -> Iterator[Page]:
    context = browser.new_context(base_url=tour.address, **USUAL)
    yield context.new_page()
    context.close()


@pytest.fixture
def look(page: Page, axe: Axe) -> Callable[..., list[str]]:
    """What is wrong with a page, its status included where that is not the one expected."""
    return lambda address="", status=200: barriers(page, axe, address, status=status)


def preview(room: str = GYM, **said: str) -> str:
    return f"{room}/book/preview?{urlencode(said)}"


def test_what_everybody_sees(look: Callable[..., list[str]], page: Page) -> None:
    time = {"date": "2026-09-08", "from": "18:00", "to": "20:00"}

    faults = [
        *look("/"),
        *look(f"/?{urlencode(time | {'capacity': '30', 'weeks': '10', 'district': 'bragernes-oren'})}"),
        *look(f"/?{urlencode(time | {'kind': 'hall', 'capacity': '9000', 'district': 'konnerud'})}"),
        *look(f"/?{urlencode(WRONG | {'capacity': 'mange'})}".replace("repeat", "weeks"), 422),
        *look("/venues"),
        *look("/venues?capacity=30&district=bragernes-oren"),
        *look("/venues/oren-flerbrukshall"),
        *look("/venues/oren-flerbrukshall/days?day=2026-09-07"),
        *look(HALL),
        *look(f"{GYM}?week=2026-10-12"),
        *look(f"{GYM}/book"),
        *look(preview(**ASKED, date="2026-09-08", applicant="me")),
        *look("/bookings", 401),
        *look("/calendars/rooms/oren-flerbrukshall/gymsal-1"),
        *look("/statistics"),
        *look("/statistics/2025"),
        *look("/policies"),
        *look(POLICY),
        *look("/nothing", 404),
        *look("/rooms/oren-flerbrukshall/nowhere", 404),
        *look("/problems/conflict"),
    ]

    assert faults == []


def test_what_who_books_sees(look: Callable[..., list[str]], page: Page, tour: Tour) -> None:
    sign_in(page, "berit", PASSWORD)
    free = preview(**ASKED, date="2026-09-08", applicant="313000001")

    faults = [
        *look(f"{GYM}/book?date=2026-09-08&from=18:00&to=20:00"),
        *look(preview(**WRONG), 422),
        *look(free),
        *look(preview(**SERIES, date="2026-09-07")),
        *look(preview(HALL, **SERIES, date="2026-09-09")),
        *look(preview(**ASKED, date="2026-09-08", applicant="other", number="313000028")),
        *look("/bookings"),
        *look(f"/bookings/{tour.references['Turn, partiet 6-9 år']}"),
        *look(f"/bookings/{tour.references['Turn, partiet 6-9 år']}/conditions/fire-instruction"),
        *look(f"/bookings/{tour.references['Leksehjelp']}", 404),
        *look("/office", 403),
    ]

    assert faults == []


def test_what_people_see_of_their_own_data(look: Callable[..., list[str]], page: Page) -> None:
    faults = [*look("/personal-data")]
    sign_in(page, "per", PASSWORD)
    faults += [*look("/profile/personal-data"), *look("/profile/personal-data/erasure")]
    page.goto("/profile/personal-data")
    page.get_by_role("button", name="Last ned").click()
    faults += [*look()] if page.get_by_text("Dette må rettes").is_visible() else ["the password is not asked for"]

    assert faults == []


def test_what_administrators_see_of_it_and_of_rooms(look: Callable[..., list[str]], page: Page) -> None:
    sign_in(page, "ada", PASSWORD)
    page.goto("/people?q=Berit")
    page.get_by_role("link", name="Berit Moe").click()
    page.get_by_role("link", name="Hvem har sett opplysningene, og sletting").click()

    faults = [
        *look(page.url),
        *look("/personal-data/retention"),
        *look("/office/upgrades"),
        *look(f"{GYM}/survey"),
        *look("/venues/oren-flerbrukshall"),
    ]
    page.goto(f"{GYM}/survey")
    page.select_option("[name='lacks[0].what']", label="Heis")
    page.get_by_role("button", name="Ferdig").click()
    faults += [*look("", 422)]

    assert faults == []


def test_what_is_lost_to_others_meanwhile(look: Callable[..., list[str]], page: Page) -> None:
    sign_in(page, "berit", PASSWORD)
    address = preview(**ASKED, date="2026-09-10", applicant="313000001")
    page.goto(address)
    quicker = page.context.new_page()
    quicker.goto(address)
    follow(quicker.get_by_role("button", name="Book", exact=True))

    follow(page.get_by_role("button", name="Book", exact=True))

    assert page.locator("main h2").first.inner_text() == "Ikke booket"
    assert look() == []


def test_what_who_waits_sees(look: Callable[..., list[str]], page: Page, tour: Tour) -> None:
    sign_in(page, "per", PASSWORD)

    faults = [*look("/bookings"), *look(f"/bookings/{tour.references['Konfirmasjonsfest']}")]
    page.get_by_text("Flytt", exact=False).first.click()
    faults += look()
    page.get_by_label("Fra", exact=True).first.fill("16:00")
    page.get_by_label("Til", exact=True).first.fill("15:00")
    follow(page.get_by_role("button", name="Flytt", exact=True))
    faults += look()

    assert faults == []


def test_what_officers_see(look: Callable[..., list[str]], page: Page, tour: Tour) -> None:
    sign_in(page, "kari", PASSWORD)
    fair = tour.references["Flerkulturell festkveld"]

    faults = [
        *look("/office"),
        *look(f"/office/requests/{fair}"),
        *look(f"/bookings/{fair}"),
        *look("/office/search?q=Skiold"),
        *look("/office/search?q=zzz"),
        *look(f"{GYM}/book"),
        *look(preview(**ASKED, date="2026-09-08", applicant="me", caller="example.org"), 422),
        *look("/caretaker"),
        *look("/office/calendar?venue=oren-flerbrukshall&day=2026-09-07"),
        *look("/office/calendar?venue=oren-flerbrukshall&day=2026-09-07&room=hel-hall"),
    ]

    assert faults == []


def test_what_is_seen_of_a_complaint(look: Callable[..., list[str]], page: Page, tour: Tour) -> None:
    sign_in(page, "kari", PASSWORD)
    faults = look("/complaints")
    address = str(page.locator("main .hit a").first.get_attribute("href"))
    faults += [*look(address), *look(f"/cases/{address.rpartition('/')[2]}")]
    page.goto(address)
    follow(page.locator("section[aria-labelledby=reconsideration]").get_by_role("button"))
    faults += look()
    page.goto("/sign-in")
    follow(page.get_by_role("button", name="Logg ut"))
    sign_in(page, "berit", PASSWORD)
    faults += [*look("/complaints"), *look(address, 404)]
    faults += look(f"/complaints/new?booking={tour.references['Turn, partiet 6-9 år']}")

    assert faults == []


def test_who_lost_the_evening_sees_why_and_what_else_there_is(look: Callable[..., list[str]], page: Page, tour: Tour) -> None:
    sign_in(page, "kari", PASSWORD)
    page.goto(f"/office/requests/{tour.references['Konsert: Papirbruket og venner']}")
    follow(page.get_by_role("button", name="Innvilg"))

    faults = look(f"/bookings/{tour.references['Flerkulturell festkveld']}")

    assert page.get_by_role("heading", name="Søkeren kan be om noe annet").is_visible()
    assert faults == []


def test_what_officers_write(look: Callable[..., list[str]], page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    # The clock stands still: what waits for a worker would wait for ever.
    monkeypatch.setattr(runs, "PATIENCE", timedelta())
    sign_in(page, "kari", PASSWORD)
    venue, room = "/venues/oren-flerbrukshall", "/rooms/oren-flerbrukshall/gymsal-1/edit"

    page.goto(POLICY)
    follow(page.locator("main form button"))
    faults = look()
    follow(page.get_by_role("button", name="Prøv på bookingene"))
    page.get_by_role("heading", name="ville blitt avgjort annerledes").wait_for()
    faults += look()
    for address in (room, "/municipality", "/school-calendar"):
        faults += look(address)
    for part in ("edit", "access", "opening-hours", "closures", "contacts", "photos", "school-calendar"):
        faults += look(f"{venue}/{part}")
    page.goto(room)
    page.get_by_text("Ta rommet ut av bruk").click()
    follow(page.get_by_role("button", name="Ta ut av bruk"))
    page.locator("main summary").first.click()
    faults += look()
    follow(page.get_by_role("button", name="Lagre, og gi dem tilbud om noe annet"))
    faults += [*look()] if page.get_by_text("Dette må rettes").is_visible() else ["no reason is asked for"]
    follow(page.get_by_role("button", name="Gå tilbake uten å lagre"))

    assert faults == []
    assert page.get_by_text("Ta rommet ut av bruk").is_visible()


def test_what_officers_see_of_policies(look: Callable[..., list[str]], page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KNOWN, "lottery", Lottery)
    sign_in(page, "kari", PASSWORD)
    page.goto(MUNICIPALITY)
    follow(page.get_by_role("button", name="Endre retningslinjen"))
    draft = f"{MUNICIPALITY}/draft"
    request = {"room": "oren-flerbrukshall/gymsal-1", "date": "2026-09-08", "from": "18:00", "to": "23:00"}
    request |= {"applicant": "person", "age": "17", "activity": "celebration", "alcohol": "yes"}

    faults = look()
    for part in ("regulation", "text", "copies", "copies?source=library:drammen-library-room:0", "rules/new", "rules/prices"):
        faults += look(f"{draft}/{part}")
    faults += [
        *look(f"{draft}/rules/new?kind=lottery&paragraph=§ 4"),
        *look(f"{draft}/rules/new?kind=price"),
        *look(f"{draft}/try"),
        *look(f"{draft}/try?{urlencode(request)}"),
        *look(f"{draft}/try?{urlencode(request | {'date': '', 'age': 'x'})}", 422),
        *look(MUNICIPALITY),
        *look(f"{MUNICIPALITY}/versions/1"),
        *look(f"{MUNICIPALITY}/versions/1/regulation"),
        *look(f"{MUNICIPALITY}/versions/compare?old=1&new=draft"),
    ]
    page.goto(f"{draft}/rules/length")
    page.get_by_label("Høyst (minutter)").fill("30")
    follow(page.get_by_role("button", name="Lagre i utkastet"))
    faults += look(f"{MUNICIPALITY}/versions/compare?old=1&new=draft")

    assert faults == []


def test_what_caretakers_see_and_print(look: Callable[..., list[str]], page: Page) -> None:
    sign_in(page, "olav", PASSWORD)

    faults = [*look("/caretaker?day=2026-09-02"), *look("/caretaker?day=2026-09-02&venue=oren-flerbrukshall")]
    page.emulate_media(media="print")
    shown = [
        page.locator(part).first.is_visible() for part in (".uses", "main h1", ".site-header nav", ".round-head .actions", ".site-footer")
    ]

    assert faults == []
    assert shown == [True, True, False, False, False]
