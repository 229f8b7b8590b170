"""Migrations: from every earlier revision the guards stand at the end, and where one is missing everything says so."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise

from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from booking.models import Booking
from booking.reservations import reserve
from booking.support.agreements import make_agreement
from booking.support.terms import AgreementTerms
from database.guards import POSTGRESQL, SQLITE
from database.migrate import config, differences, upgrade
from database.transact import Database
from tests.booking.conftest import NOW, again, furnish, wish
from tests.database.test_guards import claim_refused as claim_refused
from tests.database.test_guards import drop, standing_faults

REVISIONS = [script.revision for script in ScriptDirectory.from_config(config("sqlite://")).walk_revisions()]


def test_each_step_leads_back_and_forth_and_every_guard_stands_at_the_end(database: Database, claim_refused: Callable[[], bool]) -> None:
    """Up from any revision is the steps above it, each of which is gone here three times."""
    for newer, older in pairwise([*REVISIONS, "base"]):
        command.downgrade(config(database.url), older)
        command.upgrade(config(database.url), newer)
        command.downgrade(config(database.url), older)

    upgrade(database.url)

    assert standing_faults(database) == ()
    assert differences(database.url) == []
    assert claim_refused()


def test_without_its_guard_on_claims_the_service_is_not_ready_and_the_check_fails(app: Flask) -> None:
    database: Database = app.extensions["database"]
    guards = SQLITE if database.engine.dialect.name == "sqlite" else POSTGRESQL
    guard = next(guard for guard in guards if guard.table == "claim")
    before = app.test_client().get("/readyz").status_code
    with database.engine.begin() as connection:
        drop(connection, guard)

    ready = app.test_client().get("/readyz")
    check = app.test_cli_runner().invoke(args=["database", "check"])

    assert (before, ready.status_code, check.exit_code) == (200, 503, 1)
    assert f"guard {guard.name} is missing" in ready.text
    assert f"guard {guard.name} is missing" in check.output
    upgrade(database.url)
    assert app.test_client().get("/readyz").status_code == 200


def test_a_database_of_an_older_revision_is_not_ready(app: Flask) -> None:
    database: Database = app.extensions["database"]
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    ready = app.test_client().get("/readyz")

    assert (ready.status_code, f"the code needs {REVISIONS[0]}" in ready.text) == (503, True)


def test_a_booking_s_agreement_becomes_that_of_its_dates_and_back_again(database: Database) -> None:
    agreement, booking = database.transact(book_under_an_agreement)

    command.downgrade(config(database.url), "0028")
    with database.engine.connect() as connection:
        before = connection.execute(text("SELECT agreement_id FROM booking")).scalar_one()
    command.upgrade(config(database.url), "head")

    with database.reading() as session:
        found = session.get_one(Booking, booking)
        assert (before, found.named_agreement_id, found.draws) == (agreement, agreement, True)
        assert [one.agreement_id for one in found.occurrences] == [agreement] * 3
        assert found.organisation is not None
        assert found.organisation.has_agreements


def book_under_an_agreement(session: Session) -> tuple[int, int]:
    """Three dates, of which two draw on it."""
    hall = furnish(session)
    again(session)
    days = {"first_day": date(2026, 9, 1), "last_day": date(2026, 12, 31)}
    rooms = ("oren-flerbrukshall/gymsal-1",)
    terms = AgreementTerms(organisation=hall.cast.skiold.id, title="Fire timer", price_class="partner", hours=4, rooms=rooms, **days)
    agreement = make_agreement(session, terms, by=hall.kari, now=NOW).id
    again(session)
    booking = reserve(session, wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}), by=hall.berit, now=NOW)
    return agreement, booking.id
