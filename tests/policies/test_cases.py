"""Files of cases: every fault of one that cannot be read, and what is taken for granted where a case does not say."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.identity import ApplicantClass
from kernel.errors import Invalid
from policies.cases import MOST_DATES, Difference, differences, judged, read_cases
from policies.layers import combine
from policies.request import Request
from policies.supposed import requests_of
from tests.policies.examples import at_once, document, rule

EVENING = {"start": "2026-11-17T18:00", "end": "2026-11-17T20:00"}
CASE = {"name": "an evening", "request": EVENING, "expected": {}}
PRICE = rule("price", tariffs=[{"version": "1", "first": "2026-01-01", "rows": [{"price_class": "list", "ore": 49990}]}])


def written(*cases: dict[str, Any], **file: Any) -> str:
    return json.dumps({"policies": [document(at_once(), PRICE, rule("quota", period="week", minutes=600)).data()], "cases": cases, **file})


def faults(text: str) -> list[tuple[str, str, object]]:
    with pytest.raises(Invalid) as refusal:
        read_cases(text)
    return [(fault.code, fault.field, fault.value) for fault in refusal.value.faults]


def requests(**given: Any) -> tuple[Request, ...]:
    _documents, (case,) = read_cases(written({**CASE, "request": {**EVENING, **given}}))
    return requests_of(case.request)


def found(expected: dict[str, Any], **case: Any) -> list[Difference]:
    documents, (given,) = read_cases(written({**CASE, **case, "expected": expected}))
    return list(differences(given, judged(combine(documents), given)))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"event": "tilgang"}, ("not-a-choice", "cases[0].event", "tilgang")),
        ({"event": "cancellation"}, ("missing-field", "cases[0].cancelled", None)),
        ({"expected": {"fee": 100}}, ("unknown-field", "cases[0].expected.fee", 100)),
        ({"expected": {"price": "99.999"}}, ("too-many-digits", "cases[0].expected.price", "99.999")),
        ({"expected": {"alternatives": {"time": "ti til tolv"}}}, ("bad-format", "cases[0].expected.alternatives.time", "ti til tolv")),
        ({"request": {**EVENING, "activity": "sjakk"}}, ("not-a-choice", "cases[0].request.activity", "sjakk")),
        ({"request": {**EVENING, "start": "i kveld"}}, ("bad-time", "cases[0].request.start", "i kveld")),
        ({"request": {**EVENING, "zone": "Europa/Oslo"}}, ("unknown-zone", "cases[0].request.zone", "Europa/Oslo")),
        ({"request": {**EVENING, "end": "2027-11-17T20:00"}}, ("too-long-span", "cases[0].request.end", "2027-11-17 20:00")),
        ({"request": {**EVENING, "repeat": {}}}, ("bad-repeat", "cases[0].request.repeat", "{}")),
        ({"request": {**EVENING, "repeat": {"rrule": "FREQ=DAILY"}}}, ("endless-rule", "cases[0].request.repeat", "FREQ=DAILY")),
        ({"request": {**EVENING, "participants": {"unge": 3}}}, ("bad-age-band", "cases[0].request.participants.unge", "unge")),
        ({"request": {**EVENING, "exceptions": ["kvota"]}}, ("rule-not-in-file", "cases[0].request.exceptions[0]", "kvota")),
        ({"facts": {"room": {"capasity": 3}}}, ("unknown-field", "cases[0].facts.room.capasity", 3)),
        ({"facts": {"usage": [{"rule": "kvote"}]}}, ("rule-not-in-file", "cases[0].facts.usage[0].rule", "kvote")),
        ({"facts": {"occupied": [{"spaces": [], **EVENING}]}}, ("too-few-items", "cases[0].facts.occupied[0].spaces", "[]")),
        (
            {"facts": {"closures": [{"start": "2026-03-29T02:30", "end": "2026-03-29T05:00"}]}},
            ("missing-hour", "cases[0].facts.closures[0].start", "2026-03-29 02:30"),
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(change: dict[str, Any], fault: tuple[str, str, object]) -> None:
    assert faults(written({**CASE, **change})) == [fault]


def test_the_faults_of_documents_and_cases_are_told_at_once() -> None:
    wrong = {**document(at_once()).data(), "layer": "venue"}

    assert faults(written(CASE, {**CASE, "request": {**EVENING, "end": EVENING["start"]}}, policies=[wrong])) == [
        ("wrong-place", "policies[0].place", ""),
        ("end-before-start", "cases[1].request.end", "2026-11-17 18:00"),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ("broken-json", "", None)),
        ('{"cases": [], "cases": []}', ("repeated-field", "cases", "cases")),
        (written(), ("too-few-items", "cases", 0)),
        (" " * 2_000_001, ("document-too-large", "", 2_000_001)),
    ],
)
def test_what_is_no_file_of_cases_says_so(text: str, fault: tuple[str, str, object]) -> None:
    assert fault in faults(text)


def test_more_dates_than_the_limit_are_refused() -> None:
    years = {**CASE, "request": {**EVENING, "repeat": {"rrule": "FREQ=DAILY;COUNT=400"}}}

    assert faults(written(*[years] * 26)) == [("too-many-items", "cases[25]", 26 * 400)]
    assert MOST_DATES == 25 * 400


def test_what_a_request_does_not_say_is_that_of_an_organisation_a_month_before() -> None:
    (request,) = requests()

    assert (request.organisation, request.person, request.in_series) == ("1", "1", False)
    assert request.submitted == datetime(2026, 10, 18, 17, tzinfo=UTC)
    assert requests(applicant="person")[0].organisation is None
    assert requests(applicant="person")[0].applicant is ApplicantClass.PERSON


def test_a_series_keeps_its_wall_clock_over_the_clock_change() -> None:
    found = requests(start="2026-10-20T18:00", end="2026-10-20T20:00", repeat={"weekly_until": "2026-11-03", "except": ["2026-11-03"]})

    assert [(one.dates[0], one.interval.start.hour, one.in_series) for one in found] == [
        (date(2026, 10, 20), 16, True),
        (date(2026, 10, 27), 17, True),
    ]


def test_only_what_is_stated_is_compared_and_prices_are_in_kroner() -> None:
    assert found({}) == []
    assert found({"price": 999.8, "codes": ["capacity-unknown"], "lines": [{"minutes": 120}]}) == [
        Difference("codes", ["capacity-unknown"], []),
    ]
    assert found({"price": 999})[0] == Difference("price", Decimal(999), Decimal("999.8"))


def test_use_that_nobody_names_is_no_use_and_that_of_another_week_counts_for_that_week() -> None:
    used = {"rule": "quota", "minutes": 540}

    assert found({"codes": []}) == []
    assert found({"codes": ["quota-used"]}, facts={"usage": [used]}) == []
    assert found({"codes": []}, facts={"usage": [{**used, "date": "2026-11-09"}]}) == []


def test_public_holidays_are_known_and_can_be_said_away() -> None:
    national_day = {"request": {"start": "2026-05-17T18:00", "end": "2026-05-17T20:00"}}

    assert found({"codes": ["public-holiday"]}, **national_day) == []
    assert found({"codes": []}, **national_day, facts={"days": [{"date": "2026-05-17"}]}) == []


def test_a_room_is_always_open_unless_its_hours_are_said() -> None:
    night = {"request": {"start": "2026-11-17T02:00", "end": "2026-11-17T03:00"}}

    assert found({"codes": []}, **night) == []
    assert found({"codes": ["opening-unknown"]}, **night, facts={"open": []}) == []
    assert found({"codes": ["outside-opening-hours"]}, **night, facts={"open": [{"start": "08:00", "end": "22:00"}]}) == []


def test_the_facts_of_the_file_are_those_of_every_case_that_does_not_say_otherwise() -> None:
    common = {"applicant": {"statuses": ["a"]}, "room": {"capacity": 10}}

    _documents, cases = read_cases(written(CASE, {**CASE, "facts": {"room": {"kind": "gym"}}}, facts=common))

    assert [(case.facts.applicant.statuses, case.facts.room.capacity) for case in cases] == [(("a",), 10), (("a",), None)]
