"""Many client processes against several server processes: every slot has one winner, every loser is told what to take."""

from collections import Counter
from pathlib import Path

from sqlalchemy import select

from booking.models import Claim, Occurrence
from booking.states import OccurrenceState
from database.transact import Database
from tests.storm import prepare, race, servers


def test_every_slot_has_exactly_one_winner_and_every_loser_is_offered_something(database: Database, tmp_path: Path, port: int) -> None:
    contested(database, tmp_path, port, slots=100)


def contested(database: Database, folder: Path, port: int, *, slots: int) -> None:
    """Eight clients ask for each of so many slots; raises AssertionError where one has none or two winners."""
    tokens = prepare(database)

    with servers(database.url, folder, port):
        said = race(port, tokens[:2], range(slots))

    winners = Counter(answer.slot for answer in said if answer.status == 201)
    assert winners == Counter(range(slots))
    assert Counter(answer.status for answer in said) == {201: slots, 409: 7 * slots}
    assert all(answer.body["alternatives"] for answer in said if answer.status == 409)
    with database.reading() as session:
        booked = session.scalars(select(Occurrence.starts_at).where(Occurrence.state == OccurrenceState.BOOKED)).all()
        claimed = session.scalars(select(Claim.starts_at)).all()
    assert sorted(booked) == sorted(claimed)
    assert len(set(claimed)) == slots
