"""Migrations: from every earlier revision the guards stand at the end, and where one is missing everything says so."""

from collections.abc import Callable

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text

from database.guards import POSTGRESQL, SQLITE
from database.migrate import config, differences, upgrade
from database.transact import Database
from tests.database.test_guards import claim_refused as claim_refused
from tests.database.test_guards import drop, standing_faults

REVISIONS = [script.revision for script in ScriptDirectory.from_config(config("sqlite://")).walk_revisions()]


@pytest.mark.parametrize("revision", ["base", *REVISIONS])
def test_an_upgrade_from_any_revision_ends_with_every_guard_in_place(
    database: Database, claim_refused: Callable[[], bool], revision: str
) -> None:
    command.downgrade(config(database.url), revision)

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
