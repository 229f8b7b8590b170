"""The server is killed in the middle of a storm of bookings: what a client was promised is kept, nothing is half done."""

import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from icalendar import Calendar
from sqlalchemy import select

from booking.models import Booking, Claim, Occurrence
from booking.states import BookingState
from database.audit import Audit
from database.transact import Database
from tests.storm import body_of, post, prepare, servers

CLIENTS = 4
SLOTS = 10
FEED = "/calendars/rooms/oren-flerbrukshall/gymsal-1.ics"


def test_what_was_promised_survives_every_kill(database: Database, tmp_path: Path, port: int) -> None:
    survived(database, tmp_path, port, kills=8)


def survived(database: Database, folder: Path, port: int, *, kills: int) -> None:
    """So many kills, each later in its storm than the one before."""
    tokens = prepare(database)
    promised: list[str] = []

    for kill in range(kills):
        with servers(database.url, folder, port) as served:
            storm = [threading.Thread(target=_book_on, args=(port, tokens[0], kill, client, promised)) for client in range(CLIENTS)]
            for thread in storm:
                thread.start()
            before = len(promised)
            while len(promised) == before and any(thread.is_alive() for thread in storm):
                time.sleep(0.01)
            time.sleep(0.4 * kill / kills)
            served.kill()
            for thread in storm:
                thread.join()

    with servers(database.url, folder, port):
        published = _published(port)
    with database.reading() as session:
        kept = session.scalars(select(Booking.reference).where(Booking.state == BookingState.BOOKED)).all()
        dates = session.execute(select(Occurrence.booking_id, Occurrence.starts_at).order_by(Occurrence.starts_at)).all()
        claims = session.execute(
            select(Occurrence.booking_id, Claim.starts_at).join(Claim, Claim.occurrence_id == Occurrence.id).order_by(Claim.starts_at)
        ).all()
        audited = session.scalars(select(Audit.subject_id).where(Audit.subject == "booking")).all()
    assert len(promised) >= kills
    assert set(promised) <= set(kept)
    assert dates == claims
    assert sorted(audited) == sorted(booking for booking, _ in dates)
    assert published == [start for _, start in dates]


def _book_on(port: int, token: str, kill: int, client: int, promised: list[str]) -> None:
    """Book one slot after the other until the server is gone."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        for number in range(500):
            slot = (kill * CLIENTS + client) * SLOTS + number % SLOTS
            status, body = post(connection, "/api/v1/bookings", token, body_of(slot))
            if status == 201:
                promised.append(body["reference"])
    except (OSError, HTTPException, ValueError):
        connection.close()


def _published(port: int) -> list[object]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", FEED)
    calendar = Calendar.from_ical(connection.getresponse().read())
    return sorted(event.start for event in calendar.events)
