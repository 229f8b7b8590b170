"""The hall with an agreement, a grant and wishes that found nothing, and visitors who look at the pages of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts import edge
from booking.models import Sought
from booking.pages import mine
from booking.reservations import reserve
from booking.support import agreed, choosing, grants, pages
from booking.support.agreements import make_agreement
from booking.support.grants.awarding import GrantTerms, make_grant
from booking.support.grants.schemes import SchemeTerms, make_scheme
from booking.support.terms import AgreementTerms
from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.booking.conftest import NOW, again, furnish, wish

ROOM = "oren-flerbrukshall/gymsal-1"
# Between the first and the second of the two dates that are booked.
TODAY = datetime(2026, 9, 16, 10, 0, tzinfo=UTC)
SPRING = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Given:
    """The ids of Skiold turn, of its agreement and its grant, and of a choir that has none."""

    skiold: int
    agreement: int
    choir: int
    scheme: int
    grant: int


@pytest.fixture
def given(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Given:
    """Six hours, of which two are used and two are kept, over a grant for the year; in the app's own database."""
    for module in (pages, agreed, choosing, grants.pages, mine):
        monkeypatch.setattr(module, "now", lambda: TODAY)
    monkeypatch.setattr(edge, "now", lambda: TODAY)
    database: Database = app.extensions["database"]
    return database.transact(give)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, given: Given) -> None:
    """The spring after, when the report is late."""
    for module in (edge, choosing, grants.pages):
        monkeypatch.setattr(module, "now", lambda: SPRING)


@pytest.fixture
def visit(app: Flask, given: Given) -> Callable[[str], Visitor]:
    """A browser in which somebody of the cast is signed in; nobody when no name is given."""

    def visit(name: str) -> Visitor:
        visitor = Visitor(app.test_client())
        if name:
            assert visitor.sign_in(name).status_code == 303
        return visitor

    return visit


def give(session: Session) -> Given:
    hall = furnish(session)
    again(session)
    terms = AgreementTerms(
        organisation=hall.cast.skiold.id,
        title="Turn for alle",
        price_class="partner",
        hours=6,
        first_day=date(2026, 9, 1),
        last_day=date(2026, 12, 31),
        rooms=(ROOM,),
        duties="Åpen turnkveld hver måned.",
    )
    agreement = make_agreement(session, terms, by=hall.kari, now=NOW)
    scheme = make_scheme(
        session,
        SchemeTerms(name="Gratis treningstid", kind="rooms", first_day="2026-01-01", report_days=30, asks=["members"]),
        by=hall.kari,
        now=NOW,
    )
    year = {"first_day": "2026-01-01", "last_day": "2026-12-31"}
    again(session)
    given = GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, ceiling=1000, **year)
    grant = make_grant(session, given, by=hall.kari, now=NOW)
    for day in (15, 17):
        again(session)
        under = {"agreement": agreement.id, "grant": grant.id}
        reserve(session, wish(start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00", **under), by=hall.berit, now=NOW)
    tuesday = {"weekday": 1, "from_minute": 18 * 60 + 30, "minutes": 90}
    session.add_all(
        [
            Sought(on_day=date(2026, 9, 10), room=ROOM, reasons=["time-taken"], **tuesday),
            Sought(on_day=date(2026, 9, 11), room=ROOM, reasons=["policy:over-capacity", "time-taken"], **tuesday),
            Sought(on_day=date(2026, 9, 12), reasons=["none-found"]),
            Sought(on_day=date(2026, 7, 1), room=ROOM, reasons=["time-taken"], **tuesday),
        ]
    )
    again(session)
    return Given(hall.cast.skiold.id, agreement.id, hall.cast.strommen.id, scheme.id, grant.id)
