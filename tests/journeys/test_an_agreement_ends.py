"""An agreement from its template to its end: bookings draw on it by themselves, and it is ended with open eyes."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from booking.reservations import reserve
from booking.support.principles import keep_template
from booking.support.terms import TemplateTerms
from database.transact import Database
from tests.booking.conftest import NOW, Hall, again, wish
from tests.clock import Clock
from tests.journeys.conftest import Look, Open, Work, follow, press, texts

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_bookings_draw_on_an_agreement_until_it_is_ended_and_their_holder_is_told(
    open_browser: Open, hall: Hall, database: Database, clock: Clock, work: Work, look: Look
) -> None:
    database.transact(begin, hall)
    kari = open_browser("kari")
    kari.goto(f"/agreements/new?organisation={hall.cast.skiold.id}")
    follow(kari.get_by_role("link", name="Åpen hall"))
    kari.get_by_label("Navn på avtalen").fill("Turn for alle")
    kari.get_by_label("Prisklasse").select_option("partner")
    kari.get_by_label("Første dag").fill("2026-09-01")
    kari.get_by_label("Siste dag").fill("2026-12-31")
    kari.get_by_label("Timer", exact=True).fill("4")
    kari.locator("input[value='oren-flerbrukshall/gymsal-1']").check()
    broken = look(kari)
    follow(kari.get_by_role("button", name="Lag avtalen"))
    drawn = texts(kari, "tbody td")
    made = press(kari, "Lag avtalen")

    berit = open_browser("berit")
    berit.goto("/support")
    follow(berit.get_by_role("link", name="Turn for alle"))
    meter = texts(berit, ".meter-numbers dd")
    duties = texts(berit, ".duties li")
    broken += look(berit)
    clock.pass_by(timedelta(days=2))
    work()
    kari = open_browser("kari")
    kari.goto("/agreements")
    follow(kari.get_by_role("link", name="Turn for alle"))
    kari.locator("summary", has_text="Avslutt avtalen").click()
    follow(kari.get_by_role("button", name="Avslutt avtalen"))
    becomes = texts(kari, "tbody td")
    ended = press(kari, "Avslutt avtalen")
    clock.pass_by(timedelta(minutes=5))
    told = [(mail.to, mail.subject.partition(":")[0]) for mail in work() if "Avtalen er endret" in mail.subject]

    assert (made, ended) == ("Avtalen «Turn for alle» er laget.", "Avtalen «Turn for alle» er avsluttet.")
    assert drawn[:3] == ["Trekkes fra avtalen «Turn for alle».", "800 kr", "200 kr"]
    assert meter == ["4 timer", "0 minutter", "2 timer", "2 timer", "0 minutter"]
    assert duties == ["Åpen aktivitet, 4 ganger: Åpen kveld 0 av 4 holdt, etter bookingene"]
    assert becomes[:3] == ["Blir stående, men trekkes ikke lenger fra noen avtale.", "200 kr", "800 kr"]
    assert ("berit", "Avtalen er endret") in told
    assert broken == []


def begin(session: Session, hall: Hall) -> None:
    """A template, and an evening that was booked before there was any agreement."""
    again(session)
    terms = TemplateTerms(name="Åpen hall", promised=[{"kind": "open", "amount": 4, "text": "Åpen kveld"}], remind_days=(30,))
    keep_template(session, terms, by=hall.kari, now=NOW)
    reserve(session, wish(start="2026-09-15T18:00", end="2026-09-15T20:00"), by=hall.berit, now=NOW)
