"""The API of statistics: the figures that page and export show, and the pages of years as they were issued."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from accounts.edge import actor, reading
from booking.statistics.labels import notes
from booking.statistics.measures import MEASURES, Dimension, Figures, Unit
from booking.statistics.reports import Question, Report, report
from booking.statistics.years import edition_of
from kernel.clock import now
from web.api import Api
from web.texts import gettext

api = Api("statistics", __name__)


class ShownMeasure(BaseModel):
    """A measure: its code, unit, name and definition."""

    code: str
    unit: Unit
    name: str
    definition: str


class ShownLine(BaseModel):
    """The figures of one value of the dimension by the codes of measures: minutes, øre, counts and per cent.

    All are null where they tell of too few people (``hidden``).
    """

    key: str
    name: str
    hidden: bool
    figures: dict[str, int | float | None]


class ShownReport(BaseModel):
    """A report: what was asked, its measures, what goes for all of them, its lines, and the whole, in which nothing is counted twice."""

    by: Dimension
    first: date
    last: date
    measures: list[ShownMeasure]
    notes: list[str]
    lines: list[ShownLine]
    whole: ShownLine


class ShownYear(BaseModel):
    """The page of a year as it was issued; ``superseded`` says that a later edition holds."""

    year: int
    edition: int
    issued_at: datetime
    superseded: bool
    content: dict[str, Any]


@api.operation("GET", "/statistics", query=Question, answers={200: ShownReport})
def statistics(query: Question) -> ShownReport:
    """The figures of a period and place by one dimension."""
    return shown(report(reading(), query, by=actor(), now=now()))


@api.operation("GET", "/statistics/years/<int:year>", answers={200: ShownYear}, public=True)
def year_page(year: int) -> ShownYear:
    """The page of a year as it was issued last."""
    page, is_superseded = edition_of(reading(), year)
    told = {"year": page.year, "edition": page.edition, "issued_at": page.issued_at, "content": page.content}
    return ShownYear(**told, superseded=is_superseded)


def shown(found: Report) -> ShownReport:
    """The report as the API tells it."""
    measures = [MEASURES[code] for code in found.whole.shown]
    return ShownReport(
        by=found.question.by,
        first=found.question.first,
        last=found.question.last,
        measures=[
            ShownMeasure(code=one.code, unit=one.unit, name=gettext(one.name), definition=gettext(one.definition)) for one in measures
        ],
        notes=notes(),
        lines=[_line(line.key, line.name, line.figures) for line in found.lines],
        whole=_line("", gettext("I alt"), found.whole),
    )


def _line(key: str, name: str, figures: Figures) -> ShownLine:
    numbers = {code: float(value) if isinstance(value, Decimal) else value for code, value in figures.values.items()}
    return ShownLine(key=key, name=name, hidden=figures.is_hidden, figures=numbers)
