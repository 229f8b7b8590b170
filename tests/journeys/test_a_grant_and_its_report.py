"""A grant from its scheme to the approved report: free hours are not paid for, one press confirms a use, the report is filled in."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.models import Occurrence
from booking.reservations import reserve
from database.transact import Database
from tests.booking.conftest import NOW, Hall, again, wish
from tests.clock import Clock
from tests.journeys.conftest import Look, Open, Work, follow, press, texts

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_club_gets_its_training_paid_and_reports_on_it(
    open_browser: Open, hall: Hall, database: Database, clock: Clock, work: Work, look: Look
) -> None:
    database.transact(train, hall)
    kari = open_browser("kari")
    kari.goto("/grants/schemes/new")
    kari.get_by_label("Navn").fill("Leie til trening")
    kari.get_by_label("Tilskudd til leie").check()
    kari.get_by_label("Trening", exact=True).check()
    kari.get_by_label("Deltakere under").fill("20")
    kari.get_by_label("Egenandel i prosent").fill("20")
    kari.get_by_label("Frist for rapport i dager").fill("30")
    kari.get_by_label("Aktive medlemmer").check()
    made = press(kari, "Lag ordningen")
    kari.goto(f"/grants/new?organisation={hall.cast.skiold.id}")
    kari.get_by_label("Ordning").select_option("Leie til trening")
    kari.get_by_label("Vedtaket").fill("Innvilget.")
    follow(kari.get_by_role("button", name="Registrer tilskuddet"))
    told, broken = texts(kari, ".checked tbody .why"), look(kari)

    clock.pass_by(timedelta(days=20))
    berit = open_browser("berit")
    berit.goto("/bookings")
    follow(berit.locator("section[aria-labelledby=used] li").last.get_by_role("button", name="Ja, det kom 18"))
    confirmed = texts(berit, ".ds-alert")[0]
    clock.pass_by(timedelta(days=120))
    reminded = [(mail.to, mail.subject) for mail in work() if "tilskuddet" in mail.subject]
    berit = open_browser("berit")
    berit.goto("/support")
    follow(berit.locator("section[aria-labelledby=reports]").get_by_role("link", name="Leie til trening"))
    filled = texts(berit, "section[aria-labelledby=measured] dd")
    broken += look(berit)
    berit.get_by_label("Hva tilskuddet gikk til").fill("Turn for barn.")
    berit.get_by_label("Aktive medlemmer").fill("80")
    sent = press(berit, "Send rapporten")
    kari = open_browser("kari")
    kari.goto("/grants?year=2026")
    follow(kari.locator("section[aria-labelledby=reports]").get_by_role("link"))
    press(kari, "Godkjenn")
    berit.reload()

    assert (made, confirmed, sent) == ("Ordningen «Leie til trening» er laget.", "Det er notert.", "Rapporten er sendt.")
    assert told == ["Organisasjonen betaler 20 % av leien.", "Timene er alt gratis, og tilskuddet betaler ikke for dem."]
    assert broken == []
    assert sorted(reminded) == [("berit", "Rapporten om tilskuddet har frist snart"), ("nils", "Rapporten om tilskuddet har frist snart")]
    assert filled[:2] == ["2 datoer, 4 timer", "2 timer av 4 timer. Resten er anslått slik det ble booket."]
    assert "Tilskuddet betaler av leien 640 kr" in " ".join(texts(berit, "section[aria-labelledby=measured] .facts >> nth=1"))
    assert texts(berit, "main p .ds-tag")[0] == "Godkjent"


def train(session: Session, hall: Hall) -> None:
    """Two evenings of training, of which the second was given for nothing."""
    for day in (15, 17):
        again(session)
        free = reserve(session, wish(start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00"), by=hall.berit, now=NOW)
    session.execute(update(Occurrence).where(Occurrence.booking_id == free.id).values(charged_price=0))
