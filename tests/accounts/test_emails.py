"""Changing the address that one signs in with: proved by a link to the new one, told to the old one, which may take it back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import emails, people
from accounts.identity import NOBODY
from accounts.inputs import LinkInput
from accounts.models import Person, Proof, ProofLink
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden, Gone, Missing, Unidentified
from tests.accounts.conftest import NOW, Visitor
from tests.accounts.test_pages import latest
from tests.cast import PASSWORD, PASSWORD_HASH, Cast, actor

OTHER = "per.ny@example.org"


def ask(session: Session, who: Person, email: str) -> ProofLink:
    session.info.pop("locked", None)
    by = actor(session, who)
    link = emails.ask_to_change_email(session, email, language="nb", network="192.0.2.1", by=by, now=NOW)
    session.info.pop("locked", None)
    return link


def change(session: Session, who: Person, link: ProofLink, *, later: timedelta = timedelta()) -> Person:
    session.info.pop("locked", None)
    return emails.change_email(session, link.id, by=actor(session, who), now=NOW + later)


def restore(session: Session, link: ProofLink, *, later: timedelta = timedelta()) -> Person:
    session.info.pop("locked", None)
    return emails.restore_email(session, link.id, password_hash=PASSWORD_HASH, by=NOBODY, now=NOW + later)


def way_back(session: Session, email: str) -> ProofLink:
    """The link that the address left was sent."""
    sent = select(ProofLink).where(ProofLink.purpose == Proof.RESTORE_EMAIL, ProofLink.email == email)
    return session.scalars(sent.order_by(ProofLink.id.desc())).first()


def test_nothing_changes_before_the_link_is_used(session: Session, cast: Cast) -> None:
    link = ask(session, cast.per, OTHER)

    (notice,) = session.scalars(select(Notice))
    assert (cast.per.email, link.email) == ("per@example.org", OTHER)
    assert (notice.kind, notice.person_id, notice.facts) == ("email-link", None, {"proof_link": link.id})


def test_the_link_changes_the_address_ends_sessions_and_tells_the_old_one(session: Session, cast: Cast) -> None:
    person = change(session, cast.per, ask(session, cast.per, OTHER))

    back = way_back(session, "per@example.org")
    assert (person.email, person.proved_at, person.session_epoch) == (OTHER, NOW, 1)
    assert [notice.kind for notice in session.scalars(select(Notice).order_by(Notice.id))] == ["email-link", "email-changed"]
    assert (back.person_id, back.expires_at) == (person.id, NOW + timedelta(days=7))
    assert session.scalars(select(Audit.verb).order_by(Audit.id)).all() == ["ask_to_change_email", "change_email"]


def test_a_link_to_the_old_address_opens_nothing_any_more(session: Session, cast: Cast) -> None:
    old = people.ask_for_link(session, LinkInput(email="per@example.org"), language="nb", network="192.0.2.1", by=NOBODY, now=NOW)
    change(session, cast.per, ask(session, cast.per, OTHER))

    with pytest.raises(Gone):
        people.reset_password(session, old.id, password_hash=PASSWORD_HASH, by=NOBODY, now=NOW)


def test_only_whose_account_it_is_can_use_the_link(session: Session, cast: Cast) -> None:
    link = ask(session, cast.per, OTHER)

    with pytest.raises(Forbidden):
        change(session, cast.siri, link)
    with pytest.raises(Unidentified):
        emails.change_email(session, link.id, by=NOBODY, now=NOW)
    assert cast.per.email == "per@example.org"


def test_an_address_that_somebody_has_is_not_taken(session: Session, cast: Cast) -> None:
    link = ask(session, cast.per, "siri@example.org")

    with pytest.raises(Conflict) as refusal:
        change(session, cast.per, link)

    assert (refusal.value.faults[0].code, cast.per.email) == ("account-exists", "per@example.org")


@pytest.mark.parametrize("verb", ["open", "reset", "restore"])
def test_a_link_for_a_change_does_nothing_else(session: Session, cast: Cast, verb: str) -> None:
    link = ask(session, cast.per, "siri@example.org")
    acts: dict[str, Callable[[], object]] = {
        "open": lambda: people.open_account(session, link.id, None, password_hash=PASSWORD_HASH, by=NOBODY, now=NOW),
        "reset": lambda: people.reset_password(session, link.id, password_hash=PASSWORD_HASH, by=NOBODY, now=NOW),
        "restore": lambda: restore(session, link),
    }

    with pytest.raises(Missing):
        acts[verb]()


def test_the_old_address_takes_the_account_back_with_a_new_password(session: Session, cast: Cast) -> None:
    change(session, cast.per, ask(session, cast.per, OTHER))

    person = restore(session, way_back(session, "per@example.org"), later=timedelta(days=7) - timedelta(seconds=1))

    assert (person.email, person.session_epoch) == ("per@example.org", 2)
    assert session.scalars(select(Notice.kind).order_by(Notice.id)).all()[-1] == "password-changed"


def test_a_thief_who_moves_the_account_twice_keeps_it_from_nobody(session: Session, cast: Cast) -> None:
    change(session, cast.per, ask(session, cast.per, OTHER))
    change(session, cast.per, ask(session, cast.per, "tyv@example.org"))
    waiting = ask(session, cast.per, "tyv.igjen@example.org")

    person = restore(session, way_back(session, "per@example.org"))

    assert person.email == "per@example.org"
    for link, act in ((way_back(session, OTHER), lambda one: restore(session, one)), (waiting, lambda one: change(session, person, one))):
        with pytest.raises(Gone):
            act(link)


def test_the_way_back_closes_after_a_week(session: Session, cast: Cast) -> None:
    change(session, cast.per, ask(session, cast.per, OTHER))

    with pytest.raises(Gone) as refusal:
        restore(session, way_back(session, "per@example.org"), later=timedelta(days=7))

    assert (refusal.value.faults[0].code, refusal.value.faults[0].facts) == ("link-expired", {"hours": 7 * 24})


def test_the_address_is_changed_on_pages_by_whom_it_belongs_to(app: Flask, visitor: Visitor, another: Callable[[], Visitor]) -> None:
    visitor.sign_in("per")
    wrong = visitor.post("/profile/email", email=OTHER, current_password="not the one")
    visitor.post("/profile/email", email=OTHER, current_password=PASSWORD)
    link = latest(app, ProofLink)

    stranger = another().get(link)
    page = visitor.get(link)
    changed = visitor.post(link)

    assert (wrong.status_code, "Det er ikke passordet du har nå" in wrong.text) == (422, True)
    assert (stranger.status_code, "Logg inn for å gå videre" in stranger.text) == (401, True)
    assert f"Kontoen til Per Solli får adressen {OTHER}" in page.text
    assert (changed.status_code, f"Du logger inn med {OTHER}" in visitor.get("/profile").text) == (303, True)


def test_the_old_address_takes_it_back_on_pages_without_signing_in(app: Flask, visitor: Visitor, another: Callable[[], Visitor]) -> None:
    visitor.sign_in("per")
    visitor.post("/profile/email", email=OTHER, current_password=PASSWORD)
    visitor.post(latest(app, ProofLink))
    elsewhere = another()

    taken = elsewhere.post(latest(app, ProofLink), password="en helt ny setning")

    assert (taken.status_code, "Du logger inn med per@example.org" in elsewhere.get("/profile").text) == (303, True)
    assert visitor.get("/profile").status_code == 401
    assert another().sign_in("per", "en helt ny setning").status_code == 303
