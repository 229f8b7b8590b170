"""Staff's word on venues, rooms and access: what differs is kept, outranks the inventory and is never lost to another."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import NOBODY, Actor
from database.audit import Audit
from kernel.errors import Conflict, Forbidden, Invalid, Stale, Unidentified
from tests.cast import Cast, actor, assemble
from venues.access import answers
from venues.editing import edit_access, edit_municipality, edit_room, edit_venue, restore_room, retire_room
from venues.inputs import AccessInput, MunicipalityInput, RoomInput, VenueInput
from venues.models import Fact, Origin, Room, Venue
from venues.queries import room_at, statements_about, venue_named
from venues.vocabulary import Access, Answer

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)
ROOM = "oren-flerbrukshall/gymsal-1"


@pytest.fixture
def cast(session: Session) -> Cast:
    return assemble(session)


@pytest.fixture
def kari(session: Session, cast: Cast) -> Actor:
    return actor(session, cast.kari)


@pytest.fixture
def olav(session: Session, cast: Cast) -> Actor:
    return actor(session, cast.olav)


def of_venue(venue: Venue, **changed: object) -> VenueInput:
    names = ("name", "kind", "address", "latitude", "longitude", "entrance", "getting_in", "minutes_before", "follows_school_calendar")
    held = {name: getattr(venue, name) for name in names}
    return VenueInput.model_validate(held | {"version": venue.revision} | changed)


def of_room(room: Room, **changed: object) -> RoomInput:
    held = {"name": room.name, "kind": room.kind, "capacity": room.capacity, "facilities": room.facilities, "version": room.revision}
    return RoomInput.model_validate(held | changed)


def staff_says(session: Session) -> list[tuple[str, object, str]]:
    facts = session.scalars(select(Fact).where(Fact.origin == Origin.STAFF).order_by(Fact.id))
    return [(fact.key, fact.value["value"], fact.source) for fact in facts]


def test_only_what_differs_becomes_staffs_word(session: Session, cast: Cast, kari: Actor) -> None:
    given = of_venue(cast.oren, address="Skoleveien 1", latitude=59.75, longitude=10.2, source="befaring")

    venue = edit_venue(session, "oren-flerbrukshall", given, by=kari, now=NOW)

    assert (venue.address, venue.latitude, venue.kind, venue.revision, venue.changed_at) == ("Skoleveien 1", 59.75, "sports hall", 1, NOW)
    assert staff_says(session) == [("address", "Skoleveien 1", "befaring"), ("location", [59.75, 10.2], "befaring")]
    assert session.scalars(select(Audit.facts).where(Audit.verb == "edit_venue")).all() == [{"changed": ["address", "location"]}]


def test_the_same_again_changes_and_records_nothing(session: Session, cast: Cast, kari: Actor) -> None:
    edit_venue(session, "oren-flerbrukshall", of_venue(cast.oren), by=kari, now=NOW)

    assert (cast.oren.revision, staff_says(session), session.scalars(select(Audit.id)).all()) == (0, [], [])


def test_an_edit_of_what_somebody_changed_meanwhile_is_refused(session: Session, cast: Cast, kari: Actor) -> None:
    seen = of_venue(cast.oren, address="Skoleveien 1")
    edit_venue(session, "oren-flerbrukshall", seen, by=kari, now=NOW)

    with pytest.raises(Stale) as refused:
        edit_venue(session, "oren-flerbrukshall", seen, by=kari, now=NOW)

    assert [(fault.code, fault.value, fault.facts["now"]) for fault in refused.value.faults] == [("changed-meanwhile", 0, 1)]


def test_a_district_that_does_not_exist_is_refused(session: Session, cast: Cast, kari: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        edit_venue(session, "oren-flerbrukshall", of_venue(cast.oren, district="Nesodden"), by=kari, now=NOW)

    assert [fault.code for fault in refused.value.faults] == ["unknown-district"]


def test_a_room_takes_the_larger_of_its_places_as_its_maximum(session: Session, cast: Cast, kari: Actor) -> None:
    room = room_at(session, ROOM)

    edit_room(session, ROOM, of_room(room, seated=40, standing=80, facilities=["wall bars"]), by=kari, now=NOW)

    assert (room.capacity, room.facilities) == (80, ["wall bars"])
    assert ("capacity.seated", 40, "") in staff_says(session)


def test_a_maximum_below_the_places_is_refused(session: Session, cast: Cast, kari: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        edit_room(session, ROOM, of_room(room_at(session, ROOM), capacity=30, standing=80), by=kari, now=NOW)

    assert [(fault.code, fault.facts) for fault in refused.value.faults] == [("capacity-below-places", {"least": 80})]


def test_staff_may_say_that_a_capacity_is_not_known_after_all(drammen: Session, officer: Actor) -> None:
    room = room_at(drammen, "drammensbiblioteket/moterom")

    edit_room(drammen, "drammensbiblioteket/moterom", of_room(room, capacity=None), by=officer, now=NOW)

    assert room.capacity is None


def test_staff_settle_what_the_sources_dispute(drammen: Session, officer: Actor) -> None:
    room = room_at(drammen, "drammenshallen/hele-hallen")

    edit_room(drammen, "drammenshallen/hele-hallen", of_room(room, capacity=5000, source="brannvesenet"), by=officer, now=NOW)

    assert room.capacity == 5000


def test_a_caretaker_answers_for_access_in_their_own_house(session: Session, cast: Cast, olav: Actor) -> None:
    given = AccessInput(
        answers={Access.LIFT: Answer.NO, Access.PARKING: Answer.UNKNOWN}, details={Access.LIFT: "trapp, 12 trinn"}, version=0
    )

    edit_access(session, "oren-flerbrukshall", "", given, by=olav, now=NOW)

    known = answers(statements_about(session, [cast.oren.id])[cast.oren.id, None])
    assert [(one.feature, one.answer, one.reading.detail, one.reading.noted_on) for one in known if one.reading.statements] == [
        (Access.LIFT, Answer.NO, "trapp, 12 trinn", NOW.date())
    ]


def test_a_room_has_its_venues_answer_until_it_has_its_own(session: Session, cast: Cast, olav: Actor) -> None:
    edit_access(session, "oren-flerbrukshall", "", AccessInput(answers={Access.LIFT: Answer.YES}, version=0), by=olav, now=NOW)
    edit_access(session, "oren-flerbrukshall", "gymsal-2", AccessInput(answers={Access.LIFT: Answer.NO}, version=0), by=olav, now=NOW)

    said = statements_about(session, [cast.oren.id])
    found = [
        answers(said.get((cast.oren.id, room.id), ()), said[cast.oren.id, None])[2]
        for room in venue_named(session, "oren-flerbrukshall").rooms
    ]
    assert [(one.answer, one.from_venue) for one in found] == [(Answer.YES, True), (Answer.YES, True), (Answer.NO, False)]


def test_a_retired_room_raises_its_spaces_and_can_come_back(session: Session, cast: Cast, kari: Actor) -> None:
    room = retire_room(session, ROOM, version=0, by=kari, now=NOW)
    revisions = [space.revision for space in room.spaces]
    session.info.clear()
    with pytest.raises(Conflict):
        retire_room(session, ROOM, version=1, by=kari, now=NOW)
    session.info.clear()

    restore_room(session, ROOM, version=1, by=kari, now=NOW)

    assert (revisions, room.retired_at, room.revision) == ([1], None, 2)


@pytest.mark.parametrize(("who", "refusal"), [("nobody", Unidentified), ("olav", Forbidden), ("per", Forbidden)])
def test_only_officers_edit_venues_rooms_and_the_municipality(session: Session, cast: Cast, who: str, refusal: type[Exception]) -> None:
    hand = NOBODY if who == "nobody" else actor(session, getattr(cast, who))
    room = room_at(session, ROOM)

    with pytest.raises(refusal):
        edit_venue(session, "oren-flerbrukshall", of_venue(cast.oren, address="x"), by=hand, now=NOW)
    with pytest.raises(refusal):
        edit_room(session, ROOM, of_room(room, capacity=3), by=hand, now=NOW)
    with pytest.raises(refusal):
        retire_room(session, ROOM, version=0, by=hand, now=NOW)
    with pytest.raises(refusal):
        edit_municipality(session, MunicipalityInput(name="Drammen", version=0), by=hand, now=NOW)


def test_a_caretaker_answers_for_no_other_house(drammen: Session, officer: Actor) -> None:
    other = Actor(person_id=9, venues=frozenset({venue_named(drammen, "radhuset").id}))

    with pytest.raises(Forbidden):
        edit_access(drammen, "union-scene", "", AccessInput(answers={Access.LIFT: Answer.YES}, version=1), by=other, now=NOW)
