"""The hall of the cast open every evening under a policy with prices, and hands that book in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking.changing import Change, change
from booking.models import Booking
from booking.wish import Wish
from policies.document import checked
from policies.places import place_at
from policies.verbs import publish
from tests import cast
from venues.models import OpeningHours, Origin, SchoolPeriod
from venues.opening import Openness, SchoolDays

NOW = datetime(2026, 9, 1, 20, 30, tzinfo=UTC)
REASON = {"nb": "Fordi.", "nn": "Fordi.", "en": "Because."}
PRICES = [{"price_class": "list", "ore": 40000}, {"price_class": "partner", "ore": 10000}]
POLICY = {
    "title": REASON,
    "layer": "municipality",
    "price_classes": {"list": REASON, "partner": REASON},
    "rules": [
        {"kind": "opening", "id": "opening", "public_holiday": "refuse", "school_break": "refuse", "reason": REASON},
        {"kind": "decision_route", "id": "at-once", "route": "at-once", "reason": REASON, "hold": {"amount": 2, "unit": "days"}},
        {
            "kind": "decision_route",
            "id": "private",
            "scope": {"applicants": ["person"]},
            "route": "by-role",
            "promise": {"amount": 2, "unit": "working-days"},
            "hold": {"amount": 2, "unit": "days"},
            "reason": REASON,
        },
        {
            "kind": "decision_route",
            "id": "concerts-compete",
            "scope": {"activities": ["culture.concert"]},
            "route": "by-role",
            "promise": {"amount": 2, "unit": "working-days"},
            "reason": REASON,
        },
        {
            "kind": "price",
            "id": "prices",
            "reason": REASON,
            "tariffs": [
                {"version": "2026", "first": "2026-01-01", "last": "2026-12-31", "rows": PRICES},
                {"version": "2027", "first": "2027-01-01", "rows": [{**row, "ore": row["ore"] * 2} for row in PRICES]},
            ],
        },
    ],
}

TWO_HOURS = {"kind": "length", "id": "two-hours", "at_most": 120, "reason": REASON, "waiver": {}, "source": {"paragraph": "§ 4"}}
NO_TRADE = {"kind": "purpose", "id": "no-trade", "commercial": "refuse", "reason": REASON}
LADDER = {
    "kind": "cancellation",
    "id": "cancelling",
    "steps": [{"days": 15, "percent": 50}, {"days": 8, "percent": 100}],
    "reason": REASON,
    "source": {"paragraph": "pkt. f"},
}
NO_SHOW = {
    "kind": "no_show",
    "id": "nobody-came",
    "per": "organisation",
    "times": 3,
    "charged_percent": 100,
    "hearing_days": 14,
    "reason": REASON,
    "source": {"paragraph": "§ 9"},
}
COMPLAINT = {
    "kind": "complaint",
    "id": "complaint",
    "days": 21,
    "body": {"nb": "klagenemnda", "nn": "klagenemnda", "en": "the appeals board"},
    "reason": REASON,
    "source": {"paragraph": "§ 12"},
}
USUAL: dict[str, Any] = {
    "room": "oren-flerbrukshall/gymsal-1",
    "start": "2026-09-15T18:00",
    "end": "2026-09-15T20:00",
    "purpose": "Trening",
    "activity": "sport.training",
    "participants": {"6-12": 18},
    "organisation": "313000001",
}


@dataclass(frozen=True, slots=True)
class Hall:
    """The cast in their hall, and the hands of those who book."""

    cast: cast.Cast
    kari: Actor
    berit: Actor
    nils: Actor
    siri: Actor
    per: Actor
    olav: Actor


@pytest.fixture
def hall(session: Session) -> Hall:
    return furnish(session)


def furnish(session: Session, policy: Mapping[str, Any] = POLICY) -> Hall:
    """The cast, opening hours 08-23 every day, a school break in week 41, and the policy."""
    everyone = cast.assemble(session)
    venue = everyone.oren
    venue.follows_school_calendar = True
    for weekday in range(7):
        row = OpeningHours(venue_id=venue.id, weekday=weekday, from_minute=8 * 60, to_minute=24 * 60, origin=Origin.STAFF)
        row.openness = Openness.OPEN
        session.add(row)
    period = SchoolPeriod(venue_id=None, first_day=date(2026, 10, 5), last_day=date(2026, 10, 9), name="Høstferie", origin=Origin.STAFF)
    period.kind = SchoolDays.BREAK
    session.add(period)
    session.flush()
    publish(session, place_at(session, ""), checked(dict(policy)), date(2026, 1, 1), by=SERVICE, now=NOW)
    session.info.pop("locked", None)
    session.flush()
    hands = {name: cast.actor(session, getattr(everyone, name)) for name in ("kari", "berit", "nils", "siri", "per", "olav")}
    return Hall(cast=everyone, **hands)


def publish_with(session: Session, *rules: Mapping[str, Any]) -> None:
    """The policy with these rules too, from now on."""
    again(session)
    document = checked({**POLICY, "rules": [*POLICY["rules"], *rules]})  # type: ignore[misc]
    publish(session, place_at(session, ""), document, NOW.date(), by=SERVICE, now=NOW)
    again(session)


def wish(**changes: Any) -> Wish:
    """Training for Skiold turn in half the hall on a Tuesday evening, with what is changed of it."""
    return Wish.model_validate({**USUAL, **changes})


def move(session: Session, booking_id: int, number: int, *, by: Actor, now: datetime, version: int | None = None, **to: Any) -> Booking:
    """The booking with one of its dates at another time or in another room."""
    return change(session, booking_id, Change(number=number, **to), version=version, by=by, now=now).booking


def again(session: Session) -> None:
    """The next verb of a test stands for the next transaction."""
    session.flush()
    session.expire_all()
    session.info.pop("locked", None)
