"""Delivery to a real mail server on the loopback: order, leases, failures, and what is given up."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from accounts.identity import SERVICE, Actor
from booking import decisions, ending
from booking.models import Booking
from booking.states import BookingState
from database.outbox import Delivery, post
from kernel.errors import Busy, Fault
from notices import cli, postbox, waiting
from tests.clock import Clock
from tests.notices.conftest import Office
from tests.notices.mailserver import MailServer
from tests.postgres import free_port

WEEKLY = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}}
REFUSED = {"organisation": None, "start": "2026-09-22T18:00", "end": "2026-09-22T20:00"}


def standing(office: Office) -> list[tuple[Delivery, int]]:
    return [(notice.state, notice.attempts) for notice in office.notices()]


def kinds_to(server: MailServer) -> list[tuple[str, str]]:
    return [(to.partition("@")[0], subject.partition(":")[0]) for to, subject in server.told]


def password_changed(office: Office, *names: str) -> None:
    """A notice to each of them that belongs to no booking."""
    people = [getattr(office.hall.cast, name).id for name in names]
    office.change(lambda session: [post(session, "password-changed", person_id=one, now=office.clock()) for one in people])


def test_what_waits_leaves_in_the_order_in_which_it_happened(office: Office, mailserver: MailServer) -> None:
    booking = office.book(**WEEKLY)
    office.act(ending.cancel, booking.id, number=2, by=office.hall.berit)
    office.act(ending.cancel, booking.id, number=3, by=office.hall.berit)

    sent = office.deliver(mail_url=mailserver.url)

    assert sent == 3
    assert kinds_to(mailserver) == [("berit", "Bekreftet"), ("berit", "Avlyst"), ("berit", "Avlyst")]
    assert standing(office) == [(Delivery.SENT, 1)] * 3
    assert mailserver.greetings == 1


def test_what_was_sent_is_not_sent_again(office: Office, mailserver: MailServer) -> None:
    office.book()
    office.deliver(mail_url=mailserver.url)

    assert (office.deliver(mail_url=mailserver.url), len(mailserver.mails)) == (0, 1)


def test_nothing_that_waits_asks_for_no_connection(office: Office, mailserver: MailServer) -> None:
    office.deliver(mail_url=mailserver.url)

    assert mailserver.greetings == 0


def test_a_mail_says_from_the_row_which_it_is_and_that_no_machine_shall_answer(office: Office, mailserver: MailServer) -> None:
    office.book()
    (notice,) = office.notices()

    office.deliver(mail_url=mailserver.url, mail_from="Arena <arena@drammen.example>")

    (mail,) = mailserver.mails
    assert re.fullmatch(rf"<notice-{notice.id}\.{int(notice.created_at.timestamp())}\.[0-9a-f]{{16}}@drammen\.example>", mail["Message-ID"])
    assert (mail["From"], mail["Auto-Submitted"], mail["Date"].datetime) == (
        "Arena <arena@drammen.example>",
        "auto-generated",
        notice.created_at,
    )


def test_a_server_that_is_away_costs_no_notice_an_attempt_and_stops_nothing(office: Office, mailserver: MailServer) -> None:
    office.book()

    away = office.deliver(mail_url=f"smtp://127.0.0.1:{free_port()}")
    back = office.deliver(mail_url=mailserver.url)

    assert (away, back, standing(office)) == (0, 1, [(Delivery.SENT, 1)])


def test_a_mailbox_that_is_refused_is_tried_again_later_and_holds_up_nobody_else(
    office: Office, mailserver: MailServer, clock: Clock
) -> None:
    mailserver.refused.add("berit@example.org")
    booking = office.book("siri")
    office.act(decisions.confirm, booking.id, by=office.hall.nils)

    first = office.deliver(mail_url=mailserver.url)
    mailserver.refused.clear()
    at_once = office.deliver(mail_url=mailserver.url)
    clock.pass_by(minutes=1)
    later = office.deliver(mail_url=mailserver.url)

    # The leader's question is answered by then: nothing is left to tell her.
    assert (first, at_once, later) == (1, 0, 0)
    assert kinds_to(mailserver) == [("siri", "Bekreftet")]
    assert [state for state, _attempts in standing(office)] == [Delivery.SENT] * 4


def test_later_notices_of_a_booking_wait_for_the_one_that_its_reader_has_not_got(
    office: Office, mailserver: MailServer, clock: Clock
) -> None:
    mailserver.refused.add("berit@example.org")
    booking = office.book(**WEEKLY)
    office.act(ending.cancel, booking.id, number=2, by=office.hall.berit)
    office.deliver(mail_url=mailserver.url)
    mailserver.refused.clear()

    too_early = office.deliver(mail_url=mailserver.url)
    clock.pass_by(minutes=1)
    office.deliver(mail_url=mailserver.url)

    assert too_early == 0
    assert kinds_to(mailserver) == [("berit", "Bekreftet"), ("berit", "Avlyst")]


def test_a_server_that_hangs_up_on_one_mail_is_called_again_for_the_next(office: Office, mailserver: MailServer) -> None:
    mailserver.drops.add("berit@example.org")
    password_changed(office, "berit", "nils", "per")

    sent = office.deliver(mail_url=mailserver.url)

    assert (sent, mailserver.greetings) == (2, 2)
    assert standing(office) == [(Delivery.WAITING, 1), (Delivery.SENT, 1), (Delivery.SENT, 1)]


def test_a_notice_that_cannot_be_composed_keeps_no_other_from_leaving(office: Office, mailserver: MailServer) -> None:
    berit = office.hall.cast.berit.id
    office.change(lambda session: post(session, "unheard-of", person_id=berit, now=office.clock()))
    password_changed(office, "nils")

    sent = office.deliver(mail_url=mailserver.url)

    assert (sent, standing(office)) == (1, [(Delivery.WAITING, 1), (Delivery.SENT, 1)])


def test_what_never_leaves_is_given_up_after_two_days_and_can_be_put_out_again(
    office: Office, mailserver: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailserver.refused.add("berit@example.org")
    password_changed(office, "berit")
    began = clock()
    while office.notices()[0].state is Delivery.WAITING:
        clock.moment = max(clock(), office.notices()[0].due_at)
        office.deliver(mail_url=mailserver.url)
    lasted = clock() - began

    listed = command(office, "failed")
    monkeypatch.setattr(cli, "now", clock)
    again = command(office, "again")
    mailserver.refused.clear()
    sent = office.deliver(mail_url=mailserver.url)

    (notice,) = office.notices()
    assert timedelta(days=1) < lasted < timedelta(days=3)
    assert listed.output == f"{notice.id} password-changed person={notice.person_id} booking=None since=2026-09-01\n1 failed\n"
    assert (again.output, sent, notice.state) == ("1 will be tried again\n", 1, Delivery.SENT)


def test_a_sender_that_dies_leaves_its_notices_to_others_when_the_lease_runs_out(
    office: Office, mailserver: MailServer, clock: Clock
) -> None:
    password_changed(office, "berit", "nils")
    dead = office.act(waiting.lease, by=SERVICE)
    office.act(waiting.begin, dead.numbers[0], until=dead.until, by=SERVICE)

    meanwhile = office.deliver(mail_url=mailserver.url)
    clock.pass_by(minutes=5)
    afterwards = office.deliver(mail_url=mailserver.url)

    assert (meanwhile, afterwards) == (0, 2)
    assert standing(office) == [(Delivery.SENT, 2), (Delivery.SENT, 1)]


def test_two_senders_share_what_waits(office: Office) -> None:
    password_changed(office, "berit", "nils")

    first, second = office.act(waiting.lease, by=SERVICE), office.act(waiting.lease, by=SERVICE)

    assert (len(first.numbers), second.numbers) == (2, ())


def test_who_was_too_slow_does_not_send_what_another_has_taken_over(office: Office, clock: Clock) -> None:
    password_changed(office, "berit")
    slow = office.act(waiting.lease, by=SERVICE)
    clock.pass_by(minutes=5)
    other = office.act(waiting.lease, by=SERVICE)

    slow_begins = office.act(waiting.begin, slow.numbers[0], until=slow.until, by=SERVICE)
    other_begins = office.act(waiting.begin, other.numbers[0], until=other.until, by=SERVICE)

    assert (slow_begins, other_begins) == (None, clock() + waiting.LEASE)


def test_a_failure_of_who_lost_the_lease_does_not_undo_what_another_sent(office: Office, clock: Clock) -> None:
    password_changed(office, "berit")
    slow = office.act(waiting.lease, by=SERVICE)
    (number,) = slow.numbers
    slow_until = office.act(waiting.begin, number, until=slow.until, by=SERVICE)
    clock.pass_by(minutes=5)
    other = office.act(waiting.lease, by=SERVICE)
    office.act(waiting.mark, number, until=other.until, is_sent=True, by=SERVICE)

    office.act(waiting.mark, number, until=slow_until, is_sent=False, by=SERVICE)

    assert standing(office) == [(Delivery.SENT, 1)]


def test_a_mail_that_kills_its_sender_each_time_is_given_up_too(office: Office, clock: Clock) -> None:
    password_changed(office, "berit")
    for _ in range(waiting.MOST_ATTEMPTS + 1):
        leased = office.act(waiting.lease, by=SERVICE)
        office.act(waiting.begin, leased.numbers[0], until=leased.until, by=SERVICE)
        clock.pass_by(minutes=5)

    assert standing(office) == [(Delivery.FAILED, waiting.MOST_ATTEMPTS)]


def test_a_notice_to_somebody_without_an_address_is_done(office: Office, mailserver: MailServer) -> None:
    password_changed(office, "berit")
    office.change(lambda session: setattr(session.merge(office.hall.cast.berit), "email", None))

    sent = office.deliver(mail_url=mailserver.url)

    assert (sent, standing(office)) == (0, [(Delivery.SENT, 1)])


def test_the_log_tells_neither_address_nor_link(office: Office, mailserver: MailServer) -> None:
    mailserver.refused.add("berit@example.org")
    office.book()

    with capture_logs() as said:
        office.deliver(mail_url=mailserver.url)

    assert said == [{"event": "notice not delivered", "notice": 1, "error": "SMTPRecipientsRefused", "log_level": "warning"}]


def test_the_worker_goes_on_after_jobs_that_a_busy_database_or_a_defect_ended(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []
    monkeypatch.setattr(cli, "_lapse", _broken(turns, Busy(Fault("database-busy"))))
    monkeypatch.setattr(cli, "_remind", _broken(turns, OverflowError()))
    monkeypatch.setattr(cli, "_forget_past", lambda: turns.append("forgot"))
    monkeypatch.setattr(cli, "_send", lambda: turns.append("sent"))
    monkeypatch.setattr(cli.time, "sleep", _stops_after(turns, 8))

    with office.app.app_context(), pytest.raises(KeyboardInterrupt):
        cli.worker_command.callback(every=1)

    assert turns == ["Busy", "OverflowError", "forgot", "sent"] * 2


def test_a_certificate_is_asked_for_before_the_password_is_told(mailserver: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    contexts: list[object] = []
    monkeypatch.setattr(postbox.smtplib.SMTP, "starttls", lambda self, *, context=None: contexts.append(context))
    monkeypatch.setattr(postbox.smtplib.SMTP, "login", lambda self, user, password: contexts.append((user, password)))

    box = postbox.ServerPostbox(mailserver.url.replace("smtp://", "smtp+tls://arena:p%40ss@"))

    assert box.is_reached()
    assert (contexts[0].verify_mode, contexts[0].check_hostname) == (postbox.ssl.CERT_REQUIRED, True)  # type: ignore[attr-defined]
    assert contexts[1] == ("arena", "p@ss")


def command(office: Office, name: str) -> Result:
    return FlaskCliRunner(office.app).invoke(args=["notices", name])


def _broken(turns: list[str], error: Exception) -> Callable[[], None]:
    def job() -> None:
        turns.append(type(error).__name__)
        raise error

    job.__name__ = "job"
    return job


def test_a_booking_that_cannot_be_lapsed_keeps_no_other_from_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    late = office.clock() + timedelta(days=8)
    first, second = (office.book("siri", start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00").id for day in (21, 22))
    monkeypatch.setattr(cli, "now", lambda: late)
    lapse = cli.lapse

    def stumbling(session: Session, booking: int, *, by: Actor, now: datetime) -> bool:
        if booking == first:
            raise OverflowError
        return lapse(session, booking, by=by, now=now)

    monkeypatch.setattr(cli, "lapse", stumbling)
    with office.app.app_context():
        cli._tidy()

    states = office.change(lambda session: dict(session.execute(select(Booking.id, Booking.state)).all()))
    assert (states[first], states[second]) == (BookingState.UNCONFIRMED, BookingState.LAPSED)


def _stops_after(turns: list[str], most: int) -> Callable[[float], None]:
    def sleep(_seconds: float) -> None:
        if len(turns) >= most:
            raise KeyboardInterrupt

    return sleep
