"""Forms: input from pages, API bodies and commands, parsed by pydantic models; faults carry codes, not sentences."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json, to_json
from werkzeug.datastructures import MultiDict

from kernel.errors import Fault, Invalid, refuse
from web.faults import composed_in, fault_of, unwritten
from web.fields import LINES
from web.nesting import nested

M = TypeVar("M", bound=BaseModel)
NOT_INPUT = {"csrf_token", "lang"}
# JSON itself allows no tab or break of lines within a text.
PLAIN = re.compile(r"[\t\n\r -\[\]-~¡-¬®-ÿ]*")
NUMBERED = re.compile(r"\[\d+\]")


class Input(BaseModel):
    """The base of every input: unknown fields are refused, text is stripped, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)


def parse(model: type[M], data: Mapping[str, Any]) -> M:
    """The model of what was given: a form or query (MultiDict), or decoded JSON; raises Invalid with all faults.

    In forms an empty field is an absent one, ``a.b`` is field b of a, ``a[0].b`` of the first in a list, ``a[]`` an
    item of a list; a field that the model declares as a list takes all values of its name. Texts are composed first (Unicode
    NFC), and hold nothing that does not show.
    """
    given = composed_in(_of_form(model, data) if isinstance(data, MultiDict) else data)
    return _read(model, given, model.model_validate, _signs_in(model, given))


def _signs_in(model: type[M], given: Mapping[str, Any]) -> Sequence[Fault]:
    prose = _prose_in(model)
    return [*unwritten(given, breaks=lambda name: NUMBERED.sub("", name) in prose)]


def _read(model: type[M], given: Mapping[str, Any], validate: Callable[[Mapping[str, Any]], M], signs: Sequence[Fault]) -> M:
    faults = [*signs]
    told = {fault.field for fault in faults}
    try:
        parsed = validate(given)
    except ValidationError as error:
        found = (fault_of(one, given) for one in error.errors(include_url=False))
        faults += [fault for fault in found if fault.field not in told]
    if faults:
        raise Invalid(*faults)
    return parsed


def parse_json(model: type[M], body: bytes) -> M:
    """The model of a JSON body, in which a number is a number and no text that reads like one.

    Raises Invalid (``bad-json`` with the place, or all faults of its fields).
    """
    try:
        data = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise refuse(Invalid, "bad-json", where=str(error).rpartition(" at ")[2]) from None
    if not isinstance(data, dict):
        raise refuse(Invalid, "wrong-kind")
    # In plain signs without escapes nothing is to be composed, and nothing hidden: the usual body is not walked through for it.
    signs: Sequence[Fault] = ()
    if not PLAIN.fullmatch(body.decode()):
        data = composed_in(data)
        signs = _signs_in(model, data)
    return _read(model, data, lambda given: model.model_validate_json(to_json(given), strict=True), signs)


@dataclass(frozen=True, slots=True)
class Form:
    """What a page's form shows: the values to begin with or as typed, and the faults of the last attempt."""

    values: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()

    def value(self, name: str) -> str:
        """The value of a text, date or time field as its input element writes it."""
        found = self.values.get(name)
        if isinstance(found, datetime):
            return f"{found:%Y-%m-%dT%H:%M}"
        return "" if found is None else str(found)

    def chosen(self, name: str) -> frozenset[str]:
        """The values picked in a select, radio or checkbox group."""
        if isinstance(self.values, MultiDict):
            return frozenset(self.values.getlist(name))
        found = self.values.get(name)
        items = found if isinstance(found, list | tuple | set | frozenset) else [found]
        return frozenset(str(item) for item in items if item is not None)

    def is_ticked(self, name: str, value: str = "yes") -> bool:
        """Whether a single checkbox stands ticked: it was sent with its value, or the stored value is true."""
        return bool(self.chosen(name) & {value, "True"})

    def of(self, name: str) -> list[Fault]:
        """The faults of one field."""
        return [fault for fault in self.faults if fault.field == name]


def refused(values: Mapping[str, Any], faults: tuple[Fault, ...], names: Mapping[str, str] | None = None) -> Form:
    """The form as typed with its faults; ``names`` tells which input stands for a field that the verb names.

    A fault of one value of several under one name (``weekdays[2]``) stands at that name.
    """
    renamed = names or {}
    placed = (Fault(fault.code, _input_of(renamed.get(fault.field, fault.field), values), fault.value, fault.facts) for fault in faults)
    return Form(values, tuple(placed))


def _input_of(field: str, values: Mapping[str, Any]) -> str:
    name, numbered, _ = field.rpartition("[")
    return name if numbered and field not in values and name in values else field


def _of_form(model: type[BaseModel], data: MultiDict[str, Any]) -> dict[str, Any]:
    declared = model.model_fields.items()
    lists = {name for field, info in declared if _is_list(info.annotation) for name in (field, info.alias)}
    flat: dict[str, Any] = {}
    for name in data:
        values = [value for value in data.getlist(name) if not isinstance(value, str) or value.strip()]
        if name in NOT_INPUT or not values:
            continue
        flat[name] = values if name in lists or name.endswith("[]") else values[-1]
    return nested(flat)


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) in (list, tuple, set, frozenset):
        return True
    return any(_is_list(part) for part in get_args(annotation))


@lru_cache(maxsize=256)
def _prose_in(model: type[BaseModel]) -> frozenset[str]:
    """The fields that may have several lines, by the names that ``unwritten`` gives them, without numbers of items."""
    return frozenset(_prose(model))


def _prose(model: type[BaseModel]) -> Iterator[str]:
    for field, info in model.model_fields.items():
        name = info.alias or field
        if LINES in info.metadata:
            yield name
        yield from (f"{name}.{inner}" for part in get_args(info.annotation) if _is_model(part) for inner in _prose_in(part))


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)
