"""Runs: what-ifs that officers ask for wait in a table, are leased by one process at a time, and tell how far they are."""

import threading
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Select, and_, delete, or_, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking.compared import Compared
from booking.models import WhatIf
from booking.states import RunState
from booking.turns import attempt
from booking.whatif import Question, last_season, what_if
from database.audit import Act, record
from database.failures import passes
from database.locks import lock
from database.transact import Database
from kernel.clock import now as clock_now
from kernel.errors import Fault, Refusal
from policies.document import checked
from policies.places import Place, draft_seen
from policies.verbs import EVERY_POLICY
from web.logs import log_defect
from web.problems import simple

# A run says each second that it lives; one that has not for so long was killed.
LEASE = timedelta(seconds=30)
# A worker looks each second, and has a processor to itself; a process that serves pages does it where there is none.
PATIENCE = timedelta(seconds=4)
TELLS_EVERY = 1.0
MOST_BEGUN = 3
KEPT = timedelta(days=7)
# Under this name the app keeps what begins to run them.
RUN_WHAT_IFS = "run_what_ifs"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of use to try a draft on; what is left out is a year back, and all that is coming."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """A what-if that is this process's to run; ``begun`` tells its lease from those before it."""

    id: int
    begun: int


class TakenOver(Exception):
    """Another process runs it now, because this one was silent for too long."""


def ask(session: Session, place: Place, dates: Dates, *, version: int, by: Actor, now: datetime) -> WhatIf:
    """Put the place's draft as it was seen to be tried on its dates; who asks the same while it waits or runs gets that.

    Raises Missing (``no-draft``), Stale when the draft was changed since, Invalid (``end-before-start``), Forbidden to all
    but officers.
    """
    by.require(by.is_officer, "officer")
    lock(session, EVERY_POLICY)
    draft = draft_seen(session, place, version)
    since = dates.since or last_season(session, now)
    Question(place=place, draft=checked(draft.document), since=since, until=dates.until)
    last = latest(session, place)
    if last and not is_over(last) and (last.document, last.since, last.until) == (draft.document, since, dates.until):
        return last
    asked = WhatIf(scope=place.scope, venue_id=place.venue_id, room_id=place.room_id, draft_version=version, document=draft.document)
    asked.since, asked.until, asked.asked_by, asked.asked_at = since, dates.until, by.person_id, now
    session.add(asked)
    session.flush()
    record(session, Act("ask-what-if", "what_if", asked.id, {"scope": place.scope, "draft": version}), by=by, now=now)
    return asked


def latest(session: Session, place: Place) -> WhatIf | None:
    """What was asked last about a place."""
    return session.scalar(select(WhatIf).where(WhatIf.scope == place.scope).order_by(WhatIf.id.desc()).limit(1))


def is_over(asked: WhatIf) -> bool:
    """Whether nothing more will come of it."""
    return asked.state in (RunState.DONE, RunState.FAILED)


def is_left(asked: WhatIf, now: datetime) -> bool:
    """Whether it waits in vain: no worker took it up at once, or whoever ran it is silent."""
    if asked.state is RunState.WAITING:
        return asked.asked_at + PATIENCE <= now
    return asked.state is RunState.RUNNING and asked.leased_until is not None and asked.leased_until <= now


def forget_old(session: Session, *, by: Actor, now: datetime) -> None:
    """Delete what was asked more than a week ago."""
    by.require(by.is_administrator, "administrator")
    session.execute(delete(WhatIf).where(WhatIf.asked_at < now - KEPT))


def lease(session: Session, *, by: Actor, now: datetime) -> Leased | None:
    """Take the oldest what-if that nobody runs; one that was begun too often is given up instead."""
    by.require(by.is_administrator, "administrator")
    free = _free(now).order_by(WhatIf.id)
    for asked in session.scalars(free.with_for_update(skip_locked=True)):
        if asked.begun < MOST_BEGUN:
            asked.state, asked.begun, asked.leased_until = RunState.RUNNING, asked.begun + 1, now + LEASE
            return Leased(asked.id, asked.begun)
        _give_up(asked, Fault("what-if-given-up", value=asked.begun), now)
    return None


def tell(session: Session, leased: Leased, done: int, total: int, *, by: Actor, now: datetime) -> None:
    """Write how far a run is, and renew its lease; raises TakenOver."""
    asked = _ours(session, leased, by)
    asked.done, asked.total, asked.leased_until = done, total, now + LEASE


