"""Money: whole øre as integers, and the arithmetic of prices per hour."""

import re
from fractions import Fraction

Ore = int
# As much as any budget holds, and not finer than one øre.
AMOUNT = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2})0*)?")


def of_kroner(kroner: int | float | str) -> Ore:
    """Kroner as written in a price list (``1145`` or ``"99.50"``) in øre; raises ValueError for what is no such amount.

    Nothing is reckoned out on the way: neither ``1/2`` nor ``1e300000`` is an amount that anybody writes.
    """
    found = AMOUNT.fullmatch(str(kroner))
    if found is None:
        raise ValueError("no amount in whole øre")
    ore = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -ore if found[1] else ore


def for_minutes(per_hour: Ore, minutes: int) -> Ore:
    """The price of so many minutes, rounded half up to a whole øre."""
    return _half_up(per_hour * minutes, 60)


def rounded(amount: Fraction) -> Ore:
    """Half up, away from the banker's rounding of ``round``: 0.5 øre is charged as 1."""
    return _half_up(amount.numerator, amount.denominator)


def _half_up(parts: int, whole: int) -> int:
    return (2 * parts + whole) // (2 * whole)
