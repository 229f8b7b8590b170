"""Rights: who was erased, or acts for an organisation no more, since the request was let in books nothing; with real threads."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Delegation, DelegationState
from accounts.organisations import end_delegation
from accounts.personal.erasing import ask_erasure
from booking.models import Booking
from booking.reservations import reserve
from booking.states import BookingState
from calendars.personal import PERSONAL
from database.transact import Database
from kernel.errors import Conflict, Forbidden, Missing, Unidentified
from tests.booking.conftest import NOW, Hall, again, furnish, wish
from tests.meanwhile import meanwhile

PRIVATE = {"organisation": None, "participants": {"18-66": 4}}


@pytest.fixture
def hall(database: Database) -> Hall:
    return database.transact(furnish)


def erasing(hall: Hall) -> Callable[[Session], Any]:
    return lambda session: ask_erasure(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=NOW)


def ending_rights(hall: Hall, person: int | None = None, organisation: int | None = None) -> Callable[[Session], Any]:
    def end(session: Session) -> Any:
        whose = (person or hall.cast.berit.id, organisation or hall.cast.skiold.id)
        found = select(Delegation.id).where(Delegation.person_id == whose[0], Delegation.organisation_id == whose[1])
        return end_delegation(session, session.scalars(found).one(), by=hall.kari, now=NOW)

    return end


def booking(by: Actor, **changes: Any) -> Callable[[Session], Booking]:
    return lambda session: reserve(session, wish(**changes), by=by, now=NOW)


def made(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Booking)) or 0


def test_who_is_erased_meanwhile_books_nothing(database: Database, hall: Hall) -> None:
    later = meanwhile(database, erasing(hall), booking(hall.per, **PRIVATE))

    assert isinstance(later.exception(), Unidentified)
    assert made(database) == 0


def test_nothing_is_booked_for_who_is_erased_meanwhile(database: Database, hall: Hall) -> None:
    later = meanwhile(database, erasing(hall), booking(hall.kari, on_behalf_of=hall.cast.per.id, **PRIVATE))

    refusal = later.exception()
    assert isinstance(refusal, Missing)
    assert [(fault.code, fault.field) for fault in refusal.faults] == [("unknown-person", "on_behalf_of")]
    assert made(database) == 0


def test_who_books_meanwhile_is_not_erased_before_that_is_settled(database: Database, hall: Hall) -> None:
    later = meanwhile(database, booking(hall.per, **PRIVATE), erasing(hall))

    assert isinstance(later.exception(), Conflict)
    assert made(database) == 1


def test_whose_right_to_act_ends_meanwhile_books_nothing_in_the_name_of_the_organisation(database: Database, hall: Hall) -> None:
    later = meanwhile(database, ending_rights(hall), booking(hall.berit))

    refusal = later.exception()
    assert isinstance(refusal, Forbidden)
    assert [(fault.code, fault.field, fault.facts["name"]) for fault in refusal.faults] == [
        ("acts-no-more", "organisation", hall.cast.skiold.name)
    ]
    assert made(database) == 0


def test_a_group_is_there_no_more_for_whose_right_to_act_ended_meanwhile(database: Database, hall: Hall) -> None:
    group, nils = hall.cast.kvilterne.id, hall.cast.nils.id
    right = Delegation(person_id=nils, organisation_id=group, state=DelegationState.CONFIRMED, created_at=NOW)
    database.transact(lambda session: session.add(right))
    hand = replace(hall.nils, organisations=frozenset({group}))

    later = meanwhile(database, ending_rights(hall, nils, group), booking(hand, organisation=f"group:{group}"))

    refusal = later.exception()
    assert isinstance(refusal, Missing)
    assert [(fault.code, fault.field) for fault in refusal.faults] == [("unknown-organisation", "organisation")]
    assert made(database) == 0


def test_whose_right_to_act_has_ended_may_ask_in_the_name_of_the_organisation(database: Database, hall: Hall) -> None:
    database.transact(ending_rights(hall))
    stranger = Actor(person_id=hall.cast.berit.id, name=hall.cast.berit.name)

    assert database.transact(booking(stranger)).state is BookingState.UNCONFIRMED


def test_who_came_back_after_an_erasure_books_again(session: Session) -> None:
    hall = furnish(session)
    again(session)
    ask_erasure(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=NOW)
    again(session)
    hall.cast.per.password_hash = "anew"

    assert reserve(session, wish(**PRIVATE), by=hall.per, now=NOW).state is BookingState.REQUESTED
