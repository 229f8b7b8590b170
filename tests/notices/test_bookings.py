"""What mails about bookings say: what, why, by whom, by when, whom to ask - and how to get in only where there is a way in."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from accounts.models import Organisation, Person
from booking import decisions, ending
from booking.absence import note_absence, withdraw_absence
from booking.attending import attend
from booking.closures import close_rooms
from booking.models import Booking
from booking.offers import accept_all
from booking.preferring import Choice, prefer
from booking.states import BookingKind
from database.outbox import UNDO_WITHIN
from tests.accounts.conftest import Visitor
from tests.booking.conftest import COMPLAINT, LADDER, NO_SHOW, TWO_HOURS, move, publish_with
from tests.journeys.conftest import neighbour
from tests.notices.conftest import Office, words
from tests.notices.test_answers import LINK
from venues.editing import retire_room
from venues.inputs import ClosureInput
from venues.models import Venue

TUESDAYS = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=5"}, "on_conflict": "skip"}
PRIVATE = {"organisation": None, "start": "2026-09-22T18:00", "end": "2026-09-22T20:00"}
WAY_IN = """Slik kommer dere inn
Neste gang: tirsdag {day} 2026, dere kommer inn fra kl. 17:45
Inngang: Hovedinngangen mot elva
Adgang: Kortet ditt virker i leseren
På stedet: Vaktmester, 32 04 00 00
Telefon som svarer da: 32 04 00 00 (Vaktmester)"""


def told(office: Office, booking: Booking, *, subject: str = "", organisation: str = "Skiold turn") -> str:
    """The text of the latest mail without what every one of them says: its head, whom to ask, and the booking's address."""
    found, text = office.last()
    lines = ["", "Øren flerbrukshall, Gymsal 1", f"Referanse: {booking.reference}", "Formål: Trening"]
    lines += [f"For: {organisation}"] if organisation else []
    head, foot = "\n".join(lines) + "\n", "\nSpørsmål: Utleiekontoret, 32 04 10 00\n"
    assert (head in text, foot in text) == (True, True), text
    assert f"{office.settings.public_url}/bookings/{booking.reference}\n" in text
    assert found == f"{subject}: Øren flerbrukshall, Gymsal 1, {booking.reference}"
    return (text.partition(head)[0] + text.partition(head)[2].partition(foot)[0]).strip()


def test_a_confirmation_tells_dates_price_what_is_left_out_and_why_and_the_way_in(office: Office) -> None:
    booking = office.book(**TUESDAYS)

    head, _, link = told(office, booking, subject="Bekreftet").replace("\N{NO-BREAK SPACE}", " ").partition("\n\nKan dere ikke komme ")
    assert link.startswith("tirsdag 15. september 2026, avlyser du den dagen her uten å logge inn:\nhttp")
    assert head == (
        """Hei! Bookingen er bekreftet.

- tirsdag 15. september 2026 kl. 18:00–20:00
- tirsdag 22. september 2026 kl. 18:00–20:00
- tirsdag 29. september 2026 kl. 18:00–20:00
- tirsdag 13. oktober 2026 kl. 18:00–20:00

Pris: 3 200 kr

Disse datoene er ikke med:
- tirsdag 6. oktober 2026 kl. 18:00–20:00: Skolen har fri 6. oktober 2026: Høstferie. Fordi.

"""
        + WAY_IN.format(day="15. september")
        + "\n\nVil du ha datoene i kalenderen din, abonnerer du på dem her. Da kommer endringer av seg selv: "
        + f"{office.settings.public_url}/calendars"
    )


def test_the_team_is_named_with_its_organisation(office: Office) -> None:
    booking = office.book(team="P2")

    assert told(office, booking, subject="Bekreftet", organisation="Skiold turn, P2").startswith("Hei! Bookingen er bekreftet.")


def test_a_taken_date_is_told_as_taken(office: Office) -> None:
    office.book("per", **PRIVATE)
    booking = office.book(**TUESDAYS)

    assert "- tirsdag 22. september 2026 kl. 18:00–20:00: Tiden var opptatt.\n" in told(office, booking, subject="Bekreftet")


