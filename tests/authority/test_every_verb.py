"""Every verb is tried as everybody, on its page and in the API: both say the same, and what is refused changes nothing."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from database.transact import Database
from tests.authority.sending import send
from tests.authority.table import rows
from tests.authority.tries import TRIES, Try
from tests.authority.world import World
from tests.contents import changed, contents

T = TypeVar("T")
HEARD = {200: "ok", 201: "ok", 303: "ok", 401: "in", 403: "no", 404: "--"}
WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class Undone(Database):
    """Runs a verb as always and then forgets what it did, so that the next try finds the house as it was."""

    def _once(self, verb: Callable[[Session], T], *, again: bool) -> T:
        with self._writing() as connection, Session(connection, expire_on_commit=False) as session:
            answer = verb(session)
            session.flush()
            session.expunge_all()
            return answer


def test_each_verb_does_it_for_some_and_refuses_all_others_on_page_and_api_alike(app: Flask, world: World, cookies: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    table, database = rows(), app.extensions["database"]
    for name in cookies:
        send(app, Try("/api/v1/feeds", method="GET"), name, world, cookies)  # that a token was used is noted once
    before = contents(database.engine)

    refused = {cell: heard(app, *cell, world, cookies) for cell in cells(table) if not is_done(table, cell)}
    after = contents(database.engine)
    app.extensions["database"] = Undone(database.url)
    done = {cell: heard(app, *cell, world, cookies) for cell in cells(table) if is_done(table, cell)}

    assert {cell: said for cell, said in (refused | done).items() if said != table[cell[0]][cell[1]]} == {}
    assert changed(before, after) == []
    assert changed(after, contents(database.engine)) == []
    database.engine.dispose()


def test_the_table_leaves_no_route_out_that_writes(app: Flask, world: World) -> None:
    routes = {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in WRITES & set(rule.methods or ())}
    adapter = app.url_map.bind("localhost")

    tried = {
        (adapter.match(attempt.address, method=attempt.method)[0], attempt.method)
        for tries in TRIES.values()
        for attempt in tries(world)
        if attempt.method in WRITES
    }

    assert tried == routes
    assert list(TRIES) == list(rows())


def cells(table: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    yield from ((verb, name) for verb, row in table.items() for name in row)


def is_done(table: dict[str, dict[str, str]], cell: tuple[str, str]) -> bool:
    return table[cell[0]][cell[1]] == "ok"


def heard(app: Flask, verb: str, name: str, world: World, cookies: dict[str, str]) -> str:
    """What somebody hears who tries the verb, in the words of the table; both answers where page and API differ."""
    answers = [send(app, attempt, name, world, cookies).status_code for attempt in TRIES[verb](world)]
    return " and ".join(sorted({HEARD.get(status, str(status)) for status in answers}))
