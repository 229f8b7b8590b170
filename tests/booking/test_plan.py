"""Reading a season plan: what each cell means, and everything that is wrong at once with its row and column."""

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from booking.plan import HEADINGS, Plan, read_plan
from kernel.errors import Invalid
from policies.seasons import Span

NEEDED = {"rom": "Sal 1", "ukedag": "mandag", "fra": "17:00", "til": "18.30", "klubb": "Skiold turn"}
PERIOD = {"periode": "17.08.2026 - 18.12.2026"}
AUTUMN = Span(date(2026, 8, 17), date(2026, 12, 18))


def csv(*rows: dict[str, Any]) -> bytes:
    return "\n".join(";".join(map(str, cells)) for cells in (rows[0], *(row.values() for row in rows))).encode()


def xlsx(*rows: dict[str, Any]) -> bytes:
    book = Workbook()
    for cells in (rows[0], *(row.values() for row in rows)):
        book.active.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(**cells: Any) -> Plan:
    return read_plan("plan.xlsx", xlsx({**NEEDED, **PERIOD, **cells}))


def told(plan: Plan) -> list[tuple[object, str, str, object]]:
    return [(fault.facts["row"], fault.field, fault.code, fault.value) for fault in plan.faults]


@pytest.mark.parametrize(("name", "written"), [("plan.csv", csv), ("plan.xlsx", xlsx)])
def test_a_row_is_read_from_both_kinds_of_file(name: str, written: Any) -> None:
    (row,) = read_plan(
        name, written({**NEEDED, **PERIOD, "lag": "G12", "unntak": "05.10.2026 - 09.10.2026, jul", "deltakere": "0-12: 8"})
    ).rows

    assert (row.number, row.room, row.weekday, row.start, row.end) == (2, "Sal 1", 0, timedelta(hours=17), timedelta(hours=18, minutes=30))
    assert (row.club, row.team, row.period) == ("Skiold turn", "G12", AUTUMN)
    assert (row.without, row.breaks) == ((Span(date(2026, 10, 5), date(2026, 10, 9)),), ("jul",))
    assert (row.participants, row.is_sound) == ({"0-12": 8}, True)


def test_every_heading_is_read_in_any_case_and_order() -> None:
    for column, headings in HEADINGS.items():
        for heading in headings:
            others = {names[0]: "x" for other, names in HEADINGS.items() if other != column}
            plan = read_plan("plan.csv", csv({f" {heading.upper().replace(' ', '_')}: ": "x", **others}))

            assert plan.rows[0].columns[column] == f"{heading.upper().replace(' ', '_')}:"


@pytest.mark.parametrize(
    ("column", "cell", "field", "meant"),
    [
        ("ukedag", "Laurdagar", "weekday", 5),
        ("ukedag", "tir.", "weekday", 1),
        ("ukedag", "Wednesdays", "weekday", 2),
        ("fra", time(16, 15), "start", timedelta(hours=16, minutes=15)),
        ("fra", "kl 17", "start", timedelta(hours=17)),
        ("til", "24:00", "end", timedelta(days=1)),
        ("til", time(0), "end", timedelta(days=1)),
        ("klubb", 313000001, "club", "313000001"),
        ("periode", "2026-08-17–2026-12-18", "period", AUTUMN),
        ("periode", "17.8.2026 til 18.12.2026", "period", AUTUMN),
        ("periode", "Høst 2026", "period", "Høst 2026"),
        ("unntak", datetime(2026, 10, 5), "without", (Span(date(2026, 10, 5), date(2026, 10, 5)),)),
        ("unntak", "høstferie og uke 47;\n 2026-11-02", "breaks", ("høstferie", "uke 47")),
        ("deltakere", 20, "participants", {"0+": 20}),
        ("deltakere", "0–12 år: 8, 13+ = 2", "participants", {"0-12": 8, "13+": 2}),
        ("unntak fra regel", "length, horizon", "rules", ("length", "horizon")),
    ],
)
def test_a_cell_is_read_as_people_write_it(column: str, cell: object, field: str, meant: object) -> None:
    plan = read(**{column: cell})

    assert (plan.faults, getattr(plan.rows[0], field)) == ((), meant)


@pytest.mark.parametrize(
    ("column", "cell", "code", "value"),
    [
        ("rom", None, "missing-field", None),
        ("ukedag", "man-fre", "bad-weekday", "man-fre"),
        ("lag", "J\u200b12", "unseen-sign", "U+200B"),
        ("fra", "25:00", "bad-clock", "25:00"),
        ("til", "16:00", "end-before-start", "16:00"),
        ("til", "17:00", "end-before-start", "17:00"),
        ("periode", "2026", "bad-period", "2026"),
        ("periode", "17.08.2026", "bad-period", "17.08.2026"),
        ("periode", "31.04.2026 - 18.12.2026", "no-such-date", "31.04.2026"),
        ("periode", "18.12.2026 - 17.08.2026", "period-backwards", "18.12.2026 - 17.08.2026"),
        ("unntak", "5.10.-9.10.2026", "bad-date", "5.10.-9.10.2026"),
        ("deltakere", "mange", "bad-participants", "mange"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(column: str, cell: object, code: str, value: object) -> None:
    plan = read(**{column: cell})

    assert (told(plan), plan.rows[0].is_sound) == ([(2, column, code, value)], False)


def test_first_and_last_date_stand_in_columns_of_their_own() -> None:
    sound = {**NEEDED, "Første dato": datetime(2026, 8, 17), "Siste dato": "18.12.2026"}
    plan = read_plan("plan.xlsx", xlsx(sound, {**sound, "Siste dato": "16.08.2026"}, {**sound, "Første dato": None}))

    assert plan.rows[0].period == AUTUMN
    assert told(plan) == [(3, "Siste dato", "period-backwards", "16.08.2026"), (4, "Første dato", "missing-field", None)]


def test_all_that_is_wrong_is_told_at_once_with_its_row() -> None:
    wrong = {**NEEDED, **PERIOD, "ukedag": "onsda", "fra": "kveld", "klubb": None}

    plan = read_plan("plan.xlsx", xlsx({**NEEDED, **PERIOD}, dict.fromkeys(wrong), wrong))

    assert told(plan) == [(4, "fra", "bad-clock", "kveld"), (4, "ukedag", "bad-weekday", "onsda"), (4, "klubb", "missing-field", None)]


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        ([], [*((name, "plan-column-missing") for name in ("rom", "ukedag", "fra", "til", "klubb", "periode"))]),
        ([*NEEDED, "første dato"], [("siste dato", "plan-column-missing")]),
        ([*NEEDED, *PERIOD, "Frå"], [("Frå", "column-twice")]),
        ([*NEEDED, *PERIOD, "Unntakk"], [("Unntakk", "unknown-column")]),
    ],
)
def test_headings_that_are_missing_doubled_or_misspelt_are_refused(headings: list[str], found: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as refused:
        read_plan("plan.csv", ";".join(headings).encode())

    assert [(fault.field, fault.code) for fault in refused.value.faults] == found


def test_columns_about_something_else_are_left_unread_and_told() -> None:
    assert read(merknad="husk nøkkel").unread == ("merknad",)
