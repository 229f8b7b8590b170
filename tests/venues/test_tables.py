"""The inventory as a table of rooms, CSV or XLSX."""

import io

import pytest
from openpyxl import Workbook

from kernel.errors import Invalid
from venues.inventory import Inventory
from venues.said import Said
from venues.tables import read_inventory

HEADER = "venue;venue_name;venue_kind;latitude;longitude;source;room;room_name;spaces;capacity;facilities;gulv"
ROWS = [
    "hallen;Hallen;sports hall;59,75;10,2;befaring;hel;Hel hall;a;120;tv;parkett",
    'hallen;;;;;;halv;Halv hall;"b";;"tv;wifi";',
    '"hallen";;;;;;begge;Begge;"a;b";;;',
]


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode("utf-8-sig")


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def faults(name: str, body: bytes) -> list[tuple[str, str, object]]:
    with pytest.raises(Invalid) as refused:
        read_inventory(name, body)
    return [(fault.code, fault.field, fault.value) for fault in refused.value.faults]


def test_rows_of_one_venue_become_its_rooms_and_spaces() -> None:
    venue = read_inventory("rom.csv", csv(*ROWS)).venues[0]

    assert (venue.slug, venue.spaces, venue.location) == ("hallen", ["a", "b"], (Said([59.75, 10.2]),))
    assert [(room.slug, room.spaces, room.capacity, room.facilities) for room in venue.rooms] == [
        ("hel", ["a"], (Said(120),), ["tv"]),
        ("halv", ["b"], (), ["tv", "wifi"]),
        ("begge", ["a", "b"], (), []),
    ]
    assert venue.rooms[0].unfamiliar == ("gulv",)


def test_a_spreadsheet_is_read_as_a_table() -> None:
    found: Inventory = read_inventory(
        "rom.XLSX", xlsx(["venue", "venue_name", "room", "room_name", "spaces", "capacity"], ["h", "Hallen", "r", "Rom", "a", 30])
    )

    assert found.venues[0].rooms[0].capacity == (Said(30),)


def test_faults_name_the_line_of_the_table() -> None:
    assert faults("rom.csv", csv(ROWS[0].replace("120", "mange"), ROWS[1].replace("halv;", "hel;"))) == [
        ("not-a-number", "line 2.capacity", "mange"),
        ("duplicate-slug", "line 3.slug", "hel"),
    ]


@pytest.mark.parametrize(
    ("name", "body", "found"),
    [
        ("rom.ods", b"", [("unknown-file-kind", "file", "ods")]),
        ("rom.xlsx", b"PK not really", [("bad-workbook", "file", None)]),
        ("rom.csv", b"\xff\xfe", [("not-utf-8", "file", 0)]),
        (
            "rom.csv",
            b"venue,room\nh,r",
            [("missing-column", "file", "venue_name"), ("missing-column", "file", "room_name"), ("missing-column", "file", "spaces")],
        ),
    ],
)
def test_what_is_no_table_is_refused(name: str, body: bytes, found: list[tuple[str, str, object]]) -> None:
    assert faults(name, body) == found
