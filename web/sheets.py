"""Sheets: a table in a file, CSV or XLSX, as lines of cells, and the times and dates that cells hold; pure."""

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from kernel.characters import composed
from kernel.errors import Fault, Invalid, refuse
from kernel.wallclock import parse_clock, parse_day

MOST_BYTES = 5_000_000
MOST_UNPACKED = 100_000_000
MOST_LINES = 20_000
MOST_COLUMNS = 200
KINDS = ("csv", "xlsx")
CLOCK = re.compile(r"(?:kl\b\.?)?\s*(\d{1,2}[:.]\d{2}(?=[:.]00$)|.*?)(?:[:.]00)?", re.IGNORECASE)
MINUTE = timedelta(minutes=1)

Row = Sequence[object]
Places = Callable[[Sequence[Row]], int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table with something in it: its number as people count rows, and its cells in order, None for an empty one."""

    number: int
    cells: tuple[object, ...]


def first_filled(rows: Sequence[Row]) -> int:
    """The place of the first row with something in it."""
    return next((place for place, row in enumerate(rows) if any(cell is not None for cell in _filled(row))), 0)


def read_sheet(name: str, body: bytes, *, known: Sequence[str] = KINDS, headings: Places = first_filled) -> tuple[Line, ...]:
    """The lines of a table, its headings first, by the ending of the file's name; empty lines are left out.

    ``headings`` tells in which of the rows they stand; what is above them, a title, is left unread.

    CSV is parted by semicolon or comma, in UTF-8 or Windows-1252; of a spreadsheet the sheet on top is read. Cells merged
    downwards in one column below the headings each hold the value, as they look; what is merged otherwise says nothing certain.
    Raises Invalid: ``unknown-file-kind`` (naming those ``known``), ``file-too-large``, ``not-utf-8``, ``bad-table``, ``bad-workbook``,
    ``no-sheet-of-cells``, ``too-many``, and with the cells ``merged-cells`` and ``formula-without-value``.
    """
    if len(body) > MOST_BYTES:
        raise refuse(Invalid, "file-too-large", "file", len(body), most=MOST_BYTES)
    match name.lower().rpartition(".")[2]:
        case "csv":
            rows = _csv(body)
        case "xlsx":
            rows = _xlsx(body, headings)
        case ending:
            raise refuse(Invalid, "unknown-file-kind", "file", ending, known=known)
    above, filled = headings(rows), enumerate(map(_filled, rows), start=1)
    lines = tuple(Line(number, row) for number, row in filled if number > above and any(cell is not None for cell in row))
    if len(lines) > MOST_LINES + 1:
        raise refuse(Invalid, "too-many", "file", len(lines), most=MOST_LINES)
    return lines


def sheets_beside(name: str, body: bytes) -> tuple[str, ...]:
    """The sheets of a spreadsheet that can be read and are left unread: those beside the one on top that are shown and hold anything."""
    if not name.lower().endswith(".xlsx"):
        return ()
    book = _workbook(body)
    shown = (sheet for sheet in book.worksheets if sheet is not book.active and sheet.sheet_state == Worksheet.SHEETSTATE_VISIBLE)
    return tuple(sheet.title for sheet in shown if any(cell.value is not None for row in _cells(sheet) for cell in row))


# Days of a spreadsheet are counted from the first of 1900, and a clock time alone lies on the day with the number 0.
FIRST_YEAR, DAY_BEFORE_FIRST, ZERO_DAY = 1900, datetime.fromisoformat("1899-12-31"), datetime.fromisoformat("1899-12-30")


def clock_in(cell: object, field: str) -> timedelta:
    """The time of day that a cell holds, since midnight: a time, ``17.30``, ``kl 17``, ``24:00``; raises Invalid (``bad-clock``).

    A spreadsheet keeps a time as a fraction of the day, which is not exactly a minute, and 25:00 as one o'clock on its first day.
    """
    match cell:
        case datetime() if cell < ZERO_DAY:
            since = cell - ZERO_DAY
        case datetime() if cell.year == FIRST_YEAR:
            since = cell - DAY_BEFORE_FIRST
        case datetime() | time():
            since = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)
        case timedelta():
            since = cell
        case float() if 0 < cell < 1:
            since = timedelta(days=cell)
        case _:
            found = CLOCK.fullmatch(_plain(cell))
            try:
                return parse_clock(found[1] if found else "", field)
            except Invalid:
                raise refuse(Invalid, "bad-clock", field, _plain(cell)) from None
    minutes = round(since / MINUTE)
    return parse_clock(f"{minutes // 60:02}:{minutes % 60:02}", field)


def day_in(cell: object, field: str) -> date:
    """The date that a cell holds, as a date or as text; raises Invalid as ``parse_day`` does."""
    return parse_day(f"{cell:%Y-%m-%d}" if isinstance(cell, date) else _plain(cell), field)


def text_in(cell: object) -> str:
    """What a cell says, as it is shown: 30 for the number 30.0, a date as it is written in Norway."""
    return f"{cell:%d.%m.%Y}" if isinstance(cell, date) else _plain(cell)


def _plain(cell: object) -> str:
    return composed(str(int(cell) if isinstance(cell, float) and cell.is_integer() else "" if cell is None else cell)).strip()


def _filled(row: Row) -> tuple[object, ...]:
    return tuple(None if isinstance(cell, str) and not cell.strip() else cell for cell in row)


def _csv(body: bytes) -> list[Row]:
    text = _decoded(body)
    parted = next((line for line in text.splitlines() if ";" in line or "," in line), "")
    separator = ";" if parted.count(";") > parted.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        raise refuse(Invalid, "bad-table", "file") from None


def _decoded(body: bytes) -> str:
    """UTF-8, or what older programs write in Norway; UTF-16 would be read as nonsense in the latter."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            try:
                return body.decode("cp1252")
            except UnicodeDecodeError:
                pass
        raise refuse(Invalid, "not-utf-8", "file", error.start) from None


def _xlsx(body: bytes, headings: Places) -> list[Row]:
    written = _loaded(body, values=False)
    formulas = [cell.coordinate for row in _cells(written) for cell in row if cell.data_type == "f"]
    values = _loaded(body, values=True) if formulas else written
    faults = [Fault("merged-cells", "file", place) for place in _unfolded(values, headings)]
    # An empty text is no value either: only where no formula has any was the file never worked out.
    if formulas and all(values[place].value is None for place in formulas):
        faults += [Fault("formula-without-value", "file", place) for place in formulas]
    if faults:
        raise Invalid(*faults)
    return [[cell.value for cell in row] for row in _cells(values)]


def _loaded(body: bytes, *, values: bool) -> Worksheet:
    """The sheet on top: with what formulas came to, or with the formulas."""
    sheet = _workbook(body, values=values).active
    if not isinstance(sheet, Worksheet):
        raise refuse(Invalid, "no-sheet-of-cells", "file", getattr(sheet, "title", ""))
    return sheet


def _workbook(body: bytes, *, values: bool = True) -> Workbook:
    try:
        with ZipFile(io.BytesIO(body)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise refuse(Invalid, "file-too-large", "file", most=MOST_UNPACKED)
        return load_workbook(io.BytesIO(body), data_only=values)
    # A sheet of a chart without any is an AttributeError of openpyxl's.
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, OSError, ParseError):
        raise refuse(Invalid, "bad-workbook", "file") from None


def _cells(sheet: Worksheet) -> Iterator[tuple[Cell | MergedCell, ...]]:
    yield from sheet.iter_rows(max_row=min(sheet.max_row, MOST_LINES + 2), max_col=min(sheet.max_column, MOST_COLUMNS))


def _unfolded(sheet: Worksheet, headings: Places) -> list[str]:
    """Give cells merged downwards their common value; returns where cells are merged otherwise, but for what is above the headings."""
    at = headings([[cell.value for cell in row] for row in _cells(sheet)]) + 1
    left = []
    for merged in sorted(sheet.merged_cells.ranges, key=lambda one: one.bounds):
        first_column, first, last_column, last = merged.bounds
        value = sheet.cell(first, first_column).value
        if value is None or last < at:
            continue
        if first_column != last_column or first <= at:
            left.append(merged.coord)
            continue
        sheet.unmerge_cells(merged.coord)
        for row in range(first, last + 1):
            sheet.cell(row, first_column).value = value
    return left
