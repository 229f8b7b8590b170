"""Scope: which dates of a booking an act reaches - this one, this and the following, or all that lie ahead."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from booking import lifecycle
from booking.cases import occurrence_of
from booking.lifecycle import Act
from booking.models import Booking, Occurrence
from kernel.errors import Conflict, refuse


class Scope(StrEnum):
    """ONE date, it and those FOLLOWING it, or ALL; of what has begun none is ever reached."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


def reached(
    booking: Booking, number: int | None, scope: Scope, act: Act, *, beside: Collection[int] = (), now: datetime
) -> tuple[Occurrence, ...]:
    """The dates, soonest first; all of them where no number is given, and with ONE those ``beside`` it too.

    Raises Missing (``unknown-date``), and Conflict: ``in-the-past`` when nothing lies ahead, ``wrong-state`` for a date that was
    named and is not open to the act, or where nothing that lies ahead is.
    """
    named = [occurrence_of(booking, one) for one in dict.fromkeys((number, *beside) if number is not None else ())]
    chosen = named if scope is Scope.ONE and named else booking.occurrences
    if scope is Scope.ONE:
        for date in named:
            lifecycle.require(act, date.state)
    since = named[0].starts_at if scope is Scope.FOLLOWING and named else now
    ahead = [date for date in chosen if date.starts_at > now and date.starts_at >= since]
    if len(ahead) < len(named if scope is Scope.ONE else ()) or not ahead:
        raise refuse(Conflict, "in-the-past", "booking", booking.reference)
    ahead.sort(key=lambda date: (date.starts_at, date.number))
    if not any(lifecycle.allows(act, date.state) for date in ahead):
        lifecycle.require(act, ahead[0].state)
    return tuple(date for date in ahead if lifecycle.allows(act, date.state))
