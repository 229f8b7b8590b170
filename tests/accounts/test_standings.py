"""What officers note of organisations: from when to when, by which source, ended and taken back, the last word for each day."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.inputs import StandingInput
from accounts.models import Standing
from accounts.standings import end_standing, held_on, note_standing, standings_of
from database.audit import Audit
from kernel.errors import Conflict, Forbidden, Invalid, Missing
from tests.accounts.conftest import NOW
from tests.cast import Cast, actor

MAY = date(2026, 5, 1)


def note(session: Session, cast: Cast, name: str, *, days: int = 0, who: str = "kari", **given: Any) -> Standing:
    """Noted so many days later than the first."""
    session.info.pop("locked", None)
    said = StandingInput(**{"name": name, "first_day": "2026-01-01", "source": "Vedtak 12/2026", **given})
    by = actor(session, getattr(cast, who))
    return note_standing(session, cast.skiold.id, said, by=by, now=NOW + timedelta(days=days))


def held(session: Session, cast: Cast, day: date) -> list[tuple[str, int | None]]:
    return [(one.name, one.value) for one in held_on(standings_of(session, cast.skiold.id), day)]


def test_statuses_and_figures_hold_on_their_days(session: Session, cast: Cast) -> None:
    note(session, cast, "lease-status-a", last_day="2026-05-01")
    note(session, cast, "active-members", value=120)
    note(session, cast, "own-hall", first_day="2026-05-02")

    found = [held(session, cast, MAY + timedelta(days=days)) for days in (-200, 0, 1)]

    assert found == [
        [],
        [("active-members", 120), ("lease-status-a", None)],
        [("active-members", 120), ("own-hall", None)],
    ]


def test_of_one_name_what_was_noted_last_holds_on_its_days(session: Session, cast: Cast) -> None:
    note(session, cast, "active-members", value=120)
    note(session, cast, "active-members", days=1, value=90, first_day="2026-05-01", last_day="2026-05-31")

    assert [held(session, cast, day) for day in (date(2026, 4, 30), MAY, date(2026, 6, 1))] == [
        [("active-members", 120)],
        [("active-members", 90)],
        [("active-members", 120)],
    ]


def test_it_is_ended_with_a_last_day_once_and_stays_to_be_read(session: Session, cast: Cast) -> None:
    standing, kari = note(session, cast, "lease-status-a"), actor(session, cast.kari)
    session.info.pop("locked", None)

    ended = end_standing(session, standing.id, last_day=MAY, by=kari, now=NOW)
    session.info.pop("locked", None)
    with pytest.raises(Conflict):
        end_standing(session, standing.id, last_day=date(2026, 6, 1), by=kari, now=NOW)

    assert (ended.last_day, ended.ended_by, ended.ended_at, ended.source) == (MAY, cast.kari.id, NOW, "Vedtak 12/2026")
    assert [held(session, cast, MAY + timedelta(days=days)) for days in (0, 1)] == [[("lease-status-a", None)], []]


@pytest.mark.parametrize(("last_day", "kept"), [(date(2026, 8, 1), date(2026, 5, 1)), (date(2025, 12, 31), date(2025, 12, 31))])
def test_an_end_never_makes_it_longer_and_one_before_its_first_day_takes_it_back(
    session: Session, cast: Cast, last_day: date, kept: date
) -> None:
    standing = note(session, cast, "lease-status-a", last_day="2026-05-01")
    session.info.pop("locked", None)

    assert end_standing(session, standing.id, last_day=last_day, by=actor(session, cast.kari), now=NOW).last_day == kept


def test_who_did_what_is_audited(session: Session, cast: Cast) -> None:
    standing = note(session, cast, "active-members", value=120)
    session.info.pop("locked", None)
    end_standing(session, standing.id, last_day=MAY, by=actor(session, cast.kari), now=NOW)

    found = session.execute(select(Audit.verb, Audit.hand_id, Audit.facts).where(Audit.subject == "standing").order_by(Audit.id)).all()
    about = {"organisation": cast.skiold.id, "name": "active-members"}
    assert [tuple(row) for row in found] == [
        ("note_standing", cast.kari.id, {**about, "value": 120}),
        ("end_standing", cast.kari.id, {**about, "last_day": "2026-05-01"}),
    ]


@pytest.mark.parametrize("who", ["olav", "berit", "per"])
def test_only_officers_note_and_end(session: Session, cast: Cast, who: str) -> None:
    standing = note(session, cast, "lease-status-a")

    with pytest.raises(Forbidden):
        note(session, cast, "own-hall", who=who)
    session.info.pop("locked", None)
    with pytest.raises(Forbidden):
        end_standing(session, standing.id, last_day=MAY, by=actor(session, getattr(cast, who)), now=NOW)


def test_what_cannot_be_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as backwards:
        note(session, cast, "own-hall", first_day="2026-05-02", last_day="2026-05-01")
    session.info.pop("locked", None)
    with pytest.raises(Missing):
        end_standing(session, 999, last_day=MAY, by=actor(session, cast.kari), now=NOW)
    for strange in ({"name": "Eget anlegg"}, {"name": "own--hall"}, {"value": -1}, {"source": ""}):
        with pytest.raises(ValidationError):
            note(session, cast, **{"name": "own-hall", **strange})

    assert [(fault.code, fault.field) for fault in backwards.value.faults] == [("period-backwards", "last_day")]
