"""``python -m bench.prove``: the long proofs, told in ``docs/proofs.md``; see CONTRIBUTING.md for its options."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.proofs import Proof, databases, random_steps, storms
from kernel.clock import now
from tests.storms.test_all_at_once import MOST_SERIES

REPORT = Path(__file__).parents[1] / "docs" / "proofs.md"
HEAD = """# Proofs

Written by `make prove` on {day}, on {cores} cores, with `--steps {steps} --seed {seed} --rounds {rounds}
--series {series}`; every run below ended well.
A run that does not stops the command and names its seed and step.

**Random steps** (`tests/steps.py`): somebody books once or weekly, moves, cancels, confirms, approves, declines or lets lapse, in
a hall of two halves that can be had whole, while time passes and holds run out. Before each act a model in plain Python
(`tests/brute.py`) says, by looking at every claim there is, what must become of it. Every 25 steps the whole database is the
whole model: no two claims of a space overlap, the claims are the live dates with their buffers, no date is lost, the past is
unchanged, each act has its audit row.

**Kills**: the server is killed twenty times in a storm of bookings; what a client was promised is there, nothing is half done,
the feed agrees. **Races**: eight client processes ask two server processes for the same 300 slots; each slot has one winner.
**All at once**: they approve requests that exclude each other, change one series or let two change places, ask for time that is
kept for who waits, book in what is being closed and where `bookings import` books a season plan of {series} series; each has one
winner, nothing is lost or doubled, and nobody is told of a deadlock. Deadlocks are those that the database broke.
"""


def main() -> int:
    given = _arguments().parse_args()
    found: list[Proof] = []
    for proof in _run(given):
        found.append(proof)
        print(f"{proof.work}, {proof.kind}, {proof.number}: ended well in {proof.seconds:.0f} s", flush=True)
        given.report.write_text(_report(found, given), encoding="utf-8")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.prove", description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000, help="random steps on each kind of database (10000)")
    parser.add_argument(
        "--seed", type=int, default=1, help="seed of the first episode of 2500 steps: where to go on, or what to try again (1)"
    )
    parser.add_argument("--rounds", type=int, default=1, help="how many times kills and races (1)")
    parser.add_argument(
        "--series",
        type=int,
        default=500,
        choices=range(1, MOST_SERIES + 1),
        metavar="N",
        help="rows of the season plan that is imported (500)",
    )
    parser.add_argument("--report", type=Path, default=REPORT, help="where the report goes (docs/proofs.md)")
    return parser


def _run(given: argparse.Namespace) -> Iterator[Proof]:
    with databases() as kinds:
        yield from random_steps(kinds, steps=given.steps, seed=given.seed)
        yield from storms(kinds, rounds=given.rounds, series=given.series)


def _report(found: Sequence[Proof], given: argparse.Namespace) -> str:
    head = HEAD.format(
        day=f"{now():%Y-%m-%d}", cores=os.cpu_count(), steps=given.steps, seed=given.seed, rounds=given.rounds, series=given.series
    )
    return "\n".join([head, *_runs(found), "", *_acts(found)]) + "\n"


def _runs(found: Sequence[Proof]) -> Iterator[str]:
    yield from ("| proof | database | runs | extent | seconds |", "|---|---|---|---|---|")
    for work, kind in sorted({(proof.work, proof.kind) for proof in found}, reverse=True):
        of_it = [proof for proof in found if (proof.work, proof.kind) == (work, kind)]
        extent = sum((proof.done for proof in of_it), Counter[str]())
        name = {"random steps": "steps", "kills": "kills", "races": "slots", "all at once": "requests"}[work]
        slowest = f", p99 {max(proof.done['p99'] for proof in of_it)} ms, {extent['deadlocks']} deadlocks" if extent["p99"] else ""
        yield f"| {work} | {kind} | {len(of_it)} | {extent[name]:,} {name}{slowest} | {sum(proof.seconds for proof in of_it):.0f} |"


def _acts(found: Sequence[Proof]) -> Iterator[str]:
    """What the random steps did, by act and refusal; the same on both databases."""
    kinds = sorted({proof.kind for proof in found if proof.work == "random steps"})
    sums = {
        kind: sum((proof.done for proof in found if proof.kind == kind and proof.work == "random steps"), Counter[str]()) for kind in kinds
    }
    acts = sorted({act for done in sums.values() for act in done} - {"steps"})
    yield f"| act of the random steps (after the comma: refused, and why) | {' | '.join(kinds)} |"
    yield "|---|" + "---|" * len(kinds)
    yield from (f"| {act} | {' | '.join(f'{sums[kind][act]:,}' for kind in kinds)} |" for act in acts)


if __name__ == "__main__":
    sys.exit(main())
