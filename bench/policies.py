"""Policies: what two hundred rules cost a request, and how many statements it takes to try the rules on a thousand rooms."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bench.seeding import build_rooms
from bench.table import Line, milliseconds
from bench.timing import alternating, per_piece, statements_of
from booking.ordinary import tried
from booking.search import Search, find_rooms
from database.transact import Database
from kernel.clock import now
from policies.evaluate import evaluate
from policies.layers import Policy
from tests.policies.examples import REASON, TUESDAY, asked, known, policy, rule

RULES = 200
ROUNDS = 9
PIECES = 100
MOST = 0.001
WEEK = [1, 2, 3, 4, 5]
# Of every sort: what refuses, what gives and what settles, limited by who, where, when and what, as regulations are.
SORTS: Sequence[tuple[str, dict[str, Any]]] = (
    ("length", {"at_most": 240, "scope": {"activities": ["sport"], "weekdays": WEEK}}),
    ("purpose", {"alcohol": "refuse", "scope": {"applicants": ["person"]}}),
    ("lead_time", {"notice": {"amount": 2, "unit": "days"}, "scope": {"room_kinds": ["half pitch"]}}),
    ("age_mix", {"ages": {"last": 12}, "at_most": 100, "unknown": "allow", "scope": {"between": {"start": "17:00", "end": "20:00"}}}),
    ("eligibility", {"allowed": ["organisation", "person"], "scope": {"season": {"first": "W33", "last": "W22"}}}),
    ("condition", {"what": "fire-instruction", "task": "sign", "title": REASON, "scope": {"statuses": ["tenant"]}}),
    ("surcharge", {"title": REASON, "operation": "amount", "ore": 10_000, "scope": {"weekdays": [6, 7]}}),
    ("season", {"during": [{"first": "08-01", "last": "07-01"}], "scope": {"in_series": True}}),
    ("capacity", {"at_most": 300, "scope": {"activities": ["event"]}}),
    ("opening", {"only_between": {"start": "16:00", "end": "22:00"}, "scope": {"day_classes": ["working-day"]}}),
)


def rule_lines() -> list[Line]:
    """One request under a policy of two hundred rules, beside one under a policy of a single rule."""
    request, facts = asked(), known(TUESDAY)
    full, bare = _of_rules(RULES), policy()

    def judging(by: Policy) -> float:
        return per_piece(lambda: evaluate(by, request, facts), pieces=PIECES)

    found = alternating({"full": lambda: judging(full), "bare": lambda: judging(bare)}, rounds=ROUNDS)
    full_taken, bare_taken = found.typical("full"), found.typical("bare")
    most, ours = milliseconds(MOST), milliseconds(full_taken)
    return [
        Line(work=f"one request under {RULES} rules", floor=most, ours=ours, ratio=full_taken / MOST, goal="<= 1"),
        Line(work="the same beside a policy of one rule", floor=milliseconds(bare_taken), ours=ours, ratio=found.ratio("full", "bare")),
    ]


def search_line(database: Database, few: int, many: int) -> Line:
    """The statements of one search that tries the rules on all its rooms, with few rooms and with many."""
    build_rooms(database, "few", few, now=now())
    floor = _statements(database, few)
    build_rooms(database, "many", many - few, now=now())
    ours = _statements(database, many)
    work = f"statements to try the rules on {many:,} rooms, beside {few:,}"
    return Line(work=work, floor=str(floor), ours=str(ours), ratio=ours / floor, goal="<= 1")


def _of_rules(count: int) -> Policy:
    chosen = (SORTS[number % len(SORTS)] for number in range(count))
    return policy(*({**rule(kind, **fields), "id": f"{kind.replace('_', '-')}-{number}"} for number, (kind, fields) in enumerate(chosen)))


def _statements(database: Database, rooms: int) -> int:
    """What a process asks that has read the documents before."""
    return [_asked(database, rooms) for _ in range(2)][-1]


def _asked(database: Database, rooms: int) -> int:
    search = Search(day=now().date() + timedelta(days=30), from_minute=18 * 60, to_minute=20 * 60, kind="gym")
    with statements_of(database.engine) as seen, database.reading() as session:
        decided = tried(find_rooms(session, search, now=now()), search, now=now())
    if len(decided) < rooms:
        raise AssertionError(f"the rules were tried on {len(decided)} rooms, and {rooms} are there")
    return len(seen)
