"""Rooms inside sentences are named as people call them, with one statement for each text within a request."""

from flask import Flask

from accounts import edge
from kernel.errors import Fault
from tests.booking.conftest import furnish
from tests.venues.conftest import Statements
from web.wording import sentence

HALL = "oren-flerbrukshall"


def other_room(*rooms: str) -> str:
    return sentence(Fault("policy:agreement-other-room", "room", f"{HALL}/gymsal-1", {"limit": ", ".join(rooms)}))


def test_rooms_are_told_by_venue_and_unknown_addresses_as_they_stand(app: Flask, counted: type[Statements]) -> None:
    app.extensions["database"].transact(furnish)
    halves, gone = (f"{HALL}/gymsal-1", f"{HALL}/gymsal-2"), "annen/hall"

    with app.test_request_context(), counted(edge.reading()) as statements:
        told = [other_room(*halves, gone) for _ in range(3)]
    with app.app_context():
        away_from_pages = other_room(*halves[:1])

    assert set(told) == {"Avtalen gjelder ikke dette rommet. Den gjelder Øren flerbrukshall (Gymsal 1, Gymsal 2) eller annen/hall."}
    assert away_from_pages.endswith(" Den gjelder Øren flerbrukshall (Gymsal 1).")
    assert len(statements) == 1


def test_of_many_rooms_the_first_are_named(app: Flask) -> None:
    app.extensions["database"].transact(furnish)

    with app.test_request_context():
        told = other_room(*(f"x/{number}" for number in range(1, 8)))

    assert told.endswith("Den gjelder x/1, x/2, x/3, x/4, x/5 og 2 til.")
