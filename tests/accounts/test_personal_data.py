"""The pages, the command and the worker's turn about personal data."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from accounts.models import Delegation, DelegationState, Person
from accounts.personal.models import ContactLook, Erasure, Retention
from accounts.personal.own import ACCOUNT, ERASED, NOTICES
from database.outbox import Notice
from kernel.clock import now
from notices import cli
from tests.accounts.conftest import Visitor
from tests.cast import PASSWORD, Cast

PAGE = "/profile/personal-data"


def test_the_password_is_asked_for_before_anything_is_handed_out(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in("per")

    wrong = visitor.post(f"{PAGE}/export", form_on=PAGE, current_password="feil")
    right = visitor.post(f"{PAGE}/export", form_on=PAGE, current_password=PASSWORD)
    with zipfile.ZipFile(io.BytesIO(right.get_data())) as packed:
        told, read_me = json.loads(packed.read("personal-data.json")), packed.read("LES-MEG.txt").decode()

    assert (wrong.status_code, "Det er ikke passordet du har nå." in wrong.text) == (422, True)
    assert (right.status_code, right.headers["Cache-Control"], told["form"]) == (200, "no-store", "arena-personal-data/1")
    assert [row["email"] for part in told["held"] if part["table"] == "person" for row in part["rows"]] == ["per@example.org"]
    assert "Dette er alt tjenesten Arena har lagret om deg." in read_me


def test_whoever_erases_the_account_is_signed_out_and_cannot_sign_in(app: Flask, visitor: Visitor, kept: Cast) -> None:
    visitor.sign_in("nils")
    page, feeds = f"{PAGE}/erasure", app.extensions["settings"].instance / "feeds"
    feeds.mkdir(parents=True, exist_ok=True)
    copy = feeds / "of-nils.feed"
    copy.write_text("SUMMARY:Nils Bakke")

    hasty = visitor.post(page, current_password=PASSWORD)
    stays = copy.exists()
    done = visitor.post(page, current_password=PASSWORD, understood="yes")
    after = visitor.get("/profile").status_code
    again = visitor.sign_in("nils").status_code

    with app.extensions["database"].reading() as session:
        person = session.get_one(Person, kept.nils.id)
        acting = session.scalars(select(Delegation.state).where(Delegation.person_id == kept.nils.id)).all()
        assert (person.name, person.email, person.phone, acting) == (ERASED, None, "", [DelegationState.ENDED])
        assert session.scalars(select(Erasure.done_at)).one() is not None
    assert ("Kryss av for at du har forstått" in hasty.text, "Opplysningene er slettet" in done.text) == (True, True)
    assert (hasty.status_code, done.status_code, after, again) == (422, 200, 401, 422)
    assert (stays, copy.exists()) == (True, False)


def test_a_role_has_to_be_given_back_first(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in("kari")

    page = visitor.get(f"{PAGE}/erasure").text
    told = "Den som har en rolle i kommunen, kan ikke slettes. En administrator må trekke rollen tilbake først."

    assert (told in page, "current_password" in page) == (True, False)


def test_the_register_is_told_alike_on_its_page_and_by_the_api(app: Flask, visitor: Visitor) -> None:
    page, answer = visitor.get("/personal-data").text, visitor.get("/api/v1/personal-data").get_json()

    person = answer["items"][0]
    assert (person["table"], person["days"], person["readers"][0]) == ("person", ACCOUNT.days, "self")
    assert [one["what"] for one in answer["items"] if one["what"] not in page] == []


def test_who_looks_up_a_person_is_seen_by_that_person(app: Flask, visitor: Visitor, another: Callable[[], Visitor], kept: Cast) -> None:
    visitor.sign_in("kari")
    for _ in range(2):
        visitor.get(f"/people/{kept.per.id}").close()
    visitor.get(f"/people/{kept.kari.id}").close()
    per = another()
    per.sign_in("per")
    page = per.get(PAGE).text

    with app.extensions["database"].reading() as session:
        rows = [(row.viewer_id, row.person_id, row.place) for row in session.scalars(select(ContactLook))]
    assert rows == [(kept.kari.id, kept.per.id, "accounts.person_page")]
    assert ("Kari Nordby" in page, "Siden om personen" in page) == (True, True)


def test_the_command_tells_first_and_then_does_it_once(app: Flask, kept: Cast) -> None:
    database = app.extensions["database"]
    long_ago = now() - timedelta(days=ACCOUNT.days + 1)
    database.transact(lambda session: session.execute(update(Person).where(Person.id == kept.per.id).values(seen_at=long_ago)))
    run = app.test_cli_runner().invoke

    dry = run(args=["persons", "retention", "--dry-run"]).output
    with database.reading() as session:
        untouched = (session.scalars(select(Retention)).all(), session.scalars(select(Notice)).all())
    first, second = (run(args=["persons", "retention"]).output.splitlines()[-1] for _ in range(2))

    assert (dry.splitlines()[-1], untouched) == ("person: 1 to tell or erase", ([], []))
    assert (first, second) == ("0 rows forgotten, 1 accounts seen to", "0 rows forgotten, 0 accounts seen to")


def test_what_is_forgotten_goes_from_the_copies_of_feeds_too(app: Flask, kept: Cast) -> None:
    database, feeds = app.extensions["database"], app.extensions["settings"].instance / "feeds"
    feeds.mkdir(parents=True, exist_ok=True)
    copy = feeds / "of-per.feed"
    copy.write_text("SUMMARY:Per Solli")
    run = app.test_cli_runner().invoke

    first = run(args=["persons", "retention"]).output.splitlines()[-1], copy.exists()
    old = Notice(kind="booked", person_id=kept.per.id, facts={}, created_at=now() - timedelta(days=NOTICES.days + 1), due_at=now())
    database.transact(lambda session: session.add(old))
    database.transact(lambda session: session.execute(delete(Retention)))
    second = run(args=["persons", "retention"]).output.splitlines()[-1], copy.exists()

    assert (first, second) == (("0 rows forgotten, 0 accounts seen to", True), ("1 rows forgotten, 0 accounts seen to", False))


def test_the_worker_sees_to_each_period_once_a_day(app: Flask, kept: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        cli._forget_personal()
        with app.extensions["database"].reading() as session:
            first = {row.name: row.run_at for row in session.scalars(select(Retention))}
        cli._forget_personal()
        with app.extensions["database"].reading() as session:
            second = {row.name: row.run_at for row in session.scalars(select(Retention))}

    assert set(first) == {"account", "caller", "invitations", "looks", "answers", "notices", "bookings", "uses", "feeds"}
    assert first == second


def test_an_administrator_says_how_long_things_are_kept(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in("ada")
    page = "/personal-data/retention"

    wrong = visitor.post(f"{page}/bookings", form_on=page, days="3")
    right = visitor.post(f"{page}/bookings", form_on=page, days="400")

    assert (wrong.status_code, "minst 7" in wrong.text, right.status_code) == (422, True, 303)
    assert "400 dager etter bookingens siste dato" in visitor.get(page).text
