"""One home for each rule: whatever asks - search, dry run, booking, import, approval, move, replay, page, API - is told the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import COMMAND, Actor
from booking.cases import by_reference
from booking.decisions import approve
from booking.importing import Answered, Fate, import_row
from booking.judging import unfolded
from booking.meant import Terms, meant
from booking.models import Booking, Judgement
from booking.ordinary import tried
from booking.outcome import Declined, Taken
from booking.plan import read_plan
from booking.replay import replay
from booking.reservations import preview, reserve
from booking.search import Search, find_rooms
from booking.wish import Recurrence, Wish
from kernel.errors import Refusal
from kernel.recurrence import weekly
from policies.document import checked
from policies.models import PolicyVersion
from policies.queries import forget
from policies.taxonomy import Activity
from policies.verdict import Outcome, Verdict
from tests.booking.conftest import NOW, Hall, again, move, wish
from tests.cast import actor
from tests.policies import generated

# What depends on who judges: staff who may decide await nobody.
OF_WHO_ASKS = ("outcome", "decider", "warnings")
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
ROOM = "oren-flerbrukshall/gymsal-1"
DAYS = st.integers(0, 40).map(lambda number: date(2026, 9, 7) + timedelta(days=number))


@st.composite
def times(draw: st.DrawFn) -> tuple[datetime, datetime]:
    start = datetime.combine(draw(DAYS), datetime.min.time()) + timedelta(minutes=15 * draw(st.integers(32, 84)))
    return start, start + timedelta(minutes=15 * draw(st.integers(1, 12)))


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    start, end = draw(times())
    heads = draw(st.sampled_from([{}, {"0-12": 18}, {"0-12": 9, "20+": 9}, {"13-19": 30}]))
    return wish(
        start=start.isoformat(),
        end=end.isoformat(),
        participants=heads,
        activity=draw(st.sampled_from(Activity)),
        alcohol=draw(st.booleans()),
        organisation=draw(st.sampled_from([None, "313000001"])),
    )


@contextmanager
def policy(session: Session, data: dict[str, Any]) -> Iterator[None]:
    """The document in force for as long as it lasts; what the linter thinks of it is no matter here."""
    with session.begin_nested() as nested:
        session.add(PolicyVersion(number=2, valid_from=NOW.date(), document=checked(data).data(), published_at=NOW))
        forget(session)
        again(session)
        yield
        nested.rollback()
    again(session)


def foretold(session: Session, asked: Wish, by: Actor) -> Verdict:
    verdict = preview(session, asked, by=by, now=NOW).dates[0].judged.verdict
    assert verdict is not None
    return verdict


def judged(session: Session, booking: Booking, act: str) -> Verdict:
    row = session.scalars(select(Judgement).where(Judgement.booking_id == booking.id, Judgement.act == act).order_by(Judgement.id)).all()[
        -1
    ]
    return Verdict.from_json(unfolded(row.judged)[0]["verdict"])


def booked(session: Session, asked: Wish, by: Actor) -> Booking | Refusal:
    try:
        booking = reserve(session, asked, by=by, now=NOW)
    except (Declined, Taken) as refusal:
        again(session)
        return refusal
    again(session)
    return booking


def imported(session: Session, asked: Wish) -> Answered:
    """What an import answers to the wish as the only row of a season plan."""
    headings = "rom;ukedag;fra;til;klubb;periode;aktivitet;formål;deltakere"
    day, until = asked.start.date(), "24:00" if asked.end.date() > asked.start.date() else f"{asked.end:%H:%M}"
    heads = ", ".join(f"{band}: {number}" for band, number in asked.participants.items())
    cells = (
        asked.room,
        f"{day:%A}",
        f"{asked.start:%H:%M}",
        until,
        asked.organisation,
        f"{day} - {day}",
        asked.activity,
        asked.purpose,
        heads,
    )
    plan = read_plan("plan.csv", f"{headings}\n{';'.join(map(str, cells))}".encode())
    (row,) = meant(session, plan, Terms(), by=COMMAND, now=NOW)
    answer = import_row(session, row, digest=plan.digest, by=COMMAND, now=NOW)
    again(session)
    return answer


def alike(one: Verdict, other: Verdict) -> bool:
    """Whether verdicts of different hands say the same of the request."""
    parts = [{name: value for name, value in verdict.to_json().items() if name not in OF_WHO_ASKS} for verdict in (one, other)]
    return parts[0] == parts[1]


@settings(max_examples=25, suppress_health_check=FIXTURES)
@given(data=generated.documents(), asked=wishes())
def test_what_is_foretold_is_what_is_judged_kept_and_replayed(session: Session, hall: Hall, data: dict[str, Any], asked: Wish) -> None:
    with policy(session, data):
        told = foretold(session, asked, hall.berit)
        found = booked(session, asked, hall.berit)

        if isinstance(found, Refusal):
            assert told.outcome is Outcome.REFUSED
            assert sorted(fault.code for fault in found.faults) == sorted(f"policy:{one.code}" for one in told.objections)
        else:
            assert judged(session, found, "reserve") == told
            assert [one.is_same for one in replay(session, found.reference)] == [True]


@settings(max_examples=25, suppress_health_check=FIXTURES)
@given(data=generated.documents(), asked=wishes())
def test_a_row_of_a_season_plan_is_judged_as_a_wish_of_its_club_would_be(
    session: Session, hall: Hall, data: dict[str, Any], asked: Wish
) -> None:
    series = Recurrence.model_validate({"rrule": weekly(until=asked.start.date())})
    theirs = asked.model_copy(update={"organisation": "313000001", "alcohol": False, "recurrence": series})
    staffs = theirs.model_copy(update={"on_behalf_of": hall.berit.person_id})
    with policy(session, data):
        told, told_to_club = foretold(session, staffs, COMMAND), foretold(session, theirs, hall.berit)

        answer = imported(session, theirs)

        assert (answer.fate is Fate.REFUSED) == (told.outcome is Outcome.REFUSED) == (told_to_club.outcome is Outcome.REFUSED)
        assert alike(told, told_to_club)
        if answer.fate is Fate.REFUSED:
            assert sorted(fault.code for fault in answer.left_out) == sorted(f"policy:{one.code}" for one in told.objections)
        else:
            assert judged(session, by_reference(session, answer.reference), "reserve") == told


@settings(max_examples=25, suppress_health_check=FIXTURES)
@given(data=generated.documents(), asked=wishes(), other=times())
def test_an_approval_and_a_move_are_judged_as_a_new_wish_would_be(
    session: Session, hall: Hall, data: dict[str, Any], asked: Wish, other: tuple[datetime, datetime]
) -> None:
    administrator = actor(session, hall.cast.ada)
    # What is moved to where it is stays as it was judged.
    assume(other != (asked.start, asked.end))
    moved = asked.model_copy(update={"start": other[0], "end": other[1]})
    with policy(session, data):
        told, told_elsewhere = foretold(session, asked, hall.berit), foretold(session, moved, hall.berit)
        found = booked(session, asked, hall.berit)
        assume(isinstance(found, Booking))
        assert isinstance(found, Booking)

        if told.outcome is Outcome.REVIEW:
            approve(session, found.id, by=administrator, now=NOW)
            again(session)
            assert alike(judged(session, found, "approve"), told)
        try:
            move(session, found.id, 1, start=other[0], end=other[1], by=hall.berit, now=NOW)
        except Declined as refusal:
            assert sorted(fault.code for fault in refusal.faults) == sorted(f"policy:{one.code}" for one in told_elsewhere.objections)
        else:
            again(session)
            assert judged(session, found, "move") == told_elsewhere


@settings(max_examples=25, suppress_health_check=FIXTURES)
@given(data=generated.documents(), asked=wishes())
def test_what_a_search_bars_is_refused_by_the_same_rules(session: Session, hall: Hall, data: dict[str, Any], asked: Wish) -> None:
    heads = sum(asked.participants.values()) or None
    clocks = [moment.hour * 60 + moment.minute for moment in (asked.start, asked.end)]
    assume(clocks[0] < clocks[1])
    search = Search(day=asked.start.date(), from_minute=clocks[0], to_minute=clocks[1])
    with policy(session, data):
        found = [one for one in find_rooms(session, search, now=NOW) if one.room.slug == "gymsal-1"]
        shown = tried([replace(one) for one in found], replace(search, capacity=heads), now=NOW)

        told = foretold(session, asked, hall.berit)

        barred = {(one.objection.rule, one.objection.code) for room in shown for one in room.barred}
        assert barred <= {(one.rule, one.code) for one in told.refusals}
