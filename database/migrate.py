"""Migrations from Python: bring a database to the newest revision, and tell whether it is there."""

import warnings
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from database.base import Base
from database.engine import make_engine
from database.guards import missing_guards

FOLDER = Path(__file__).parent / "migrations"


def config(url: str) -> Config:
    """Alembic's configuration for a database URL."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return settings


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision and see that every guard stands."""
    command.upgrade(config(url), revision)


def faults(connection: Connection, url: str) -> tuple[str, ...]:
    """What keeps the database from being ready: another revision than the code's, or guards that are missing."""
    head = ScriptDirectory.from_config(config(url)).get_current_head()
    current = MigrationContext.configure(connection).get_current_revision()
    found = [] if current == head else [f"revision is {current or 'none'}, the code needs {head}: run 'flask --app app database upgrade'"]
    if current is not None:
        found += [f"guard {name} is missing: run 'flask --app app database upgrade'" for name in missing_guards(connection)]
    return tuple(found)


def differences(url: str) -> list[str]:
    """Where the models and a migrated database disagree; the guards are compared by ``faults``."""
    engine = make_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        with warnings.catch_warnings():  # that SQLite's indexes of expressions cannot be compared is nothing for whoever asks
            warnings.simplefilter("ignore")
            found = [str(difference) for difference in compare_metadata(context, Base.metadata)]
    engine.dispose()
    return found
