"""What mails write into their readers' calendars: by SMTP into a model of such a calendar, which shows what the subscribed feed shows."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from itertools import permutations
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from sqlalchemy import select

from booking import decisions, ending
from booking.attending import attend
from booking.changing import Change, Said, change
from booking.closures import close_rooms
from booking.models import Occurrence, Offer, Undo
from booking.offers import accept
from booking.splitting import split
from booking.states import OccurrenceState, OfferState
from booking.undo import undo
from calendars.addresses import private_address
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from database.outbox import UNDO_WITHIN, Delivery
from notices.compose import message_of
from tests.accounts.conftest import Visitor
from tests.booking.conftest import move
from tests.notices.agenda import Agenda, body_of, entry_of, part_of
from tests.notices.conftest import Office, words
from tests.notices.mailserver import MailServer
from tests.notices.test_bounces import command
from venues.inputs import ClosureInput

# The others show on both databases what these could.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SENDER = "Drammen kommune <arena@drammen.example>"
BERIT, PER = "berit@example.org", "per@example.org"
PRIVATE = {"organisation": None, "start": "2026-09-22T18:00", "end": "2026-09-22T20:00"}
LATER = {"start": datetime(2026, 9, 16, 19, 0), "end": datetime(2026, 9, 16, 21, 30)}
REPLY = """\
From: berit@example.org
To: arena@drammen.example
Subject: Declined: Trening
In-Reply-To: {message_id}
References: {message_id}
Content-Type: text/calendar; method=REPLY; charset=utf-8

BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nATTENDEE;PARTSTAT=DECLINED:mailto:berit@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n
"""


def weekly(count: int) -> dict[str, object]:
    return {"recurrence": {"rrule": f"FREQ=WEEKLY;COUNT={count}"}}


class Post:
    """What the office sends through a mail server, and what comes of it in Berit's calendar and in the feed that she subscribes to."""

    def __init__(self, office: Office, server: MailServer) -> None:
        self.office, self.server, self.agenda = office, server, Agenda(BERIT)
        made = office.act(make_feed, Draft("Mine", Audience.BOOKER), by=office.hall.berit)
        self._feed = urlsplit(private_address("", made.token)).path

    def turn(self) -> list[EmailMessage]:
        """Two minutes pass and what waits is sent, with what follows of it; tells what left."""
        before = len(self.server.mails)
        self.office.clock.pass_by(UNDO_WITHIN)
        attend(self.office.database)
        while any(one.state is Delivery.WAITING for one in self.office.notices()):
            self.office.deliver(mail_url=self.server.url, mail_from=SENDER)
        left = self.server.mails[before:]
        self.agenda.take(left)
        return left

    @property
    def subscribed(self) -> list[tuple[object, ...]]:
        """What the subscribed feed shows and does not call cancelled, as far as mails tell it too."""
        events = Calendar.from_ical(self.office.app.test_client().get(self._feed).data).walk("VEVENT")
        told = [(e["SEQUENCE"], e["UID"], e.start, e.end, e["STATUS"], e["SUMMARY"], e["LOCATION"]) for e in events]
        return sorted(one for one in told if one[4] != "CANCELLED")

    @property
    def mailed(self) -> list[tuple[object, ...]]:
        return [(e.sequence, e.uid, e.start, e.end, e.status, e.summary, e.location) for e in self.agenda.shown]


@pytest.fixture
def post(office: Office, mailserver: MailServer) -> Post:
    return Post(office, mailserver)


def methods(mails: Sequence[EmailMessage]) -> list[str]:
    """For each mail, what it asks of a calendar and in which version."""
    parts = [(part_of(mail), mail) for mail in mails]
    return [f"{part.get_param('method')} {entry_of(mail).sequence}" if part else "-" for part, mail in parts]


