"""What happens to organisations and to those who act for them."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor, ApplicantClass
from accounts.inputs import GroupInput, OrganisationChange, OrganisationInput, PublicContactInput, is_of_age
from accounts.models import Delegation, DelegationState, Organisation, Person
from accounts.queries import leaders, leads
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import post
from database.revisions import raise_everywhere
from kernel.errors import Conflict, Invalid, Missing, refuse

REAL_NUMBERS_BEGIN_WITH = ("8", "9")


def register_organisation(session: Session, given: OrganisationInput, *, by: Actor, now: datetime) -> Organisation:
    """Register an organisation by its number.

    Anybody may; who is no officer then stands as one who asks to act for it, until an officer has looked. What follows
    from registers, and being the municipality itself, only an officer states. Raises Conflict (``organisation-exists``).
    """
    by.require(by.is_known, "officer")
    by.require(by.is_officer or _is_modest(given), "officer")
    known = session.scalar(select(Organisation).where(Organisation.number == given.number))
    if known is not None:
        raise refuse(Conflict, "organisation-exists", "number", given.number, organisation=known.id, name=known.name)
    organisation = Organisation(
        **given.model_dump(exclude={"contact_email"}),
        contact_email=given.contact_email or "",
        is_fictional=not given.number.startswith(REAL_NUMBERS_BEGIN_WITH),
        created_at=now,
        changed_at=now,
        revision=0,
    )
    session.add(organisation)
    session.flush()
    if not by.is_officer:
        _add(session, by.require_known(), organisation, DelegationState.ASKED, now=now)
    record(session, Act("register_organisation", "organisation", organisation.id, {}), by=by, now=now)
    return organisation


def register_group(session: Session, given: GroupInput, *, responsible_id: int | None = None, by: Actor, now: datetime) -> Organisation:
    """Register a group without a number; one adult, by default who asks, is responsible for it and leads it.

    Officers may name another. Raises Invalid (``birth-date-missing``, ``responsible-too-young``).
    """
    responsible = _responsible(session, responsible_id, by)
    _require_adult(responsible, given.born, now)
    group = Organisation(
        name=given.name, applicant_class=ApplicantClass.GROUP, responsible_id=responsible.id, created_at=now, changed_at=now, revision=0
    )
    session.add(group)
    session.flush()
    _add(session, responsible.id, group, DelegationState.CONFIRMED, is_leader=True, now=now)
    responsible.revision += 1
    record(
        session, Act("register_group", "organisation", group.id, {"responsible": responsible.id}, holder_id=responsible.id), by=by, now=now
    )
    return group


def change_organisation(session: Session, organisation_id: int, given: OrganisationChange, *, by: Actor, now: datetime) -> Organisation:
    """Correct what is said of an organisation; raises Conflict (``class-needs-number``) when a group would lose its nature."""
    by.require(by.is_officer, "officer")
    lock(session, Key(Subject.ORGANISATION, organisation_id))
    organisation = organisation_of(session, organisation_id)
    if (organisation.number is None) != (given.applicant_class is ApplicantClass.GROUP):
        raise refuse(Conflict, "class-needs-number", "applicant_class", str(given.applicant_class))
    for name, value in given.model_dump(exclude={"contact_email"}).items():
        setattr(organisation, name, value)
    organisation.contact_email = given.contact_email or ""
    organisation.changed_at = now
    organisation.revision += 1
    raise_everywhere(session)
    record(session, Act("change_organisation", "organisation", organisation_id, {"applicant_class": given.applicant_class}), by=by, now=now)
    session.flush()
    return organisation


def show_contact(session: Session, organisation_id: int, given: PublicContactInput, *, by: Actor, now: datetime) -> Organisation:
    """State where anybody reaches the organisation; leaders and officers do."""
    lock(session, Key(Subject.ORGANISATION, organisation_id))
    organisation = organisation_of(session, organisation_id)
    by.require(by.is_officer or leads(session, by.person_id, organisation_id), "leader")
    organisation.public_contact = given.public_contact
    organisation.changed_at = now
    organisation.revision += 1
    raise_everywhere(session)
    record(session, Act("show_contact", "organisation", organisation_id, {}), by=by, now=now)
    session.flush()
    return organisation


def show_publicly(session: Session, organisation_id: int, *, is_shown: bool, by: Actor, now: datetime) -> Organisation:
    """Say whether anybody may read what the organisation has booked; its leaders and officers do. Raises Missing."""
    by.require(by.is_officer or leads(session, by.person_id, organisation_id), "leader")
    lock(session, Key(Subject.ORGANISATION, organisation_id))
    organisation = organisation_of(session, organisation_id)
    if organisation.shown_publicly is not is_shown:
        organisation.shown_publicly, organisation.changed_at = is_shown, now
        organisation.revision += 1
        raise_everywhere(session)
        record(session, Act("show_publicly", "organisation", organisation_id, {"is_shown": is_shown}), by=by, now=now)
        session.flush()
    return organisation


def ask_to_represent(session: Session, organisation_id: int, *, by: Actor, now: datetime) -> Delegation:
    """Ask to act for an organisation; its leaders are told, and asking again changes nothing.

    Raises Conflict (``group-is-closed``): a group answers for itself and invites whom it wants.
    """
    person_id = by.require_known()
    lock(session, Key(Subject.ORGANISATION, organisation_id), Key(Subject.PERSON, person_id))
    organisation = organisation_of(session, organisation_id)
    delegation = delegation_between(session, person_id, organisation_id)
    if delegation is not None and delegation.state is not DelegationState.ENDED:
        return delegation
    if organisation.number is None:
        raise refuse(Conflict, "group-is-closed", "organisation", organisation.name)
    if delegation is None:
        delegation = _add(session, person_id, organisation, DelegationState.ASKED, now=now)
    # Who asks, takes it back and asks again writes to the leaders once a day, not as often as he or she likes.
    is_told = delegation.state is DelegationState.ENDED and now - delegation.created_at < timedelta(days=1)
    delegation.state, delegation.is_leader, delegation.created_at = DelegationState.ASKED, False, now
    organisation.revision += 1
    session.flush()
    record(session, Act("ask_to_represent", "delegation", delegation.id, {"organisation": organisation_id}), by=by, now=now)
    for leader_id in () if is_told else leaders(session, organisation_id):
        post(session, "delegate-asked", person_id=leader_id, now=now, facts={"delegation": delegation.id})
    return delegation


def confirm_delegate(
    session: Session, delegation_id: int, *, is_leader: bool = False, role_code: str = "", by: Actor, now: datetime
) -> Delegation:
    """Let a person act for the organisation, or make a delegate its leader too; the first whom staff confirm leads it.

    With a ``role_code`` for as long as they hold that role by the register. Raises Conflict (``delegation-ended``).
    """
    delegation = _locked(session, delegation_id)
    organisation_id = delegation.organisation_id
    by.require(by.is_officer or leads(session, by.person_id, organisation_id), "leader")
    if delegation.state is DelegationState.ENDED:
        raise refuse(Conflict, "delegation-ended")
    was = (delegation.state, delegation.is_leader)
    admit(session, delegation, is_leader=is_leader, now=now)
    delegation.role_code = role_code
    if was != (delegation.state, delegation.is_leader):
        _changed(session, delegation)
        facts = {"organisation": organisation_id, "person": delegation.person_id, "is_leader": delegation.is_leader}
        act = Act("confirm_delegate", "delegation", delegation.id, facts, holder_id=delegation.person_id)
        act.facts.update({"role": role_code} if role_code else {})
        record(session, act, by=by, now=now)
        post(session, "delegate-confirmed", person_id=delegation.person_id, now=now, facts={"delegation": delegation.id})
    return delegation


def end_delegation(session: Session, delegation_id: int, *, why: str = "", by: Actor, now: datetime) -> Delegation:
    """End or decline somebody's acting for the organisation; one may always end one's own. ``why`` is a code of what ended it by itself.

    Raises Conflict (``responsible-stays``) for the adult who is responsible for a group.
    """
    delegation = _locked(session, delegation_id)
    own = by.person_id is not None and delegation.person_id == by.person_id
    by.require(own or by.is_officer or leads(session, by.person_id, delegation.organisation_id), "leader")
    if delegation.state is DelegationState.ENDED:
        return delegation
    if delegation.organisation.responsible_id == delegation.person_id:
        raise refuse(Conflict, "responsible-stays", "delegation", delegation.organisation.name)
    conclude(session, delegation, is_told=not own, why=why, by=by, now=now)
    return delegation


def change_responsible(session: Session, delegation_id: int, *, by: Actor, now: datetime) -> Delegation:
    """Make a delegate of a group the adult who is responsible for it.

    Raises Conflict (``not-a-delegate``) and Invalid (``birth-date-missing``, ``responsible-too-young``).
    """
    by.require(by.is_officer, "officer")
    delegation = _locked(session, delegation_id)
    group = delegation.organisation
    if delegation.state is not DelegationState.CONFIRMED or group.number is not None:
        raise refuse(Conflict, "not-a-delegate")
    _require_adult(delegation.person, None, now)
    former, group.responsible_id, delegation.is_leader = group.responsible_id, delegation.person_id, True
    _changed(session, delegation)
    facts = {"former": former, "responsible": delegation.person_id}
    record(session, Act("change_responsible", "organisation", group.id, facts, holder_id=delegation.person_id), by=by, now=now)
    return delegation


def renew_delegation(session: Session, delegation_id: int, *, by: Actor, now: datetime) -> Delegation:
    """Say that one acts for the organisation still, for which nobody else need answer. Raises Conflict (``delegation-ended``)."""
    delegation = _locked(session, delegation_id)
    by.require(by.person_id == delegation.person_id, "leader")
    if delegation.state is not DelegationState.CONFIRMED:
        raise refuse(Conflict, "delegation-ended")
    delegation.kept_at, delegation.warned_at = now, None
    record(session, Act("renew_delegation", "delegation", delegation.id, {"organisation": delegation.organisation_id}), by=by, now=now)
    session.flush()
    return delegation


def admit(session: Session, delegation: Delegation, *, is_leader: bool, now: datetime) -> None:
    """Confirm without asking who may: for an organisation that nobody leads, this one does."""
    delegation.is_leader = delegation.is_leader or is_leader or not leaders(session, delegation.organisation_id)
    delegation.state, delegation.kept_at, delegation.warned_at = DelegationState.CONFIRMED, now, None


def conclude(session: Session, delegation: Delegation, *, is_told: bool = True, why: str = "", by: Actor, now: datetime) -> None:
    """End somebody's acting for the organisation without asking who may; the caller has locked both."""
    _end(delegation)
    _changed(session, delegation)
    reason = {"why": why} if why else {}
    facts = {"organisation": delegation.organisation_id, "person": delegation.person_id, **reason}
    record(session, Act("end_delegation", "delegation", delegation.id, facts, holder_id=delegation.person_id), by=by, now=now)
    if is_told:
        post(session, "delegate-ended", person_id=delegation.person_id, now=now, facts={"delegation": delegation.id, **reason})


