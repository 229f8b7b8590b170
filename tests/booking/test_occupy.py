"""The gate's one question: what it costs does not grow with the claims there are."""

import json
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from booking.occupy import QUERY

FIRST = int(datetime(2026, 9, 1, 8, tzinfo=UTC).timestamp())
# Enough that a database would rather read the whole table than ask an index badly.
CLAIMS, SPACES, DAY = 20_000, 20, 86_400


def fill(session: Session) -> None:
    """Claims of an hour a day in twenty spaces; the rows that they point at are not of interest here."""
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)"
    start = f"{FIRST} + (n / {SPACES}) * {DAY}"
    moments = f"{start}, {start} + 3600"
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        moments = f"to_timestamp({start}), to_timestamp({start} + 3600)"
        for key in ("fk_claim_space_id", "fk_claim_occurrence_id"):
            session.execute(text(f"ALTER TABLE claim DROP CONSTRAINT {key}"))
    insert = f"{numbers} INSERT INTO claim (space_id, occurrence_id, starts_at, ends_at) SELECT 1 + n % {SPACES}, n, {moments} FROM numbers"
    session.execute(text(insert if session.get_bind().dialect.name == "postgresql" else _for_sqlite(insert)), {"last": CLAIMS - 1})


def _for_sqlite(insert: str) -> str:
    """SQLite wants the recursive numbers behind INSERT INTO."""
    numbers, _, rest = insert.partition(" INSERT INTO ")
    target, _, select = rest.partition(" SELECT ")
    return f"INSERT INTO {target} {numbers} SELECT {select}"


def asked(wanted: list[dict[str, int]]) -> dict[str, object]:
    return {"wanted": json.dumps(wanted), "now": FIRST, "due_by": 0}


def plan(session: Session, wanted: list[dict[str, int]]) -> list[str]:
    dialect = session.get_bind().dialect.name
    explain = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
    rows = session.execute(text(f"{explain} {QUERY[dialect].element.text}"), asked(wanted))
    return [str(row[-1]) for row in rows]


def test_what_is_in_the_way_is_looked_up_and_never_read_from_end_to_end(session: Session) -> None:
    fill(session)
    session.execute(text("ANALYZE"))
    wanted = [{"n": n, "space": 1 + n % SPACES, "s": FIRST + n * DAY, "e": FIRST + n * DAY + 7200} for n in range(40)]

    told = "\n".join(plan(session, wanted))
    found = session.execute(QUERY[session.get_bind().dialect.name], asked(wanted)).all()

    assert "Seq Scan on claim" not in told
    assert "SCAN claim" not in told
    assert "ix_claim_space_id" in told
    assert sorted(row.n for row in found) == list(range(40))
