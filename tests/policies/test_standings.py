"""The names of statuses and figures that policies ask for, wherever they stand in a rule."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from policies.places import place_at
from policies.standings import names_in, standing_names
from policies.verbs import publish
from tests.booking.conftest import NOW, again
from tests.cast import Cast
from tests.policies.examples import document, rule

TODAY = NOW.date()
MEMBERS = rule("eligibility", any_status=["lease-status-a"], no_status=["own-hall"], figures=[{"figure": "members", "value": 10}])
POINTS = rule("formula", units=[{"figure": "teams-0-12", "weight": 1000}])
JOINT = rule("distribution", joint=True)


def test_names_are_found_in_scopes_limits_and_parts_of_rules() -> None:
    scoped = rule("length", at_most=60, scope={"statuses": ["short"]})

    found = set(names_in(document(scoped, MEMBERS, POINTS, JOINT)))

    assert found == {"short", "lease-status-a", "own-hall", "members", "teams-0-12", "main-club"}


def test_what_is_in_force_or_coming_is_offered_and_what_was_replaced_is_not(session: Session, cast: Cast) -> None:
    for name, days in (("before", -10), ("now", -5), ("later", 5)):
        again(session)
        asking = document(rule("length", at_most=60, scope={"statuses": [name]}))
        publish(session, place_at(session, ""), asking, TODAY + timedelta(days=days), by=SERVICE, now=NOW - timedelta(days=20))
    again(session)
    asking = document(rule("length", at_most=60, scope={"statuses": ["at-oren"]}), layer="venue", place=cast.oren.slug)
    publish(session, place_at(session, cast.oren.slug), asking, date(2026, 1, 1), by=SERVICE, now=NOW - timedelta(days=20))

    assert standing_names(session, TODAY) == ["at-oren", "later", "now"]
