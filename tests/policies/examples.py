"""Requests, facts and documents that the tests of policies start from: an open hall on a winter Tuesday."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.identity import ApplicantClass
from kernel.interval import Interval
from kernel.wallclock import WallSpan, at
from policies.document import Document, read
from policies.layers import Policy, combine
from policies.request import Day, Facts, Request, RoomFacts, Window
from policies.taxonomy import Activity
from venues.opening import Openness

ZONE = "Europe/Oslo"
TUESDAY = date(2025, 11, 18)
REASON = {"nb": "Slik er det.", "nn": "Slik er det.", "en": "So it is."}


def span(day: date, start: str, end: str) -> WallSpan:
    """``18:00`` to ``19:30`` on a date; an end of 24:00 or before the start lies on the next."""
    begin, finish = at(day, _since_midnight(start)), at(day, _since_midnight(end))
    return WallSpan(begin, finish if finish > begin else finish + timedelta(days=1), ZONE)


def asked(day: date = TUESDAY, start: str = "18:00", end: str = "19:30", **changes: Any) -> Request:
    wall = span(day, start, end)
    given = {
        "room": "assiden-fotballhall/halvdel-a",
        "submitted": datetime.combine(day - timedelta(days=30), datetime.min.time(), UTC) + timedelta(hours=9),
        "applicant": ApplicantClass.ORGANISATION,
        "activity": Activity.SPORT_TRAINING,
        "heads": 20,
        "organisation": "1",
        "person": "7",
        "age": 34,
        **changes,
    }
    return Request(wall=wall, interval=wall.interval(), **given)


def known(*days: date, opens: str = "16:00", closes: str = "22:30", **changes: Any) -> Facts:
    """The facts of a room that is open on those days and takes thirty."""
    given = {
        "room": RoomFacts(capacity=30, kind="half pitch"),
        "windows": tuple(Window(hours(day, opens, closes), Openness.OPEN) for day in days),
        "days": tuple(Day(day) for day in days),
        **changes,
    }
    return Facts(**given)


def hours(day: date, start: str, end: str) -> Interval:
    return span(day, start, end).interval()


def rule(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "id": kind.replace("_", "-"), "reason": REASON, **fields}


def at_once() -> dict[str, Any]:
    return rule("decision_route", route="at-once")


def document(*rules: dict[str, Any], layer: str = "municipality", place: str = "", **fields: Any) -> Document:
    return read(json.dumps({"title": REASON, "layer": layer, "place": place, "rules": rules, **fields}))


def policy(*rules: dict[str, Any]) -> Policy:
    """The policy of a municipality that has these rules and decides at once."""
    return combine([document(at_once(), *rules)])


def _since_midnight(clock: str) -> timedelta:
    hour, minute = clock.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))
