"""Kinds: the kinds of rules by the word that stands for them in a document, and the heading each is told under."""

from collections.abc import Iterator, Mapping

from kernel.errors import Invalid, refuse
from kernel.texts import marked as _
from policies.rules import KINDS
from policies.rules.base import Rule

KNOWN: dict[str, type[Rule]] = {kind.model_fields["kind"].default: kind for kind in KINDS}
# What every rule has beside what its kind says.
FRAME = {"kind", "id", "scope", "reason", "source", "valid_from", "valid_until"}
# Where the kinds are told that do not name a heading themselves.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    _("Hvem og hva"): ("eligibility", "purpose", "capacity"),
    _("Når"): ("opening", "lead_time", "horizon", "length", "grid", "quota", "buffers"),
    _("Hvem som svarer"): ("decision_route",),
    _("Avtaler"): ("entitlement",),
    _("Pris"): ("price",),
}
OTHERWISE = _("Annet")


def kind_named(word: str) -> type[Rule]:
    """The class of a kind; raises Invalid (``not-a-choice``)."""
    if word not in KNOWN:
        raise refuse(Invalid, "not-a-choice", "kind", word, choices=sorted(KNOWN))
    return KNOWN[word]


def heading_of(word: str) -> str:
    """The heading that the kind names itself (``heading`` on its class), else the one where it is listed."""
    own = str(getattr(KNOWN[word], "heading", ""))
    return own or next((heading for heading, words in HEADINGS.items() if word in words), OTHERWISE)


def by_heading() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The kinds under their headings: those listed first, then as the catalogue has them."""
    listed = [word for words in HEADINGS.values() for word in words if word in KNOWN]
    ordered = [*listed, *(word for word in KNOWN if word not in listed)]
    for heading in dict.fromkeys([*HEADINGS, *map(heading_of, ordered), OTHERWISE]):
        found = tuple(word for word in ordered if heading_of(word) == heading)
        if found:
            yield heading, found
