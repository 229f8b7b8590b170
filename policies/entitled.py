"""Entitled: which agreement a request draws on, and what keeps it from drawing on others."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.occasion import clock
from policies.request import Entitlement, Facts, FixedTime, Request
from policies.verdict import Undrawn

OTHER_ROOM, OTHER_DATES, OTHER_TIMES = "agreement-other-room", "agreement-other-dates", "agreement-other-times"
HOURS_USED, WEEK_USED = "agreement-hours-used", "agreement-week-used"


@dataclass(frozen=True, slots=True)
class Misfit:
    """In what a request goes beyond an agreement: the code, the field that is beyond it, its value and what the agreement says."""

    code: str
    field: str
    value: str | int
    limit: str | int


def misfits(held: Entitlement, request: Request) -> Iterator[Misfit]:
    """All that keeps a request from an agreement; nothing where it is covered."""
    first, last = request.dates[0], request.dates[-1]
    if held.rooms and request.room not in held.rooms:
        yield Misfit(OTHER_ROOM, "room", request.room, ", ".join(held.rooms))
    if first < held.first or last > held.last:
        yield Misfit(OTHER_DATES, "start", f"{first}", f"{held.first}/{held.last}")
    if held.times and not any(time.covers(request.wall) for time in held.times):
        yield Misfit(OTHER_TIMES, "start", f"{request.wall.start:%Y-%m-%dT%H:%M}", ", ".join(map(written, held.times)))
    left = max(held.minutes_granted - held.minutes_used, 0)
    if request.minutes > left:
        yield Misfit(WEEK_USED if held.since else HOURS_USED, "end", request.minutes, left)


def drawn(request: Request, facts: Facts) -> Entitlement | None:
    """What a request stands on: the agreement that it names, else the first that covers it whole."""
    if request.agreement is not None:
        held = facts.entitlement
        return held if held and held.id == request.agreement else None
    return next((held for held in facts.agreements if not any(misfits(held, request))), None)


def undrawn(request: Request, facts: Facts) -> tuple[Undrawn, ...]:
    """Of a request that draws on nothing, each agreement with the first thing that keeps it from there."""
    if request.agreement is not None or drawn(request, facts):
        return ()
    return tuple(_undrawn(held, next(misfits(held, request))) for held in facts.agreements)


def _undrawn(held: Entitlement, misfit: Misfit) -> Undrawn:
    return Undrawn(held.id, held.title, misfit.code, misfit.field, misfit.value, misfit.limit)


def written(time: FixedTime) -> str:
    """``2 18:00-20:00``."""
    return f"{time.weekday} {clock(time.start)}-{clock(time.end)}"