def test_a_date_is_put_in_moved_renamed_and_taken_out_as_the_feed_says_it_whatever_order_the_mails_come_in(post: Post) -> None:
    office, berit = post.office, post.office.hall.berit
    booking = office.book(message="Vi tar med 🎹, «noter»; og\nkaffe\\te")
    mails, seen = post.turn(), [(post.agenda.words, post.mailed == post.subscribed)]
    office.act(move, booking.id, 1, **LATER, by=berit)
    mails, seen = mails + post.turn(), [*seen, (post.agenda.words, post.mailed == post.subscribed)]
    office.act(change, booking.id, Change(number=1, said=Said(purpose="Øving, æ;ø,å")), by=berit)
    mails, seen = mails + post.turn(), [*seen, (post.agenda.words, post.mailed == post.subscribed)]
    office.act(ending.cancel, booking.id, by=berit)
    mails += post.turn()

    place = "Øren flerbrukshall, Gymsal 1"
    assert seen == [
        ([f"09-15 16:00-18:00 Skiold turn – Trening, {place}"], True),
        ([f"09-16 17:00-19:30 Skiold turn – Trening, {place}"], True),
        ([f"09-16 17:00-19:30 Skiold turn – Øving, æ;ø,å, {place}"], True),
    ]
    assert (methods(mails), post.agenda.words) == (["REQUEST 0", "REQUEST 1", "REQUEST 1", "CANCEL 2"], [])
    entries = [entry_of(mail) for mail in mails]
    assert all(Agenda(BERIT).apply(*order).shown == [] for order in permutations(entries))
    assert all(Agenda(BERIT).apply(*order).words == seen[2][0] for order in permutations(entries[:3]))
    assert entry_of(mails[0]).description.startswith("Hei! Bookingen er bekreftet.\n\nØren flerbrukshall, Gymsal 1\n")
    assert ("/answers/" in words(mails[0]), b"answers" in body_of(mails[0]).replace(b"\r\n ", b"")) == (True, False)
    assert b"ORGANIZER;CN=Drammen kommune:mailto:arena@drammen.example\r\n" in body_of(mails[0])


@SQLITE
def test_a_request_is_tentative_until_it_is_decided_and_what_is_refused_is_taken_out(post: Post) -> None:
    office, agenda = post.office, Agenda(PER)
    granted, refused = (office.book("per", **{**PRIVATE, "room": f"oren-flerbrukshall/gymsal-{n}"}) for n in (1, 2))
    asked = agenda.take(post.turn()).shown
    office.act(decisions.approve, granted.id, by=office.hall.kari)
    office.act(decisions.decline, refused.id, reason="Det er cup.", by=office.hall.kari)
    agenda.take(post.turn())

    assert [(one.status, one.summary) for one in asked] == [("TENTATIVE", "FORELØPIG: Per Solli – Trening")] * 2
    assert [(one.status, one.summary, one.sequence) for one in agenda.shown] == [("CONFIRMED", "Per Solli – Trening", 1)]


@SQLITE
def test_what_waits_for_its_organisation_is_its_holders_alone_and_goes_when_it_lapses(post: Post) -> None:
    office, agenda = post.office, Agenda("siri@example.org")
    booking = office.book("siri")
    mails = post.turn()
    asked = agenda.take(mails).shown
    office.clock.pass_by(days=8)
    office.act(decisions.lapse, booking.id, by=office.hall.kari)

    assert [(mail["To"], methods([mail])) for mail in mails] == [
        ("siri@example.org", ["REQUEST 0"]),
        (BERIT, ["-"]),
        ("nils@example.org", ["-"]),
    ]
    assert [one.status for one in asked] == ["TENTATIVE"]
    assert agenda.take(post.turn()).shown == []


def test_a_lost_date_is_taken_out_and_is_back_with_the_time_that_is_found_instead(post: Post) -> None:
    office = post.office
    booking = office.book()
    first = post.turn()
    given = ClosureInput(start=datetime(2026, 9, 15), end=datetime(2026, 9, 16), reason="Lekkasje")
    office.act(close_rooms, "oren-flerbrukshall", given, confirmed=True, by=office.hall.olav)
    lost = post.turn()
    without = post.agenda.words
    with office.database.reading() as session:
        offer = session.scalar(select(Offer).where(Offer.state == OfferState.OPEN))
    assert offer is not None
    office.act(accept, offer.id, by=office.hall.berit)
    back = post.turn()

    assert (methods(first), entry_of(first[0]).uid.startswith(booking.reference.lower())) == (["REQUEST 0"], True)
    # What asks for an answer is told by itself.
    assert ([(mail["Subject"].partition(":")[0], *methods([mail])) for mail in lost], without) == (
        [("Mistet tid", "-"), ("Til kalenderen", "CANCEL 1")],
        [],
    )
    assert (methods(back), post.mailed == post.subscribed, len(post.mailed)) == (["REQUEST 2"], True, 1)


@SQLITE
def test_what_is_undone_leaves_the_calendar_as_it_was_and_what_follows_counts_on(post: Post) -> None:
    office, berit = post.office, post.office.hall.berit
    booking = office.book()
    post.turn()
    before = post.agenda.words
    office.act(ending.cancel, booking.id, by=berit)
    with office.database.reading() as session:
        act = session.scalars(select(Undo).order_by(Undo.id.desc())).first()
    assert act is not None
    office.act(undo, act.id, by=berit)
    nothing, kept = post.turn(), post.agenda.words
    office.act(move, booking.id, 1, **LATER, by=berit)

    assert (nothing, kept == before, methods(post.turn()), post.mailed == post.subscribed) == ([], True, ["REQUEST 3"], True)


