"""What mails about cases say, to which side, and that they say nothing when it is not so any more."""

from datetime import date, timedelta

import pytest

from accounts.identity import SERVICE
from booking.casework import messages
from booking.casework.charge import Charge, assign
from booking.casework.promises import escalate
from booking.casework.reminders import remind
from booking.decisions import approve
from tests.cast import actor
from tests.notices.conftest import Office, words

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRIVATE = {"organisation": None, "start": "2026-09-22T18:00", "end": "2026-09-22T20:00"}
LINES = "Hvor mange?\n\nMed barn?"


def test_a_question_and_its_answer_are_mailed_to_the_other_side(office: Office) -> None:
    booking = office.book("per", **PRIVATE)
    question = office.act(messages.write, booking.id, LINES, must_answer=True, by=office.hall.kari)
    asked = office.mails()[-1]
    office.act(remind, question.id, by=SERVICE)
    office.act(messages.write, booking.id, "Tolv", by=office.hall.per)
    answered = office.mails()[-1]

    assert (asked["To"], asked["Subject"]) == ("per@example.org", f"Vi lurer på noe: Øren flerbrukshall, Gymsal 1, {booking.reference}")
    assert "har et spørsmål om forespørselen. Fristen for svaret vårt står stille til du har svart." in words(asked)
    assert "\n> Hvor mange?\n>  \n> Med barn?\n" in words(asked)
    assert f"Svar her: {office.settings.public_url}/bookings/{booking.reference}\n" in words(asked)
    assert (answered["To"], answered["Subject"]) == ("kari@example.org", f"Svar fra søkeren: {booking.reference}")
    assert "\n> Tolv\n" in words(answered)
    assert f"Se saken: {office.settings.public_url}/office/requests/{booking.reference}\n" in words(answered)


def test_the_reminder_says_that_silence_decides_nothing_and_is_not_sent_once_there_is_an_answer(office: Office) -> None:
    booking = office.book("per", **PRIVATE)
    question = office.act(messages.write, booking.id, LINES, must_answer=True, by=office.hall.kari)
    office.clock.pass_by(days=3)
    office.act(remind, question.id, by=SERVICE)
    reminded = office.last()
    office.clock.pass_by(days=4)
    office.act(remind, question.id, by=SERVICE)
    office.act(messages.write, booking.id, "Tolv", by=office.hall.per)

    assert reminded[0].startswith("Vi venter på svar")
    assert "Forespørselen blir liggende til du svarer, og ingenting avgjøres av at du ikke gjør det." in " ".join(reminded[1].split())
    assert [mail["Subject"].partition(":")[0] for mail in office.mails()] == ["Svar fra søkeren"]


def test_a_broken_promise_is_told_honestly_with_whom_to_ring(office: Office) -> None:
    booking = office.book("per", **PRIVATE)
    office.mails()
    office.clock.moment += timedelta(days=4)
    office.act(escalate, booking.id, by=SERVICE)
    told, raised = office.mails()
    office.act(escalate, booking.id, by=SERVICE)
    office.act(approve, booking.id, by=office.hall.kari)

    assert (told["To"], raised["To"]) == ("per@example.org", "ada@example.org")
    sentence = "Vi lovet svar innen 4. september 2026 kl. 15:30, og det klarte vi ikke. Det beklager vi."
    assert sentence in " ".join(words(told).split())
    assert "Spørsmål: Utleiekontoret, 32 04 10 00" in words(told)
    assert "Søker: Per Solli, 99 00 00 06" in words(raised)
    assert [mail["Subject"].partition(":")[0] for mail in office.mails()] == ["Bekreftet"]


def test_whose_case_it_is_and_who_stands_in_are_each_told_what_they_are(office: Office) -> None:
    booking, hall = office.book("per", **PRIVATE), office.hall
    kari, ada = hall.cast.kari.id, hall.cast.ada
    with office.database.reading() as session:
        administrator = actor(session, ada)
    office.mails()

    office.act(assign, booking.id, Charge(owner=kari), by=administrator)
    owner = office.mails()
    office.act(assign, booking.id, Charge(owner=kari, was=kari, deputy=ada.id, deputy_until=date(2026, 9, 30)), by=hall.kari)
    deputy = office.mails()

    assert [(mail["To"], mail["Subject"]) for mail in (*owner, *deputy)] == [
        ("kari@example.org", f"Saken er din: {booking.reference}"),
        ("ada@example.org", f"Du er stedfortreder i en sak: {booking.reference}"),
    ]
    assert "Denne saken er din nå." in words(owner[0])
    assert "Du er stedfortreder for Kari Nordby i denne saken, til og med 30. september 2026." in " ".join(words(deputy[0]).split())
