"""Money: whole øre, never a float's rounding."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import for_minutes, of_kroner, rounded

AMOUNTS = [(1145, 114_500), ("99.50", 9_950), (0.1, 10), ("0", 0), (19.99, 1_999), ("-350", -35_000), ("12.500", 1_250)]
NO_AMOUNTS: list[float | str] = [
    "0.001",
    "1/3",
    "1/2",
    "1/0",
    "1e6",
    "1e8000000",
    "٥٠",
    "9" * 14,
    "",
    "ti",
    "nan",
    "inf",
    float("nan"),
    float("inf"),
]


@pytest.mark.parametrize(("kroner", "ore"), AMOUNTS)
def test_kroner_become_ore_as_they_are_written(kroner: int | float | str, ore: int) -> None:
    assert of_kroner(kroner) == ore


@pytest.mark.parametrize("kroner", NO_AMOUNTS)
def test_what_is_no_whole_number_of_ore_is_refused(kroner: float | str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the type is the promise
        of_kroner(kroner)


@pytest.mark.parametrize(
    ("per_hour", "minutes", "price"), [(114_500, 60, 114_500), (114_500, 90, 171_750), (100, 20, 33), (100, 40, 67), (1, 30, 1), (1, 29, 0)]
)
def test_a_price_per_hour_is_charged_by_the_minute(per_hour: int, minutes: int, price: int) -> None:
    assert for_minutes(per_hour, minutes) == price


@given(st.integers(0, 10**9), st.integers(0, 10**5))
def test_a_price_is_never_more_than_half_an_ore_off(per_hour: int, minutes: int) -> None:
    assert abs(for_minutes(per_hour, minutes) - Fraction(per_hour * minutes, 60)) <= Fraction(1, 2)


@given(st.integers(-(10**6), 10**6))
def test_half_an_ore_is_charged(ore: int) -> None:
    assert rounded(Fraction(2 * ore + 1, 2)) == ore + 1
