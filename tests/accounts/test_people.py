"""What happens to people: links, accounts, passwords, profiles, callers."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import people
from accounts.identity import NOBODY
from accounts.inputs import CallerInput, LinkInput, ProfileInput
from accounts.models import Person, Proof, ProofLink
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Conflict, Gone, Invalid, Missing
from tests.accounts.conftest import NOW
from tests.cast import PASSWORD_HASH, Cast, actor

PROFILE = ProfileInput(name="Nina Ny", phone="41234567", language="nn")


def ask(session: Session, email: str, onward: str = "/") -> ProofLink:
    session.info.pop("locked", None)
    return people.ask_for_link(session, LinkInput(email=email, next=onward), language="nb", network="192.0.2.1", by=NOBODY, now=NOW)


def open_by(session: Session, link: ProofLink, *, later: timedelta = timedelta()) -> Person:
    return people.open_account(session, link.id, PROFILE, password_hash=PASSWORD_HASH, by=NOBODY, now=NOW + later)


def test_a_link_is_sent_with_nothing_in_the_notice_but_its_id(session: Session) -> None:
    link = ask(session, "ny@example.org", "/bookings/new?purpose=kor")

    notice = session.scalars(select(Notice)).one()
    assert (notice.kind, notice.person_id, notice.facts) == ("account-link", None, {"proof_link": link.id})
    assert (link.purpose, link.next_page) == (Proof.OPEN_ACCOUNT, "/bookings/new?purpose=kor")


def test_an_address_with_an_account_gets_a_link_to_a_new_password_whatever_was_asked_for(session: Session, cast: Cast) -> None:
    link = ask(session, "per@example.org")

    assert (link.purpose, session.scalars(select(Notice)).one().kind) == (Proof.RESET_PASSWORD, "password-link")


def test_an_account_is_opened_with_what_was_chosen(session: Session) -> None:
    person = open_by(session, ask(session, "ny@example.org"))

    told = (person.email, person.name, person.phone, person.language, person.proved_at, person.revision)
    assert told == ("ny@example.org", "Nina Ny", "41234567", "nn", NOW, 1)
    audit = session.scalars(select(Audit).where(Audit.verb == "open_account")).one()
    assert (audit.hand_id, audit.holder_id, audit.subject_id, set(audit.facts)) == (None, person.id, person.id, {"proof_link"})


def test_a_link_works_once(session: Session) -> None:
    link = ask(session, "ny@example.org")
    open_by(session, link)

    with pytest.raises(Gone) as refusal:
        open_by(session, link)

    assert refusal.value.faults[0].code == "link-used"


def test_using_one_link_uses_up_the_others_of_the_address(session: Session) -> None:
    first, second = ask(session, "ny@example.org"), ask(session, "ny@example.org")
    open_by(session, second)

    with pytest.raises(Gone):
        people.reset_password(session, first.id, password_hash=PASSWORD_HASH, by=NOBODY, now=NOW)


def test_a_link_lasts_a_day(session: Session) -> None:
    link = ask(session, "ny@example.org")

    with pytest.raises(Gone) as refusal:
        open_by(session, link, later=people.LINK_LASTS)

    assert (refusal.value.faults[0].code, refusal.value.faults[0].facts) == ("link-expired", {"hours": 24})
    assert open_by(session, link, later=people.LINK_LASTS - timedelta(seconds=1)).email == "ny@example.org"


def test_an_account_is_not_opened_twice_for_an_address(session: Session, cast: Cast) -> None:
    link = ask(session, "per@example.org")

    with pytest.raises(Conflict) as refusal:
        open_by(session, link)

    assert refusal.value.faults[0].code == "account-exists"


def test_a_caller_whom_staff_entered_becomes_the_holder_of_the_account(session: Session, cast: Cast) -> None:
    caller = people.enter_caller(
        session, CallerInput(name="G. Holt", phone="41234567", email="gro@example.org"), by=actor(session, cast.kari), now=NOW
    )

    person = open_by(session, ask(session, "gro@example.org"))

    assert (person.id, person.name) == (caller.id, "Nina Ny")


def test_a_new_password_by_link_ends_older_sessions_and_is_told(session: Session, cast: Cast) -> None:
    link = ask(session, "per@example.org")

    person = people.reset_password(session, link.id, password_hash="another", by=NOBODY, now=NOW)

    assert (person.id, person.password_hash, person.session_epoch) == (cast.per.id, "another", 1)
    assert [notice.kind for notice in session.scalars(select(Notice).order_by(Notice.id))] == ["password-link", "password-changed"]


def test_nobody_gets_a_password_without_an_account(session: Session) -> None:
    link = ask(session, "ny@example.org")

    with pytest.raises(Missing) as refusal:
        people.reset_password(session, link.id, password_hash=PASSWORD_HASH, by=NOBODY, now=NOW)

    assert refusal.value.faults[0].code == "no-account-yet"


def test_a_changed_password_makes_mailed_links_useless(session: Session, cast: Cast) -> None:
    link = ask(session, "per@example.org")
    session.info.pop("locked")
    people.change_password(session, password_hash="another", by=actor(session, cast.per), now=NOW)

    with pytest.raises(Gone):
        people.reset_password(session, link.id, password_hash=PASSWORD_HASH, by=NOBODY, now=NOW)


def test_a_profile_is_changed_by_its_person_and_raises_the_revision(session: Session, cast: Cast) -> None:
    before = (cast.per.born, cast.per.revision)

    person = people.change_profile(session, PROFILE, by=actor(session, cast.per), now=NOW)

    assert (person.name, person.language, (person.born, person.revision - 1)) == ("Nina Ny", "nn", before)


def test_nobody_is_born_tomorrow(session: Session, cast: Cast) -> None:
    unborn = PROFILE.model_copy(update={"born": NOW.date() + timedelta(days=1)})

    with pytest.raises(Invalid) as refused:
        people.change_profile(session, unborn, by=actor(session, cast.per), now=NOW)

    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("not-in-the-past", "born")]


def test_a_caller_is_entered_without_password_and_the_audit_names_hand_and_holder(session: Session, cast: Cast) -> None:
    caller = people.enter_caller(session, CallerInput(name="Gro Holt", phone="412 34 567"), by=actor(session, cast.kari), now=NOW)

    assert (caller.name, caller.phone, caller.email, caller.password_hash) == ("Gro Holt", "41234567", None, None)
    audit = session.scalars(select(Audit)).one()
    assert (audit.verb, audit.hand_id, audit.holder_id, audit.facts) == ("enter_caller", cast.kari.id, caller.id, {})


def test_a_caller_with_a_known_address_is_named(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        people.enter_caller(
            session, CallerInput(name="Per", phone="41234567", email="per@example.org"), by=actor(session, cast.kari), now=NOW
        )

    assert refusal.value.faults[0].facts == {"person": cast.per.id, "name": "Per Solli"}
