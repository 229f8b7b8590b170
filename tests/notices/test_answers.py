"""Links in notices: looking changes nothing, one press does it once, and what ran out, changed or is forged says so."""

import re
from datetime import datetime

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from booking import ending
from booking.attending import attend
from booking.changing import Change, change
from booking.closures import close_rooms
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from database.audit import Audit
from database.outbox import UNDO_WITHIN, Delivery
from tests.accounts.conftest import TOKEN_FIELD, Visitor
from tests.clock import Clock
from tests.contents import changed, contents
from tests.notices.conftest import Office, end_right, words
from venues.inputs import ClosureInput

TOMORROW = {"start": "2026-09-02T18:00", "end": "2026-09-02T20:00"}
LEAK = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 14), end=datetime(2026, 9, 16), reason="Vannlekkasje")
LINK = re.compile(r"http://[^/\s]+(/answers/\S+)")
UNDO = re.compile(r'<form method="post" action="(/answers/[^"]+)"')


def link_in(office: Office) -> str:
    """The path of the link in the latest mail."""
    found = LINK.search(words(office.mails()[-1]))
    assert found
    return found[1]


def last_audit(office: Office) -> tuple[str, str, int | None]:
    with office.database.reading() as session:
        found = session.scalars(select(Audit).order_by(Audit.id.desc())).first()
        assert found
        return found.verb, found.via, found.hand_id


def state_of(office: Office, booking: Booking) -> OccurrenceState:
    with office.database.reading() as session:
        return session.scalars(select(Occurrence.state).where(Occurrence.booking_id == booking.id)).one()


def cancelled_by_kari(office: Office) -> tuple[Booking, str]:
    """Tomorrow's booking of Berit's, which Kari has cancelled, and the link in the mail about it."""
    booking = office.book(**TOMORROW)
    office.act(ending.cancel, booking.id, reason="Valglokale", by=office.hall.kari)
    return booking, link_in(office)


def test_who_reads_that_tomorrow_is_lost_says_so_once_and_scanners_say_nothing(office: Office) -> None:
    _, link = cancelled_by_kari(office)
    berit = Visitor(office.app.test_client())
    before = contents(office.database.engine)

    with capture_logs() as said:
        looks = [berit.get(link), berit.client.head(link), berit.get(link)]
        for one in looks:
            one.make_sequence()
            one.close()
    untouched = changed(before, contents(office.database.engine))
    answered = berit.post(link)
    thanked = berit.get(answered.location)
    after = contents(office.database.engine)
    again = berit.client.post(link, data={"csrf_token": TOKEN_FIELD.findall(looks[0].text)[0]})

    assert [one.status_code for one in (*looks, answered, again)] == [200, 200, 200, 303, 410]
    assert ("Har du lest dette?" in looks[0].text, "Valglokale" in looks[0].text, untouched) == (True, True, [])
    headers = ("Referrer-Policy", "X-Robots-Tag", "Cache-Control")
    assert {tuple(one.headers[name] for name in headers) for one in (looks[0], answered, again)} == {
        ("no-referrer", "noindex, nofollow", "no-store")
    }
    assert "Takk! Da vet vi at du har lest det." in thanked.text
    assert (office.notices()[-1].state, last_audit(office)) == (Delivery.ACKNOWLEDGED, ("acknowledge", "link", office.hall.berit.person_id))
    assert ("Dette er alt gjort" in again.text, changed(after, contents(office.database.engine))) == (True, [])
    assert [line["path"] for line in said] == ["/answers/…"] * 3


