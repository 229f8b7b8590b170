"""What is logged names people by key alone, whatever people write."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.audit import Audit
from kernel.reach import REACH
from tests import cast
from tests.authority.sending import send
from tests.authority.table import rows
from tests.authority.test_every_verb import Undone, cells, is_done
from tests.authority.tries import TRIES, Try
from tests.authority.world import World

T = TypeVar("T")
WRITTEN = {"reason", "text", "note", "message", "internal", "why", "cause", "answer", "grounds", "others", "purpose", "duties", "decision"}
NAMED = "Ring Berit Moe på 99000003 eller berit@example.org."


class Logged(Undone):
    """Undoes what a verb did, and keeps what it logged."""

    facts: list[tuple[str, dict[str, Any]]]

    def _once(self, verb: Callable[[Session], T], *, again: bool) -> T:
        def watched(session: Session) -> T:
            before = session.scalar(select(func.max(Audit.id))) or 0
            answer = verb(session)
            session.flush()
            self.facts += [(row.verb, row.facts) for row in session.execute(select(Audit.verb, Audit.facts).where(Audit.id > before))]
            return answer

        return super()._once(watched, again=again)


def test_the_log_names_people_by_key_alone_whatever_they_write(app: Flask, world: World, cookies: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    table, database = rows(), app.extensions["database"]
    app.extensions["database"] = watching = Logged(database.url)
    with database.reading() as session:
        watching.facts = [(row.verb, row.facts) for row in session.execute(select(Audit.verb, Audit.facts))]

    for verb, name in first_of_each(table):
        for attempt in TRIES[verb](world):
            send(app, naming(attempt), name, world, cookies)
            send(app, attempt, name, world, cookies)

    verbs = {verb for verb, _facts in watching.facts}
    told = [(verb, text) for verb, facts in watching.facts for text in texts_in(facts) if names_somebody(text)]
    assert told == []
    assert {"displace", "refuse", "cancel", "note_standing", "note", "withdraw", "dispute", "end_delegation"} - verbs == set()
    database.engine.dispose()


def first_of_each(table: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Each verb with the first who may do it."""
    seen = set()
    for verb, name in cells(table):
        if verb not in seen and is_done(table, (verb, name)):
            seen.add(verb)
            yield verb, name


def naming(attempt: Try) -> Try:
    """The same try, with people named in all that is written freely."""
    return replace(attempt, form=_naming(attempt.form), json=_naming(attempt.json))


def _naming(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _naming(inner, key.rpartition(".")[2]) for key, inner in value.items()}
    return NAMED if name in WRITTEN and isinstance(value, str) else value


def texts_in(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from (key, *texts_in(inner))
        case list():
            for inner in value:
                yield from texts_in(inner)
        case str():
            yield value


def names_somebody(text: str) -> bool:
    people = [word for name, surname in cast.SURNAMES.items() for word in (name, surname)]
    return bool(REACH.search(text)) or any(person.lower() in text.lower().split() for person in people)
