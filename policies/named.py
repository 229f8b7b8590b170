"""Named: what a document names beside its rules - price classes, events, periods - as rows of a form, and the form as a document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel.errors import Fault, Invalid, refuse
from policies.document import Document, checked
from policies.drafting import shown
from policies.entered import as_typed, entered, kept
from policies.seasons import Season
from policies.verdict import Reason


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A price class as the form has it."""

    slug: str
    name: Reason


@dataclass(frozen=True, slots=True)
class EventRow:
    """A day with a name."""

    name: str
    dates: tuple[date, ...]


class PeriodRow(Season):
    """A stretch of the year with a name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of a document that holds values by name: its field, the rows and the name's input of the form, the value's input.

    ``row_class`` says what the inputs of a row take. Without a value's input the row's other inputs are the value's fields.
    """

    field: str
    rows: str
    row_class: type[Any]
    key: str
    value: str = ""
    nothing: Any = None

    def named(self, row: Mapping[str, Any]) -> tuple[str, Any]:
        """The name and the value of one row."""
        rest = {name: value for name, value in row.items() if name != self.key}
        return str(row.get(self.key, "")), row.get(self.value, self.nothing) if self.value else rest

    def row(self, name: str, value: Any) -> dict[str, Any]:
        """The row of a name and its value, as the form shows it."""
        return entered(self.row_class, {self.key: name, **({self.value: value} if self.value else value)})

    def at_row(self, fault: Fault, names: list[str]) -> Fault | None:
        """A fault of this part at the row that says the name; None for one that is not of this part."""
        for number, name in enumerate(names):
            written, row = f"{self.field}.{name}", f"{self.rows}[{number}]"
            if fault.field == written:
                return Fault(fault.code, f"{row}.{self.key}", fault.value, fault.facts)
            rest = fault.field.removeprefix(written)
            if rest != fault.field and rest[:1] in (".", "["):
                value = f".{self.value}" if self.value else ""
                return Fault(fault.code, f"{row}{value}{'[]' if rest[0] == '[' else rest}", fault.value, fault.facts)
        return None


PARTS = (
    Part("price_classes", "classes", ClassRow, "slug", "name", {}),
    Part("events", "events", EventRow, "name", "dates", ()),
    Part("periods", "periods", PeriodRow, "name"),
)


def rows_of(document: Document) -> dict[str, list[dict[str, Any]]]:
    """The rows of every part, by the name that they have in the form."""
    data = document.data()
    return {part.rows: [part.row(name, value) for name, value in data[part.field].items()] for part in PARTS}


def document_of(document: Document, data: Mapping[str, Any]) -> Document:
    """The document with the title, regulation and named parts of a form; raises Invalid, the faults at the form's fields."""
    given = {part.rows: _rows(part, data) for part in PARTS}
    named = {part.field: dict(map(part.named, given[part.rows])) for part in PARTS}
    try:
        return checked({**document.data(), "title": data.get("title", {}), "regulation": data.get("regulation"), **named})
    except Invalid as refusal:
        typed = shown(data)
        raise Invalid(*(as_typed(fault, typed) for fault in _at_rows(refusal, given))) from None


def _rows(part: Part, data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = data.get(part.rows, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise refuse(Invalid, "wrong-kind", part.rows)
    return [kept(part.row_class, row) for row in rows]


def _at_rows(refusal: Invalid, given: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[Fault]:
    names = {part: [part.named(row)[0] for row in given[part.rows]] for part in PARTS}
    for fault in refusal.faults:
        yield next((found for part in PARTS if (found := part.at_row(fault, names[part]))), fault)
