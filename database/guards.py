"""Guards: what the database itself refuses - overlapping claims, and any change of audit rows, published policies or judgements."""

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

OVERLAP = """
EXISTS (SELECT 1 FROM claim WHERE space_id = NEW.space_id AND starts_at >= NEW.starts_at AND starts_at < NEW.ends_at)
OR coalesce((SELECT ends_at FROM claim WHERE space_id = NEW.space_id AND starts_at < NEW.starts_at
             ORDER BY starts_at DESC LIMIT 1) > NEW.starts_at, 0)
"""


@dataclass(frozen=True, slots=True)
class Guard:
    """A named trigger or constraint on a table, with the statement that makes it."""

    name: str
    table: str
    make: str


def _frozen(table: str, event: str) -> Guard:
    name = f"{table}_no_{event.lower()}"
    return Guard(name, table, f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{name}'); END")


def _frozen_on_postgresql(table: str, event: str) -> Guard:
    name = f"{table}_no_{event.lower()}"
    level = "STATEMENT" if event == "TRUNCATE" else "ROW"
    return Guard(name, table, f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {level} EXECUTE FUNCTION arena_refuse()")


REFUSE = """
CREATE OR REPLACE FUNCTION arena_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_OP || ' on ' || TG_TABLE_NAME || ' is refused'; END $$
"""
FROZEN = ("audit", "policy_version", "judgement")
# A claim is never updated: moves delete and insert. Claims of a space are disjoint, so two probes see every overlap.
DISJOINT_BY_TRIGGER = f"""
CREATE TRIGGER claim_guard BEFORE INSERT ON claim WHEN {OVERLAP}
BEGIN SELECT RAISE(ABORT, 'claim_guard'); END
"""
DISJOINT_BY_CONSTRAINT = """
ALTER TABLE claim ADD CONSTRAINT claim_guard
EXCLUDE USING gist (space_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
"""
SQLITE = (
    Guard("claim_guard", "claim", DISJOINT_BY_TRIGGER),
    _frozen("claim", "UPDATE"),
    *(_frozen(table, event) for table in FROZEN for event in ("UPDATE", "DELETE")),
)
POSTGRESQL = (
    Guard("claim_guard", "claim", DISJOINT_BY_CONSTRAINT),
    _frozen_on_postgresql("claim", "UPDATE"),
    *(_frozen_on_postgresql(table, event) for table in FROZEN for event in ("UPDATE", "DELETE", "TRUNCATE")),
)
PRESENT = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    # An invalid or disabled guard guards nothing.
    "postgresql": """SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'x' AND convalidated
                     UNION ALL SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')""",
}


def missing_guards(connection: Connection) -> tuple[str, ...]:
    """The names of guards that should be in this database and are not."""
    present = {(name, table) for name, table in connection.execute(text(PRESENT[connection.dialect.name]))}
    return tuple(guard.name for guard in _wanted(connection) if (guard.name, guard.table) not in present)


def install_guards(connection: Connection) -> None:
    """Make the guards that are missing; run after every migration, because rebuilding a SQLite table drops triggers."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS btree_gist")
        connection.exec_driver_sql(REFUSE)
    missing = missing_guards(connection)
    tables = inspect(connection).get_table_names()
    for guard in _wanted(connection):
        if guard.name in missing and guard.table in tables:
            connection.exec_driver_sql(guard.make)


def _wanted(connection: Connection) -> tuple[Guard, ...]:
    return SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL
