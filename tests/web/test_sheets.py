"""Tables as people save them: what of a file is a line, and what a cell means."""

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.worksheet.worksheet import Worksheet

from kernel.errors import Invalid
from web.sheets import MOST_BYTES, MOST_LINES, clock_in, day_in, read_sheet, sheets_beside


def xlsx(*rows: list[object], change: Callable[[Worksheet], None] = lambda _sheet: None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lines(name: str, body: bytes) -> list[tuple[int, tuple[object, ...]]]:
    return [(line.number, line.cells) for line in read_sheet(name, body)]


def faults(name: str, body: bytes) -> list[tuple[str, object]]:
    with pytest.raises(Invalid) as refused:
        read_sheet(name, body)
    return [(fault.code, fault.value) for fault in refused.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ","])
def test_a_csv_is_read_in_any_of_the_usual_encodings_and_separators(encoding: str, separator: str) -> None:
    text = f"\r\nrom{separator}første\r\n{separator} \r\nØvesal{separator}\r\n"

    assert lines("plan.CSV", text.encode(encoding)) == [(2, ("rom", "første")), (4, ("Øvesal", None))]


def test_a_spreadsheet_keeps_the_kind_of_each_cell_and_its_row() -> None:
    when = datetime(2026, 8, 17)

    assert lines("plan.xlsx", xlsx([], ["rom", "fra"], [None, " "], ["A", time(17)], [when, 0.5])) == [
        (2, ("rom", "fra")),
        (4, ("A", time(17))),
        (5, (when, 0.5)),
    ]


def test_cells_merged_downwards_hold_the_value_each() -> None:
    body = xlsx(["rom", "dag"], ["A", "man"], [None, "tir"], [None, "ons"], change=lambda sheet: sheet.merge_cells("A2:A4"))

    assert [cells for _number, cells in lines("plan.xlsx", body)[1:]] == [("A", "man"), ("A", "tir"), ("A", "ons")]


@pytest.mark.parametrize("place", ["A1:A2", "A2:B2", "A2:B3"])
def test_cells_merged_otherwise_are_named(place: str) -> None:
    body = xlsx(["rom", "dag"], ["A", "man"], ["B", "tir"], change=lambda sheet: sheet.merge_cells(place))

    assert faults("plan.xlsx", body) == [("merged-cells", place)]


def test_a_formula_that_nobody_worked_out_is_named() -> None:
    assert faults("plan.xlsx", xlsx(["rom", "fra"], ["A", "=B1"], ["B", "=1/24"])) == [
        ("formula-without-value", "B2"),
        ("formula-without-value", "B3"),
    ]


@pytest.mark.parametrize(
    ("name", "body", "found"),
    [
        ("plan.ods", b"", [("unknown-file-kind", "ods")]),
        ("plan", b"", [("unknown-file-kind", "plan")]),
        ("plan.xlsx", b"PK not really", [("bad-workbook", None)]),
        ("plan.xlsx", b"", [("bad-workbook", None)]),
        ("plan.csv", "rom".encode("utf-16"), [("not-utf-8", 0)]),
        ("plan.csv", b"rom\x81", [("not-utf-8", 3)]),
        ("plan.csv", b" " * (MOST_BYTES + 1), [("file-too-large", MOST_BYTES + 1)]),
        ("plan.csv", b"a\n" * (MOST_LINES + 2), [("too-many", MOST_LINES + 2)]),
    ],
)
def test_what_is_no_table_is_refused(name: str, body: bytes, found: list[tuple[str, object]]) -> None:
    assert faults(name, body) == found


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("has_chart", "fault"), [(True, ("no-sheet-of-cells", "Diagram")), (False, ("bad-workbook", None))])
def test_a_sheet_without_cells_is_no_table(*, has_chart: bool, fault: tuple[str, object]) -> None:
    book = Workbook()
    sheet = book.create_chartsheet("Diagram")
    if has_chart:
        sheet.add_chart(BarChart())
    book.active = 1

    assert faults("plan.xlsx", saved(book)) == [fault]


def test_of_a_spreadsheet_the_sheets_that_are_shown_hold_anything_and_are_not_read_are_named() -> None:
    book = Workbook()
    for title, state in (("Vår", "visible"), ("Notater", "hidden"), ("Tomt", "visible")):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        sheet.append(["" if title == "Tomt" else "rom"])
    book.create_chartsheet("Diagram").add_chart(BarChart())
    book.active.append(["rom"])

    assert sheets_beside("plan.xlsx", saved(book)) == ("Vår",)
    assert sheets_beside("plan.csv", b"rom;dag") == ()


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("17.30", 1050),
        ("17:30:00", 1050),
        ("1730", 1050),
        ("kl 17", 1020),
        ("Kl. 17.30", 1050),
        (17, 1020),
        (17.0, 1020),
        ("24:00", 1440),
        (time(17, 30), 1050),
        (datetime(1899, 12, 30, 17, 30), 1050),
        (time(17, 29, 59, 999_000), 1050),
        (17.5 / 24, 1050),
        (timedelta(days=1), 1440),
        (time(0), 0),
        (datetime(1900, 1, 1), 1440),
    ],
)
def test_a_time_is_read_as_people_and_spreadsheets_write_it(cell: object, minutes: int) -> None:
    assert clock_in(cell, "fra") == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "cell",
    [
        *("25:00", "17.75", "kveld", "17-18", 17.3, True, timedelta(hours=25), None, "17:00:00:00", date(2026, 8, 17)),
        *(datetime(1900, 1, 1, 1), datetime(1899, 12, 29, 18)),
    ],
)
def test_what_is_no_time_is_refused_as_it_was_written(cell: object) -> None:
    with pytest.raises(Invalid) as refused:
        clock_in(cell, "fra")

    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("bad-clock", "fra")]


@pytest.mark.parametrize("cell", [datetime(2026, 8, 17), date(2026, 8, 17), "17.8.2026", " 2026-08-17 "])
def test_a_date_is_read_from_a_date_cell_and_from_text(cell: object) -> None:
    assert day_in(cell, "fra") == date(2026, 8, 17)


@pytest.mark.parametrize(
    ("cell", "code"), [("31.04.2026", "no-such-date"), ("mandag", "bad-date"), (46251, "bad-date"), (datetime(9999, 1, 1), "out-of-range")]
)
def test_what_is_no_date_is_refused(cell: object, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        day_in(cell, "fra")

    assert [fault.code for fault in refused.value.faults] == [code]
