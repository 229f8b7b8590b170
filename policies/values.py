"""Values: how what a rule holds is told - limits of a scope, spans, choices, and any field under its title."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from accounts.labels import applicant_class
from policies import labels
from policies.occasion import clock
from policies.rules.base import Ages, AgeShare, Band, Consequence, Dates, FigureLimit, HeadCount, Scope, Span, Waivable, When
from policies.seasons import Season, anchor
from policies.shapes import Shape, Sort, limiting, shapes
from policies.titles import title
from policies.verdict import Effect, Reason
from venues.labels import facility_label, kind_label
from web import formats
from web.texts import current_locale, ngettext
from web.texts import gettext as _
from web.written import aged, limited, listed, named

T = TypeVar("T")
Names = Mapping[str, str]
NAMELESS: Names = MappingProxyType({})
NOTHING: tuple[Any, ...] = (None, (), [], "", Reason())
LEAP_YEAR = 2024
WHOLE = 100
# Limits of a scope that have words of their own; what is not here is told under its title.
WORDED = {
    *("applicants", "statuses", "registered", "local", "figures", "heads", "ages"),
    *("room_kinds", "tags", "activities", "commercial", "alcohol", "open_to_all", "in_series"),
    *("weekdays", "between", "day_classes", "periods", "season", "dates", "outside"),
}
SPAN = set(Span.model_fields)
GROUPS: dict[type[Any], Callable[[Any], str]] = {}


@dataclass(frozen=True, slots=True)
class Told:
    """What one field says: its title and the value in words, a line for each of several groups."""

    name: str
    title: str
    lines: tuple[str, ...]
    is_outcome: bool = False

    @property
    def sentence(self) -> str:
        """``Lengste tid: 2 timer.``; what follows from something is told without a colon: ``Alkohol avslås.``"""
        joined = "; ".join(self.lines)
        return f"{self.title} {joined}." if self.is_outcome else f"{self.title}: {joined}".rstrip(".") + "."


def told_fields(value: Any, names: Names = NAMELESS, *, but: Collection[str] = ()) -> Iterator[Told]:
    """What the fields of a rule or of a part of one say; ``names`` are those of price classes, ``but`` are fields left out.

    What is not stated is not mentioned.
    """
    for shape in shapes(type(value)):
        found = getattr(value, shape.name)
        said = () if shape.name in but else lines(shape, found, names)
        if any(said):
            yield Told(shape.name, title(type(value), shape), said, isinstance(found, Effect | Consequence))


def lines(shape: Shape, value: Any, names: Names = NAMELESS) -> tuple[str, ...]:
    """A field's value in words: of several groups a line each, and where a group has several of its own a line for each of those."""
    if value in NOTHING:
        return ()
    if not shape.is_many:
        return (_one(shape, value, names),)
    if shape.sort is Sort.GROUP:
        return tuple(line for group in value for line in _rows(group, names))
    if shape.sort is Sort.WEEKDAY:
        return (labels.weekdays(value),)
    return (labels.both([_one(shape, one, names) for one in value]),)


def spoken(kind: type[T]) -> Callable[[Callable[[T], str]], Callable[[T], str]]:
    """Marks the function that tells a group of fields in a way of its own."""

    def register(teller: Callable[[T], str]) -> Callable[[T], str]:
        GROUPS[kind] = teller
        return teller

    return register


def scope_words(scope: Scope) -> tuple[str, ...]:
    """Whom, which rooms, which use and which times a rule or a price is limited to."""
    outside = [_("utenom %(times)s", times=times(scope.outside))] if scope.outside else []
    return (*_who(scope), *_where(scope), *_what(scope), *when_words(scope), *outside, *_further(scope))


def when_words(scope: When) -> tuple[str, ...]:
    """The times alone."""
    return (*_clocks(scope), *_days(scope))


def when_text(scope: When) -> str:
    """The times in one: ``mandag–fredag kl. 16:00–22:00, skoleferier``."""
    return ", ".join(part for part in (" ".join(_clocks(scope)), *_days(scope)) if part)


def _clocks(scope: When) -> Iterator[str]:
    if scope.weekdays:
        yield labels.weekdays(scope.weekdays)
    if scope.between:
        yield _("kl. %(band)s", band=band(scope.between))


