"""Schemes and rates are mended without touching what was decided, and what two officers do at once is done once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking.models import Occurrence
from booking.reservations import reserve
from booking.support.agreements import make_agreement
from booking.support.duties import duties_kept
from booking.support.grants import reports
from booking.support.grants.awarding import GrantTerms, end_grant, make_grant
from booking.support.grants.check import checked
from booking.support.grants.models import Part, Rate, Report
from booking.support.grants.parts import PartInput, state_part
from booking.support.grants.reports import ReportInput, account_of, write_report
from booking.support.grants.schemes import (
    RateChange,
    RateTerms,
    SchemeTerms,
    change_rate,
    change_scheme,
    make_scheme,
    schemes,
    seen_of,
    set_rate,
)
from booking.support.grants.statuses import LeaseDecision, decide_lease, leases
from booking.support.grants.values import Worth, worths
from booking.support.models import Grant, Scheme, SchemeKind
from booking.support.terms import AgreementTerms
from database.audit import Audit
from database.outbox import Notice
from database.transact import Database
from kernel.errors import Conflict, Invalid, Missing, Stale
from tests.booking.conftest import NOW, Hall, again, furnish, wish
from tests.meanwhile import meanwhile

RENT: dict[str, Any] = {"name": "Leie", "kind": "rent", "first_day": "2026-01-01", "own_share": 20, "report_days": 30}
YEAR = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
ROOM = "oren-flerbrukshall/gymsal-1"
JANUARY = NOW + timedelta(days=140)


def made(session: Session, hall: Hall, **more: Any) -> Scheme:
    again(session)
    return make_scheme(session, SchemeTerms.model_validate(RENT | more), by=hall.kari, now=NOW)


def awarded(session: Session, hall: Hall, scheme: Scheme, **more: Any) -> Grant:
    again(session)
    return make_grant(session, GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, **{**YEAR, **more}), by=hall.kari, now=NOW)


def test_a_scheme_goes_on_by_other_terms_and_grants_stay_as_they_were_decided(session: Session, hall: Hall) -> None:
    scheme = made(session, hall)
    grant = awarded(session, hall, scheme)
    again(session)
    reserve(session, wish(start="2026-09-15T18:00", end="2026-09-15T20:00"), by=hall.berit, now=NOW)
    before = checked(session, [grant])[grant.id].paid
    terms = SchemeTerms.model_validate(RENT | {"own_share": 60, "rules": "Klubben betaler 60 prosent."})

    again(session)
    changed = change_scheme(session, scheme.id, terms, by=hall.kari, now=NOW)
    again(session)
    same = change_scheme(session, changed.id, terms, by=hall.kari, now=NOW)
    again(session)
    with pytest.raises(Conflict) as late:
        change_scheme(session, scheme.id, terms, by=hall.kari, now=NOW)
    with pytest.raises(Invalid) as old:
        awarded(session, hall, scheme, first_day=date(2027, 1, 1), last_day=date(2027, 6, 30))
    later = awarded(session, hall, changed, first_day=date(2027, 1, 1), last_day=date(2027, 6, 30))

    assert (before, checked(session, [grant])[grant.id].paid) == (64000, 64000)
    assert same.id == changed.id
    assert [one.id for one in schemes(session)] == [changed.id]
    assert [one.value.faults[0].code for one in (late, old)] == ["scheme-changed", "scheme-changed"]
    assert later.scheme_id == changed.id
    told = session.scalars(select(Audit.facts).where(Audit.subject == "scheme", Audit.verb == "change")).all()
    assert told == [{"replaces": scheme.id, "fields": ["covers", "rules"]}]


def test_a_wrong_rate_is_corrected_and_what_was_sent_stays(session: Session, hall: Hall) -> None:
    grant = awarded(session, hall, made(session, hall, kind="rooms"))
    again(session)
    booking = reserve(session, wish(start="2026-09-15T18:00", end="2026-09-15T20:00"), by=hall.berit, now=NOW)
    session.execute(update(Occurrence).where(Occurrence.booking_id == booking.id).values(list_price=None, charged_price=None, tariff=""))
    terms = {"room_kind": "gym", "first_day": "2026-01-01", "source": "Vedtak 12"}
    wrong = set_rate(session, RateTerms.model_validate(terms | {"per_hour": "2500"}), by=hall.kari, now=NOW)
    other = set_rate(session, RateTerms.model_validate(terms | {"per_hour": "1", "first_day": "2026-12-01"}), by=hall.kari, now=NOW)
    again(session)
    write_report(session, grant.id, ReportInput(text="Vi turnet.", send=True), by=hall.berit, now=JANUARY)

    right = RateChange.model_validate(terms | {"per_hour": "250", "source": "Vedtak 12, rettet"})
    change_rate(session, wrong.id, right, by=hall.kari, now=JANUARY)

    assert [one.value for one in worths(session, *YEAR.values(), by=hall.kari)] == [50000]
    assert account_of(session, grant, by=hall.kari, now=JANUARY).value == 500000
    with pytest.raises(Conflict):
        change_rate(session, other.id, right, by=hall.kari, now=JANUARY)
    with pytest.raises(Missing):
        change_rate(session, 999, right, by=hall.kari, now=JANUARY)
    told = session.scalars(select(Audit.facts).where(Audit.subject == "rate", Audit.verb == "change", Audit.subject_id == wrong.id)).one()
    assert (told["per_hour"], told["before"]["per_hour"], told["before"]["source"]) == (25000, 250000, "Vedtak 12")
    assert session.scalar(select(func.count()).select_from(Rate)) == 2


def test_nothing_is_given_twice_under_a_scheme_for_the_same_days(session: Session, hall: Hall) -> None:
    scheme = made(session, hall)
    first = awarded(session, hall, scheme)
    with pytest.raises(Invalid) as twice:
        awarded(session, hall, scheme, first_day=date(2026, 12, 31), last_day=date(2027, 6, 30))
    again(session)
    end_grant(session, first.id, by=hall.kari, now=NOW)

    instead = awarded(session, hall, scheme, ceiling=5000)

    assert [(fault.code, fault.field) for fault in twice.value.faults] == [("grant-overlaps", "scheme")]
    assert instead.ceiling == 500000


def test_of_a_grant_that_never_held_no_report_is_due(session: Session, hall: Hall) -> None:
    grant = awarded(session, hall, made(session, hall), first_day=date(2027, 1, 1), last_day=date(2027, 12, 31))

    again(session)
    end_grant(session, grant.id, by=hall.kari, now=NOW)

    assert session.scalar(select(func.count()).select_from(Report)) == 0
    assert grant.last_day < grant.first_day


def test_the_report_says_what_agreements_ask_and_what_of_it_was_held(session: Session, hall: Hall) -> None:
    terms = AgreementTerms(
        organisation=hall.cast.skiold.id,
        title="Turn for alle",
        price_class="partner",
        hours=10,
        rooms=(ROOM,),
        promised=[{"kind": "open", "amount": 4}, {"kind": "dugnad", "amount": 20}],
        **YEAR,
    )
    again(session)
    make_agreement(session, terms, by=hall.kari, now=NOW)
    grant = awarded(session, hall, made(session, hall, kind="rooms"))
    for day, is_open in ((15, True), (16, True), (17, False)):
        again(session)
        reserve(session, wish(start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00", open_to_all=is_open), by=hall.berit, now=NOW)
    before = account_of(session, grant, by=hall.berit, now=JANUARY).duties

    again(session)
    write_report(session, grant.id, ReportInput(text="Vi turnet.", send=True), by=hall.berit, now=JANUARY)

    assert [(one.title, one.kind, one.amount, one.held) for one in before] == [
        ("Turn for alle", "open", 4, 2),
        ("Turn for alle", "dugnad", 20, 0),
    ]
    assert account_of(session, grant, by=hall.kari, now=JANUARY).duties == before


@pytest.mark.parametrize(("ended", "told"), [("2026-12-31T23:30Z", 1), ("2026-12-31T22:30Z", 0)])
def test_duties_are_told_of_what_held_on_the_first_day_by_the_clock_of_the_municipality(
    session: Session, hall: Hall, ended: str, told: int
) -> None:
    promised = [{"kind": "dugnad", "amount": 20}]
    days = {"first_day": date(2026, 1, 1), "last_day": date(2027, 12, 31)}
    terms = AgreementTerms(
        organisation=hall.cast.skiold.id, title="Turn", price_class="partner", hours=10, rooms=(ROOM,), promised=promised, **days
    )
    again(session)
    agreement = make_agreement(session, terms, by=hall.kari, now=NOW)
    agreement.ended_at = datetime.fromisoformat(ended)
    session.flush()

    found = duties_kept(session, hall.cast.skiold.id, date(2027, 1, 1), date(2027, 12, 31), now=JANUARY)

    assert len(found) == told


def test_members_and_activities_are_not_below_nothing(session: Session, hall: Hall) -> None:
    grant = awarded(session, hall, made(session, hall))

    again(session)
    with pytest.raises(Invalid) as refused:
        write_report(session, grant.id, ReportInput(figures={"members": -1, "income": -5}), by=hall.berit, now=NOW)

    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("too-small", "figures.members")]


@pytest.mark.parametrize(("kind", "is_above"), [(SchemeKind.ROOMS, True), (SchemeKind.RENT, False)])
def test_only_rooms_are_worth_more_than_a_ceiling(kind: SchemeKind, *, is_above: bool) -> None:
    grant = Grant(ceiling=100, scheme=Scheme(kind=kind))

    assert Worth(1, grant, 2026, listed=500, charged=0).is_above is is_above


def test_two_officers_at_once_end_a_grant_once(database: Database) -> None:
    hall = database.transact(furnish)
    scheme = database.transact(make_scheme, SchemeTerms.model_validate(RENT), by=hall.kari, now=NOW)
    grant = database.transact(make_grant, GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, **YEAR), by=hall.kari, now=NOW)

    def end(session: Session) -> object:
        return end_grant(session, grant.id, by=hall.kari, now=NOW)

    assert isinstance(meanwhile(database, end, end).exception(), Missing)
    with database.reading() as session:
        told = select(func.count()).where(Notice.kind == "grant-end", Notice.person_id == hall.cast.berit.id)
        assert session.scalar(told) == 1


def test_a_button_pressed_twice_awards_once(database: Database) -> None:
    hall = database.transact(furnish)
    scheme = database.transact(make_scheme, SchemeTerms.model_validate(RENT), by=hall.kari, now=NOW)
    award = _by(make_grant, GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, **YEAR), hall)

    assert isinstance(meanwhile(database, award, award).exception(), Invalid)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Grant)) == 1


def test_of_two_lease_statuses_decided_at_once_one_holds(database: Database) -> None:
    hall = database.transact(furnish)
    skiold = hall.cast.skiold.id
    database.transact(decide_lease, skiold, LeaseDecision(status="a", first_day="2026-01-01", reason="Vedtak"), by=hall.kari, now=NOW)

    def decide(letter: str) -> Callable[[Session], object]:
        given = LeaseDecision(status=letter, first_day="2026-09-01", reason="Vedtak")
        return lambda session: decide_lease(session, skiold, given, by=hall.kari, now=NOW)

    meanwhile(database, decide("b"), decide("c")).result()

    with database.reading() as session:
        assert [one.name for one in leases(session, skiold) if one.last_day is None] == ["lease-status-c"]


def _by(verb: Callable[..., Any], terms: GrantTerms, hall: Hall) -> Callable[[Session], object]:
    return lambda session: verb(session, terms, by=hall.kari, now=NOW)


def test_two_who_mend_a_rate_at_once_do_not_overwrite_each_other_unseen(session: Session, hall: Hall) -> None:
    terms = {"room_kind": "gym", "first_day": "2026-01-01", "per_hour": "250", "source": "Vedtak 1"}
    rate = set_rate(session, RateTerms.model_validate(terms), by=hall.kari, now=NOW)
    read = seen_of(rate)
    change_rate(session, rate.id, RateChange.model_validate(terms | {"per_hour": "300", "seen": read}), by=hall.kari, now=NOW)

    with pytest.raises(Stale) as late:
        change_rate(session, rate.id, RateChange.model_validate(terms | {"per_hour": "200", "seen": read}), by=hall.kari, now=NOW)
    stood = rate.per_hour
    change_rate(session, rate.id, RateChange.model_validate(terms | {"per_hour": "200", "seen": seen_of(rate)}), by=hall.kari, now=NOW)

    assert [(fault.code, fault.value) for fault in late.value.faults] == [("rate-changed", 30000)]
    assert (stood, rate.per_hour) == (30000, 20000)


def test_what_one_wrote_in_a_report_is_not_lost_to_another_who_had_it_open(session: Session, hall: Hall) -> None:
    grant = awarded(session, hall, made(session, hall))
    again(session)
    report = write_report(session, grant.id, ReportInput(text="Vi turnet."), by=hall.berit, now=NOW)
    read = reports.seen_of(report)
    again(session)
    write_report(session, grant.id, ReportInput(text="Vi turnet hver uke.", seen=read), by=hall.nils, now=NOW)

    again(session)
    with pytest.raises(Stale) as late:
        write_report(session, grant.id, ReportInput(text="Vi turnet mye.", seen=read), by=hall.berit, now=NOW)

    assert ([fault.code for fault in late.value.faults], report.text) == (["report-changed"], "Vi turnet hver uke.")


def test_what_another_stated_of_a_booking_is_shown_before_it_is_replaced(session: Session, hall: Hall) -> None:
    grant = awarded(session, hall, made(session, hall))
    again(session)
    booking = reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)
    said = {"booking": booking.reference, "local": 50, "reason": "Delt bane"}
    state_part(session, grant.id, PartInput.model_validate(said), by=hall.kari, now=NOW)

    again(session)
    with pytest.raises(Stale) as late:
        state_part(session, grant.id, PartInput.model_validate(said | {"local": 70}), by=hall.kari, now=NOW)
    (fault,) = late.value.faults
    again(session)
    same = state_part(session, grant.id, PartInput.model_validate(said), by=hall.kari, now=NOW).local
    again(session)
    changed = said | {"local": 70, "seen": fault.facts["seen"]}
    assert state_part(session, grant.id, PartInput.model_validate(changed), by=hall.kari, now=NOW).local == 70
    again(session)
    with pytest.raises(Stale) as later:
        state_part(session, grant.id, PartInput.model_validate(changed | {"local": 90}), by=hall.kari, now=NOW)

    assert (fault.code, fault.field, fault.facts["local"], fault.facts["young"], fault.facts["reason"]) == (
        "part-stated",
        "booking",
        50,
        None,
        "Delt bane",
    )
    assert (same, later.value.faults[0].facts["local"]) == (50, 70)


def test_of_two_who_state_parts_of_a_booking_at_once_the_later_is_told(database: Database) -> None:
    hall = database.transact(furnish)
    scheme = database.transact(make_scheme, SchemeTerms.model_validate(RENT), by=hall.kari, now=NOW)
    grant = database.transact(make_grant, GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, **YEAR), by=hall.kari, now=NOW)
    booking = database.transact(reserve, wish(), by=hall.berit, now=NOW)

    def state(local: int) -> Callable[[Session], object]:
        given = PartInput(booking=booking.reference, local=local, reason="Delt bane")
        return lambda session: state_part(session, grant.id, given, by=hall.kari, now=NOW)

    late = meanwhile(database, state(50), state(70)).exception()

    assert isinstance(late, Stale) and late.faults[0].facts["local"] == 50
    with database.reading() as session:
        assert session.scalars(select(Part.local)).all() == [50]
