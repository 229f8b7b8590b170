"""Languages: titles, reasons and names that are missing in bokmål, nynorsk or English."""

from collections.abc import Iterator

from kernel.errors import Fault
from policies.lint.subject import Located, Node, Subject, fault_at
from policies.rules.base import Rule
from policies.verdict import Reason

LANGUAGES = ("nb", "nn", "en")
# A rule can be written without a reason, but not published without one: people are told it.
ALWAYS = {"reason"}


def check(subject: Subject) -> Iterator[Fault]:
    """Texts that have to be stated, and those that are in one language only."""
    yield from _title(subject.document.title)
    for name, text in subject.document.price_classes.items():
        for language in _missing(text):
            yield Fault("class-name-missing", f"price_classes.{name}.{language}", name, {"language": language})
    for found in subject.rules:
        for node in found.nodes:
            if isinstance(node.value, Reason):
                yield from _text(found, node, node.value)


def _title(title: Reason) -> Iterator[Fault]:
    for language in _missing(title):
        if language == "nb":
            yield Fault("title-missing", "title.nb")
        else:
            yield Fault("title-untranslated", f"title.{language}", None, {"language": language})


def _text(found: Located[Rule], node: Node, text: Reason) -> Iterator[Fault]:
    is_stated = any(getattr(text, language) for language in LANGUAGES)
    if not (is_stated or node.is_required or node.name in ALWAYS):
        return
    for language in _missing(text):
        if language == "nb":
            yield fault_at(found, "text-missing", f"{node.place}.nb", what=node.name)
        else:
            yield fault_at(found, "language-missing", f"{node.place}.{language}", what=node.name, language=language)


def _missing(text: Reason) -> Iterator[str]:
    return (language for language in LANGUAGES if not getattr(text, language))
