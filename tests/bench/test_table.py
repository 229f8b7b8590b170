"""Lines of the benchmarks: a goal is met on the right side of its bound, and ratios are those of the rounds."""

import pytest

from bench.table import Line, printed
from bench.timing import Measure, Rounds, alternating, share_below


@pytest.mark.parametrize(
    ("ratio", "goal", "met"),
    [(0.5, ">= 0.5", True), (0.49, ">= 0.5", False), (3.0, "<= 3", True), (3.01, "<= 3", False), (1.0, "", None), (None, ">= 0.5", None)],
)
def test_a_goal_is_met_on_its_side_of_the_bound(ratio: float | None, goal: str, met: bool | None) -> None:
    line = Line(work="booking", ratio=ratio, goal=goal)

    assert line.is_met is met


def test_a_missed_goal_is_said_in_the_table() -> None:
    lines = [Line(work="booking", floor="10/s", ours="4/s", ratio=0.4, goal=">= 0.5")]

    table = [row.split() for row in printed("Booking", lines).splitlines()]

    assert table == [["Booking"], ["work", "floor", "ours", "ratio", "goal"], ["booking", "10/s", "4/s", "0.40", ">=", "0.5", "MISSED"]]


def test_the_ratio_is_the_median_of_the_rounds_own_so_that_one_slow_minute_does_not_count() -> None:
    rounds = Rounds({"ours": [2.0, 20.0, 2.0], "floor": [1.0, 10.0, 1.0]})

    assert rounds.ratio("ours", "floor") == 2.0


def test_works_are_measured_in_turn_and_the_first_turn_does_not_count() -> None:
    seen: list[str] = []

    def measuring(name: str) -> Measure:
        def measure() -> float:
            seen.append(name)
            return float(len(seen))

        return measure

    rounds = alternating({name: measuring(name) for name in ("ours", "floor")}, rounds=2)

    assert seen == ["floor", "ours", "ours", "floor", "floor", "ours"]
    assert rounds.taken == {"ours": [3.0, 6.0], "floor": [4.0, 5.0]}


def test_the_share_below_leaves_out_the_slowest() -> None:
    assert share_below([float(number) for number in range(1, 101)], 0.95) == 96.0
