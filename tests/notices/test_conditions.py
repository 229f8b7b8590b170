"""Mails about what has to be done before one comes: with the booking, once again before the date, and when it does not count."""

from datetime import timedelta

import pytest
from flask import Flask

from accounts.identity import SERVICE
from accounts.models import Person
from booking import decisions, ending
from booking.attending import attend
from booking.conditions import verbs
from booking.conditions.inputs import Appointment, Confirmation, Signature, Withdrawal
from booking.conditions.reminders import remind, to_remind
from database.transact import Database
from settings import Settings
from tests.booking.conditions.conftest import MEETING, conditional
from tests.notices.conftest import Clock, Office, end_right, furnished, words

SIGNED = Signature(name="Berit Moe", agreed="yes", text_version="2026")
ADULTS = Appointment.model_validate({"people": [{"name": name, "phone": "41234567", "born": 1980} for name in ("Ada", "Bo")]})


@pytest.fixture
def office(app: Flask, settings: Settings, clock: Clock) -> Office:
    database: Database = app.extensions["database"]
    return Office(app, database, database.transact(furnished, conditional()), clock, settings)


def reminded(office: Office) -> list[str]:
    """The reminders that a turn of the worker sends, after those of before have left."""
    office.mails()
    remind_all(office)
    return [words(mail) for mail in office.mails()]


def remind_all(office: Office) -> None:
    with office.database.reading() as session:
        holders = to_remind(session, office.clock())
    for holder in holders:
        office.act(remind, holder, by=SERVICE)


def three_days_before(office: Office) -> None:
    """From half past ten in the evening of the first to eleven in the morning of Saturday the twelfth."""
    office.clock.pass_by(days=10, hours=12, minutes=30)


def test_the_confirmation_tells_the_holder_what_is_theirs_to_do(office: Office) -> None:
    booking = office.book(**MEETING, recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})

    text = office.last()[1]

    assert (
        "Før dere kommer, må dette være gjort:\n"
        "- Branninstruks, innen 12. september 2026\n"
        "- Forsikringsbevis\n"
        "- Navngi de ansvarlige\n"
        f"Gjør det her: {office.settings.public_url}/bookings/{booking.reference}\n"
    ) in text


def test_who_stands_in_line_is_told_what_is_theirs_to_do_with_the_time_and_not_before(office: Office) -> None:
    first = office.book(**MEETING)
    waits = office.book("nils", **MEETING, on_conflict="wait", book_when_free=True)
    in_line = office.last()[1]
    office.act(ending.cancel, first.id, by=office.hall.berit)
    office.clock.pass_by(minutes=2)
    attend(office.database)
    subject, had = office.last()

    assert ("Tiden er opptatt, og dere står i kø for den." in in_line, "Før dere kommer" in in_line) == (True, False)
    assert (subject, "\n- Branninstruks, innen 12. september 2026\n" in had) == (
        f"Bekreftet: Øren flerbrukshall, Gymsal 1, {waits.reference}",
        True,
    )


def test_a_confirmation_of_what_asks_nothing_says_nothing_of_it(office: Office) -> None:
    office.book()

    assert "Før dere kommer" not in office.last()[1]


def test_the_holder_is_reminded_once_in_one_mail_of_all_dates_that_are_near(office: Office) -> None:
    first = office.book(**MEETING)
    second = office.book(**MEETING, start="2026-09-15T20:00", end="2026-09-15T21:00", room="oren-flerbrukshall/gymsal-2", team="P2")
    office.act(verbs.sign, first.id, "fire-instruction", SIGNED, by=office.hall.berit)
    office.act(verbs.appoint, second.id, "responsible", ADULTS, by=office.hall.berit)
    three_days_before(office)

    mails = [reminded(office), reminded(office)]

    site = office.settings.public_url
    assert [len(several) for several in mails] == [1, 0]
    assert (
        "- tirsdag 15. september 2026 kl. 18:00–20:00, Øren flerbrukshall, Gymsal 1: Forsikringsbevis, Navngi de ansvarlige\n"
        f"  {site}/bookings/{first.reference}\n"
        "- tirsdag 15. september 2026 kl. 20:00–21:00, Øren flerbrukshall, Gymsal 2, P2: Forsikringsbevis\n"
        f"  {site}/bookings/{second.reference}\n"
    ) in mails[0][0]