def _days(scope: When) -> Iterator[str]:
    if scope.day_classes:
        yield labels.both([labels.choice(one) for one in scope.day_classes])
    if scope.periods:
        yield period_names(scope.periods)
    if scope.season:
        yield season(scope.season)
    if scope.dates:
        yield dates(scope.dates)


def times(several: Sequence[When]) -> str:
    """Several stretches of time in one: ``mandag kl. 21:00–22:00 og fredag``."""
    return labels.both([when_text(one) for one in several])


def period_names(names: Sequence[str]) -> str:
    """Periods that a document names: ``i perioden vinter``."""
    return _("i perioden %(names)s", names=listed([named(one) for one in names]))


def whom_of_ages(share: AgeShare) -> str:
    """For whom the hours of certain ages are: ``dem som er under 20 år``."""
    if share.percent == WHOLE:
        return _("dem som er %(ages)s", ages=ages(share))
    return _("grupper der minst %(percent)d %% er %(ages)s", percent=share.percent, ages=ages(share))


@spoken(Band)
def band(value: Band) -> str:
    """``16:00–22:00``."""
    return f"{clock(value.start)}–{clock(value.end)}"


@spoken(Season)
def season(value: Season) -> str:
    """``1. november til 30. april``."""
    return _("%(first)s til %(last)s", first=anchored(value.first), last=anchored(value.last))


@spoken(Dates)
def dates(value: Dates) -> str:
    """``1. november 2026 til 30. april 2027``."""
    return _("%(first)s til %(last)s", first=formats.long_date(value.first), last=formats.long_date(value.last))


@spoken(AgeShare)
def age_share(value: AgeShare) -> str:
    """``minst 90 % 0–12 år``."""
    return ages(value) if value.percent == WHOLE else _("minst %(percent)d %% %(ages)s", percent=value.percent, ages=ages(value))


@spoken(Ages)
def ages(value: Ages) -> str:
    """``6–12 år``, ``67 år og eldre``, ``under 13 år``."""
    return aged(value.first, value.last)


@spoken(FigureLimit)
def figure_limit(value: FigureLimit) -> str:
    """``aktive medlemmer minst 20``."""
    return limited(f"{value.figure} {value.comparator} {value.value}")


@spoken(HeadCount)
def heads(value: HeadCount) -> str:
    """``20–50``, ``minst 50``."""
    return _("minst %(number)d", number=value.first) if value.last is None else f"{value.first}–{value.last}"


def anchored(written: str) -> str:
    """A date of every year: ``1. november``, ``uke 33``, ``7 dager før skolestart``."""
    found = anchor(written)
    if found.event:
        return _shifted(named(found.event), found.offset)
    if not found.week:
        return formats.day_month(date(LEAP_YEAR, found.month, found.day))
    if not found.weekday:
        return _("uke %(week)d", week=found.week)
    return _("%(weekday)s i uke %(week)d", weekday=labels.weekday(found.weekday), week=found.week)


@spoken(Waivable)
def waivable(value: Waivable) -> str:
    """``av saksbehandler``."""
    return _("av %(role)s", role=labels.choice(value.by).lower())


@spoken(Reason)
def reason(value: Reason) -> str:
    """The sentence in the language of the request."""
    return value.in_language(current_locale().language)


def _who(scope: Scope) -> Iterator[str]:
    if scope.applicants:
        yield labels.both([applicant_class(one).lower() for one in scope.applicants])
    if scope.statuses:
        yield _("registrert som %(statuses)s", statuses=listed([named(one) for one in scope.statuses]))
    told: tuple[tuple[bool | None, str, str], ...] = (
        (scope.registered, _("i Frivillighetsregisteret"), _("ikke i Frivillighetsregisteret")),
        (scope.local, _("fra kommunen"), _("utenfra kommunen")),
    )
    yield from (yes if stated else no for stated, yes, no in told if stated is not None)
    yield from (figure_limit(limit) for limit in scope.figures)
    if scope.heads:
        yield _("%(heads)s deltakere", heads=heads(scope.heads))
    if scope.ages:
        yield _all_are(scope.ages)


def _all_are(share: AgeShare) -> str:
    if share.percent == WHOLE:
        return _("der alle er %(ages)s", ages=ages(share))
    return _("der minst %(percent)d %% er %(ages)s", percent=share.percent, ages=ages(share))


