"""References: names that nothing has or that are almost alike, paragraphs that are not there, and roles that miss each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from accounts.identity import ApplicantClass
from kernel.errors import Fault
from policies.lint.subject import Located, Subject, fault_at, fault_in
from policies.paragraphs import is_of, nearest, paragraphs, references
from policies.rules.access import ConditionRule
from policies.rules.applicants import Eligibility
from policies.rules.base import Rule, Scope
from policies.rules.handling import DecisionRoute
from policies.rules.periods import SeasonRule
from policies.rules.ranking import Formula

SHORTEST_WORD = 4


def check(subject: Subject) -> Iterator[Fault]:
    """What rules refer to and how."""
    yield from _periods(subject)
    yield from _alike(subject)
    yield from _paragraphs(subject)
    yield from _conditions(subject)
    yield from _waivers(subject)
    yield from _homes(subject)


def _periods(subject: Subject) -> Iterator[Fault]:
    """Named periods that no document names."""
    for found in subject.rules:
        named = [(f"{node.place}.periods", when.periods) for node, when in found.whens]
        if isinstance(found.rule, SeasonRule):
            named.append((f"{found.place}.named", found.rule.named))
        for place, names in named:
            for number, name in enumerate(names):
                if name not in subject.calendar.periods:
                    yield from _unnamed(subject, found, f"{place}[{number}]", name)


def _unnamed(subject: Subject, found: Located[Rule], place: str, name: str) -> Iterator[Fault]:
    if subject.knows_widest:
        yield fault_at(found, "unknown-period", place, name)
    else:
        yield fault_at(found, "period-from-elsewhere", place, name)


def _paragraphs(subject: Subject) -> Iterator[Fault]:
    """Paragraphs that rules name and the regulation does not have; a source with another address is of another text."""
    regulation = subject.document.regulation
    if regulation is None:
        return
    text, known = _plain(regulation.text), {one.steps for one in paragraphs(regulation.text)} - {()}
    for found in subject.rules:
        source = found.rule.source
        named = list(references(source.paragraph))
        is_there = _plain(source.paragraph) in text or (bool(named) and all(nearest(steps, known) for steps in named))
        if is_of(source, regulation) and not is_there:
            yield fault_in(found, "paragraph-not-found", "source.paragraph", source.paragraph)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _conditions(subject: Subject) -> Iterator[Fault]:
    """One condition that rules describe differently: who meets it would not know what was met."""
    first: dict[str, Located[ConditionRule]] = {}
    for found in subject.of(ConditionRule):
        other = first.setdefault(found.rule.what, found)
        differing = [name for name in ("task", "text_version", "text", "title") if getattr(found.rule, name) != getattr(other.rule, name)]
        if differing:
            yield fault_in(found, "condition-differs", differing[0], found.rule.what, other=other.rule.id, what=differing[0])


def _homes(subject: Subject) -> Iterator[Fault]:
    """Rules about where people live: nobody records that of a person, who then counts as living elsewhere."""
    for found in subject.rules:
        scope = found.rule.scope
        if scope.local is not None and (not scope.applicants or ApplicantClass.PERSON in scope.applicants):
            yield fault_in(found, "home-of-persons", "scope.local", scope.local)


def _waivers(subject: Subject) -> Iterator[Fault]:
    """Exceptions that none of those who decide may grant, or that are granted by others than those who decide."""
    routes = subject.of(DecisionRoute)
    for found in subject.rules:
        waiver = found.rule.waiver
        deciding = [route.rule.role for route in routes if route.meets(found)] if waiver else []
        if found.rule.review_by:
            deciding = [found.rule.review_by]
        if waiver and deciding and waiver.by not in deciding:
            yield fault_in(found, "waiver-by-another", "waiver.by", waiver.by.value, decides=", ".join(sorted(set(deciding))))


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a name stands that the municipality gives its applicants: a status, or a number that is known of them."""

    found: Located[Rule]
    place: str


def _alike(subject: Subject) -> Iterator[Fault]:
    for mentions in (_statuses(subject), _figures(subject)):
        yield from _slips(mentions)


def _statuses(subject: Subject) -> dict[str, list[Mention]]:
    mentions: dict[str, list[Mention]] = {}
    for found in subject.rules:
        lists = [(f"{node.place}.statuses", when.statuses) for node, when in found.whens if isinstance(when, Scope)]
        if isinstance(found.rule, Eligibility):
            lists += [(f"{found.place}.{name}", getattr(found.rule, name)) for name in ("any_status", "no_status")]
        for place, names in lists:
            for number, name in enumerate(names):
                mentions.setdefault(name, []).append(Mention(found, f"{place}[{number}]"))
    return mentions


def _figures(subject: Subject) -> dict[str, list[Mention]]:
    mentions: dict[str, list[Mention]] = {}
    for found in subject.rules:
        rule = found.rule
        limits = [("figures", limit.figure) for limit in rule.figures] if isinstance(rule, Eligibility) else []
        units = [("units", unit.figure) for unit in rule.units] if isinstance(rule, Formula) else []
        for number, (field, name) in enumerate([*limits, *units]):
            mentions.setdefault(name, []).append(Mention(found, f"{found.place}.{field}[{number}].figure"))
    return mentions


def _slips(mentions: Mapping[str, Sequence[Mention]]) -> Iterator[Fault]:
    """Of two names that differ by a slip of the pen the rarer, of equals the later."""
    by_frequency = sorted(mentions, key=lambda name: -len(mentions[name]))
    known: dict[str, list[str]] = {}
    for name in by_frequency:
        traces = {name.replace("-", ""), name, *(name[:cut] + name[cut + 1 :] for cut in range(len(name)))}
        near = next((other for trace in sorted(traces) for other in known.get(trace, ()) if _is_slip(name, other)), "")
        if near:
            mention = mentions[name][0]
            yield fault_at(mention.found, "almost-alike", mention.place, name, near=near)
        for trace in traces:
            known.setdefault(trace, []).append(name)


def _is_slip(name: str, other: str) -> bool:
    """Whether two names differ by a hyphen, or in one word by a letter left out, put in, exchanged or swapped with the next."""
    if name.replace("-", "") == other.replace("-", ""):
        return True
    words = list(zip(name.split("-"), other.split("-"), strict=False))
    differing = [(word, one) for word, one in words if word != one]
    if name.count("-") != other.count("-") or len(differing) != 1:
        return False
    return all(len(word) >= SHORTEST_WORD and word.isalpha() for word in differing[0]) and _is_one_off(*differing[0])


def _is_one_off(word: str, other: str) -> bool:
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) < len(longer):
        return any(longer[:cut] + longer[cut + 1 :] == shorter for cut in range(len(longer)))
    differing = [number for number in range(len(word)) if word[number] != other[number]]
    is_swapped = len(differing) == 2 and differing[1] == differing[0] + 1 and word[differing[0]] == other[differing[1]]
    return len(differing) == 1 or (is_swapped and word[differing[1]] == other[differing[0]])
