"""What is held of people: declared, exported, erased, forgotten in time, and kept back by what is open."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Role
from accounts.models import Person, RoleGrant
from accounts.personal import own
from accounts.personal.erasing import AGAIN_AFTER, ask_erasure, carry_out, unfinished
from accounts.personal.exporting import archive, exported
from accounts.personal.held import Evidence
from accounts.personal.looks import note_looks
from accounts.personal.models import ContactLook
from accounts.personal.own import ACCOUNT, CALLER, ERASED
from accounts.personal.retention import EVERY, PeriodInput, due, due_periods, forget, set_period
from accounts.personal.unused import A_MONTH, end_account, ending
from accounts.tokens import make_token
from booking import personal as of_bookings
from booking.billing.models import Dispute, Line
from booking.billing.periods import Closing, close_period
from booking.billing.prices import Objection, Ruling, dispute, settle_price
from booking.casework.messages import note, write
from booking.casework.models import Message
from booking.complaints.inputs import ComplaintInput, Said
from booking.complaints.verbs import complain, say, withdraw
from booking.decisions import approve
from booking.evidence import with_open_reports
from booking.handing import take_over
from booking.models import Booking, Occurrence, Sought
from booking.reservations import reserve
from booking.states import UsageKind
from booking.support.grants.awarding import GrantTerms, make_grant
from booking.support.grants.models import Report, ReportState
from booking.support.grants.schemes import SchemeTerms, make_scheme
from booking.support.grants.values import values
from booking.usage import UsageInput, note_usage
from calendars import personal as of_calendars
from calendars.personal import PERSONAL
from database.audit import Audit
from database.base import Base
from database.outbox import Notice, post
from database.types import Word
from kernel.errors import Conflict, Forbidden, Missing
from tests.authority.test_personal_data import names_somebody, texts_in
from tests.booking.conftest import NOW, Hall, again, wish

ALONE = {"organisation": None, "contact": "Per Solli", "contact_phone": "99000006", "message": "Vi er fire."}
OVER = NOW + timedelta(days=50)
SEPTEMBER = Closing(first_day=date(2026, 9, 1), last_day=date(2026, 9, 30))
PEOPLE = {"person_id", "by_id", "hand_id", "holder_id", "owner_id"}
NOTHING_OPEN = replace(PERSONAL, evidence=())
NOTHING_KEPT = replace(NOTHING_OPEN, laws=())


def booked(session: Session, hall: Hall) -> Booking:
    """A date that Per has had for himself, with what was said of it."""
    booking = reserve(session, wish(**ALONE), by=hall.per, now=NOW)
    again(session)
    approve(session, booking.id, note="Velkommen, Per.", by=hall.kari, now=NOW)
    again(session)
    write(session, booking.id, "Kan vi komme før?", by=hall.per, now=NOW)
    again(session)
    note_usage(
        session,
        booking.id,
        1,
        UsageInput(kind=UsageKind.DAMAGE, note="Knust rute"),
        file="rute.jpg",
        by=hall.per,
        now=NOW + timedelta(days=15),
    )
    again(session)
    return booking


def billed(session: Session, hall: Hall) -> None:
    close_period(session, SEPTEMBER, by=hall.kari, now=OVER)
    again(session)


def tied() -> set[str]:
    """The tables from which one comes to a person, directly or over others."""
    found, tables = {"person"}, Base.metadata.tables
    while True:
        more = {
            name
            for name, table in tables.items()
            if any(key.column.table.name in found for key in table.foreign_keys)
            or any(column.name in PEOPLE or column.name.endswith("_by") for column in table.columns)
        }
        if more <= found:
            return found
        found |= more


def test_each_text_of_a_table_that_leads_to_people_is_declared() -> None:
    said: dict[str, set[str]] = {}
    for one in PERSONAL.declared:
        said.setdefault(one.name, set()).update(one.columns, one.plain)
    for plain in (own.PLAIN, of_bookings.PLAIN, of_calendars.PLAIN):
        for table, columns in plain.items():
            said.setdefault(table.__tablename__, set()).update(columns)

    texts = {
        (name, column.name)
        for name in tied()
        for column in Base.metadata.tables[name].columns
        if isinstance(column.type, String | JSON) and not isinstance(column.type, Word)
    }

    assert {(name, column) for name, column in texts if column not in said.get(name, ())} == set()
    assert {
        (name, column) for name, columns in said.items() for column in columns if column not in Base.metadata.tables[name].columns
    } == set()


def test_all_that_is_emptied_is_declared_and_kept_for_some_time() -> None:
    undeclared = [(one.name, name) for one in PERSONAL.declared for name in one.emptied if name not in one.columns]
    untimed = [one.name for one in PERSONAL.declared if not (one.period or one.kept)]

    assert undeclared == [("met", "forgotten_at"), ("usage", "forgotten_at"), ("feed_token", "revoked_at")]
    assert untimed == []


def test_what_was_noted_inside_the_office_is_handed_out_to_whom_it_was_noted_by_alone(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    note(session, booking.id, "Naboene ringte.", by=hall.kari, now=NOW)
    again(session)
    act = session.scalars(select(Audit.id).where(Audit.subject_id == booking.id, Audit.verb == "approve")).one()
    complaint = complain(session, ComplaintInput(act=act, text="For dyrt."), by=hall.per, now=NOW + timedelta(days=1))
    again(session)
    say(session, complaint.reference, Said(said="Ring naboen.", internal=True), by=hall.kari, now=OVER)
    again(session)

    theirs, ours = (
        json.dumps(exported(session, one.person_id or 0, personal=PERSONAL, by=one, now=OVER), ensure_ascii=False)
        for one in (hall.per, hall.kari)
    )

    said = ("Kan vi komme før?", "Naboene ringte.", "Ring naboen.")
    assert [[text in found for text in said] for found in (theirs, ours)] == [[True, False, False], [False, True, True]]


def test_a_person_gets_all_that_is_held_in_one_file(session: Session, hall: Hall, tmp_path: Path) -> None:
    booking = booked(session, hall)
    billed(session, hall)
    make_token(session, hall.cast.per.id, "Skriptet mitt", by=hall.per, now=NOW)
    note_looks(session, hall.cast.kari.id, [hall.cast.per.id], "booking.case_page", day=date(2026, 9, 2))
    (tmp_path / "rute.jpg").write_bytes(b"et bilde")

    found = exported(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=OVER)
    with zipfile.ZipFile(io.BytesIO(archive(found, "Les dette.", folder=tmp_path))) as packed:
        names, told = packed.namelist(), json.loads(packed.read("personal-data.json"))

    rows = {part["table"]: part["rows"][0] for part in reversed(told["held"])}
    assert names == ["LES-MEG.txt", "personal-data.json", "files/rute.jpg"]
    assert (rows["person"]["name"], rows["person"]["phone"], "password_hash" in rows["person"]) == ("Per Solli", "+4799000006", False)
    assert (rows["booking"]["message"], rows["api_token"]["name"], rows["usage"]["note"]) == ("Vi er fire.", "Skriptet mitt", "Knust rute")
    assert (rows["message"]["text"], rows["billing_line"]["booking"]) == ("Kan vi komme før?", booking.reference)
    assert told["looked_at"] == [{"day": "2026-09-02", "by": "Kari Nordby", "page": "booking.case_page"}]


def test_nobody_else_gets_it_but_an_administrator(session: Session, hall: Hall) -> None:
    for hand in (hall.berit, hall.kari, hall.olav):
        with pytest.raises(Forbidden):
            exported(session, hall.cast.per.id, personal=PERSONAL, by=hand, now=NOW)
    with pytest.raises(Missing):
        exported(session, 4711, personal=PERSONAL, by=SERVICE, now=NOW)


def test_who_has_dates_ahead_or_a_role_hears_all_that_has_to_be_settled_first(session: Session, hall: Hall) -> None:
    booking = reserve(session, wish(**ALONE), by=hall.per, now=NOW)
    session.add(RoleGrant(person_id=hall.cast.per.id, role=Role.OFFICER, granted_at=NOW))
    again(session)

    with pytest.raises(Conflict) as refused:
        ask_erasure(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=NOW)

    assert [(fault.code, dict(fault.facts)) for fault in refused.value.faults] == [
        ("has-role", {}),
        ("has-coming-bookings", {"references": booking.reference}),
    ]


def test_another_of_the_organisation_takes_over_what_is_ahead(session: Session, hall: Hall) -> None:
    booking = reserve(session, wish(), by=hall.berit, now=NOW)
    again(session)

    take_over(session, booking.id, by=hall.nils, now=NOW)
    again(session)
    erased = ask_erasure(session, hall.cast.berit.id, personal=NOTHING_OPEN, by=hall.berit, now=NOW)

    assert (booking.holder_id, booking.contact_name, booking.contact_phone) == (hall.cast.nils.id, "Nils Bakke", "+4799000004")
    assert (erased.erasure.done_at, hall.cast.berit.name, hall.cast.berit.email) == (NOW, ERASED, None)


def test_an_erased_person_leaves_a_key_and_the_statistics_as_they_were(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    billed(session, hall)
    session.add(Sought(on_day=NOW.date(), needs=["stage"], reasons=["taken"]))
    before = statistics(session)
    acts = session.scalar(select(Audit.id).where(Audit.holder_id == hall.cast.per.id).order_by(Audit.id))

    erased = ask_erasure(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=OVER)
    again(session)

    assert statistics(session) == before
    assert [(one.code, one.until, one.columns) for one in erased.kept] == [("books", date(2031, 12, 31), frozenset({"name"}))]
    assert (hall.cast.per.name, hall.cast.per.phone, hall.cast.per.email, hall.cast.per.password_hash) == ("Per Solli", "", None, None)
    assert (booking.contact_name, booking.message, booking.purpose, booking.holder_id) == ("", "", "", hall.cast.per.id)
    assert set(session.scalars(select(Message.text).where(Message.booking_id == booking.id))) == {""}
    assert (list(erased.files), acts is not None) == (["rute.jpg"], True)
    assert [text for facts in session.scalars(select(Audit.facts)) for text in texts_in(facts) if names_somebody(text)] == []


def statistics(session: Session) -> list[Any]:
    """What is counted of use: dates and their prices, what rooms were worth, what was billed, what was sought."""
    columns = (Occurrence.id, Occurrence.state, Occurrence.list_price, Occurrence.charged_price, Booking.activity, Booking.applicant_class)
    used = session.execute(select(*columns, Booking.participants).join(Occurrence.booking).order_by(Occurrence.id)).all()
    worth = values(session, date(2026, 1, 1), date(2026, 12, 31))
    lines = session.execute(select(Line.id, Line.amount, Line.person_id).order_by(Line.id)).all()
    return [[tuple(row) for row in used], worth, [tuple(row) for row in lines], session.scalars(select(Sought.needs)).all()]


def test_what_is_kept_goes_by_itself_when_the_law_keeps_it_no_more(session: Session, hall: Hall) -> None:
    booked(session, hall)
    billed(session, hall)
    erasure = ask_erasure(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=OVER).erasure
    again(session)
    later = datetime.fromisoformat("2032-01-01T08:00:00+00:00")

    waiting = (unfinished(session, OVER), list(unfinished(session, later)))
    carry_out(session, erasure.id, personal=PERSONAL, by=SERVICE, now=later)
    again(session)

    assert waiting == ([], [erasure.id])
    assert (hall.cast.per.name, erasure.done_at, list(unfinished(session, later + EVERY * 4))) == (ERASED, later, [])


def test_what_was_written_of_somebody_while_they_were_erased_goes_the_day_after(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    erasure = ask_erasure(session, hall.cast.per.id, personal=NOTHING_KEPT, by=hall.per, now=OVER).erasure
    again(session)
    booking.message, booking.contact_name = "Ring Per.", "Per Solli"

    day_after = list(unfinished(session, OVER + AGAIN_AFTER))
    carry_out(session, erasure.id, personal=NOTHING_KEPT, by=SERVICE, now=OVER + AGAIN_AFTER / 2)
    again(session)
    the_same_day = booking.message
    carry_out(session, erasure.id, personal=NOTHING_KEPT, by=SERVICE, now=OVER + AGAIN_AFTER)
    again(session)

    assert (day_after, the_same_day) == ([erasure.id], "Ring Per.")
    assert (booking.message, booking.contact_name, erasure.done_at, list(unfinished(session, OVER + AGAIN_AFTER))) == ("", "", OVER, [])


def test_who_came_back_is_erased_no_further_and_looked_at_once_a_day(session: Session, hall: Hall) -> None:
    booked(session, hall)
    billed(session, hall)
    erasure = ask_erasure(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=OVER).erasure
    again(session)
    hall.cast.per.password_hash = "anew"
    days = [OVER + AGAIN_AFTER, OVER + AGAIN_AFTER * 2]

    looked_at = []
    for day in days:
        waiting = list(unfinished(session, day))
        carry_out(session, erasure.id, personal=PERSONAL, by=SERVICE, now=day)
        again(session)
        looked_at.append((waiting, list(unfinished(session, day))))

    assert looked_at == [([erasure.id], []), ([erasure.id], [])]
    assert (hall.cast.per.name, hall.cast.per.password_hash, erasure.done_at) == ("Per Solli", "anew", days[0])


def test_an_open_bill_holds_back_what_it_is_about_until_it_is_settled(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    billed(session, hall)
    dispute(session, booking.id, 1, Objection(reason="Vi kom ikke inn."), by=hall.per, now=OVER)
    again(session)

    first = ask_erasure(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=OVER)
    again(session)
    held = (hall.cast.per.name, hall.cast.per.email, hall.cast.per.password_hash, booking.message, [one.code for one in first.kept])
    found = session.scalars(select(Dispute)).one()
    settle_price(session, booking.id, 1, Ruling(answer="Beklager."), by=hall.kari, now=OVER)
    again(session)
    carry_out(session, first.erasure.id, personal=PERSONAL, by=SERVICE, now=OVER + EVERY)
    again(session)

    assert held == ("Per Solli", "per@example.org", None, "Vi er fire.", ["bill", "books"])
    assert (hall.cast.per.email, booking.message, found.reason) == (None, "", "")


def test_who_is_to_be_billed_yet_can_be_reached_until_then(session: Session, hall: Hall) -> None:
    booked(session, hall)

    first = ask_erasure(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=OVER)
    again(session)
    owing = (hall.cast.per.name, hall.cast.per.email, hall.cast.per.phone, [one.code for one in first.kept])
    billed(session, hall)
    carry_out(session, first.erasure.id, personal=PERSONAL, by=SERVICE, now=OVER + EVERY)
    again(session)

    assert owing == ("Per Solli", "per@example.org", "", ["unbilled"])
    assert (hall.cast.per.name, hall.cast.per.email) == ("Per Solli", None)


def test_an_open_complaint_holds_back_its_booking_and_who_complained_until_it_is_over(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    billed(session, hall)
    act = session.scalars(select(Audit.id).where(Audit.subject == "booking", Audit.verb == "approve")).one()
    complaint = complain(session, ComplaintInput(act=act, text="For dyrt."), by=hall.per, now=NOW + timedelta(days=1))
    again(session)

    first = ask_erasure(session, hall.cast.per.id, personal=PERSONAL, by=hall.per, now=OVER)
    again(session)
    kept = (hall.cast.per.name, booking.message, [one.code for one in first.kept])
    withdraw(session, complaint.reference, by=hall.per, now=OVER)
    again(session)
    carry_out(session, first.erasure.id, personal=PERSONAL, by=SERVICE, now=OVER + EVERY)
    again(session)

    assert kept == ("Per Solli", "Vi er fire.", ["complaint", "books"])
    assert (hall.cast.per.email, booking.message) == (None, "")


def test_an_open_complaint_holds_its_evidence_back_by_one_line(session: Session, hall: Hall) -> None:
    booking, complaints = booked(session, hall), []
    personal = replace(PERSONAL, evidence=(Evidence("complaint", "en åpen klage", lambda _session: complaints),))
    complaints.append(booking.id)
    after = NOW + timedelta(days=2000)

    kept = forget(session, "bookings", personal=personal, by=SERVICE, now=after).rows
    complaints.clear()
    gone = [forget(session, "bookings", personal=personal, by=SERVICE, now=after).rows for _ in range(6)]

    assert kept == 0
    assert (sum(gone) > 0, booking.message, booking.contact_name) == (True, "", "")


def test_a_report_that_is_not_approved_keeps_the_bookings_that_it_is_measured_from(session: Session, hall: Hall) -> None:
    from_grant = with_report(session, hall)
    booking = reserve(session, wish(message="Ring først."), by=hall.berit, now=NOW)
    again(session)
    kept = list(session.scalars(with_open_reports(session)))
    from_grant.state = ReportState.APPROVED
    session.flush()

    assert (kept, list(session.scalars(with_open_reports(session)))) == ([booking.id], [])


def with_report(session: Session, hall: Hall) -> Report:
    """The report on a grant of this autumn, which nobody has written yet."""
    scheme = make_scheme(
        session, SchemeTerms(name="Gratis tid", kind="rooms", first_day="2026-01-01", report_days=60), by=hall.kari, now=NOW
    )
    days = {"first_day": "2026-08-01", "last_day": "2026-12-31"}
    grant = make_grant(session, GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, **days), by=hall.kari, now=NOW)
    again(session)
    return session.scalars(select(Report).where(Report.grant_id == grant.id)).one()


def test_time_forgets_by_itself_once_and_for_as_long_as_the_municipality_says(session: Session, hall: Hall) -> None:
    booking = booked(session, hall)
    ends = datetime.fromisoformat("2026-09-15T18:00:00+00:00")
    days = timedelta(days=of_bookings.BOOKINGS.days)
    early = [one.count for one in due(session, personal=NOTHING_OPEN, by=SERVICE, now=ends + days) if one.held.name == "booking"]
    late = [
        one.count
        for one in due(session, personal=NOTHING_OPEN, by=SERVICE, now=ends + days + timedelta(seconds=1))
        if one.held.name == "booking"
    ]

    set_period(session, "bookings", PeriodInput(days=100), personal=PERSONAL, by=SERVICE, now=NOW)
    shorter = ends + timedelta(days=100, seconds=1)
    rounds = [forget(session, "bookings", personal=NOTHING_OPEN, by=SERVICE, now=shorter).rows for _ in range(6)]

    assert (early, late) == ([0, 0], [1, 1])
    assert (booking.message, booking.purpose, rounds[-2:]) == ("", "", [0, 0])
    assert "bookings" not in due_periods(session, PERSONAL, shorter + EVERY - timedelta(seconds=1))
    assert "bookings" in due_periods(session, PERSONAL, shorter + EVERY)
    assert all(not names_somebody(text) for facts in session.scalars(select(Audit.facts)) for text in texts_in(facts))


def test_what_is_about_no_booking_is_forgotten_like_the_rest(session: Session, hall: Hall) -> None:
    post(session, "password-changed", person_id=hall.cast.per.id, now=NOW)
    after = NOW + timedelta(days=own.NOTICES.days, seconds=1)

    assert [forget(session, "notices", personal=PERSONAL, by=SERVICE, now=after).rows for _ in range(2)] == [1, 0]


def test_only_administrators_say_how_long_things_are_kept(session: Session, hall: Hall) -> None:
    with pytest.raises(Forbidden):
        set_period(session, "bookings", PeriodInput(days=100), personal=PERSONAL, by=hall.kari, now=NOW)
    with pytest.raises(Missing):
        set_period(session, "kaker", PeriodInput(days=100), personal=PERSONAL, by=SERVICE, now=NOW)


def test_who_does_not_use_an_account_is_told_and_erased_a_month_later(session: Session, hall: Hall) -> None:
    per, at = hall.cast.per, NOW + timedelta(days=ACCOUNT.days)
    per.seen_at = NOW
    session.flush()

    too_early = per.id in ending(session, at - A_MONTH)
    told = per.id in ending(session, at - A_MONTH + timedelta(seconds=1))
    end_account(session, per.id, personal=PERSONAL, by=SERVICE, now=at)
    again(session)
    between = per.id in ending(session, at + timedelta(days=1))
    letters = session.scalars(select(Notice.kind).where(Notice.person_id == per.id)).all()
    end_account(session, per.id, personal=PERSONAL, by=SERVICE, now=at + A_MONTH)
    again(session)

    assert (too_early, told, between) == (False, True, False)
    assert letters == ["account-unused"]
    assert (per.name, per.email, per.id in ending(session, at + 2 * A_MONTH)) == (ERASED, None, False)


def test_a_caller_without_an_account_goes_without_being_told(session: Session, hall: Hall) -> None:
    caller = Person(name="Mona Ring", phone="41234567", created_at=NOW)
    session.add(caller)
    session.flush()
    after = NOW + timedelta(days=CALLER.days, seconds=1)

    found = caller.id in ending(session, after)
    end_account(session, caller.id, personal=PERSONAL, by=SERVICE, now=after)
    again(session)

    assert (found, caller.name, caller.phone) == (True, ERASED, "")


def test_a_look_is_noted_once_a_day(session: Session, hall: Hall) -> None:
    per, kari = hall.cast.per.id, hall.cast.kari.id
    for day in (date(2026, 9, 1), date(2026, 9, 1), date(2026, 9, 2)):
        note_looks(session, kari, [per], "accounts.person_page", day=day)

    assert [(row.viewer_id, row.on_day.day) for row in session.scalars(select(ContactLook).order_by(ContactLook.on_day))] == [
        (kari, 1),
        (kari, 2),
    ]
