"""Floors: a small Flask app that does as little as one can for the same work, under the same server as the program."""

import json
import os
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, request

from bench import rawsql
from bench.rawsql import Raw
from booking.references import new_reference
from database.engine import sqlite_file
from database.transact import Database, WriteQueue

OSLO = ZoneInfo("Europe/Oslo")
BODY = "BODY"


def create() -> Flask:
    """The floors on DATABASE_URL; INSTANCE holds the body that ``/bytes`` gives."""
    app = Flask("floors")
    database = Database(os.environ["DATABASE_URL"])
    body = Path(os.environ["INSTANCE"]) / BODY
    kept = body.read_bytes() if body.exists() else b""
    judged = _judged(database)
    app.add_url_rule("/healthz", view_func=lambda: "ok", endpoint="healthz")
    app.add_url_rule("/empty", view_func=lambda: "", endpoint="empty")
    app.add_url_rule("/bytes", view_func=lambda: Response(kept, content_type="text/calendar"), endpoint="bytes")
    writer = Writer(database)
    app.add_url_rule("/thin", view_func=lambda: _answer(writer, _thin), endpoint="thin", methods=["POST"])
    app.add_url_rule("/floor", view_func=lambda: _answer(writer, _whole, judged), endpoint="floor", methods=["POST"])
    return app


class Writer:
    """One durable transaction at a time on SQLite, in the program's queue; on PostgreSQL as many as come."""

    def __init__(self, database: Database) -> None:
        self.engine = database.engine
        file = sqlite_file(self.engine)
        self.queue = WriteQueue(file.with_name(file.name + ".writers")) if file else None

    def write(self, verb: Callable[..., dict[str, Any]], *given: object) -> dict[str, Any]:
        with self.queue.turn() if self.queue else nullcontext(), self.engine.connect().execution_options(writes=True) as connection:
            answer = verb(Raw(connection), *given)
            connection.commit()
            return answer


def _judged(database: Database) -> str:
    """A judgement that the program wrote, to write again: the floor does not judge."""
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT judged FROM judgement ORDER BY id DESC LIMIT 1").scalar()
    return found if isinstance(found, str) else json.dumps(found)


def _answer(writer: Writer, verb: Callable[..., dict[str, Any]], *more: str) -> tuple[dict[str, Any], int]:
    values = _values(request.get_json(), is_sqlite=writer.queue is not None)
    return writer.write(verb, values, *more), 201


def _values(body: dict[str, Any], *, is_sqlite: bool) -> dict[str, Any]:
    """What the statements are given, instants as the database keeps them."""
    start, end = datetime.fromisoformat(body["start"]), datetime.fromisoformat(body["end"])
    instants: dict[str, Any] = {
        "starts_at": start.replace(tzinfo=OSLO).astimezone(UTC),
        "ends_at": end.replace(tzinfo=OSLO).astimezone(UTC),
        "now": datetime.now(UTC).replace(microsecond=0),
    }
    if is_sqlite:
        instants = {name: int(moment.timestamp()) for name, moment in instants.items()}
    venue, _, room = body["room"].partition("/")
    walls = {"local_start": start.isoformat(" "), "local_end": end.isoformat(" "), "day": start.date().isoformat()}
    given = {"purpose": body["purpose"], "activity": body["activity"], "participants": json.dumps(body["participants"])}
    token = request.headers["Authorization"].removeprefix("Bearer ")
    return {
        **instants,
        **walls,
        **given,
        "venue": venue,
        "room": room,
        "zone": "Europe/Oslo",
        "hash": sha256(token.encode()).hexdigest(),
    } | {
        "organisation": body["organisation"],
        "space_id": body.get("space"),
        "occurrence_id": body.get("occurrence"),
    }


def _thin(raw: Raw, values: dict[str, Any]) -> dict[str, Any]:
    """Parse, and one insert that the guard looks at."""
    raw.write(rawsql.CLAIM, values)
    return {"start": values["local_start"]}


def _whole(raw: Raw, values: dict[str, Any], judged: str) -> dict[str, Any]:
    """The same look-ups and the same rows as a booking, without looking at what was found."""
    actor = raw.rows(rawsql.ACTOR, values)[0]
    room = raw.rows(rawsql.ROOM, values)[0]
    values |= {"holder_id": actor[0], "room_id": room[0], "venue_id": room[1], "reference": new_reference(), "judged": judged}
    values["space_id"] = raw.rows(rawsql.SPACES, values)[0][0]
    holder = raw.rows(rawsql.HOLDER, values)[0]
    organisation = raw.rows(rawsql.ORGANISATION, values)[0]
    values |= {"name": holder[1], "phone": holder[2], "organisation_id": organisation[0], "applicant_class": organisation[2]}
    if raw.is_postgresql:
        raw.rows(rawsql.LOCKS, values)
    for look_up in rawsql.LOOK_UPS:
        raw.rows(look_up, values)
    raw.rows(rawsql.EXPIRED, values)
    if raw.rows(rawsql.IN_THE_WAY, values):
        raise RuntimeError(f"taken: {values['local_start']}")
    return _written(raw, values, organisation[1])


def _written(raw: Raw, values: dict[str, Any], organisation: str) -> dict[str, Any]:
    values["booking_id"] = raw.rows(rawsql.BOOKING, values)[0][0]
    values["occurrence_id"] = raw.rows(rawsql.OCCURRENCE, values)[0][0]
    values["facts"] = json.dumps({"state": "booked", "dates": 1, "kept": 1, "organisation": values["organisation_id"]})
    for row in rawsql.ROWS:
        raw.write(row, values)
    told = ("reference", "purpose", "activity", "zone", "local_start", "local_end")
    return {name: values[name] for name in told} | {"id": values["booking_id"], "organisation": organisation, "state": "booked"}
