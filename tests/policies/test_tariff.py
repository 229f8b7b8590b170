"""Prices worked by hand: Drammen's football hall across a tariff change, time bands, classes, and what has no price."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.identity import ApplicantClass
from kernel.recurrence import dates_of
from policies.evaluate import evaluate
from policies.layers import combine
from policies.request import ApplicantFacts, Day, Entitlement
from policies.verdict import Outcome, Price
from tests.policies.examples import REASON, TUESDAY, asked, at_once, document, known, policy, rule

SATURDAY = date(2025, 11, 22)


def tariff(version: str, first: str, *rows: dict[str, Any], last: str | None = None) -> dict[str, Any]:
    return {"version": version, "first": first, "last": last, "rows": rows}


def row(ore: int, price_class: str = "list", **limits: Any) -> dict[str, Any]:
    return {"price_class": price_class, "ore": ore, **limits}


def hall(until_2024: int, from_2025: int) -> dict[str, Any]:
    return rule(
        "price",
        tariffs=[tariff("2024", "2020-01-01", row(until_2024), last="2024-12-31"), tariff("2025", "2025-01-01", row(from_2025))],
    )


WHOLE, HALF = hall(109500, 114500), hall(57500, 60000)


def price(prices: dict[str, Any], request: Any = None, facts: Any = None) -> Price:
    request = request or asked()
    found = evaluate(policy(prices), request, facts or known(*request.dates, opens="00:00", closes="24:00")).price
    assert found is not None
    return found


def test_d1_half_a_hall_for_an_hour_and_a_half_costs_nine_hundred_kroner() -> None:
    assert price(HALF).charged == 900_00


def test_d2_the_whole_hall_on_tuesdays_across_the_tariff_change_costs_29320_kroner() -> None:
    submitted = datetime(2024, 8, 1, 9, tzinfo=UTC)
    tuesdays = dates_of("FREQ=WEEKLY;BYDAY=TU;UNTIL=20250430", date(2024, 11, 5))

    charged = [price(WHOLE, asked(day, "18:00", "19:00", submitted=submitted)).charged for day in tuesdays]

    assert [charged.count(109500), charged.count(114500)] == [9, 17]
    assert sum(charged) == 29_320_00


@pytest.mark.parametrize(
    ("prices", "day", "ore"),
    [(WHOLE, "2024-12-31", 109500), (WHOLE, "2025-01-01", 114500), (HALF, "2024-12-31", 57500), (HALF, "2025-01-01", 60000)],
)
def test_the_tariff_is_that_of_the_date_of_use(prices: dict[str, Any], day: str, ore: int) -> None:
    assert price(prices, asked(date.fromisoformat(day), "18:00", "19:00")).charged == ore


def test_d3_two_hours_of_the_whole_hall_on_a_saturday_cost_2290_kroner() -> None:
    assert price(WHOLE, asked(date(2026, 1, 10), "12:00", "14:00")).charged == 2_290_00


def test_a_night_across_new_year_is_priced_by_each_dates_own_tariff() -> None:
    found = price(WHOLE, asked(date(2024, 12, 31), "22:00", "02:00"))

    assert [(line.tariff, line.minutes, line.amount) for line in found.lines] == [("2024", 120, 219000), ("2025", 120, 229000)]


@pytest.mark.parametrize(("day", "minutes"), [(date(2026, 3, 28), 360), (date(2026, 10, 24), 480), (date(2026, 10, 17), 420)])
def test_a_night_costs_the_hours_that_pass_when_the_clock_changes(day: date, minutes: int) -> None:
    found = price(hall(0, 60000), asked(day, "23:00", "06:00"))

    assert (sum(line.minutes or 0 for line in found.lines), found.charged) == (minutes, minutes * 1000)


def test_a_price_is_rounded_half_up_to_a_whole_ore() -> None:
    assert price(hall(0, 100), asked(end="18:01")).charged == 2


CLASSES = rule(
    "price",
    assignments=[
        {"applicants": ["organisation"], "statuses": ["lease-status-a"], "price_class": "free"},
        {"applicants": ["organisation", "group"], "price_class": "member"},
        {"applicants": ["person"], "price_class": "private"},
    ],
    tariffs=[
        tariff(
            "2025",
            "2025-01-01",
            row(40000),
            row(0, "free", unit="occasion"),
            row(10000, "member"),
            row(15000, "member", weekdays=[6, 7]),
            row(20000, "private", between={"start": "08:00", "end": "20:00"}),
            row(30000, "private", between={"start": "20:00", "end": "24:00"}),
        )
    ],
)


def test_list_and_charged_price_stand_beside_each_other() -> None:
    found = price(CLASSES)

    assert (found.price_class, found.charged, found.listed) == ("member", 150_00, 600_00)


def test_the_first_assignment_that_fits_gives_the_class() -> None:
    found = price(CLASSES, facts=known(TUESDAY, applicant=ApplicantFacts(statuses=("lease-status-a",))))

    assert (found.price_class, found.charged, found.listed) == ("free", 0, 600_00)


def test_the_row_with_most_limits_is_taken() -> None:
    assert price(CLASSES, asked(SATURDAY)).charged == 225_00


def test_time_bands_cut_a_request() -> None:
    found = price(CLASSES, asked(start="19:00", end="21:00", applicant=ApplicantClass.PERSON))

    assert [(line.minutes, line.rate, line.amount) for line in found.lines] == [(60, 20000, 20000), (60, 30000, 30000)]


def test_an_agreement_brings_its_own_price_class() -> None:
    held = Entitlement("3", "Åpen hall", "free", 360, 0, date(2025, 1, 1), date(2026, 12, 31))

    found = price(CLASSES, asked(agreement="3"), known(TUESDAY, entitlement=held))

    assert (found.price_class, found.charged, found.listed) == ("free", 0, 600_00)


def test_a_day_is_charged_once_per_date_and_an_occasion_once() -> None:
    by_day = rule("price", tariffs=[tariff("2025", "2025-01-01", row(159000, unit="day"))])
    by_occasion = rule("price", tariffs=[tariff("2025", "2025-01-01", row(159000, unit="occasion"))])
    night = asked(start="20:00", end="10:00")

    assert (price(by_day, night).charged, price(by_occasion, night).charged) == (318000, 159000)
    assert [line.minutes for line in price(by_day, night).lines] == [None, None]


@pytest.mark.parametrize(
    ("request_changes", "code", "value"),
    [
        ({"applicant": ApplicantClass.BUSINESS}, "price-class-missing", "business"),
        ({"applicant": ApplicantClass.PERSON, "start": "07:00", "end": "09:00"}, "price-missing", "private"),
    ],
)
def test_what_has_no_row_gets_no_price_and_is_reviewed(request_changes: dict[str, Any], code: str, value: str) -> None:
    verdict = evaluate(policy(CLASSES), asked(**request_changes), known(TUESDAY, opens="00:00", closes="24:00"))

    assert (verdict.outcome, verdict.price) == (Outcome.REVIEW, None)
    assert [(o.code, o.value) for o in verdict.objections] == [(code, value)]


def test_before_the_first_tariff_there_is_no_price() -> None:
    verdict = evaluate(policy(CLASSES), asked(date(2024, 6, 4)), known(date(2024, 6, 4)))

    assert [o.code for o in verdict.objections] == ["price-missing"]


def test_without_a_price_rule_nothing_is_said_of_the_price() -> None:
    verdict = evaluate(policy(), asked(), known(TUESDAY))

    assert (verdict.outcome, verdict.price) == (Outcome.ACCEPTED, None)


def test_the_rooms_own_price_goes_before_the_municipalitys() -> None:
    documents = [document(at_once(), WHOLE), document(HALF, layer="room", place="assiden-fotballhall/halvdel-a")]

    found = evaluate(combine(documents), asked(), known(TUESDAY)).price

    assert found and found.charged == 900_00


def test_a_public_holiday_has_its_own_row() -> None:
    prices = rule("price", tariffs=[tariff("2025", "2025-01-01", row(10000), row(20000, day_classes=["public-holiday"]))])

    facts = replace(known(TUESDAY), days=(Day(TUESDAY, "Fridag"),))

    assert price(prices, asked(end="19:00"), facts).charged == 20000


def test_the_value_of_support_across_a_tariff_change_is_list_less_charged() -> None:
    # By hand: 9 x (1,095 - 0) + 17 x (1,145 - 0) = 9,855 + 19,465 = 29,320 kroner given to an organisation that pays nothing.
    rows = [
        tariff("2024", "2020-01-01", row(109500), row(0, "free"), last="2024-12-31"),
        tariff("2025", "2025-01-01", row(114500), row(0, "free")),
    ]
    free = rule("price", assignments=[{"applicants": ["organisation"], "price_class": "free"}], tariffs=rows)
    first = date(2024, 11, 5)

    found = [price(free, asked(first + timedelta(weeks=n), "18:00", "19:00")) for n in range(26)]

    assert sum((one.listed or 0) - one.charged for one in found) == 29_320_00


def test_an_occasion_is_charged_once_by_the_row_of_its_beginning() -> None:
    parties = rule(
        "price",
        tariffs=[
            tariff("2026", "2026-01-01", row(100000, unit="occasion"), last="2026-12-31"),
            tariff("2027", "2027-01-01", row(110000, unit="occasion")),
        ],
    )
    weekend = rule(
        "price", tariffs=[tariff("a", "2020-01-01", row(100000, unit="occasion"), row(150000, unit="occasion", weekdays=[6, 7]))]
    )

    assert price(parties, asked(date(2026, 12, 31), "18:00", "02:00")).charged == 1_000_00
    assert price(weekend, asked(date(2025, 11, 21), "18:00", "02:00")).charged == 1_000_00


def test_a_row_holds_outside_of_the_time_that_it_leaves_out() -> None:
    rows = (row(20000), row(50000, outside=[{"between": {"start": "16:00", "end": "22:00"}}]))
    prices = rule("price", tariffs=[tariff("a", "2020-01-01", *rows)])

    assert price(prices, asked(start="14:00", end="18:00")).charged == 2 * 500_00 + 2 * 200_00


@pytest.mark.parametrize(
    ("day", "start", "end", "second", "ore"),
    [
        # The hour that comes twice, its second passing alone; then both, and a night on which it is skipped.
        (date(2027, 10, 31), "02:00", "03:00", True, 150_00),
        (date(2027, 10, 31), "01:00", "03:00", False, 100_00 + 50_00 + 100_00 + 200_00),
        (date(2027, 3, 28), "01:00", "04:00", False, 100_00 + 200_00),
    ],
)
def test_rows_meet_on_the_clock_on_the_nights_of_its_changes(day: date, start: str, end: str, second: bool, ore: int) -> None:
    rows = (row(10000, between={"start": "00:00", "end": "02:30"}), row(20000, between={"start": "02:30", "end": "24:00"}))
    request = asked(day, start, end)
    if second:
        wall = replace(request.wall, second=True)
        request = replace(request, wall=wall, interval=wall.interval())

    assert price(rule("price", tariffs=[tariff("a", "2020-01-01", *rows)]), request).charged == ore


def test_a_percentage_is_of_the_time_that_its_rule_is_about() -> None:
    late = rule("surcharge", title=REASON, operation="percent", percent=100, scope={"between": {"start": "22:00", "end": "24:00"}})
    saturday = rule("surcharge", title=REASON, operation="percent", percent=50, scope={"weekdays": [6]})
    open_all_day = known(date(2025, 11, 21), date(2025, 11, 22), opens="00:00", closes="24:00")

    evening = evaluate(policy(HALF, late), asked(start="18:00", end="22:15"), known(TUESDAY, closes="24:00")).price
    night = evaluate(policy(HALF, saturday), asked(date(2025, 11, 21), "20:00", "01:00"), open_all_day).price

    assert evening and evening.charged == 4 * 600_00 + 150_00 + 150_00
    assert night and night.charged == 5 * 600_00 + 300_00
