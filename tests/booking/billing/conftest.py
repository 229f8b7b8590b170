"""The hall with a season of two teams and a private wish, of which September was billed; its pages and who looks at them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import edge
from accounts.models import Organisation, Person
from booking.billing import api, pages
from booking.billing.models import Period
from booking.billing.periods import Closing, close_period
from booking.decisions import approve
from booking.ending import cancel
from booking.models import Booking
from booking.reservations import reserve
from database.transact import Database
from tests.accounts.conftest import Visitor
from tests.booking.conftest import LADDER, NOW, again, furnish, publish_with, wish

TODAY = datetime(2026, 10, 12, 10, tzinfo=NOW.tzinfo)
SEPTEMBER = Closing(first_day=date(2026, 9, 1), last_day=date(2026, 9, 30))


@dataclass(frozen=True, slots=True)
class Given:
    """Ids of Skiold turn, of Per and of the period, and the reference of the season."""

    skiold: int
    per: int
    period: int
    season: str


@pytest.fixture
def filled(request: pytest.FixtureRequest) -> object:
    """Only those who look at pages and files begin with all of this."""
    return give if "app" in request.fixturenames else None


@pytest.fixture
def given(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Given:
    for module in (pages, api, edge):
        monkeypatch.setattr(module, "now", lambda: TODAY)
    database: Database = app.extensions["database"]
    with database.reading() as session:
        season = select(Booking.reference).where(Booking.team == "J12")
        ids = [select(Organisation.id).where(Organisation.number == "313000001"), select(Person.id).where(Person.name == "Per Solli")]
        return Given(*(session.scalars(one).one() for one in (*ids, select(Period.id), season)))


@pytest.fixture
def visit(app: Flask, given: Given) -> Callable[[str], Visitor]:
    """A browser in which somebody of the cast is signed in; nobody when no name is given."""

    def visit(name: str) -> Visitor:
        visitor = Visitor(app.test_client())
        if name:
            assert visitor.sign_in(name).status_code == 303
        return visitor

    return visit


def give(session: Session) -> None:
    """Used on 29 September, given up late on 13 October, booked on the 20th; another team once; and Per once, in September."""
    hall = furnish(session)
    publish_with(session, LADDER)
    session.get_one(Organisation, hall.cast.skiold.id).name = "=Skiold turn"
    season = reserve(
        session,
        wish(start="2026-09-29T18:00", end="2026-09-29T20:00", team="J12", recurrence={"rrule": "FREQ=WEEKLY;COUNT=4"}, on_conflict="skip"),
        by=hall.berit,
        now=NOW,
    )
    again(session)
    reserve(session, wish(start="2026-09-16T18:00", end="2026-09-16T19:30", team="+G10"), by=hall.berit, now=NOW)
    again(session)
    private = {"organisation": None, "start": "2026-09-17T18:00", "end": "2026-09-17T18:30"}
    asked = reserve(session, wish(**private), by=hall.per, now=NOW)
    again(session)
    approve(session, asked.id, by=hall.kari, now=NOW)
    again(session)
    close_period(session, SEPTEMBER, by=hall.kari, now=datetime(2026, 10, 1, 8, tzinfo=NOW.tzinfo))
    again(session)
    cancel(session, season.id, number=3, by=hall.berit, now=TODAY)
    again(session)
