"""The inventory document: every way to write a value, and every fault of it at once with its place."""

import json
from typing import Any

import pytest

from kernel.errors import Invalid
from venues.inventory import Inventory, parse
from venues.said import Said
from venues.statements import Statement, capacity_of
from web.sheets import MOST_BYTES


def document(**room: Any) -> dict[str, Any]:
    """The smallest inventory, with a room of the given fields."""
    whole = {"slug": "hall", "name": "Hall", "spaces": ["hall"], **room}
    venue = {"slug": "skogerhallen", "name": "Skogerhallen", "spaces": ["hall"], "rooms": [whole], "sources": ["årsrapport"]}
    municipality = {"name": "Drammen kommune", "number": "3301", "zone": "Europe/Oslo", "districts": ["Konnerud"]}
    return {"municipality": municipality, "venues": [venue]}


def read(whole: dict[str, Any]) -> Inventory:
    return parse(json.dumps(whole).encode())


def faults(whole: dict[str, Any]) -> list[tuple[str, str, object]]:
    with pytest.raises(Invalid) as refused:
        read(whole)
    return [(fault.code, fault.field, fault.value) for fault in refused.value.faults]


def test_the_inventory_of_drammen_is_read_whole(inventory: Inventory) -> None:
    assert (len(inventory.venues), sum(len(venue.rooms) for venue in inventory.venues)) == (23, 48)


@pytest.mark.parametrize(
    ("written", "read_as", "capacity"),
    [
        (15, (Said(15),), 15),
        (None, (), None),
        ("unknown", (), None),
        ({"seated": 550, "standing": 1300}, (Said(550, part="seated"), Said(1300, part="standing")), 1300),
        ({"sources disagree": [4000, 6000]}, (Said(4000), Said(6000)), None),
        ({"peab.no": 2300, "bygg.no": 2600}, (Said(2300, "peab.no"), Said(2600, "bygg.no")), None),
        ({"peab.no": 2300, "bygg.no": 2300}, (Said(2300, "peab.no"), Said(2300, "bygg.no")), 2300),
        ({"seated": 550, "standing": None}, (Said(550, part="seated"),), 550),
    ],
)
def test_a_capacity_is_a_number_only_when_nobody_disputes_it(written: object, read_as: tuple[Said, ...], capacity: int | None) -> None:
    room = read(document(capacity=written)).venues[0].rooms[0]

    assert room.capacity == read_as
    assert capacity_of(room.statements("", None)) == capacity


def test_prices_by_date_are_two_statements_that_do_not_contradict() -> None:
    room = (
        read(document(price_nok_per_hour=[{"until": "2024-12-31", "amount": 1095}, {"from": "2025-01-01", "amount": 1145}]))
        .venues[0]
        .rooms[0]
    )

    assert [one for one in room.statements("kilde", None) if one.key == "price_nok_per_hour"] == [
        Statement("price_nok_per_hour", 1095, "kilde", until="2024-12-31"),
        Statement("price_nok_per_hour", 1145, "kilde", since="2025-01-01"),
    ]


def test_a_field_that_nobody_knows_is_kept_as_it_stands() -> None:
    room = read(document(floor="parkett", lights={"lux": 500})).venues[0].rooms[0]

    assert room.unfamiliar == ("floor", "lights")
    assert [(one.key, one.value, one.source) for one in room.statements("kilde", None)] == [
        ("name", "Hall", "kilde"),
        ("floor", "parkett", "kilde"),
        ("lights", 500, "lux"),
    ]


def test_all_faults_are_told_at_once_with_their_places() -> None:
    whole = document(spaces=["hall", "galleri"], capacity="mange", area_m2=-1)
    whole["municipality"]["zone"] = "Europe/Drammen"
    whole["venues"].append({**whole["venues"][0], "district": "Konerud", "location": {"lat": 59, "lon": "øst"}})
    whole["venues"].append({"slug": "Ål", "name": ""})

    assert sorted(faults(whole)) == [
        ("bad-slug", "venues[2].slug", "Ål"),
        ("duplicate-slug", "venues[1].slug", "skogerhallen"),
        ("missing-field", "venues[2].rooms", None),
        ("missing-field", "venues[2].spaces", None),
        ("not-a-number", "venues[0].rooms[0].capacity", "mange"),
        ("not-a-number", "venues[1].location", "{'lat': 59, 'lon': 'øst'}"),
        ("not-a-number", "venues[1].rooms[0].capacity", "mange"),
        ("too-short-text", "venues[2].name", ""),
        ("too-small", "venues[0].rooms[0].area_m2", -1),
        ("too-small", "venues[1].rooms[0].area_m2", -1),
        ("unknown-district", "venues[1].district", "Konerud"),
        ("unknown-space", "venues[0].rooms[0].spaces", "galleri"),
        ("unknown-space", "venues[1].rooms[0].spaces", "galleri"),
        ("unknown-zone", "municipality.zone", "Europe/Drammen"),
    ]


def test_a_fault_says_in_which_room_it_is() -> None:
    with pytest.raises(Invalid) as refused:
        read(document(capacity=True))

    assert [dict(fault.facts) for fault in refused.value.faults] == [{"where": "skogerhallen/hall"}]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad-json"),
        (b"[" * 100_000, "bad-json"),
        (b'{"venues": [NaN]}', "bad-json"),
        (b"\xff\xfe", "not-utf-8"),
        (b"[]", "not-an-inventory"),
        (b'{"venues": []}', "too-few-items"),
        (b" " * (MOST_BYTES + 1), "file-too-large"),
    ],
)
def test_what_is_no_inventory_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(body)

    assert [fault.code for fault in refused.value.faults] == [code]


@pytest.mark.parametrize("written", [{"sources disagree": [1]}, {"sources disagree": 4}, [], 10.5, 0, True, {"a": {"b": 1}}])
def test_a_capacity_that_is_no_number_is_refused(written: object) -> None:
    assert len(faults(document(capacity=written))) == 1


def test_a_room_that_names_a_space_twice_and_a_space_named_twice_are_told() -> None:
    whole = document(spaces=["hall", "hall"])
    whole["venues"][0]["spaces"] = ["hall", "hall"]

    assert faults(whole) == [("duplicate-slug", "venues[0].spaces", "hall"), ("duplicate-slug", "venues[0].rooms[0].spaces", "hall")]
