"""Judging: what the policy says of every date of a case, and how that is kept with the booking."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.case import Case
from booking.conditions.asked import keep_words
from booking.conflicts import Want
from booking.facts import Gathered, facts_on, gather
from booking.models import Judgement
from booking.resources import lacking_in
from booking.states import BookingKind
from booking.wish import DatedSpan
from database.base import table_of
from database.prepared import send
from kernel.errors import Fault
from kernel.interval import Interval
from kernel.wallclock import WallSpan
from policies.alternatives import nearest
from policies.evaluate import Seek, evaluate_series
from policies.judging import ROLES, Memo
from policies.request import Entitlement, Facts, Request
from policies.verdict import Condition, Decider, Outcome, Verdict
from venues.models import Closure
from venues.scheduling import Shut, shut_by
from venues.vocabulary import keeps_out

OUT_OF_ORDER, BEGUN = "out-of-order", "has-begun"
INTO_JUDGEMENTS = insert(table_of(Judgement))


@dataclass(frozen=True, slots=True)
class Judged:
    """One date with what the policy says of it, or with the fault that keeps it from being judged."""

    wall: WallSpan
    fault: Fault | None = None
    request: Request | None = None
    facts: Facts | None = None
    verdict: Verdict | None = None
    versions: tuple[int, ...] = ()

    @property
    def is_refused(self) -> bool:
        return self.fault is not None or (self.verdict is not None and self.verdict.outcome is Outcome.REFUSED)

    @property
    def needs_review(self) -> bool:
        return self.verdict is not None and self.verdict.outcome is Outcome.REVIEW

    @property
    def agreement(self) -> int | None:
        """The id of the agreement that it draws on: the one that was named, else by rule."""
        named, by_rule = self.request and self.request.agreement, self.verdict and self.verdict.agreement
        return int(named or by_rule or 0) or None

    @property
    def drawn(self) -> Entitlement | None:
        """The agreement that it draws on."""
        held = (self.facts.entitlement, *self.facts.agreements) if self.facts else ()
        return next((one for one in held if one and int(one.id) == self.agreement), None)

    @property
    def buffers(self) -> tuple[int, int]:
        """Minutes of set-up and clean-up."""
        return (self.verdict.buffer_before, self.verdict.buffer_after) if self.verdict else (0, 0)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What has to be done before anybody enters."""
        return self.verdict.conditions if self.verdict else ()

    def want(self, case: Case) -> Want:
        return case.want(self.wall, *self.buffers)


def judge(session: Session, case: Case) -> tuple[Judged, ...]:
    """Judge every date of a case, in date order, counts carried from date to date.

    Time that staff block is not asked of the policy: it is nobody's use of the room.
    """
    if case.kind is BookingKind.BLOCK:
        return tuple(_ahead(case, Judged(span.wall, span.fault)) for span in without_what_is_lacking(case).dates)
    gathered = gather(session, case)
    return judge_gathered(gathered, without_what_is_broken(session, case))


def judge_gathered(gathered: Gathered, case: Case, memo: Memo | None = None, *, seek: Seek = nearest) -> tuple[Judged, ...]:
    """Judge every date of a case by what was gathered for it; ``memo`` and ``seek`` as ``evaluate`` has them."""
    case = without_what_is_lacking(case)
    sound = [span for span in case.dates if span.fault is None]
    requests = [case.request(span) for span in sound]
    facts = [facts_on(gathered, case, request) for request in requests]
    policies = [gathered.policies.on(request.dates[0]) for request in requests]
    verdicts = evaluate_series(list(zip(policies, requests, facts, strict=True)), memo, seek=seek)
    found = iter(zip(sound, requests, facts, verdicts, strict=True))
    judged = (Judged(span.wall, span.fault) if span.fault else _judged(gathered.policies, *next(found)) for span in case.dates)
    return tuple(_ahead(case, date) for date in judged)


def _ahead(case: Case, date: Judged) -> Judged:
    """A date that nothing refuses yet: nobody gets time that has begun, whatever the policy says of notice."""
    if case.not_before is None or date.is_refused:
        return date
    time = date.request.interval if date.request else date.wall.interval()
    if time.start >= case.not_before:
        return date
    start = f"{date.wall.start:%Y-%m-%dT%H:%M}"
    return Judged(date.wall, Fault(BEGUN, "start", start, {"date": start}))


