"""Found (pure): what the dates of a case came to, by the names of what can be expected of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kernel.money import Ore, of_kroner
from kernel.wallclock import WallSpan, to_wall
from policies.entry import Met, Named, Use, may_enter
from policies.given import AccessCase, CancellationCase, GivenCase, GivenMet
from policies.request import Facts, Request
from policies.rules.periods import days_before
from policies.supposed import moment, wall
from policies.verdict import Alternative, Outcome, PriceLine, Verdict

THIS_BOOKING = "this"
STRICTNESS = (Outcome.ACCEPTED, Outcome.REVIEW, Outcome.REFUSED)


@dataclass(frozen=True, slots=True)
class Judged:
    """One date of a case with its verdict; ``taken`` are the spaces that are occupied at the time, ``clash`` says by what."""

    request: Request
    facts: Facts
    verdict: Verdict
    taken: tuple[str, ...] = ()
    clash: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What becomes of the date: time that is taken is refused, whatever the policy says."""
        return Outcome.REFUSED if self.taken else self.verdict.outcome

    @property
    def day(self) -> date:
        return self.request.dates[0]


def found(case: GivenCase, dates: Sequence[Judged]) -> dict[str, Any]:
    """What the case came to: its dates together, and what its event led to."""
    match case:
        case CancellationCase():
            return of_dates(dates) | _cancelled(case, dates)
        case AccessCase():
            return of_dates(dates) | _entered(case, dates)
        case _:
            return of_dates(dates)


def of_dates(dates: Sequence[Judged]) -> dict[str, Any]:
    """What the dates come to together, by the names of what can be expected; sums are of the dates that are left."""
    left = [one for one in dates if one.outcome is not Outcome.REFUSED]
    priced = [one.verdict for one in left or dates]
    first, objections = dates[0].verdict, [objection for one in dates for objection in one.verdict.objections]
    return {
        "outcome": max((one.outcome for one in dates), key=STRICTNESS.index),
        "dates": len(left),
        "codes": {objection.code for objection in objections} | {clash for one in dates for clash in one.clash},
        "warnings": {warning.code for one in dates for warning in one.verdict.warnings},
        "taken": {space for one in dates for space in one.taken},
        "alternatives": _alternatives(dates),
        "waived": {objection.rule for objection in objections if objection.waiver},
        "asked": {objection.rule for objection in objections if objection.is_asked},
        "price": _sum(verdict.price.charged if verdict.price else None for verdict in priced),
        "list_price": _sum(verdict.price.listed if verdict.price else None for verdict in priced),
        "price_class": first.price and first.price.price_class,
        "lines": [_line(line) for verdict in priced if verdict.price for line in verdict.price.lines],
        **_decided(dates),
        **_conditions(dates),
        **_given(first),
        "before": first.buffer_before,
        "after": first.buffer_after,
    }


def _alternatives(dates: Sequence[Judged]) -> dict[str, str | None]:
    """The ways out of the first date that has any."""
    found: dict[str, str | None] = {"time": None, "length": None}
    for one in dates:
        ways = {way.change.value: way for objection in one.verdict.objections for way in objection.alternatives}
        if ways:
            return found | {change: _span(way, one.request.wall) for change, way in ways.items()}
    return found


def _span(way: Alternative, asked: WallSpan) -> str:
    """``20:00-22:00``, with the date of an end where it is another than that before it."""
    start, end = way.wall.start, way.wall.end
    return f"{_clock(start, asked.start)}-{_clock(end, start)}"


def _clock(moment: datetime, before: datetime) -> str:
    return f"{moment:%H:%M}" if moment.date() == before.date() else f"{moment:%Y-%m-%d %H:%M}"


def _sum(amounts: Iterable[Ore | None]) -> Decimal | None:
    """The sum in kroner, None where one of the amounts is not known."""
    known = list(amounts)
    return None if None in known else _kroner(sum(amount for amount in known if amount is not None))


def _kroner(ore: Ore) -> Decimal:
    return Decimal(ore) / 100