def test_a_date_is_cancelled_by_link_and_taken_back_on_the_page_that_says_so(office: Office) -> None:
    booking = office.book()
    link = link_in(office)
    berit = Visitor(office.app.test_client())

    done = berit.get(berit.post(link).location)
    by_link, ended, replayed = last_audit(office), state_of(office, booking), berit.get(link)
    back = UNDO.search(done.text)
    assert back
    undone = berit.client.post(back[1], data={"csrf_token": TOKEN_FIELD.findall(done.text)[0]})
    outdated = berit.get(link)

    assert ("Avlyst: tirsdag 15. september" in done.text, "Angre (til kl. 22:34)" in done.text) == (True, True)
    assert (by_link, ended) == (("cancel", "link", office.hall.berit.person_id), OccurrenceState.CANCELLED)
    assert (replayed.status_code, "Dette er alt gjort" in replayed.text) == (410, True)
    assert (undone.status_code, last_audit(office)[:2], state_of(office, booking)) == (303, ("undo", "link"), OccurrenceState.BOOKED)
    assert (outdated.status_code, "er endret siden meldingen ble sendt" in outdated.text) == (410, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_link_that_ran_out_was_forged_or_is_about_a_moved_date_does_nothing(office: Office, clock: Clock) -> None:
    booking = office.book()
    link = link_in(office)
    berit = Visitor(office.app.test_client())
    later = {"start": datetime(2026, 9, 16, 18, 0), "end": datetime(2026, 9, 16, 20, 0)}
    office.act(change, booking.id, Change(number=1, **later), by=office.hall.berit)

    elsewhere, forged = berit.get(link), berit.get(link[:-1] + ("A" if link[-1] != "A" else "B"))
    newer = link_in(office)
    clock.pass_by(days=15)
    expired = berit.get(newer)

    assert [one.status_code for one in (elsewhere, forged, expired)] == [410, 404, 410]
    told = ("er endret siden", "Lenken er ikke gyldig", "Lenken gjaldt til 16. september 2026 kl. 18:00")
    assert [words in page.text for words, page in zip(told, (elsewhere, forged, expired), strict=True)] == [True] * 3
    assert state_of(office, booking) is OccurrenceState.BOOKED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_button_works_over_https_where_the_page_sends_no_referrer(office: Office) -> None:
    office.book()
    link = link_in(office)
    client = office.app.test_client()
    token = TOKEN_FIELD.findall(client.get(link, base_url="https://localhost").text)[0]

    answer = client.post(link, base_url="https://localhost", data={"csrf_token": token})

    assert answer.status_code == 303


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_button_works_for_who_keeps_no_cookies(office: Office) -> None:
    booking = office.book()

    answer = office.app.test_client(use_cookies=False).post(link_in(office))

    assert (answer.status_code, state_of(office, booking)) == (200, OccurrenceState.CANCELLED)
    assert ("Avlyst: tirsdag 15. september" in answer.text, UNDO.search(answer.text) is not None) == (True, True)


def _displaced(office: Office) -> Booking:
    """A date of Skiold turn's, held by Berit, that lost its time, for which another is kept."""
    booking = office.book()
    office.act(close_rooms, "oren-flerbrukshall", LEAK, confirmed=True, by=office.hall.kari)
    office.clock.pass_by(UNDO_WITHIN)
    attend(office.database)
    return booking


def test_a_link_gives_who_acts_for_the_organisation_no_more_nothing_of_its_time(office: Office) -> None:
    booking = _displaced(office)
    links = LINK.findall(words(next(mail for mail in office.mails() if mail["To"].startswith("berit"))))
    berit = Visitor(office.app.test_client())
    looked = berit.get(links[0])
    end_right(office, "berit")
    before = contents(office.database.engine)

    pages = [berit.get(link) for link in links]
    pages += [berit.client.post(link, data={"csrf_token": TOKEN_FIELD.findall(looked.text)[0]}) for link in links]

    assert (len(links), looked.status_code) == (2, 200)
    assert {page.status_code for page in pages} == {403}
    assert {"bare de som representerer Skiold turn, kan gjøre dette" in page.text for page in pages} == {True}
    assert changed(before, contents(office.database.engine)) == []
    assert state_of(office, booking) is OccurrenceState.DISPLACED


def test_an_offer_is_told_to_who_acts_for_the_organisation_now_who_takes_it_by_the_link(office: Office) -> None:
    booking = office.book()
    end_right(office, "berit")
    office.act(close_rooms, "oren-flerbrukshall", LEAK, confirmed=True, by=office.hall.kari)
    office.clock.pass_by(UNDO_WITHIN)
    attend(office.database)

    mails = [mail for mail in office.mails() if booking.reference in words(mail) and "mister denne tiden" in words(mail)]
    taken = Visitor(office.app.test_client()).post(LINK.findall(words(mails[0]))[0])

    assert [mail["To"] for mail in mails] == ["nils@example.org"]
    assert (taken.status_code, last_audit(office)) == (303, ("accept", "link", office.hall.nils.person_id))
    assert state_of(office, booking) is OccurrenceState.BOOKED
