"""Cases: a file of policies with requests, facts and the verdicts expected of them, read, judged and compared."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from kernel.errors import Fault, Invalid
from policies.document import Document, inspected, read
from policies.evaluate import evaluate_series
from policies.expected import ExpectedDate
from policies.found import Judged, found, of_dates
from policies.given import CancellationCase, CaseFile, GivenCase
from policies.layers import Policy, combine
from policies.reading import LONGEST_OF_CASES, as_json, parsed, unsound
from policies.supposed import at, facts_of, held_in, moment, placed, requests_of, wall
from web.faults import fault_of

MOST_DATES = 10_000
# Compared without order and repetition.
WORDS = {"codes", "warnings", "taken", "waived", "asked", "conditions", "means", "missing"}
TIMES = {"promised_by", "enters_from", "enters_until"}
FILE = TypeAdapter(CaseFile)


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of what was expected that came out otherwise."""

    part: str
    wanted: object
    found: object


def read_cases(text: str) -> tuple[list[Document], tuple[GivenCase, ...]]:
    """The documents and cases of a file; raises Invalid with every fault found, each with its place in the file.

    What is known in all cases stands in each of them. A file holds at most 2,000,000 signs and 10,000 dates.
    """
    data = parsed(text, LONGEST_OF_CASES)
    file, faults = framed(data)
    found = [inspected(given) for given in file.policies] if file else []
    documents = [document for document, _faults in found]
    faults += tuple(within(policy_at(number), fault) for number, (_document, those) in enumerate(found) for fault in those)
    faults += tuple(apart(documents))
    if file is None:
        raise Invalid(*faults)
    sound = [document for document in documents if document]
    cases = tuple(_with_common(file, case) for case in file.cases)
    faults += tuple(_faults(cases, sound))
    if not cases:
        faults += (Fault("too-few-items", "cases", 0, {"least": 1}),)
    if faults:
        raise Invalid(*faults)
    return sound, cases


def documents_in(text: str) -> list[Document]:
    """The documents of a text that is one document or a file of cases; raises Invalid as ``read`` and ``read_cases`` do."""
    data = parsed(text, LONGEST_OF_CASES)
    return read_cases(text)[0] if isinstance(data, Mapping) and "policies" in data else [read(text)]


def framed(data: object) -> tuple[CaseFile | None, tuple[Fault, ...]]:
    """The file that JSON values are, None where they are none, and what is wrong with it beside its documents."""
    if isinstance(data, Mapping) and "rules" in data and "policies" not in data:
        return None, (Fault("no-cases", "cases"),)
    # What is wrong inside a document is told with the document.
    faults = tuple(fault for fault in unsound(data) if not fault.field.startswith("policies["))
    try:
        return FILE.validate_json(as_json(data)), faults
    except ValidationError as failure:
        return None, (*faults, *(_fault(error, data) for error in failure.errors(include_url=False)))


def apart(documents: Sequence[Document | None]) -> Iterator[Fault]:
    """Documents that are no layers of one place: two of a layer, or one of a room elsewhere."""
    for number, document in enumerate(documents):
        for earlier in documents[:number]:
            if not document or not earlier:
                continue
            if document.layer is earlier.layer:
                yield Fault("layer-twice", f"{policy_at(number)}.layer", document.layer.value, {"place": earlier.place})
            elif not _encloses(earlier.place, document.place) and not _encloses(document.place, earlier.place):
                yield Fault("other-place", f"{policy_at(number)}.place", document.place, {"place": earlier.place})


def _encloses(wider: str, place: str) -> bool:
    return not wider or place.startswith(f"{wider}/")


def policy_at(number: int) -> str:
    """The place of a document in the file."""
    return f"policies[{number}]"


def within(place: str, fault: Fault) -> Fault:
    """The fault of a part at its place in the whole."""
    return Fault(fault.code, f"{place}.{fault.field}" if fault.field else place, fault.value, fault.facts)


