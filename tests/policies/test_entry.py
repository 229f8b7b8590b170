"""Who may enter: the conditions of a verdict beside what was done; Drammen's D7 among them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from policies.entry import Met, Named, Use, born_by, due_by, may_enter
from policies.evaluate import evaluate
from policies.layers import combine
from policies.verdict import Condition, Outcome, Reason, Task, Where, Whose
from tests.policies.examples import asked, at_once, document, known, rule

DAY = date(2026, 9, 15)
TEXT = {"nb": "Branninstruks", "nn": "Branninstruks", "en": "Fire instruction"}
USE = Use(day=DAY, person="7", organisation="1", booking="12", venue="oren", room="gymsal-1")
DONE = Met(what="fire-instruction", on=DAY, text_version="2026", person="7", organisation="1", booking="12", venue="oren", room="gymsal-1")
SIGN = Condition(rule="fire", what="fire-instruction", task=Task.SIGN, title=Reason(), text_version="2026")


def condition(**changes: Any) -> Condition:
    return replace(SIGN, **changes)


def is_met(by: Met = DONE, use: Use = USE, **changes: Any) -> bool:
    return may_enter([condition(**changes)], [by], use, today=DAY).granted


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        ("2026-08-31", "2026-09-01"),
        ("2026-09-01", "2026-09-01"),
        ("2026-09-02", "2026-09-08"),
        ("2026-09-08", "2026-09-08"),
        ("2026-09-09", "2026-09-15"),
        ("2026-09-15", "2026-09-15"),
    ],
)
def test_nothing_is_due_before_it_was_decided_that_it_is_asked(decided: str, due: str) -> None:
    """1 September each year, or a week before; what has passed by then is in time until the day of use."""
    named = {"due": "09-01", "due_before": {"amount": 1, "unit": "weeks"}}
    policy = combine([document(at_once(), rule("condition", what="fire", task="sign", title=TEXT, **named))])
    day = date.fromisoformat(decided)

    (found,) = evaluate(policy, asked(DAY, submitted=datetime(day.year, day.month, day.day, 10, tzinfo=UTC)), known(DAY)).conditions

    assert found.due == date.fromisoformat(due)
    assert due_by((), decided=day, use=DAY) is None


class TestDrammen:
    """D7: no key before the fire instruction is signed and the internal distribution sent, which is due when school starts."""

    KEY_FETCHED = date(2024, 8, 20)
    USE = Use(day=KEY_FETCHED, person="7", organisation="1", booking="12", venue="hall", room="a")

    def conditions(self) -> tuple[Condition, ...]:
        rules = (
            rule("condition", what="fire-instruction", task="sign", title=TEXT, text=TEXT, text_version="1", whose="person"),
            rule("distribution", due="school-start", overdue="withdraw"),
        )
        hall = combine([document(at_once(), *rules, events={"school-start": ["2024-08-19"]})])
        verdict = evaluate(hall, asked(self.KEY_FETCHED), known(self.KEY_FETCHED))
        assert verdict.outcome is Outcome.ACCEPTED
        return verdict.conditions

    SENT = Met(what="internal-distribution", on=date(2024, 8, 16), organisation="1")
    SIGNED = Met(what="fire-instruction", on=KEY_FETCHED, text_version="1", person="7", venue="hall")

    def test_the_booking_stands_and_the_key_is_withheld_until_the_instruction_is_signed(self) -> None:
        before = may_enter(self.conditions(), [self.SENT], self.USE, today=self.KEY_FETCHED)
        after = may_enter(self.conditions(), [self.SENT, self.SIGNED], self.USE, today=self.KEY_FETCHED)

        assert (before.granted, [one.what for one in before.missing], before.overdue) == (False, ["fire-instruction"], ())
        assert (after.granted, after.missing) == (True, ())

    def test_without_the_distribution_after_school_has_started_the_time_may_be_withdrawn(self) -> None:
        entries = [may_enter(self.conditions(), [self.SIGNED], self.USE, today=date(2024, 8, day)) for day in (19, 20)]

        assert [entry.granted for entry in entries] == [False, False]
        assert [[one.what for one in entry.may_be_withdrawn] for entry in entries] == [[], ["internal-distribution"]]


@pytest.mark.parametrize(
    ("whose", "theirs"),
    [(Whose.PERSON, {"person"}), (Whose.ORGANISATION, {"organisation"}), (Whose.BOOKING, {"booking"})],
)
def test_it_is_met_for_the_one_it_is_asked_of_and_nobody_else(whose: Whose, theirs: set[str]) -> None:
    parts = ("person", "organisation", "booking")

    counts = {part for part in parts if not is_met(replace(DONE, **{part: "99"}), whose=whose)}

    assert counts == theirs


def test_an_organisations_condition_is_the_holders_own_where_there_is_no_organisation() -> None:
    alone, own = replace(USE, organisation=None), replace(DONE, organisation=None)

    found = [is_met(met, use=alone, whose=Whose.ORGANISATION) for met in (own, replace(own, person="8"), DONE)]

    assert found == [True, False, False]


@pytest.mark.parametrize(
    ("where", "counts"),
    [(Where.ANYWHERE, set()), (Where.VENUE, {"venue"}), (Where.ROOM, {"venue", "room"})],
)
def test_it_is_met_where_it_was_done(where: Where, counts: set[str]) -> None:
    assert {part for part in ("venue", "room") if not is_met(replace(DONE, **{part: "other"}), where=where)} == counts


def test_another_version_of_the_text_has_to_be_signed_anew_but_a_document_has_no_version() -> None:
    old = replace(DONE, text_version="2025")

    assert (is_met(), is_met(old), is_met(old, task=Task.UPLOAD)) == (True, False, True)


@pytest.mark.parametrize(
    ("days", "valid_days", "expected"), [(0, 1, True), (1, 1, True), (2, 1, False), (9999, None, True), (-1, 30, False)]
)
def test_it_holds_for_so_many_days_and_not_before_it_was_done(days: int, valid_days: int | None, expected: bool) -> None:
    assert is_met(replace(DONE, on=DAY - timedelta(days=days)), valid_days=valid_days) is expected


@pytest.mark.parametrize("change", [{"withdrawn": True}, {"what": "another"}])
def test_what_was_withdrawn_and_what_was_something_else_do_not_count(change: dict[str, Any]) -> None:
    assert not is_met(replace(DONE, **change))


def test_enough_people_who_surely_have_the_age_are_named() -> None:
    adults = condition(task=Task.APPOINT, what="responsible", number=2, least_age=18)
    born = [(2007, 2007), (2007, 2008), (2007,)]
    named = [replace(DONE, what="responsible", people=tuple(Named("A", "41234567", year) for year in years)) for years in born]

    assert born_by(adults, DAY) == 2007
    assert [may_enter([adults], [one], USE, today=DAY).granted for one in named] == [True, False, False]


def test_what_is_missing_and_late_is_told_apart_from_what_is_met() -> None:
    late, warned, open_ = (condition(what=name, due=DAY - timedelta(days=1)) for name in ("a", "b", "c"))
    late, open_ = replace(late, overdue="withdraw"), replace(open_, due=DAY)

    entry = may_enter([late, warned, open_, SIGN], [DONE], USE, today=DAY)

    assert (entry.granted, entry.missing, entry.overdue, entry.may_be_withdrawn) == (False, (late, warned, open_), (late, warned), (late,))
    assert entry.met == ((SIGN, DONE),)
