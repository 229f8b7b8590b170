"""A hall with bookings in the app's own database, its mail as files, and a mail server on the loopback."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.identity import Actor
from accounts.models import Delegation
from accounts.organisations import end_delegation
from booking.models import Booking
from booking.reservations import reserve
from database.outbox import UNDO_WITHIN, Delivery, Notice
from database.transact import Database
from notices import deliver as delivering
from settings import Settings
from tests.booking.conftest import POLICY, Hall, furnish, wish
from tests.clock import Clock, stop
from tests.notices.mailserver import MailServer
from venues.models import Municipality, OnSite, Origin


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return stop(monkeypatch)


@dataclass
class Office:
    """The app's database with the hall in it: what happens there, and the mails that come of it."""

    app: Flask
    database: Database
    hall: Hall
    clock: Clock
    settings: Settings

    def act(self, verb: Callable[..., Any], *args: Any, by: Actor, **given: Any) -> Any:
        """A verb in a transaction of its own, now."""
        return self.database.transact(verb, *args, by=by, now=self.clock(), **given)

    def book(self, name: str = "berit", **changes: Any) -> Booking:
        booking: Booking = self.act(reserve, wish(**changes), by=getattr(self.hall, name))
        return booking

    def change(self, verb: Callable[..., Any]) -> Any:
        """Run something on the rows in a transaction of its own."""
        return self.database.transact(lambda session: verb(session))

    def deliver(self, **settings: Any) -> int:
        """Send what waits, two minutes after the last act on a booking."""
        waiting = [one.created_at + UNDO_WITHIN for one in self.notices() if one.booking_id and one.state is Delivery.WAITING]
        self.clock.moment = max([self.clock(), *waiting])
        with self.app.app_context():
            return delivering.deliver(self.database, replace(self.settings, **settings))

    def mails(self) -> list[EmailMessage]:
        """What waits, sent into a folder and read back, in order."""
        folder = Path(self.settings.instance) / "mail"
        for old in folder.glob("*.eml"):
            old.unlink()
        self.deliver()
        files = sorted(folder.glob("*.eml"), key=lambda file: int(file.name.split("-")[1].split(".")[0]))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def last(self) -> tuple[str, str]:
        """Subject and text of the latest mail."""
        mail = self.mails()[-1]
        return mail["Subject"], words(mail)

    def notices(self) -> list[Notice]:
        with self.database.reading() as session:
            return session.query(Notice).order_by(Notice.id).all()


def end_right(office: Office, name: str) -> None:
    """Let somebody act for Skiold turn no more."""
    theirs = (Delegation.person_id == getattr(office.hall, name).person_id, Delegation.organisation_id == office.hall.cast.skiold.id)
    number = office.change(lambda session: session.scalars(select(Delegation.id).where(*theirs)).one())
    office.act(end_delegation, number, by=office.hall.kari)


def words(mail: EmailMessage) -> str:
    """What people read of a mail."""
    text = mail.get_body(("plain",))
    assert text is not None
    return str(text.get_content()).replace("\r\n", "\n")


@pytest.fixture
def office(app: Flask, settings: Settings, clock: Clock) -> Office:
    database: Database = app.extensions["database"]
    hall = database.transact(furnished)
    return Office(app, database, hall, clock, settings)


def furnished(session: Any, policy: Mapping[str, Any] = POLICY) -> Hall:
    """The hall with a way in, somebody in the house on Tuesday evenings, and an office that answers."""
    hall = furnish(session, policy)
    oren = hall.cast.oren
    oren.entrance, oren.getting_in, oren.minutes_before = "Hovedinngangen mot elva", "Kortet ditt virker i leseren", 15
    watch = OnSite(venue_id=oren.id, weekday=1, from_minute=960, to_minute=1350, role="Vaktmester", phone="32040000", origin=Origin.STAFF)
    watch.is_present = True
    session.add(watch)
    home = session.query(Municipality).one()
    home.contact_name, home.contact_phone = "Utleiekontoret", "32041000"
    return hall


@pytest.fixture
def mailserver() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server