def judged(policy: Policy, case: GivenCase) -> tuple[Judged, ...]:
    """Each date of the case judged by the same code that bookings are, in date order."""
    requests = requests_of(case.request)
    facts = facts_of(case, policy, requests)
    verdicts = evaluate_series([(policy, *one) for one in zip(requests, facts, strict=True)])
    return tuple(Judged(*one) for one in zip(requests, facts, verdicts, strict=True))


def differences(case: GivenCase, dates: Sequence[Judged]) -> Iterator[Difference]:
    """Where what the case came to differs from what it states."""
    zone = case.request.zone
    yield from _compared(case.expected, found(case, dates), zone)
    for day, expected in case.expected.on.items():
        one = next((one for one in dates if one.day == day), None)
        if one is None:
            yield Difference(f"{day}", "", None)
        else:
            yield from (replace(each, part=f"{day} {each.part}") for each in _compared(expected, of_dates([one]), zone))


def _fault(error: ErrorDetails, data: object) -> Fault:
    """The fault, without the word for the event that the place of a fault within a case has in it."""
    place = error["loc"]
    if error["type"] == "union_tag_invalid":
        error = {**error, "loc": (*place, "event"), "input": error["ctx"]["tag"]}
    elif len(place) > 2 and place[0] == "cases":
        error = {**error, "loc": (*place[:2], *place[3:])}
    return fault_of(error, data)


def _with_common(file: CaseFile, case: GivenCase) -> GivenCase:
    own = {name: getattr(case.facts, name) for name in case.facts.model_fields_set}
    return case.model_copy(update={"facts": file.facts.model_copy(update=own)})


def _faults(cases: Sequence[GivenCase], documents: Sequence[Document]) -> Iterator[Fault]:
    """What is wrong with cases that can be read: times that do not exist, rules that no document has, too many dates."""
    known, total = {placed.rule.id for placed in combine(documents).rules}, 0
    for number, case in enumerate(cases):
        place = f"cases[{number}]"
        try:
            with placed(place):
                total += _dates(case)
        except Invalid as refusal:
            yield from refusal.faults
        yield from at(place, _unknown_rules(case, known))
        if total > MOST_DATES:
            yield Fault("too-many-items", place, total, {"most": MOST_DATES})
            return


def _dates(case: GivenCase) -> int:
    """How many dates are asked for and occupied; raises Invalid for what cannot be."""
    with placed("request"):
        requests = requests_of(case.request)
    facts_of(case, combine([]), requests)
    if isinstance(case, CancellationCase):
        with placed("cancelled"):
            moment(case.cancelled, case.request.zone)
    return len(requests) + len(held_in(case))


def _unknown_rules(case: GivenCase, known: Collection[str]) -> Iterator[Fault]:
    named = [(f"facts.usage[{number}].rule", used.rule) for number, used in enumerate(case.facts.usage)]
    named += [(f"facts.waivers[{number}].rule", waiver.rule) for number, waiver in enumerate(case.facts.waivers)]
    named += [(f"request.exceptions[{number}]", rule) for number, rule in enumerate(case.request.exceptions)]
    unknown = [(place, rule) for place, rule in named if rule not in known]
    return (Fault("rule-not-in-file", place, rule, {"nearest": get_close_matches(rule, known, n=1)}) for place, rule in unknown)


def _compared(expected: ExpectedDate, found: Mapping[str, Any], zone: str) -> Iterator[Difference]:
    stated = expected.model_dump(exclude_unset=True, exclude={"on"})
    for name, given in stated.items():
        wanted, is_found = _comparable(name, given, zone), _comparable(name, found[name], zone)
        if not _holds(wanted, is_found):
            yield Difference(name, wanted, is_found)


def _comparable(name: str, value: Any, zone: str) -> Any:
    if name in WORDS and value is not None:
        return sorted(set(value))
    return wall(value, zone) if name in TIMES and isinstance(value, datetime) else value


def _holds(wanted: Any, found: Any) -> bool:
    """Whether what is stated is so: of what has names, those that are stated; of a list, each in its place."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return all(name in found and _holds(value, found[name]) for name, value in wanted.items())
    if isinstance(wanted, list | tuple) and isinstance(found, list | tuple):
        return len(wanted) == len(found) and all(map(_holds, wanted, found))
    return bool(wanted == found)
