"""A year of everything that is known to be read wrongly: two independent readers find in each feed what the database holds."""

from pathlib import Path

import pytest
from flask import Flask

from database.transact import Database
from tests.calendars.year import build, by_icalendar, by_vobject, held, rendered


@pytest.mark.parametrize("seed", [7])
def test_every_kind_of_feed_is_read_as_the_database_has_it(seed: int, app: Flask, tmp_path: Path) -> None:
    database: Database = app.extensions["database"]
    kinds = database.transact(build, 120, seed=seed)

    for name, text in rendered(database, kinds, tmp_path / "cache").items():
        with database.reading() as session:
            expected = held(session, kinds[name])
        assert len(expected) > 10, name
        assert by_icalendar(text) == expected, name
        assert by_vobject(text) == expected, name
        assert max(map(len, text.split(b"\r\n"))) <= 75, name
