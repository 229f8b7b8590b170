"""The demo's people and organisations; all of them are invented."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor, ApplicantClass, Role
from accounts.inputs import TeamInput
from accounts.models import Delegation, DelegationState, Organisation, Person, RoleGrant
from accounts.passwords import hashed
from venues.models import Venue

PASSWORD = "en-høst-i-drammen"
PEOPLE = {
    "kari": ("Kari Nordby", "saksbehandler", (Role.OFFICER,), ()),
    "ada": ("Ada Lien", "administrator", (Role.ADMINISTRATOR,), ()),
    "olav": ("Olav Haugen", "vaktmester", (), ("oren-flerbrukshall", "assiden-fotballhall", "brandengen-flerbrukshall")),
    "berit": ("Berit Moe", "leder i Skiold turn", (), ()),
    "nils": ("Nils Bakke", "representant for Strømsø håndball", (), ()),
    "siri": ("Siri Vik", "dirigent i Elvekoret", (), ()),
    "tone": ("Tone Dahl", "ansvarlig for Onsdagskvilterne", (), ()),
    "per": ("Per Solli", "privatperson", (), ()),
    "amina": ("Amina Yusuf", "leder i Fjell fargerike", (), ()),
    "jonas": ("Jonas Berg", "trommeslager i Papirbruket", (), ()),
}
# Numbers that begin with 3 are given to no organisation by the register; their check digits are right.
ORGANISATIONS = {
    "skiold": ("Skiold turn", "313000001", ApplicantClass.ORGANISATION, ("berit",)),
    "handball": ("Strømsø håndball", "313000028", ApplicantClass.ORGANISATION, ("nils",)),
    "koret": ("Elvekoret", "313000036", ApplicantClass.ORGANISATION, ("siri",)),
    "fjell": ("Fjell fargerike", "313000044", ApplicantClass.ORGANISATION, ("amina",)),
    "papirbruket": ("Papirbruket band", "313000052", ApplicantClass.ORGANISATION, ("jonas",)),
    "konnerud": ("Konnerud innebandy", "313000060", ApplicantClass.ORGANISATION, ()),
    "sjakk": ("Bragernes sjakk-klubb", "313000079", ApplicantClass.ORGANISATION, ()),
    "speider": ("Åskollen speidergruppe", "313000087", ApplicantClass.ORGANISATION, ()),
    "fotball": ("Åssiden ballklubb", "313000095", ApplicantClass.ORGANISATION, ("nils",)),
    "dans": ("Mjøndalen folkedans", "313000109", ApplicantClass.ORGANISATION, ()),
    "kurs": ("Elvebredden kurs AS", "313000117", ApplicantClass.BUSINESS, ()),
    "kvilterne": ("Onsdagskvilterne", None, ApplicantClass.GROUP, ("tone",)),
}

# Name, from which age to which, how many.
TEAMS = {
    "skiold": (("Turnbarn", 6, 9, 24), ("Troppsgymnastikk", 10, 13, 18), ("Parkour", 13, 16, 15)),
    "handball": (("Jenter 12", 11, 12, 16), ("Gutter 14", 13, 14, 14), ("Damer senior", 17, None, 18)),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The invented people and organisations by their short names."""

    people: Mapping[str, Person]
    organisations: Mapping[str, Organisation]


def assemble(session: Session, *, by: Actor, now: datetime) -> Cast:
    """Write all people with their roles, and all organisations with those who act for them."""
    del by
    password = hashed(PASSWORD)
    people = {name: _person(session, name, number, password, now) for number, name in enumerate(PEOPLE)}
    organisations = {name: _organisation(session, name, people, now) for name in ORGANISATIONS}
    session.flush()
    return Cast(people, organisations)


def teams(cast: Cast) -> Iterator[tuple[int, TeamInput]]:
    """The teams of those organisations that list some, each with the organisation's id."""
    for name, listed in TEAMS.items():
        for team, youngest, oldest, members in listed:
            yield cast.organisations[name].id, TeamInput(team=team, youngest=youngest, oldest=oldest, members=members)


def _person(session: Session, name: str, number: int, password: str, now: datetime) -> Person:
    written, _, roles, venues = PEOPLE[name]
    person = Person(
        email=f"{name}@example.org",
        name=written,
        phone=f"+479900001{number}",
        born=date(1970 + 3 * number, 5, 17),
        password_hash=password,
        proved_at=now,
        created_at=now,
    )
    session.add(person)
    session.flush()
    session.add_all(RoleGrant(person_id=person.id, role=role, granted_at=now) for role in roles)
    for venue_id in session.scalars(select(Venue.id).where(Venue.slug.in_(venues))):
        session.add(RoleGrant(person_id=person.id, role=Role.CARETAKER, venue_id=venue_id, granted_at=now))
    return person


def _organisation(session: Session, name: str, people: Mapping[str, Person], now: datetime) -> Organisation:
    written, number, kind, delegates = ORGANISATIONS[name]
    organisation = Organisation(
        name=written,
        number=number,
        applicant_class=kind,
        responsible=people[delegates[0]] if number is None else None,
        is_local=True,
        is_fictional=True,
        public_contact=f"post@{name}.example" if number else "",
        created_at=now,
        changed_at=now,
    )
    session.add(organisation)
    session.flush()
    for delegate in delegates:
        row = Delegation(person_id=people[delegate].id, organisation_id=organisation.id, is_leader=True, created_at=now)
        row.state = DelegationState.CONFIRMED
        session.add(row)
    return organisation
