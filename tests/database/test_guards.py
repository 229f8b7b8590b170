"""What the database itself refuses."""

from database.migrate import faults
from database.transact import Database


def test_a_migrated_database_has_no_faults(database: Database) -> None:
    with database.engine.connect() as connection:
        assert faults(connection, database.url) == ()
