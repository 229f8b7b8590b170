"""Shapes: what the fields of a rule take, read off its class, so that forms and words need not know the kinds."""

import types
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from policies.rules.base import Clock, Minutes, OreAmount, Scope, When
from policies.seasons import Anchored

ORE = "ore"


class Sort(StrEnum):
    """What one value of a field is; MONEY is in whole øre, ANCHOR a date of every year, UNKNOWN what no input can be drawn for."""

    FLAG = "flag"
    NUMBER = "number"
    MINUTES = "minutes"
    MONEY = "money"
    CLOCK = "clock"
    DATE = "date"
    ANCHOR = "anchor"
    PERCENT = "percent"
    WEEKDAY = "weekday"
    CHOICE = "choice"
    TEXT = "text"
    GROUP = "group"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shape:
    """One field: its sort, and of what class a group is or which values a choice offers.

    ``is_many`` is a list of such values, ``is_optional`` lets nothing stand instead. ``default`` is None where the field
    must be given. ``title`` and ``description`` are what the class itself calls it, empty where it does not say.
    ``holds_commas`` says that a comma may be a part of the value.
    """

    name: str
    sort: Sort
    of: type[Any] | None = None
    choices: tuple[Any, ...] = ()
    is_many: bool = False
    is_optional: bool = False
    is_required: bool = False
    default: Any = None
    title: str = ""
    description: str = ""
    holds_commas: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation without its wrappers: the type within, what is noted with it, whether it is a list or may be nothing."""

    bare: Any
    notes: tuple[Any, ...] = ()
    is_many: bool = False
    is_optional: bool = False


def shapes(model: type[Any]) -> tuple[Shape, ...]:
    """The fields of a pydantic model or a dataclass, in their order; each class is read once."""
    if model not in READ:
        READ[model] = tuple(_of_model(model) if issubclass(model, BaseModel) else _of_dataclass(model))
    return READ[model]


def limiting(model: type[Any]) -> type[Scope] | type[When] | None:
    """The widest set of limits that a class has among its fields."""
    return next((base for base in (Scope, When) if issubclass(model, base)), None)


READ: dict[type[Any], tuple[Shape, ...]] = {}


def _of_model(model: type[BaseModel]) -> Iterator[Shape]:
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        known = None if default is PydanticUndefined else default
        said = _read(field.annotation, tuple(field.metadata))
        yield _shape(name, said, known, is_required=field.is_required(), title=field.title or "", description=field.description or "")


def _of_dataclass(model: type[Any]) -> Iterator[Shape]:
    hints = get_type_hints(model, include_extras=True)
    for field in fields(model):
        is_required = field.default is MISSING and field.default_factory is MISSING
        default = None if field.default is MISSING else field.default
        yield _shape(field.name, _read(hints[field.name]), default, is_required=is_required)


def _shape(name: str, said: Annotation, default: Any, **more: Any) -> Shape:
    sort = _sort(name, said)
    choices = tuple(_choices(said.bare)) if sort is Sort.CHOICE else ()
    of = said.bare if sort is Sort.GROUP else None
    # A text with a pattern is a name, and no pattern of ours lets a comma through.
    is_free = sort is Sort.TEXT and not any(getattr(note, "pattern", None) for note in said.notes)
    return Shape(name, sort, of, choices, said.is_many, said.is_optional, default=default, holds_commas=is_free, **more)


def _read(annotation: Any, notes: tuple[Any, ...] = ()) -> Annotation:
    origin, within = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _read(within[0], (*_flat(within[1:]), *notes))
    if origin in (Union, types.UnionType):
        others = [one for one in within if one is not type(None)]
        if len(others) > 1:
            return Annotation(annotation, notes)
        inner = _read(others[0], notes)
        return Annotation(inner.bare, inner.notes, inner.is_many, is_optional=True)
    if (origin is tuple and within[1:] == (Ellipsis,)) or origin in (list, set, frozenset):
        inner = _read(within[0])
        # A list of lists is no list of values.
        return Annotation(annotation if inner.is_many else inner.bare, inner.notes, is_many=True)
    return Annotation(annotation, notes)


def _flat(notes: tuple[Any, ...]) -> Iterator[Any]:
    for note in notes:
        yield from note.metadata if isinstance(note, FieldInfo) else (note,)


# The types with a meaning beyond their own, by what is noted with them.
ALIASES = tuple((tuple(_flat(get_args(alias)[1:])), sort) for alias, sort in ((Clock, Sort.CLOCK), (Anchored, Sort.ANCHOR)))
LENGTH_OF_TIME, SUM = (tuple(_flat(get_args(alias)[1:])) for alias in (Minutes, OreAmount))


def _sort(name: str, said: Annotation) -> Sort:
    bare = said.bare
    if get_origin(bare) is Literal:
        return Sort.CHOICE
    if not isinstance(bare, type) or get_origin(bare):
        return Sort.UNKNOWN
    if is_dataclass(bare) or issubclass(bare, BaseModel):
        return Sort.GROUP
    if issubclass(bare, Enum):
        return Sort.CHOICE
    alias = next((sort for notes, sort in ALIASES if all(note in said.notes for note in notes)), None)
    return alias or (_number(name, said) if bare is int else _plain(bare))


def _number(name: str, said: Annotation) -> Sort:
    """What a whole number counts: its type or its name tells."""
    if name == ORE or all(note in said.notes for note in SUM):
        return Sort.MONEY
    if name.endswith("percent"):
        return Sort.PERCENT
    if "weekday" in name:
        return Sort.WEEKDAY
    if name.endswith("minutes") or all(note in said.notes for note in LENGTH_OF_TIME):
        return Sort.MINUTES
    return Sort.NUMBER


def _plain(bare: type[Any]) -> Sort:
    sorts = {bool: Sort.FLAG, date: Sort.DATE, str: Sort.TEXT, float: Sort.NUMBER}
    return sorts.get(bare, Sort.UNKNOWN)


def _choices(bare: Any) -> Iterator[Any]:
    yield from get_args(bare) if get_origin(bare) is Literal else bare
