"""The files for the finance system: the same lines in each form, by page, API and command; nothing in them is a formula."""

import csv
import io
import json
from pathlib import Path

from flask import Flask
from openpyxl import load_workbook

from booking.billing.api import ShownInvoices
from tests.booking.billing.conftest import Given
from tests.booking.billing.test_pages import Visit


def test_every_form_and_every_way_gives_the_same_lines(app: Flask, visit: Visit, given: Given, tmp_path: Path) -> None:
    officer, address = visit("kari"), f"/invoices/{given.period}/lines"

    files = {kind: officer.get(f"{address}.{kind}").data for kind in ("csv", "xlsx", "json")}
    run = app.test_cli_runner()
    for kind in files:
        told = run.invoke(args=["bookings", "invoices", "export", str(given.period), "--format", kind, "--out", str(tmp_path / kind)])
        assert told.exit_code == 0, told.output

    assert {kind: (tmp_path / kind).read_bytes() for kind in ("csv", "json")} == {kind: files[kind] for kind in ("csv", "json")}
    sheet = load_workbook(io.BytesIO(files["xlsx"])).active
    table = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [[str(cell) for cell in row[3:9]] for row in cells[1:3]] == [
        ["'=Skiold turn", "313000001", "None", "None", "'=Skiold turn", "'+G10"],
        ["'=Skiold turn", "313000001", "None", "None", "'=Skiold turn", "J12"],
    ]
    assert [cell.data_type for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert [(row[3], row[16], row[17]) for row in table] == [
        ("Betaler", "Timer", "Beløp i kroner"),
        ("'=Skiold turn", "1,50", "600"),
        ("'=Skiold turn", "2,00", "800"),
        ("Per Solli", "0,50", "200"),
    ]
    document = ShownInvoices.model_validate_json(files["json"])
    assert [(line.kind, line.payer.name, line.payer.number, line.amount, line.minutes) for line in document.lines] == [
        ("use", "=Skiold turn", "313000001", 60000, 90),
        ("use", "=Skiold turn", "313000001", 80000, 120),
        ("use", "Per Solli", None, 20000, 30),
    ]
    assert (document.period.count, document.period.amount) == (3, 160000)


def test_a_command_bills_and_lists(app: Flask, given: Given) -> None:
    run = app.test_cli_runner()

    first = run.invoke(args=["bookings", "invoices", "close", "01.10.2026", "2026-10-31"])
    again = run.invoke(args=["bookings", "invoices", "close", "2026-10-01", "2026-10-31"])
    wrong = run.invoke(args=["bookings", "invoices", "close", "2026-10-31", "2026-10-01"])

    assert (first.output, first.exit_code) == ("2: 2026-10-01 til 2026-10-31, 2 linjer, 1 600 kr\n".replace(" 6", "\xa06"), 0)
    assert again.output == first.output
    assert (wrong.exit_code, "Siste dag må ikke være før" in wrong.output) == (1, True)
    assert run.invoke(args=["bookings", "invoices", "list"]).output.splitlines()[0] == first.output.strip()
    document = json.loads(run.invoke(args=["bookings", "invoices", "export", "2"]).output)
    assert [(line["kind"], line["start"], line["amount"]) for line in document["lines"]] == [
        ("cancellation", "2026-10-13T18:00", 80000),
        ("use", "2026-10-20T18:00", 80000),
    ]
