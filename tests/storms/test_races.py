"""Many client processes against several server processes: every slot has one winner, every loser is told what to take."""

from collections import Counter
from pathlib import Path

from sqlalchemy import select

from booking.models import Claim, Occurrence
from booking.states import OccurrenceState
from database.transact import Database
from tests.storm import prepare, race, servers

SLOTS = 300


def test_every_slot_has_exactly_one_winner_and_every_loser_is_offered_something(database: Database, tmp_path: Path, port: int) -> None:
    tokens = prepare(database)

    with servers(database.url, tmp_path, port):
        said = race(port, tokens[:2], range(SLOTS))

    winners = Counter(answer.slot for answer in said if answer.status == 201)
    assert winners == Counter(range(SLOTS))
    assert Counter(answer.status for answer in said) == {201: SLOTS, 409: 7 * SLOTS}
    assert all(answer.body["alternatives"] for answer in said if answer.status == 409)
    with database.reading() as session:
        booked = session.scalars(select(Occurrence.starts_at).where(Occurrence.state == OccurrenceState.BOOKED)).all()
        claimed = session.scalars(select(Claim.starts_at)).all()
    assert sorted(booked) == sorted(claimed)
    assert len(set(claimed)) == SLOTS