def broken_for(session: Session, case: Case) -> Sequence[Shut]:
    """What is out of order from when the case was submitted, anywhere, of what it needs; one statement where it needs anything."""
    if not case.needs:
        return ()
    standing = select(Closure).where(Closure.out_of_order != "", Closure.withdrawn_at.is_(None), Closure.ends_at > case.submitted)
    rows = session.scalars(standing.order_by(Closure.starts_at, Closure.id))
    return [shut_by(session, row) for row in rows if keeps_out(row.out_of_order, case.needs)]


def broken_at(broken: Iterable[Shut], spaces: Collection[int], time: Interval) -> Closure | None:
    """What of it is out of order in some of these spaces, by id, at a time."""
    return next((one.closure for one in broken if one.meets(spaces, time)), None)


def without_what_is_broken(session: Session, case: Case) -> Case:
    """The case, with the fault of the dates on which something that is needed is out of order."""
    found = broken_for(session, case)
    if not found:
        return case
    dates = (span if span.fault else replace(span, fault=_broken(span, case.spaces, found)) for span in case.dates)
    return replace(case, dates=tuple(dates))


def without_what_is_lacking(case: Case) -> Case:
    """The case, with the fault of its dates that something which is wanted beside the room cannot be had there."""
    lacking = lacking_in(case.room, case.resources)
    if lacking is None:
        return case
    return replace(case, dates=tuple(span if span.fault else replace(span, fault=lacking) for span in case.dates))


def _broken(span: DatedSpan, spaces: Collection[int], found: Iterable[Shut]) -> Fault | None:
    row = broken_at(found, spaces, span.wall.interval())
    if row is None:
        return None
    start = f"{span.wall.start:%Y-%m-%dT%H:%M}"
    facts = {"date": start, "feature": row.out_of_order, "until": f"{row.local_end:%Y-%m-%dT%H:%M}", "reason": row.reason}
    return Fault(OUT_OF_ORDER, "needs", row.out_of_order, facts)


def judge_all(session: Session, cases: Iterable[Case]) -> list[tuple[Case, tuple[Judged, ...]]]:
    """Judge the parts of a wish in several rooms, each counted with the dates of those before it that are not refused."""
    found: list[tuple[Case, tuple[Judged, ...]]] = []
    for case in cases:
        beside = tuple((other.room, date.wall, date.agreement) for other, dates in found for date in dates if not date.is_refused)
        found.append((case, judge(session, replace(case, beside=beside) if beside else case)))
    return found


def highest(deciders: Iterable[Decider]) -> Decider | None:
    """Who decides on all dates together: the highest of the roles, of equal ones the first; None when nobody has to."""
    return max(deciders, key=lambda decider: ROLES.index(decider.role), default=None)


def keep(session: Session, booking_id: int, judged: Sequence[Judged], *, act: str, now: datetime) -> None:
    """Store the verdicts with the facts judged and the policy versions asked, for replay; the words of their conditions beside."""
    keep_words(session, (condition for date in judged for condition in date.conditions))
    rows = [
        {
            "request": date.request.to_json(),
            "facts": date.facts.to_json(),
            "verdict": date.verdict.to_json(),
            "versions": list(date.versions),
        }
        for date in judged
        if date.request and date.facts and date.verdict
    ]
    keep_stored(session, booking_id, rows, act=act, now=now)


def keep_stored(session: Session, booking_id: int, rows: Sequence[Mapping[str, Any]], *, act: str, now: datetime) -> None:
    """Store what was judged of dates, as rows of request, facts, verdict and the versions asked."""
    if rows:
        versions = sorted({version for row in rows for version in row["versions"]})
        kept = {"booking_id": booking_id, "act": act, "at": now, "policy_versions": versions, "judged": folded(rows)}
        send(session, INTO_JUDGEMENTS, kept)


def folded(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rows with what is equal in all of them written once: forty dates share most of their facts."""
    parts = {}
    for part in rows[0]:
        first, *others = values = [row[part] for row in rows]
        common = dict(first) if isinstance(first, dict) else {}
        for other in others:
            common = {key: value for key, value in common.items() if key in other and other[key] == value}
        own = [{key: value for key, value in v.items() if key not in common} if isinstance(v, dict) else v for v in values]
        parts[part] = {"common": common, "each": own}
    return parts


def unfolded(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows that ``folded`` wrote."""
    count = len(next(iter(stored.values()))["each"])
    return [{part: _whole(stored[part], number) for part in stored} for number in range(count)]


def _whole(part: dict[str, Any], number: int) -> Any:
    own = part["each"][number]
    return {**part["common"], **own} if isinstance(own, dict) else own


def _judged(policies: Any, span: Any, request: Request, facts: Facts, verdict: Verdict) -> Judged:
    return Judged(span.wall, None, request, facts, verdict, policies.versions_on(request.dates[0]))
