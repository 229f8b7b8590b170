"""Drawing: the inputs that the form of a rule needs, read off the rule's class, whatever its kind."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from pydantic_core import to_jsonable_python

from policies import labels
from policies.drafting import COMPANIONS
from policies.rules.base import Scope
from policies.shapes import Shape, Sort, limiting, shapes
from policies.titles import title
from policies.verdict import Reason
from web.texts import gettext as _

Choices = list[tuple[str, str]]
BLANK = 2
UNSTATED: tuple[Any, ...] = (None, (), {}, Reason(), Scope())


class Look(StrEnum):
    """How an input is drawn, each by a macro of its own; UNSEEN carries along, and tells of, what no input can show."""

    FIELD = "field"
    FIGURE = "figure"
    KRONER = "kroner"
    CLOCK = "clock"
    DATE = "date"
    SELECT = "select"
    BOXES = "boxes"
    WORDS = "words"
    LINES = "lines"
    TICK = "tick"
    TEXTS = "texts"
    GROUP = "group"
    LIMITS = "limits"
    ROWS = "rows"
    ROW = "row"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Drawn:
    """An input by its name in the form, or a group of them; ``empty`` is a first choice that says nothing.

    ``is_needed`` marks what must be filled in where the optional group or row around it is used at all, ``is_wanted``
    what may be left out for a while, but stands on the list of what should be mended.
    """

    look: Look
    name: str
    label: str
    hint: str = ""
    is_required: bool = False
    is_needed: bool = False
    is_wanted: bool = False
    choices: Choices = field(default_factory=list)
    empty: str = ""
    parts: tuple["Drawn", ...] = ()
    is_filled: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a field: the prefix of its name, whether all of it may be left out, how many empty rows are wanted.

    ``stands_alone`` says that nothing in an optional group must be filled in, so that any choice alone makes it there.
    ``offers`` are choices for texts that stand for words of a vocabulary, by the field's name; ``idle`` are fields that say
    nothing here, which are drawn only where something stands in them.
    """

    offers: Mapping[str, Choices]
    blank: int = BLANK
    idle: Collection[str] = ()
    prefix: str = ""
    is_optional: bool = False
    stands_alone: bool = False

    def name(self, field_name: str) -> str:
        return f"{self.prefix}.{field_name}" if self.prefix else field_name

    def within(self, prefix: str, *, is_optional: bool, blank: int | None = None) -> "Around":
        blank = self.blank if blank is None else blank
        return replace(self, blank=blank, prefix=prefix, is_optional=is_optional, stands_alone=False)


def drawn(model: type[Any], data: Mapping[str, Any], around: Around, *, but: Collection[str] = ()) -> tuple[Drawn, ...]:
    """The inputs for the fields of a class; ``data`` is what stands in them, which says how many rows there are."""
    left = {*but, *(name for name in around.idle if not data.get(name))}
    wanted = [shape for shape in shapes(model) if shape.name not in left]
    inputs = [_input(model, shape, data.get(shape.name), around=around) for shape in wanted if shape.sort is not Sort.UNKNOWN]
    hidden = [shape for shape in wanted if shape.sort is Sort.UNKNOWN and data.get(shape.name)]
    if hidden:
        titles = labels.both([title(model, shape) for shape in hidden])
        inputs.append(Drawn(Look.UNSEEN, around.name("rest"), titles, value=json.dumps({one.name: data[one.name] for one in hidden})))
    return tuple(inputs)


def left_out(inputs: Iterable[Drawn], made: str) -> tuple[Drawn, ...]:
    """Those of the inputs that a form made by hand does not have; ``made`` is its HTML."""
    return tuple(_left_out(inputs, made))


def input_labels(inputs: Iterable[Drawn], within: str = "") -> Iterator[tuple[str, str]]:
    """The name of each input, and what it is called with the groups and rows around it: ``Prislister 1, Kroner``."""
    for one in inputs:
        label = f"{within}, {one.label}" if within else one.label
        if one.look is Look.ROWS:
            for number, row in enumerate(one.parts):
                yield from input_labels(row.parts, f"{label} {number + 1}")
        yield one.name, label
        yield from input_labels(one.parts if one.look is not Look.ROWS else (), within if one.look is Look.LIMITS else label)


def defaults(model: type[Any], but: Collection[str]) -> dict[str, Any]:
    """What a class says by itself, as the form of something new begins."""
    stated = {shape.name: shape.default for shape in shapes(model) if shape.name not in but}
    return {name: to_jsonable_python(value, exclude_none=True) for name, value in stated.items() if value not in UNSTATED}


def _input(model: type[Any], shape: Shape, value: Any, *, around: Around) -> Drawn:
    hint = _(shape.description) if shape.description else _usual_hint(shape)
    name, is_required = around.name(shape.name), shape.is_required and not around.is_optional
    base = Drawn(_look(shape.sort), name, title(model, shape), hint, is_required, shape.is_required and around.is_optional)
    base = replace(base, is_filled=value not in (None, "", [], {}) and str(value) != labels.written(shape.default))
    if shape.sort is Sort.GROUP:
        return _rows(base, shape, value, around=around) if shape.is_many else _group(base, shape, value, around=around)
    offered = _offered(shape, value, around)
    if shape.is_many:
        told = shape.description and hint if offered else hint
        look = Look.BOXES if offered else Look.LINES if shape.holds_commas else Look.WORDS
        return replace(base, look=look, name=f"{name}[]", hint=told, choices=offered)
    if shape.sort is Sort.FLAG and shape.default is False and not shape.is_optional:
        return replace(base, look=Look.TICK)
    return replace(base, look=Look.SELECT, choices=offered, empty=_empty(shape, around)) if offered else base