def test_dates_that_stand_in_line_are_told_with_those_that_are_had(office: Office) -> None:
    office.book(**{**PRIVATE, "organisation": "313000001"})
    booking = office.book(**{**TUESDAYS, "on_conflict": "wait"})

    assert "Disse datoene står dere i kø for:\n- tirsdag 22. september 2026 kl. 18:00–20:00\n" in told(office, booking, subject="Bekreftet")


def test_a_date_in_another_venue_is_told_with_that_venue_its_entrance_and_a_link_to_itself(office: Office) -> None:
    booking = office.book(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})
    office.change(lambda session: setattr(neighbour(session).venue, "entrance", "Fra skolegården"))
    moved = {"start": datetime(2026, 9, 22, 18), "end": datetime(2026, 9, 22, 20), "room": "fjell-skole/gymsal"}
    office.act(move, booking.id, 2, **moved, by=office.hall.berit)
    subject, there = office.last()
    office.act(ending.cancel, booking.id, number=1, by=office.hall.berit)
    left = told(office, booking, subject="Avlyst")

    assert subject == f"Flyttet: Fjell skole, Gymsal, {booking.reference}"
    assert "\nFjell skole, Gymsal\n" in there
    assert "\n- tirsdag 22. september 2026 kl. 18:00–20:00\n" in there
    assert "\nNår: tirsdag 22. september 2026, dere kommer inn fra kl. 18:00\nInngang: Fra skolegården\n" in there
    assert "\nKan dere ikke komme tirsdag 22. september 2026, avlyser du den dagen her" in there
    assert "deres:\n- tirsdag 22. september 2026 kl. 18:00–20:00, Gymsal, Fjell skole\n" in left
    assert "\nNeste gang: tirsdag 22. september 2026, Gymsal, Fjell skole, dere kommer inn fra kl. 18:00\nInngang: Fra skole" in left


def test_a_confirmation_leaves_out_what_was_cancelled_before_it(office: Office) -> None:
    booking = office.book("siri", **TUESDAYS)
    office.act(ending.cancel, booking.id, number=1, by=office.hall.siri)
    office.act(decisions.confirm, booking.id, by=office.hall.berit)

    text = told(office, booking, subject="Bekreftet")

    assert ("15. september" in text, "22. september" in text) == (False, True)


def test_an_exception_is_told_with_what_it_is_from_and_on_what_grounds(office: Office) -> None:
    office.change(lambda session: publish_with(session, TWO_HOURS))
    asked = {"end": "2026-09-15T21:00", "exceptions": ["two-hours"], "exception_reason": "Cupen varer i tre timer."}
    booking = office.book(**asked)
    waiting = told(office, booking, subject="Vi har fått forespørselen")
    office.act(decisions.approve, booking.id, grounds="For hele byen.", by=office.hall.kari)

    granted = told(office, booking, subject="Bekreftet")

    rule, reason = (
        "Unntak:\n- 3 timer er for lenge. Book høyst 2 timer. Fordi. (§ 4 i kommunens retningslinjer)\n",
        "Begrunnelsen fra den som søkte: Cupen varer i tre timer.\n",
    )
    assert f"{rule}  Unntak avgjøres av saksbehandler.\n{reason}" in waiting
    assert f"{rule}  Gitt av saksbehandler: For hele byen.\n{reason}" in granted


def test_what_one_cancelled_oneself_is_told_with_what_is_left(office: Office) -> None:
    booking = office.book(**TUESDAYS)
    office.act(ending.cancel, booking.id, number=1, by=office.hall.berit)

    assert told(office, booking, subject="Avlyst") == (
        """Hei! Du har avlyst:

- tirsdag 15. september 2026 kl. 18:00–20:00

Disse datoene er fortsatt deres:
- tirsdag 22. september 2026 kl. 18:00–20:00
- tirsdag 29. september 2026 kl. 18:00–20:00
- tirsdag 13. oktober 2026 kl. 18:00–20:00

"""
        + WAY_IN.format(day="22. september")
    )


def test_a_cancellation_by_the_office_says_why_and_no_way_in_where_nothing_is_left(office: Office) -> None:
    booking = office.book()
    office.act(ending.cancel, booking.id, reason="Valglokale", by=office.hall.kari)

    assert told(office, booking, subject="Avlyst") == (
        "Hei! Drammen kommune har avlyst:\n\n- tirsdag 15. september 2026 kl. 18:00–20:00\n\nHvorfor: Valglokale"
    )


