"""Writing: a table as a file, CSV or XLSX, row by row, so that its length does not matter."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile

from openpyxl import Workbook

Cell = str | int | Decimal | date | datetime | None
Row = Sequence[Cell]
# What a spreadsheet program takes for the beginning of a formula, full-width signs too (OWASP, CSV injection); some skip blanks before it.
FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BLANKS = ("\t", "\r", "\n")
ROWS_A_PIECE, BYTES_A_PIECE = 200, 64 * 1024
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_of(rows: Iterable[Row]) -> Iterator[bytes]:
    """The table as Norwegian spreadsheet programs open it: UTF-8 with a mark, semicolons, a comma in what is no whole number."""
    piece = io.StringIO("\ufeff")
    piece.seek(0, io.SEEK_END)
    writer = csv.writer(piece, delimiter=";")
    for number, row in enumerate(rows, start=1):
        writer.writerow([_in_csv(cell) for cell in row])
        if number % ROWS_A_PIECE == 0:
            yield _taken(piece)
    yield _taken(piece)


def xlsx_of(rows: Iterable[Row], **sheets: Iterable[Row]) -> Iterator[bytes]:
    """The table as a spreadsheet, its headings in sight, with further ``sheets`` by their names; rows leave memory as they are written."""
    book = Workbook(write_only=True)
    for name, table in {"": rows, **sheets}.items():
        sheet = book.create_sheet(name or None)
        if not name:
            sheet.freeze_panes = "A2"
        for row in table:
            sheet.append([defused(cell) for cell in row])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(BYTES_A_PIECE):
            yield piece


def defused(cell: Cell) -> Cell:
    """A text that would be read as a formula gets a sign before it by which it is read as text."""
    return f"'{cell}" if isinstance(cell, str) and (cell.startswith(BLANKS) or cell.lstrip().startswith(FORMULAS)) else cell


WRITERS: dict[str, tuple[str, Callable[[Iterable[Row]], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", csv_of),
    "xlsx": (XLSX_TYPE, xlsx_of),
}


def _in_csv(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return str(cell).replace(".", ",")
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case _:
            return str(defused(cell))


def _taken(piece: io.StringIO) -> bytes:
    text = piece.getvalue()
    piece.seek(0)
    piece.truncate()
    return text.encode()
