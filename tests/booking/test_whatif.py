"""What-if: a draft tried on what was booked - who would be refused, priced or looked at otherwise, and nothing else."""

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor
from booking import decisions, ending, whatif
from booking.compared import Compared, Differing, Kind, Party, Sum
from booking.models import Booking, Judgement
from booking.reservations import reserve
from booking.whatif import Question, what_if
from database.transact import Database
from kernel.errors import Forbidden, Invalid
from policies.document import Document, checked
from policies.places import place_at
from policies.verbs import publish
from tests.booking.conftest import NOW, POLICY, REASON, Hall, furnish, move, wish
from tests.booking.test_replay import unguarded
from tests.contents import changed, contents

THREE = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}}
PRIVATE = {"organisation": None, "start": "2026-09-16T18:00", "end": "2026-09-16T20:00"}
SHORT = {"kind": "length", "id": "short", "at_most": 60, "reason": REASON}
AT_ONCE_FOR_ALL = {"kind": "decision_route", "id": "private", "scope": {"applicants": ["person"]}, "route": "at-once", "reason": REASON}
SINCE = date(2026, 9, 1)


def quota(minutes: int, **changes: Any) -> dict[str, Any]:
    return {"kind": "quota", "id": "quota", "minutes": minutes, "period": "half-year", "per": "organisation", "reason": REASON, **changes}


def amended(*rules: dict[str, Any], times: int = 1) -> dict[str, Any]:
    """The hall's policy with rules added, or in the place of those with the same id, at so many times its prices."""
    document: dict[str, Any] = deepcopy(POLICY)
    document["rules"] = [one for one in document["rules"] if one["id"] not in {rule["id"] for rule in rules}] + list(rules)
    for tariff in [tariff for rule in document["rules"] for tariff in rule.get("tariffs", ())]:
        for row in tariff["rows"]:
            row["ore"] *= times
    return document


@dataclass
class Season:
    """The hall on a database of its own, what happens in it, and drafts tried on that."""

    database: Database
    hall: Hall

    def act(self, verb: Callable[..., Any], *given: Any, by: Actor, now: datetime = NOW, **more: Any) -> Any:
        return self.database.transact(verb, *given, by=by, now=now, **more)

    def book(self, name: str = "berit", **changes: Any) -> Booking:
        booking: Booking = self.act(reserve, wish(**changes), by=getattr(self.hall, name))
        return booking

    def publish(self, document: dict[str, Any]) -> None:
        def put(session: Session, *, by: Actor, now: datetime) -> None:
            publish(session, place_at(session, document.get("place", "")), checked(document), date(2026, 9, 1), by=by, now=now)

        self.act(put, by=SERVICE)

    def tried(self, document: dict[str, Any], told: Callable[[int, int], None] = lambda _done, _total: None, **dates: Any) -> Compared:
        draft: Document = checked(document)
        with self.database.reading() as session:
            question = Question(place=place_at(session, draft.place), draft=draft, **{"since": SINCE, **dates})
        return what_if(self.database, question, by=self.hall.kari, now=NOW, told=told)


@pytest.fixture
def season(database: Database) -> Season:
    return Season(database, database.transact(furnish))


def days(differing: Sequence[Differing]) -> list[str]:
    return [f"{one.use.start:%m-%d}" for one in differing]


def kinds(found: Compared) -> dict[str, list[Kind]]:
    return {f"{one.use.start:%m-%d}": [difference.kind for difference in one.differences] for one in found.differing}