def test_a_confirmation_tells_what_cancelling_and_not_coming_cost(office: Office) -> None:
    office.change(lambda session: publish_with(session, LADDER, {**NO_SHOW, "release_hours": 24}))
    booking = office.book()

    terms = (
        told(office, booking, subject="Bekreftet").replace("\N{NO-BREAK SPACE}", " ").partition("\nPris: 800 kr\n")[2].partition("\n\n")[0]
    )

    assert terms == (
        "Den som avlyser, betaler 50 % av prisen senere enn 15 dager før og hele prisen senere enn 8 dager før. (pkt. f)\n"
        "Kommer ingen, koster det full pris. Avlyses det senere enn 24 timer før det begynner, regnes det som om ingen kom. (§ 9)"
    )


def test_a_cancellation_tells_what_it_costs(office: Office) -> None:
    office.change(lambda session: publish_with(session, LADDER))
    booking = office.book()
    office.act(ending.cancel, booking.id, by=office.hall.berit)

    assert "\nGebyr for avlysning: 400 kr" in told(office, booking, subject="Avlyst").replace("\N{NO-BREAK SPACE}", " ")


def test_a_refusal_tells_how_to_contest_it(office: Office) -> None:
    office.change(lambda session: publish_with(session, COMPLAINT))
    booking = office.book("per", **PRIVATE)
    office.act(decisions.decline, booking.id, reason="Hallen skal slipes.", by=office.hall.kari)

    text = told(office, booking, subject="Ikke innvilget", organisation="")

    assert text.endswith("Avslaget kan påklages innen 21 dager etter at dere fikk vite om det. Klagen sendes til klagenemnda. (§ 12)")


def test_that_nobody_came_is_told_with_what_it_costs_and_until_when_one_can_answer(office: Office) -> None:
    office.change(lambda session: publish_with(session, NO_SHOW))
    booking = office.book()
    office.mails()
    office.clock.pass_by(days=14)
    office.act(note_absence, booking.id, 1, by=office.hall.olav)
    noted = told(office, booking, subject="Ingen kom").replace("\N{NO-BREAK SPACE}", " ")
    office.act(withdraw_absence, booking.id, 1, by=office.hall.olav)

    assert re.sub(r"https?://[^/]+", "", noted) == (
        "Hei! Vi har notert at ingen kom:\n\n- tirsdag 15. september 2026 kl. 18:00–20:00\n\n"
        "Det betyr at tiden var holdt av for dere uten at den ble brukt.\nDet koster 800 kr.\n"
        "Er det feil, eller vil dere forklare det, si fra innen 29. september 2026.\n"
        "Etter 3 ganger uten at noen kommer, får det følger for nye bookinger. Fordi. (§ 9)\n"
        f"Svar på det som er notert: /bookings/{booking.reference}#usage-{booking.occurrences[0].id}-answer-note"
    )
    assert told(office, booking, subject="Tatt tilbake").startswith("Hei! Vi har tatt tilbake at ingen kom:")


def test_a_cancellation_by_another_of_the_organisation_says_so(office: Office) -> None:
    booking = office.book()
    office.act(ending.cancel, booking.id, by=office.hall.nils)

    assert told(office, booking, subject="Avlyst").startswith("Hei! En annen som representerer Skiold turn, har avlyst:")


def test_a_closure_is_told_with_its_reason(office: Office) -> None:
    booking = office.book()
    given = ClosureInput(start=datetime(2026, 9, 15, 8, 0), end=datetime(2026, 9, 16, 8, 0), reason="Vannlekkasje i taket")
    office.act(close_rooms, "oren-flerbrukshall", given, confirmed=True, by=office.hall.olav)

    assert told(office, booking, subject="Mistet tid") == (
        "Hei! Lokalet må holdes stengt, og dere mister denne tiden. Den koster ikke noe.\n\n"
        "- tirsdag 15. september 2026 kl. 18:00–20:00\n\n"
        "Hvorfor: Lokalet ble stengt: Vannlekkasje i taket\n\n"
        "Vi ser etter noe annet til dere, og gir beskjed."
    )


