"""Copying: what another document says, taken into this one - the whole of it, or rules that were chosen."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from kernel.errors import Invalid, Missing, refuse
from policies.document import Document, checked
from policies.seasons import anchor
from policies.shapes import Sort, shapes
from policies.verdict import Layer

# The parts of a document that rules refer to by name, by the fields that do.
REFERRING = {"price_class": "price_classes", "periods": "periods", "named": "periods"}
NAMED: tuple[str, ...] = ("price_classes", "periods", "events")


def copy_of(source: Document, layer: Layer, path: str) -> Document:
    """The whole of a document for another place: rules, regulation and price classes."""
    return checked({**source.data(), "layer": layer.value, "place": path})


def with_copies(document: Document, source: Document, chosen: Collection[str]) -> Document:
    """The document with the chosen rules of another at its end, each under a free id.

    A copied rule says in which regulation its paragraph stands; where that has no address the paragraph is left out,
    for in this document's own regulation it would mean something else. Price classes, periods and events that the rules
    name come along, but for those that this document has under the same name. Raises Invalid (``missing-field``) when none is
    chosen, Missing (``unknown-rule``) for one that the other does not have.
    """
    if not chosen:
        raise refuse(Invalid, "missing-field", "rules")
    data, given = document.data(), source.data()
    known = {rule["id"]: rule for rule in given["rules"]}
    for unknown in [name for name in chosen if name not in known]:
        raise refuse(Missing, "unknown-rule", "rule", unknown)
    rules: list[dict[str, Any]] = data["rules"]
    for rule in (rule for name, rule in known.items() if name in chosen):
        taken = {one["id"] for one in rules}
        rules.append({**rule, "id": free_id(rule["id"], taken), "source": _source(rule, source, document)})
    names = set(_names([rule for rule in source.rules if rule.id in chosen], source))
    brought = {part: {name: given[part][name] for name in _of(part, names, given) if name not in data[part]} for part in NAMED}
    return checked({**data, **{part: {**data[part], **more} for part, more in brought.items()}})


def came_along(before: Document, after: Document) -> list[str]:
    """The names that a document has and did not have before."""
    return [name for part in NAMED for name in getattr(after, part) if name not in getattr(before, part)]


def said_otherwise(document: Document, source: Document, chosen: Collection[str]) -> list[str]:
    """The names that the chosen rules of another document use and that mean something else in this one."""
    names = set(_names([rule for rule in source.rules if rule.id in chosen], source))
    ours, theirs = document.data(), source.data()
    return [name for part in NAMED for name in _of(part, names, theirs) if ours[part].get(name, theirs[part][name]) != theirs[part][name]]


def free_id(wanted: str, taken: Collection[str]) -> str:
    """The id, or the first of ``length-2``, ``length-3`` … that is not taken."""
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _of(part: str, names: Collection[tuple[str, str]], data: Mapping[str, Any]) -> list[str]:
    """The names of a part that are used, in the order of the document that has them."""
    return [name for name in data[part] if (part, name) in names]


def _names(values: Iterable[Any], source: Document) -> Iterator[tuple[str, str]]:
    """The parts and names that rules, or what they are made of, refer to; of a period also the events that it begins and ends with."""
    for value in values:
        for shape in shapes(type(value)):
            found = getattr(value, shape.name)
            for one in found if shape.is_many else [found]:
                yield from _names_in(shape.sort, shape.name, one, source)


def _names_in(sort: Sort, field: str, one: Any, source: Document) -> Iterator[tuple[str, str]]:
    if one is None:
        return
    if sort is Sort.GROUP:
        yield from _names([one], source)
    elif sort is Sort.ANCHOR:
        yield from (("events", event) for event in (anchor(one).event, anchor(one).holds) if event)
    elif field in REFERRING:
        yield REFERRING[field], one
        yield from _names([source.periods[one]] if field != "price_class" and one in source.periods else [], source)


def _source(rule: dict[str, Any], source: Document, document: Document) -> dict[str, str]:
    """Where the rule comes from, as it has to be said in the other document."""
    written: dict[str, str] = rule["source"]
    if source.regulation == document.regulation or written["address"]:
        return written
    address = source.regulation.address if source.regulation else ""
    return {"paragraph": written["paragraph"] if address else "", "address": address}
