"""Paragraphs: the adopted text cut where its paragraphs begin, and the rules that encode each of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policies.document import Regulation
from policies.rules.base import Rule
from policies.verdict import Source

MONTHS = "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember"
LETTER = "[a-zæøå]"
CLOCK = r"\d\d\.[0-5]\d"
# A line that begins a paragraph: "§ 4", "§ 3-2 b", "Kapittel 2", "4.", "4.1", "a.", "b2)", "(1)", "- a)" - but neither
# "1. mai" nor "17.00" nor "1.095".
BEGINS = re.compile(
    rf"""^\s*(?:[-–•]\s*)?(?P<mark>
        §\s*\d+(?:\s*[-.]\s*\d+)*(?:\s?{LETTER}(?![a-zæøå]))?
      | (?:kapittel|kap\.|del|artikkel|art\.)\s*\d+
      | (?!{CLOCK})\(?\d{{1,3}}(?:\.\d{{1,2}})*[.)](?!\s*(?:{MONTHS})\b)(?!\d)
      | (?!{CLOCK})\d{{1,3}}(?:\.\d{{1,2}})+(?=\s)
      | \(?{LETTER}\d?[.)]
    )(?=\s|$|:|\.)""",
    re.IGNORECASE | re.VERBOSE,
)
STEPS = re.compile(rf"\d+|(?<![a-zæøå]){LETTER}(?![a-zæøå])", re.IGNORECASE)
PIECES = re.compile(r"\s*(?:,|;|\bog\b|\band\b|(?=§))\s*", re.IGNORECASE)
NAMES_ONE = re.compile(rf"^\W*(?:(?:bokstav|litra|punkt|pkt\.?|nr\.?|ledd)\W*)?(?:\d|{LETTER}\d?\W*$)", re.IGNORECASE)
# What stands above what.
CHAPTER, SECTION, NUMBER, LETTERED = range(4)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of the text: how a rule names it (``§ 4 a``; empty before the first), its steps (``("4", "a")``), all its words.

    The heading of a chapter has no steps: no rule names it.
    """

    name: str
    steps: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """A paragraph beside the rules that name it."""

    paragraph: Paragraph
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The whole text beside its rules, and the rules that have no place in it."""

    rows: tuple[Encoded, ...]
    homeless: tuple[Rule, ...]

    @property
    def bare(self) -> tuple[Paragraph, ...]:
        """The paragraphs that no rule encodes."""
        return tuple(row.paragraph for row in self.rows if row.paragraph.steps and not row.rules)


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The text cut at the lines that begin a paragraph; letters and numbers under a paragraph are parts of it."""
    return tuple(_paragraphs(text))


def beside(regulation: Regulation | None, rules: Sequence[Rule]) -> Beside:
    """Each rule at the paragraphs that its source names, the most exact there are."""
    cut = paragraphs(regulation.text) if regulation else ()
    placed = {rule.id: _steps_of(rule.source, cut) if is_of(rule.source, regulation) else set() for rule in rules}
    rows = tuple(Encoded(one, tuple(rule for rule in rules if one.steps and one.steps in placed[rule.id])) for one in cut)
    return Beside(rows, tuple(rule for rule in rules if not placed[rule.id]))


def named_by(source: Source, regulation: Regulation | None) -> tuple[Paragraph, ...]:
    """The paragraphs that a source names."""
    if regulation is None or not is_of(source, regulation):
        return ()
    cut = paragraphs(regulation.text)
    steps = _steps_of(source, cut)
    return tuple(one for one in cut if one.steps and one.steps in steps)


def references(written: str) -> Iterator[tuple[str, ...]]:
    """What a source names, each as steps: ``§ 4 a og § 5`` is ``("4", "a")`` and ``("5",)``."""
    for piece in PIECES.split(written.lower()):
        if NAMES_ONE.match(piece.replace("§", "").strip()):
            steps = tuple(STEPS.findall(piece.replace("§", "")))
            if steps:
                yield steps


def _paragraphs(text: str) -> Iterator[Paragraph]:
    here, lines = Paragraph("", (), ""), list[str]()
    above: dict[int, Paragraph] = {}
    for line in text.splitlines():
        found = BEGINS.match(line)
        if found:
            yield from _closed(here, lines)
            here, lines = _begun(found["mark"].strip(), above), []
        lines.append(line)
    yield from _closed(here, lines)


def _closed(begun: Paragraph, lines: Sequence[str]) -> Iterator[Paragraph]:
    """The paragraph with all its words, where it has any."""
    text = "\n".join(lines).strip()
    if text:
        yield replace(begun, text=text)


def _begun(mark: str, above: dict[int, Paragraph]) -> Paragraph:
    """The paragraph of a mark, by those of greater weight that stand ``above`` it, among which it is put."""
    height = _height(mark)
    for lower in [known for known in above if known >= height]:
        del above[lower]
    if height == CHAPTER:
        return Paragraph(mark, (), "")
    parent = next((above[known] for known in sorted(above, reverse=True)), Paragraph("", (), ""))
    own, name = tuple(STEPS.findall(mark.lower())), " ".join(re.sub(r"[().]*$|^[(]", "", mark).replace("§", "§ ").split())
    if height != SECTION and own[: len(parent.steps)] != parent.steps:
        own, name = (*parent.steps, *own), f"{parent.name} {name}"
    above[height] = Paragraph(name, own, "")
    return above[height]


def _height(mark: str) -> int:
    if mark.startswith("§"):
        return SECTION
    if len(mark) > 1 and mark[:2].isalpha():
        return CHAPTER
    return NUMBER if mark.strip("(")[:1].isdigit() else LETTERED


def _steps_of(source: Source, cut: Sequence[Paragraph]) -> set[tuple[str, ...]]:
    """The steps of the paragraphs that a source names: the most exact that the text has."""
    known = {one.steps for one in cut if one.steps}
    found = (nearest(steps, known) for steps in references(source.paragraph))
    return {steps for steps in found if steps}


def nearest(steps: tuple[str, ...], known: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The most exact of the known paragraphs that the steps lead to, without steps where none is."""
    wider = (steps[:length] for length in range(len(steps), 0, -1))
    return next((one for one in wider if one in known), ())


def is_of(source: Source, regulation: Regulation | None) -> bool:
    """Whether a source is of this text: it says no address, or the same one whatever follows ``#``."""
    own = regulation.address.partition("#")[0] if regulation else ""
    return not source.address or not own or source.address.partition("#")[0] == own
