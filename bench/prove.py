"""``python -m bench.prove``: the long proofs, told in ``docs/proofs.md``; see CONTRIBUTING.md for its options."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.proofs import KINDS, ROOT, Proof, Run, code_here, databases, inputs, keep, kept_in, proved, random_steps, storms
from tests.storms.test_all_at_once import MOST_SERIES

JOURNAL = ROOT / "instance" / "proofs.jsonl"
REPORT = ROOT / "docs" / "proofs.md"
UNITS = {
    "random steps": "steps",
    "kills": "kills",
    "races": "slots",
    "all at once": "requests",
    "inputs": "inputs",
    "large inputs": "inputs",
}
HEAD = """# Proofs

Written by `make prove` from runs between {first} and {last} of the code `{code}`, on {cores} cores, random steps with the seeds
{seeds}; every run below ended well, and all of them are told. A run that does not stops the command and names its seed and step.

**Random steps** (`tests/steps.py`): somebody books once or weekly, at night where the clock changes, or stands in line, and
chooses for single dates to skip them, to wait, another room or another hour; asks for equipment or an attendant; imports a
row of a season plan; moves a date; moves one, the following or all dates of a series to other days, another hour or another
room; lets them say something else, ask for other equipment, or gives them to another team; splits, cancels, takes back, adds;
gives back a period for the club; confirms, approves, prefers one request to others, declines or lets lapse. What goes first
displaces; half or all of the hall is closed, or the lift in it is out of order, and is open again; the hours of the hall or of a
room shrink, a room is out of use, there are fewer of a thing or none, who has what is not there any more loses it, and all that is
undone again; the worker offers what is free, offers are accepted, one or all of a booking, declined or run out; acts are undone.
All in a hall of two halves that can be had whole, while time passes, holds run out and, in two episodes of three, summer time begins
or ends.

Before each act a model in plain Python (`tests/brute.py`) says, by looking at everything there is, what must become of it; of
what the worker offers it says whether it may be offered, and that nobody is left in line for a time that is free. Every 25 steps
the whole database is the whole model: no two claims of a space overlap, the claims are the live dates and the open offers with
their buffers, no date is lost or doubled, each loss is told its holder once, by its date, and nothing that was undone, the past
is unchanged, each act has its audit row.

**Kills**: the server is killed twenty times in a storm of bookings; what a client was promised is there, nothing is half done,
the feed agrees. **Races**: eight client processes ask two server processes for the same 300 slots; each slot has one winner.
**All at once**: they approve requests that exclude each other, change one series or let two change places, ask for time that is
kept for who waits, book in what is being closed and where `bookings import` books a season plan of {series} series; each has one
winner, nothing is lost or doubled, and nobody is told of a deadlock. Deadlocks are those that the database broke.

