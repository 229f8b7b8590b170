"""Tables: an inventory written as a table of rooms (CSV or XLSX), one room a row, turned into the same document; pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from kernel.errors import Fault, Invalid
from venues.inventory import Inventory, checked, parse
from web.sheets import KINDS, Line, read_sheet

LISTS = {"spaces", "facilities"}
NUMBERS = {"capacity", "spectators", "area_m2", "price_nok_per_hour", "latitude", "longitude", "built"}
OF_VENUE = {
    "venue": "slug",
    "venue_name": "name",
    "venue_kind": "kind",
    "district": "district",
    "address": "address",
    "built": "built",
    "zone": "zone",
}
REQUIRED = ("venue", "venue_name", "room", "room_name", "spaces")

Row = dict[str, Any]


def read_inventory(name: str, body: bytes) -> Inventory:
    """The inventory in a file, by the ending of its name: ``.json``, or a table as ``read_sheet`` reads it; raises Invalid.

    Columns of a table: venue, venue_name, venue_kind, district, address, zone, built, latitude, longitude, source, room,
    room_name, room_kind, spaces (by semicolon), capacity, facilities, and any other as a fact of the room.
    """
    if name.lower().endswith(".json"):
        return parse(body)
    return _from_rows(list(_rows(read_sheet(name, body, known=("json", *KINDS)))))


def _rows(lines: Sequence[Line]) -> Iterator[Row]:
    """Each row as a dictionary by its header, with its number as people count lines."""
    header = [str(cell or "").strip().lower().replace(" ", "_") for cell in lines[0].cells] if lines else []
    missing = [Fault("missing-column", "file", name) for name in REQUIRED if name not in header]
    if missing:
        raise Invalid(*missing)
    for line in lines[1:]:
        named = {name: cell for name, cell in zip(header, line.cells, strict=False) if name and cell is not None}
        if named:
            yield {"_line": line.number, **{name: _cell(name, cell) for name, cell in named.items()}}


def _cell(name: str, cell: object) -> object:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if name in LISTS:
        return [part.strip() for part in str(cell).split(";") if part.strip()]
    if name not in NUMBERS:
        return str(cell).strip()
    return _number(cell) if isinstance(cell, str) else cell


def _number(text: str) -> object:
    """A number as it is written in Norwegian; other text is left for the check to refuse."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        return float(plain)
    except ValueError:
        return text


def _from_rows(rows: Sequence[Row]) -> Inventory:
    """The document of the rows; a venue is described by the first row that names it."""
    venues: dict[object, dict[str, Any]] = {}
    places: dict[str, str] = {}
    for row in rows:
        venue = venues.setdefault(row.get("venue"), _venue(row))
        number = list(venues).index(row.get("venue"))
        places[f"venues[{number}].rooms[{len(venue['rooms'])}]"] = f"line {row['_line']}"
        places.setdefault(f"venues[{number}]", f"line {row['_line']}")
        venue["rooms"].append(_room(row))
        venue["spaces"] += [space for space in row.get("spaces", []) if space not in venue["spaces"]]
    return checked({"venues": list(venues.values())}, places)


def _venue(row: Row) -> dict[str, Any]:
    found = {ours: row[theirs] for theirs, ours in OF_VENUE.items() if theirs in row}
    if "latitude" in row or "longitude" in row:
        found["location"] = {"lat": row.get("latitude"), "lon": row.get("longitude")}
    return {**found, "sources": [row["source"]] if "source" in row else [], "spaces": [], "rooms": []}


def _room(row: Row) -> dict[str, Any]:
    renamed = {"room": "slug", "room_name": "name", "room_kind": "kind"}
    skipped = {*OF_VENUE, "latitude", "longitude", "source", "_line"}
    return {renamed.get(name, name): value for name, value in row.items() if name not in skipped}
