"""The edge of a request: bearer tokens in the API, cookies on pages, the operator on the command line."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from accounts import edge, tokens
from accounts.identity import COMMAND, Actor
from accounts.models import ApiToken, Person
from database.glances import Glances
from database.transact import Database
from kernel.clock import now
from tests.accounts.conftest import Visitor
from tests.cast import Cast, actor


@pytest.fixture
def app(app: Flask) -> Flask:
    """The app with an address in the API that says who asks, for reading and for writing."""

    def whoami() -> dict[str, object]:
        return {"person": edge.actor().person_id, "via": edge.actor().via}

    app.add_url_rule("/api/v1/whoami", "whoami", whoami, methods=["GET", "POST"])
    app.add_url_rule("/whoami", "page_whoami", whoami, methods=["GET", "POST"])
    return app


@pytest.fixture
def token(app: Flask, kept: Cast) -> str:
    database: Database = app.extensions["database"]
    with database.reading() as session:
        per = actor(session, kept.per)
    return database.transact(tokens.make_token, kept.per.id, "skript", by=per, now=now()).text


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_bearer_token_acts_as_its_person_and_needs_no_form_token(client: FlaskClient, kept: Cast, token: str) -> None:
    answer = client.post("/api/v1/whoami", headers=bearing(token))

    assert answer.json == {"person": kept.per.id, "via": "api"}


@pytest.mark.parametrize("text", ["arena_unknown", "x", "é"])
def test_an_unknown_token_is_refused_not_ignored(client: FlaskClient, kept: Cast, text: str) -> None:
    answer = client.get("/api/v1/whoami", headers=bearing(text))

    assert (answer.status_code, answer.content_type, answer.headers["WWW-Authenticate"]) == (401, "application/problem+json", "Bearer")


def test_a_cookie_acts_for_nobody_in_the_api(visitor: Visitor, kept: Cast) -> None:
    visitor.sign_in("per")

    assert visitor.get("/api/v1/whoami").json == {"person": None, "via": "api"}
    assert visitor.get("/whoami").json == {"person": kept.per.id, "via": "page"}


def test_the_api_with_a_cookie_and_no_token_is_refused_as_a_forgery(visitor: Visitor) -> None:
    visitor.sign_in("per")

    assert visitor.client.post("/api/v1/whoami").status_code == 400


def test_a_token_in_a_pages_request_changes_neither_identity_nor_the_need_of_a_form_token(client: FlaskClient, token: str) -> None:
    assert client.get("/whoami", headers=bearing(token)).json == {"person": None, "via": "page"}
    assert client.post("/whoami", headers=bearing(token)).status_code == 401


def test_a_token_and_a_cookie_of_different_people_act_as_the_token(visitor: Visitor, kept: Cast, token: str) -> None:
    visitor.sign_in("kari")

    assert visitor.client.post("/api/v1/whoami", headers=bearing(token)).json == {"person": kept.per.id, "via": "api"}


def used_at(app: Flask) -> object:
    database: Database = app.extensions["database"]
    with database.reading() as session:
        return session.query(ApiToken.used_at).scalar()


def test_a_use_is_noted_after_the_answer_and_not_again_for_a_while(
    app: Flask, client: FlaskClient, token: str, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = []
    for minutes in (0, 5, 16):
        moment = now() + timedelta(minutes=minutes)
        monkeypatch.setattr("accounts.signin.now", lambda at=moment: at)
        statements.clear()
        answer = client.get("/api/v1/whoami", headers=bearing(token))
        before = [statement for statement in statements if statement.startswith("UPDATE")]
        answer.close()
        writes.append((len(before), len([statement for statement in statements if statement.startswith("UPDATE")])))

    assert writes[1] == (0, 0)
    assert [after for _, after in writes] == [1, 0, 1]
    assert used_at(app) is not None


def test_a_token_costs_one_glance(client: FlaskClient, token: str, statements: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/api/v1/whoami", headers=bearing(token)).close()
    statements.clear()
    glances, look = [], Glances.rows
    monkeypatch.setattr(Glances, "rows", lambda *asked: glances.append(asked) or look(*asked))

    client.get("/api/v1/whoami", headers=bearing(token)).close()

    assert (len(glances), statements) == (1, [])


def test_the_command_line_acts_as_the_operator(app: Flask) -> None:
    with app.app_context():
        assert edge.actor() == COMMAND


def test_what_is_read_after_a_write_is_fresh(app: Flask, kept: Cast) -> None:
    with app.test_request_context():
        name = edge.reading().get_one(Person, kept.per.id).name
        edge.transact(rename, kept.per.id)

        again = edge.reading().get_one(Person, kept.per.id).name

    assert (name, again) == ("Per Solli", "Per Sola")


def rename(session: Session, person_id: int, *, by: Actor, now: datetime) -> None:
    session.get_one(Person, person_id).name = "Per Sola"
