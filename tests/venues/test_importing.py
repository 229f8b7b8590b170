"""Importing the inventory: repeatable, exact about what changed, respectful of what staff said."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import NOBODY, SERVICE, Actor, Role
from database.audit import Audit
from kernel.errors import Forbidden, Invalid, Unidentified
from venues.importing import import_inventory
from venues.inventory import Inventory, checked
from venues.models import Fact, Room, Space, Venue
from venues.queries import room_named, venue_named
from venues.report import ImportReport, Noted
from venues.settling import by_staff, fact_of

NOW = datetime(2026, 8, 20, 10, tzinfo=UTC)
LATER = NOW.replace(month=9)
INVENTORY = Path(__file__).parents[2] / "venues" / "data" / "drammen-inventory.json"


def written() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(INVENTORY.read_text())
    return whole


def again(session: Session, whole: dict[str, Any]) -> ImportReport:
    session.info.clear()
    return import_inventory(session, checked(whole), by=SERVICE, now=LATER)


def state(session: Session) -> list[tuple[object, ...]]:
    """Everything that must not move when nothing changed."""
    session.expire_all()
    found: list[tuple[object, ...]] = [
        (row.slug, row.revision, row.changed_at) for row in session.scalars(select(Venue).order_by(Venue.id))
    ]
    found += [(row.slug, row.revision, row.changed_at, row.capacity) for row in session.scalars(select(Room).order_by(Room.id))]
    found += [(row.id, row.key, json.dumps(row.value), row.source, row.noted_on) for row in session.scalars(select(Fact).order_by(Fact.id))]
    return found


def test_the_first_import_makes_every_venue_space_and_room(session: Session, inventory: Inventory) -> None:
    report = import_inventory(session, inventory, by=SERVICE, now=NOW)

    kinds = [line.subject for line in report.new]
    assert (kinds.count("venue"), kinds.count("room"), kinds.count("district")) == (23, 48, 10)
    assert session.scalar(select(func.count()).select_from(Space)) == 44
    assert report.contradictory == [
        Noted("area_m2", "oren-flerbrukshall", given=[(2300, "peab.no"), (2600, "bygg.no")]),
        Noted(
            "capacity", "drammenshallen/hele-hallen", given=[(4000, "Wikipedia; drammenir.no 2019"), (6000, "Wikipedia; drammenir.no 2019")]
        ),
    ]
    assert (len(report.notes), report.changed, report.unchanged, report.kept, report.vanished) == (10, [], [], [], [])


def test_capacity_is_what_nobody_disputes_and_the_larger_of_seated_and_standing(drammen: Session) -> None:
    rooms = [("drammenshallen", "hele-hallen"), ("union-scene", "hovedscene"), ("drammensbiblioteket", "moterom"), ("skogerhallen", "hall")]

    assert [room_named(drammen, *names).capacity for names in rooms] == [None, 1300, 15, None]


def test_a_whole_hall_is_made_of_its_halves(drammen: Session) -> None:
    rooms = venue_named(drammen, "assiden-fotballhall").rooms

    assert [(room.slug, [space.slug for space in room.spaces]) for room in rooms] == [
        ("hel-hall", ["a", "b"]),
        ("halvdel-a", ["a"]),
        ("halvdel-b", ["b"]),
    ]


def test_a_second_import_changes_nothing(drammen: Session) -> None:
    before, audited = state(drammen), drammen.scalar(select(func.count()).select_from(Audit))

    report = again(drammen, written())

    assert state(drammen) == before
    assert drammen.scalar(select(func.count()).select_from(Audit)) == audited
    assert (report.new, report.changed, len(report.unchanged)) == ([], [], 71)


def test_a_changed_file_changes_only_what_changed(drammen: Session) -> None:
    whole = written()
    whole["venues"][10]["rooms"][0]["capacity"] = 18
    before = set(state(drammen))

    report = again(drammen, whole)

    room = room_named(drammen, "drammensbiblioteket", "moterom")
    assert report.changed == [Noted("room", "drammensbiblioteket/moterom")]
    assert (room.capacity, room.revision, room.changed_at) == (18, 2, LATER)
    assert len(set(state(drammen)) - before) == 2
    assert drammen.scalars(select(Audit.subject).where(Audit.at == LATER).order_by(Audit.id)).all() == ["municipality", "room"]


def test_a_new_room_raises_its_venue_and_leaves_its_neighbours(drammen: Session) -> None:
    whole = written()
    whole["venues"][5]["rooms"].append({"slug": "kafe", "name": "Kafé", "spaces": ["hall"], "kind": "social room"})

    report = again(drammen, whole)

    assert (report.new, report.changed) == ([Noted("room", "skogerhallen/kafe")], [Noted("venue", "skogerhallen")])


def test_a_venue_whose_address_becomes_disputed_has_none(drammen: Session) -> None:
    whole = written()
    whole["venues"][13]["address"] = {"sources disagree": ["Engene 1", "Engene 3"]}

    report = again(drammen, whole)

    assert venue_named(drammen, "radhuset").address == ""
    assert report.contradictory[-1] == Noted(
        "address", "radhuset", given=[("Engene 1", whole["venues"][13]["sources"][0]), ("Engene 3", whole["venues"][13]["sources"][0])]
    )


def test_what_staff_said_is_kept_and_reported(drammen: Session) -> None:
    room = room_named(drammen, "drammensbiblioteket", "moterom")
    drammen.add(fact_of(by_staff("capacity", 12, noted_on=NOW.date()), venue=room.venue, room=room))
    room.capacity = 12
    drammen.flush()
    whole = written()
    whole["venues"][10]["rooms"][0]["capacity"] = 18

    report = again(drammen, whole)

    assert room.capacity == 12
    assert report.kept == [Noted("capacity", "drammensbiblioteket/moterom", 12, 18)]


def test_what_vanishes_from_the_file_is_reported_and_not_deleted(drammen: Session) -> None:
    whole = written()
    del whole["venues"][5]
    whole["venues"][0]["rooms"].pop()

    report = again(drammen, whole)

    assert report.vanished == [Noted("venue", "skogerhallen"), Noted("room", "assiden-fotballhall/halvdel-b")]
    assert room_named(drammen, "assiden-fotballhall", "halvdel-b").retired_at is None


def test_a_recomposed_room_raises_its_spaces_and_is_reported(drammen: Session) -> None:
    whole = written()
    whole["venues"][1]["rooms"][0]["spaces"].append("galleri")

    report = again(drammen, whole)

    spaces = {space.slug: space.revision for space in venue_named(drammen, "oren-flerbrukshall").spaces}
    assert report.recomposed == [Noted("spaces", "oren-flerbrukshall/hel-hall", "gymsal-1, gymsal-2", "gymsal-1, gymsal-2, galleri")]
    assert spaces == {"gymsal-1": 1, "gymsal-2": 1, "styrkerom": 0, "galleri": 1}


def test_a_refused_document_leaves_no_trace(drammen: Session) -> None:
    whole = {"venues": written()["venues"]}
    whole["venues"][0]["district"] = "Nesodden"
    before = state(drammen)

    with pytest.raises(Invalid) as refused, drammen.begin_nested():
        again(drammen, whole)

    assert [(fault.code, fault.value) for fault in refused.value.faults] == [("unknown-district", "Nesodden")]
    assert state(drammen) == before


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [(NOBODY, Unidentified), (Actor(person_id=3, roles=frozenset({Role.CARETAKER}), venues=frozenset({1})), Forbidden)],
)
def test_only_an_officer_imports(session: Session, inventory: Inventory, actor: Actor, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        import_inventory(session, inventory, by=actor, now=NOW)
