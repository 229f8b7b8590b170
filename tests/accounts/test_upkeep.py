"""Upkeep: addresses are not kept longer than they serve."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import attempts, people, upkeep
from accounts.identity import NOBODY, SERVICE
from accounts.inputs import LinkInput
from accounts.models import Attempt, ProofLink
from tests.accounts.conftest import NOW


def test_attempts_go_after_a_day_and_links_a_week_after_they_ended(session: Session) -> None:
    people.ask_for_link(session, LinkInput(email="ny@example.org"), language="nb", network="192.0.2.1", by=NOBODY, now=NOW)
    left = []

    for later in (attempts.KEPT, people.LINK_LASTS + upkeep.LINKS_ARE_KEPT, timedelta(days=8, seconds=1)):
        gone = upkeep.forget_expired(session, by=SERVICE, now=NOW + later)
        left.append((gone, len(session.scalars(select(Attempt)).all()), len(session.scalars(select(ProofLink)).all())))

    assert left == [(0, 2, 1), (2, 0, 1), (1, 0, 0)]