def give_way(session: Session, delegation: Delegation, *, stays: bool, by: Actor, now: datetime) -> None:
    """Let a leader give way to a successor, without asking who may; one who ``stays`` acts for the organisation still."""
    if delegation.state is not DelegationState.CONFIRMED or not delegation.is_leader:
        return
    if stays:
        delegation.is_leader = False
    else:
        _end(delegation)
    _changed(session, delegation)
    facts = {"organisation": delegation.organisation_id, "person": delegation.person_id, "stays": stays}
    record(session, Act("give_way", "delegation", delegation.id, facts, holder_id=delegation.person_id), by=by, now=now)


def delegation_for(session: Session, person_id: int, organisation: Organisation, *, now: datetime) -> Delegation:
    """The row between person and organisation, made as asked for when there is none."""
    found = delegation_between(session, person_id, organisation.id)
    return found or _add(session, person_id, organisation, DelegationState.ASKED, now=now)


def delegation_between(session: Session, person_id: int, organisation_id: int) -> Delegation | None:
    """The row between person and organisation, where there is one."""
    return session.scalar(select(Delegation).where(Delegation.person_id == person_id, Delegation.organisation_id == organisation_id))


def organisation_of(session: Session, organisation_id: int) -> Organisation:
    """The organisation; raises Missing (``no-such-organisation``)."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise refuse(Missing, "no-such-organisation", "organisation", organisation_id)
    return organisation


def _is_modest(given: OrganisationInput) -> bool:
    return given.applicant_class is not ApplicantClass.MUNICIPALITY and given.in_voluntary_register is None and given.is_local is None


def _responsible(session: Session, responsible_id: int | None, by: Actor) -> Person:
    person_id = by.require_known() if responsible_id is None else responsible_id
    by.require(by.is_officer or person_id == by.person_id, "officer")
    lock(session, Key(Subject.PERSON, person_id))
    person = session.get(Person, person_id)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    return person


def _require_adult(responsible: Person, stated: date | None, now: datetime) -> None:
    born = responsible.born or stated
    if born is None:
        raise refuse(Invalid, "birth-date-missing", "born")
    if not is_of_age(born, now.date()):
        raise refuse(Invalid, "responsible-too-young", "born", born, least=18)
    responsible.born = born


def _add(
    session: Session, person_id: int, organisation: Organisation, state: DelegationState, *, is_leader: bool = False, now: datetime
) -> Delegation:
    delegation = Delegation(person_id=person_id, organisation=organisation, state=state, is_leader=is_leader, created_at=now)
    session.add(delegation)
    session.flush()
    return delegation


def _locked(session: Session, delegation_id: int) -> Delegation:
    delegation = session.get(Delegation, delegation_id)
    if delegation is None:
        raise refuse(Missing, "no-such-delegation", "delegation", delegation_id)
    lock(session, Key(Subject.ORGANISATION, delegation.organisation_id), Key(Subject.PERSON, delegation.person_id))
    session.refresh(delegation)
    return delegation


def _end(delegation: Delegation) -> None:
    delegation.state, delegation.is_leader, delegation.role_code = DelegationState.ENDED, False, ""


def _changed(session: Session, delegation: Delegation) -> None:
    delegation.organisation.revision += 1
    delegation.person.revision += 1
    session.flush()
