"""Plan (pure): a season plan as a table, one weekly use a row, read cell by cell with all that is wrong in it at once."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from typing import TypeVar

from kernel.errors import Fault, Invalid, refuse
from policies.seasons import Span
from web.faults import unwritten
from web.sheets import Line, clock_in, day_in, read_sheet, sheets_beside, text_in

T = TypeVar("T")
DAY = r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}"
DAYS = re.compile(rf"({DAY})(?:\s*(?:[-–—/]|til|to)\s*({DAY}))?")
BETWEEN = re.compile(r"\s*(?:[,;\n]|\s+(?:og|and)\s+)\s*")
HEADS = re.compile(r"([\d–-]+\+?)\s*(?:år|years)?\s*[:=]\s*(\d{1,6})")
MIDNIGHT = timedelta(days=1)
Exceptions = tuple[tuple[Span, ...], tuple[str, ...]]
NONE: Exceptions = ((), ())
UNNAMED: Span | str = ""


class Column(StrEnum):
    """What a column says."""

    VENUE = "venue"
    ROOM = "room"
    WEEKDAY = "weekday"
    START = "start"
    END = "end"
    CLUB = "club"
    TEAM = "team"
    PERIOD = "period"
    FIRST = "first"
    LAST = "last"
    EXCEPT = "except"
    ACTIVITY = "activity"
    PURPOSE = "purpose"
    PARTICIPANTS = "participants"
    RULES = "exceptions"
    REASON = "exception_reason"


# The first of each is what a fault calls the column.
HEADINGS: Mapping[Column, tuple[str, ...]] = {
    Column.VENUE: ("bygg", "lokale", "anlegg", "venue", "building"),
    Column.ROOM: ("rom", "sal", "hall", "room"),
    Column.WEEKDAY: ("ukedag", "vekedag", "dag", "weekday", "day"),
    Column.START: ("fra", "frå", "fra kl", "frå kl", "start", "starttid", "from"),
    Column.END: ("til", "til kl", "slutt", "sluttid", "to", "until", "end"),
    Column.CLUB: ("klubb", "organisasjon", "organisasjonsnummer", "orgnr", "org nr", "forening", "club", "organisation", "organization"),
    Column.TEAM: ("lag", "gruppe", "parti", "team", "group"),
    Column.PERIOD: ("periode", "sesong", "period", "season"),
    Column.FIRST: ("første dato", "fyrste dato", "fra dato", "frå dato", "startdato", "first date", "start date"),
    Column.LAST: ("siste dato", "til dato", "sluttdato", "last date", "end date"),
    Column.EXCEPT: ("unntak", "unnatak", "unntatt", "unnateke", "utenom", "utanom", "except", "exceptions"),
    Column.ACTIVITY: ("aktivitet", "activity"),
    Column.PURPOSE: ("formål", "føremål", "purpose"),
    Column.PARTICIPANTS: ("deltakere", "deltakarar", "antall", "participants"),
    Column.RULES: ("unntak fra regel", "unnatak frå regel", "exception from rule"),
    Column.REASON: ("begrunnelse", "grunngiving", "reason"),
}
COLUMN_OF = {heading: column for column, headings in HEADINGS.items() for heading in headings}
# Titles and the like stand above the headings.
MOST_TITLES = 10
REQUIRED = (Column.ROOM, Column.WEEKDAY, Column.START, Column.END, Column.CLUB)
WEEKDAYS = (
    ("monday", "mandag", "måndag", "man", "mån", "mon"),
    ("tuesday", "tirsdag", "tysdag", "tirs", "tir", "tys", "tue"),
    ("wednesday", "onsdag", "ons", "wed"),
    ("thursday", "torsdag", "tors", "tor", "thu"),
    ("friday", "fredag", "fre", "fri"),
    ("saturday", "lørdag", "laurdag", "lør", "lau", "sat"),
    ("sunday", "søndag", "sundag", "søn", "sun"),
)
WEEKDAY_OF = {word: number for number, words in enumerate(WEEKDAYS) for word in words}


@dataclass(frozen=True, slots=True)
class Row:
    """One weekly use as the file says it, rooms and clubs by the words they are called.

    ``weekday`` is 0 on Mondays, ``start`` and ``end`` are since midnight; ``period`` are dates, or the name of a period.
    ``without`` are dates on which it is not, ``breaks`` names of such. ``columns`` are the headings as the file has them; what
    is ``wrong`` could not be read and has something else in its place.
    """

    number: int
    venue: str
    room: str
    weekday: int
    start: timedelta
    end: timedelta
    club: str
    team: str
    period: Span | str
    without: tuple[Span, ...]
    breaks: tuple[str, ...]
    activity: str
    purpose: str
    participants: Mapping[str, int]
    rules: tuple[str, ...]
    reason: str
    columns: Mapping[Column, str]
    wrong: frozenset[Column]

    @property
    def is_sound(self) -> bool:
        return not self.wrong

    def located(self, fault: Fault) -> Fault:
        """The fault of a column at its row, by the heading that the file has for it."""
        name = re.split(r"[.\[]", fault.field)[0]
        heading = next((heading for column, heading in self.columns.items() if column == name), name)
        return replace(fault, field=heading, facts={**fault.facts, "row": self.number})


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a file, and what is wrong in them; ``unread`` are columns that say nothing known, ``beside`` sheets of it that are not
    read, ``digest`` names the file."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    unread: tuple[str, ...]
    beside: tuple[str, ...]
    digest: str


def read_plan(name: str, body: bytes) -> Plan:
    """The plan in a CSV or XLSX file.

    Columns may come in any order and in bokmål, nynorsk or English (``HEADINGS``), below a title or not. A heading that is almost
    one of these is a fault, for what was meant as exceptions must not be overlooked. Of the period either one column or two are
    read. Raises Invalid as ``read_sheet`` does, and for columns that are missing, doubled or misspelt; faults of cells stand in the plan.
    """
    lines = read_sheet(name, body, headings=_headings_in)
    header = _header(lines[0] if lines else Line(1, ()))
    cells = [_Cells(line, header) for line in lines[1:]]
    rows = tuple(one.row() for one in cells)
    faults = tuple(fault for one in cells for fault in one.faults)
    return Plan(rows, faults, header.unread, sheets_beside(name, body), sha256(body).hexdigest()[:16])


@dataclass(frozen=True, slots=True)
class _Header:
    """Where each column stands, what the file calls it, and the headings that are none."""

    at: Mapping[Column, int]
    columns: Mapping[Column, str]
    unread: tuple[str, ...]


def _headings_in(rows: Sequence[Sequence[object]]) -> int:
    """Where the headings stand: the first of the upper rows that holds the most of them."""
    filled = islice((place for place, row in enumerate(rows) if any(map(text_in, row))), MOST_TITLES)
    return max(filled, key=lambda place: len({COLUMN_OF.get(_word(text_in(cell))) for cell in rows[place]} - {None}), default=0)


def _word(written: str) -> str:
    """A heading without what is written one way or another."""
    return " ".join(re.split(r"[\s_.]+", written.lower().strip(" .:")))


def _header(line: Line) -> _Header:
    at: dict[Column, int] = {}
    columns: dict[Column, str] = {}
    unread, faults = [], []
    for place, written in enumerate(map(text_in, line.cells)):
        word = _word(written)
        near = get_close_matches(word, COLUMN_OF, n=1, cutoff=0.8)
        column = COLUMN_OF.get(word)
        if column in columns:
            faults.append(Fault("column-twice", written, written, {"row": line.number, "first": columns[column]}))
        elif column:
            at[column], columns[column] = place, written
        elif near:
            faults.append(Fault("unknown-column", written, written, {"row": line.number, "near": near}))
        elif word:
            unread.append(written)
    faults += [Fault("plan-column-missing", HEADINGS[one][0], HEADINGS[one][0], {"known": HEADINGS[one]}) for one in _missing(at)]
    if faults:
        raise Invalid(*faults)
    return _Header(at, columns, tuple(unread))


def _missing(found: Mapping[Column, int]) -> Iterator[Column]:
    """The columns that have to be there; the period may be two dates, of which one alone says nothing."""
    yield from (column for column in REQUIRED if column not in found)
    ends = [column for column in (Column.FIRST, Column.LAST) if column not in found]
    if Column.PERIOD not in found and ends:
        yield ends[0] if len(ends) == 1 else Column.PERIOD


@dataclass(slots=True)
class _Cells:
    """The cells of one row by column; what cannot be read of them gathers in ``faults``, of the columns that are ``wrong``."""

    line: Line
    header: _Header
    faults: list[Fault] = field(default_factory=list)
    wrong: set[Column] = field(default_factory=set)

    def row(self) -> Row:
        start, end = self._read(Column.START, clock_in, timedelta()), self._read(Column.END, _end_in, MIDNIGHT)
        if end <= start:
            self._wrong("end-before-start", Column.END, text_in(self._cell(Column.END)))
        without, breaks = self._read(Column.EXCEPT, _exceptions_in, NONE, needed=False)
        return Row(
            number=self.line.number,
            venue=self._text(Column.VENUE),
            room=self._text(Column.ROOM, needed=True),
            weekday=self._read(Column.WEEKDAY, _weekday_in, 0),
            start=start,
            end=end,
            club=self._text(Column.CLUB, needed=True),
            team=self._text(Column.TEAM),
            period=self._period(),
            without=without,
            breaks=breaks,
            activity=self._text(Column.ACTIVITY),
            purpose=self._text(Column.PURPOSE),
            participants=self._read(Column.PARTICIPANTS, _participants_in, {}, needed=False),
            rules=tuple(filter(None, BETWEEN.split(self._text(Column.RULES)))),
            reason=self._text(Column.REASON),
            columns=self.header.columns,
            wrong=frozenset(self.wrong),
        )

    def _period(self) -> Span | str:
        """A column of its own goes before the first and the last date; one of them at least has to be filled in."""
        if self._cell(Column.PERIOD) is not None or Column.FIRST not in self.header.at:
            return self._read(Column.PERIOD, _period_in, UNNAMED)
        first, last = self._read(Column.FIRST, day_in, date.min), self._read(Column.LAST, day_in, date.max)
        if last < first:
            self._wrong("period-backwards", Column.LAST, text_in(self._cell(Column.LAST)), first=text_in(first))
        return Span(first, last)

    def _text(self, column: Column, *, needed: bool = False) -> str:
        return self._read(column, lambda cell, _field: text_in(cell), "", needed=needed)

    def _read(self, column: Column, reader: Callable[[object, str], T], otherwise: T, *, needed: bool = True) -> T:
        cell = self._cell(column)
        if cell is None:
            if needed:
                self._wrong("missing-field", column, None)
            return otherwise
        try:
            if signs := tuple(unwritten(cell)):
                raise Invalid(*signs)
            return reader(cell, column)
        except Invalid as refusal:
            for fault in refusal.faults:
                self._wrong(fault.code, column, fault.value, **fault.facts)
            return otherwise

    def _cell(self, column: Column) -> object:
        place = self.header.at.get(column, len(self.line.cells))
        return self.line.cells[place] if place < len(self.line.cells) else None

    def _wrong(self, code: str, column: Column, value: object, **facts: object) -> None:
        self.wrong.add(column)
        self.faults.append(Fault(code, self.header.columns.get(column, column), value, {**facts, "row": self.line.number}))


def _end_in(cell: object, field: str) -> timedelta:
    """The end of the use; midnight is the end of the day."""
    return clock_in(cell, field) or MIDNIGHT


def _weekday_in(cell: object, field: str) -> int:
    word = text_in(cell).lower().strip(" .")
    found = next((WEEKDAY_OF[stem] for ending in ("", "er", "ar", "s") if (stem := word.removesuffix(ending)) in WEEKDAY_OF), None)
    if found is None:
        raise refuse(Invalid, "bad-weekday", field, text_in(cell))
    return found


def _period_in(cell: object, field: str) -> Span | str:
    """Two dates, or what does not begin with a digit: the name of a period."""
    text = text_in(cell)
    found = DAYS.fullmatch(text)
    if found and found[2]:
        return _span(found, field)
    if text[0].isdigit():
        raise refuse(Invalid, "bad-period", field, text)
    return text


def _exceptions_in(cell: object, field: str) -> Exceptions:
    parts = list(filter(None, BETWEEN.split(text_in(cell))))
    spans = [_span(DAYS.fullmatch(part), field, part) for part in parts if part[0].isdigit()]
    return tuple(spans), tuple(part for part in parts if not part[0].isdigit())


def _span(found: "re.Match[str] | None", field: str, written: str = "") -> Span:
    if found is None:
        raise refuse(Invalid, "bad-date", field, written)
    first = day_in(found[1], field)
    last = day_in(found[2] or found[1], field)
    if last < first:
        raise refuse(Invalid, "period-backwards", field, found[0], first=text_in(first))
    return Span(first, last)


def _participants_in(cell: object, field: str) -> Mapping[str, int]:
    """Heads by age (``0-12: 8, 13-19: 10``), or how many there are of any age."""
    text = text_in(cell)
    if text.isdecimal():
        return {"0+": int(text)}
    parts = [HEADS.fullmatch(part) for part in BETWEEN.split(text)]
    if not all(parts):
        raise refuse(Invalid, "bad-participants", field, text)
    return {found[1].replace("–", "-"): int(found[2]) for found in parts if found}
