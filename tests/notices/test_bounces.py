"""Reports that a mail did not arrive: what mail servers write is understood, what others write moves nothing."""

import re
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from booking.models import Task
from booking.states import TaskReason
from database.outbox import Delivery
from notices.bounces import MOST_BYTES, bounced
from tests.notices.conftest import Office

SECRET = "only-for-the-tests-nowhere-else!"
# As Postfix writes them, shortened.
REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mail.drammen.example (Mail Delivery System)
To: arena@drammen.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain; charset=utf-8

This is the mail system. I'm sorry to have to inform you ...

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.drammen.example
Arrival-Date: Tue, 1 Sep 2026 22:32:00 +0200 (CEST)

Final-Recipient: rfc822; berit@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

--B1
Content-Type: text/rfc822-headers

From: arena@drammen.example
Message-ID: {message_id}
Subject: Bekreftet

--B1--
"""
AUTO_REPLY = "From: berit@example.org\nSubject: Fri\nIn-Reply-To: {message_id}\nContent-Type: text/plain\n\nAction: failed\n"
NESTED = "Content-Type: multipart/report; boundary=B1\n\n--B1\n" + "Content-Type: message/rfc822\n\n" * 8000 + "{message_id}"
WIDE = "Content-Type: multipart/report; boundary=B1\n\n{message_id}\n" + "--B1\nContent-Type: message/delivery-status\n\n\n" * 5000
SPOILT = "Content-Type: multipart/report; boundary*0*=x'y'%ff; report-type=\udcff\n\n{message_id}\n--\0\n"


@pytest.fixture
def sent(office: Office) -> str:
    """The Message-ID of a mail that has left."""
    office.book()
    return str(office.mails()[0]["Message-ID"])


def report(message_id: str, action: str = "failed", mail: str = REPORT) -> bytes:
    return mail.replace("{action}", action).replace("{message_id}", message_id).encode("utf-8", "surrogateescape")


def command(office: Office, *arguments: str, given: bytes = b"") -> Result:
    return office.app.test_cli_runner().invoke(args=["notices", "bounces", *arguments], input=given)


def tasks(office: Office) -> list[tuple[TaskReason, int | None, int | None]]:
    with office.database.reading() as session:
        return [(one.reason, one.person_id, one.booking_id) for one in session.scalars(select(Task))]


def test_what_comes_back_is_an_officers_call_once(office: Office, sent: str, tmp_path: Path) -> None:
    file = tmp_path / "report.eml"
    file.write_bytes(report(sent))

    first, again = command(office, str(file)), command(office, "-", given=report(sent))

    (notice,) = office.notices()
    assert (first.output, again.output) == ("1 bounced\n", "0 bounced\n")
    assert notice.state is Delivery.BOUNCED
    assert tasks(office) == [(TaskReason.BOUNCED, notice.person_id, notice.booking_id)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_maildir_is_read_and_what_was_read_is_put_away(office: Office, sent: str, tmp_path: Path) -> None:
    new = tmp_path / "bounces" / "new"
    new.mkdir(parents=True)
    (new / "1.report").write_bytes(report(sent))
    (new / "2.spam").write_bytes(b"\xff\0" * 1000)
    (new / "3.link").symlink_to("/dev/zero")

    told = command(office, str(new.parent))

    assert (told.output, sorted(file.name for file in new.iterdir())) == ("1 bounced\n", [])
    assert sorted(file.name for file in (new.parent / "cur").iterdir()) == ["1.report:2,S", "2.spam:2,S", "3.link:2,S"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_report_of_ours_moves_nothing(office: Office, sent: str) -> None:
    forged = re.sub(r"\.[0-9a-f]{16}@", ".0123456789abcdef@", sent)
    another = re.sub(r"notice-\d+", "notice-7", sent)
    others = [report(sent, "delayed"), report(sent, "relayed"), report(forged), report(another), report(sent, mail=AUTO_REPLY)]
    hostile = [report(sent, mail=mail) for mail in (NESTED, WIDE, SPOILT)] + [b"", b"\0" * 10, b"x" * MOST_BYTES + report(sent)]

    said = {bounced(raw, SECRET) for raw in (*others, *hostile)}

    assert (said, bounced(report(sent), SECRET) is not None) == ({None}, True)