def test_those_who_act_for_the_organisation_are_reminded_where_the_holder_acts_for_it_no_more(office: Office) -> None:
    theirs, own = office.book(**MEETING), office.book(**MEETING, organisation=None, room="oren-flerbrukshall/gymsal-2")
    office.act(decisions.approve, own.id, by=office.hall.kari)
    end_right(office, "berit")
    three_days_before(office)
    office.mails()
    remind_all(office)

    found = [(mail["To"].partition("@")[0], [one.reference in words(mail) for one in (theirs, own)]) for mail in office.mails()]
    assert found == [("berit", [False, True]), ("nils", [True, False])]


def test_nobody_is_reminded_at_night_of_what_is_far_away_or_was_told_just_now(office: Office) -> None:
    office.book(**MEETING)

    far = reminded(office)
    office.clock.pass_by(days=11, hours=3)
    night = reminded(office)
    office.book(**MEETING, room="oren-flerbrukshall/gymsal-2", start="2026-09-14T18:00", end="2026-09-14T20:00")
    office.clock.pass_by(hours=8)
    morning = reminded(office)

    assert (far, night, len(morning)) == ([], [], 1)
    assert "14. september" not in morning[0]


def test_what_is_done_or_cancelled_before_the_mail_leaves_is_not_asked_for(office: Office) -> None:
    booking = office.book(**MEETING)
    other = office.book(**MEETING, start="2026-09-15T20:00", end="2026-09-15T21:00")
    office.mails()
    three_days_before(office)
    remind_all(office)

    office.act(ending.cancel, other.id, by=office.hall.berit)
    office.act(verbs.sign, booking.id, "fire-instruction", SIGNED, by=office.hall.berit)
    office.act(verbs.upload, booking.id, "insurance", file="a.pdf", by=office.hall.berit)
    office.act(verbs.appoint, booking.id, "responsible", ADULTS, by=office.hall.berit)

    assert [mail["Subject"].split(":")[0] for mail in office.mails()] == ["Avlyst"]


def test_what_only_staff_can_do_is_nobody_elses_to_be_reminded_of(office: Office) -> None:
    booking = office.book(**MEETING)
    office.act(verbs.sign, booking.id, "fire-instruction", SIGNED, by=office.hall.berit)
    office.act(verbs.upload, booking.id, "insurance", file="a.pdf", by=office.hall.berit)
    office.act(verbs.appoint, booking.id, "responsible", ADULTS, by=office.hall.berit)
    three_days_before(office)

    assert reminded(office) == []


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("nb", "Hva: Branninstruks\nHvorfor: Det er feil navn."),
        ("nn", "Kva: Branninstruks\nKvifor: Det er feil navn."),
        ("en", "What: Fire instruction\nWhy: Det er feil navn."),
    ],
)
def test_what_does_not_count_is_told_with_the_reason_in_the_readers_language(office: Office, language: str, says: str) -> None:
    booking = office.book(**MEETING)
    row = office.act(verbs.sign, booking.id, "fire-instruction", SIGNED, by=office.hall.berit)
    office.change(lambda session: setattr(session.get(Person, office.hall.cast.berit.id), "language", language))

    office.act(verbs.withdraw, row.id, Withdrawal(reason="Det er feil navn."), by=office.hall.olav)

    text = office.last()[1]
    assert says in text
    assert f"{office.settings.public_url}/bookings/{booking.reference}/conditions/fire-instruction" in text


def test_a_confirmation_by_staff_tells_nobody(office: Office) -> None:
    booking = office.book(**MEETING)
    before = len(office.notices())

    office.act(verbs.confirm, booking.id, "attendant", Confirmation(agreed="yes"), by=office.hall.olav)

    assert len(office.notices()) == before


def test_a_caller_without_an_address_keeps_nobody_waiting(office: Office) -> None:
    office.book(**MEETING)
    office.change(lambda session: setattr(session.get(Person, office.hall.cast.berit.id), "email", None))
    office.clock.pass_by(days=11)
    office.clock.moment += timedelta(hours=2)

    assert reminded(office) == []