def _line(line: PriceLine) -> dict[str, Any]:
    return {
        "day": line.day,
        "tariff": line.tariff,
        "unit": line.unit,
        "minutes": line.minutes,
        "rate": _kroner(line.rate),
        "amount": _kroner(line.amount),
        "rule": line.rule,
        "percent": line.percent,
        "deferred": line.is_deferred,
    }


def _decided(dates: Sequence[Judged]) -> dict[str, Any]:
    """Who decides the first date that waits."""
    waiting = next((one for one in dates if one.verdict.decider), None)
    decider = waiting.verdict.decider if waiting else None
    if waiting is None or decider is None:
        return dict.fromkeys(("decider", "title", "promised_by", "hold_minutes"))
    return {
        "decider": decider.role,
        "title": decider.title.nb,
        "promised_by": decider.promised_by and to_wall(decider.promised_by, waiting.request.wall.zone),
        "hold_minutes": decider.hold_minutes,
    }


def _conditions(dates: Sequence[Judged]) -> dict[str, Any]:
    conditions = [condition for one in dates for condition in one.verdict.conditions]
    access, zone = dates[0].verdict.access, dates[0].request.wall.zone
    return {
        "conditions": {condition.what for condition in conditions},
        "due": {condition.what: condition.due for condition in reversed(conditions)},
        "means": {one.means for one in access},
        "enters_from": to_wall(min(one.begins for one in access), zone) if access else None,
        "enters_until": to_wall(max(one.ends for one in access), zone) if access else None,
        "deposit": _kroner(sum(one.deposit for one in access)),
    }


def _given(verdict: Verdict) -> dict[str, Any]:
    rank, displacement, complaint = verdict.rank, verdict.displacement, verdict.complaint
    return {
        "rank": rank and rank.place,
        "points": rank and rank.points,
        "strength": displacement and displacement.strength,
        "notice_days": displacement and displacement.notice_days,
        "complaint_days": complaint and complaint.days,
        "checklist": len(verdict.checklist),
        "shown_publicly": verdict.shown_publicly,
    }


def _cancelled(case: CancellationCase, dates: Sequence[Judged]) -> dict[str, Any]:
    """The fee for all dates that have not begun when the booking is cancelled."""
    when, zone = moment(case.cancelled, case.request.zone), case.request.zone
    today = to_wall(when, zone).date()
    left = [one for one in dates if one.request.interval.start > when] or dates
    fees = [_fee(one, case, days_before(one.day, today)) for one in left]
    return {"fee": _sum(fees), "days_before": days_before(left[0].day, today)}


def _fee(one: Judged, case: CancellationCase, days: int) -> Ore | None:
    """What giving up one date costs; None where its price is not known."""
    ladder, price = one.verdict.cancellation, one.verdict.price
    if ladder is None:
        return 0
    if case.charged is not None:
        return ladder.fee(of_kroner(str(case.charged)), days)
    return ladder.fee(price.charged, days) if price else None


def _entered(case: AccessCase, dates: Sequence[Judged]) -> dict[str, Any]:
    """Whether one gets in on the first date from the day on which one asks."""
    today = wall(case.asked_at, case.request.zone).date()
    date_of_use = next((one for one in dates if one.day >= today), dates[-1])
    request = date_of_use.request
    venue, room = request.room.split("/")
    use = Use(day=date_of_use.day, person=request.person, organisation=request.organisation, booking=THIS_BOOKING, venue=venue, room=room)
    met = [_met(one, use) for one in case.met if one.date <= today]
    entry = may_enter(date_of_use.verdict.conditions, met, use, today=today)
    overdue = "withdraw" if entry.may_be_withdrawn else "warn" if entry.overdue else None
    return {
        "access": "granted" if entry.granted else "withheld",
        "missing": {condition.what for condition in entry.missing},
        "overdue": overdue,
    }


def _met(given: GivenMet, use: Use) -> Met:
    venue, room = given.room.split("/") if given.room else (use.venue, use.room)
    return Met(
        what=given.what,
        on=given.date,
        text_version=given.text_version,
        person=given.person or use.person,
        organisation=given.organisation or use.organisation,
        booking=given.booking or use.booking,
        venue=venue,
        room=room,
        people=tuple(Named(one.name, "", one.born) for one in given.people),
    )