def test_a_dearer_price_is_told_in_dates_hours_and_money_and_by_who_pays_it(season: Season) -> None:
    season.book(**THREE)
    season.book("per", **PRIVATE)

    found = season.tried(amended(times=2))

    skiold = Party(season.hall.cast.skiold.id, None, (Sum(Kind.DEARER, 3, 360, 240_000),))
    assert (found.judged, found.unknown) == (4, 0)
    assert found.sums() == (Sum(Kind.DEARER, 4, 480, 320_000),)
    assert found.parties() == (skiold, Party(None, season.hall.cast.per.id, (Sum(Kind.DEARER, 1, 120, 80_000),)))
    assert {(found.sides[one.now].charged, found.sides[one.then].charged) for one in found.differing} == {(80_000, 160_000)}
    assert Compared.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_a_draft_that_forbids_is_told_with_its_reason_the_money_that_is_lost_and_no_way_out(season: Season) -> None:
    reference = season.book().reference
    season.book(start="2026-09-17T18:00", end="2026-09-17T19:00")

    found = season.tried(amended(SHORT))

    (one,) = found.differing
    (objection,) = found.sides[one.then].objections
    assert found.sums() == (Sum(Kind.REFUSED, 1, 120, -80_000),)
    assert (one.use.reference, one.use.number, days([one])) == (reference, 1, ["09-15"])
    assert (objection.code, objection.rule, objection.reason.nb, objection.alternatives) == ("too-long", "short", "Fordi.", ())


def test_of_a_new_quota_those_who_asked_first_keep_their_time(season: Season) -> None:
    season.book(start="2026-10-27T18:00", end="2026-10-27T20:00")
    season.book(**THREE)
    season.book("per", **PRIVATE)

    found = season.tried(amended(quota(240)))

    assert days(found.differing) == ["09-22", "09-29"]
    assert found.sums() == (Sum(Kind.REFUSED, 2, 240, -160_000),)


def test_of_a_new_quota_what_nobody_confirmed_takes_nothing_from_the_organisation(season: Season) -> None:
    season.book("siri", start="2026-10-27T18:00", end="2026-10-27T20:00")
    season.book(**THREE)

    assert season.tried(amended(quota(360))).differing == ()


def test_the_same_quota_again_makes_no_difference_and_a_smaller_one_its_last_hours(season: Season) -> None:
    season.publish(amended(quota(360)))
    season.book(**THREE)

    assert season.tried(amended(quota(360))).differing == ()
    assert days(season.tried(amended(quota(240))).differing) == ["09-29"]


def test_what_is_used_in_the_same_period_before_the_first_day_that_is_tried_counts_and_is_not_judged(season: Season) -> None:
    season.book(**THREE)

    found = season.tried(amended(quota(240)), since=date(2026, 9, 29))

    assert (found.judged, days(found.differing)) == (1, ["09-29"])


def test_a_draft_for_a_room_stands_in_the_place_of_its_own_document_and_is_tried_there_alone(season: Season) -> None:
    room = {"title": REASON, "layer": "room", "place": "oren-flerbrukshall/gymsal-1"}
    season.publish({**room, "rules": [{**SHORT, "at_most": 180}, {"kind": "grid", "id": "hours", "minutes": 60, "reason": REASON}]})
    season.book()
    season.book(room="oren-flerbrukshall/gymsal-2")

    found = season.tried({**room, "rules": [SHORT]})

    assert (found.judged, found.sums()) == (1, (Sum(Kind.REFUSED, 1, 120, -80_000),))


def test_a_request_is_judged_as_it_was_asked_for_though_an_officer_approved_it(season: Season) -> None:
    waiting = season.book("per", **PRIVATE)
    season.act(decisions.approve, waiting.id, by=season.hall.kari)

    found = season.tried(amended(AT_ONCE_FOR_ALL))

    assert kinds(found) == {"09-16": [Kind.AT_ONCE]}
    assert found.sums() == (Sum(Kind.AT_ONCE, 1, 120, 0),)


def test_a_date_that_was_moved_is_judged_where_it_is(season: Season) -> None:
    booking = season.book()
    start, end = datetime(2026, 9, 16, 18), datetime(2026, 9, 16, 19)
    season.act(move, booking.id, 1, start=start, end=end, by=season.hall.berit)

    found = season.tried(amended(SHORT, times=3))

    assert kinds(found) == {"09-16": [Kind.DEARER]}


