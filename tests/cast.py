"""The standing cast: the named people, organisations and hall that every test may ask for; all of it fictional.

Numbers of organisations begin with 3, which the register gives to no real organisation.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor, ApplicantClass, Role
from accounts.models import Delegation, DelegationState, Organisation, Person, RoleGrant
from accounts.passwords import hashed
from accounts.queries import actor_of
from venues.models import Municipality, Room, Space, Venue

BEGINNING = datetime(2026, 1, 2, 8, 0, tzinfo=UTC)
PASSWORD = "en-lang-og-god-setning"
PASSWORD_HASH = hashed(PASSWORD)
ZONE = "Europe/Oslo"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who stands ready; ``actor(session, cast.kari)`` gives the hand that verbs want."""

    kari: Person  # officer
    olav: Person  # caretaker of Øren flerbrukshall
    ada: Person  # administrator
    berit: Person  # leader of Skiold turn
    nils: Person  # delegate of Skiold turn
    siri: Person  # has asked to act for Skiold turn, unconfirmed
    per: Person  # private, no organisation
    tone: Person  # the responsible adult of Onsdagskvilterne
    skiold: Organisation  # a voluntary organisation
    strommen: Organisation  # another, nobody acts for it yet
    elvebredden: Organisation  # a business
    kulturskolen: Organisation  # the municipality's own
    kvilterne: Organisation  # a group without a number
    oren: Venue


def assemble(session: Session) -> Cast:
    """Put the whole cast into the database; the hall is taken as it is where an import brought it already."""
    people = {name: _person(session, name) for name in ("kari", "olav", "ada", "berit", "nils", "siri", "per", "tone")}
    organisations = {
        "skiold": _organisation(session, "Skiold turn", "313000001", ApplicantClass.ORGANISATION),
        "strommen": _organisation(session, "Strømmen sangkor", "313000028", ApplicantClass.ORGANISATION),
        "elvebredden": _organisation(session, "Elvebredden kurs AS", "313000036", ApplicantClass.BUSINESS),
        "kulturskolen": _organisation(session, "Kulturskolen", "313000044", ApplicantClass.MUNICIPALITY),
        "kvilterne": _organisation(session, "Onsdagskvilterne", None, ApplicantClass.GROUP, people["tone"]),
    }
    oren = hall(session)
    _delegation(session, people["berit"], organisations["skiold"], is_leader=True)
    _delegation(session, people["nils"], organisations["skiold"])
    _delegation(session, people["siri"], organisations["skiold"], state=DelegationState.ASKED)
    _delegation(session, people["tone"], organisations["kvilterne"], is_leader=True)
    for name, role, venue in (("kari", Role.OFFICER, None), ("ada", Role.ADMINISTRATOR, None), ("olav", Role.CARETAKER, oren)):
        session.add(RoleGrant(person_id=people[name].id, role=role, venue_id=venue.id if venue else None, granted_at=BEGINNING))
    session.flush()
    return Cast(**people, **organisations, oren=oren)


def actor(session: Session, person: Person, via: str = "page") -> Actor:
    """The hand of a member of the cast, with the roles that the database gives."""
    return actor_of(session, person.id, via=via)


def hall(session: Session) -> Venue:
    """Øren flerbrukshall: two halves that can be booked alone or together."""
    found = session.scalar(select(Venue).where(Venue.slug == "oren-flerbrukshall"))
    if found is not None:
        return found
    if session.scalar(select(Municipality.id)) is None:
        session.add(Municipality(name="Drammen kommune", number="3301", zone=ZONE, changed_at=BEGINNING))
    venue = Venue(slug="oren-flerbrukshall", name="Øren flerbrukshall", kind="sports hall", zone=ZONE, changed_at=BEGINNING)
    first, second = (Space(venue=venue, slug=f"gymsal-{number}", name=f"Gymsal {number}") for number in (1, 2))
    whole = Room(
        venue=venue, slug="hel-hall", name="Hel hall (håndballbane)", kind="handball court", changed_at=BEGINNING, spaces=[first, second]
    )
    halves = [
        Room(venue=venue, slug=space.slug, name=space.name, kind="gym", changed_at=BEGINNING, spaces=[space]) for space in (first, second)
    ]
    session.add_all([venue, whole, *halves])
    session.flush()
    return venue


SURNAMES = {
    "kari": "Nordby",
    "olav": "Haugen",
    "ada": "Lien",
    "berit": "Moe",
    "nils": "Bakke",
    "siri": "Vik",
    "per": "Solli",
    "tone": "Dahl",
}


def _person(session: Session, name: str) -> Person:
    number = list(SURNAMES).index(name)
    person = Person(
        email=f"{name}@example.org",
        name=f"{name.capitalize()} {SURNAMES[name]}",
        phone=f"+479900000{number}",
        born=date(1980 + number, 5, 17),
        password_hash=PASSWORD_HASH,
        proved_at=BEGINNING,
        created_at=BEGINNING,
    )
    session.add(person)
    session.flush()
    return person


def _organisation(session: Session, name: str, number: str | None, kind: ApplicantClass, responsible: Person | None = None) -> Organisation:
    organisation = Organisation(
        name=name,
        number=number,
        applicant_class=kind,
        responsible=responsible,
        is_fictional=True,
        created_at=BEGINNING,
        changed_at=BEGINNING,
    )
    session.add(organisation)
    session.flush()
    return organisation


def _delegation(
    session: Session,
    person: Person,
    organisation: Organisation,
    *,
    state: DelegationState = DelegationState.CONFIRMED,
    is_leader: bool = False,
) -> None:
    session.add(Delegation(person_id=person.id, organisation_id=organisation.id, state=state, is_leader=is_leader, created_at=BEGINNING))
