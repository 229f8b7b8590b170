"""A complaint two years later: rules, prices, staff, organisation and hall are others by then, and the case still tells how it was."""

import json
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Role
from accounts.models import Delegation, DelegationState, RoleGrant
from accounts.queries import actor_of
from booking.models import Booking
from booking.reservations import reserve
from database.transact import Database
from policies.document import checked
from policies.places import place_at
from policies.verbs import publish
from tests.booking.complaints.conftest import mentioned
from tests.booking.conftest import COMPLAINT, NOW, POLICY, REASON, Hall, again, publish_with, wish
from tests.clock import Clock
from tests.journeys.conftest import Look, Open, Work, follow, follow_menu, press, texts
from venues.models import OpeningHours, Room

pytestmark = pytest.mark.browser
GROUPS_FIRST = {
    "kind": "priority",
    "id": "order",
    "order": [{"name": {"nb": "grupper", "nn": "grupper", "en": "groups"}, "applicants": ["group"]}],
    "reason": REASON,
}
EVENING = {"start": "2026-09-18T18:00", "end": "2026-09-18T22:00", "activity": "culture.concert"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_complaint_two_years_later_finds_everything_as_it_was(
    app: Flask, open_browser: Open, hall: Hall, database: Database, clock: Clock, work: Work, look: Look, tmp_path: Path
) -> None:
    lost = database.transact(two_concerts, hall)
    kari = open_browser("kari")
    follow(kari.get_by_role("link", name="Innboks"))
    follow(kari.get_by_role("link", name="Onsdagskvilterne: Vernissasje"))
    follow(kari.get_by_role("button", name="Innvilg"))
    told = [mail.subject for mail in work() if mail.to == "berit"]

    clock.pass_by(timedelta(days=730))
    database.transact(everything_changes, hall, clock)
    nils = open_browser("nils")
    nils.goto(f"/bookings/{lost}")
    follow(nils.get_by_role("link", name="Klag på vedtaket").first)
    limits, broken = texts(nils, "section[aria-labelledby=limits] li"), look(nils)
    nils.get_by_label("Klagen").fill("Vi i Skiold turn spurte først. Ring Nils Bakke, 990 00 004.")
    received = press(nils, "Send klagen")
    state, broken = texts(nils, "main h1 .ds-tag"), broken + look(nils)
    complaint = nils.url.rpartition("/")[2]

    ada = open_browser("ada")
    follow_menu(ada, "Støtte og penger", "Klager")
    broken += look(ada)
    follow(ada.get_by_role("link", name=complaint))
    ada.get_by_label("Ja, den behandles").check()
    ada.get_by_label("Begrunnelse").fill("Varselet ble oversett, og saken gjelder mange.")
    press(ada, "Lagre")
    broken += look(ada)
    ada.get_by_label("Vedtaket står, og klagen sendes til klageinstansen").check()
    ada.get_by_label("Begrunnelse").fill("Grupper gikk foran etter reglene da.")
    press(ada, "Lagre")
    ada.get_by_label("Vedtaket står", exact=True).check()
    ada.get_by_label("Begrunnelse").fill("Enige med kommunen.")
    press(ada, "Lagre")
    steps = texts(ada, "section[aria-labelledby=steps] li strong")
    letters = [mail.text for mail in work() if mail.to == "nils" and mail.subject == f"Klagen {complaint}"]
    follow(ada.get_by_role("link", name="Saken som fil"))
    broken += look(ada)
    with ada.expect_download() as download:
        ada.get_by_role("button", name="Last ned sladdet sak").click()
    download.value.save_as(tmp_path / "from-page.zip")

    run = app.test_cli_runner()
    replayed = run.invoke(args=["policies", "replay", lost])
    for name, options in (("whole", ()), ("redacted", ("--redacted",))):
        assert run.invoke(args=["cases", "export", complaint, *options, "--to", str(tmp_path / f"{name}.zip")]).exit_code == 0
    whole, redacted, from_page = (unpacked(tmp_path / f"{name}.zip") for name in ("whole", "redacted", "from-page"))
    case = json.loads(whole["case.json"])

    assert told == [f"Ikke innvilget: Øren flerbrukshall, Gymsal 1, {lost}"]
    assert "til og med 22. september 2026. Fristen er ute" in limits[0]
    assert (received, state) == (f"Klagen er mottatt. Referansen er {complaint}.", ["Kom etter fristen"])
    assert steps == [
        "Klagen kom inn",
        "Kom etter fristen, men behandles",
        "Kommunen står på vedtaket. Sendt til klageinstansen",
        "Klageinstansen: vedtaket står",
    ]
    assert len(letters) == len(steps) and "> Enige med kommunen." in letters[-1]
    assert broken == []
    assert (replayed.exit_code, replayed.output.splitlines()[-1]) == (0, "1 vurderinger, 0 avvik")
    assert [(one["place"], one["number"]) for one in case["rules"]] == [("", 2)]
    assert "100 kr" in whole["index.html"] and "300 kr" not in whole["index.html"]
    assert "Kari Nordby" in whole["index.html"] and "Onsdagskvilterne" in whole["index.html"]
    assert "1 av 1 med samme utfall" in whole["index.html"]
    assert [(one["kind"], one["state"]) for one in case["notices"]][:2] == [("booking-requested", "sent"), ("booking-refused", "sent")]
    assert [one["rank"]["place"] for one in case["others"]] == [1]
    with Session(database.engine) as session:
        assert len(mentioned(session, whole)) > 15
        assert (mentioned(session, redacted), mentioned(session, from_page)) == (set(), set())
    assert not any("Skiold turn" in text or "Gammel" in text for text in (*redacted.values(), *from_page.values()))
    assert "organisasjon A" in redacted["index.html"] and "saksbehandler 1" in redacted["index.html"]


def two_concerts(session: Session, hall: Hall) -> str:
    """The quilters, who go first by the rules, and Skiold turn want the same evening; the reference of who will lose it."""
    publish_with(session, COMPLAINT, GROUPS_FIRST)
    lost = reserve(session, wish(purpose="Konsert med Berit Moe", **EVENING), by=hall.berit, now=NOW).reference
    again(session)
    tone = actor_of(session, hall.cast.tone.id)
    reserve(session, wish(purpose="Vernissasje", organisation=f"group:{hall.cast.kvilterne.id}", **EVENING), by=tone, now=NOW)
    return lost


def everything_changes(session: Session, hall: Hall, clock: Clock) -> None:
    """Other rules at three times the price, no hours, another name of room and club; Kari is no officer and Berit no leader any more."""
    changed = deepcopy({**POLICY, "rules": [*POLICY["rules"], {"kind": "length", "id": "short", "at_most": 15, "reason": REASON}]})  # type: ignore[misc]
    for tariff in changed["rules"][4]["tariffs"]:  # type: ignore[index]
        for row in tariff["rows"]:
            row["ore"] *= 3
    again(session)
    publish(session, place_at(session, ""), checked(changed), clock().date(), by=SERVICE, now=clock())
    session.execute(delete(OpeningHours))
    session.execute(delete(RoleGrant).where(RoleGrant.role == Role.OFFICER))
    session.execute(update(Delegation).where(Delegation.person_id == hall.cast.berit.id).values(state=DelegationState.ENDED))
    session.execute(update(Room).where(Room.slug == "gymsal-1").values(name="Speilsalen", retired_at=clock()))
    skiold = session.merge(hall.cast.skiold)
    skiold.name, skiold.applicant_class = "Nye Skiold idrettslag", "business"
    assert session.scalars(select(Booking.id)).all()
    again(session)


def unpacked(file: Path) -> dict[str, str]:
    with ZipFile(file) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}
