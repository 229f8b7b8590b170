"""The cast: valid numbers that no real organisation has, and the rights that each is said to have."""

from sqlalchemy.orm import Session
from stdnum.no import orgnr

from accounts.identity import Role
from tests.cast import Cast, actor


def test_the_numbers_are_valid_and_belong_to_nobody(cast: Cast) -> None:
    numbers = [cast.skiold.number, cast.strommen.number, cast.elvebredden.number, cast.kulturskolen.number]

    assert [orgnr.is_valid(number) and number[0] not in "89" for number in numbers] == [True, True, True, True]


def test_each_has_the_rights_that_the_cast_says(session: Session, cast: Cast) -> None:
    people = (cast.kari, cast.olav, cast.ada, cast.berit, cast.nils, cast.siri, cast.per, cast.tone)

    rights = [(actor(session, person).roles, actor(session, person).venues, actor(session, person).organisations) for person in people]

    nothing = frozenset()
    assert rights == [
        (frozenset({Role.OFFICER}), nothing, nothing),
        (frozenset({Role.CARETAKER}), frozenset({cast.oren.id}), nothing),
        (frozenset({Role.ADMINISTRATOR}), nothing, nothing),
        (nothing, nothing, frozenset({cast.skiold.id})),
        (nothing, nothing, frozenset({cast.skiold.id})),
        (nothing, nothing, nothing),
        (nothing, nothing, nothing),
        (nothing, nothing, frozenset({cast.kvilterne.id})),
    ]
