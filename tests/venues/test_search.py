"""Which rooms suit: what is unknown comes last and is never hidden, in a fixed number of statements."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.errors import Invalid
from venues.models import Room
from venues.search import FoundRoom, RoomFilter, find_rooms, version


def paths(found: list[FoundRoom]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.path, one.unknown) for one in found]


def test_rooms_that_are_known_to_be_large_enough_come_first_and_unknown_ones_last(drammen: Session) -> None:
    found = paths(find_rooms(drammen, RoomFilter.of(capacity=100)))

    assert found[:3] == [("union-scene/hovedscene", ()), ("union-scene/klubbscene", ()), ("union-scene/multisal-2", ())]
    assert ("drammenshallen/hele-hallen", ("capacity",)) in found
    assert "drammensbiblioteket/moterom" not in dict(found)
    assert len(found) == 46


def test_a_room_of_unknown_access_is_listed_as_unknown(drammen: Session) -> None:
    found = paths(find_rooms(drammen, RoomFilter.of(needs=["access.lift"], kind="multi-purpose-room")))

    assert found == [("union-scene/multisal-1", ()), ("union-scene/multisal-2", ())]
    assert len(find_rooms(drammen, RoomFilter.of(needs=["access.lift"]))) == 48


def test_a_facility_is_known_to_be_lacking_only_where_facilities_are_listed(drammen: Session) -> None:
    found = dict(paths(find_rooms(drammen, RoomFilter.of(needs=["changing rooms", ""]))))

    assert found["oren-flerbrukshall/hel-hall"] == ()
    assert found["skogerhallen/hall"] == ("facilities",)
    assert "drammensbiblioteket/moterom" not in found


def test_a_venue_without_a_district_is_listed_as_unknown(drammen: Session) -> None:
    found = dict(paths(find_rooms(drammen, RoomFilter.of(district="Fjell/Danvik"))))

    assert (found["fjell-aktivitetshus/hall"], found["skogerhallen/hall"]) == ((), ("district",))
    assert "drammensbiblioteket/moterom" not in found


def test_a_need_outside_the_vocabulary_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        RoomFilter.of(needs=["access.helicopter"])

    assert [(fault.code, fault.value) for fault in refused.value.faults] == [("unknown-need", "helicopter")]


@pytest.mark.parametrize(("kind", "number"), [("council-chamber", 1), ("multi-purpose-room", 2), ("", 48)])
def test_any_number_of_rooms_takes_three_statements(drammen: Session, counted: Any, kind: str, number: int) -> None:
    drammen.expire_all()
    with counted(drammen) as statements:
        found = find_rooms(drammen, RoomFilter.of(kind=kind))
        assert [room.room.venue.name and room.room.spaces for room in found]

    assert (len(found), len(statements)) == (number, 3)


def test_the_version_of_the_map_rises_with_any_room(drammen: Session) -> None:
    before = version(drammen)
    drammen.scalars(select(Room)).first().revision += 1
    drammen.flush()

    assert version(drammen) != before
