"""The page of a year: worked by hand, and as it was issued whatever is corrected afterwards."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.models import Occurrence
from booking.statistics.years import Year, content_of, edition_of, issue
from database.audit import Audit
from kernel.errors import Conflict, Forbidden, Missing
from tests.booking.conftest import Hall, again
from tests.booking.statistics.conftest import TODAY

# Worked by hand. Open: two halves, seven days of six hours, are 84 hours; closed for two hours on Sunday takes 4, an hour that is
# kept empty 1: 79. In it: the whole hall 2 h x 2 halves, Saturday 15-16, Wednesday 21-22: 6 hours. 6 / 79 = 7.6 per cent.
# On weekday evenings 5 of 59, at the weekend 1 of 20. The night of 28 March lacks an hour: 23-04 are four.
BY_HAND: dict[str, tuple[Any, Any]] = {
    "minutes": (600, 60),
    "dates": (4, 1),
    "organisations": (2, 1),
    "share": ("7.6", None),
    "evenings": ("8.5", None),
    "weekends": ("5.0", None),
    "visits": (20 + 6 + 15, 18),
    "young": (20 + 10, 18),
    "unused": (1, 0),
    "cancelled": (60, 0),
    "displaced": (1, 0),
    "refused": (1 + 1 + 1, 0),
    "value": (80000 + 30000 + 50000, 0),
    "unvalued": (120, 0),
}


def test_a_year_is_as_worked_by_hand(session: Session, year: Hall) -> None:
    found = content_of(session, 2026, by=year.kari, now=TODAY)

    assert found.figures == BY_HAND
    assert found.municipality == "Drammen kommune"
    assert {language: set(words["facts"]) for language, words in found.words.items()} == {code: set(BY_HAND) for code in ("nb", "nn", "en")}


def test_what_is_issued_stays_as_it_was_when_a_booking_is_corrected_and_a_new_edition_supersedes_it(session: Session, year: Hall) -> None:
    first = issue(session, Year(year=2026), by=year.kari, now=TODAY)
    again(session)
    whole = session.scalars(select(Occurrence).where(Occurrence.list_price == 80000)).one()
    whole.charged_price = 30000
    session.flush()

    live = content_of(session, 2026, by=year.kari, now=TODAY)
    kept, is_superseded = edition_of(session, 2026)

    assert live.figures == BY_HAND | {"value": (130000, 0)}
    assert (kept.id, kept.content["figures"], is_superseded) == (first.id, {code: list(both) for code, both in BY_HAND.items()}, False)
    again(session)
    issue(session, Year(year=2026), by=year.kari, now=TODAY)
    again(session)
    told = {number: edition_of(session, 2026, number) for number in (1, 2)}
    assert {number: (page.content["figures"]["value"], old) for number, (page, old) in told.items()} == {
        1: ([160000, 0], True),
        2: ([130000, 0], False),
    }
    acts = session.execute(select(Audit.verb, Audit.facts).where(Audit.subject == "year_page").order_by(Audit.id)).all()
    assert [tuple(act) for act in acts] == [("issue", {"year": 2026, "edition": 1}), ("issue", {"year": 2026, "edition": 2})]


def test_only_officers_issue_a_year_and_none_that_is_to_come(session: Session, year: Hall) -> None:
    for hand in (year.berit, year.olav):
        with pytest.raises(Forbidden):
            issue(session, Year(year=2026), by=hand, now=TODAY)
    with pytest.raises(Conflict) as refused:
        issue(session, Year(year=2027), by=year.kari, now=TODAY)
    with pytest.raises(Missing):
        edition_of(session, 2027)

    assert [fault.code for fault in refused.value.faults] == ["year-to-come"]