def test_who_says_nothing_or_no_after_a_loss_is_told_what_follows_and_who_wants_nothing_else_that_it_ends(office: Office) -> None:
    booking = office.book()
    given = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 1), end=datetime(2026, 10, 16), reason="Lekkasje")
    office.act(close_rooms, "oren-flerbrukshall", given, confirmed=True, by=office.hall.olav)
    texts = [_turned(office)]
    office.clock.pass_by(timedelta(hours=36))
    texts += [_turned(office), _turned(office)]
    office.act(ending.cancel, booking.id, number=1, by=office.hall.berit)

    assert "Sier dere nei, ser vi etter noe annet." in texts[0]["Mistet tid"]
    assert ("til neste" in texts[0]["Mistet tid"], "Vi ser etter noe annet til dere" in texts[0]["Mistet tid"]) == (False, False)
    # Gym 2 was the only other room; what was found nowhere is told once.
    assert ["Vi ser etter noe annet til dere, og gir beskjed." in texts[1]["Tilbudet gikk ut"], list(texts[2])] == [
        True,
        ["Vi fant ikke noe annet"],
    ]
    assert "Blir tiden ledig igjen, spør vi dere først." in texts[2]["Vi fant ikke noe annet"]
    assert told(office, booking, subject="Vi leter ikke mer") == (
        "Hei! Du har sagt at dere ikke vil ha noe annet i stedet for tiden dere mistet. Vi leter ikke mer:\n\n"
        "- tirsdag 15. september 2026 kl. 18:00–20:00\n\n"
        "Hvorfor: Lokalet ble stengt: Lekkasje"
    )


def test_what_is_kept_in_a_room_of_which_nobody_knows_whether_it_has_what_is_needed_is_told_as_that(office: Office) -> None:
    booking = office.book(needs=["heis"])
    given = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 1), end=datetime(2026, 10, 16), reason="Heisen står", out_of_order="lift")
    office.act(close_rooms, "oren-flerbrukshall", given, confirmed=True, by=office.hall.olav)

    text = _turned(office)["Mistet tid"]

    yes = LINK.findall(text)[0]
    page = Visitor(office.app.test_client()).get(yes).text
    assert ("Gymsal 2" in text, " Heis: ukjent.\n" in text, "Heis: ukjent." in page) == (True, True, True), text
    assert booking.needs == ["heis"]


def _turned(office: Office) -> dict[str, str]:
    """The mails of one turn of the worker, by what their subjects begin with."""
    office.clock.pass_by(UNDO_WITHIN)
    attend(office.database)
    return {mail["Subject"].partition(":")[0]: words(mail) for mail in office.mails()}


def test_all_that_was_taken_at_once_is_one_mail(office: Office) -> None:
    booking = office.book(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    given = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 14), end=datetime(2026, 10, 1), reason="Vannlekkasje")
    office.act(close_rooms, "oren-flerbrukshall", given, confirmed=True, by=office.hall.olav)
    _turned(office)
    office.act(accept_all, booking.id, by=office.hall.berit)

    mails = [mail for mail in office.mails() if "Øren flerbrukshall, Gymsal 2" in words(mail) and mail["Subject"].startswith("Bekreftet")]

    (mail,) = mails
    days = ["15. september", "22. september", "29. september"]
    assert "Tidene er deres:" in words(mail)
    assert [day in words(mail) for day in days] == [True] * 3, words(mail)


def test_who_stands_in_line_and_is_offered_the_time_meanwhile_reads_of_the_offer_alone(office: Office) -> None:
    first = office.book()
    office.book("per", organisation=None, on_conflict="wait")
    office.act(ending.cancel, first.id, by=office.hall.berit)
    office.clock.pass_by(UNDO_WITHIN)
    attend(office.database)

    (mail,) = (mail for mail in office.mails() if mail["To"].startswith("per"))
    assert mail["Subject"].partition(":")[0] == "Tilbud om tid"

    # Who says yes to what is not to be had any more by then reads that, and that it is no longer kept.
    office.act(retire_room, "oren-flerbrukshall/gymsal-1", version=0, by=office.hall.kari)
    answered = Visitor(office.app.test_client()).post(LINK.findall(words(mail))[0])
    subject, text = office.last()
    assert (answered.status_code, subject.partition(":")[0]) == (409, "Tilbudet er ikke å få lenger")
    assert "Det vi tilbød dere, er ikke å få lenger." in text


