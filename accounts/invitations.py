"""What happens to invitations: sent by those who may give what they offer, accepted by the one they were sent to."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.inputs import HandoverInput, InvitationInput, ProfileInput
from accounts.models import Delegation, DelegationState, Invitation, Person
from accounts.organisations import admit, delegation_between, delegation_for, give_way, organisation_of
from accounts.people import by_email, settle
from accounts.queries import leads
from accounts.register.queries import letters_in
from accounts.roles import give, require_match
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import post
from kernel.errors import Conflict, Fault, Forbidden, Gone, Missing, Throttled, refuse

INVITATION_LASTS = timedelta(days=14)
A_DAY = timedelta(days=1)
MOST_A_DAY = 30


def invite(session: Session, given: InvitationInput, *, language: str = "nb", by: Actor, now: datetime) -> Invitation:
    """Invite an address: to a role (administrators), or to act for an organisation (its leaders and officers), in nynorsk to one that has
    chosen it in the register.

    Raises Throttled (``too-many-attempts``) for others than officers who invite more than thirty in a day.
    """
    if given.role is not None:
        by.require(by.is_administrator, "administrator")
        require_match(session, given.role, given.venue)
    if given.organisation is not None:
        by.require(by.is_officer or leads(session, by.person_id, given.organisation), "leader")
        organisation = organisation_of(session, given.organisation)
        language = letters_in(session, organisation.number, language)
    if not by.is_officer:
        _require_few(session, by.person_id, now)
    offered = Invitation(role=given.role, venue_id=given.venue, organisation_id=given.organisation, is_leader=given.is_leader)
    return _send(session, offered, given.email, language, by=by, now=now)


def hand_over(
    session: Session, organisation_id: int, given: HandoverInput, *, language: str = "nb", by: Actor, now: datetime
) -> Invitation | None:
    """Give the lead of an organisation to a named successor in one act, as after an annual meeting; its leaders do.

    Who acts for it already leads it at once, and nothing is returned; another is sent an invitation, and whoever hands over leads until it
    is accepted. Raises Conflict (``responsible-stays``, ``own-successor``), Throttled as ``invite``.
    """
    person_id, organisation = by.require_known(), organisation_of(session, organisation_id)
    by.require(leads(session, person_id, organisation_id), "leader")
    if organisation.responsible_id == person_id:
        raise refuse(Conflict, "responsible-stays", "successor", organisation.name)
    successor = by_email(session, given.successor)
    if successor is not None and successor.id == person_id:
        raise refuse(Conflict, "own-successor", "successor", given.successor)
    if successor is not None:
        lock(session, Key(Subject.ORGANISATION, organisation_id), *(Key(Subject.PERSON, one) for one in (person_id, successor.id)))
    mine = delegation_between(session, person_id, organisation_id)
    theirs = delegation_between(session, successor.id, organisation_id) if successor else None
    if mine is None or not leads(session, person_id, organisation_id):
        raise refuse(Conflict, "delegation-ended")
    if theirs is None or theirs.state is not DelegationState.CONFIRMED:
        _require_few(session, person_id, now)
        offered = Invitation(organisation_id=organisation_id, is_leader=True, succeeds_id=mine.id, stays=given.stays)
        return _send(session, offered, given.successor, language, by=by, now=now)
    admit(session, theirs, is_leader=True, now=now)
    give_way(session, mine, stays=given.stays, by=by, now=now)
    theirs.person.revision += 1
    facts = {"organisation": organisation_id, "person": theirs.person_id, "is_leader": True}
    record(session, Act("confirm_delegate", "delegation", theirs.id, facts, holder_id=theirs.person_id), by=by, now=now)
    post(session, "delegate-confirmed", person_id=theirs.person_id, now=now, facts={"delegation": theirs.id})
    session.flush()
    return None


def withdraw_invitation(session: Session, invitation_id: int, *, by: Actor, now: datetime) -> Invitation:
    """Take an invitation back before it is accepted, by those who might have sent it."""
    invitation = _usable(session, invitation_id, now)
    may = by.is_administrator if invitation.role else by.is_officer or leads(session, by.person_id, invitation.organisation_id)
    by.require(may, "administrator" if invitation.role else "leader")
    invitation.expires_at = now
    record(session, Act("withdraw_invitation", "invitation", invitation.id, {}), by=by, now=now)
    session.flush()
    return invitation


def accept_invitation(session: Session, invitation_id: int, *, by: Actor, now: datetime) -> Invitation:
    """Take what was offered; raises Forbidden (``invitation-for-another``) and Gone (``invitation-used``, ``invitation-expired``)."""
    person_id = by.require_known()
    invitation = _usable(session, invitation_id, now)
    person = session.get(Person, person_id)
    if person is None or person.email != invitation.email:
        raise refuse(Forbidden, "invitation-for-another")
    _accept(session, invitation, person, by=by, now=now)
    return invitation


def open_account_by_invitation(
    session: Session, invitation_id: int, profile: ProfileInput, *, password_hash: str, by: Actor, now: datetime
) -> Person:
    """Open an account for the address that was invited, which the link has proved, and accept; raises Conflict (``account-exists``)."""
    invitation = _usable(session, invitation_id, now)
    person = settle(session, invitation.email, profile, password_hash=password_hash, now=now)
    record(session, Act("open_account", "person", person.id, {"invitation": invitation.id}, holder_id=person.id), by=by, now=now)
    _accept(session, invitation, person, by=by, now=now)
    return person


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Whether an invitation can be accepted still."""
    return invitation.accepted_at is None and now < invitation.expires_at


