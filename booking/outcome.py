"""Outcome (pure): what becomes of each date of a case, and the refusal when nothing may be taken."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from booking.case import Case
from booking.conflicts import Answer, Collision, Shortage, Want
from booking.judging import Judged
from booking.states import OccurrenceState
from booking.wish import LEFT_OUT, OnConflict
from kernel.errors import Conflict, Fault, Invalid
from kernel.wallclock import WallSpan, to_wall
from policies.verdict import Objection, Verdict

TAKEN, TOO_FEW = "taken", "too-few"
KEEPS_NOTHING = (OccurrenceState.SKIPPED, OccurrenceState.WAITING)


class Declined(Invalid):
    """The policy refuses dates of the wish; carries every objection (422)."""

    title = "declined"


class Taken(Conflict):
    """Other bookings stand in the way; ``details`` name the dates and what to take instead (409)."""

    title = "taken"


@dataclass(frozen=True, slots=True)
class Dated:
    """One date's result in the room of its case: its state, why it was left out, and the number of its want in the answer."""

    case: Case
    judged: Judged
    state: OccurrenceState
    reason: str = ""
    want: int | None = None
    collisions: tuple[Collision, ...] = ()
    shortages: tuple[Shortage, ...] = ()

    @property
    def can_wait(self) -> bool:
        """Whether others have the time or what is wanted beside the room, and not another date of the wish itself."""
        is_met = any(not collision.is_own for collision in self.collisions)
        return (is_met or bool(self.shortages)) and all(shortage.can_pass for shortage in self.shortages)

    @property
    def is_kept(self) -> bool:
        return self.state not in KEEPS_NOTHING

    @property
    def day(self) -> date:
        """The day that the rule of the series gave, whatever was chosen for it."""
        found = (span.day for span in self.case.dates if span.wall == self.judged.wall and span.day)
        return next(found, self.judged.wall.start.date())

    @property
    def is_waived(self) -> bool:
        """Whether the applicant chose to do without it."""
        return self.judged.fault is not None and self.judged.fault.code == LEFT_OUT


def wants_of(case: Case, judged: Iterable[Judged]) -> tuple[Want, ...]:
    """What the dates that the policy allows would occupy."""
    return tuple(date.want(case) for date in judged if not date.is_refused)


def state_once_kept(case: Case, judged: Iterable[Judged]) -> OccurrenceState:
    """What the dates are that are not left out: booked, or waiting for the organisation or for a decision."""
    if case.applicant.must_confirm:
        return OccurrenceState.UNCONFIRMED
    waits = any(date.needs_review for date in judged if not date.is_refused)
    return OccurrenceState.REQUESTED if waits else OccurrenceState.BOOKED


def results(
    judged: Iterable[tuple[Case, Sequence[Judged]]], answer: Answer, on_conflict: OnConflict = OnConflict.REFUSE
) -> tuple[Dated, ...]:
    """What becomes of each date: refused and taken dates are left out, the rest is booked or waits for a decision.

    Where taken dates are to wait, or one of them was chosen to, they stand in line for the time; not those that another date
    of the wish has. The wants of the answer are those of ``wants_of``, case by case.
    """
    wants = count()
    found = tuple(
        _result(case, date, None if date.is_refused else next(wants), answer, state_once_kept(case, dates))
        for case, dates in judged
        for date in dates
    )
    return tuple(replace(date, state=OccurrenceState.WAITING) if _waits(date, on_conflict) else date for date in found)


def _waits(date: Dated, on_conflict: OnConflict) -> bool:
    chosen = any(span.waits for span in date.case.dates if span.wall == date.judged.wall)
    return (chosen or on_conflict is OnConflict.WAIT) and not date.case.applicant.must_confirm and date.can_wait


def require_enough(found: Sequence[Dated], on_conflict: OnConflict) -> None:
    """Raises Declined or Taken when a date is left out and must not be, or when no date is left."""
    left_out = [date for date in found if not date.is_kept and not date.is_waived]
    refused = [date for date in left_out if date.state is not OccurrenceState.WAITING]
    is_any = any(date.is_kept for date in found) or len(refused) < len(left_out)
    if refused and not (on_conflict is not OnConflict.REFUSE and is_any):
        raise refusal_of(refused)


def refusal_of(left_out: Sequence[Dated]) -> "Declined | Taken":
    """The refusal that names everything that keeps these dates out."""
    faults = [fault for date in left_out for fault in faults_of(date)]
    return (Declined if any(date.judged.is_refused for date in left_out) else Taken)(*faults)


def faults_of(date: Dated) -> Iterator[Fault]:
    """Everything that keeps one date out; what is taken is named by the part of the room, what is too little by its name."""
    yield from barred(date)
    yield from (collision_fault(date, collision) for collision in date.collisions)
    yield from shortage_faults(date)


def barred(date: Dated) -> Iterator[Fault]:
    """What keeps one date out whatever is booked: an hour that the clock skips, and what the policy refuses."""
    start = f"{date.judged.wall.start:%Y-%m-%dT%H:%M}"
    if date.judged.fault:
        yield date.judged.fault
    if date.judged.verdict:
        yield from (objection_fault(objection, start) for objection in date.judged.verdict.objections if date.judged.is_refused)


