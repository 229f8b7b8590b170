"""Floors: a small Flask app that does as little as one can for the same work, under the same server as the program."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, request
from pydantic_core import to_json

from bench import rawsql
from bench.rawsql import Raw
from booking.references import new_reference
from database.engine import sqlite_file
from database.outbox import UNDO_WITHIN
from database.transact import Database, WriteQueue

OSLO = ZoneInfo("Europe/Oslo")
BODY = "BODY"


def create() -> Flask:
    """The floors on DATABASE_URL; INSTANCE holds the body that ``/bytes`` gives."""
    app = Flask("floors")
    database = Database(os.environ["DATABASE_URL"])
    body = Path(os.environ["INSTANCE"]) / BODY
    kept = body.read_bytes() if body.exists() else b""
    known = _known(database)
    app.add_url_rule("/healthz", view_func=lambda: "ok", endpoint="healthz")
    app.add_url_rule("/empty", view_func=lambda: "", endpoint="empty")
    app.add_url_rule("/bytes", view_func=lambda: Response(kept, content_type="text/calendar"), endpoint="bytes")
    writer = Writer(database)
    app.add_url_rule("/thin", view_func=lambda: _answer(writer, _thin), endpoint="thin", methods=["POST"])
    app.add_url_rule("/floor", view_func=lambda: _answer(writer, _whole, known), endpoint="floor", methods=["POST"])
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


@dataclass(frozen=True, slots=True)
class Known:
    """What the floor need not look up, as the program need not: a judgement to write again, for it does not judge, and the rooms
    with their spaces by the names in their addresses."""

    judged: Any
    rooms: Mapping[str, tuple[int, int]]


def _known(database: Database) -> Known:
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT judged FROM judgement ORDER BY id DESC LIMIT 1").scalar()
        rooms = connection.exec_driver_sql(rawsql.ROOMS).all()
    judged = json.loads(found) if isinstance(found, str) else found
    return Known(judged, {f"{venue}/{room}": (room_id, space) for venue, room, room_id, space in rooms})


def _answer(writer: Writer, verb: Callable[..., dict[str, Any]], *more: Known) -> tuple[dict[str, Any], int]:
    values = _values(request.get_json(), is_sqlite=writer.queue is not None)
    return writer.write(verb, values, *more), 201


def _values(body: dict[str, Any], *, is_sqlite: bool) -> dict[str, Any]:
    """What the statements are given, instants as the database keeps them."""
    start, end = datetime.fromisoformat(body["start"]), datetime.fromisoformat(body["end"])
    starts, ends, now = start.replace(tzinfo=OSLO).astimezone(UTC), end.replace(tzinfo=OSLO).astimezone(UTC), datetime.now(UTC)
    instants = {"starts_at": starts, "ends_at": ends, "now": now.replace(microsecond=0), "due": now.replace(microsecond=0) + UNDO_WITHIN}
    token = request.headers["Authorization"].removeprefix("Bearer ")
    return {
        **{name: int(moment.timestamp()) if is_sqlite else moment for name, moment in instants.items()},
        **{name: body[name] for name in ("room", "purpose", "activity", "organisation")},
        "local_start": start.isoformat(" "),
        "local_end": end.isoformat(" "),
        "zone": "Europe/Oslo",
        "participants": json.dumps(body["participants"]),
        "hash": sha256(token.encode()).hexdigest(),
        "space_id": body.get("space"),
        "occurrence_id": body.get("occurrence"),
        "told": {"participants": body["participants"], "start": starts.isoformat(), "end": ends.isoformat()},
        "looked_at": {"n": 0, "s": int(starts.timestamp()), "e": int(ends.timestamp()), "now": int(now.timestamp())},
    }


def _thin(raw: Raw, values: dict[str, Any]) -> dict[str, Any]:
    """Parse, and one insert that the guard looks at."""
    raw.write(rawsql.CLAIM, values)
    return {"start": values["local_start"]}


def _whole(raw: Raw, values: dict[str, Any], known: Known) -> dict[str, Any]:
    """The same look-ups and the same rows as a booking, without looking at what was found."""
    actor = raw.rows(rawsql.ACTOR, values)[0]
    room_id, space_id = known.rooms[values["room"]]
    # Ours takes another reference where one was given before; the floor has names enough to need none.
    values |= {"holder_id": actor[0], "room_id": room_id, "space_id": space_id, "reference": f"{new_reference()}-{secrets.token_hex(4)}"}
    parties = raw.rows(rawsql.PARTIES, values)[0]
    values |= {"name": parties[1], "phone": parties[2], "organisation_id": parties[4], "applicant_class": parties[6]}
    if raw.is_postgresql:
        raw.rows(rawsql.LOCKS, values)
    raw.rows(rawsql.REVISIONS, values)
    raw.rows(rawsql.RIGHTS, values)
    wanted = {"wanted": json.dumps([values["looked_at"] | {"space": space_id}]), "now": values["looked_at"]["now"], "due_by": 0}
    if raw.rows(rawsql.IN_THE_WAY[raw.kind], wanted):
        raise RuntimeError(f"taken: {values['local_start']}")
    return _written(raw, values, known, parties[5])


def _written(raw: Raw, values: dict[str, Any], known: Known, organisation: str) -> dict[str, Any]:
    values["judged"] = to_json(known.judged).decode()
    values["booking_id"] = raw.rows(rawsql.BOOKING, values)[0][0]
    values["occurrence_id"] = raw.rows(rawsql.OCCURRENCE, values)[0][0]
    facts = {"state": "booked", "version": 1, "dates": 1, "kept": 1, "organisation": values["organisation_id"]}
    values["facts"] = json.dumps(facts)
    for row in rawsql.ROWS:
        raw.write(row, values)
    return _told(values, organisation)


def _told(values: dict[str, Any], organisation: str) -> dict[str, Any]:
    """What the program answers, as long and as deep."""
    said = ("reference", "room", "purpose", "activity")
    nothing = dict.fromkeys(("split_from", "agreement", "grant", "decide_by", "paused_at", "confirm_by"))
    empty = {"decider": "", "decision_reason": "", "exceptions": [], "exception_reason": "", "needed": [], "resources": {}, "team": ""}
    date = {name: values[name] for name in ("room", "local_start", "local_end", "zone")}
    date |= {"start": values["told"]["start"], "end": values["told"]["end"], "number": 1, "state": "booked", "reason": ""}
    date |= {"list_price": 80000, "charged_price": 80000, "tariff": "2027 2027-01-01", "lost_to": "", "sequence": 0}
    return {
        **{name: values[name] for name in said},
        **nothing,
        **empty,
        "id": values["booking_id"],
        "version": 1,
        "state": "booked",
        "organisation": organisation,
        "participants": values["told"]["participants"],
        "contact": values["name"],
        "contact_phone": values["phone"],
        "open_to_all": False,
        "public": {},
        "shown_publicly": True,
        "occurrences": [date | dict.fromkeys(("fee", "absent_at", "offer"))],
    }
