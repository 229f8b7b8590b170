"""Hours: time of the day that can never be booked, and lengths that fit nothing."""

from collections.abc import Iterator, Sequence

from kernel.errors import Fault
from policies.lint.subject import Located, Subject, fault_at, fault_in
from policies.occasion import clock
from policies.rules.base import Band, Consequence, Rule
from policies.rules.opening import Opening
from policies.rules.timing import Grid, Length
from policies.scopes import contains, extent_of, narrowed
from policies.verdict import Effect

# Time that a scope leaves out may well be time in which nothing is open.
LEFT_OUT = "outside"


def check(subject: Subject) -> Iterator[Fault]:
    """What opening hours, grid and lengths say together."""
    grids = [found for found in subject.of(Grid) if found.rule.effect is Effect.REFUSE]
    lengths = [found for found in subject.of(Length) if found.rule.effect is Effect.REFUSE]
    for length in subject.of(Length):
        yield from _lengths(length, [grid for grid in grids if grid.covers(length)])
    for opening in subject.of(Opening):
        band = opening.rule.only_between
        if band and opening.rule.outside is Consequence.REFUSE:
            yield from _left_over(opening, band, [grid for grid in grids if grid.covers(opening)], _least(lengths, opening))
            for found in subject.rules:
                yield from _shut(opening, band, found)


def _least(lengths: Sequence[Located[Length]], opening: Located[Opening]) -> int:
    return max((length.rule.at_least or 0 for length in lengths if length.covers(opening)), default=0)


def _lengths(found: Located[Length], grids: Sequence[Located[Grid]]) -> Iterator[Fault]:
    """Limits that no length meets, or no length that the grid lets one book."""
    least, most = found.rule.at_least or 0, found.rule.at_most
    if most is None:
        return
    if most < least:
        yield fault_in(found, "no-length-fits", "at_most", most, at_least=least)
        return
    for grid in grids:
        shortest = _up(max(least, 1), grid.rule.minutes)
        if shortest > most:
            yield fault_in(found, "no-length-on-grid", "at_most", most, other=grid.rule.id, minutes=grid.rule.minutes, shortest=shortest)


def _left_over(opening: Located[Opening], band: Band, grids: Sequence[Located[Grid]], least: int) -> Iterator[Fault]:
    """The ends of the opening hours that no booking on the grid reaches."""
    if band.end - band.start < least:
        yield fault_in(opening, "nothing-fits", "only_between", _clocks(band.start, band.end), minutes=least)
        return
    for grid in grids:
        step, offset = grid.rule.minutes, grid.rule.offset
        first, last = _up(band.start - offset, step) + offset, (band.end - offset) // step * step + offset
        if last - first < max(least, step):
            yield fault_in(opening, "nothing-fits", "only_between", _clocks(band.start, band.end), minutes=max(_up(least, step), step))
            continue
        for start, end in ((band.start, first), (last, band.end)):
            if start < end:
                facts = {"other": grid.rule.id, "minutes": step, "fits": _clocks(first, last)}
                yield fault_in(opening, "never-bookable", "only_between", _clocks(start, end), **facts)


def _shut(opening: Located[Opening], band: Band, found: Located[Rule]) -> Iterator[Fault]:
    """Times of the day that a rule is about and that never meet the opening hours."""
    for node, when in found.whens:
        hours = when.between
        if hours is None or node.name == LEFT_OUT or (hours.start < band.end and band.start < hours.end):
            continue
        if contains(opening.extent, extent_of(narrowed(found.rule.scope, when))) and opening.holds_validity_of(found):
            facts = {"other": opening.rule.id, "band": _clocks(band.start, band.end)}
            yield fault_at(found, "hours-outside-opening", f"{node.place}.between", _clocks(hours.start, hours.end), **facts)


def _up(minutes: int, step: int) -> int:
    """The next multiple of the step."""
    return -(-minutes // step) * step


def _clocks(start: int, end: int) -> str:
    return f"{clock(start)}-{clock(end)}"
