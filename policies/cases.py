"""Cases: a file of policies with requests, facts and the verdicts expected of them, read, judged and compared."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from kernel.errors import Fault, Invalid, refuse
from policies.document import LONGEST, Document, checked, parsed
from policies.evaluate import evaluate_series
from policies.expected import ExpectedDate
from policies.found import Judged, found, of_dates
from policies.given import CancellationCase, CaseFile, GivenCase
from policies.layers import Policy, combine
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
    if len(text) > LONGEST * 2:
        raise refuse(Invalid, "document-too-large", value=len(text), most=LONGEST * 2)
    data = parsed(text)
    try:
        file = FILE.validate_json(json.dumps(data))
    except ValidationError as failure:
        raise Invalid(*(_fault(error, data) for error in failure.errors(include_url=False))) from None
    cases = tuple(_with_common(file, case) for case in file.cases)
    documents, faults = _documents(file)
    faults += [*_faults(cases, documents)]
    if not cases:
        faults.append(Fault("too-few-items", "cases", 0, {"least": 1}))
    if faults:
        raise Invalid(*faults)
    return documents, cases


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


def _documents(file: CaseFile) -> tuple[list[Document], list[Fault]]:
    """The documents that can be read, and what is wrong with the others."""
    documents, faults = [], list[Fault]()
    for number, data in enumerate(file.policies):
        try:
            with placed(f"policies[{number}]"):
                documents.append(checked(data))
        except Invalid as refusal:
            faults += refusal.faults
    return documents, faults


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
