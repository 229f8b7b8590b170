"""``python -m bench``: every work beside its floor, in one run, as ratios; see CONTRIBUTING.md for its options."""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app import BETWEEN_PASSES
from bench.booking import Size, booking_lines
from bench.feeds import FeedSize, feed_lines
from bench.freedom import FreedomSize, freedom_lines
from bench.policies import rule_lines, search_line
from bench.served import bases
from bench.statistics import StatisticsSize, statistics_lines
from bench.table import Line, milliseconds, printed
from bench.timing import flush_seconds
from bench.whatif import WhatIfSize, what_if_lines

QUICK, QUICK_FEEDS = (
    Size(rounds=2, alone=10, crowd=32, paused=32, many=5_000),
    FeedSize(rounds=1, exchanges=1, requests=20, cold=1, events=(50, 100, 400)),
)
QUICK_WHAT_IF, QUICK_FREEDOM = WhatIfSize(dates=1_000, rounds=1), FreedomSize(rooms=100, days=300, rounds=2, wishes=10)
SUBJECTS = ("booking", "feeds", "whatif", "policies", "freedom", "statistics")


def main() -> int:
    given = _arguments().parse_args()
    began = time.monotonic()
    missed = 0
    gc.set_threshold(BETWEEN_PASSES)
    with tempfile.TemporaryDirectory(prefix="arena-bench-") as name:
        for title, lines in _measured(Path(name), given):
            print(printed(title, lines), end="\n\n", flush=True)
            missed += sum(line.is_met is False for line in lines)
    print(f"{missed} goals missed" if missed else "every goal met", f"in {time.monotonic() - began:.0f} s")
    return 1 if missed and given.strict else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds and rows: shows that it runs, measures nothing")
    parser.add_argument("--strict", action="store_true", help="ends with 1 when a goal is missed")
    parser.add_argument("--only", choices=SUBJECTS, help="one subject")
    return parser


def _measured(folder: Path, given: argparse.Namespace) -> Iterator[tuple[str, list[Line]]]:
    yield _disk(folder, "before")
    few, many = (10, 50) if given.quick else (100, 1_000)
    with bases(folder) as kinds:
        if given.only in (None, "policies"):
            yield "Policies", rule_lines()
        for kind in kinds.kinds:
            if given.only in (None, "policies"):
                yield f"Search, {kind}", [search_line(kinds.make(kind, "search"), few, many)]
            if given.only in (None, "booking"):
                yield f"Booking over HTTP, {kind}", booking_lines(kinds, kind, folder, QUICK if given.quick else Size())
            if given.only in (None, "feeds"):
                yield f"A feed, {kind}", feed_lines(kinds, kind, folder, QUICK_FEEDS if given.quick else FeedSize())
            if given.only in (None, "freedom"):
                yield f"Freedom, {kind}", freedom_lines(kinds, kind, QUICK_FREEDOM if given.quick else FreedomSize())
            if given.only in (None, "whatif"):
                yield f"What-if, {kind}", what_if_lines(kinds, kind, QUICK_WHAT_IF if given.quick else WhatIfSize())
            if given.only in (None, "statistics"):
                size = StatisticsSize(dates=5_000, rounds=1) if given.quick else StatisticsSize()
                yield f"Statistics, {kind}", statistics_lines(kinds, kind, size)
    yield _disk(folder, "after")


def _disk(folder: Path, when: str) -> tuple[str, list[Line]]:
    return f"Disk, {when} the measurements", [Line(work="one durable write of 4 KiB (fsync)", ours=milliseconds(flush_seconds(folder)))]


if __name__ == "__main__":
    sys.exit(main())
