"""Who acts for an organisation is reminded before an agreement lapses, at each of its days once, and not of one that was renewed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from booking.models import Booking
from booking.reservations import reserve
from booking.support.agreements import end_agreement, make_agreement
from booking.support.duties import held, note_duty, planned
from booking.support.lapsing import remind, to_remind
from booking.support.models import Agreement, DutyKind
from booking.support.principles import keep_template, of_agreement, of_template, retire_template, templates
from booking.support.terms import AgreementTerms, TemplateTerms
from booking.support.treating import Consent
from database.outbox import Notice
from kernel.errors import Forbidden, Invalid, Missing
from tests.booking.conftest import NOW, Hall, again, wish

ROOM = "oren-flerbrukshall/gymsal-1"


def agree(session: Session, hall: Hall, **changes: Any) -> Agreement:
    again(session)
    days = {"first_day": date(2026, 9, 1), "last_day": date(2026, 12, 31), "remind_days": (60, 14)}
    given: Mapping[str, Any] = {"title": "Turn", "price_class": "partner", "hours": 4, "rooms": (ROOM,), **days, **changes}
    terms = AgreementTerms(organisation=hall.cast.skiold.id, **given)
    made = make_agreement(session, terms, consent=Consent(confirmed=True), by=hall.kari, now=NOW)
    again(session)
    return made


def reminded(session: Session, days: list[str]) -> list[str]:
    """The days, at noon, on which somebody was told, when the worker looks on each of these."""
    found = []
    for day in days:
        now = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
        before = len(session.scalars(select(Notice.id)).all())
        for agreement in to_remind(session, now):
            again(session)
            remind(session, agreement, by=SERVICE, now=now)
        if len(session.scalars(select(Notice.id)).all()) > before:
            found.append(day)
    return found


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ["2026-11-02", "2026-12-17"]),
        ({"renew_by": date(2026, 11, 15)}, ["2026-10-01", "2026-11-02"]),
        ({"remind_days": (20,)}, ["2026-12-17"]),
        ({"remind_days": ()}, []),
    ],
)
def test_they_are_told_once_at_each_of_its_days(session: Session, hall: Hall, changes: dict[str, Any], told: list[str]) -> None:
    agree(session, hall, **changes)

    days = ["2026-09-10", "2026-10-01", "2026-10-02", "2026-11-02", "2026-11-03", "2026-12-17", "2026-12-18", "2027-01-01"]

    assert reminded(session, days) == told


def test_nobody_is_told_of_one_that_was_renewed_or_ended(session: Session, hall: Hall) -> None:
    first = agree(session, hall)
    agree(session, hall, first_day=date(2027, 1, 1), last_day=date(2027, 12, 31), renews=first.id)
    other = agree(session, hall, rooms=("oren-flerbrukshall/gymsal-2",))
    end_agreement(session, other.id, by=hall.kari, now=NOW)

    assert reminded(session, ["2026-11-02", "2026-12-17"]) == []


def test_open_activity_is_counted_by_the_bookings_and_other_duties_by_an_officer_s_word(session: Session, hall: Hall) -> None:
    promised = ({"kind": "open", "amount": 2}, {"kind": "dugnad", "amount": 10}, {"kind": "dugnad", "amount": 5})
    agreement = agree(session, hall, promised=promised)
    for day, is_open in ((15, True), (16, False), (17, True)):
        again(session)
        times = {"start": f"2026-09-{day}T18:00", "end": f"2026-09-{day}T19:00"}
        reserve(session, wish(**times, open_to_all=is_open), by=hall.berit, now=NOW)
    again(session)
    note_duty(session, agreement.id, agreement.promised[1].id, done=True, by=hall.kari, now=NOW)

    now = datetime(2026, 9, 16, 22, tzinfo=UTC)
    assert planned(agreement) == {DutyKind.OPEN: 2, DutyKind.DUGNAD: 15}
    assert held(session, agreement, now=now) == {DutyKind.OPEN: 1, DutyKind.DUGNAD: 10}
    assert session.scalars(select(Booking)).all()
    again(session)
    with pytest.raises(Forbidden):
        note_duty(session, agreement.id, agreement.promised[0].id, done=True, by=hall.berit, now=NOW)
    with pytest.raises(Missing):
        note_duty(session, agreement.id, 99, done=True, by=hall.kari, now=NOW)


def test_a_template_is_kept_under_its_name_until_it_is_retired(session: Session, hall: Hall) -> None:
    terms = {"times": [{"weekday": 2, "start": "18:00", "end": "20:00"}], "promised": [{"kind": "open", "amount": 4}]}
    keep_template(session, TemplateTerms(name="Fast tid", hours=3), by=hall.kari, now=NOW)
    kept = keep_template(session, TemplateTerms(name="Fast tid", hours=2.5, **terms), by=hall.kari, now=NOW)

    values = of_template(kept)
    assert [one.id for one in templates(session, by=hall.kari)] == [kept.id]
    assert {name: values[name] for name in ("hours", "times[0].weekday", "times[0].start", "promised[0].kind", "promised[0].amount")} == {
        "hours": 2.5,
        "times[0].weekday": 2,
        "times[0].start": "18:00",
        "promised[0].kind": "open",
        "promised[0].amount": 4,
    }
    retire_template(session, kept.id, by=hall.kari, now=NOW)
    assert templates(session, by=hall.kari) == []
    with pytest.raises(Missing):
        retire_template(session, kept.id, by=hall.kari, now=NOW)
    with pytest.raises(Forbidden):
        keep_template(session, TemplateTerms(name="Min"), by=hall.berit, now=NOW)


@pytest.mark.parametrize(
    ("first", "last", "next_first", "next_last"),
    [
        # A season from August to June is that of the next year, whole years stay whole also where one is a leap year.
        (date(2026, 8, 1), date(2027, 6, 30), date(2027, 8, 1), date(2028, 6, 30)),
        (date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 1), date(2028, 12, 31)),
        (date(2026, 9, 1), date(2026, 12, 31), date(2027, 9, 1), date(2027, 12, 31)),
        (date(2026, 3, 1), date(2028, 2, 29), date(2028, 3, 1), date(2030, 2, 28)),
    ],
)
def test_a_renewal_is_on_the_same_days_of_the_first_year_after_it(first: date, last: date, next_first: date, next_last: date) -> None:
    found = of_agreement(
        Agreement(first_day=first, last_day=last, minutes=60, times=[], documents=[], remind_days=[]), is_new=True, is_next=True
    )

    assert (found["first_day"], found["last_day"]) == (f"{next_first}", f"{next_last}")


def test_an_agreement_renews_one_of_the_same_organisation(session: Session, hall: Hall) -> None:
    first = agree(session, hall)
    terms = AgreementTerms(
        organisation=hall.cast.strommen.id,
        title="Kor",
        price_class="partner",
        hours=4,
        rooms=(ROOM,),
        first_day=date(2027, 1, 1),
        last_day=date(2027, 12, 31),
        renews=first.id,
    )

    with pytest.raises(Invalid) as refused:
        make_agreement(session, terms, by=hall.kari, now=NOW)

    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("not-their-agreement", "renews")]
