"""The commands ``accounts token`` and ``accounts invite``."""

from click.testing import Result
from flask import Flask

from accounts import queries, tokens
from accounts.models import Invitation
from database.transact import Database
from tests.accounts.conftest import NOW, Visitor
from tests.cast import Cast


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["accounts", *arguments])


def test_a_token_is_printed_and_works(app: Flask, kept: Cast) -> None:
    printed = run(app, "token", "Kari@example.org")

    database: Database = app.extensions["database"]
    bearer = queries.bearer_of(database.glances.rows, tokens.digest(printed.output.strip()), now=NOW)
    assert printed.exit_code == 0
    assert bearer is not None
    assert bearer.actor.person_id == kept.kari.id


def test_an_invitation_prints_the_address_that_it_leads_to(app: Flask, visitor: Visitor) -> None:
    printed = run(app, "invite", "ny@example.org", "--role", "caretaker", "--venue", "oren-flerbrukshall")

    path = "/invitations/" + printed.output.strip().rpartition("/")[2]
    page = visitor.get(path)
    assert (printed.exit_code, page.status_code) == (0, 200)
    assert "vaktmester for Øren flerbrukshall" in page.text


def test_a_leader_is_invited_by_the_number_of_the_organisation(app: Flask, kept: Cast) -> None:
    printed = run(app, "invite", "ny@example.org", "--role", "leader", "--organisation", "313 000 028")

    database: Database = app.extensions["database"]
    with database.reading() as session:
        row = session.query(Invitation).one()
    assert (printed.exit_code, row.organisation_id, row.is_leader, row.role) == (0, kept.strommen.id, True, None)


SAID = {
    ("token", "ghost@example.org"): "Personen finnes ikke.",
    ("invite", "ny", "--role", "officer"): "«ny» er ikke en e-postadresse",
    ("invite", "ny@example.org", "--role", "caretaker"): "Rollen gjelder for bygg",
    ("invite", "ny@example.org", "--role", "caretaker", "--venue", "ukjent"): "«ukjent»",
    ("invite", "ny@example.org", "--role", "delegate"): "enten en rolle eller en organisasjon",
    ("invite", "ny@example.org", "--role", "delegate", "--organisation", "313000060"): "Organisasjonen finnes ikke.",
    ("invite", "ny@example.org", "--role", "officer", "--venue", "oren-flerbrukshall"): "Rollen gjelder hele kommunen",
    ("invite", "ny@example.org", "--role", "king"): "Invalid value for '--role'",
}


def test_what_cannot_be_done_is_said_with_the_way_out(app: Flask, kept: Cast) -> None:
    printed = {arguments: run(app, *arguments) for arguments in SAID}

    assert [arguments for arguments, result in printed.items() if result.exit_code == 0 or SAID[arguments] not in result.output] == []
