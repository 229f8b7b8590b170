"""Entered: what people type in a form as a document keeps it, and back, by the sort of each field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kernel.errors import Fault, Invalid
from kernel.money import of_kroner
from kernel.wallclock import parse_day
from policies.shapes import Shape, Sort, shapes
from web.texts import gettext as _

SPACES = re.compile(r"[\s\u00a0\u202f]")
CURRENCY = re.compile(r"(kr\.?|kroner|nok|,-)$", re.IGNORECASE)
DAY_AND_MONTH = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.?")
MONTH_AND_DAY = re.compile(r"(\d{2})-(\d{2})")
# A week is read in all three languages, whatever the page's.
WEEK = re.compile(r"(?:uke|veke|week)\s*(\d{1,2})", re.IGNORECASE)
WEEK_ALONE = re.compile(r"W(\d{1,2})")
NO_DATE = {"bad-date", "bad-iso-date"}
# What is told otherwise to those who fill in a form than to those who write a document.
IN_FORMS = {"bad-anchor": "bad-yearly-date"}


def kept(model: type[Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a class as its documents have them; what cannot be read stays as typed, for the fault to show.

    ``500 kr`` is 50000 øre, ``1 200`` is 1200, ``24.11.2026`` is ``2026-11-24``, of yearly dates ``24.12.`` is
    ``12-24`` and ``uke 33`` is ``W33``. Lists are cut at lines, and at commas where none of their values can hold one.
    """
    return {**typed, **{shape.name: _kept(shape, typed[shape.name]) for shape in shapes(model) if shape.name in typed}}


def entered(model: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a document as the inputs of a form show them; ``kept`` makes the same values of them."""
    return {**data, **{shape.name: _entered(shape, data[shape.name]) for shape in shapes(model) if shape.name in data}}


def as_typed(fault: Fault, typed: Mapping[str, Any]) -> Fault:
    """The fault with the value that stands in its input, and of a date with what exactly is wrong; ``typed`` is by input."""
    code = _of_date(str(fault.value)) if fault.code in NO_DATE else IN_FORMS.get(fault.code, fault.code)
    fault = replace(fault, code=code)
    value = typed.get(fault.field)
    return replace(fault, value=value) if isinstance(value, str) and fault.value is not None else fault


def _kept(shape: Shape, value: Any) -> Any:
    if shape.sort is Sort.GROUP:
        return _within(shape, value, kept)
    if shape.is_many and isinstance(value, list):
        return [_value(shape.sort, piece) for one in value for piece in _pieces(shape, one)]
    return _value(shape.sort, value)


def _entered(shape: Shape, value: Any) -> Any:
    if shape.sort is Sort.GROUP:
        return _within(shape, value, entered)
    if shape.is_many and isinstance(value, list):
        # A list of dates is typed, a single date is picked in the browser's calendar, which wants it in ISO form.
        return [_numeric(one) if shape.sort is Sort.DATE else _shown(shape.sort, one) for one in value]
    return _shown(shape.sort, value)


def _within(shape: Shape, value: Any, through: Any) -> Any:
    if shape.is_many and isinstance(value, list):
        return [through(shape.of, one) if isinstance(one, Mapping) else one for one in value]
    return through(shape.of, value) if isinstance(value, Mapping) else value


def _pieces(shape: Shape, one: Any) -> Iterator[Any]:
    if not isinstance(one, str):
        yield one
        return
    parts = one.splitlines() if shape.holds_commas else re.split(r"[,\n]", one)
    yield from (part.strip() for part in parts if part.strip())


def _value(sort: Sort, written: Any) -> Any:
    if not isinstance(written, str):
        return written
    match sort:
        case Sort.MONEY:
            return _ore(written)
        case Sort.NUMBER | Sort.MINUTES:
            return SPACES.sub("", written)
        case Sort.PERCENT:
            return SPACES.sub("", written).removesuffix("%")
        case Sort.DATE:
            return _iso(written)
        case Sort.ANCHOR:
            return _anchor(written)
        case _:
            return written


def _ore(written: str) -> int | str:
    """Kroner in øre."""
    try:
        return of_kroner(CURRENCY.sub("", SPACES.sub("", written)).replace(",", "."))
    except ValueError:
        return written


def _iso(written: str) -> str:
    try:
        return parse_day(written, "").isoformat()
    except Invalid:
        return written


def _of_date(written: str) -> str:
    """What is wrong with a date that is none: that it is not written as one, or that there is no such day."""
    try:
        parse_day(written, "")
    except Invalid as refusal:
        return refusal.faults[0].code
    return "bad-date"


def _anchor(written: str) -> str:
    if found := DAY_AND_MONTH.fullmatch(written):
        return f"{int(found[2]):02}-{int(found[1]):02}"
    if found := WEEK.fullmatch(written):
        return f"W{int(found[1])}"
    return written


def _shown(sort: Sort, value: Any) -> Any:
    match sort:
        case Sort.MONEY if isinstance(value, int):
            kroner, ore = divmod(abs(value), 100)
            return f"{'-' if value < 0 else ''}{kroner}{f',{ore:02}' if ore else ''}"
        case Sort.ANCHOR if found := MONTH_AND_DAY.fullmatch(str(value)):
            return f"{int(found[2])}.{int(found[1])}."
        case Sort.ANCHOR if found := WEEK_ALONE.fullmatch(str(value)):
            return _("uke %(week)d", week=int(found[1]))
        case _:
            return value


def _numeric(value: Any) -> str:
    """``24.11.2026``."""
    try:
        return f"{date.fromisoformat(str(value)):%d.%m.%Y}"
    except ValueError:
        return str(value)
