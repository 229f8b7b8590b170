"""Rows of people, organisations, who acts for whom, roles, invitations, proofs and tokens."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.identity import ApplicantClass, Role
from database.base import Base
from database.types import Word


class Person(Base):
    """Anyone with an account, and callers that staff book for (no password, maybe no address).

    ``without_calendar`` is who wants no mail that writes into his or her calendar. ``seen_at`` is when they signed in last, ``warned_at``
    when they were told since that the account ends unless it is used.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(30), default="")
    born: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(5), default="nb")
    without_calendar: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    proved_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    session_epoch: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)


class Organisation(Base):
    """A registered organisation (nine-digit number), or a group without one that a responsible adult answers for.

    ``public_contact`` is the web or mail address of its own that it shows to everybody; ``dissolved_on`` is when it was deleted from
    the register. ``has_agreements`` says that it has or had any: what it books asks for them then, and else does not.
    """

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(9), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    applicant_class: Mapped[ApplicantClass] = mapped_column(Word(ApplicantClass))
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    in_voluntary_register: Mapped[bool | None]
    is_local: Mapped[bool | None]
    dissolved_on: Mapped[date | None]
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    public_contact: Mapped[str] = mapped_column(String(300), default="")
    is_fictional: Mapped[bool] = mapped_column(default=False)
    shown_publicly: Mapped[bool] = mapped_column(default=True)
    has_agreements: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)

    responsible: Mapped[Person | None] = relationship()


class DelegationState(StrEnum):
    """ASKED until the organisation or staff confirm; ENDED keeps the row for the history."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class Delegation(Base):
    """A person who acts for an organisation; a leader confirms others and other people's requests.

    ``role_code`` is the role by the register for which they were confirmed: it ends with it. ``kept_at`` is when it was last said that
    it holds, ``warned_at`` when they were told that it lapses unless it is used.
    """

    __tablename__ = "delegation"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"), Index("ix_delegation_organisation_id", "organisation_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[DelegationState] = mapped_column(Word(DelegationState))
    is_leader: Mapped[bool] = mapped_column(default=False)
    role_code: Mapped[str] = mapped_column(String(10), default="")
    created_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()


class Team(Base):
    """A team or group of an organisation: how old its members are, and how many there are of them, as far as that is said."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    youngest: Mapped[int | None]
    oldest: Mapped[int | None]
    members: Mapped[int | None]


class Standing(Base):
    """What the municipality granted an organisation or knows of it on the days ``first_day`` to ``last_day``.

    With a ``value`` it is a figure (``active-members``), else a status (``lease-status-a``); ``source`` says how one knows.
    """

    __tablename__ = "standing"
    __table_args__ = (Index("ix_standing_organisation_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(80))
    value: Mapped[int | None]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(500))
    noted_by: Mapped[int | None]
    noted_at: Mapped[datetime]
    ended_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role that a person holds, for one venue where it is a caretaker's; a deputy's is ``deputy_for`` another and dated."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(Word(Role))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    granted_at: Mapped[datetime]
    deputy_for: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    def holds(self, now: datetime) -> bool:
        """Whether it gives any right at a moment."""
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)


class Invitation(Base):
    """An invitation by mail to take a role or to act for an organisation; ``succeeds_id`` is the delegation of the leader who hands
    over by it, and goes on as a delegate where ``stays``."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role | None] = mapped_column(Word(Role))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    is_leader: Mapped[bool] = mapped_column(default=False)
    succeeds_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))
    stays: Mapped[bool] = mapped_column(default=False)
    invited_by: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]

    organisation: Mapped[Organisation | None] = relationship()


class Proof(StrEnum):
    """What a mailed link proves or permits."""

    OPEN_ACCOUNT = "open-account"
    RESET_PASSWORD = "reset-password"
    CHANGE_EMAIL = "change-email"
    RESTORE_EMAIL = "restore-email"


class ProofLink(Base):
    """A link sent by mail; its token is signed from this row's id, so that no secret is stored.

    ``person_id`` is whose address it changes; links to an account are known by the address they were sent to.
    """

    __tablename__ = "proof_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Proof] = mapped_column(Word(Proof))
    email: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(5), default="nb")
    next_page: Mapped[str] = mapped_column(String(4000), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempt(Base):
    """One attempt at signing in or asking for a link, counted per address and per network to throttle them."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class ApiToken(Base):
    """A token for the API, stored as its SHA-256 only; shown once when made."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
