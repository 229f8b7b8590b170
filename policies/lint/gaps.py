"""Gaps: times of the week at which a price class has no price, though the room is priced for others, or for it at other times."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from kernel.errors import Fault
from policies.lint.cells import ORDINARY, Cell, bits, cells, profiles
from policies.lint.subject import Located, Subject, fault_in
from policies.lint.tables import MOST_LINES
from policies.occasion import MIDNIGHT, clock
from policies.rules.base import Band, Consequence, Scope
from policies.rules.opening import Opening
from policies.rules.tariff import LIST, PriceRule, Tariff
from policies.scopes import KINDS_OF_DAY, contains, extent_of, narrowed
from policies.seasons import Calendar

MOST_PARTS = 200_000
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Gap:
    """Time without a price on days of a name, with a date that is one; ``is_sure`` where others have a price then."""

    name: str
    start: int
    end: int
    day: date
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Shut:
    """Kinds of day on which nobody is let in, or outside of a band."""

    kinds: int
    band: Band | None = None

    def holds(self, cell: Cell) -> bool:
        outside = self.band is None or cell.end <= self.band.start or self.band.end <= cell.start
        return outside and bool(self.kinds >> cell.kind & 1)


@dataclass(frozen=True)
class Table:
    """One version of a price list with its assignments. Its lines are the rows, the assignments, and the rule's own scope."""

    rule: PriceRule
    tariff: Tariff
    shut: Sequence[Shut]
    calendar: Calendar

    @property
    def lines(self) -> tuple[Scope, ...]:
        return (*self.tariff.rows, *self.rule.assignments, self.rule.scope)

    @cached_property
    def times(self) -> tuple[Cell, ...]:
        """The cells of time in which somebody may be let in."""
        found = cells(self.lines, self.calendar, self.tariff.first, self.tariff.last)
        return tuple(cell for cell in found if not any(shut.holds(cell) for shut in self.shut))

    @cached_property
    def profiles(self) -> frozenset[int]:
        return frozenset(profiles(self.lines))

    def rows(self, price_class: str = "") -> int:
        """The bits of the rows of a class, of all rows where none is named."""
        return bits(not price_class or row.price_class == price_class for row in self.tariff.rows)

    def requests(self, price_class: str) -> list[int]:
        """The kinds of request that have a row in the class, but none at any time; none where there are too many to look at."""
        rows = self.rows(price_class)
        always = rows & bits(not row.limits_time for row in self.tariff.rows)
        if rows == always or len(self.profiles) * len(self.times) > MOST_PARTS:
            return []
        return [profile for profile in self.profiles if profile & rows and not profile & always]

    def hours(self, price_class: str) -> tuple[int, int]:
        """From when to when the class has a price on some day."""
        bands = [row.between for row in self.tariff.rows if row.price_class == price_class]
        stated = [band for band in bands if band]
        if len(stated) < len(bands):
            return 0, MIDNIGHT
        return min(band.start for band in stated), max(band.end for band in stated)

    def is_wanted(self, price_class: str, may: int, surely: int) -> bool:
        """Whether a request that these lines take surely comes into the class; everybody's list price is wanted."""
        rows, assigned = len(self.tariff.rows), self.rule.assignments
        if not surely >> rows + len(assigned) & 1:
            return False
        if price_class == LIST or all(one.price_class != price_class for one in assigned):
            return True
        first = next((number for number in range(len(assigned)) if may >> rows + number & 1), None)
        return first is not None and bool(surely >> rows + first & 1) and assigned[first].price_class == price_class


def gaps(subject: Subject) -> Iterator[Fault]:
    """Every class that a request can come into has a price whenever it can."""
    for found in subject.of(PriceRule):
        shut = tuple(_shut(subject, found))
        for number, tariff in enumerate(found.rule.tariffs):
            if len(tariff.rows) <= MOST_LINES and (tariff.last is None or tariff.first <= tariff.last):
                yield from _told(found, f"tariffs[{number}].rows", Table(found.rule, tariff, shut, subject.calendar))