def require_open(invitation: Invitation, now: datetime) -> None:
    """Raises Gone (``invitation-used``, ``invitation-expired``) for one that cannot be accepted any more."""
    if invitation.accepted_at is not None:
        raise refuse(Gone, "invitation-used")
    if invitation.expires_at <= now:
        raise refuse(Gone, "invitation-expired")


def _send(session: Session, invitation: Invitation, email: str, language: str, *, by: Actor, now: datetime) -> Invitation:
    invitation.email, invitation.invited_by = email, by.person_id
    invitation.created_at, invitation.expires_at = now, now + INVITATION_LASTS
    session.add(invitation)
    session.flush()
    post(session, "invitation", person_id=None, now=now, facts={"invitation": invitation.id, "language": language})
    facts = {"role": invitation.role, "venue": invitation.venue_id, "organisation": invitation.organisation_id}
    record(session, Act("invite", "invitation", invitation.id, facts), by=by, now=now)
    return invitation


def _require_few(session: Session, person_id: int | None, now: datetime) -> None:
    """Anybody can register a group, name it, and invite whom they will: without a bound, mail of theirs in our name."""
    sent = select(Invitation.created_at).where(Invitation.invited_by == person_id, Invitation.created_at > now - A_DAY)
    oldest = session.scalar(sent.order_by(Invitation.created_at.desc()).offset(MOST_A_DAY - 1).limit(1))
    if oldest is not None:
        wait = oldest + A_DAY - now
        raise Throttled(Fault("too-many-attempts", facts={"minutes": wait}), after=int(wait.total_seconds()))


def _usable(session: Session, invitation_id: int, now: datetime) -> Invitation:
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise refuse(Missing, "no-such-link")
    require_open(invitation, now)
    return invitation


def _accept(session: Session, invitation: Invitation, person: Person, *, by: Actor, now: datetime) -> None:
    keys = [Key(Subject.PERSON, person.id)]
    if invitation.organisation_id is not None:
        keys.append(Key(Subject.ORGANISATION, invitation.organisation_id))
    former = session.get(Delegation, invitation.succeeds_id) if invitation.succeeds_id else None
    if former is not None:
        keys.append(Key(Subject.PERSON, former.person_id))
    lock(session, *keys)
    session.refresh(person)
    invitation.accepted_at = now
    if invitation.role is not None:
        give(session, person.id, invitation.role, invitation.venue_id, by=by, now=now)
    if invitation.organisation_id is not None:
        _join(session, person, invitation, now=now)
    if former is not None and former.person_id != person.id:
        session.refresh(former)
        give_way(session, former, stays=invitation.stays, by=by, now=now)
    facts = {"organisation": invitation.organisation_id, "role": invitation.role, "venue": invitation.venue_id}
    record(session, Act("accept_invitation", "invitation", invitation.id, facts, holder_id=person.id), by=by, now=now)
    session.flush()


def _join(session: Session, person: Person, invitation: Invitation, *, now: datetime) -> None:
    organisation = organisation_of(session, invitation.organisation_id or 0)
    admit(session, delegation_for(session, person.id, organisation, now=now), is_leader=invitation.is_leader, now=now)
    organisation.revision += 1
    person.revision += 1
