"""Units: numbers so small that another unit was surely meant, kroner for øre and hours for minutes."""

from collections.abc import Iterator

from kernel.errors import Fault
from policies.lint.subject import Located, Subject, fault_in
from policies.rules.base import Rule
from policies.rules.charges import Surcharge
from policies.rules.counts import Quota
from policies.rules.tariff import PriceRule
from policies.rules.timing import Length

# Below ten kroner, and below a quarter of an hour.
LEAST_ORE, LEAST_MINUTES = 1_000, 15


def check(subject: Subject) -> Iterator[Fault]:
    """Prices of some øre, lengths and quotas of some minutes."""
    for found in subject.of(PriceRule):
        for number, tariff in enumerate(found.rule.tariffs):
            for place, row in enumerate(tariff.rows):
                if 0 < row.ore < LEAST_ORE:
                    yield fault_in(found, "kroner-for-ore", f"tariffs[{number}].rows[{place}].ore", row.ore, meant=row.ore * 100)
    for surcharge in subject.of(Surcharge):
        ore = surcharge.rule.ore
        if ore is not None and 0 < abs(ore) < LEAST_ORE:
            yield fault_in(surcharge, "kroner-for-ore", "ore", ore, meant=ore * 100)
    for length in subject.of(Length):
        yield from _minutes(length, "at_least", length.rule.at_least)
        yield from _minutes(length, "at_most", length.rule.at_most)
    for quota in subject.of(Quota):
        yield from _minutes(quota, "minutes", quota.rule.minutes)


def _minutes(found: Located[Rule], field: str, minutes: int | None) -> Iterator[Fault]:
    if minutes is not None and 0 < minutes < LEAST_MINUTES:
        yield fault_in(found, "hours-for-minutes", field, minutes, meant=minutes * 60)
