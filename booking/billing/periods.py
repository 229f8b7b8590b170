"""Periods: what dates came to is written down once, payer by payer, and what changes later goes into the next period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, TypedDict

from pydantic import Field
from sqlalchemy import Row, Select, func, literal, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Organisation, Person
from accounts.queries import names_of_organisations, names_of_people
from booking.billing.models import Line, Period
from booking.billing.owed import LEFT, PAYER, PERSON, SNAPSHOT, due
from database.audit import Act, record
from database.base import table_of
from database.locks import Key, Subject, lock
from kernel.errors import Fault, Invalid, Missing, refuse
from kernel.money import Ore
from kernel.wallclock import to_wall
from venues.queries import municipality
from web.fields import Day
from web.forms import Input

# A season can be billed before it begins, a mistyped year cannot.
FURTHEST = timedelta(days=400)
# What fell due three years ago can no longer be claimed (Limitation Act, section 2).
OLDEST = timedelta(days=3 * 366)
Payer = Annotated[str, Field(pattern=r"^[op][1-9][0-9]{0,8}$")]


class Closing(Input):
    """Which dates of use are billed, and for whom: all payers, or these (``o3`` an organisation, ``p7`` a person)."""

    first_day: Day
    last_day: Day
    payers: tuple[Payer, ...] = Field(default=(), max_length=2000)


@dataclass(frozen=True, slots=True)
class Share:
    """What one payer has in a period: the key (``o3``), its name, how many lines, and their sum in øre."""

    payer: str
    name: str
    lines: int
    amount: Ore


def close_period(session: Session, closing: Closing, *, by: Actor, now: datetime) -> Period:
    """Write down what these dates came to, with what earlier ones were billed wrongly for or not at all; officers only.

    A date before the period that no period took belongs to this one, so that nothing lies between two. The same period
    closed again is the one that is there, with the lines it has. Raises Invalid with all that is wrong.
    """
    by.require(by.is_officer, "officer")
    lock(session, Key(Subject.BILLING, 1))
    if faults := faults_of(session, closing, now=now):
        raise Invalid(*faults)
    payers = sorted(set(closing.payers))
    same = select(Period).where(Period.first_day == closing.first_day, Period.last_day == closing.last_day).order_by(Period.id)
    if found := next((one for one in session.scalars(same) if one.payers == payers), None):
        return found
    period = Period(first_day=closing.first_day, last_day=closing.last_day, payers=payers, closed_at=now, closed_by=by.person_id)
    reach = _reach(session, closing)
    session.add(period)
    session.flush()
    rows = due(literal(period.id), *SNAPSHOT.values(), **reach)
    rows = rows.order_by(PAYER.is_(None), PAYER, PERSON, SNAPSHOT["local_start"], SNAPSHOT["occurrence_id"])
    session.execute(table_of(Line).insert().from_select(["period_id", *SNAPSHOT], rows))
    lines, amount = totals(session, period)
    facts = {"first": f"{period.first_day}", "last": f"{period.last_day}", "payers": payers, "lines": lines, "amount": amount}
    record(session, Act("close", "billing_period", period.id, facts), by=by, now=now)
    return period


def foreseen(session: Session, closing: Closing, *, by: Actor, now: datetime) -> Sequence[Share]:
    """What closing would bill each payer, by name; nothing is written. Raises as ``close_period``."""
    by.require(by.is_officer, "officer")
    if faults := faults_of(session, closing, now=now):
        raise Invalid(*faults)
    columns = (PAYER.label("payer"), PERSON.label("person"), func.count().label("lines"), func.sum(LEFT).label("amount"))
    return _shares(session, due(*columns, **_reach(session, closing)).group_by(PAYER, PERSON))


def shares(session: Session, period: Period, *, by: Actor) -> Sequence[Share]:
    """What each payer has in a period, by name."""
    by.require(by.is_officer, "officer")
    columns = (
        Line.payer_id.label("payer"),
        Line.person_id.label("person"),
        func.count().label("lines"),
        func.sum(Line.amount).label("amount"),
    )
    return _shares(session, select(*columns).where(Line.period_id == period.id).group_by(Line.payer_id, Line.person_id))


def periods(session: Session, *, by: Actor) -> Sequence[tuple[Period, int, Ore]]:
    """All periods, the one closed last first, each with its lines and their sum; officers only."""
    by.require(by.is_officer, "officer")
    counted = select(Line.period_id, func.count().label("lines"), func.sum(Line.amount).label("amount")).group_by(Line.period_id).subquery()
    found = select(Period, func.coalesce(counted.c.lines, 0), func.coalesce(counted.c.amount, 0))
    rows = session.execute(found.outerjoin(counted, counted.c.period_id == Period.id).order_by(Period.id.desc()))
    return [(period, int(lines), int(amount)) for period, lines, amount in rows]


def period_of(session: Session, period_id: int, *, by: Actor) -> Period:
    """The period of an id, for officers; raises Missing."""
    by.require(by.is_officer, "officer")
    found = session.get(Period, period_id)
    if found is None:
        raise refuse(Missing, "unknown-billing-period", "period", period_id)
    return found


def totals(session: Session, period: Period) -> tuple[int, Ore]:
    """How many lines a period has, and their sum."""
    found = session.execute(select(func.count(), func.coalesce(func.sum(Line.amount), 0)).where(Line.period_id == period.id)).one()
    return int(found[0]), int(found[1])


def begun(session: Session) -> date | None:
    """The first date of use that any period has billed; what was before it was billed elsewhere."""
    return session.scalar(select(func.min(Period.first_day)))


def faults_of(session: Session, closing: Closing, *, now: datetime) -> list[Fault]:
    """What is wrong with a period to be closed."""
    faults, today = [], to_wall(now, municipality(session).zone).date()
    if closing.first_day < today - OLDEST:
        facts = {"earliest": today - OLDEST}
        faults.append(Fault("billed-too-late", "first_day", closing.first_day.isoformat(), facts))
    if closing.last_day < closing.first_day:
        faults.append(Fault("period-backwards", "last_day", closing.last_day.isoformat(), {"first": closing.first_day}))
    if closing.last_day > today + FURTHEST:
        faults.append(Fault("billed-too-early", "last_day", closing.last_day.isoformat(), {"latest": today + FURTHEST}))
    known = {
        f"{letter}{one}" for letter, row in (("o", Organisation), ("p", Person)) for one in session.scalars(_ids(row, letter, closing))
    }
    return faults + [Fault("no-such-payer", "payers", payer) for payer in closing.payers if payer not in known]


def _ids(row: type[Organisation | Person], letter: str, closing: Closing) -> Select[int]:
    return select(row.id).where(row.id.in_([int(payer[1:]) for payer in closing.payers if payer[0] == letter]))


class _Reach(TypedDict):
    since: date
    until: date
    payers: Sequence[str]


def _reach(session: Session, closing: Closing) -> _Reach:
    first = min(filter(None, (begun(session), closing.first_day)))
    return {"since": first, "until": closing.last_day, "payers": closing.payers}


def _shares(session: Session, rows: Select[*tuple[Any, ...]]) -> Sequence[Share]:
    found = session.execute(rows).all()
    named = names_of(session, found)
    return sorted(
        (Share(key_of(one), named[key_of(one)], one.lines, int(one.amount)) for one in found), key=lambda share: share.name.casefold()
    )


def names_of(session: Session, rows: Iterable[Row[Any]]) -> dict[str, str]:
    """The names of payers by key, of rows with ``payer`` and ``person``; two statements."""
    payers = {key_of(row) for row in rows}
    organisations, people = ({int(key[1:]) for key in payers if key[0] == letter} for letter in "op")
    named = {f"o{one}": name for one, name in names_of_organisations(session, organisations).items()}
    return named | {f"p{one}": name for one, name in names_of_people(session, people).items()}


def key_of(row: Row[Any]) -> str:
    """The key of who pays: ``o3``, ``p7``."""
    return f"o{row.payer}" if row.payer is not None else f"p{row.person}"
