"""Replay: what was judged of a booking, judged again from the stored facts under the stored versions, and what differs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.cases import by_reference
from booking.judging import unfolded
from booking.models import Judgement
from kernel.errors import Missing, refuse
from policies.evaluate import Case, evaluate_series
from policies.queries import policy_of
from policies.request import Facts, Request
from policies.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a verdict that is another now: what was stored, and what the facts give again, as JSON values."""

    part: str
    stored: Any
    again: Any


@dataclass(frozen=True, slots=True)
class Replayed:
    """One date of one judgement judged again; ``unreadable`` says that the row of the whole act can no longer be read."""

    act: str
    day: date | None
    differences: tuple[Difference, ...] = ()
    unreadable: bool = False

    @property
    def is_same(self) -> bool:
        return not self.differences and not self.unreadable


def replay(session: Session, reference: str) -> list[Replayed]:
    """Every date of every judgement of a booking, in the order in which they were judged.

    Nothing is read of today's policy, opening hours or prices. Raises Missing (``unknown-booking``; ``no-judgement`` for
    one that must have been judged and of which nothing is stored).
    """
    booking = by_reference(session, reference)
    rows = session.scalars(select(Judgement).where(Judgement.booking_id == booking.id).order_by(Judgement.id)).all()
    if not rows and booking.kind.is_judged:
        raise refuse(Missing, "no-judgement", "booking", booking.reference)
    return [one for row in rows for one in _replayed(session, row)]


def _replayed(session: Session, row: Judgement) -> Sequence[Replayed]:
    try:
        rows = unfolded(row.judged) if row.judged else []
        stored = [Verdict.from_json(one["verdict"]) for one in rows]
        cases = _cases(session, rows)
    # Whatever was done to a stored row has to be told, not to end the command: pydantic's refusal is a ValueError.
    except (Missing, LookupError, TypeError, AttributeError, ValueError):
        return [Replayed(row.act, None, unreadable=True)]
    if not rows:
        return [Replayed(row.act, None, unreadable=True)]
    again = evaluate_series(cases)
    days = [request.dates[0] for _policy, request, _facts in cases]
    parts = zip(days, stored, again, strict=True)
    return [Replayed(row.act, day, tuple(_differences(before, now))) for day, before, now in parts]


def _cases(session: Session, rows: Sequence[dict[str, Any]]) -> list[Case]:
    """The dates of an act as they were judged: together, for earlier ones use up counts."""
    versions = [tuple(int(version) for version in row["versions"]) for row in rows]
    policies = {asked: policy_of(session, asked) for asked in set(versions)}
    parts = zip(versions, rows, strict=True)
    return [(policies[asked], Request.from_json(row["request"]), Facts.from_json(row["facts"])) for asked, row in parts]


def _differences(stored: Verdict, again: Verdict) -> Iterator[Difference]:
    before, now = stored.to_json(), again.to_json()
    yield from (Difference(part, before[part], now[part]) for part in now if before[part] != now[part])
