"""Retention: how long things are kept, as data of the municipality, and forgetting what is kept long enough, by itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import ColumnElement, ColumnExpressionArgument, Select, and_, delete, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.personal.held import NOW, Held, Period, Personal, Way
from accounts.personal.models import Retention
from database.audit import Act, record
from database.base import table_of
from kernel.errors import Missing, refuse
from web.forms import Input

AT_ONCE = 200
# What is kept for months need not be looked through every minute.
EVERY = timedelta(hours=20)
LEAST_DAYS, MOST_DAYS = 7, 3650


class PeriodInput(Input):
    """For how many days something is kept."""

    days: Annotated[int, Field(ge=LEAST_DAYS, le=MOST_DAYS)]


@dataclass(frozen=True, slots=True)
class Due:
    """How many rows of something have been kept long enough."""

    held: Held
    count: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a batch came to: how many rows, and the uploaded files that nothing names any more."""

    rows: int
    files: Sequence[str]


def set_period(session: Session, name: str, given: PeriodInput, *, personal: Personal, by: Actor, now: datetime) -> Retention:
    """Say for how long something is kept here; raises Missing (``unknown-period``)."""
    by.require(by.is_administrator, "administrator")
    if name not in {one.name for one in personal.periods}:
        raise refuse(Missing, "unknown-period", "period", name)
    row = _row(session, name)
    was, row.days, row.run_at = row.days, given.days, None
    session.flush()
    record(session, Act("set_period", "retention", 0, {"period": name, "from": was, "to": given.days}), by=by, now=now)
    return row


def days_of(session: Session, periods: Iterable[Period]) -> Mapping[str, int]:
    """For how many days each is kept here."""
    said = {row.name: row.days for row in session.execute(select(Retention.name, Retention.days))}
    return {one.name: said.get(one.name) or one.days for one in periods}


def due_periods(session: Session, personal: Personal, now: datetime) -> Sequence[str]:
    """The periods that were not seen to today."""
    seen = set(session.scalars(select(Retention.name).where(Retention.run_at > now - EVERY)))
    return [one.name for one in personal.periods if one.name not in seen]


def due(session: Session, *, personal: Personal, by: Actor, now: datetime) -> Sequence[Due]:
    """What would be forgotten now, without doing it."""
    by.require(by.is_administrator, "administrator")
    days = days_of(session, personal.periods)
    found = ((one, clause) for one in personal.declared if (clause := _over(session, one, personal, days, now)) is not None)
    return [Due(one, session.scalar(select(func.count()).select_from(one.table).where(clause)) or 0) for one, clause in found]


def forget(session: Session, name: str, *, personal: Personal, by: Actor, now: datetime) -> Forgotten:
    """Forget a batch of what a period kept long enough; when there is nothing left, that it was seen to is noted.

    Doing it again does nothing. What an open complaint, bill or report needs stays.
    """
    by.require(by.is_administrator, "administrator")
    days = days_of(session, personal.periods)
    for one in personal.declared:
        clause = _over(session, one, personal, days, now) if one.period and one.period.name == name else None
        done = forget_rows(session, one, clause, now=now, limit=AT_ONCE) if clause is not None else Forgotten(0, ())
        if done.rows:
            record(session, Act("forget", "retention", 0, {"period": name, "table": one.name, "rows": done.rows}), by=by, now=now)
            return done
    _row(session, name).run_at = now
    session.flush()
    return Forgotten(0, ())


def forget_rows(session: Session, held: Held, clause: ColumnElement[bool], *, now: datetime, limit: int | None = None) -> Forgotten:
    """Empty or delete the rows of something that a clause tells; returns how many, and their files."""
    session.flush()
    table = table_of(held.table)
    keys = list(table.primary_key)
    wanted: Select[Any] = select(*keys, *([table.c[held.file]] if held.file else ())).where(clause, is_left(held))
    rows = session.execute(wanted.order_by(*keys).limit(limit)).all()
    if not rows:
        return Forgotten(0, ())
    named: ColumnExpressionArgument[bool]
    for at in range(0, len(rows), AT_ONCE):
        batch = [tuple(row[: len(keys)]) for row in rows[at : at + AT_ONCE]]
        named = keys[0].in_([key for (key,) in batch]) if len(keys) == 1 else tuple_(*keys).in_(batch)
        if held.way is Way.DELETED:
            session.execute(delete(table).where(named))
        else:
            values = {column: now if value is NOW else value for column, value in held.emptied.items()}
            session.execute(update(table).where(named).values(values))
    session.expire_all()
    return Forgotten(len(rows), [row[-1] for row in rows if held.file and row[-1]])


def is_left(held: Held) -> ColumnElement[bool]:
    """Whether a row holds anything still that is to be emptied."""
    table = table_of(held.table)
    if held.way is Way.DELETED:
        return literal(True)
    texts = {column: value for column, value in held.emptied.items() if value is not NOW}
    return or_(
        *(
            table.c[column].is_not(None) if value is None else table.c[column] != literal(value, table.c[column].type)
            for column, value in texts.items()
        )
    )


def _over(session: Session, held: Held, personal: Personal, days: Mapping[str, int], now: datetime) -> ColumnElement[bool] | None:
    if held.period is None or held.over is None or held.way is Way.KEPT:
        return None
    before = now - timedelta(days=days[held.period.name])
    return and_(held.over(before), is_left(held), ~personal.is_evidence(session, held.booking))


def _row(session: Session, name: str) -> Retention:
    row = session.get(Retention, name)
    if row is None:
        row = Retention(name=name)
        session.add(row)
    return row
