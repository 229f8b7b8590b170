"""Changed: what was done to a booking since somebody saw a version of it, told from the audit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, not_, or_, select
from sqlalchemy.orm import Session

from accounts.identity import Role
from accounts.queries import names_of_people, roles_of
from booking.models import Booking
from database.audit import Audit

MOST = 20
# An undo says from which version to which the act led that it took back; earlier ones did not.
NEVER = (-1, -1)
# What is only said about a booking; all but WRITE move the clock of what was promised.
# What those who work on a case do among themselves: an applicant hears nothing of it, and no act of theirs is refused for it.
INTERNAL = frozenset(("assign", "note"))
WRITE, SAID = INTERNAL | {"write"}, INTERNAL | {"write", "ask", "answer", "withdraw_question"}


@dataclass(frozen=True, slots=True)
class Change:
    """An act on a booking: its verb, the numbers of the dates that it was about, when, by whom; ``role`` is the highest of
    theirs, None for an applicant, and the name is empty where the service itself acted."""

    verb: str
    numbers: tuple[int, ...]
    at: datetime
    name: str
    role: Role | None

    def to_json(self, booking: Booking) -> dict[str, Any]:
        """The change without names, for the API: ``by`` is a role, ``applicant`` or ``service``; dates by their wall-clock starts."""
        by = str(self.role) if self.role else "applicant" if self.name else "service"
        starts = [f"{date.local_start:%Y-%m-%dT%H:%M}" for date in booking.occurrences if date.number in self.numbers]
        return {"verb": self.verb, "at": self.at.isoformat(), "by": by, "dates": starts}


def changes_since(session: Session, booking: Booking, version: int) -> Sequence[Change]:
    """The acts that made a booking newer than that version, oldest first, at most twenty; three statements."""
    rows = _acts_since(session, booking, version)
    hands = {row.hand_id for row in rows if row.hand_id}
    names, roles = names_of_people(session, hands), _highest(session, hands)
    return [Change(row.verb, _numbers(row), row.at, names.get(row.hand_id or 0, ""), roles.get(row.hand_id or 0)) for row in rows]


def is_only_said(session: Session, booking: Booking, version: int, verbs: Collection[str]) -> bool:
    """Whether nothing but these was done to a booking since that version and is not undone; no statement where nothing was."""
    if booking.version == version:
        return True
    numbered = dict(enumerate(_acts_since(session, booking, version), start=version + 1))
    if len(numbered) != booking.version - version:
        return False
    for number, act in [*numbered.items()]:
        began, ended = act.facts.get("versions", NEVER) if act.verb == "undo" else NEVER
        if began >= version:
            for undone in (*range(began + 1, ended + 1), number):
                numbered.pop(undone, None)
    return all(act.verb in verbs for act in numbered.values())


def _acts_since(session: Session, booking: Booking, version: int) -> Sequence[Audit]:
    """The acts that made a booking newer than that version, oldest first, at most twenty.

    Every act that raises the version by one writes one row about the booking or its case: the newest so many rows are those acts.
    Beside them an import says from which plan it made a booking, and what is said of how a date was used names what it added.
    """
    is_of_use = Audit.facts["usage"].as_integer().is_not(None)
    is_act = and_(Audit.subject == "booking", Audit.verb != "import", not_(is_of_use))
    raises = or_(is_act, and_(Audit.subject == "case", Audit.verb.in_(INTERNAL)))
    newest = select(Audit).where(Audit.subject_id == booking.id, raises).order_by(Audit.id.desc())
    return session.scalars(newest.limit(min(max(booking.version - version, 0), MOST))).all()[::-1]


def _highest(session: Session, hands: set[int]) -> dict[int, Role]:
    ladder = list(Role)
    grants = sorted(roles_of(session, hands), key=lambda grant: ladder.index(grant.role))
    return {grant.person_id: grant.role for grant in grants}


def _numbers(row: Audit) -> tuple[int, ...]:
    found = row.facts.get("number", row.facts.get("dates", ()))
    return (found,) if isinstance(found, int) else tuple(found)
