"""Reserving: what is booked, what waits, what is refused and why."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking import decisions, ending
from booking.cases import booking_for
from booking.judging import unfolded
from booking.models import Booking, Claim, Judgement, Occurrence
from booking.outcome import Declined, Taken
from booking.reservations import preview, reserve
from booking.states import BookingState, OccurrenceState
from booking.support.agreements import make_agreement
from booking.support.grants.awarding import GrantTerms, make_grant
from booking.support.grants.schemes import SchemeTerms, make_scheme
from booking.support.grants.values import worths
from booking.support.meters import meters
from booking.support.terms import AgreementTerms
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden, Invalid, Missing, Stale, Unidentified
from policies.document import checked
from policies.evaluate import evaluate
from policies.places import place_at
from policies.queries import policy_of
from policies.request import Facts, Request
from policies.verbs import publish
from policies.verdict import Verdict
from tests.booking.conftest import NOW, POLICY, REASON, Hall, again, move, wish

WEEKS = {"rrule": "FREQ=WEEKLY;COUNT=10"}


def book(session: Session, hall: Hall, **changes: object) -> Booking:
    again(session)
    made = reserve(session, wish(**changes), by=hall.berit, now=NOW)
    again(session)
    return made


def claims(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Claim)) or 0


def test_a_club_books_half_the_hall_at_once(session: Session, hall: Hall) -> None:
    booking = book(session, hall)

    (date,) = booking.occurrences
    assert (booking.state, date.state, claims(session)) == (BookingState.BOOKED, OccurrenceState.BOOKED, 1)
    assert (date.starts_at, date.ends_at) == (datetime(2026, 9, 15, 16, tzinfo=UTC), datetime(2026, 9, 15, 18, tzinfo=UTC))
    assert (date.list_price, date.charged_price) == (80000, 80000)
    assert session.scalars(select(Notice.kind)).all()[-1] == "booking-booked"
    assert session.scalars(select(Audit.verb).where(Audit.subject == "booking")).all() == ["reserve"]


def test_half_a_and_half_b_at_once_then_the_whole_hall_is_refused_naming_both(session: Session, hall: Hall) -> None:
    book(session, hall, room="oren-flerbrukshall/gymsal-1")
    book(session, hall, room="oren-flerbrukshall/gymsal-2")

    with pytest.raises(Taken) as refused:
        book(session, hall, room="oren-flerbrukshall/hel-hall")

    assert [fault.facts["space"] for fault in refused.value.faults] == ["Gymsal 1", "Gymsal 2"]


def test_bookings_may_touch(session: Session, hall: Hall) -> None:
    book(session, hall)

    after = book(session, hall, start="2026-09-15T20:00", end="2026-09-15T22:00")

    assert after.state is BookingState.BOOKED


def test_a_series_leaves_out_the_school_break_and_what_is_taken(session: Session, hall: Hall) -> None:
    book(session, hall, start="2026-09-22T18:00", end="2026-09-22T20:00")

    series = book(session, hall, recurrence=WEEKS, on_conflict="skip")

    assert [(date.number, date.reason) for date in series.occurrences if date.state is OccurrenceState.SKIPPED] == [
        (2, "taken"),
        (4, "policy:school-break"),
    ]
    assert claims(session) == 1 + 8


def test_without_skip_one_bad_date_refuses_the_whole_series(session: Session, hall: Hall) -> None:
    with pytest.raises(Declined):
        book(session, hall, recurrence=WEEKS)

    assert claims(session) == 0


def test_a_series_over_both_clock_changes_keeps_its_wall_clock(session: Session, hall: Hall) -> None:
    series = book(session, hall, start="2026-10-20T18:00", end="2026-10-20T19:30", recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})

    assert [date.starts_at.hour for date in series.occurrences] == [16, 17]
    assert {date.local_start.hour for date in series.occurrences} == {18}


def test_a_start_in_the_missing_hour_is_refused_on_entry(session: Session, hall: Hall) -> None:
    with pytest.raises(Invalid) as refused:
        book(session, hall, start="2026-03-29T02:30", end="2026-03-29T04:00")

    assert [fault.code for fault in refused.value.faults] == ["missing-hour"]


def test_both_halves_of_a_repeated_hour_are_two_times(session: Session, hall: Hall) -> None:
    hours = {"start": "2026-10-25T02:00", "end": "2026-10-25T02:30", "kind": "block", "organisation": None}
    again(session)
    reserve(session, wish(**hours), by=hall.kari, now=NOW)
    again(session)
    second = reserve(session, wish(**hours, second_hour=True), by=hall.kari, now=NOW)

    assert second.occurrences[0].starts_at == datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert claims(session) == 2


def test_a_night_over_the_clock_change_is_seven_or_nine_hours(session: Session, hall: Hall) -> None:
    nights = [("2026-10-24T22:00", "2026-10-25T06:00"), ("2027-03-27T22:00", "2027-03-28T06:00")]
    lengths = []
    for start, end in nights:
        again(session)
        night = reserve(session, wish(start=start, end=end, kind="block", organisation=None), by=hall.kari, now=NOW)
        lengths.append(night.occurrences[0].ends_at - night.occurrences[0].starts_at)

    assert lengths == [timedelta(hours=9), timedelta(hours=7)]


def test_a_booking_may_end_at_midnight(session: Session, hall: Hall) -> None:
    late = book(session, hall, start="2026-09-15T22:00", end="2026-09-16T00:00")

    assert late.occurrences[0].local_end == datetime(2026, 9, 16)


def test_moving_a_wish_in_the_organisations_name_does_not_confirm_it(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(), by=hall.siri, now=NOW)
    again(session)

    moved = move(session, asked.id, 1, start=datetime(2026, 9, 16, 18), end=datetime(2026, 9, 16, 20), by=hall.siri, now=NOW)

    assert (moved.state, moved.occurrences[0].state) == (BookingState.UNCONFIRMED, OccurrenceState.UNCONFIRMED)
    assert session.scalars(select(Claim.expires_at)).all() == [moved.confirm_by]


def test_a_date_that_an_officer_moves_is_held_while_the_others_go_on_waiting(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(organisation=None, recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), by=hall.per, now=NOW)
    again(session)

    moved = move(session, asked.id, 1, start=datetime(2026, 9, 16, 18), end=datetime(2026, 9, 16, 20), by=hall.kari, now=NOW)

    assert [date.state for date in moved.occurrences] == [OccurrenceState.BOOKED, OccurrenceState.REQUESTED]
    assert (moved.state, moved.decider, moved.hold_minutes) == (BookingState.REQUESTED, "officer", 2 * 24 * 60)
    held = session.execute(select(Claim.occurrence_id, Claim.expires_at).order_by(Claim.occurrence_id)).all()
    assert [tuple(row) for row in held] == [(moved.occurrences[0].id, None), (moved.occurrences[1].id, NOW + timedelta(days=2))]


def test_a_date_that_was_moved_to_another_room_is_approved_there(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(organisation=None, recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), by=hall.per, now=NOW)
    again(session)
    there = {"start": datetime(2026, 9, 15, 18), "end": datetime(2026, 9, 15, 20), "room": "oren-flerbrukshall/gymsal-2"}
    moved = move(session, asked.id, 1, **there, by=hall.per, now=NOW)
    told = [date.room.slug for date in moved.occurrences]
    again(session)

    approved = decisions.approve(session, asked.id, by=hall.kari, now=NOW)

    session.expire_all()
    assert told == [date.room.slug for date in approved.occurrences] == ["gymsal-2", "gymsal-1"]
    assert (approved.state, claims(session)) == (BookingState.BOOKED, 2)


def test_a_private_request_waits_with_a_hold_and_is_approved(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(organisation=None), by=hall.per, now=NOW)
    again(session)
    held = session.scalars(select(Claim.expires_at)).all()

    approved = decisions.approve(session, asked.id, by=hall.kari, now=NOW + timedelta(hours=1))

    assert held == [NOW + timedelta(days=2)]
    assert approved.state is BookingState.BOOKED
    assert session.scalars(select(Claim.expires_at)).all() == [None]


def test_a_hold_that_ran_out_keeps_nobody_away(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(organisation=None), by=hall.per, now=NOW)
    again(session)
    reserve(session, wish(), by=hall.berit, now=NOW + timedelta(days=3))
    again(session)

    with pytest.raises(Taken):
        decisions.approve(session, asked.id, by=hall.kari, now=NOW + timedelta(days=3))


def test_competing_requests_stand_side_by_side_until_one_is_approved(session: Session, hall: Hall) -> None:
    first = book(session, hall, activity="culture.concert")
    second = book(session, hall, activity="culture.concert")
    decisions.approve(session, second.id, by=hall.kari, now=NOW)
    again(session)

    with pytest.raises(Taken):
        decisions.approve(session, first.id, by=hall.kari, now=NOW)

    again(session)
    assert (booking_for(session, first.id).state, booking_for(session, second.id).state) == (BookingState.REQUESTED, BookingState.BOOKED)


def test_a_refusal_needs_a_reason_and_frees_the_hold(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(organisation=None), by=hall.per, now=NOW)
    again(session)
    with pytest.raises(Invalid):
        decisions.decline(session, asked.id, reason=" ", by=hall.kari, now=NOW)
    again(session)

    refused = decisions.decline(session, asked.id, reason="Hallen skal slipes.", by=hall.kari, now=NOW)

    assert (refused.state, refused.decision_reason, claims(session)) == (BookingState.REFUSED, "Hallen skal slipes.", 0)


def test_a_wish_in_anothers_name_waits_for_the_organisation(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(), by=hall.siri, now=NOW)
    again(session)
    states = [asked.state]
    with pytest.raises(Forbidden):
        decisions.confirm(session, asked.id, by=hall.siri, now=NOW)
    again(session)

    states.append(decisions.confirm(session, asked.id, by=hall.berit, now=NOW).state)

    assert states == [BookingState.UNCONFIRMED, BookingState.BOOKED]


def test_nobody_fills_a_hall_with_wishes_in_anothers_name(session: Session, hall: Hall) -> None:
    asked = []
    for day in range(14, 19):
        again(session)
        asked.append(reserve(session, wish(start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00"), by=hall.siri, now=NOW).id)
    again(session)
    with pytest.raises(Conflict) as refused:
        reserve(session, wish(start="2026-09-19T18:00", end="2026-09-19T20:00"), by=hall.siri, now=NOW)
    again(session)

    ending.cancel(session, asked[0], by=hall.siri, now=NOW)
    again(session)

    assert [(fault.code, fault.facts["most"]) for fault in refused.value.faults] == [("too-many-unconfirmed", 5)]
    assert reserve(session, wish(start="2026-09-19T18:00", end="2026-09-19T20:00"), by=hall.siri, now=NOW).state is BookingState.UNCONFIRMED


def test_a_wish_that_nobody_confirms_lapses_and_frees_its_time(session: Session, hall: Hall) -> None:
    again(session)
    asked = reserve(session, wish(), by=hall.siri, now=NOW)
    again(session)
    late = NOW + timedelta(days=7, minutes=1)

    due = decisions.unconfirmed(session, late)
    lapsed = [decisions.lapse(session, asked.id, by=hall.kari, now=late) for _twice in range(2)]

    assert (list(due), lapsed) == ([asked.id], [True, False])
    assert (booking_for(session, asked.id).state, claims(session)) == (BookingState.LAPSED, 0)


def test_a_date_moves_onto_time_that_it_held_itself(session: Session, hall: Hall) -> None:
    booking = book(session, hall)

    moved = move(session, booking.id, 1, start=datetime(2026, 9, 15, 19), end=datetime(2026, 9, 15, 21), by=hall.berit, now=NOW)

    assert (moved.occurrences[0].starts_at.hour, moved.occurrences[0].sequence, moved.version, claims(session)) == (17, 1, 2, 1)


def test_a_move_that_is_refused_leaves_the_date_where_it_was(session: Session, hall: Hall) -> None:
    booking = book(session, hall)
    book(session, hall, start="2026-09-15T20:00", end="2026-09-15T21:00")

    step = session.begin_nested()
    onto_the_next = {"start": datetime(2026, 9, 15, 19), "end": datetime(2026, 9, 15, 21)}
    with pytest.raises(Taken):
        move(session, booking.id, 1, **onto_the_next, by=hall.berit, now=NOW)
    step.rollback()

    again(session)
    assert (booking_for(session, booking.id).occurrences[0].local_start.hour, claims(session)) == (18, 2)


def test_a_stale_version_is_refused(session: Session, hall: Hall) -> None:
    booking = book(session, hall)

    with pytest.raises(Stale):
        ending.cancel(session, booking.id, version=booking.version + 1, by=hall.berit, now=NOW)


def test_cancelling_never_touches_the_past(session: Session, hall: Hall) -> None:
    booking = book(session, hall, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    after_the_first = datetime(2026, 9, 16, tzinfo=UTC)

    cancelled = ending.cancel(session, booking.id, by=hall.berit, now=after_the_first)
    again(session)
    with pytest.raises(Conflict):
        ending.cancel(session, booking.id, by=hall.berit, now=after_the_first)

    states = [OccurrenceState.BOOKED, OccurrenceState.CANCELLED, OccurrenceState.CANCELLED]
    assert [date.state for date in cancelled.occurrences] == states
    assert claims(session) == 1


def test_a_dry_run_writes_nothing_and_says_the_same(session: Session, hall: Hall) -> None:
    tried = preview(session, wish(recurrence=WEEKS, on_conflict="skip"), by=hall.berit, now=NOW)
    rows = session.scalar(select(func.count()).select_from(Occurrence))
    booked = book(session, hall, recurrence=WEEKS, on_conflict="skip")

    assert rows == 0
    assert [(date.state, date.reason) for date in tried.dates] == [(date.state, date.reason) for date in booked.occurrences]


def test_strangers_do_not_learn_that_a_booking_exists(session: Session, hall: Hall) -> None:
    booking = book(session, hall)

    with pytest.raises(Missing):
        ending.cancel(session, booking.id, by=hall.per, now=NOW)


def test_nobody_books_unknown_or_in_the_municipality_s_name(session: Session, hall: Hall) -> None:
    from_outside = type(hall.per)()
    with pytest.raises(Unidentified):
        reserve(session, wish(), by=from_outside, now=NOW)
    again(session)
    for kind in ("municipal", "block"):
        with pytest.raises(Forbidden):
            reserve(session, wish(kind=kind, organisation=None), by=hall.per, now=NOW)
        again(session)

    assert reserve(session, wish(kind="block", organisation=None), by=hall.olav, now=NOW).state is BookingState.BOOKED


def test_staff_book_for_a_caller_and_the_audit_names_both(session: Session, hall: Hall) -> None:
    again(session)
    reserve(session, wish(organisation=None, on_behalf_of=hall.per.person_id), by=hall.kari, now=NOW)

    row = session.scalars(select(Audit).where(Audit.subject == "booking")).one()
    assert (row.hand_id, row.holder_id) == (hall.kari.person_id, hall.per.person_id)


def test_an_agreement_gives_its_class_and_its_hours_and_not_one_more(session: Session, hall: Hall) -> None:
    again(session)
    agreement = make_agreement(
        session,
        AgreementTerms(
            organisation=hall.cast.skiold.id,
            title="Turn for alle",
            price_class="partner",
            hours=6,
            first_day=date(2026, 9, 1),
            last_day=date(2026, 12, 31),
            rooms=("oren-flerbrukshall/gymsal-1",),
        ),
        by=hall.kari,
        now=NOW,
    )
    booked = [book(session, hall, start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00", agreement=agreement.id) for day in (15, 16, 17)]
    seventh = {"start": "2026-09-18T18:00", "end": "2026-09-18T19:00", "agreement": agreement.id}

    with pytest.raises(Declined) as refused:
        book(session, hall, **seventh)
    again(session)
    ending.cancel(session, booked[0].id, by=hall.berit, now=NOW)
    again(session)

    assert [fault.code for fault in refused.value.faults] == ["policy:agreement-hours-used"]
    assert [booking.occurrences[0].charged_price for booking in booked] == [20000, 20000, 20000]
    assert [meter.left for meter in meters(session, by=hall.kari, now=NOW)] == [120]
    assert book(session, hall, **seventh).state is BookingState.BOOKED


def test_a_grant_is_worth_list_less_charged_also_over_a_change_of_tariff(session: Session, hall: Hall) -> None:
    again(session)
    terms = {"title": "A", "price_class": "partner", "hours": 100, "first_day": date(2026, 9, 1), "last_day": date(2027, 6, 30)}
    rooms = ("oren-flerbrukshall/gymsal-1",)
    agreement = make_agreement(session, AgreementTerms(organisation=hall.cast.skiold.id, rooms=rooms, **terms), by=hall.kari, now=NOW)
    again(session)
    scheme = make_scheme(session, SchemeTerms(name="Treningstid", kind="rooms", first_day="2026-01-01"), by=hall.kari, now=NOW)
    days = {"first_day": date(2026, 8, 1), "last_day": date(2027, 6, 30)}
    grant = make_grant(session, GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, **days), by=hall.kari, now=NOW)
    under = {"agreement": agreement.id}
    book(session, hall, start="2026-12-29T18:00", end="2026-12-29T20:00", grant=grant.id, **under)
    book(session, hall, start="2027-01-05T18:00", end="2027-01-05T20:00", **under)

    # 2 hours at 400 less 2 at 100 in 2026; twice as much in 2027.
    found = worths(session, date(2026, 1, 1), date(2027, 12, 31), by=hall.kari)
    assert [(worth.grant, worth.year, worth.value) for worth in found] == [(grant, 2027, 120000), (grant, 2026, 60000)]


def test_the_stored_facts_give_the_same_verdict_again(session: Session, hall: Hall) -> None:
    booking = book(session, hall, recurrence=WEEKS, on_conflict="skip")
    row = session.scalars(select(Judgement).where(Judgement.booking_id == booking.id)).one()

    for stored in unfolded(row.judged):
        policy = policy_of(session, stored["versions"])
        verdict = evaluate(policy, Request.from_json(stored["request"]), Facts.from_json(stored["facts"]))
        assert verdict == Verdict.from_json(stored["verdict"])
    assert len(unfolded(row.judged)) == 10


def dear(session: Session, times: int) -> None:
    """From today every head costs a million kroner, so many times over."""
    fee = {"kind": "surcharge", "title": REASON, "operation": "amount", "per": "person", "ore": 100_000_000, "reason": REASON}
    rules = [*POLICY["rules"], *({**fee, "id": f"fee-{number}"} for number in range(times))]  # type: ignore[misc]
    again(session)
    publish(session, place_at(session, ""), checked({**POLICY, "rules": rules}), NOW.date(), by=SERVICE, now=NOW)
    again(session)


def test_a_price_of_many_millions_is_kept(session: Session, hall: Hall) -> None:
    dear(session, 1)

    booking = reserve(session, wish(participants={"6-12": 40}), by=hall.berit, now=NOW)

    session.expire_all()
    assert booking.occurrences[0].list_price == 40 * 100_000_000 + 80_000


def test_a_price_that_nobody_can_have_meant_is_refused_with_what_it_came_to(session: Session, hall: Hall) -> None:
    dear(session, 101)

    with pytest.raises(Invalid) as refused:
        reserve(session, wish(participants={"6-12": 100_000}), by=hall.berit, now=NOW)

    assert [(fault.code, fault.facts["most"]) for fault in refused.value.faults] == [("price-too-large", 10**15)]
