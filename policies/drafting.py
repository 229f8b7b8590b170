"""Drafting: what a form says as data of a rule or document, that data as the form shows it, and a draft with one thing changed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from kernel.errors import Fault, Invalid, Missing, Refusal, refuse
from policies.copying import free_id
from policies.document import Document, at_field, checked
from policies.entered import as_typed, kept
from policies.kinds import kind_named
from policies.reading import parsed, unsound
from policies.rules.base import Rule
from policies.rules.tariff import LIST
from policies.shapes import shapes
from policies.titles import title
from policies.verdict import Layer
from venues.vocabulary import slug_of
from web.faults import fault_of, unwritten
from web.nesting import nested

# What the buttons and the frame of a form send, which is no part of what is written.
NOT_DATA = {"csrf_token", "lang", "version", "more", "blank", "kind_chosen", "words", "name_class"}
NEW_CLASS = "new_class"
# A choice that a form always sends says nothing alone: without these the thing is not there.
COMPANIONS = {"unit", "comparator", "rest"}
ALWAYS_KEPT = {"notice"}


def given(form: MultiDict[str, str]) -> dict[str, Any]:
    """The form as nested data, everything as it was typed: empty fields left out, rows to be dropped dropped."""
    flat: dict[str, Any] = {}
    for name in form:
        values = [value.strip() for value in form.getlist(name) if value.strip()]
        if name not in NOT_DATA and values:
            flat[name] = values if name.endswith("[]") else values[-1]
    data = _cleaned(nested(flat))
    return data if isinstance(data, dict) else {}


def shown(data: Any, prefix: str = "") -> dict[str, Any]:
    """The data as flat values by the names of a form's fields; ``given`` makes the same data of them."""
    if isinstance(data, Mapping):
        found: dict[str, Any] = {}
        for name, value in data.items():
            found |= shown(value, f"{prefix}.{name}" if prefix else str(name))
        return found
    if isinstance(data, list | tuple):
        if data and isinstance(data[0], Mapping):
            return {name: value for place, item in enumerate(data) for name, value in shown(item, f"{prefix}[{place}]").items()}
        return {f"{prefix}[]": [str(item) for item in data]}
    return {prefix: ("yes" if data else "no") if isinstance(data, bool) else data}


def rule_of(data: Mapping[str, Any]) -> Rule:
    """The rule that a form's data are; raises Invalid with all faults, fields and values as in the form."""
    kind = kind_named(str(data.get("kind", "")))
    values, faults = kept(kind, data), list(unwritten(data))
    try:
        rule = kind.model_validate(values, strict=False)
    except ValidationError as failure:
        typed = shown(data)
        faults += [_titled(at_field(fault_of(error, values)), kind) for error in failure.errors(include_url=False)]
        raise Invalid(*(as_typed(_at_input(fault, typed), typed) for fault in faults)) from None
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


def with_class(document: Document, name: Mapping[str, Any]) -> Document:
    """The document with one more price class, called by its short name; raises Invalid, the faults at the form's inputs."""
    slug = slug_of(str(name.get("nb", "")))
    if not slug:
        raise refuse(Invalid, "missing-field", f"{NEW_CLASS}.nb")
    free = free_id(slug, {LIST, *document.price_classes})
    data = document.data()
    try:
        return checked({**data, "price_classes": {**data["price_classes"], free: name}})
    except Invalid as refusal:
        at_class = f"price_classes.{free}"
        raise Invalid(*(replace(fault, field=fault.field.replace(at_class, NEW_CLASS)) for fault in refusal.faults)) from None


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


def _cleaned(data: Any) -> Any:
    """Without rows that are empty or to be dropped, with what a row keeps unseen."""
    if isinstance(data, list):
        return [item for item in map(_cleaned, data) if item not in (None, {})]
    if not isinstance(data, dict):
        return data
    if data.get("drop"):
        return None
    cleaned = {name: value if name in ALWAYS_KEPT else _cleaned(value) for name, value in data.items() if name != "rest"}
    cleaned = {name: value for name, value in cleaned.items() if name in ALWAYS_KEPT or not _is_alone(value)}
    return _unseen(data.get("rest")) | cleaned if cleaned.keys() - COMPANIONS else {}


def _is_alone(value: Any) -> bool:
    return value in (None, {}, []) or (isinstance(value, dict) and value.keys() <= COMPANIONS)


def _unseen(rest: Any) -> dict[str, Any]:
    """What a row keeps unseen; nothing of what no form of ours has written."""
    try:
        found = parsed(rest) if isinstance(rest, str) else {}
    except Invalid:
        return {}
    return found if isinstance(found, dict) and not any(unsound(found)) else {}


def _titled(fault: Fault, kind: type[Rule]) -> Fault:
    """The fault with what the form calls the field that it asks for."""
    wanted = next((shape for shape in shapes(kind) if shape.name == fault.facts.get("missing")), None)
    return replace(fault, facts={**fault.facts, "missing": title(kind, wanted)}) if wanted else fault


def _at_input(fault: Fault, names: Collection[str]) -> Fault:
    """The fault at the field that one can mend it in: of a span its end, of a list of values the whole; ``names`` are those given."""
    field = fault.field
    if fault.code == "end-before-start":
        field = next((end for end in (f"{field}.last", f"{field}.end") if end in names), field)
    elif field.endswith("]") and not any(name.startswith(f"{field}.") for name in names):
        field = f"{field.rpartition('[')[0]}[]"
    return replace(fault, field=field)


def at_inputs(refusal: Refusal) -> Iterator[Fault]:
    """The faults of a whole document at the fields of the form of one rule."""
    for fault in refusal.faults:
        _rules, in_rule, name = fault.field.partition("].")
        yield replace(fault, field=name if in_rule and fault.field.startswith("rules[") else fault.field)
