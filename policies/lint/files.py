"""Files: all that is wrong with the text of a policy document or of a file of cases, what cannot be read and what the linter finds."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from kernel.errors import Fault, Invalid
from policies.cases import apart, framed, policy_at, within
from policies.document import MOST_RULES, Document, inspected, misfits
from policies.layers import LAYERS
from policies.lines import STEP
from policies.lint import found_in
from policies.lint.subject import Subject, located
from policies.reading import LONGEST, LONGEST_OF_CASES, as_json, parsed, too_large
from policies.verdict import Layer

RULE = re.compile(r"^rules\[(\d+)\]")
HEAD = re.compile(r"[.\[]")
WHOLE = ("title", "layer", "place", "regulation")
PLACED = {"layer", "place"}
# What a document is read with where its own word cannot be; the linter says nothing of either.
STAND_IN: Mapping[str, object] = {"title": {}, "layer": Layer.ROOM.value}
# The parts of a document whose entries have names that rules refer to.
NAMED = ("price_classes", "events", "periods")


@dataclass(frozen=True, slots=True)
class Sound:
    """What is sound of a document, the numbers that its rules have in the text, and what is wrong with the rest."""

    document: Document | None
    numbers: Sequence[int]
    faults: tuple[Fault, ...]


def faults_of(text: str, today: date) -> tuple[Fault, ...]:
    """Everything that is wrong with a text, at once; what rests on a part that cannot be read is not told as well."""
    try:
        data = parsed(text, LONGEST_OF_CASES)
        if isinstance(data, Mapping) and isinstance(data.get("policies"), list):
            return tuple(_of_file(data, data["policies"], today))
        if len(text) > LONGEST:
            raise too_large(text)
    except Invalid as refusal:
        return refusal.faults
    return tuple(_of_document(sound_of(data), (), today))


def _of_file(data: Mapping[str, object], policies: Sequence[object], today: date) -> Iterator[Fault]:
    """The faults of the documents of a file of cases, and those of the file itself."""
    _file, faults = framed(data)
    yield from faults
    sound = [sound_of(given) for given in policies]
    documents = [one.document for one in sound]
    yield from apart(documents)
    for number, one in enumerate(sound):
        wider = [other for other in documents if other and one.document and _is_wider(other.layer, one.document.layer)]
        yield from (within(policy_at(number), fault) for fault in _of_document(one, wider, today))


def _is_wider(layer: Layer, other: Layer) -> bool:
    return LAYERS.index(layer) < LAYERS.index(other)


def _of_document(sound: Sound, wider: Sequence[Document], today: date) -> Iterator[Fault]:
    yield from sound.faults
    if sound.document:
        told = {fault.field for fault in sound.faults}
        unread = {name for _part, name in _entries(told)}
        for fault in found_in(Subject(sound.document, located(sound.document, sound.numbers), tuple(wider), today)):
            if fault.value not in unread and told.isdisjoint(_around(fault.field)):
                yield fault


def sound_of(data: object) -> Sound:
    """The document that JSON values are, without the rules and entries that cannot be read."""
    document, faults = inspected(data)
    if document is None and isinstance(data, Mapping) and isinstance(data.get("rules"), list):
        return _salvaged(data, data["rules"], faults)
    return Sound(document, range(len(document.rules)) if document else (), faults)


def _salvaged(data: Mapping[str, object], rules: Sequence[object], faults: tuple[Fault, ...]) -> Sound:
    told = {fault.field for fault in faults}
    broken, heads, entries = {int(match[1]) for match in map(RULE.match, told) if match}, set(map(_head, told)), set(_entries(told))
    numbers = [number for number in range(len(rules)) if number not in broken][:MOST_RULES]
    kept = {name: data[name] for name in WHOLE if name in data and name not in heads}
    for part in NAMED:
        if isinstance(found := data.get(part), Mapping):
            kept[part] = {name: value for name, value in found.items() if (part, name) not in entries}
    try:
        document = Document.model_validate_json(as_json({**STAND_IN, **kept, "rules": [rules[number] for number in numbers]}))
    except ValidationError:
        return Sound(None, (), faults)
    is_placed = heads.isdisjoint(PLACED)
    return Sound(document, numbers, (*faults, *(fault for fault in misfits(document, numbers) if is_placed or fault.field not in PLACED)))


def _around(place: str) -> Iterator[str]:
    """The place and all that it lies in."""
    while place:
        yield place
        place = STEP.sub("", place)


def _head(place: str) -> str:
    return HEAD.split(place)[0]


def _entries(told: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The named entries that faults lie in, with the part that each stands in."""
    for field in told:
        part, _dot, rest = field.partition(".")
        if part in NAMED:
            yield part, _head(rest)
