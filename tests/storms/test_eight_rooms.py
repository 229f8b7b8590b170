"""Eight processes ask at one moment for the last that a count allows, each in a room of its own: one gets it, the others hear why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor, ApplicantClass
from accounts.models import Delegation, DelegationState, Organisation, Person
from accounts.queries import actor_of
from booking.furnishing import NewResource, add_resource
from booking.models import Booking, Claim, Occurrence
from booking.outcome import Declined, Taken
from booking.reservations import reserve
from booking.states import OccurrenceState
from booking.support.agreements import make_agreement
from booking.support.terms import AgreementTerms
from booking.wish import Wish
from database.transact import Database
from kernel.clock import now as moment
from tests import once
from tests.booking.conftest import POLICY, REASON, Hall, again, furnish
from tests.cast import BEGINNING
from tests.processes import PROCESSES
from tests.storm import FIRST, body_of
from venues.models import Room, Space
from venues.vocabulary import ResourceKind

ROUNDS = 8
CLIENTS = 8
LIMITS = {
    "quota-used": {"kind": "quota", "period": "day", "minutes": 60},
    "too-many-at-once": {"kind": "concurrency", "measure": "at-once", "at_most": 1},
    "too-many-ahead": {"kind": "concurrency", "measure": "ahead", "at_most": 1},
}
HOUR = {"hours": 1, "first_day": FIRST, "last_day": FIRST + timedelta(days=90)}


@dataclass(frozen=True, slots=True)
class Field:
    """Who asks, as delegates of an organisation for each round, and the agreement that it has, if any."""

    people: tuple[int, ...]
    organisations: tuple[str, ...]
    agreements: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Eight:
    """The processes, and where they wait for each other."""

    pool: ProcessPoolExecutor
    barrier: Barrier


@pytest.fixture(scope="module")
def eight() -> Iterator[Eight]:
    with PROCESSES.Manager() as manager, ProcessPoolExecutor(CLIENTS, mp_context=PROCESSES) as pool:
        yield Eight(pool, manager.Barrier(CLIENTS))


@pytest.mark.parametrize("code", LIMITS)
def test_the_last_that_a_rule_allows_is_given_once(database: Database, eight: Eight, code: str) -> None:
    limit = {"id": "limit", "per": "organisation", "reason": REASON, **LIMITS[code]}
    field = database.transact(_field, [limit], by=None, now=moment())

    assert _said(eight, database, field) == [Counter({"booked": 1, f"policy:{code}": CLIENTS - 1})] * ROUNDS
    assert _booked(database) == [1] * ROUNDS


def test_the_last_hour_of_an_agreement_is_given_once(database: Database, eight: Eight) -> None:
    field = database.transact(_field, [], with_agreements=True, by=None, now=moment())

    assert _said(eight, database, field) == [Counter({"booked": 1, "policy:agreement-hours-used": CLIENTS - 1})] * ROUNDS
    assert _booked(database) == [1] * ROUNDS


def test_the_last_of_what_is_lent_to_all_rooms_is_given_once(eight: Eight, database: Database) -> None:
    field = database.transact(_field, [], by=None, now=moment())
    database.transact(_one_beamer, by=SERVICE, now=moment())

    assert _said(eight, database, field, resources={"prosjektor": 1}) == [Counter({"booked": 1, "too-few-free": CLIENTS - 1})] * ROUNDS
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Claim).join(Space).where(Space.resource_id.is_not(None))) == ROUNDS


def _one_beamer(session: Session, *, by: Actor, now: datetime) -> None:
    add_resource(session, "oren-flerbrukshall", NewResource(name="Prosjektor", kind=ResourceKind.EQUIPMENT, quantity=1), by=by, now=now)


def _said(eight: Eight, database: Database, field: Field, **more: Any) -> list[Counter[str]]:
    """What the processes heard in each round."""
    asking = [eight.pool.submit(_asks, database.url, number, field, eight.barrier, more) for number in range(CLIENTS)]
    heard = [one.result(timeout=300) for one in asking]
    return [Counter(said) for said in zip(*heard, strict=True)]


def _asks(url: str, number: int, field: Field, barrier: Barrier, more: Mapping[str, Any]) -> list[str]:
    """One process: an hour of each round's day in its own room, overlapping those that the others want."""
    with pytest.MonkeyPatch.context() as patches:
        once.share(patches)
        database = Database(url)
    with database.reading() as session:
        by = actor_of(session, field.people[number])
    said = []
    for turn, organisation in enumerate(field.organisations):
        given = {**body_of(turn * 10, f"rom-{number}"), "organisation": organisation, "agreement": field.agreements[turn], **more}
        barrier.wait(timeout=120)
        try:
            said.append(str(database.transact(reserve, Wish.model_validate(given), by=by, now=moment()).state))
        except (Declined, Taken) as refused:
            said += [fault.code for fault in refused.faults]
    database.engine.dispose()
    return said


def _booked(database: Database) -> list[int]:
    """How many dates each organisation has."""
    with database.reading() as session:
        query = select(func.count()).select_from(Occurrence).join(Booking).where(Occurrence.state == OccurrenceState.BOOKED)
        return list(session.scalars(query.group_by(Booking.organisation_id).order_by(Booking.organisation_id)))


def _field(session: Session, limits: Sequence[dict[str, Any]], *, with_agreements: bool = False, by: None, now: datetime) -> Field:
    hall = furnish(session, {**POLICY, "rules": [*POLICY["rules"], *limits]})  # type: ignore[misc]
    people = [Person(name=f"Spiller {number}", email=f"{number}@example.org", created_at=BEGINNING) for number in range(CLIENTS)]
    session.add_all(people)
    clubs = [_club(session, f"31300{number:04}", people) for number in range(100, 100 + ROUNDS)]
    for number in range(CLIENTS):
        space = Space(venue=hall.cast.oren, slug=f"rom-{number}", name=f"Rom {number}")
        own = {"slug": f"rom-{number}", "name": f"Rom {number}", "kind": "gym", "changed_at": BEGINNING}
        session.add_all([space, Room(venue=hall.cast.oren, spaces=[space], **own)])
    session.flush()
    agreements = [_agreement(session, hall, club, now) if with_agreements else None for club in clubs]
    return Field(tuple(person.id for person in people), tuple(club.number or "" for club in clubs), tuple(agreements))


def _club(session: Session, number: str, people: Sequence[Person]) -> Organisation:
    """A club that all of them act for."""
    when = {"created_at": BEGINNING, "changed_at": BEGINNING}
    club = Organisation(name=f"Klubb {number}", number=number, applicant_class=ApplicantClass.ORGANISATION, **when)
    session.add(club)
    session.flush()
    for person in people:
        session.add(Delegation(person_id=person.id, organisation_id=club.id, state=DelegationState.CONFIRMED, created_at=BEGINNING))
    return club


def _agreement(session: Session, hall: Hall, club: Organisation, now: datetime) -> int:
    again(session)
    rooms = tuple(f"oren-flerbrukshall/rom-{number}" for number in range(CLIENTS))
    terms = AgreementTerms(organisation=club.id, title="En time", price_class="partner", rooms=rooms, **HOUR)
    return make_agreement(session, terms, by=hall.kari, now=now).id