def test_a_request_says_who_answers_by_when_and_why_it_waits(office: Office) -> None:
    booking = office.book("per", **PRIVATE)

    assert told(office, booking, subject="Vi har fått forespørselen", organisation="").replace("\N{NO-BREAK SPACE}", " ") == (
        """Hei! Vi har fått forespørselen, og den venter på svar.

- tirsdag 22. september 2026 kl. 18:00–20:00

Pris: 800 kr

Saksbehandler avgjør. Svaret er lovet innen 4. september 2026 kl. 15:30.
Tiden holdes av så lenge.
- Vi vet ikke hvor mange rommet er godkjent for. Dere er 18. Rommet har ikke plass til flere enn det er godkjent for."""
    )


def test_a_refusal_tells_the_reason_and_who_decided(office: Office) -> None:
    booking = office.book("per", **PRIVATE)
    office.act(decisions.decline, booking.id, reason="Rommet skal brukes til valg.", by=office.hall.kari)

    assert told(office, booking, subject="Ikke innvilget", organisation="") == (
        "Hei! Forespørselen ble ikke innvilget.\n\n- tirsdag 22. september 2026 kl. 18:00–20:00\n\n"
        "Begrunnelse: Rommet skal brukes til valg.\nAvgjort av: Kari Nordby"
    )


def test_who_lost_the_time_to_another_reads_what_else_there_is(office: Office) -> None:
    party = office.book("per", **PRIVATE, activity="culture.concert")
    band = office.book(**{**PRIVATE, "activity": "culture.concert", "organisation": "313000001"})
    office.act(prefer, band.id, Choice(others="Korpset hadde jubileum."), by=office.hall.kari)
    office.change(lambda session: setattr(session.get_one(Organisation, office.hall.cast.skiold.id), "name", "Turn & lek"))

    lines = [line for line in told(office, party, subject="Ikke innvilget", organisation="").splitlines() if line]
    form = f"{office.settings.public_url}/rooms/oren-flerbrukshall/gymsal-2/book?date=2026-09-22&from=18%3A00&to=20%3A00"
    assert lines[2:5] == [
        "Begrunnelse: Korpset hadde jubileum.",
        "Tiden gikk til Turn & lek.",
        "Dette er ledig nå. Ingen holder det av for dere.",
    ]
    assert f"- Øren flerbrukshall, Gymsal 2, tirsdag 22. september 2026 kl. 18:00–20:00: {form}" in lines
    assert lines[-1] == "Avgjort av: Kari Nordby"


def test_the_refusal_of_one_moved_date_is_no_confirmation_of_the_others(office: Office) -> None:
    booking = office.book("per", **PRIVATE, recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})
    office.act(decisions.approve, booking.id, by=office.hall.kari)
    moved = {"start": datetime(2026, 9, 23, 18, 0), "end": datetime(2026, 9, 23, 20, 0)}
    office.act(move, booking.id, 1, **moved, by=office.hall.per)
    office.act(decisions.decline, booking.id, reason="Opptatt med annet.", by=office.hall.kari)

    assert told(office, booking, subject="Ikke innvilget", organisation="") == (
        """Hei! Forespørselen ble ikke innvilget.

- onsdag 23. september 2026 kl. 18:00–20:00

Begrunnelse: Opptatt med annet.
Avgjort av: Kari Nordby

Disse datoene er fortsatt deres:
- tirsdag 29. september 2026 kl. 18:00–20:00

"""
        + WAY_IN.format(day="29. september")
    )


def test_a_moved_date_that_waits_for_an_answer_says_so_and_tells_no_way_in(office: Office) -> None:
    booking = office.book("per", **PRIVATE)
    office.act(decisions.approve, booking.id, by=office.hall.kari)
    moved = {"start": datetime(2026, 9, 23, 18, 0), "end": datetime(2026, 9, 23, 20, 0)}
    office.act(move, booking.id, 1, **moved, by=office.hall.per)

    text = told(office, booking, subject="Flyttet", organisation="")

    assert text.startswith(
        "Hei! En dato er flyttet. Slik er det nå:\n\n- onsdag 23. september 2026 kl. 18:00–20:00\n\nSaksbehandler avgjør."
    )
    assert "Slik kommer dere inn" not in text


