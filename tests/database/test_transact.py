"""The one transaction: what it reruns, what it refuses, and that a commit is on the disk."""

import fcntl
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from database.audit import Act, Audit, record
from database.idempotency import begin
from database.locks import Key, Subject, lock
from database.transact import Database, WriteQueue
from kernel.errors import Busy, Conflict, Forbidden, refuse

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


def note(session: Session, verb: str) -> str:
    record(session, Act(verb, "test", 1, {}), by=SERVICE, now=NOW)
    return verb


def noted(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Audit.verb).order_by(Audit.id)))


def test_what_a_verb_did_is_kept_and_its_answer_handed_on(database: Database) -> None:
    assert database.transact(note, "done") == "done"
    assert noted(database) == ["done"]


def test_a_refusal_leaves_nothing_behind(database: Database) -> None:
    def refused(session: Session) -> None:
        note(session, "half")
        raise refuse(Forbidden, "not-yours")

    with pytest.raises(Forbidden):
        database.transact(refused)

    assert noted(database) == []


def test_a_verb_that_goes_on_after_a_failed_flush_is_not_told_as_done(database: Database) -> None:
    def goes_on(session: Session) -> str:
        note(session, "half")
        session.add(Audit(id=session.scalars(select(Audit.id)).one()))
        with suppress(IntegrityError):
            session.flush()
        return "done"

    with pytest.raises(InvalidRequestError):
        database.transact(goes_on)

    assert noted(database) == []
    assert database.transact(note, "next") == "next"


def test_a_lost_race_is_run_again_as_a_whole_in_a_new_session(database: Database) -> None:
    sessions: list[Session] = []

    def loses_once(session: Session) -> None:
        sessions.append(session)
        note(session, f"try {len(sessions)}")
        if len(sessions) == 1:
            take_the_same_key_twice(session)

    database.transact(loses_once)

    assert noted(database) == ["try 2"]
    assert sessions[0] is not sessions[1]


def test_a_rehearsal_builds_on_what_it_did_and_leaves_nothing(database: Database) -> None:
    def refused(session: Session) -> None:
        note(session, "half")
        raise refuse(Forbidden, "not-yours")

    def seen(session: Session) -> list[str]:
        return list(session.scalars(select(Audit.verb).order_by(Audit.id)))

    database.transact(note, "before")
    with database.rehearsing() as rehearsal:
        rehearsal.transact(note, "first")
        with pytest.raises(Forbidden):
            rehearsal.transact(refused)
        with pytest.raises(Conflict):
            rehearsal.transact(take_the_same_key_twice)
        rehearsal.transact(note, "second")

        assert rehearsal.transact(seen) == ["before", "first", "second"]

    assert noted(database) == ["before"]


def take_the_same_key_twice(session: Session) -> None:
    row = "INSERT INTO idempotent_answer (person_id, key, body_hash, created_at) VALUES (1, 'k', '', {})"
    moment = "0" if session.get_bind().dialect.name == "sqlite" else "now()"
    for _ in range(2):
        session.execute(text(row.format(moment)))


def test_a_race_lost_twice_is_a_conflict(database: Database) -> None:
    tries: list[int] = []

    def loses(session: Session) -> None:
        tries.append(1)
        take_the_same_key_twice(session)

    with pytest.raises(Conflict) as refused:
        database.transact(loses)

    assert [fault.code for fault in refused.value.faults] == ["lost-race"]
    assert len(tries) == 2


def test_a_repeated_key_gets_the_first_answer_and_another_body_a_conflict(database: Database) -> None:
    def answered(session: Session, body: object) -> object:
        row = begin(session, person_id=1, key="k", body=body, now=NOW)
        if row.answer is None:
            row.answer = {"number": 7}
            return "made"
        return row.answer

    assert database.transact(answered, {"room": "a"}) == "made"
    assert database.transact(answered, {"room": "a"}) == {"number": 7}
    with pytest.raises(Conflict):
        database.transact(answered, {"room": "b"})


def test_locks_are_taken_once_in_a_transaction(database: Database) -> None:
    def twice(session: Session) -> None:
        lock(session, Key(Subject.SPACE, 1))
        lock(session, Key(Subject.SPACE, 2))

    with pytest.raises(RuntimeError, match="twice"):
        database.transact(twice)
    database.transact(lambda session: lock(session, Key(Subject.SPACE, 1)))


def test_locks_in_any_order_keep_a_count_right(database: Database) -> None:
    """Eight writers read a count, wait for no one in between, and write the next number; none may be lost."""
    keys = [Key(Subject.SPACE, 2), Key(Subject.ORGANISATION, 1), Key(Subject.SPACE, 1)]

    def count_up(session: Session, order: int) -> None:
        lock(session, *(keys[order % 3 :] + keys[: order % 3]))
        note(session, str(len(session.scalars(select(Audit.id)).all())))

    writers = [threading.Thread(target=lambda n=n: [database.transact(count_up, n) for _ in range(5)]) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(map(int, noted(database))) == list(range(40))


def test_every_commit_is_on_the_disk_before_it_is_answered(database: Database) -> None:
    def settings(session: Session) -> object:
        if session.get_bind().dialect.name == "sqlite":
            return session.scalar(text("PRAGMA synchronous")), session.scalar(text("PRAGMA journal_mode"))
        return session.scalar(text("SHOW synchronous_commit")), session.scalar(text("SHOW transaction_isolation"))

    assert database.transact(settings) in ((2, "wal"), ("on", "read committed"))


def test_only_one_writer_at_a_time_has_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("database.transact.BUSY_SECONDS", 0.05)
    one, other = WriteQueue(tmp_path / "writers"), WriteQueue(tmp_path / "writers")

    with one.turn():
        with pytest.raises(Busy), other.turn():
            pass
        with pytest.raises(Busy), one.turn():
            pass

    with other.turn():
        pass


def test_a_turn_is_given_back_when_the_writer_fails(tmp_path: Path) -> None:
    queue = WriteQueue(tmp_path / "writers")
    with pytest.raises(ValueError, match="mine"), queue.turn():
        raise ValueError("mine")

    with queue.turn():
        pass


def test_who_has_just_written_lets_another_process_go_first(tmp_path: Path) -> None:
    """Two queues on one file stand for two processes; the one in its turn asks again while the other waits."""
    one, other = WriteQueue(tmp_path / "writers"), WriteQueue(tmp_path / "writers")
    turns: list[str] = []
    waits = threading.Event()

    def wait_for_a_turn() -> None:
        waits.set()
        with other.turn():
            turns.append("other")

    waiting = threading.Thread(target=wait_for_a_turn)
    with one.turn():
        waiting.start()
        waits.wait()
        while _is_free(tmp_path / "writers-next"):
            pass
    with one.turn():
        turns.append("one")
    waiting.join()

    assert turns == ["other", "one"]


def _is_free(path: Path) -> bool:
    with path.open("a") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
