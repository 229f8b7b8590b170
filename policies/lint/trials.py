"""Trials: each rule put to some requests, so that none is published that cannot be carried out."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from accounts.identity import ApplicantClass
from kernel.errors import Fault
from kernel.wallclock import WallSpan, local_day
from policies.lint.subject import Subject, fault_in
from policies.occasion import Occasion
from policies.request import AgeBand, Day, Facts, Request, RoomFacts, Window
from policies.rules.base import Rule
from policies.taxonomy import Activity
from venues.opening import Openness

ZONE = "Europe/Oslo"
ANY_DAY = date(2026, 1, 1)
DAY = timedelta(days=1)
# An evening, a night, a whole day, so many days ahead and so long, in hours.
TRIALS = ((1, 18, 2), (40, 22, 6), (300, 0, 24), (400, 9, 60))


def check(subject: Subject) -> Iterator[Fault]:
    """Rules that end in an error of the program: the fault is ours, but the rule cannot be used as it stands."""
    for found in subject.rules:
        for request, facts in _requests(subject.today or ANY_DAY):
            try:
                _carry_out(found.rule, Occasion(request, facts, subject.calendar))
            except Exception as failure:
                yield fault_in(found, "rule-fails", "", type(failure).__name__)
                break


def _carry_out(rule: Rule, occasion: Occasion) -> None:
    if rule.scope.covers(occasion):
        list(rule.judge(occasion))
        list(rule.give(occasion))
        rule.settle(occasion)


@lru_cache(maxsize=4)
def _requests(today: date) -> tuple[tuple[Request, Facts], ...]:
    """Requests of a club and of a person, made today."""
    return tuple(
        _request(today, *trial, applicant) for trial in TRIALS for applicant in (ApplicantClass.ORGANISATION, ApplicantClass.PERSON)
    )


def _request(today: date, ahead: int, hour: int, hours: int, applicant: ApplicantClass) -> tuple[Request, Facts]:
    start = datetime.combine(today + ahead * DAY, datetime.min.time()) + timedelta(hours=hour)
    wall = WallSpan(start, start + timedelta(hours=hours), ZONE)
    request = Request(
        room="venue/room",
        wall=wall,
        interval=wall.interval(),
        submitted=datetime.combine(today, datetime.min.time(), UTC),
        applicant=applicant,
        activity=Activity.OTHER,
        heads=20,
        participants=(AgeBand(0, 12, 10), AgeBand(13, None, 10)),
        organisation="1" if applicant is ApplicantClass.ORGANISATION else None,
        person="1",
        age=40,
    )
    windows = tuple(Window(local_day(day, ZONE), Openness.OPEN) for day in request.dates)
    return request, Facts(room=RoomFacts(30, "room"), windows=windows, days=tuple(map(Day, request.dates)))