**Inputs** (`tests/foreign.py`): the foreign calendars of the tests, and one of 20,000 events, after some mishaps: bytes changed, lost,
doubled, four hundred times over or out of another file, numbers changed, lines put in that open, close and repeat without end. Each is
read, in less than five seconds of processor time. A refused one says why and nothing else; of one that is read each occurrence has a name
of its own and lies in the window that was asked for, and what was left out is named by its line and a reason that has a sentence.
"""


def main() -> int:
    given, code = _arguments().parse_args(), code_here()
    with databases(given.on or KINDS) as kinds:
        for run in _runs(given, list(kinds)):
            if any((proof.name, proof.code) == (run.name, code) for proof in kept_in(given.journal)):
                continue
            proof = proved(run, kinds[run.kind], code)
            keep(proof, given.journal)
            print(f"{proof.work}, {proof.kind}, {proof.number}: ended well in {proof.seconds:.0f} s", flush=True)
            given.report.write_text(_report([one for one in kept_in(given.journal) if one.code == code]), encoding="utf-8")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.prove", description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000, help="random steps on each kind of database (100000)")
    parser.add_argument(
        "--seed", type=int, default=1, help="seed of the first episode of 500 steps: where to go on, or what to try again (1)"
    )
    parser.add_argument("--inputs", type=int, default=100_000, help="mutated foreign calendars (100000)")
    parser.add_argument("--large", type=int, default=200, help="mutated foreign calendars of 20,000 events (200)")
    parser.add_argument("--rounds", type=int, default=1, help="how many times kills and races (1)")
    parser.add_argument(
        "--series",
        type=_series,
        default=500,
        metavar="N",
        help=f"rows of the season plan that is imported, 1 to {MOST_SERIES} (500)",
    )
    parser.add_argument("--on", choices=KINDS, action="append", help="on this kind of database only, or what asks none (all)")
    parser.add_argument("--journal", type=Path, default=JOURNAL, help="which runs ended well already (instance/proofs.jsonl)")
    parser.add_argument("--report", type=Path, default=REPORT, help="where the report goes (docs/proofs.md)")
    return parser


def _series(written: str) -> int:
    """So many rows as a fortnight of the plan has room for."""
    if not written.isdecimal() or not 1 <= int(written) <= MOST_SERIES:
        raise argparse.ArgumentTypeError(f"{written} is no whole number from 1 to {MOST_SERIES}")
    return int(written)


def _runs(given: argparse.Namespace, kinds: Sequence[str]) -> Iterator[Run]:
    stored = [kind for kind in kinds if kind != "none"]
    for kind in stored:
        yield from storms(kind, rounds=given.rounds, series=given.series)
    if "none" in kinds:
        yield from inputs(small=given.inputs, large=given.large, seed=given.seed)
    for kind in stored:
        yield from random_steps(kind, steps=given.steps, seed=given.seed)


def _report(found: Sequence[Proof]) -> str:
    days, code = sorted({proof.day for proof in found}), found[0].code
    seeds = sorted({proof.number for proof in found if proof.work == "random steps"})
    told = ", ".join(f"{first} to {last}" for first, last in _stretches(seeds)) or "none yet"
    series = max((proof.extent for proof in found if proof.work == "all at once"), default=0)
    head = HEAD.format(first=days[0], last=days[-1], code=code, cores=os.cpu_count(), seeds=told, series=series)
    return "\n".join([head, *_lines(found), "", *_acts(found)]) + "\n"


def _stretches(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of numbers that follow each other."""
    for number in numbers:
        if number - 1 not in numbers:
            yield number, next(last for last in range(number, numbers[-1] + 1) if last + 1 not in numbers)


def _lines(found: Sequence[Proof]) -> Iterator[str]:
    yield from ("| proof | database | runs | extent | seconds |", "|---|---|---|---|---|")
    for work, kind in sorted({(proof.work, proof.kind) for proof in found}, reverse=True):
        of_it = [proof for proof in found if (proof.work, proof.kind) == (work, kind)]
        unit, done = UNITS[work], sum((Counter(proof.done) for proof in of_it), Counter[str]())
        told = f", {done['refuse']:,} refused, none over {max(proof.done['slowest'] for proof in of_it):,} ms" if done["slowest"] else ""
        slowest = f", p99 {max(proof.done['p99'] for proof in of_it)} ms, {done['deadlocks']} deadlocks" if done["p99"] else told
        yield f"| {work} | {kind} | {len(of_it)} | {done[unit]:,} {unit}{slowest} | {sum(proof.seconds for proof in of_it):.0f} |"


def _acts(found: Sequence[Proof]) -> Iterator[str]:
    """What the random steps did, by act and refusal; the same on both databases for the same seeds."""
    steps = [proof for proof in found if proof.work == "random steps"]
    if not steps:
        return
    kinds = sorted({proof.kind for proof in steps})
    sums = {kind: sum((Counter(proof.done) for proof in steps if proof.kind == kind), Counter[str]()) for kind in kinds}
    acts = sorted({act for done in sums.values() for act in done} - {"steps"})
    yield f"| act of the random steps (after the comma: refused, and why) | {' | '.join(kinds)} |"
    yield "|---|" + "---|" * len(kinds)
    yield from (f"| {act} | {' | '.join(f'{sums[kind][act]:,}' for kind in kinds)} |" for act in acts)


if __name__ == "__main__":
    sys.exit(main())
