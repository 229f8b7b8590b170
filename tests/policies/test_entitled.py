"""Which agreement a request draws on by rule, what keeps it from others, and how a series uses up their hours."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from policies.entitled import drawn, misfits, undrawn
from policies.evaluate import evaluate_series
from policies.request import Entitlement, FixedTime
from policies.verdict import Outcome
from tests.policies.examples import TUESDAY, asked, known, policy, rule

HALL = "assiden-fotballhall/halvdel-a"
HELD = Entitlement("3", "Åpen hall", "free", 360, 0, date(2025, 8, 1), date(2026, 6, 30), (HALL,))
TUESDAYS = (FixedTime(2, 18 * 60, 20 * 60),)
WEEK = {"since": date(2025, 11, 17), "until": date(2025, 11, 23)}


@pytest.mark.parametrize(
    ("agreement", "request_", "codes"),
    [
        ({}, {}, []),
        ({"rooms": ()}, {}, []),
        ({"rooms": ("annen/hall",)}, {}, ["agreement-other-room"]),
        ({"last": TUESDAY - timedelta(days=1)}, {}, ["agreement-other-dates"]),
        ({"first": TUESDAY + timedelta(days=1)}, {}, ["agreement-other-dates"]),
        ({"first": TUESDAY, "last": TUESDAY}, {}, []),
        ({"times": TUESDAYS}, {}, []),
        ({"times": TUESDAYS}, {"start": "18:30", "end": "20:00"}, []),
        ({"times": TUESDAYS}, {"start": "17:45"}, ["agreement-other-times"]),
        ({"times": TUESDAYS}, {"end": "20:15"}, ["agreement-other-times"]),
        ({"times": (FixedTime(3, 0, 24 * 60),)}, {}, ["agreement-other-times"]),
        ({"times": (FixedTime(2, 22 * 60, 24 * 60),)}, {"start": "22:30", "end": "24:00"}, []),
        ({"minutes_used": 270}, {}, []),
        ({"minutes_used": 271}, {}, ["agreement-hours-used"]),
        ({"minutes_used": 400}, {}, ["agreement-hours-used"]),
        ({"minutes_used": 271, **WEEK}, {}, ["agreement-week-used"]),
        ({"rooms": ("annen/hall",), "minutes_used": 360}, {}, ["agreement-other-room", "agreement-hours-used"]),
    ],
)
def test_what_keeps_a_request_from_an_agreement(agreement: dict[str, Any], request_: dict[str, Any], codes: list[str]) -> None:
    request = asked(TUESDAY, **request_)

    assert [one.code for one in misfits(replace(HELD, **agreement), request)] == codes


def test_a_request_that_names_none_draws_on_the_first_that_covers_it() -> None:
    full, fits, later = (replace(HELD, id=number, minutes_used=used) for number, used in (("1", 360), ("2", 0), ("3", 0)))

    facts = known(TUESDAY, agreements=(full, fits, later))

    assert drawn(asked(), facts) == fits
    assert undrawn(asked(), facts) == ()


def test_one_that_is_covered_by_none_says_why_of_each() -> None:
    full, elsewhere = replace(HELD, id="1", minutes_used=300), replace(HELD, id="2", title="Annen", rooms=("annen/hall",))

    facts = known(TUESDAY, agreements=(full, elsewhere))

    assert drawn(asked(), facts) is None
    assert [(one.title, one.code, one.limit) for one in undrawn(asked(), facts)] == [
        ("Åpen hall", "agreement-hours-used", 60),
        ("Annen", "agreement-other-room", "annen/hall"),
    ]


def test_one_that_names_another_draws_on_that_alone() -> None:
    facts = known(TUESDAY, agreements=(HELD,))

    assert drawn(asked(agreement="7"), facts) is None
    assert drawn(asked(agreement="7"), replace(facts, entitlement=replace(HELD, id="7"))) == replace(HELD, id="7")


def test_a_series_draws_as_long_as_there_are_hours_and_is_booked_beyond_them() -> None:
    days = [TUESDAY + timedelta(weeks=n) for n in range(3)]
    held = replace(HELD, minutes_granted=180)
    cases = [(policy(), asked(day, in_series=True), known(day, agreements=(held,))) for day in reversed(days)]

    verdicts = evaluate_series(cases)

    assert [verdict.agreement for verdict in verdicts] == [None, "3", "3"]
    assert {verdict.outcome for verdict in verdicts} == {Outcome.ACCEPTED}
    assert [one.code for one in verdicts[0].undrawn] == ["agreement-hours-used"]


def test_each_week_has_its_own_hours() -> None:
    days = [TUESDAY, TUESDAY + timedelta(days=1), TUESDAY + timedelta(weeks=1)]

    def week_of(day: date) -> Entitlement:
        since = day - timedelta(days=day.weekday())
        return replace(HELD, minutes_granted=90, since=since, until=since + timedelta(days=6))

    verdicts = evaluate_series([(policy(), asked(day), known(day, agreements=(week_of(day),))) for day in days])

    assert [verdict.agreement for verdict in verdicts] == ["3", None, "3"]


def test_a_date_that_a_rule_refuses_uses_none_of_the_hours() -> None:
    never_on_tuesday = rule("length", id="short", at_most=60, scope={"dates": {"first": f"{TUESDAY}", "last": f"{TUESDAY}"}})
    days = [TUESDAY, TUESDAY + timedelta(days=1)]
    held = replace(HELD, minutes_granted=90)
    cases = [(policy(never_on_tuesday), asked(day), known(day, agreements=(held,))) for day in days]

    verdicts = evaluate_series(cases)

    assert [(verdict.outcome, verdict.agreement) for verdict in verdicts] == [(Outcome.REFUSED, "3"), (Outcome.ACCEPTED, "3")]
