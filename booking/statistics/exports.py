"""Exports: a report as a table for spreadsheet programs, its definitions on a sheet of their own."""

from collections.abc import Iterator

from booking.statistics.labels import definitions, dimension_label, exact, measure_label, notes
from booking.statistics.measures import MEASURES, Figures
from booking.statistics.reports import Report
from web.texts import gettext as _
from web.writing import Cell, Row, csv_of, xlsx_of


def exported(found: Report, kind: str) -> Iterator[bytes]:
    """The report as CSV, or as XLSX with a second sheet that says what the figures mean."""
    if kind == "csv":
        return csv_of(_rows(found))
    return xlsx_of(_rows(found), **{_("Definisjoner"): _meaning(found)})


def _rows(found: Report) -> Iterator[Row]:
    """Headings, a row for each line, and the whole; a hidden figure is told as that."""
    yield [dimension_label(found.question.by), *(measure_label(code) for code in found.whole.shown)]
    for line in found.lines:
        yield [line.name, *_cells(line.figures)]
    yield [_("I alt"), *_cells(found.whole)]


def _cells(figures: Figures) -> Iterator[Cell]:
    for code, value in figures.values.items():
        hidden = _("skjult") if figures.is_hidden else None
        yield hidden if value is None else exact(MEASURES[code], value)


def _meaning(found: Report) -> Iterator[Row]:
    question = found.question
    yield [_("Første dag"), question.first]
    yield [_("Siste dag"), question.last]
    filters = (_("Bydel"), question.district), (_("Lokale"), question.venue), (_("Rom"), question.room)
    yield from ([name, value] for name, value in filters if value)
    yield from definitions(found.whole.shown)
    yield from ([_("Merk"), note] for note in notes())
