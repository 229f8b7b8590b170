"""Compared: two versions of a document in words, each changed rule field by field with what was and what is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from policies import labels
from policies.differences import Change, Difference, differences
from policies.document import Document
from policies.paragraphs import paragraphs
from policies.rules.base import Rule, Scope
from policies.shapes import Shape, shapes
from policies.titles import title
from policies.told import ToldRule, names_of, told_rule
from policies.values import Names, lines, scope_words, season
from policies.verdict import Reason
from policies.words import sentences
from web.formats import long_date
from web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that is other than it was: its title, the lines that are gone and those that are new."""

    title: str
    was: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that is new, gone or changed, as it is or was, and what of a changed one is other than before."""

    change: Change
    told: ToldRule
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs between two documents: in title, text and price classes, and in the rules."""

    texts: tuple[FieldChange, ...]
    rules: tuple[RuleChange, ...]

    @property
    def is_same(self) -> bool:
        return not self.texts and not self.rules


def compared(old: Document | None, new: Document) -> Compared:
    """What the new document says otherwise than the old, in the language of the request; of no old one only the rules are told."""
    names = names_of([document for document in (old, new) if document])
    found = tuple(_rule(difference, names) for difference in differences(old, new))
    return Compared(tuple(_texts(old, new)) if old else (), found)


def field_changes(before: Rule, after: Rule, names: Names) -> Iterator[FieldChange]:
    """The fields in which two rules of one id differ, in the order of their class."""
    if type(before) is not type(after):
        yield FieldChange(_("Hva regelen handler om"), (labels.kind(before.kind),), (labels.kind(after.kind),))
        yield FieldChange(_("Regelen"), sentences(before, names), sentences(after, names))
        return
    for shape in shapes(type(after)):
        was, now = getattr(before, shape.name), getattr(after, shape.name)
        if was != now:
            yield from _field(shape, was, now, called=title(type(after), shape), names=names)


def _rule(difference: Difference, names: Names) -> RuleChange:
    before, after = difference.before, difference.after
    fields = tuple(field_changes(before, after, names)) if before and after else ()
    return RuleChange(difference.change, told_rule(difference.rule, names), fields)


def _field(shape: Shape, was: Any, now: Any, *, called: str, names: Names) -> Iterator[FieldChange]:
    if isinstance(was, Reason) and isinstance(now, Reason):
        yield from _in_languages(called, was, now)
    elif isinstance(was, Scope) and isinstance(now, Scope) and not shape.is_many:
        yield _change(called, scope_words(was), scope_words(now))
    else:
        yield _change(called, lines(shape, was, names), lines(shape, now, names))


def _in_languages(called: str, was: Reason, now: Reason) -> Iterator[FieldChange]:
    """A text in three languages, each that is other than it was."""
    for shape in shapes(Reason):
        before, after = getattr(was, shape.name), getattr(now, shape.name)
        if before != after:
            language = title(Reason, shape).lower()
            yield _change(f"{called} ({language})", _stated(before), _stated(after))


def _change(called: str, was: Sequence[str], now: Sequence[str]) -> FieldChange:
    """What is gone and what is new of the lines; where only their order changed, all of them."""
    gone, new = (tuple(one for one in these if one not in others) for these, others in ((was, now), (now, was)))
    return FieldChange(called, gone, new) if gone or new else FieldChange(called, tuple(was), tuple(now))


def _texts(old: Document, new: Document) -> Iterator[FieldChange]:
    yield from _in_languages(_("Tittel"), old.title, new.title)
    told = (
        (_("Reglementet"), _regulation),
        (_("Reglementets nettadresse"), _address),
        (_("Prisklasser"), _classes),
        (_("Dager med navn"), _events),
        (_("Perioder"), _periods),
    )
    for called, read in told:
        was, now = read(old), read(new)
        if was != now:
            yield _change(called, was, now)


def _regulation(document: Document) -> tuple[str, ...]:
    return tuple(one.text for one in paragraphs(document.regulation.text)) if document.regulation else ()


def _address(document: Document) -> tuple[str, ...]:
    return _stated(document.regulation.address) if document.regulation else ()


def _classes(document: Document) -> tuple[str, ...]:
    written = ((slug, name.nb, name.nn, name.en) for slug, name in document.price_classes.items())
    return tuple(f"{slug}: {', '.join(dict.fromkeys(name for name in names if name))}" for slug, *names in written)


def _events(document: Document) -> tuple[str, ...]:
    return tuple(f"{name}: {', '.join(map(long_date, dates))}" for name, dates in document.events.items())


def _periods(document: Document) -> tuple[str, ...]:
    return tuple(f"{name}: {season(period)}" for name, period in document.periods.items())


def _stated(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