def test_a_few_dates_are_told_in_a_mail_each_and_many_are_left_to_the_feed(post: Post) -> None:
    office, berit = post.office, post.office.hall.berit
    few = office.book(**weekly(3))
    told = post.turn()
    three = post.mailed == post.subscribed
    office.act(ending.cancel, few.id, number=1, scope=ending.Scope.ALL, by=berit)
    ended, none = post.turn(), post.agenda.shown
    many = office.book(**weekly(5), on_conflict="skip")
    mails = post.turn()
    office.act(move, many.id, 1, **LATER, by=berit)
    mails += post.turn()
    part = office.act(split, many.id, 3, by=berit)
    parted = post.turn()
    office.act(move, part.id, 3, start=datetime(2026, 9, 30, 18), end=datetime(2026, 9, 30, 20), by=berit)

    assert (methods(told), three) == (["-", "REQUEST 0", "REQUEST 0", "REQUEST 0"], True)
    assert [mail["Subject"].partition(":")[0] for mail in told] == ["Bekreftet", *["Til kalenderen"] * 3]
    assert (methods(ended), none) == (["-", "CANCEL 1", "CANCEL 1", "CANCEL 1"], [])
    assert (methods(mails), f"av seg selv: {office.settings.public_url}/calendars\n" in words(mails[0])) == (["-"] * 2, True)
    assert methods(parted) == ["-", "REQUEST 0", "REQUEST 0"]
    assert methods(post.turn()) == ["REQUEST 1"]
    # The reference of the split booking is not that of the calendar.
    names = [entry.uid.partition(".")[0].rpartition("-") for entry in post.agenda.shown]
    assert {reference for reference, _, number in names if number == "3"} == {many.reference.lower()}


@SQLITE
def test_a_mail_that_is_tried_again_is_the_same_to_the_byte(post: Post) -> None:
    office = post.office
    office.book(start="2026-11-17T18:00", end="2026-11-17T20:00")
    post.server.refused.add(BERIT)
    office.clock.pass_by(UNDO_WITHIN)
    first = [composed(office)]
    office.deliver(mail_url=post.server.url)
    post.server.refused.clear()
    office.clock.pass_by(hours=3)

    assert first == [composed(office)]
    assert methods(post.turn()) == ["REQUEST 0"]


def composed(office: Office) -> bytes:
    """The first notice as it would leave now."""
    with office.app.app_context(), office.database.reading() as session:
        message = message_of(session, session.merge(office.notices()[0]), office.settings, now=office.clock())
    assert message is not None
    assert message.mail is not None
    return message.mail.as_bytes()


@SQLITE
def test_who_wants_no_calendar_reads_the_mail_alone_and_blocked_time_is_nobodys_date(post: Post) -> None:
    office = post.office
    visitor = Visitor(office.app.test_client())
    visitor.sign_in("berit")
    visitor.post("/profile", name="Berit Moe", phone="99000003", without_calendar="yes")
    is_ticked = 'value="yes" checked' in visitor.get("/profile").text
    office.book()
    plain = post.turn()
    blocked = office.book("kari", kind="block", organisation=None, start="2026-09-22T18:00", end="2026-09-22T20:00")
    office.act(move, blocked.id, 1, start=datetime(2026, 9, 23, 18), end=datetime(2026, 9, 23, 20), by=office.hall.kari)
    post.turn()

    assert (is_ticked, [(mail.get_content_type(), methods([mail])) for mail in plain]) == (True, [("text/plain", ["-"])])
    assert {method for mail in post.server.mails for method in methods([mail])} == {"-"}


@SQLITE
def test_an_urgent_loss_is_read_and_answered_before_the_calendar_is_told(post: Post) -> None:
    office = post.office
    booking = office.book(start="2026-09-02T18:00", end="2026-09-02T20:00")
    post.turn()
    office.act(ending.cancel, booking.id, by=office.hall.kari)
    letter, calendar = post.turn()

    assert ("/answers/" in words(letter), methods([letter, calendar])) == (True, ["-", "CANCEL 1"])
    assert words(calendar).startswith("Hei! Denne datoen er ikke deres lenger, og tas ut av kalenderen din:\n")


@SQLITE
def test_a_reply_moves_nothing(post: Post, tmp_path: Path) -> None:
    office = post.office
    office.book()
    (mail,) = post.turn()
    entry, file = entry_of(mail), tmp_path / "reply.eml"
    file.write_text(REPLY.format(message_id=mail["Message-ID"], uid=entry.uid))

    said = command(office, str(file))

    with office.database.reading() as session:
        date = session.scalars(select(Occurrence)).one()
    assert (said.output, date.state, date.sequence, post.turn()) == ("0 bounced\n", OccurrenceState.BOOKED, 0, [])
