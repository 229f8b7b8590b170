"""Asked: the conditions of a verdict as they are kept - each in its words once, and with a date what it asks and by when."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from database.base import Json
from policies.entry import due_by
from policies.verdict import Condition

CONDITION = TypeAdapter(Condition)
# The same words on both databases; whoever asked the same before wrote the same row.
INTO_CONDITIONS = text(
    "INSERT INTO condition (digest, what, whose, value) VALUES (:digest, :what, :whose, :value) ON CONFLICT (digest) DO NOTHING"
).bindparams(bindparam("value", type_=Json))


def asked_of(conditions: Iterable[Condition], *, decided: date, use: date) -> dict[str, str | None] | None:
    """What a date of use asks, as its row keeps it: the digest of each condition with the date by which it is due, which is not before
    the day on which it was ``decided``; None for nothing."""
    due = {digest_of(condition): due_by((condition.due,), decided=decided, use=use) for condition in conditions}
    return {digest: day.isoformat() if day else None for digest, day in due.items()} or None


def keep_words(session: Session, conditions: Iterable[Condition]) -> None:
    """Write the words of the conditions that nobody was asked before."""
    rows = {digest_of(one): {"what": one.what, "whose": str(one.whose), "value": _words(one)} for one in conditions}
    if rows:
        session.connection().execute(INTO_CONDITIONS, [{"digest": digest, **rows[digest]} for digest in sorted(rows)])


def condition_of(value: dict[str, Any]) -> Condition:
    """The condition of stored words; by when it is due, each date says for itself."""
    return CONDITION.validate_python(value)


def digest_of(condition: Condition) -> str:
    """The name of the condition's words."""
    return sha256(json.dumps(_words(condition), sort_keys=True).encode()).hexdigest()[:32]


def _words(condition: Condition) -> dict[str, Any]:
    written: dict[str, Any] = CONDITION.dump_python(replace(condition, due=None), mode="json")
    return written
