"""What is offered instead of a taken time: near in time or alike, free, open, and closed to everybody by no rule."""

from datetime import date, datetime

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from accounts.models import Person
from booking.alternatives import BestRoom, Offer, instead_of, nearest_first, offers_to
from booking.judging import judge
from booking.nearness import Change
from booking.outcome import Dated
from booking.reservations import Preview, case_asked, preview, reserve
from booking.states import OccurrenceState
from booking.wish import Recurrence
from database.transact import Database
from kernel.wallclock import WallSpan
from policies.document import checked
from policies.places import place_at
from policies.verbs import publish
from tests.booking.conftest import NOW, Hall, again, furnish, wish
from tests.cast import actor
from tests.policies.examples import REASON, rule
from venues.models import OpeningHours, Origin, Room, Space, Venue
from venues.opening import Openness

HALF = "oren-flerbrukshall/gymsal-1"


def at(start: str, end: str) -> WallSpan:
    return WallSpan(datetime.fromisoformat(start), datetime.fromisoformat(end), "Europe/Oslo")


def told(session: Session, hall: Hall, wall: WallSpan, **changes: object) -> list[tuple[str, str, str]]:
    case = case_asked(session, wish(**changes), by=hall.berit, now=NOW)
    return [(one.room, str(one.changes), f"{one.wall.start:%d.%m %H:%M}") for one in offers_to(session, case, wall, now=NOW)]


def test_the_least_change_comes_first_and_no_kind_of_it_hides_the_others(session: Session, hall: Hall) -> None:
    reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)

    assert told(session, hall, at("2026-09-15T18:00", "2026-09-15T20:00")) == [
        ("oren-flerbrukshall/gymsal-2", "room", "15.09 18:00"),
        (HALF, "time", "15.09 20:00"),
        (HALF, "time", "15.09 16:00"),
        (HALF, "time", "15.09 20:30"),
        (HALF, "weekday", "16.09 18:00"),
    ]


def test_what_is_left_of_a_time_is_offered_shorter_but_never_by_less_than_an_hour_and_half(session: Session, hall: Hall) -> None:
    reserve(session, wish(start="2026-09-15T19:15", end="2026-09-15T20:00"), by=hall.berit, now=NOW)
    again(session)

    def shorter(start: str, end: str) -> list[str]:
        case = case_asked(session, wish(), by=hall.berit, now=NOW)
        found = offers_to(session, case, at(start, end), now=NOW)
        return [f"{one.wall.start:%H:%M}-{one.wall.end:%H:%M}" for one in found if one.changes is Change.SHORTER]

    assert shorter("2026-09-15T18:00", "2026-09-15T20:00") == ["18:00-19:15"]
    assert shorter("2026-09-15T17:00", "2026-09-15T22:00") == []


def test_on_a_day_that_a_rule_closes_only_other_days_are_offered(session: Session, hall: Hall) -> None:
    found = told(session, hall, at("2026-10-06T18:00", "2026-10-06T20:00"))

    assert found == [(HALF, "weekday", "04.10 18:00"), (HALF, "weekday", "03.10 18:00")]


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

    offered = told(session, hall, at("2026-09-15T18:00", "2026-09-15T20:00"), participants={"6-12": 30})

    assert {room for room, _, _ in offered} == {HALF}


def test_a_series_is_told_of_the_room_that_fits_more_of_it(session: Session, hall: Hall) -> None:
    series = {"recurrence": Recurrence.model_validate({"rrule": "FREQ=WEEKLY;COUNT=3"})}
    reserve(session, wish(start="2026-09-22T18:00", end="2026-09-22T20:00"), by=hall.berit, now=NOW)
    again(session)

    def fitting() -> BestRoom | None:
        return instead_of(session, preview(session, wish(**series), by=hall.berit, now=NOW), now=NOW).room

    one = fitting()
    reserve(session, wish(room="oren-flerbrukshall/gymsal-2", start="2026-09-15T18:00", end="2026-09-15T20:00"), by=hall.berit, now=NOW)
    again(session)
    none = fitting()

    assert one is not None
    assert (one.room, one.fits_all) == ("oren-flerbrukshall/gymsal-2", True)
    assert none is None


