"""Drafting: what a form says as data of a rule or document, that data as the form shows it, and a draft with one thing changed."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from kernel.errors import Fault, Invalid, Missing, Refusal, refuse
from kernel.money import of_kroner
from policies.copying import free_id
from policies.document import Document, checked
from policies.kinds import kind_named, money_fields
from policies.reading import parsed, unsound
from policies.rules.base import Rule
from policies.verdict import Layer
from web.faults import fault_of, unstorable
from web.nesting import nested

# What the buttons and the frame of a form send, which is no part of what is written.
NOT_DATA = {"csrf_token", "lang", "version", "more", "blank", "kind_chosen"}
# A choice that a form always sends says nothing alone: without these the thing is not there.
COMPANIONS = {"unit", "comparator", "rest"}
ALWAYS_KEPT = {"notice"}
# What may part thousands, and what is left: nothing that only a number of Python's is written like.
SEPARATORS = re.compile("[ \u00a0_]")
KRONER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def given(form: MultiDict[str, str]) -> dict[str, Any]:
    """The form as nested data: empty fields left out, rows to be dropped dropped, kroner as øre."""
    flat: dict[str, Any] = {}
    for name in form:
        values = [value.strip() for value in form.getlist(name) if value.strip()]
        if name not in NOT_DATA and values:
            flat[name] = _split(values) if name.endswith("[]") else values[-1]
    data = _cleaned(nested(flat))
    return data if isinstance(data, dict) else {}


def shown(data: Any, prefix: str = "") -> dict[str, Any]:
    """The data as flat values by the names of a form's fields; what a field reads back is the same data."""
    if isinstance(data, Mapping):
        found: dict[str, Any] = {}
        for name, value in data.items():
            found |= shown(value, f"{prefix}.{name}" if prefix else str(name))
        return found
    if isinstance(data, list | tuple):
        if data and isinstance(data[0], Mapping):
            return {name: value for place, item in enumerate(data) for name, value in shown(item, f"{prefix}[{place}]").items()}
        return {f"{prefix}[]": [str(item) for item in data]}
    return {prefix: _written(prefix, data)}


def rule_of(data: Mapping[str, Any]) -> Rule:
    """The rule that a form's data are; raises Invalid with all faults, their fields named as the form's."""
    kind = kind_named(str(data.get("kind", "")))
    faults = list(unstorable(data))
    try:
        rule = kind.model_validate(data, strict=False)
    except ValidationError as failure:
        names = shown(data)
        faults += [fault_of(error, data) for error in failure.errors(include_url=False)]
        raise Invalid(*(_at_input(fault, names) for fault in faults)) from None
    if faults:
        raise Invalid(*faults)
    return rule


def with_rule(document: Document, rule: Rule, *, instead_of: str = "") -> Document:
    """The document with a rule added at the end or put in another's place.

    Raises Invalid for an id that is taken, Missing (``unknown-rule``) for a place that no rule has.
    """
    if instead_of:
        rule_named(document, instead_of)
    written = rule.model_dump(mode="json", exclude_none=True)
    data = document.data()
    kept = [written if one["id"] == instead_of else one for one in data["rules"]]
    return checked({**data, "rules": kept if instead_of else [*kept, written]})


def without_rule(document: Document, rule_id: str) -> Document:
    """The document without a rule; raises Missing (``unknown-rule``)."""
    rule_named(document, rule_id)
    return document.model_copy(update={"rules": tuple(rule for rule in document.rules if rule.id != rule_id)})


def rule_named(document: Document, rule_id: str) -> Rule:
    """The rule of that id; raises Missing (``unknown-rule``)."""
    for rule in document.rules:
        if rule.id == rule_id:
            return rule
    raise refuse(Missing, "unknown-rule", "rule", rule_id)


def new_id(document: Document, kind: str) -> str:
    """An id that no rule of the document has: ``length``, ``length-2``."""
    return free_id(kind.replace("_", "-"), {rule.id for rule in document.rules})


def empty_document(layer: Layer, path: str, name: str) -> Document:
    """What a draft begins with where nothing was ever published."""
    title = {"nb": f"Retningslinjer for {name}", "nn": f"Retningsliner for {name}", "en": f"Policy of {name}"}
    return checked({"title": title, "layer": layer.value, "place": path, "rules": []})


def _split(values: list[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _cleaned(data: Any) -> Any:
    """Without rows that are empty or to be dropped, with what a row keeps unseen, and with money in øre."""
    if isinstance(data, list):
        return [item for item in map(_cleaned, data) if item not in (None, {})]
    if not isinstance(data, dict):
        return data
    if data.get("drop"):
        return None
    cleaned = {name: value if name in ALWAYS_KEPT else _cleaned(value) for name, value in data.items() if name != "rest"}
    cleaned = {name: value for name, value in cleaned.items() if name in ALWAYS_KEPT or not _is_alone(value)}
    for name in money_fields() & cleaned.keys():
        if isinstance(cleaned[name], str):
            cleaned[name] = _ore(cleaned[name])
    return _unseen(data.get("rest")) | cleaned if cleaned.keys() - COMPANIONS else {}


def _is_alone(value: Any) -> bool:
    return value in (None, {}, []) or (isinstance(value, dict) and value.keys() <= COMPANIONS)


def _ore(written: str) -> int | str:
    """Kroner in øre; what is no amount stays as typed, for the fault to show."""
    amount = SEPARATORS.sub("", written).replace(",", ".")
    try:
        return of_kroner(amount) if KRONER.fullmatch(amount) else written
    except ValueError:
        return written


def _unseen(rest: Any) -> dict[str, Any]:
    """What a row keeps unseen; nothing of what no form of ours has written."""
    try:
        found = parsed(rest) if isinstance(rest, str) else {}
    except Invalid:
        return {}
    return found if isinstance(found, dict) and not any(unsound(found)) else {}


def _written(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.rpartition(".")[2] in money_fields() and isinstance(value, int):
        kroner, ore = divmod(abs(value), 100)
        written = f"{kroner},{ore:02}" if ore else str(kroner)
        return f"-{written}" if value < 0 else written
    return value


def _at_input(fault: Fault, names: Collection[str]) -> Fault:
    """The fault at the field that one can mend it in: of a span its end, of a list of values the whole; ``names`` are those given."""
    field = fault.field
    if fault.code == "end-before-start":
        field = next((end for end in (f"{field}.last", f"{field}.end") if end in names), field)
    elif field.endswith("]") and not any(name.startswith(f"{field}.") for name in names):
        field = f"{field.rpartition('[')[0]}[]"
    return Fault(fault.code, field, fault.value, fault.facts)


def at_inputs(refusal: Refusal) -> Iterator[Fault]:
    """The faults of a whole document at the fields of the form of one rule."""
    for fault in refusal.faults:
        _rules, in_rule, name = fault.field.partition("].")
        yield Fault(fault.code, name if in_rule and fault.field.startswith("rules[") else fault.field, fault.value, fault.facts)
