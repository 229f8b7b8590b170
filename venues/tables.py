"""Tables: an inventory written as a table of rooms (CSV or XLSX), one room a row, turned into the same document; pure."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kernel.errors import Fault, Invalid, refuse
from venues.inventory import MOST_BYTES, Inventory, checked, parse

MOST_ROWS = 20_000
MOST_UNPACKED = 100_000_000
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
    """The inventory in a file, by the ending of its name: ``.json``, ``.csv`` or ``.xlsx``; raises Invalid with all faults.

    Columns of a table: venue, venue_name, venue_kind, district, address, zone, built, latitude, longitude, source, room,
    room_name, room_kind, spaces (by semicolon), capacity, facilities, and any other as a fact of the room.
    """
    if len(body) > MOST_BYTES:
        raise refuse(Invalid, "file-too-large", "file", len(body), most=MOST_BYTES)
    match name.lower().rpartition(".")[2]:
        case "json":
            return parse(body)
        case "csv":
            return _from_rows(list(_csv(body)))
        case "xlsx":
            return _from_rows(list(_xlsx(body)))
        case ending:
            raise refuse(Invalid, "unknown-file-kind", "file", ending, known=("json", "csv", "xlsx"))


def _csv(body: bytes) -> Iterator[Row]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(Invalid, "not-utf-8", "file", error.start) from None
    separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    try:
        yield from _rows(list(csv.reader(io.StringIO(text), delimiter=separator)))
    except csv.Error:
        raise refuse(Invalid, "bad-table", "file") from None


def _xlsx(body: bytes) -> Iterator[Row]:
    try:
        with ZipFile(io.BytesIO(body)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise refuse(Invalid, "file-too-large", "file", most=MOST_UNPACKED)
        sheet = load_workbook(io.BytesIO(body), read_only=True, data_only=True).active
        cells = (
            [] if sheet is None else [list(row) for _, row in zip(range(MOST_ROWS + 2), sheet.iter_rows(values_only=True), strict=False)]
        )
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise refuse(Invalid, "bad-table", "file") from None
    yield from _rows(cells)


def _rows(cells: Sequence[Sequence[object]]) -> Iterator[Row]:
    """Each row as a dictionary by its header, with its number as people count lines."""
    header = [str(cell or "").strip().lower().replace(" ", "_") for cell in cells[0]] if cells else []
    missing = [Fault("missing-column", "file", name) for name in REQUIRED if name not in header]
    if missing:
        raise Invalid(*missing)
    if len(cells) > MOST_ROWS + 1:
        raise refuse(Invalid, "too-many", "file", len(cells), most=MOST_ROWS)
    for number, row in enumerate(cells[1:], start=2):
        named = {name: cell for name, cell in zip(header, row, strict=False) if name and cell is not None and str(cell).strip()}
        if named:
            yield {"_line": number, **{name: _cell(name, cell) for name, cell in named.items()}}


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
