"""What happens to invitations: sent by those who may give what they offer, accepted by the one they were sent to."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.inputs import InvitationInput, ProfileInput
from accounts.models import Invitation, Person
from accounts.organisations import admit, delegation_for, organisation_of
from accounts.people import settle
from accounts.queries import leads
from accounts.roles import give, require_match
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.outbox import post
from kernel.errors import Fault, Forbidden, Gone, Missing, Throttled, refuse

INVITATION_LASTS = timedelta(days=14)
A_DAY = timedelta(days=1)
MOST_A_DAY = 30


def invite(session: Session, given: InvitationInput, *, language: str = "nb", by: Actor, now: datetime) -> Invitation:
    """Invite an address: to a role (administrators), or to act for an organisation (its leaders and officers).

    Raises Throttled (``too-many-attempts``) for others than officers who invite more than thirty in a day.
    """
    if given.role is not None:
        by.require(by.is_administrator, "administrator")
        require_match(session, given.role, given.venue)
    if given.organisation is not None:
        by.require(by.is_officer or leads(session, by.person_id, given.organisation), "leader")
        organisation_of(session, given.organisation)
    if not by.is_officer:
        _require_few(session, by.person_id, now)
    invitation = Invitation(
        email=given.email,
        role=given.role,
        venue_id=given.venue,
        organisation_id=given.organisation,
        is_leader=given.is_leader,
        invited_by=by.person_id,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    session.add(invitation)
    session.flush()
    post(session, "invitation", person_id=None, now=now, facts={"invitation": invitation.id, "language": language})
    facts = {"role": given.role, "venue": given.venue, "organisation": given.organisation}
    record(session, Act("invite", "invitation", invitation.id, facts), by=by, now=now)
    return invitation


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
    lock(session, *keys)
    session.refresh(person)
    invitation.accepted_at = now
    if invitation.role is not None:
        give(session, person.id, invitation.role, invitation.venue_id, by=by, now=now)
    if invitation.organisation_id is not None:
        _join(session, person, invitation, now=now)
    facts = {"organisation": invitation.organisation_id, "role": invitation.role, "venue": invitation.venue_id}
    record(session, Act("accept_invitation", "invitation", invitation.id, facts, holder_id=person.id), by=by, now=now)
    session.flush()


def _join(session: Session, person: Person, invitation: Invitation, *, now: datetime) -> None:
    organisation = organisation_of(session, invitation.organisation_id or 0)
    admit(session, delegation_for(session, person.id, organisation, now=now), is_leader=invitation.is_leader)
    organisation.revision += 1
    person.revision += 1
