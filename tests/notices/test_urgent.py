"""Urgent notices: which they are, the short message beside the mail, and who is called when nobody answers."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from accounts.models import Person
from booking import decisions, ending
from booking.changing import Change, change
from booking.models import Task
from booking.states import TaskReason
from booking.telling import answer_by
from database.outbox import UNDO_WITHIN
from notices import cli
from notices.waiting import acknowledge
from tests.booking.conftest import NOW
from tests.clock import Clock
from tests.notices.conftest import Office

TOMORROW = {"start": "2026-09-02T18:00", "end": "2026-09-02T20:00"}
LATER = {"start": datetime(2026, 9, 23, 18, 0), "end": datetime(2026, 9, 23, 20, 0)}
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "answered_in"),
    [
        ((1,), HOUR / 2),
        ((6,), 3 * HOUR),
        ((20,), 4 * HOUR),
        ((300, 2), HOUR),
        ((25.4,), 4 * HOUR),
        ((25.6,), None),
        ((-1,), None),
        ((), None),
    ],
)
def test_half_of_the_time_is_left_to_answer_for_today_and_tomorrow(hours: tuple[float, ...], answered_in: timedelta | None) -> None:
    # It is half past ten in the evening: tomorrow ends in 25 and a half hours.
    found = answer_by([NOW + hour * HOUR for hour in hours], "Europe/Oslo", now=NOW)

    assert found == (NOW + answered_in if answered_in else None)


def urgent(office: Office) -> list[tuple[str, datetime | None]]:
    return [(one.kind, one.answer_by) for one in office.notices() if one.answer_by]


def calls(office: Office) -> list[tuple[TaskReason, bool]]:
    with office.database.reading() as session:
        return [(one.reason, one.done_at is not None) for one in session.scalars(select(Task).order_by(Task.id))]


def tidy(office: Office) -> None:
    with office.app.app_context():
        cli._tidy()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_another_took_or_changed_is_urgent_and_what_one_did_oneself_is_not(office: Office) -> None:
    asked = office.book("per", organisation=None, **TOMORROW)
    moved, ended, own = (office.book(start=f"2026-09-02T{hour}:00", end=f"2026-09-02T{hour + 1}:00") for hour in (10, 12, 14))
    office.act(decisions.decline, asked.id, reason="Valg", by=office.hall.kari)
    office.act(change, moved.id, Change(number=1, **LATER), by=office.hall.kari)
    office.act(ending.cancel, ended.id, reason="Valg", by=office.hall.nils)
    office.act(ending.cancel, own.id, by=office.hall.berit)

    assert [kind for kind, _ in urgent(office)] == ["booking-refused", "dates-moved", "dates-cancelled"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_short_message_goes_to_a_mobile_telephone_in_its_readers_language(office: Office, tmp_path: Path) -> None:
    office.change(lambda session: setattr(session.get_one(Person, office.hall.cast.berit.id), "language", "en"))
    booking = office.book(**TOMORROW)
    office.act(ending.cancel, booking.id, reason="Secret reason", by=office.hall.kari)

    office.deliver(sms_url=f"file://{tmp_path / 'sms'}")

    (file,) = (tmp_path / "sms").iterdir()
    number, text, _ = file.read_text().split("\n")
    link = text.rpartition(" ")[2]
    assert (number, link.startswith(f"{office.settings.public_url}/answers/")) == ("+4799000003", True)
    assert text.removesuffix(link) == (
        "Drammen kommune: This is cancelled: Øren flerbrukshall, Gymsal 1, Wednesday 2 September 2026, 18:00–20:00."
        " Answer that you have read it: "
    )


def test_who_does_not_answer_in_time_is_called_and_an_answer_ends_that(office: Office, clock: Clock) -> None:
    booking = office.book(**TOMORROW)
    office.act(ending.cancel, booking.id, by=office.hall.kari)
    office.deliver()
    clock.moment = NOW + 4 * HOUR - timedelta(seconds=1)
    tidy(office)
    early = calls(office)
    clock.pass_by(seconds=1)
    tidy(office)
    tidy(office)
    called = calls(office)

    office.act(acknowledge, office.notices()[-1].id, by=office.hall.berit)

    assert (early, called, calls(office)) == ([], [(TaskReason.UNACKNOWLEDGED, False)], [(TaskReason.UNACKNOWLEDGED, True)])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_has_no_address_is_called_when_nothing_can_be_undone_any_more(office: Office, clock: Clock) -> None:
    office.change(lambda session: setattr(session.get_one(Person, office.hall.cast.berit.id), "email", None))
    booking = office.book(**TOMORROW)
    office.act(ending.cancel, booking.id, by=office.hall.kari)
    clock.pass_by(UNDO_WITHIN)
    tidy(office)

    assert calls(office) == [(TaskReason.UNACKNOWLEDGED, False)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_is_called_about_what_was_not_told_after_all(office: Office, clock: Clock) -> None:
    booking = office.book(**TOMORROW)
    office.act(change, booking.id, Change(number=1, **LATER), by=office.hall.kari)
    office.act(ending.cancel, booking.id, by=office.hall.berit)
    office.deliver()
    clock.pass_by(hours=5)
    tidy(office)

    assert (urgent(office), calls(office)) == ([], [])
