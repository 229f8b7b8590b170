"""Identity: who acts, with the roles that verbs ask about; frozen, made at the edge."""

from dataclasses import dataclass
from enum import StrEnum

from kernel.errors import Forbidden, Unidentified, refuse


class Role(StrEnum):
    """CARETAKER holds for venues, OFFICER and ADMINISTRATOR for the municipality."""

    CARETAKER = "caretaker"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


class ApplicantClass(StrEnum):
    """In what capacity somebody asks for a room: GROUP has no organisation number, PERSON no organisation."""

    ORGANISATION = "organisation"
    GROUP = "group"
    PERSON = "person"
    BUSINESS = "business"
    PUBLIC_BODY = "public-body"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True, slots=True)
class Actor:
    """The hand behind an act: a person with roles, nobody (``person_id`` None), or the service itself.

    ``venues`` are ids of the venues the person is caretaker of, ``organisations`` ids of those they are a confirmed
    delegate of; ``via`` is ``page``, ``api``, ``link`` (in a notice), ``command`` or ``service``.
    """

    person_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "nb"
    roles: frozenset[Role] = frozenset()
    venues: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    via: str = "page"

    @property
    def is_known(self) -> bool:
        return self.person_id is not None or self.via in ("service", "command")

    @property
    def is_service(self) -> bool:
        """Whether nobody acts but the service itself."""
        return self.via == "service"

    @property
    def is_administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.roles

    @property
    def is_officer(self) -> bool:
        return Role.OFFICER in self.roles or self.is_administrator

    @property
    def is_staff(self) -> bool:
        return self.is_officer or Role.CARETAKER in self.roles

    def is_caretaker_of(self, venue_id: int) -> bool:
        return venue_id in self.venues

    def acts_for(self, organisation_id: int) -> bool:
        return organisation_id in self.organisations

    def require_known(self) -> int:
        """The person's id; raises Unidentified (``sign-in-first``)."""
        if self.person_id is None:
            raise refuse(Unidentified, "sign-in-first")
        return self.person_id

    def require(self, allowed: bool, need: str) -> None:
        """Raises Unidentified when nobody is signed in, Forbidden (``not-your-role``) naming the role it needs."""
        if allowed:
            return
        if not self.is_known:
            raise refuse(Unidentified, "sign-in-first")
        raise refuse(Forbidden, "not-your-role", need=need)


NOBODY = Actor()
SERVICE = Actor(roles=frozenset({Role.ADMINISTRATOR}), via="service")
COMMAND = Actor(roles=frozenset({Role.ADMINISTRATOR}), via="command")
