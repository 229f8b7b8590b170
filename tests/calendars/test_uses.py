"""Uses are gathered in memory, written in one go, and never lost to a database that is away."""

import threading
from datetime import UTC, datetime, timedelta

import calendars.uses
from calendars.models import FeedToken
from calendars.tokens import Use
from calendars.uses import Uses

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_the_latest_use_of_each_feed_is_written_once():
    written = []
    uses = Uses(written.append)
    for minute in range(3):
        uses.note(Use(7, NOW + timedelta(minutes=minute), "Thunderbird"), None)
    uses.note(Use(8, NOW, "Google"), None)

    uses.flush()
    uses.flush()

    assert written == [[Use(7, NOW + timedelta(minutes=2), "Thunderbird"), Use(8, NOW, "Google")]]


def test_what_was_noted_within_a_quarter_of_an_hour_is_not_noted_again():
    written = []
    uses = Uses(written.append)

    uses.note(Use(7, NOW, "Thunderbird"), NOW - timedelta(minutes=14))
    uses.flush()

    assert written == []


def test_a_first_use_is_written_without_waiting_for_the_minute(monkeypatch):
    monkeypatch.setattr(calendars.uses, "SOON_SECONDS", 0.01)
    written = threading.Event()
    uses = Uses(lambda _uses: written.set())

    uses.note(Use(7, NOW, "Thunderbird"), None)

    assert written.wait(20)


def test_what_cannot_be_written_now_is_written_later():
    written = []

    def write(uses):
        if not written:
            written.append("failed")
            raise OSError("away")
        written.append(uses)

    uses = Uses(write)
    uses.note(Use(7, NOW, "Thunderbird"), None)

    uses.flush()
    uses.flush()

    assert written == ["failed", [Use(7, NOW, "Thunderbird")]]


def test_reading_a_private_feed_writes_nothing_until_the_uses_are_written(app, autumn, read, statements):
    read(autumn.addresses["mine"], User_Agent="Thunderbird/128")
    reading = [statement for statement in statements if not statement.lstrip().startswith("SELECT")]

    app.extensions["feed_uses"].flush()

    noted = autumn.change(lambda session: session.query(FeedToken.used_by).filter_by(name="Berit, mobil").scalar())
    assert (reading, noted) == ([], "Thunderbird/128")
