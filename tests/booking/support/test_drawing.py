"""Dates draw on agreements by themselves: when they are booked, moved, cancelled, taken back, and when the agreement is another."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from accounts.identity import NOBODY
from booking import undo
from booking.absence import note_absence
from booking.adding import readd
from booking.decisions import confirm
from booking.ending import cancel
from booking.models import Booking, Undo
from booking.outcome import Declined
from booking.reservations import preview, reserve
from booking.splitting import split
from booking.states import OccurrenceState
from booking.support.agreements import change_agreement, end_agreement, make_agreement
from booking.support.meters import Meter, meters
from booking.support.models import Agreement
from booking.support.terms import AgreementTerms
from booking.support.treating import Consent
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden, Invalid, Missing, Stale
from tests.booking.conftest import NOW, Hall, again, move, wish

ROOM, OTHER = "oren-flerbrukshall/gymsal-1", "oren-flerbrukshall/gymsal-2"
AFTER = datetime.fromisoformat("2026-09-23T10:00+00:00")
YES = Consent(confirmed=True)


def agreed(hall: Hall, **changes: Any) -> AgreementTerms:
    """Four hours of the autumn in half the hall."""
    days = {"first_day": date(2026, 9, 1), "last_day": date(2026, 12, 31)}
    given = {"title": "Turn for alle", "price_class": "partner", "hours": 4, "rooms": (ROOM,), **days, **changes}
    return AgreementTerms(organisation=hall.cast.skiold.id, **given)


@pytest.fixture
def agree(session: Session, hall: Hall) -> Callable[..., Agreement]:
    """Makes an agreement of Skiold turn."""

    def agree(consent: Consent = Consent(), **changes: Any) -> Agreement:  # noqa: B008
        again(session)
        made = make_agreement(session, agreed(hall, **changes), consent=consent, by=hall.kari, now=NOW)
        again(session)
        return made

    return agree


def book(session: Session, hall: Hall, **changes: Any) -> Booking:
    again(session)
    by = changes.pop("by", hall.berit)
    made = reserve(session, wish(**changes), by=by, now=NOW)
    again(session)
    return made


def weeks(session: Session, hall: Hall, count: int, **changes: Any) -> Booking:
    return book(session, hall, recurrence={"rrule": f"FREQ=WEEKLY;COUNT={count}"}, **changes)


def drawn(booking: Booking) -> list[tuple[int | None, int | None]]:
    """Of each date the agreement that it draws on, and its price in kroner."""
    return [(date.agreement_id, date.charged_price and date.charged_price // 100) for date in booking.occurrences]


def meter(session: Session, hall: Hall, now: datetime = NOW) -> Meter:
    again(session)
    return meters(session, by=hall.kari, now=now)[0]


def test_each_date_of_a_series_draws_by_itself_and_those_beyond_the_hours_cost_what_others_pay(
    session: Session, hall: Hall, agree: Callable[..., Agreement]
) -> None:
    agreement = agree()

    booking = weeks(session, hall, 3)

    assert drawn(booking) == [(agreement.id, 200), (agreement.id, 200), (None, 800)]
    assert (meter(session, hall).ahead, meter(session, hall).left) == (240, 0)


def test_a_dry_run_says_what_each_date_draws_on_and_why_not(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agreement = agree(hours=2)

    dates = preview(session, wish(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), by=hall.berit, now=NOW).dates

    said = [date.judged.verdict for date in dates]
    assert [verdict and verdict.agreement for verdict in said] == [str(agreement.id), None]
    assert [[one.code for one in verdict.undrawn] for verdict in said if verdict] == [[], ["agreement-hours-used"]]


def test_who_wants_to_leaves_the_agreement_alone(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agree()

    assert drawn(book(session, hall, draws=False)) == [(None, 800)]


def test_one_in_another_s_name_draws_when_it_is_confirmed(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agreement = agree()
    again(session)
    booking = reserve(session, wish(), by=hall.per, now=NOW)
    before = drawn(booking)
    again(session)
    confirm(session, booking.id, by=hall.berit, now=NOW)

    assert (before, drawn(booking)) == ([(None, 800)], [(agreement.id, 200)])


def test_what_nobody_confirmed_leaves_the_hours_to_the_organisation(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agreement = agree()
    asked = weeks(session, hall, 2, by=hall.siri)
    left = [meter(session, hall).left]
    own = weeks(session, hall, 2, start="2026-09-16T18:00", end="2026-09-16T20:00")
    left.append(meter(session, hall).left)

    # What it would have drawn on is used up by now: it draws on it once that is given back.
    confirm(session, asked.id, by=hall.berit, now=NOW)
    without = [one for one, _ in drawn(asked)]
    again(session)
    for booking in (own, asked):
        cancel(session, booking.id, by=hall.berit, now=NOW)
        again(session)
    readd(session, asked.id, 1, by=hall.berit, now=NOW)

    assert ([one for one, _ in drawn(own)], left, without) == ([agreement.id] * 2, [240, 0], [None, None])
    assert (drawn(asked)[0][0], meter(session, hall).left) == (agreement.id, 120)


def test_whoever_has_not_signed_in_learns_of_no_agreement(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agree()

    (date,) = preview(session, wish(), by=NOBODY, now=NOW).dates

    verdict = date.judged.verdict
    assert verdict
    assert verdict.price
    assert (verdict.agreement, verdict.undrawn, verdict.price.charged) == (None, (), 80000)


def test_fixed_times_rooms_and_weeks_bound_what_draws(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    tuesdays = agree(hours=2, per="week", times=[{"weekday": 2, "start": "17:00", "end": "20:00"}])
    half = {"start": "2026-09-22T17:00", "end": "2026-09-22T18:00"}

    series = weeks(session, hall, 2)
    too_late = book(session, hall, start="2026-09-29T18:30", end="2026-09-29T20:30")
    elsewhere = book(session, hall, room=OTHER)
    used_up = book(session, hall, **half)

    assert [drawn(one) for one in (series, too_late, elsewhere, used_up)] == [
        [(tuesdays.id, 200), (tuesdays.id, 200)],
        [(None, 800)],
        [(None, 800)],
        [(None, 400)],
    ]
    assert meter(session, hall).agreement.granted == 2 * 60 * 18


def test_a_date_that_is_moved_resized_or_taken_back_draws_anew(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agreement = agree()
    booking = weeks(session, hall, 2)

    def to(number: int, start: str, end: str, **more: Any) -> None:
        times = {"start": datetime.fromisoformat(start), "end": datetime.fromisoformat(end)}
        move(session, booking.id, number, **times, **more, by=hall.berit, now=NOW)
        again(session)

    to(1, "2026-09-15T18:00", "2026-09-15T20:30")
    longer = drawn(booking)
    to(1, "2026-09-15T18:00", "2026-09-15T19:00")
    shorter = drawn(booking)
    cancel(session, booking.id, number=2, by=hall.berit, now=NOW)
    given_back = meter(session, hall)
    to(1, "2026-09-16T18:00", "2026-09-16T20:00", room=OTHER)
    elsewhere = drawn(booking)
    readd(session, booking.id, 2, by=hall.berit, now=NOW)

    assert longer == [(None, 1000), (agreement.id, 200)]
    assert shorter == [(agreement.id, 100), (agreement.id, 200)]
    assert (given_back.ahead, given_back.released, given_back.left) == (60, 120, 180)
    assert elsewhere == [(None, 800), (agreement.id, 200)]
    assert drawn(booking) == [(None, 800), (agreement.id, 200)]


def test_a_split_leaves_the_dates_on_what_they_draw_on(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agreement = agree()
    booking = weeks(session, hall, 2)

    made = split(session, booking.id, 2, by=hall.berit, now=NOW)

    assert (drawn(booking), drawn(made)) == ([(agreement.id, 200)], [(agreement.id, 200)])
    assert meter(session, hall).ahead == 240


def test_time_that_was_used_or_missed_stays_used(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agree()
    booking = weeks(session, hall, 2)
    note_absence(session, booking.id, 1, by=hall.olav, now=AFTER)

    found = meter(session, hall, AFTER)

    assert (found.used, found.missed, found.ahead, found.left) == (240, 120, 0, 0)


def test_what_was_cancelled_is_not_undone_when_others_have_the_hours(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agree(hours=2)
    booking = book(session, hall)
    cancel(session, booking.id, by=hall.berit, now=NOW)
    act = session.scalars(select(Undo.id)).one()
    other = book(session, hall, start="2026-09-16T18:00", end="2026-09-16T20:00")
    again(session)

    with pytest.raises(Conflict) as refused:
        undo.undo(session, act, by=hall.berit, now=NOW)

    assert [fault.code for fault in refused.value.faults] == ["agreement-used-since"]
    assert drawn(other)[0][1] == 200


def test_an_agreement_that_is_made_later_takes_on_what_is_booked_once_that_was_seen(
    session: Session, hall: Hall, agree: Callable[..., Agreement]
) -> None:
    booking = weeks(session, hall, 3)

    with pytest.raises(Conflict) as asked, session.begin_nested():
        agree()

    assert [(fault.code, fault.facts["before"], fault.facts["after"]) for fault in asked.value.faults] == [("date-draws", 80000, 20000)] * 2
    assert drawn(booking) == [(None, 800)] * 3
    agree(Consent(confirmed=True, seen=asked.value.details["seen"]))
    assert drawn(booking)[1] != (None, 800)


@pytest.fixture
def two(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> tuple[Agreement, Booking]:
    """An agreement with a series of two dates on it, and one that goes beyond its hours."""
    return agree(), weeks(session, hall, 3)


def test_an_ended_agreement_leaves_its_coming_dates_to_others_or_to_the_price_of_others(
    session: Session, hall: Hall, two: tuple[Agreement, Booking], agree: Callable[..., Agreement]
) -> None:
    agreement, booking = two
    other = agree(YES, hours=2, rooms=(OTHER,), title="Annen")
    elsewhere = book(session, hall, room=OTHER)
    again(session)

    end_agreement(session, agreement.id, consent=YES, by=hall.kari, now=NOW)
    again(session)

    assert drawn(booking) == [(None, 800)] * 3
    assert drawn(elsewhere) == [(other.id, 200)]
    told = [notice.facts["dates"] for notice in session.scalars(select(Notice).where(Notice.kind == "agreement-redrawn"))]
    assert told == [[1, 2]]
    acts = session.scalars(select(Audit).where(Audit.verb == "end", Audit.subject == "agreement")).one()
    assert len(acts.facts["redrawn"]) == 2


def test_what_has_been_stays_on_an_agreement_that_ends(session: Session, hall: Hall, two: tuple[Agreement, Booking]) -> None:
    agreement, booking = two
    end_agreement(session, agreement.id, consent=YES, by=hall.kari, now=AFTER)

    assert drawn(booking) == [(agreement.id, 200), (agreement.id, 200), (None, 800)]
    assert meter(session, hall, AFTER).used == 240


def test_dates_that_draw_on_nothing_more_can_be_cancelled_for_nothing(session: Session, hall: Hall, two: tuple[Agreement, Booking]) -> None:
    agreement, booking = two
    end_agreement(session, agreement.id, cancels="Avtalen er sagt opp.", consent=YES, by=hall.kari, now=NOW)
    again(session)

    states = [(date.state, date.reason, date.fee or 0) for date in booking.occurrences]
    assert states == [(OccurrenceState.CANCELLED, "Avtalen er sagt opp.", 0)] * 2 + [(OccurrenceState.BOOKED, "", 0)]
    assert meter(session, hall).released == 240


def test_nothing_is_done_that_was_not_seen(session: Session, hall: Hall, two: tuple[Agreement, Booking]) -> None:
    agreement, booking = two
    codes = []
    for consent in (Consent(), Consent(confirmed=True, seen="noe annet")):
        with pytest.raises(Conflict) as asked, session.begin_nested():
            end_agreement(session, agreement.id, consent=consent, by=hall.kari, now=NOW)
        codes.append([fault.code for fault in asked.value.faults])
        again(session)

    seen = Consent(confirmed=True, seen=asked.value.details["seen"])
    assert (codes, drawn(booking)[0]) == ([["date-priced"] * 2] * 2, (agreement.id, 200))
    assert end_agreement(session, agreement.id, consent=seen, by=hall.kari, now=NOW).ended_at == NOW


def test_a_change_lets_coming_dates_draw_anew_who_asked_first_first(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agreement = agree()
    first = book(session, hall, start="2026-10-20T18:00", end="2026-10-20T20:00")
    second = book(session, hall)

    change_agreement(session, agreement.id, agreed(hall, hours=2), version=1, consent=YES, by=hall.kari, now=NOW)
    again(session)

    assert (drawn(first), drawn(second)) == ([(agreement.id, 200)], [(None, 800)])
    with pytest.raises(Stale):
        change_agreement(session, agreement.id, agreed(hall), version=1, consent=YES, by=hall.kari, now=NOW)


def test_one_that_named_the_agreement_is_told_why_it_does_not_fit(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agreement = agree(times=[{"weekday": 3, "start": "18:00", "end": "20:00"}])

    with pytest.raises(Declined) as refused:
        book(session, hall, agreement=agreement.id)

    assert [(fault.code, fault.facts["limit"]) for fault in refused.value.faults] == [("policy:agreement-other-times", "3 18:00-20:00")]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ["agreement-overlaps"]),
        ({"rooms": (OTHER, ROOM)}, ["agreement-overlaps"]),
        ({"rooms": (OTHER,)}, []),
        ({"first_day": date(2027, 1, 1), "last_day": date(2027, 6, 30)}, []),
        ({"times": [{"weekday": 2, "start": "18:00", "end": "20:00"}]}, ["agreement-overlaps"]),
        ({"first_day": date(2027, 1, 1)}, ["period-backwards"]),
        ({"rooms": (OTHER,), "renew_by": date(2027, 2, 1)}, ["renewal-outside"]),
        ({"rooms": (OTHER,), "times": [{"weekday": 2, "start": "18:00", "end": "17:00"}]}, ["time-backwards"]),
        (
            {
                "rooms": (OTHER,),
                "times": [{"weekday": 2, "start": "18:00", "end": "20:00"}, {"weekday": 2, "start": "19:00", "end": "21:00"}],
            },
            ["times-overlap"],
        ),
    ],
)
def test_an_agreement_that_meets_itself_is_refused_with_the_place(
    session: Session, hall: Hall, agree: Callable[..., Agreement], changes: dict[str, Any], codes: list[str]
) -> None:
    agree()

    try:
        agree(YES, title="En til", **changes)
        found: list[str] = []
    except Invalid as refused:
        found = [fault.code for fault in refused.faults]

    assert found == codes


def test_agreements_are_the_officers_and_another_s_is_unknown(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    agreement = agree()
    for act in (
        lambda: make_agreement(session, agreed(hall), by=hall.berit, now=NOW),
        lambda: change_agreement(session, agreement.id, agreed(hall), by=hall.berit, now=NOW),
        lambda: end_agreement(session, agreement.id, by=hall.berit, now=NOW),
        lambda: meters(session, by=hall.siri, now=NOW, organisation_id=hall.cast.skiold.id),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Missing):
        end_agreement(session, 99, by=hall.kari, now=NOW)


def test_only_who_has_an_agreement_asks_for_it_in_one_statement(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    def sent(**changes: Any) -> int:
        again(session)
        said: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", note := lambda *given: said.append(given[2]))
        reserve(session, wish(**changes), by=hall.berit, now=NOW)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(said)

    # What a process reads once is read by the first.
    sent(start="2026-09-14T18:00", end="2026-09-14T20:00")
    before = sent()
    agree(YES)

    assert sent(start="2026-09-16T18:00", end="2026-09-16T20:00") == before + 1
    assert sent(start="2026-09-17T18:00", end="2026-09-17T20:00", organisation=None) <= before


def test_a_date_that_is_left_out_draws_on_nothing(session: Session, hall: Hall, agree: Callable[..., Agreement]) -> None:
    book(session, hall, organisation=None, by=hall.kari, start="2026-09-22T18:00", end="2026-09-22T20:00")
    agreement = agree()

    booking = weeks(session, hall, 2, on_conflict="skip")

    assert drawn(booking) == [(agreement.id, 200), (None, None)]