def collision_fault(date: Dated, collision: Collision) -> Fault:
    """What stands in the way of a date: when, and in which part of the room."""
    start = f"{date.judged.wall.start:%Y-%m-%dT%H:%M}"
    moments = {"from": collision.time.start, "to": collision.time.end, "until": collision.kept_until}
    told = {name: f"{to_wall(moment, date.judged.wall.zone):%Y-%m-%dT%H:%M}" for name, moment in moments.items() if moment}
    return Fault(collision.code, "start", start, {"date": start, "space": part_of(date, collision), **told})


def part_of(date: Dated, collision: Collision) -> str:
    """Which part of the room something has that is in the way: the room by its own name where it has all of that."""
    names = {space.id: space.name for space in date.case.room.spaces}
    found = [names[space] for space in collision.spaces]
    return date.case.room.name if 1 < len(found) == len(names) else ", ".join(found)


def shortage_faults(date: Dated) -> Iterator[Fault]:
    """What there is too little of for a date."""
    yield from (shortage_fault(date.judged.wall, shortage) for shortage in date.shortages)


def shortage_fault(wall: WallSpan, shortage: Shortage) -> Fault:
    """Of what there is too little for a date: how many are free, of how many, and when others have the rest; or until when it is
    kept for who stands in line."""
    field = f"resources.{shortage.pool.slug}"
    if shortage.kept:
        moments = {"from": min(one.time.start for one in shortage.kept), "to": max(one.time.end for one in shortage.kept)}
        moments |= {"until": max(one.kept_until for one in shortage.kept if one.kept_until)}
        told = {name: f"{to_wall(moment, wall.zone):%Y-%m-%dT%H:%M}" for name, moment in moments.items()}
        return Fault("kept-for-line", field, shortage.asked, {"date": f"{wall.start:%Y-%m-%dT%H:%M}", "space": shortage.pool.name, **told})
    held = [(to_wall(time.start, wall.zone), to_wall(time.end, wall.zone)) for time in shortage.held]
    spans = [f"{start:%H:%M}–{end:%H:%M}" for start, end in held]
    facts = {"date": f"{wall.start:%Y-%m-%dT%H:%M}", "name": shortage.pool.name, "free": shortage.free, "total": shortage.total}
    code = "too-few-free" if shortage.can_pass else "too-few-there"
    return Fault(code, field, shortage.asked, {**facts, "held": ", ".join(dict.fromkeys(spans))})


def asked_of(date: Dated) -> Iterator[Fault]:
    """The objections to one date from which an exception is asked."""
    start = f"{date.judged.wall.start:%Y-%m-%dT%H:%M}"
    objections = date.judged.verdict.objections if date.judged.verdict else ()
    yield from (objection_fault(objection, start) for objection in objections if objection.is_asked)


def undrawn_faults(verdict: Verdict) -> Iterator[tuple[str, Fault]]:
    """The agreements, by title, on which a date does not draw, each with what keeps it from there."""
    for one in verdict.undrawn:
        yield one.title, Fault(f"policy:{one.code}", one.field, one.value, {"limit": one.limit})


def objection_fault(objection: Objection, start: str) -> Fault:
    """An objection of the policy as a fault: its sentence is the rule's own reason."""
    return Fault(
        f"policy:{objection.code}",
        objection.field,
        objection.value,
        {
            "date": start,
            "rule": objection.rule,
            "layer": objection.layer.value,
            "limit": objection.limit,
            "effect": str(objection.effect),
            "waivable_by": str(objection.waivable_by) if objection.waivable_by else None,
            "is_asked": objection.is_asked,
            "is_waived": objection.waiver is not None,
            "reason": {"nb": objection.reason.nb, "nn": objection.reason.nn, "en": objection.reason.en},
            "paragraph": objection.source.paragraph,
            "address": objection.source.address,
            "alternatives": [
                {"change": str(way.change), "start": f"{way.wall.start:%Y-%m-%dT%H:%M}", "end": f"{way.wall.end:%Y-%m-%dT%H:%M}"}
                for way in objection.alternatives
            ],
        },
    )


def refuses(fault: Fault) -> bool:
    """Whether a fault is in the way by itself; an objection that only calls for a look is not, nor one with an exception."""
    is_excepted = fault.facts.get("is_asked") or fault.facts.get("is_waived")
    return fault.facts.get("effect", "refuse") == "refuse" and not is_excepted


def _result(case: Case, judged: Judged, want: int | None, answer: Answer, kept: OccurrenceState) -> Dated:
    if want is None:
        return Dated(case, judged, OccurrenceState.SKIPPED, " ".join(sorted(_codes(judged))))
    if not answer.is_free(want):
        in_the_way = (answer.collisions.get(want, ()), answer.shortages.get(want, ()))
        return Dated(case, judged, OccurrenceState.SKIPPED, TAKEN if in_the_way[0] else TOO_FEW, want, *in_the_way)
    return Dated(case, judged, kept, "", want)


def _codes(judged: Judged) -> set[str]:
    if judged.fault:
        return {judged.fault.code}
    return {f"policy:{objection.code}" for objection in judged.verdict.refusals} if judged.verdict else set()