def _shut(subject: Subject, found: Located[PriceRule]) -> Iterator[Shut]:
    """When the opening rules of the document let nobody in whom the prices are about."""
    for opening in subject.of(Opening):
        rule, scope = opening.rule, opening.rule.scope
        is_weekly = not (scope.between or scope.dates or scope.season or scope.periods or scope.outside)
        if is_weekly and opening.holds_validity_of(found) and contains(opening.extent, extent_of(narrowed(found.rule.scope, scope))):
            kinds = opening.extent.times.kinds
            if rule.only_between and rule.outside is Consequence.REFUSE:
                yield Shut(kinds, rule.only_between)
            if rule.public_holiday is Consequence.REFUSE:
                yield Shut(kinds & _kinds_with(holiday=True))
            if rule.school_break is Consequence.REFUSE and not rule.open_breaks:
                yield Shut(kinds & _kinds_with(holiday=False))


def _kinds_with(*, holiday: bool) -> int:
    return bits(is_holiday if holiday else is_off for _day, is_holiday, is_off in KINDS_OF_DAY)


def _told(found: Located[PriceRule], field: str, table: Table) -> Iterator[Fault]:
    for price_class in dict.fromkeys(row.price_class for row in table.tariff.rows):
        for names, gap in _joined(_gaps(table, price_class)):
            facts = {"days": ", ".join(names), "between": f"{clock(gap.start)}-{clock(gap.end)}", "day": gap.day.isoformat()}
            if gap.is_sure:
                yield fault_in(found, "price-gap", field, price_class, tariff=table.tariff.version, **facts)
            else:
                yield fault_in(found, "price-gap-likely", field, price_class, tariff=table.tariff.version, **facts)


def _gaps(table: Table, price_class: str) -> Iterator[Gap]:
    """The cells that lack the class; a special day only where the ordinary one has it."""
    rows, others = table.rows(price_class), table.rows() & ~table.rows(price_class)
    opens, closes = table.hours(price_class)
    for request in table.requests(price_class):
        lacking: set[tuple[int, int]] = set()
        for cell in table.times:
            may, surely = request & cell.may, request & cell.surely
            ordinary = (KINDS_OF_DAY[cell.kind][0], cell.start)
            if may & rows or ordinary in lacking or not table.is_wanted(price_class, may, surely):
                continue
            if cell.kind < ORDINARY:
                lacking.add(ordinary)
            is_sure = bool(surely & others)
            if is_sure or (opens <= cell.start and cell.end <= closes):
                yield Gap(_name(cell), cell.start, cell.end, cell.day, is_sure)


def _name(cell: Cell) -> str:
    weekday, is_holiday, _is_off = KINDS_OF_DAY[cell.kind]
    if cell.kind < ORDINARY:
        return DAYS[weekday - 1]
    return "public-holiday" if is_holiday else "school-break"


def _joined(found: Iterable[Gap]) -> Iterator[tuple[list[str], Gap]]:
    """Gaps that follow each other as one, those at the same time of several days with the names of all."""
    ordered = sorted(set(found), key=lambda gap: (gap.name, gap.start, not gap.is_sure, gap.day))
    whole: list[Gap] = []
    for gap in ordered:
        before = whole[-1] if whole else None
        if before and before.name == gap.name and before.is_sure == gap.is_sure and before.end == gap.start:
            whole[-1] = replace(before, end=gap.end)
        elif not before or before.name != gap.name or before.end <= gap.start:
            whole.append(gap)
    alike: dict[tuple[int, int, bool], list[Gap]] = {}
    for gap in sorted(whole, key=lambda gap: (DAYS.index(gap.name) if gap.name in DAYS else len(DAYS), gap.start)):
        alike.setdefault((gap.start, gap.end, gap.is_sure), []).append(gap)
    for those in alike.values():
        yield [gap.name for gap in those], those[0]
