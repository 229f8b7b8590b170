"""Health: faults are found in what lies ready, who has stopped reading is told once, and names stay with those who may see them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.identity import SERVICE
from accounts.models import RoleGrant
from calendars import rendering
from calendars.health import silent, tell_silent
from calendars.models import FeedToken
from calendars.tokens import Use, note_uses, revoke_feed, rotate_feed
from database.outbox import Notice
from tests.calendars.conftest import NOW, VENUE
from tests.cast import actor

IPHONE = "iOS/26.0 (23A341) dataaccessd/1.0"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_staff_see_what_lies_ready_and_officers_what_is_private(autumn, read, sign_in):
    for path in (VENUE, f"{VENUE}?cancelled=0&lang=nn", VENUE.replace(".ics", ".json"), *autumn.addresses.values()):
        read(path)

    pages = [sign_in(who).get("/calendars/health") for who in (autumn.cast.per, autumn.cast.olav, autumn.cast.kari)]

    assert [page.status_code for page in pages] == [403, 200, 200]
    assert [stored(page.text) for page in pages[1:]] == [
        ["Øren flerbrukshall", "Øren flerbrukshall"],
        ["Mine bookinger", "Skiold turn", "Vaktmester: Øren flerbrukshall", "Øren flerbrukshall", "Øren flerbrukshall"],
    ]
    assert pages[2].text.count("Uten feil") == 5
    assert "Det alle kan se, uten avlyste, Nynorsk" in pages[1].text
    assert "/calendars/private/" not in pages[2].text


def test_a_feed_with_a_fault_and_one_that_cannot_be_rendered_stand_first(autumn, read, sign_in, clock, app, monkeypatch):
    read(VENUE)
    (file,) = (app.extensions["settings"].instance / "feeds").glob("*.feed")
    file.write_bytes(file.read_bytes().replace(b"SUMMARY:", b"SUMMARX:", 1))
    faulty = sign_in(autumn.cast.kari).get("/calendars/health").text
    monkeypatch.setattr(rendering, "_written", lambda *_: 1 / 0)
    clock.pass_by(days=1)
    kept = read(VENUE).status_code
    failing = sign_in(autumn.cast.kari).get("/calendars/health").text
    monkeypatch.undo()

    assert kept == 200
    assert "hendelser som mangler noe" in faulty
    assert "Kunne ikke lages på nytt" in failing
    assert "Noen kalendere har feil" in failing


def test_a_caretakers_client_that_stopped_is_told_of_once_each_time(autumn):
    session_of = autumn.change
    feed = session_of(lambda session: session.scalar(select(FeedToken.id).where(FeedToken.name == "Olav, mobil")))
    later = NOW + timedelta(hours=36)

    def read_at(moment):
        session_of(lambda session: note_uses(session, [Use(feed, moment, IPHONE)]))

    def told(moment):
        for number in session_of(lambda session: silent(session, moment)):
            session_of(lambda session, number=number: tell_silent(session, number, by=SERVICE, now=moment))
        return session_of(lambda session: len(session.scalars(select(Notice).where(Notice.kind == "feed-silent")).all()))

    never = told(later)
    read_at(NOW)
    counts = [told(later - timedelta(seconds=1)), told(later), told(later + timedelta(days=9))]
    read_at(later + timedelta(days=10))
    counts += [told(later + timedelta(days=10)), told(later + timedelta(days=12))]

    assert (never, counts) == (0, [0, 1, 1, 1, 2])


def ends(session, autumn, how):
    """Olav's feed was read, and then something is done about it."""
    feed = session.scalar(select(FeedToken.id).where(FeedToken.name == "Olav, mobil"))
    note_uses(session, [Use(feed, NOW, IPHONE)])
    by = actor(session, autumn.cast.olav)
    match how:
        case "revoked":
            revoke_feed(session, feed, by=by, now=NOW)
        case "moved":
            note_uses(session, [Use(rotate_feed(session, feed, by=by, now=NOW).feed.id, NOW + timedelta(days=3), IPHONE)])
        case "not moved":
            rotate_feed(session, feed, by=by, now=NOW)
        case "no longer caretaker":
            session.execute(RoleGrant.__table__.delete().where(RoleGrant.person_id == autumn.cast.olav.id))


@pytest.mark.parametrize(("how", "told"), [("revoked", 0), ("moved", 0), ("not moved", 1), ("no longer caretaker", 0)])
def test_of_a_feed_that_is_to_be_silent_nobody_is_told(how, told, autumn):
    autumn.change(lambda session: ends(session, autumn, how))

    assert len(autumn.change(lambda session: silent(session, NOW + timedelta(days=4)))) == told


def test_readings_are_numbers_and_caretakers_are_named_to_officers_and_themselves(autumn, sign_in):
    ids = autumn.change(lambda session: dict(session.execute(select(FeedToken.name, FeedToken.id)).all()))
    uses = [Use(ids["Olav, mobil"], NOW, IPHONE), Use(ids["Berit, mobil"], NOW - timedelta(days=3), "Google-Calendar-Importer")]
    autumn.change(lambda session: note_uses(session, uses))

    officer, olav = (sign_in(who).get("/calendars/health").text for who in (autumn.cast.kari, autumn.cast.olav))

    for page in (officer, olav):
        assert row(page, "Apple Kalender") == ["1", "0", "0", "0"]
        assert row(page, "Google Kalender") == ["0", "1", "0", "0"]
        assert row(page, "Ikke hentet ennå") == ["0", "0", "0", "1"]
        assert ("Olav, mobil" in page, "Berit, mobil" in page, "Nils, Outlook" in page) == (True, False, False)
    assert ("Send lenke på e-post" in officer, "Send lenke på e-post" in olav) == (True, False)


def stored(page):
    """The names of the feeds that lie ready, in order."""
    return re.findall(r'<th scope="row">([^<]+)</th>', page.partition('id="stored"')[2])


def row(page, client):
    return re.findall(r"<td[^>]*>(\d+)</td>", page.partition(f'<th scope="row">{client}</th>')[2].partition("</tr>")[0])
