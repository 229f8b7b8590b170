"""Migrates an empty database of each kind and says where models, migrations and guards disagree."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests import postgres

FLASK = (sys.executable, "-m", "flask", "--app", "app", "database")
NAME = "arena_check"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, fresh(folder) as urls:
        return max(checked(url, folder) for url in urls)


@contextmanager
def fresh(folder: str) -> Iterator[list[str]]:
    """URLs of an empty database of each kind that this machine has."""
    here = f"sqlite:///{Path(folder) / 'check.sqlite'}"
    if not postgres.is_available():
        print(f"PostgreSQL is not here, only SQLite is checked: {postgres.HOW}")
        yield [here]
        return
    with postgres.server() as server:
        plain = make_url(server)
        with psycopg.connect(plain.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {NAME}")
        yield [here, plain.set(database=NAME).render_as_string(hide_password=False)]


def checked(url: str, folder: str) -> int:
    environment = {"DATABASE_URL": url, "DEMO": "1", "INSTANCE": folder}
    for command in ("upgrade", "check"):
        code = subprocess.run([*FLASK, command], env=environment, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
