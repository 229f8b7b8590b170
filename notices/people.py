"""Letters about people: links, passwords, addresses, invitations, roles, and who acts for an organisation."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Role
from accounts.invitations import is_open as is_invitation_open
from accounts.links import path_for
from accounts.models import Delegation, Invitation, Person, ProofLink
from accounts.people import by_email
from accounts.people import is_open as is_link_open
from accounts.queries import venues
from database.outbox import Notice
from notices.letter import Letter, one_line
from settings import Settings


def of_proof(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """A link that proves an address; None once it does not work any more."""
    link = session.get(ProofLink, notice.facts["proof_link"])
    if link is None or not is_link_open(link, now):
        return None
    values = {"address": settings.public_url + path_for(link, settings.secret_key), "expires_at": link.expires_at}
    return Letter(link.email, link.language, "link", values)


def of_invitation(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """An invitation with who invites and to what, in the language of who has an account, else of who invites."""
    invitation = session.get(Invitation, notice.facts["invitation"])
    if invitation is None or not is_invitation_open(invitation, now):
        return None
    known = by_email(session, invitation.email)
    inviter = session.get(Person, invitation.invited_by) if invitation.invited_by else None
    values = {
        "address": settings.public_url + path_for(invitation, settings.secret_key),
        "expires_at": invitation.expires_at,
        "inviter": one_line(inviter.name) if inviter else "",
        "role": invitation.role,
        "venue": _venue(session, invitation.venue_id),
        "organisation": one_line(invitation.organisation.name) if invitation.organisation else "",
        "is_leader": invitation.is_leader,
    }
    return Letter(invitation.email, known.language if known else str(notice.facts.get("language", "nb")), "invitation", values)


def of_delegation(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """Somebody who wants to act for an organisation, to its leader; or who may now, or may no longer."""
    delegation, person = session.get(Delegation, notice.facts["delegation"]), session.get(Person, notice.person_id)
    if delegation is None or person is None or person.email is None:
        return None
    values = {
        "delegate": one_line(delegation.person.name),
        "organisation": one_line(delegation.organisation.name),
        "organisation_id": delegation.organisation_id,
        "why": notice.facts.get("why", ""),
    }
    return Letter(person.email, person.language, "delegate", values)


def of_role(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """A role that was granted."""
    role, venue = Role(notice.facts["role"]), _venue(session, notice.facts.get("venue"))
    return _to_person(session, notice, {"role": role, "venue": venue})


def of_person(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """A change of one's own account."""
    return _to_person(session, notice, {})


def _to_person(session: Session, notice: Notice, values: dict[str, object]) -> Letter | None:
    person = session.get(Person, notice.person_id)
    return Letter(person.email, person.language, "account", values) if person and person.email else None


def _venue(session: Session, venue_id: int | None) -> str:
    return one_line(venues(session).get(venue_id, "")) if venue_id else ""
