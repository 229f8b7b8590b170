"""Drammen's schemes with worked cases, reports that stay as they were sent, and hearings before a right is lost."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from accounts.inputs import StandingInput
from accounts.standings import held_on, note_standing, standings_of
from booking.ending import cancel
from booking.models import Occurrence
from booking.reservations import reserve
from booking.states import UsageKind
from booking.support.grants.activity import measured
from booking.support.grants.awarding import GrantTerms, end_grant, make_grant
from booking.support.grants.check import checked, grant_for
from booking.support.grants.hearings import HearingAnswer, HearingDecision, HearingNotice, answer_hearing, decide_hearing, give_notice
from booking.support.grants.parts import PartInput, state_part
from booking.support.grants.reports import (
    ReportAnswer,
    ReportInput,
    account_of,
    answer_report,
    remind,
    report_of,
    to_remind,
    write_report,
)
from booking.support.grants.rules import Given, Priced, Rules, Use, operating_of, rent_of, standing_under
from booking.support.grants.schemes import RateTerms, SchemeTerms, make_scheme, set_rate
from booking.support.grants.statuses import LeaseDecision, decide_lease, leases
from booking.support.grants.sums import sums
from booking.support.grants.values import worths
from booking.support.models import Grant, SchemeKind
from booking.usage import UsageInput, note_usage
from database.outbox import Notice
from kernel.errors import Conflict, Invalid, Missing, Refusal
from policies.request import bands_of
from tests.booking.conftest import NOW, Hall, again, wish

YEAR = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
NEXT = {"first_day": date(2027, 1, 1), "last_day": date(2027, 12, 31)}
AFTER = {"first_day": date(2028, 1, 1), "last_day": date(2028, 12, 31)}
TRAINING = {"activities": ["sport.training"], "under_age": 20, "own_share": 20, "most_per_hour": 500}
CULTURE = {"activities": ["culture"], "open_to_all": True, "own_share": 50}
CHILDREN, ADULTS, MIXED, STRADDLING = {"6-12": 20}, {"20+": 10}, {"6-19": 12, "20+": 8}, {"15-25": 10}
TWO_HOURS = 120
OCTOBER = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
JANUARY = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def given(rules: dict[str, Any], kind: SchemeKind = SchemeKind.RENT, number: int = 1) -> Given:
    read = Rules.model_validate(rules)
    return Given(number, kind, read, read.own_share, YEAR["first_day"], YEAR["last_day"])


def use(activity: str = "sport.training", who: dict[str, int] | None = None, **more: Any) -> Use:
    return Use(activity, bands_of(CHILDREN if who is None else who), more.pop("open_to_all", False), "hallen", **more)


@pytest.mark.parametrize(
    ("rules", "asked", "listed", "charged", "paid", "code"),
    [
        # Two hours at 400 kroner: the club pays 20 per cent of 800.
        (TRAINING, use(), 80000, 80000, 64000, "paid"),
        (TRAINING, use("sport.match"), 80000, 80000, 0, "another-activity"),
        (TRAINING, use("sport.cup"), 80000, 80000, 0, "another-activity"),
        (TRAINING, use(who=ADULTS), 80000, 80000, 0, "nobody-young"),
        # Twelve of twenty are young: 60 per cent of 640.
        (TRAINING, use(who=MIXED), 80000, 80000, 38400, "paid"),
        (TRAINING, use(who=STRADDLING), 80000, 80000, 0, "ages-unknown"),
        (TRAINING, use(who=STRADDLING, young=50), 80000, 80000, 32000, "paid"),
        # Half of the court is a club's from another municipality.
        (TRAINING, use(local=50), 80000, 80000, 32000, "paid"),
        # At 1,000 an hour only 500 count: 80 per cent of 1,000 for two hours.
        (TRAINING, use(), 200000, 200000, 80000, "paid"),
        # What was given for less or nothing is not given again.
        (TRAINING, use(), 80000, 0, 0, "free-already"),
        # Nobody has to say how old they are for nothing.
        (TRAINING, use(who=STRADDLING), 80000, 0, 0, "free-already"),
        (TRAINING, use(), 80000, 16000, 0, "low-enough"),
        (TRAINING, use(), 80000, 40000, 24000, "paid"),
        (TRAINING, use(), None, 0, 0, "no-price"),
        (CULTURE, use("culture.concert", ADULTS, open_to_all=True), 600000, 600000, 300000, "paid"),
        (CULTURE, use("culture.concert", ADULTS), 600000, 600000, 0, "not-open-to-all"),
        (CULTURE, use("celebration", ADULTS, open_to_all=True), 600000, 600000, 0, "another-activity"),
        ({"venues": ["union-scene"]}, use(), 80000, 80000, 0, "another-venue"),
    ],
)
def test_rent_is_paid_down_to_the_organisation_s_own_share(
    rules: dict[str, Any], asked: Use, listed: int | None, charged: int, paid: int, code: str
) -> None:
    found = rent_of(given(rules), asked, Priced(TWO_HOURS, listed, charged))

    assert (found.ore, found.code) == (paid, code)


@pytest.mark.parametrize(
    ("members", "activities", "ore", "code"),
    [
        (40, 10, 1500000, "by-members"),
        (10, 8, 600000, "by-members"),
        (9, 10, 0, "too-few-members"),
        (40, 7, 0, "too-few-activities"),
        (None, 10, 0, "members-unknown"),
    ],
)
def test_an_operating_grant_follows_members_and_activities(members: int | None, activities: int, ore: int, code: str) -> None:
    rules = Rules(base=3000, per_member=300, least_members=10, least_activities=8)

    found = operating_of(rules, members, activities)

    assert (found.ore, found.code) == (ore, code)


def test_a_date_stands_under_one_grant_the_chosen_one_first_and_rent_before_rooms() -> None:
    rooms, rent, money = given({}, SchemeKind.ROOMS, 1), given(TRAINING, number=2), given({}, SchemeKind.OPERATING, 3)
    day = date(2026, 9, 1)

    found = [
        standing_under([rooms, rent, money], asked, chosen, when)
        for asked, chosen, when in (
            (use(), None, day),
            (use(), 1, day),
            (use("sport.match"), None, day),
            (use("sport.match"), 2, day),
            (use(), 3, day),
            (use(), 1, date(2027, 1, 1)),
        )
    ]

    assert found == [rent, rooms, rooms, rent, rent, None]


def award(session: Session, hall: Hall, rules: dict[str, Any], kind: str = "rent", **more: Any) -> Grant:
    again(session)
    terms = {"kind": kind, "first_day": "2026-01-01", "report_days": 30, "asks": more.pop("asks", []), **rules}
    scheme = make_scheme(session, SchemeTerms.model_validate({"name": f"Ordning {kind} {rules}", **terms}), by=hall.kari, now=NOW)
    again(session)
    return make_grant(session, GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, **{**YEAR, **more}), by=hall.kari, now=NOW)


def booked(session: Session, hall: Hall, day: int, **changes: Any) -> int:
    again(session)
    when = {"start": f"2026-09-{day:02}T18:00", "end": f"2026-09-{day:02}T20:00"}
    return reserve(session, wish(**when, **changes), by=hall.berit, now=NOW).id


def test_a_rent_grant_says_of_every_hour_what_it_pays_and_pays_nothing_twice(session: Session, hall: Hall) -> None:
    rooms, rent = award(session, hall, {}, "rooms"), award(session, hall, TRAINING, ceiling=1000)
    booked(session, hall, 15, recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})
    booked(session, hall, 16, grant=rooms.id)
    booked(session, hall, 17, activity="sport.match")
    mixed = booked(session, hall, 18, participants=STRADDLING)
    before = {line.why.code for line in checked(session, [rent])[rent.id].lines}
    again(session)
    reference = next(line.booking.reference for line in checked(session, [rent])[rent.id].lines if line.booking.id == mixed)
    state_part(session, rent.id, PartInput(booking=reference, young=50, local=50, reason="Delt bane"), by=hall.kari, now=NOW)

    found = checked(session, [rent, rooms])

    said = [(line.why.code, line.dates, line.minutes, line.per_hour(line.paid), line.paid) for line in found[rent.id].lines]
    assert sorted(said) == [
        ("another-activity", 1, 120, 0, 0),
        ("paid", 1, 120, 8000, 16000),
        ("paid", 2, 240, 32000, 128000),
        ("under-another", 1, 120, 0, 0),
    ]
    assert "ages-unknown" in before
    assert (found[rent.id].reckoned, found[rent.id].paid) == (144000, 100000)
    # The match fits no rent grant, and so stands under the one for rooms.
    assert [line.why.code for line in found[rooms.id].lines] == ["stands-under", "stands-under"]
    told = worths(session, *YEAR.values(), by=hall.kari)
    summed = sums(session, 2026, told, by=hall.kari)
    assert {one.grant.id: one.dates for one in told if one.grant} == {rooms.id: 2, rent.id: 3}
    assert [(one.rent, one.worth, one.is_economic) for one in summed] == [(100000, 0, False)]


def test_hours_without_a_price_have_the_rate_of_their_day_or_are_unvalued(session: Session, hall: Hall) -> None:
    for day in (15, 22):
        unpriced = {"list_price": None, "charged_price": None, "tariff": ""}
        session.execute(update(Occurrence).where(Occurrence.booking_id == booked(session, hall, day)).values(**unpriced))
    terms = {"room_kind": "gym", "first_day": "2026-09-20", "per_hour": "250", "source": "Vedtak 12/2026"}

    before = worths(session, *YEAR.values(), by=hall.kari)
    set_rate(session, RateTerms.model_validate(terms), by=hall.kari, now=NOW)
    after = worths(session, *YEAR.values(), by=hall.kari)
    with pytest.raises(Conflict):
        set_rate(session, RateTerms.model_validate(terms), by=hall.kari, now=NOW)

    figures = [(one.dates, one.minutes, one.value, one.unvalued, one.tariffs) for one in (*before, *after)]
    assert figures == [(2, 240, 0, 240, ()), (2, 240, 50000, 120, ("2026-09-20",))]


def test_the_report_is_pre_filled_sent_once_and_stays_as_it_was(session: Session, hall: Hall) -> None:
    grant = award(session, hall, {}, "rooms", asks=["members", "income"])
    series = booked(session, hall, 8, recurrence={"rrule": "FREQ=WEEKLY;COUNT=4"}, open_to_all=True, participants=MIXED)
    gone = booked(session, hall, 16)
    again(session)
    cancel(session, gone, by=hall.berit, now=NOW)
    for number, said in ((1, {"as_booked": True}), (2, {"heads": 7}), (3, {"kind": UsageKind.UNUSED})):
        again(session)
        note_usage(session, series, number, UsageInput(**{"kind": UsageKind.USED, **said}), by=hall.berit, now=OCTOBER)
    done = measured(session, grant, now=OCTOBER)
    report = report_of(session, grant)
    again(session)
    with pytest.raises(Conflict) as early:
        write_report(session, grant.id, ReportInput(text="Vi turnet.", send=True), by=hall.berit, now=OCTOBER)
    again(session)
    with pytest.raises(Invalid) as incomplete:
        write_report(session, grant.id, ReportInput(figures={"members": 80}, send=True), by=hall.berit, now=JANUARY)
    whole = ReportInput(text="Vi turnet.", figures={"members": 80, "income": -5}, send=True)

    again(session)
    write_report(session, grant.id, whole, by=hall.nils, now=JANUARY)
    sent = account_of(session, grant, by=hall.berit, now=JANUARY)
    again(session)
    note_usage(session, series, 4, UsageInput(kind=UsageKind.UNUSED), by=hall.berit, now=JANUARY)
    later = account_of(session, grant, by=hall.kari, now=JANUARY)
    again(session)
    with pytest.raises(Conflict) as twice:
        write_report(session, grant.id, whole, by=hall.berit, now=JANUARY)

    assert (done.held, done.minutes, done.confirmed, done.open_dates, done.cancelled, done.unused) == (3, 360, 240, 3, 1, 1)
    assert done.bands == [("6-19", 12, 12), ("20+", 8, 8), ("", 7, 0)]
    assert [refused.value.faults[0].code for refused in (early, twice)] == ["grant-not-over", "report-sent"]
    assert sorted(fault.field for fault in incomplete.value.faults) == ["figures.income", "text"]
    assert sent == later
    assert (sent.measured.held, sent.measured.unused, report.is_late, report.due_on) == (3, 1, False, date(2027, 1, 30))
    assert measured(session, grant, now=JANUARY).unused == 2


def test_a_report_is_reminded_of_once_taken_late_and_returned_with_a_reason(session: Session, hall: Hall) -> None:
    grant = award(session, hall, {}, "operating", amount=5000)
    report = report_of(session, grant)
    due = to_remind(session, JANUARY), to_remind(session, JANUARY + timedelta(days=2))
    for _ in range(2):
        again(session)
        remind(session, report.id, by=SERVICE, now=JANUARY + timedelta(days=2))
    february = JANUARY + timedelta(days=20)
    again(session)
    write_report(session, grant.id, ReportInput(text="Vi turnet.", send=True), by=hall.berit, now=february)
    again(session)
    with pytest.raises(Invalid):
        answer_report(session, grant.id, ReportAnswer(approved=False), by=hall.kari, now=february)
    again(session)
    answer_report(session, grant.id, ReportAnswer(approved=False, reason="Hvor mange?"), by=hall.kari, now=february)
    again(session)
    write_report(session, grant.id, ReportInput(text="Vi var 40.", send=True), by=hall.berit, now=february)
    again(session)
    answer_report(session, grant.id, ReportAnswer(approved=True), by=hall.kari, now=february)

    assert due == ([], [report.id])
    assert (report.is_late, str(report.state), report.reason) == (True, "approved", "")
    told = session.scalars(
        select(Notice.kind).where(Notice.person_id == hall.cast.nils.id, Notice.kind.like("report-%")).order_by(Notice.id)
    )
    assert told.all() == ["report-due", "report-return", "report-approve"]


def test_the_right_to_new_support_is_lost_only_after_notice_and_answer(session: Session, hall: Hall) -> None:
    skiold, held = hall.cast.skiold.id, award(session, hall, {}, "rooms")
    decision, until = HearingDecision(is_lost=True, reason="Utleid videre."), (NOW + timedelta(days=20)).date()
    again(session)
    with pytest.raises(Invalid):
        give_notice(session, skiold, HearingNotice(cause="Utleie", answer_by="2026-09-05"), by=hall.kari, now=NOW)
    again(session)
    hearing = give_notice(session, skiold, HearingNotice(cause="Utleie", answer_by=until.isoformat()), by=hall.kari, now=NOW)
    refused = [
        tried(session, decide_hearing, hearing.id, decision, by=hall.kari),
        tried(session, give_notice, skiold, HearingNotice(cause="Igjen", answer_by="2026-12-01"), by=hall.kari),
        tried(session, answer_hearing, hearing.id, HearingAnswer(answer="?"), by=hall.per),
    ]
    before = tried(session, make_grant, GrantTerms(organisation=skiold, scheme=held.scheme_id, **NEXT), by=hall.kari)
    again(session)
    answer_hearing(session, hearing.id, HearingAnswer(answer="Det var en dugnad."), by=hall.berit, now=NOW)
    again(session)
    decide_hearing(session, hearing.id, decision, by=hall.kari, now=NOW)
    lost = tried(session, make_grant, GrantTerms(organisation=skiold, scheme=held.scheme_id, **AFTER), by=hall.kari)
    again(session)
    later = make_grant(
        session, GrantTerms(organisation=skiold, scheme=held.scheme_id, **AFTER), by=hall.kari, now=NOW + timedelta(days=366)
    )

    assert refused == ["hearing-not-over", "hearing-open", "not-your-role"]
    assert (before, lost, later.organisation_id) == ("", "support-lost", skiold)
    assert tried(session, answer_hearing, hearing.id, HearingAnswer(answer="Nei"), by=hall.berit) == "hearing-decided"
    assert held.ended_at is None
    kinds = session.scalars(select(Notice.kind).where(Notice.kind.like("hearing-%"), Notice.person_id == hall.cast.berit.id))
    assert kinds.all() == ["hearing-begin", "hearing-decide"]


def test_a_lease_status_is_decided_once_and_read_where_prices_are(session: Session, hall: Hall) -> None:
    skiold = hall.cast.skiold.id
    for status, first in (("A", "2026-01-01"), ("b", "2027-01-01"), (None, "2028-01-01")):
        again(session)
        decide_lease(session, skiold, LeaseDecision(status=status, first_day=first, reason="Vedtak"), by=hall.kari, now=NOW)
    days = [date(2026, 6, 1), date(2027, 6, 1), date(2028, 6, 1)]

    held = [[one.name for one in held_on(standings_of(session, skiold), day)] for day in days]

    assert held == [["lease-status-a"], ["lease-status-b"], []]
    assert [(one.name, one.last_day) for one in leases(session, skiold)] == [
        ("lease-status-b", date(2027, 12, 31)),
        ("lease-status-a", date(2026, 12, 31)),
    ]
    assert tried(session, decide_lease, skiold, LeaseDecision(first_day="2029-01-01", reason="?"), by=hall.kari) == "no-lease-to-end"


def test_mistaken_and_foreign_input_is_refused(session: Session, hall: Hall) -> None:
    grant = award(session, hall, {"ceiling": 1000}, "rooms")
    skiold, scheme = hall.cast.skiold.id, grant.scheme_id
    noted = StandingInput(name="economic-activity", first_day="2026-01-01", source="Regnskap")
    again(session)
    note_standing(session, skiold, noted, by=hall.kari, now=NOW)
    wrong = [
        {"scheme": 999},
        {"last_day": date(2025, 1, 1)},
        {"last_day": date(2027, 1, 2)},
        {"ceiling": 1001},
        {"organisation": 999},
        {"report_by": date(2026, 5, 1)},
        {"first_day": date(2025, 5, 1), "last_day": date(2025, 6, 1)},
        {"amount": 500},
    ]

    said = [
        tried(session, make_grant, GrantTerms(**{"organisation": hall.cast.strommen.id, "scheme": scheme, **YEAR, **one}), by=hall.kari)
        for one in wrong
    ]

    assert said == [
        "unknown-scheme",
        "period-backwards",
        "grant-too-long",
        "above-ceiling",
        "no-such-organisation",
        "report-too-early",
        "scheme-not-then",
        "not-of-this-kind",
    ]
    assert (
        tried(session, set_rate, RateTerms(room_kind="slott", first_day="2026-01-01", per_hour=1, source="?"), by=hall.kari)
        == "unknown-room-kind"
    )
    for number, by in ((grant.id, hall.siri), (999, hall.kari)):
        with pytest.raises(Missing):
            grant_for(session, number, by=by)
    assert tried(session, write_report, grant.id, ReportInput(), by=hall.kari) == "not-your-role"
    assert [one.is_economic for one in sums(session, 2026, worths(session, *YEAR.values(), by=hall.kari), by=hall.kari)] == [True]
    again(session)
    assert end_grant(session, grant.id, by=hall.kari, now=NOW).last_day == date(2026, 9, 1)


def tried(session: Session, verb: Any, *args: Any, by: Any) -> str:
    """The code by which a verb refuses, nothing where it does not; what it wrote is taken back."""
    again(session)
    taken_back = session.begin_nested()
    try:
        verb(session, *args, by=by, now=NOW)
    except Refusal as refusal:
        return refusal.faults[0].code
    finally:
        taken_back.rollback()
    return ""