def _offered(shape: Shape, value: Any, around: Around) -> Choices:
    """What one may choose from; what stands there already is always among it."""
    match shape.sort:
        case Sort.CHOICE:
            return labels.choices(shape.choices)
        case Sort.FLAG:
            return [("yes", _("Ja")), ("no", _("Nei"))]
        case Sort.WEEKDAY:
            return [(str(day), labels.weekday(day)) for day in range(1, 8)]
        case _:
            offered = around.offers.get(shape.name, [])
            held = value if isinstance(value, list) else [value]
            known = {word for word, _label in offered}
            return [*offered, *((one, one) for one in held if offered and isinstance(one, str) and one and one not in known)]


def _empty(shape: Shape, around: Around) -> str:
    """The words of the choice that says nothing; none where one of the others is made already."""
    if shape.is_optional:
        return _("Uansett") if shape.sort is Sort.FLAG else _("Ikke valgt")
    # A unit or comparator alone says nothing: a group of which only these are sent is not there.
    if shape.name in COMPANIONS:
        return ""
    if shape.default in (None, ""):
        return _("Velg")
    if around.stands_alone:
        return _("Ikke valgt")
    return _("Som vanlig: %(choice)s", choice=_called(shape)) if around.is_optional else ""


def _called(shape: Shape) -> str:
    if shape.sort is Sort.FLAG:
        return _("Ja") if shape.default else _("Nei")
    return labels.choice(shape.default) if shape.sort is Sort.CHOICE else str(shape.default)


def _look(sort: Sort) -> Look:
    match sort:
        case Sort.NUMBER | Sort.MINUTES | Sort.PERCENT:
            return Look.FIGURE
        case Sort.MONEY:
            return Look.KRONER
        case Sort.CLOCK:
            return Look.CLOCK
        case Sort.DATE:
            return Look.DATE
        case _:
            return Look.FIELD


def _usual_hint(shape: Shape) -> str:
    match shape.sort:
        case Sort.MINUTES:
            return _("I minutter.")
        case Sort.MONEY if shape.title:
            return _("I kroner.")
        case Sort.ANCHOR:
            return _("24.12., uke 33 eller en dag med navn.")
        case Sort.TEXT if shape.is_many and shape.holds_commas:
            return _("Én på hver linje.")
        case Sort.TEXT if shape.is_many:
            return _("Med komma mellom.")
        case _:
            return ""


def _group(base: Drawn, shape: Shape, value: Any, *, around: Around) -> Drawn:
    assert shape.of is not None
    inside = around.within(base.name, is_optional=around.is_optional or not shape.is_required)
    inside = replace(inside, stands_alone=inside.is_optional and not any(one.is_required for one in shapes(shape.of)))
    parts = _parts(shape.of, value if isinstance(value, Mapping) else {}, inside)
    if shape.of is Reason:
        # Bokmål stands for the other languages until they are written.
        others = (replace(part, is_wanted=True) for part in parts[1:])
        parts = (replace(parts[0], is_required=base.is_required, is_needed=base.is_needed), *others)
    look = Look.LIMITS if shape.of is limiting(shape.of) else Look.TEXTS if shape.of is Reason else Look.GROUP
    return replace(base, look=look, parts=parts)


def _rows(base: Drawn, shape: Shape, value: Any, *, around: Around) -> Drawn:
    assert shape.of is not None
    filled = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    rows = []
    for number in range(len(filled) + around.blank):
        is_filled = number < len(filled)
        # Of the empty ones only the next has as many rows of its own as are wanted.
        blank = around.blank if number <= len(filled) else BLANK
        inside = around.within(f"{base.name}[{number}]", is_optional=True, blank=blank)
        parts = _parts(shape.of, filled[number] if is_filled else {}, inside)
        rows.append(Drawn(Look.ROW, inside.prefix, _("Linje %(number)d", number=number + 1), parts=parts, is_filled=is_filled))
    return replace(base, look=Look.ROWS, parts=tuple(rows))


def _parts(model: type[Any], data: Mapping[str, Any], around: Around) -> tuple[Drawn, ...]:
    """The fields of a group; the limits that it inherits stand in a fold of their own."""
    base = limiting(model)
    if base is None or model is base:
        return drawn(model, data, around)
    limits = drawn(base, data, replace(around, blank=around.blank - 1))
    is_limited = any(data.get(name) for name in base.model_fields)
    fold = Drawn(Look.LIMITS, f"{around.prefix}.scope", _("Gjelder bare"), parts=limits, is_filled=is_limited)
    return (*drawn(model, data, around, but=base.model_fields), fold)


def _left_out(inputs: Iterable[Drawn], made: str) -> Iterator[Drawn]:
    for one in inputs:
        if one.look in (Look.GROUP, Look.LIMITS, Look.TEXTS):
            parts = left_out(one.parts, made)
            if parts:
                yield replace(one, parts=parts, is_filled=any(part.is_filled for part in parts))
        elif f'name="{one.name}"' not in made and f'name="{one.name}[' not in made:
            yield one
