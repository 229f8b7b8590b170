"""Copying: what another document says, taken into this one - the whole of it, or rules that were chosen."""

from collections.abc import Collection
from itertools import count
from typing import Any

from kernel.errors import Invalid, Missing, refuse
from policies.document import Document, checked
from policies.verdict import Layer


def copy_of(source: Document, layer: Layer, path: str) -> Document:
    """The whole of a document for another place: rules, regulation and price classes."""
    return checked({**source.data(), "layer": layer.value, "place": path})


def with_copies(document: Document, source: Document, chosen: Collection[str]) -> Document:
    """The document with the chosen rules of another at its end, each under a free id.

    A copied rule says in which regulation its paragraph stands; where that has no address the paragraph is left out,
    for in this document's own regulation it would mean something else. Raises Invalid (``missing-field``) when none is
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
    return checked(data)


def free_id(wanted: str, taken: Collection[str]) -> str:
    """The id, or the first of ``length-2``, ``length-3`` … that is not taken."""
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _source(rule: dict[str, Any], source: Document, document: Document) -> dict[str, str]:
    """Where the rule comes from, as it has to be said in the other document."""
    written: dict[str, str] = rule["source"]
    if source.regulation == document.regulation or written["address"]:
        return written
    address = source.regulation.address if source.regulation else ""
    return {"paragraph": written["paragraph"] if address else "", "address": address}
