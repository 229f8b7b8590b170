"""What happens to organisations, groups and those who act for them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import organisations
from accounts.identity import ApplicantClass
from accounts.inputs import GroupInput, OrganisationChange, OrganisationInput
from accounts.models import Delegation, DelegationState, Organisation, Person
from accounts.queries import actor_of, leaders
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Conflict, Invalid
from tests.accounts.conftest import NOW
from tests.cast import Cast, actor


def between(session: Session, person: Person, organisation: Organisation) -> Delegation:
    return session.scalars(select(Delegation).where(Delegation.person == person, Delegation.organisation == organisation)).one()


def notices(session: Session) -> list[tuple[str, int | None]]:
    return [(notice.kind, notice.person_id) for notice in session.scalars(select(Notice).order_by(Notice.id))]


def anew(session: Session) -> None:
    """The next verb is a transaction of its own."""
    session.info.pop("locked", None)


def test_an_officer_registers_an_organisation_and_acts_not_for_it(session: Session, cast: Cast) -> None:
    given = OrganisationInput(number="313 000 060", name="Vårsol", is_local=True)

    made = organisations.register_organisation(session, given, by=actor(session, cast.kari), now=NOW)

    assert (made.number, made.is_local, made.is_fictional) == ("313000060", True, True)
    assert session.scalars(select(Delegation).where(Delegation.organisation == made)).all() == []


def test_anybody_else_who_registers_one_waits_for_an_officer(session: Session, cast: Cast) -> None:
    given = OrganisationInput(number="313000060", name="Vårsol")

    made = organisations.register_organisation(session, given, by=actor(session, cast.per), now=NOW)

    assert between(session, cast.per, made).state is DelegationState.ASKED
    assert actor(session, cast.per).organisations == frozenset()


def test_a_number_is_registered_once(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        organisations.register_organisation(
            session, OrganisationInput(number="313000001", name="Skjold"), by=actor(session, cast.kari), now=NOW
        )

    fault = refusal.value.faults[0]
    assert (fault.code, fault.field, fault.facts) == (
        "organisation-exists",
        "number",
        {"organisation": cast.skiold.id, "name": "Skiold turn"},
    )


def test_a_group_is_led_by_the_adult_who_is_responsible(session: Session, cast: Cast) -> None:
    group = organisations.register_group(session, GroupInput(name="Turgruppa"), by=actor(session, cast.per), now=NOW)

    told = (group.number, group.applicant_class, group.responsible_id, leaders(session, group.id))
    assert told == (None, ApplicantClass.GROUP, cast.per.id, [cast.per.id])
    assert actor(session, cast.per).organisations == frozenset({group.id})


@pytest.mark.parametrize(("born", "code"), [(None, "birth-date-missing"), (date(2008, 11, 25), "responsible-too-young")])
def test_a_child_is_not_responsible_for_a_group(session: Session, cast: Cast, born: date | None, code: str) -> None:
    cast.per.born = born

    with pytest.raises(Invalid) as refusal:
        organisations.register_group(session, GroupInput(name="Turgruppa"), by=actor(session, cast.per), now=NOW)

    assert (refusal.value.faults[0].code, refusal.value.faults[0].field) == (code, "born")


def test_one_is_of_age_on_the_birthday_itself(session: Session, cast: Cast) -> None:
    cast.per.born = None

    group = organisations.register_group(
        session, GroupInput(name="Turgruppa", born=date(2008, 11, 24)), by=actor(session, cast.per), now=NOW
    )

    assert (group.responsible_id, cast.per.born) == (cast.per.id, date(2008, 11, 24))


def test_a_birth_date_that_is_known_is_not_replaced_to_seem_older(session: Session, cast: Cast) -> None:
    cast.per.born = date(2015, 1, 1)

    with pytest.raises(Invalid):
        organisations.register_group(session, GroupInput(name="Turgruppa", born=date(1990, 1, 1)), by=actor(session, cast.per), now=NOW)


def test_a_group_may_not_become_what_has_a_number_nor_the_other_way(session: Session, cast: Cast) -> None:
    for organisation, wanted in ((cast.kvilterne, ApplicantClass.BUSINESS), (cast.skiold, ApplicantClass.GROUP)):
        anew(session)
        with pytest.raises(Conflict):
            organisations.change_organisation(
                session, organisation.id, OrganisationChange(name="X", applicant_class=wanted), by=actor(session, cast.kari), now=NOW
            )


def test_a_change_of_class_raises_the_revision(session: Session, cast: Cast) -> None:
    given = OrganisationChange(name="Skiold turnforening", applicant_class=ApplicantClass.BUSINESS, in_voluntary_register=False)

    changed = organisations.change_organisation(session, cast.skiold.id, given, by=actor(session, cast.kari), now=NOW)

    told = (changed.name, changed.applicant_class, changed.in_voluntary_register, changed.changed_at, changed.revision)
    assert told == ("Skiold turnforening", ApplicantClass.BUSINESS, False, NOW, 1)


def test_who_asks_to_represent_is_told_to_the_leader_once(session: Session, cast: Cast) -> None:
    for _ in range(2):
        asked = organisations.ask_to_represent(session, cast.skiold.id, by=actor(session, cast.per), now=NOW)
        anew(session)

    assert (asked.state, notices(session)) == (DelegationState.ASKED, [("delegate-asked", cast.berit.id)])


def test_a_group_is_not_asked_it_invites(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        organisations.ask_to_represent(session, cast.kvilterne.id, by=actor(session, cast.per), now=NOW)

    assert refusal.value.faults[0].code == "group-is-closed"


def test_a_confirmed_delegate_acts_for_the_organisation(session: Session, cast: Cast) -> None:
    revisions = (cast.skiold.revision, cast.siri.revision)

    confirmed = organisations.confirm_delegate(session, between(session, cast.siri, cast.skiold).id, by=actor(session, cast.berit), now=NOW)

    assert (confirmed.state, confirmed.is_leader) == (DelegationState.CONFIRMED, False)
    assert actor_of(session, cast.siri.id).acts_for(cast.skiold.id)
    assert (cast.skiold.revision, cast.siri.revision) == (revisions[0] + 1, revisions[1] + 1)
    assert notices(session) == [("delegate-confirmed", cast.siri.id)]
    audit = session.scalars(select(Audit)).one()
    assert (audit.hand_id, audit.holder_id, audit.facts) == (
        cast.berit.id,
        cast.siri.id,
        {"organisation": cast.skiold.id, "person": cast.siri.id, "is_leader": False},
    )


def test_confirming_again_says_nothing_again(session: Session, cast: Cast) -> None:
    organisations.confirm_delegate(session, between(session, cast.nils, cast.skiold).id, by=actor(session, cast.berit), now=NOW)

    assert (notices(session), session.scalars(select(Audit)).all(), cast.skiold.revision) == ([], [], 0)


def test_the_first_whom_staff_confirm_leads(session: Session, cast: Cast) -> None:
    asked = organisations.ask_to_represent(session, cast.strommen.id, by=actor(session, cast.per), now=NOW)
    anew(session)

    confirmed = organisations.confirm_delegate(session, asked.id, by=actor(session, cast.kari), now=NOW)

    assert (confirmed.is_leader, leaders(session, cast.strommen.id)) == (True, [cast.per.id])


def test_a_leader_makes_another_leader(session: Session, cast: Cast) -> None:
    organisations.confirm_delegate(
        session, between(session, cast.nils, cast.skiold).id, is_leader=True, by=actor(session, cast.berit), now=NOW
    )

    assert leaders(session, cast.skiold.id) == [cast.berit.id, cast.nils.id]


def test_an_ended_delegate_acts_no_more_and_may_ask_anew(session: Session, cast: Cast) -> None:
    row = between(session, cast.nils, cast.skiold)
    organisations.end_delegation(session, row.id, by=actor(session, cast.berit), now=NOW)
    anew(session)
    assert actor(session, cast.nils).organisations == frozenset()

    with pytest.raises(Conflict) as refusal:
        organisations.confirm_delegate(session, row.id, by=actor(session, cast.berit), now=NOW)
    anew(session)
    again = organisations.ask_to_represent(session, cast.skiold.id, by=actor(session, cast.nils), now=NOW)

    assert (refusal.value.faults[0].code, again.id, again.state) == ("delegation-ended", row.id, DelegationState.ASKED)


def test_who_leaves_of_own_accord_gets_no_mail_about_it(session: Session, cast: Cast) -> None:
    organisations.end_delegation(session, between(session, cast.nils, cast.skiold).id, by=actor(session, cast.nils), now=NOW)

    assert notices(session) == []


def test_the_responsible_adult_cannot_leave_the_group(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        organisations.end_delegation(session, between(session, cast.tone, cast.kvilterne).id, by=actor(session, cast.tone), now=NOW)

    assert refusal.value.faults[0].code == "responsible-stays"


def test_an_officer_makes_another_adult_responsible_and_the_former_may_leave(session: Session, cast: Cast) -> None:
    joined = organisations.delegation_for(session, cast.per.id, cast.kvilterne, now=NOW)
    organisations.admit(session, joined, is_leader=False, now=NOW)

    organisations.change_responsible(session, joined.id, by=actor(session, cast.kari), now=NOW)
    anew(session)
    left = organisations.end_delegation(session, between(session, cast.tone, cast.kvilterne).id, by=actor(session, cast.tone), now=NOW)

    assert (cast.kvilterne.responsible_id, leaders(session, cast.kvilterne.id), left.state) == (
        cast.per.id,
        [cast.per.id],
        DelegationState.ENDED,
    )


def test_only_a_delegate_of_a_group_is_made_responsible(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        organisations.change_responsible(session, between(session, cast.nils, cast.skiold).id, by=actor(session, cast.kari), now=NOW)

    assert refusal.value.faults[0].code == "not-a-delegate"


def test_who_takes_it_back_and_asks_again_writes_to_the_leaders_once_a_day(session: Session, cast: Cast) -> None:
    for hours in (0, 1, 2, 27):
        anew(session)
        asked = organisations.ask_to_represent(session, cast.skiold.id, by=actor(session, cast.per), now=NOW + timedelta(hours=hours))
        anew(session)
        organisations.end_delegation(session, asked.id, by=actor(session, cast.per), now=NOW + timedelta(hours=hours))

    assert notices(session) == [("delegate-asked", cast.berit.id)] * 2