def test_only_what_was_held_and_what_is_live_is_judged(season: Season) -> None:
    cancelled = season.book()
    season.act(ending.cancel, cancelled.id, by=season.hall.berit)
    season.book("per", **PRIVATE)
    season.book("kari", kind="block", organisation=None, participants={}, start="2026-09-18T18:00", end="2026-09-18T20:00")
    season.book(start="2026-09-17T18:00", end="2026-09-17T20:00")

    with season.database.reading() as session:
        question = Question(place=place_at(session, ""), draft=checked(amended(SHORT)), since=SINCE)
    later = what_if(season.database, question, by=season.hall.kari, now=NOW + timedelta(days=60), told=lambda _done, _total: None)

    assert days(season.tried(amended(SHORT)).differing) == ["09-16", "09-17"]
    assert (later.judged, days(later.differing)) == (1, ["09-17"])


@pytest.mark.parametrize("change", [delete(Judgement), update(Judgement).values(judged={"request": {"common": {}, "each": [{}]}})])
def test_what_has_no_facts_that_can_be_read_is_counted_and_told(season: Season, change: Any) -> None:
    season.book(**THREE)
    season.database.transact(lambda session: (unguarded(session), session.execute(change)))
    season.book(start="2026-10-27T18:00", end="2026-10-27T20:00")

    found = season.tried(amended(quota(360)))

    assert (found.judged, found.unknown, days(found.differing)) == (1, 3, ["10-27"])


def test_it_is_read_in_pages_says_how_far_it_is_and_writes_nothing(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in ("15", "17", "18"):
        season.book(start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00")
    season.book(start="2026-10-13T18:00", end="2026-10-13T20:00", **THREE)
    before, told = contents(season.database.engine), []
    at_once = season.tried(amended(quota(480), times=2))
    monkeypatch.setattr(whatif, "BOOKINGS_A_PAGE", 1)

    in_pages = season.tried(amended(quota(480), times=2), told=lambda done, total: told.append((done, total)))

    assert in_pages == at_once
    assert told == [(1, 6), (2, 6), (3, 6), (6, 6)]
    assert changed(before, contents(season.database.engine)) == []


def test_dates_that_end_before_they_begin_are_refused_and_others_than_officers_try_nothing(season: Season) -> None:
    with pytest.raises(Invalid):
        season.tried(amended(), until=date(2026, 8, 31))
    with season.database.reading() as session:
        question = Question(place=place_at(session, ""), draft=checked(amended()), since=SINCE)
    with pytest.raises(Forbidden):
        what_if(season.database, question, by=season.hall.berit, now=NOW, told=lambda _done, _total: None)


def run(app: Flask, *words: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["policies", "whatif", *words])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_tells_sums_names_and_dates_and_on_the_error_stream_how_far_it_is(app: Flask, tmp_path: Path) -> None:
    season = Season(app.extensions["database"], app.extensions["database"].transact(furnish))
    reference = season.book().reference
    season.book(start="2026-10-27T18:00", end="2026-10-27T20:00")
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(amended(SHORT, quota(600))), encoding="utf-8")

    code, said, progress = run(app, str(file), "--since", "2026-09-01", "--until", "30.09.2026")

    assert (code, progress) == (0, "1/1\n")
    assert said.replace("\xa0", " ").splitlines() == [
        "1 prøvd fra 2026-09-01, 1 avgjøres annerledes, 0 kan ikke prøves",
        "  Blir avslått: 1 dato, 2 timer, -800 kr",
        "Skiold turn: Blir avslått: 1 dato, 2 timer, -800 kr",
        f"2026-09-15 18:00–20:00 {reference} Gymsal 1, Øren flerbrukshall, Skiold turn: Blir avslått",
        "       nå: godtas, 800 kr.",
        "       med utkastet: avslås. 2 timer er for lenge. Book høyst 1 time. Fordi.",
    ]


@pytest.mark.parametrize(("words", "said"), [(("--since", "31.04.2026"), "no-such-date"), (("--until", "2020-01-01"), "end-before-start")])
def test_the_command_says_what_is_wrong_with_its_dates(app: Flask, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    app.extensions["database"].transact(furnish)
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(amended()), encoding="utf-8")

    code, out, error = run(app, str(file), *words)

    assert (code, out, f"({said})" in error, "Traceback" in error) == (1, "", True, False)