def test_dates_that_were_taken_out_are_none_of_those_that_a_room_fits(session: Session, hall: Hall) -> None:
    reserve(session, wish(start="2026-09-22T18:00", end="2026-09-22T20:00"), by=hall.berit, now=NOW)
    again(session)
    series = Recurrence.model_validate({"rrule": "FREQ=WEEKLY;COUNT=3"})

    asked = wish(recurrence=series, choices={"2026-09-29": {"skip": True}})
    best = instead_of(session, preview(session, asked, by=hall.berit, now=NOW), now=NOW).room

    assert best is not None
    assert (best.room, len(best.dates), best.wanted, best.fits_all) == ("oren-flerbrukshall/gymsal-2", 2, 2, True)


def test_the_number_of_statements_grows_with_neither_rooms_nor_dates(database: Database) -> None:
    database.transact(lambda session: (furnish(session), build_gyms(session, 3)))
    numbers = [statements(database, dates) for dates in (1, 1, 12)]
    database.transact(build_gyms, 30)

    numbers += [statements(database, dates) for dates in (1, 1, 12)]

    # A process reads rooms and policies once; what is left asks whether anything has changed.
    assert numbers[1:3] == numbers[4:] == [1, 1]


def test_a_policy_published_meanwhile_is_heeded_by_a_process_that_remembers(database: Database) -> None:
    other = "oren-flerbrukshall/gymsal-2"
    database.transact(furnish)

    def offered() -> set[str]:
        with database.reading() as session:
            berit = actor(session, session.scalar(select(Person).where(Person.name.like("Berit%"))))
            case = case_asked(session, wish(), by=berit, now=NOW)
            return {one.room for one in offers_to(session, case, at("2026-09-15T18:00", "2026-09-15T20:00"), now=NOW)}

    before = offered()
    database.transact(bar_organisations, other)

    assert before - offered() == {other}


def build_gyms(session: Session, count: int) -> None:
    """So many gyms more, in a venue that is open all day."""
    number = len(session.scalars(select(Venue)).all())
    venue = Venue(slug=f"nye-{number}", name="Nye", kind="school", zone="Europe/Oslo", changed_at=NOW)
    session.add(venue)
    for part in range(count):
        space = Space(venue=venue, slug=f"sal-{part}", name=f"Sal {part}")
        session.add(Room(venue=venue, slug=space.slug, name=space.name, kind="gym", changed_at=NOW, spaces=[space]))
    session.flush()
    for weekday in range(7):
        hours = OpeningHours(venue_id=venue.id, weekday=weekday, from_minute=480, to_minute=1440, origin=Origin.STAFF)
        hours.openness = Openness.OPEN
        session.add(hours)


def statements(database: Database, dates: int) -> int:
    """What it takes to say what to take instead of so many dates that are all taken."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    series = Recurrence.model_validate({"rrule": f"FREQ=DAILY;COUNT={dates}"}) if dates > 1 else None
    with database.reading() as session:
        berit = actor(session, session.scalar(select(Person).where(Person.name.like("Berit%"))))
        case = case_asked(session, wish(recurrence=series), by=berit, now=NOW)
        lost = tuple(Dated(case, one, OccurrenceState.SKIPPED) for one in judge(session, case))
        event.listen(database.engine, "before_cursor_execute", note)
        found = instead_of(session, Preview(case, lost), now=NOW)
        event.remove(database.engine, "before_cursor_execute", note)
    assert sum(map(len, found.offers.values())) == 5 * dates
    return len(seen)


def test_rooms_to_choose_among_are_told_nearest_first_and_unknown_ones_last() -> None:
    wall = at("2026-09-15T18:00", "2026-09-15T20:00")
    metres = {"far": 4100, "somewhere": None, "here": 0, "near": 300}
    told = {"wall": wall, "changes": Change.ROOM, "cost": 0, "charged": None, "needs_review": False}
    offers = [Offer(room=room, room_id=0, name=room, metres=away, **told) for room, away in metres.items()]  # type: ignore[arg-type]

    assert [offer.room for offer in nearest_first(offers)] == ["here", "near", "far", "somewhere"]