def _where(scope: Scope) -> Iterator[str]:
    if scope.room_kinds:
        yield labels.both([kind_label(one) for one in scope.room_kinds])
    if scope.tags:
        yield _("rom med %(tags)s", tags=listed([facility_label(one) for one in scope.tags]))


def _what(scope: Scope) -> Iterator[str]:
    if scope.activities:
        yield labels.both([labels.activity(one).lower() for one in scope.activities])
    told: tuple[tuple[bool | None, str, str], ...] = (
        (scope.commercial, _("kommersiell bruk"), _("ikke kommersiell bruk")),
        (scope.alcohol, _("med alkohol"), _("uten alkohol")),
        (scope.open_to_all, _("åpent for alle"), _("ikke åpent for alle")),
        (scope.in_series, _("faste tider"), _("enkelttider")),
    )
    yield from (yes if stated else no for stated, yes, no in told if stated is not None)


def _further(scope: Scope) -> Iterator[str]:
    """Limits without words of their own."""
    for shape in shapes(Scope):
        value = getattr(scope, shape.name)
        if shape.name not in WORDED and value not in NOTHING:
            yield f"{_lowered(title(Scope, shape))}: {'; '.join(lines(shape, value))}"


def _rows(group: Any, names: Names) -> Iterator[str]:
    """One line for a group, or one for each of the groups within it with the rest before."""
    inner = [shape.name for shape in shapes(type(group)) if shape.is_many and shape.sort is Sort.GROUP]
    within = [line for told in told_fields(group, names) if told.name in inner for line in told.lines]
    head = _group(group, names, but=inner)
    yield from (f"{head}: {line}" if head else line for line in within) if within else [head]


def _one(shape: Shape, value: Any, names: Names) -> str:
    match shape.sort:
        case Sort.GROUP:
            return _group(value, names)
        case Sort.CHOICE:
            return labels.choice(value)
        case Sort.FLAG:
            return _("Ja") if value else _("Nei")
        case Sort.TEXT:
            return _text(shape.name, value, names)
        case Sort.WEEKDAY:
            return labels.weekday(value)
        case _:
            return _figure(shape.sort, value)


def _figure(sort: Sort, value: Any) -> str:
    match sort:
        case Sort.MINUTES:
            return formats.duration(value)
        case Sort.MONEY:
            return formats.kroner(value)
        case Sort.CLOCK:
            return clock(value)
        case Sort.DATE:
            return formats.long_date(value)
        case Sort.ANCHOR:
            return anchored(value)
        case Sort.PERCENT:
            return f"{value} %"
        case Sort.NUMBER:
            return formats.number(value)
        case _:
            return str(value)


def _text(name: str, value: str, names: Names) -> str:
    """A text as it stands, one of the vocabularies by its word."""
    match name:
        case "price_class":
            return labels.price_class(value, names)
        case "room_kinds":
            return kind_label(value)
        case "tags":
            return facility_label(value)
        case _:
            return value


def _group(value: Any, names: Names, *, but: Collection[str] = ()) -> str:
    """A group of fields in one line: in words of its own where its class has them, what limits it first."""
    if type(value) in GROUPS:
        return GROUPS[type(value)](value)
    if {shape.name for shape in shapes(type(value))} == SPAN:
        return labels.amount(value.amount, value.unit)
    limits: tuple[str, ...] = ()
    base = limiting(type(value))
    if base:
        limits = scope_words(value) if base is Scope else when_words(value)
        but = {*but, *base.model_fields}
    parts = [f"{_lowered(told.title)}: {', '.join(told.lines)}" for told in told_fields(value, names, but=but)]
    return ", ".join((*limits, *parts))


def _lowered(words: str) -> str:
    """Words as they stand within a sentence; what is an abbreviation stays."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _shifted(day: str, offset: int) -> str:
    """So many days before or after a day that is named."""
    if not offset:
        return day
    if offset < 0:
        return ngettext("%(num)d dag før %(day)s", "%(num)d dager før %(day)s", -offset, day=day)
    return ngettext("%(num)d dag etter %(day)s", "%(num)d dager etter %(day)s", offset, day=day)
