"""Settings of a round: what a caretaker wants to be sent, and when."""

from datetime import datetime, timedelta
from typing import Annotated

from annotated_types import Ge, Lt
from sqlalchemy.orm import Session

from accounts.identity import Actor, Role
from booking.rounds.changes import look
from booking.rounds.duty import A_DAY, has_come, today
from booking.rounds.models import ChangesWanted, RoundSetting, SheetWanted
from database.audit import Act, record
from database.locks import Key, Subject, lock
from web.fields import Clock
from web.forms import Input

USUAL_HOUR = timedelta(hours=6, minutes=30)
A_MINUTE = timedelta(minutes=1)


class SettingInput(Input):
    """Whether and when a sheet is sent, and how changes are told."""

    sheet: SheetWanted
    at: Annotated[Clock, Ge(timedelta()), Lt(A_DAY)] = USUAL_HOUR
    changes: ChangesWanted


def choose(session: Session, given: SettingInput, *, by: Actor, now: datetime) -> RoundSetting:
    """Say what one wants to be sent: a sheet from the next time that its hour comes, changes from now on."""
    by.require(Role.CARETAKER in by.roles, "caretaker")
    person_id = by.require_known()
    lock(session, Key(Subject.PERSON, person_id))
    row = session.get(RoundSetting, person_id) or RoundSetting(person_id=person_id)
    row.sheet, row.at_minute, row.changes = given.sheet, int(given.at / A_MINUTE), given.changes
    row.told = look(session, by.venues, now)
    if has_come(row.at_minute, now):
        row.begun_on = today(now)
    session.add(row)
    facts = {"sheet": given.sheet, "minute": row.at_minute, "changes": given.changes}
    record(session, Act("choose_round", "person", person_id, facts, holder_id=person_id), by=by, now=now)
    session.flush()
    return row