def finish(session: Session, leased: Leased, found: Compared, *, by: Actor, now: datetime) -> None:
    """Keep what a run found; raises TakenOver."""
    asked = _ours(session, leased, by)
    asked.state, asked.leased_until, asked.ended_at = RunState.DONE, None, now
    asked.done = asked.total = found.judged + found.unknown
    asked.result = found.to_json()


def fail(session: Session, leased: Leased, fault: Fault, *, by: Actor, now: datetime) -> None:
    """End a run that would break again, and keep why; raises TakenOver."""
    _give_up(_ours(session, leased, by), fault, now)


def why_failed(asked: WhatIf) -> Fault | None:
    """Why nothing came of it, for its page; None where something did or may."""
    return Fault(**asked.fault) if asked.fault else None


def run_waiting(database: Database) -> int:
    """Run what waits until nothing does; returns how many were finished.

    One that breaks fails at once with the reason, and the others go on. Raises what passes (a database that is busy or
    away): the lease runs out, and the next turn or another process takes it up.
    """
    finished = 0
    while _is_any(database) and (leased := database.transact(lease, by=SERVICE, now=clock_now())):
        try:
            finished += _run(database, leased)
        except TakenOver:
            log.warning("what-if taken over", what_if=leased.id)
    return finished


def _run(database: Database, leased: Leased) -> bool:
    """Whether it was finished."""
    try:
        found = what_if(database, _question(database, leased), by=SERVICE, now=clock_now(), told=Progress(database, leased))
        database.transact(finish, leased, found, by=SERVICE, now=clock_now())
    except TakenOver:
        raise
    except Exception as error:
        if passes(error):
            raise
        database.transact(fail, leased, _reason(error, leased), by=SERVICE, now=clock_now())
        return False
    return True


def _reason(error: Exception, leased: Leased) -> Fault:
    if isinstance(error, Refusal):
        return error.faults[0]
    log_defect(error, what_if=leased.id)
    return Fault("what-if-broken", value=leased.id)


class Progress:
    """Tells the table once a second how far a run is."""

    def __init__(self, database: Database, leased: Leased) -> None:
        self._database = database
        self._leased = leased
        self._told = 0.0

    def __call__(self, done: int, total: int) -> None:
        # Lets the requests of this process go on at once; else each would wait for the interpreter's switch interval.
        time.sleep(0)
        if time.monotonic() - self._told >= TELLS_EVERY:
            self._told = time.monotonic()
            self._database.transact(tell, self._leased, done, total, by=SERVICE, now=clock_now())


class Runner:
    """Runs what waits in a thread of this process, one at a time, so that no worker is needed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = threading.Thread()
        self._starting = threading.Lock()

    def start(self) -> None:
        """See to it that the thread is there."""
        with self._starting:
            if not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="what-if", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        # What is not finished here is taken up when its lease has run out.
        attempt("try drafts", run_waiting, self._database)


def _give_up(asked: WhatIf, fault: Fault, now: datetime) -> None:
    asked.state, asked.leased_until, asked.ended_at = RunState.FAILED, None, now
    asked.fault = {"code": fault.code, "value": simple(fault.value), "facts": simple(fault.facts)}


def _free(now: datetime) -> Select[WhatIf]:
    left = and_(WhatIf.state == RunState.RUNNING, WhatIf.leased_until <= now)
    return select(WhatIf).where(or_(WhatIf.state == RunState.WAITING, left))


def _is_any(database: Database) -> bool:
    """Looks without a write, because workers look often."""
    with database.reading() as session:
        return session.scalar(_free(clock_now()).with_only_columns(WhatIf.id).limit(1)) is not None


def _ours(session: Session, leased: Leased, by: Actor) -> WhatIf:
    by.require(by.is_administrator, "administrator")
    asked = session.get(WhatIf, leased.id, with_for_update=True)
    if asked is None or (asked.state, asked.begun) != (RunState.RUNNING, leased.begun):
        raise TakenOver
    return asked


def _question(database: Database, leased: Leased) -> Question:
    with database.reading() as session:
        asked = session.get_one(WhatIf, leased.id)
        draft = checked(asked.document)
        place = Place(draft.layer, draft.place, "", asked.venue_id, asked.room_id)
        return Question(place=place, draft=draft, since=asked.since, until=asked.until)
