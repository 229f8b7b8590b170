"""What is offered instead of a taken time: near in time or alike, free, open, and closed to everybody by no rule."""

from datetime import date, datetime

from sqlalchemy import event
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking.alternatives import offers, offers_to
from booking.reservations import case_asked, reserve
from kernel.wallclock import WallSpan
from policies.document import checked
from policies.places import place_at
from policies.verbs import publish
from tests.booking.conftest import NOW, Hall, again, wish
from tests.policies.examples import REASON, rule

HALF = "oren-flerbrukshall/gymsal-1"


def at(start: str, end: str) -> WallSpan:
    return WallSpan(datetime.fromisoformat(start), datetime.fromisoformat(end), "Europe/Oslo")


def told(session: Session, wall: WallSpan, heads: int | None = None) -> list[tuple[str, str, str]]:
    return [(one.room, one.changes, f"{one.wall.start:%d.%m %H:%M}") for one in offers(session, HALF, wall, heads=heads, now=NOW)]


def test_the_nearest_free_times_come_first_and_then_rooms_of_the_kind(session: Session, hall: Hall) -> None:
    reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)

    assert told(session, at("2026-09-15T18:00", "2026-09-15T20:00")) == [
        (HALF, "time", "15.09 20:00"),
        (HALF, "time", "15.09 16:00"),
        (HALF, "time", "15.09 20:30"),
        ("oren-flerbrukshall/gymsal-2", "room", "15.09 18:00"),
    ]


def test_nothing_is_offered_on_a_day_that_a_rule_closes(session: Session, hall: Hall) -> None:
    assert told(session, at("2026-10-06T18:00", "2026-10-06T20:00")) == []


def test_the_applicant_is_offered_what_no_rule_refuses_them_in_particular(session: Session, hall: Hall) -> None:
    for room in hall.cast.oren.rooms:
        room.capacity = 60 if room.slug == "gymsal-2" else 5
    again(session)
    asked = wish()

    offered = offers_to(session, case_asked(session, asked, by=hall.berit, now=NOW), asked.first_span("Europe/Oslo"), now=NOW)
    bar_organisations(session, "oren-flerbrukshall/gymsal-2")
    barred = offers_to(session, case_asked(session, asked, by=hall.berit, now=NOW), asked.first_span("Europe/Oslo"), now=NOW)

    assert [(one.room, one.changes) for one in offered] == [("oren-flerbrukshall/gymsal-2", "room")]
    assert barred == ()


def bar_organisations(session: Session, path: str) -> None:
    place = place_at(session, path)
    document = {"title": REASON, "layer": "room", "place": path, "rules": [rule("eligibility", allowed=["person"])]}
    publish(session, place, checked(document), date(2026, 1, 1), by=SERVICE, now=NOW)
    session.flush()


def test_a_room_known_to_be_too_small_is_not_offered(session: Session, hall: Hall) -> None:
    for room in hall.cast.oren.rooms:
        room.capacity = 20 if room.slug == "gymsal-2" else None
    again(session)

    offered = told(session, at("2026-09-15T18:00", "2026-09-15T20:00"), heads=30)

    assert {room for room, _, _ in offered} == {HALF}


def test_the_number_of_statements_is_fixed(session: Session, hall: Hall) -> None:
    evening = at("2026-09-15T18:00", "2026-09-15T20:00")
    told(session, evening)  # published policies are read once per process
    numbers = []

    for start, end in ((16, 18), (18, 20), (20, 22)):
        reserve(session, wish(start=f"2026-09-15T{start}:00", end=f"2026-09-15T{end}:00"), by=hall.berit, now=NOW)
        again(session)
        numbers.append(len(statements(session, evening)))

    assert len(set(numbers)) == 1


def statements(session: Session, wall: WallSpan) -> list[str]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    told(session, wall)
    event.remove(connection, "before_cursor_execute", note)
    return seen
