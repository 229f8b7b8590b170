"""Searches and lists: what they find, and that they cost the same for one and for many."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from accounts import queries
from accounts.models import Delegation, DelegationState, Organisation, Person
from tests.accounts.conftest import NOW
from tests.cast import BEGINNING, Cast, actor


@pytest.fixture
def costs(session: Session) -> Iterator[list[str]]:
    """The statements so far."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(session.connection(), "before_cursor_execute", note)
    yield seen
    event.remove(session.connection(), "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("berit", ["Berit Moe"]),
        ("BERIT@", ["Berit Moe"]),
        ("99 00 00 03", ["Berit Moe"]),
        ("000003", ["Berit Moe"]),
        ("+4799000003", ["Berit Moe"]),
        ("0047 99 00 00 03", ["Berit Moe"]),
        ("+47 41 00 00 02", ["Øyvind Ås"]),
        ("Øyvind", ["Øyvind Ås"]),
        ("øyvind ås", ["Øyvind Ås"]),
        ("ØYVIND", ["Øyvind Ås"]),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE person; --", []),
        ("12", []),
    ],
)
def test_people_are_found_by_name_telephone_and_address(session: Session, cast: Cast, wanted: str, names: list[str]) -> None:
    session.add(Person(name="Øyvind Ås", phone="41000002", created_at=NOW))
    session.flush()

    assert [person.name for person in queries.find_people(session, wanted, by=actor(session, cast.kari))] == names


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("SKIOLD", ["Skiold turn"]),
        ("strøm", ["Strømmen sangkor"]),
        ("313 000 036", ["Elvebredden kurs AS"]),
        ("kvilt", ["Onsdagskvilterne"]),
        ("finnes ikke", []),
    ],
)
def test_organisations_are_found_by_name_and_number(session: Session, cast: Cast, wanted: str, names: list[str]) -> None:
    assert [found.name for found in queries.find_organisations(session, wanted, by=actor(session, cast.kari))] == names


@pytest.mark.parametrize("more", [1, 3])
def test_what_one_represents_comes_in_one_query(session: Session, cast: Cast, costs: list[str], more: int) -> None:
    for number in range(more):
        organisation = Organisation(name=f"Lag {number}", applicant_class="organisation", created_at=BEGINNING, changed_at=BEGINNING)
        session.add(Delegation(person=cast.per, organisation=organisation, state=DelegationState.CONFIRMED, created_at=BEGINNING))
    session.flush()
    session.expire_all()
    person_id = cast.per.id
    costs.clear()

    names = [delegation.organisation.name for delegation in queries.represented(session, person_id)]

    assert (names, len(costs)) == ([f"Lag {number}" for number in range(more)], 1)


def test_delegates_come_with_their_persons_leaders_first_in_one_query(session: Session, cast: Cast, costs: list[str]) -> None:
    organisation_id = cast.skiold.id
    session.expire_all()
    costs.clear()

    names = [delegation.person.name for delegation in queries.delegates(session, organisation_id)]

    assert (names, len(costs)) == (["Berit Moe", "Nils Bakke", "Siri Vik"], 1)


def test_names_for_ids(session: Session, cast: Cast) -> None:
    assert queries.names_of_people(session, [cast.per.id, cast.tone.id, 0]) == {cast.per.id: "Per Solli", cast.tone.id: "Tone Dahl"}
    assert queries.names_of_organisations(session, [cast.skiold.id]) == {cast.skiold.id: "Skiold turn"}
    assert queries.names_of_people(session, []) == {}


def test_venues_are_known_by_name_and_slug(session: Session, cast: Cast) -> None:
    assert queries.venues(session) == {cast.oren.id: "Øren flerbrukshall"}
    assert (queries.venue_of_slug(session, "oren-flerbrukshall"), queries.venue_of_slug(session, "x")) == (cast.oren.id, None)
