"""Signing in and out on pages, and what outlives it or must not."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from accounts import passwords
from accounts.attempts import SIGN_IN
from accounts.people import change_password
from app import create_app
from database.transact import Database
from settings import Settings
from tests.accounts.conftest import NOW, TOKEN_FIELD, Visitor
from tests.cast import PASSWORD, PASSWORD_HASH, Cast, actor


def is_signed_in(visitor: Visitor) -> bool:
    return visitor.get("/profile").status_code == 200


def form_token(visitor: Visitor, address: str) -> str:
    found = TOKEN_FIELD.search(visitor.get(address).text)
    assert found
    return found[1]


def test_the_right_password_signs_in_and_goes_on(visitor: Visitor) -> None:
    answer = visitor.post("/sign-in", email=" Per@Example.org ", password=PASSWORD, next="/profile?from=here")

    assert (answer.status_code, answer.location, is_signed_in(visitor)) == (303, "/profile?from=here", True)


def test_nobody_is_sent_to_another_site(another: Callable[[], Visitor], kept: Cast) -> None:
    targets = ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example")

    answers = [another().post("/sign-in", email="per@example.org", password=PASSWORD, next=target) for target in targets]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/")] * 3


def without_secrets(page: str, email: str) -> str:
    return TOKEN_FIELD.sub("", page).replace(email, "ADDRESS")


def test_the_answer_for_an_unknown_address_is_the_same_and_costs_the_same(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    verify = passwords.HASHER.verify

    class Watched:
        def verify(self, kept: str, password: str) -> bool:
            verified.append(kept)
            return verify(kept, password)

    monkeypatch.setattr(passwords, "HASHER", Watched())

    known, unknown = (visitor.post("/sign-in", email=email, password="not the one") for email in ("per@example.org", "ghost@example.org"))

    assert (known.status_code, unknown.status_code, verified) == (422, 422, [PASSWORD_HASH, passwords.NOBODYS])
    assert without_secrets(known.text, "per@example.org") == without_secrets(unknown.text, "ghost@example.org")


def test_a_password_is_never_shown_again(visitor: Visitor) -> None:
    assert "not the one" not in visitor.post("/sign-in", email="per@example.org", password="not the one").text


def test_a_caller_without_password_cannot_sign_in(visitor: Visitor, app: Flask, kept: Cast) -> None:
    database: Database = app.extensions["database"]
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE person SET password_hash = NULL WHERE id = {kept.per.id}")

    assert [visitor.sign_in("per", password).status_code for password in ("None", PASSWORD)] == [422, 422]


def test_a_session_that_was_planted_does_not_live_on(visitor: Visitor, kept: Cast) -> None:
    visitor.get("/sign-in")
    with visitor.client.session_transaction() as planted:
        planted["planted"] = "by somebody else"
    before = form_token(visitor, "/sign-in")

    visitor.sign_in("per")

    with visitor.client.session_transaction() as session:
        living = dict(session)
    assert (living.keys(), living["_user_id"]) == ({"_user_id", "_fresh", "_id"}, f"{kept.per.id}.0")
    assert form_token(visitor, "/profile") != before


def test_a_form_from_before_signing_in_is_refused(visitor: Visitor) -> None:
    before = form_token(visitor, "/sign-in")
    visitor.sign_in("per")

    answer = visitor.client.post("/profile/tokens", data={"csrf_token": before, "name": "skript"})

    assert answer.status_code == 400


def test_a_form_without_its_token_is_a_page_that_says_so(visitor: Visitor) -> None:
    visitor.sign_in("per")
    addresses = ("/sign-in", "/sign-out", "/account-links", "/profile", "/organisations", "/people")

    answers = [visitor.client.post(address, data={"name": "x"}) for address in addresses]

    assert {(answer.status_code, answer.content_type) for answer in answers} == {(400, "text/html; charset=utf-8")}
    assert all("Skjemaet har stått åpent for lenge" in answer.text for answer in answers)


def test_signing_out_ends_it(visitor: Visitor) -> None:
    visitor.sign_in("per")

    visitor.post("/sign-out", form_on="/profile")

    assert not is_signed_in(visitor)


def test_a_changed_password_ends_other_sessions_and_keeps_this_one(visitor: Visitor, another: Callable[[], Visitor]) -> None:
    elsewhere = another()
    for each in (visitor, elsewhere):
        each.sign_in("per")

    answer = visitor.post("/profile/password", current_password=PASSWORD, password="en helt ny setning")

    assert (answer.status_code, is_signed_in(visitor), is_signed_in(elsewhere)) == (303, True, False)
    assert elsewhere.sign_in("per").status_code == 422
    assert elsewhere.sign_in("per", "en helt ny setning").status_code == 303


def test_the_password_is_not_changed_without_the_old_one(visitor: Visitor) -> None:
    visitor.sign_in("per")

    answer = visitor.post("/profile/password", current_password="a guess", password="en helt ny setning")

    assert (answer.status_code, 'id="error-current_password"' in answer.text) == (422, True)


def test_a_password_changed_elsewhere_ends_the_session(visitor: Visitor, app: Flask, kept: Cast) -> None:
    visitor.sign_in("per")
    database: Database = app.extensions["database"]
    with database.reading() as session:
        per = actor(session, kept.per)

    database.transact(change_password, password_hash=PASSWORD_HASH, by=per, now=NOW)

    assert not is_signed_in(visitor)


def test_a_session_with_nonsense_in_it_is_nobodys(visitor: Visitor) -> None:
    statuses = {}
    for cookie in ("", "1", "1.x", "x.0", "999.0", "1.1", "-1.0", "²2.0", "1.0.0"):
        with visitor.client.session_transaction() as session:
            session["_user_id"] = cookie
        statuses[cookie] = visitor.get("/profile").status_code

    assert set(statuses.values()) == {401}


def test_too_many_attempts_wait_even_with_the_right_password_and_in_another_instance(visitor: Visitor, settings: Settings) -> None:
    for _ in range(SIGN_IN.per_address):
        visitor.sign_in("per", "a guess")
    second = Visitor(create_app(settings).test_client())

    answers = [visitor.sign_in("per"), second.sign_in("per")]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert all(0 < int(answer.headers["Retry-After"]) <= 900 for answer in answers)
    assert re.search(r"1\d min", answers[0].text)
    assert second.sign_in("siri").status_code == 303


def test_a_page_asks_the_database_once_to_know_who_it_is(visitor: Visitor, statements: list[str]) -> None:
    visitor.sign_in("berit")
    statements.clear()

    visitor.get("/profile/password")

    assert len([statement for statement in statements if "role_grant" in statement]) == 1
    assert len(statements) == 2
