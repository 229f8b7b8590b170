"""Money: whole øre as integers, and the arithmetic of prices per hour."""

from fractions import Fraction

Ore = int


def of_kroner(kroner: int | float | str) -> Ore:
    """Kroner as written in a price list (``1145`` or ``"99.50"``) in øre; raises ValueError for finer amounts."""
    ore = Fraction(str(kroner)) * 100
    if ore.denominator != 1:
        raise ValueError(f"finer than one øre: {kroner}")
    return int(ore)


def for_minutes(per_hour: Ore, minutes: int) -> Ore:
    """The price of so many minutes, rounded half up to a whole øre."""
    return rounded(Fraction(per_hour * minutes, 60))


def rounded(amount: Fraction) -> Ore:
    """Half up, away from the banker's rounding of ``round``: 0.5 øre is charged as 1."""
    return int((amount + Fraction(1, 2)).__floor__())
