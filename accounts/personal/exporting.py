"""Exporting: all that is held of a person as one readable archive - JSON, what it means, and the files they handed in."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Person
from accounts.personal.held import Held, Personal, Whose
from accounts.personal.looks import looks_at
from database.base import table_of
from kernel.errors import Missing, refuse

FORM = "arena-personal-data/1"
# Secrets are not handed out, not even to whose they are: who steals a session would have them.
HIDDEN = {"password_hash"}


def exported(session: Session, person_id: int, *, personal: Personal, by: Actor, now: datetime) -> dict[str, Any]:
    """What each table holds of a person, moments in UTC; for that person and administrators. Others are told by their keys, and what
    others noted inside the office is left out (Personal Data Act, section 16 e).

    ``held`` has a part for each line of the register: ``table``, ``what`` in words, and its ``rows``. Raises Missing, Forbidden.
    """
    by.require(by.is_administrator or by.person_id == person_id, "administrator")
    person = session.get(Person, person_id)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    whose = Whose(person.id, person.email)
    seen = [{"day": one.on_day.isoformat(), "by": one.viewer, "page": one.place} for one in looks_at(session, person_id, by=by)]
    held = [_part(session, one, whose) for one in personal.declared if one.of is not None]
    return {"form": FORM, "person": person_id, "made_at": now.isoformat(), "held": [one for one in held if one["rows"]], "looked_at": seen}


def archive(found: Mapping[str, Any], readme: str, *, folder: Path) -> bytes:
    """A ZIP of what was found, of a text that explains it, and of the uploaded files that its rows name."""
    body = BytesIO()
    files = [name for part in found["held"] for name in part["files"]]
    with ZipFile(body, "w", ZIP_DEFLATED) as into:
        into.writestr("LES-MEG.txt", readme)
        into.writestr("personal-data.json", json.dumps(found, ensure_ascii=False, indent=2))
        for name in files:
            if (folder / name).is_file():
                into.write(folder / name, f"files/{name}")
    return body.getvalue()


def _part(session: Session, held: Held, whose: Whose) -> dict[str, Any]:
    table = table_of(held.table)
    keys = [column.name for column in table.primary_key]
    names = list(dict.fromkeys([*keys, *(name for name in held.columns if name not in HIDDEN)]))
    clauses = [which(whose) for which in (held.of, held.handed) if which is not None]
    rows = session.execute(select(*(table.c[name] for name in names)).where(*clauses).order_by(*table.primary_key)).all()
    told = [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in rows]
    files = [row[held.file] for row in told if held.file and row[held.file]]
    return {"table": held.name, "what": held.what, "rows": told, "files": files}


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case _:
            return value
