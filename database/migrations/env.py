"""Alembic's environment: one set of migrations for both databases; the guards are seen to after each run."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection

from database.base import Base
from database.engine import make_engine
from database.guards import install_guards
from database.types import Instant, LocalTime, Word


def render(kind: str, thing: object, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names in a new revision."""
    if kind != "type" or not isinstance(thing, Instant | LocalTime | Word | JSON):
        return False
    if isinstance(thing, Word):
        return "sa.String(40)"
    name = "Json" if isinstance(thing, JSON) else type(thing).__name__
    autogenerate.imports.add(f"from database.base import {name}")
    return "Json" if name == "Json" else f"{name}()"


def run(connection: Connection) -> None:
    """Run the wanted revisions in one transaction; rebuilding a SQLite table needs its foreign keys unchecked."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        render_as_batch=True,
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()
        install_guards(connection)


url = context.config.get_main_option("sqlalchemy.url")
if not url:
    raise SystemExit("run migrations with 'flask --app app database upgrade'")
engine = make_engine(url)
with engine.connect() as plain:
    run(plain.execution_options(writes=True))
engine.dispose()