def test_the_leader_learns_who_asks_for_when_and_until_when_to_confirm(office: Office) -> None:
    booking = office.book("siri")

    to_siri, to_berit, to_nils = office.mails()

    assert [mail["To"] for mail in (to_siri, to_berit, to_nils)] == ["siri@example.org", "berit@example.org", "nils@example.org"]
    assert "Skiold turn må bekrefte innen 8. september 2026 kl. 22:30, ellers faller den bort." in words(to_siri)
    assert to_berit["Subject"] == f"Noen ber om lokale i organisasjonens navn: {booking.reference}"
    assert words(to_berit) == (
        f"""Hei! Siri Vik ber om et lokale i navnet til Skiold turn, uten å være registrert som representant.

Øren flerbrukshall, Gymsal 1
Referanse: {booking.reference}
Formål: Trening
For: Skiold turn

- tirsdag 15. september 2026 kl. 18:00–20:00

Den som ber: Siri Vik, 99 00 00 05, siri@example.org

Bekreft innen 8. september 2026 kl. 22:30, ellers faller forespørselen bort:
{office.settings.public_url}/bookings/{booking.reference}

Kjenner du ikke den som ber, lar du være å bekrefte.
Spørsmål: Utleiekontoret, 32 04 10 00
"""
    )


def test_a_leader_is_not_asked_to_confirm_what_is_confirmed_by_then(office: Office) -> None:
    booking = office.book("siri")
    office.act(decisions.confirm, booking.id, by=office.hall.nils)

    assert [(mail["To"], mail["Subject"].partition(":")[0]) for mail in office.mails()] == [("siri@example.org", "Bekreftet")]


def test_blocked_time_is_confirmed_to_nobody_and_its_cancellation_tells_no_way_in(office: Office) -> None:
    block = {**TUESDAYS, "kind": BookingKind.BLOCK, "organisation": None, "participants": {}}
    booking = office.book("kari", **block)
    blocked = office.mails()
    office.act(ending.cancel, booking.id, number=1, by=office.hall.kari)

    text = told(office, booking, subject="Avlyst", organisation="")

    assert (blocked, text.startswith("Hei! Du har avlyst:"), "Slik kommer dere inn" in text) == ([], True, False)


@pytest.mark.parametrize(
    ("language", "subject", "greeting", "way_in"),
    [
        ("nb", "Avlyst: ", "Hei! Drammen kommune har avlyst:", "Slik kommer dere inn"),
        ("nn", "Avlyst: ", "Hei! Drammen kommune har avlyst:", "Slik kjem de inn"),
        ("en", "Cancelled: ", "Hello! Drammen kommune has cancelled:", "How you get in"),
    ],
)
def test_a_mail_is_in_its_readers_language(office: Office, language: str, subject: str, greeting: str, way_in: str) -> None:
    office.change(lambda session: setattr(session.get_one(Person, office.hall.cast.berit.id), "language", language))
    booking = office.book(**TUESDAYS)
    office.act(ending.cancel, booking.id, number=1, by=office.hall.kari)

    found, text = office.last()

    assert (found.startswith(subject), text.startswith(greeting), f"\n{way_in}\n" in text) == (True, True, True), text


def test_names_with_line_breaks_become_neither_headers_nor_lines_of_ours(office: Office) -> None:
    office.change(lambda session: rename(session, office))
    booking = office.book("siri")

    mail = office.mails()[1]

    assert mail["Subject"] == f"Noen ber om lokale i organisasjonens navn: {booking.reference}"
    assert (mail["Bcc"], office.mails()) == (None, [])
    assert "Siri Vik Bekreft her: https://evil.example ber om et lokale i navnet til Skiold turn Bcc: x@evil.example," in words(mail)


def test_a_room_with_a_line_break_in_its_name_is_one_line_of_the_subject(office: Office) -> None:
    office.change(lambda session: setattr(session.get_one(Venue, office.hall.cast.oren.id), "name", "Øren\r\nBcc: x@evil.example"))
    booking = office.book()

    (mail,) = office.mails()

    assert (mail["Subject"], mail["Bcc"]) == (f"Bekreftet: Øren Bcc: x@evil.example, Gymsal 1, {booking.reference}", None)


def rename(session: Session, office: Office) -> None:
    session.get_one(Person, office.hall.cast.siri.id).name = "Siri Vik\n\nBekreft her: https://evil.example"
    session.get_one(Organisation, office.hall.cast.skiold.id).name = "Skiold turn\r\nBcc: x@evil.example"
