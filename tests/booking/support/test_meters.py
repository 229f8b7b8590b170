"""Whatever happens to bookings, the meter of each agreement is what its dates add up to, and no hour is drawn twice."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.absence import note_absence
from booking.adding import add, readd
from booking.closures import close_rooms, open_again
from booking.ending import cancel
from booking.models import Booking, Occurrence, Undo
from booking.releasing import Period, release
from booking.reservations import reserve
from booking.splitting import split
from booking.states import OccurrenceState
from booking.support.agreements import change_agreement, end_agreement, make_agreement
from booking.support.meters import meters
from booking.support.models import Agreement, monday
from booking.support.terms import AgreementTerms
from booking.support.treating import Consent
from booking.undo import undo
from kernel.errors import Refusal
from tests.booking.conftest import NOW, Hall, again, move, wish
from venues.models import Closure
from venues.scheduling import ClosureInput

ROOMS = ("oren-flerbrukshall/gymsal-1", "oren-flerbrukshall/gymsal-2")
LIVE = (OccurrenceState.BOOKED, OccurrenceState.REQUESTED, OccurrenceState.UNCONFIRMED)
YES = Consent(confirmed=True)


class Story:
    """A random life of an organisation's bookings and agreements; a verb that refuses leaves everything as it was."""

    def __init__(self, session: Session, hall: Hall, seed: int) -> None:
        self.session, self.hall, self.random, self.now = session, hall, Random(seed), NOW
        self.done: list[str] = []

    def step(self) -> None:
        acts = (self.book, self.book, self.cancel, self.move, self.readd, self.add, self.split, self.close, self.open, self.release)
        act = self.random.choice([*acts, self.miss, self.undo, self.agree, self.change, self.end, self.wait])
        again(self.session)
        try:
            with self.session.begin_nested():
                act()
            self.done.append(act.__name__)
        except Refusal:
            pass
        again(self.session)

    def book(self) -> None:
        start, end = self._time()
        times = {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{end:%Y-%m-%dT%H:%M}", "room": self.random.choice(ROOMS)}
        rule = {"rrule": f"FREQ=WEEKLY;COUNT={self.random.randint(2, 4)}"} if self.random.random() < 0.5 else None
        draws = self.random.random() < 0.9
        reserve(self.session, wish(**times, recurrence=rule, on_conflict="skip", draws=draws), by=self.hall.berit, now=self.now)

    def cancel(self) -> None:
        date = self._date()
        cancel(self.session, date.booking_id, number=date.number, by=self.hall.berit, now=self.now)

    def move(self) -> None:
        date, (start, end) = self._date(), self._time()
        move(
            self.session,
            date.booking_id,
            date.number,
            start=start,
            end=end,
            room=self.random.choice(ROOMS),
            by=self.hall.berit,
            now=self.now,
        )

    def readd(self) -> None:
        date = self._date()
        readd(self.session, date.booking_id, date.number, by=self.hall.berit, now=self.now)

    def add(self) -> None:
        start, end = self._time()
        add(self.session, self._date().booking_id, start=start, end=end, by=self.hall.berit, now=self.now)

    def split(self) -> None:
        date = self._date()
        split(self.session, date.booking_id, date.number, by=self.hall.berit, now=self.now)

    def close(self) -> None:
        start, end = self._time()
        given = ClosureInput(room="gymsal-1", start=f"{start:%Y-%m-%dT%H:%M}", end=f"{end:%Y-%m-%dT%H:%M}", reason="Lekkasje")
        close_rooms(self.session, "oren-flerbrukshall", given, confirmed=True, by=self.hall.kari, now=self.now)

    def open(self) -> None:
        found = self.session.scalars(select(Closure.id).where(Closure.withdrawn_at.is_(None))).all()
        if found:
            open_again(self.session, self.random.choice(found), by=self.hall.kari, now=self.now)

    def release(self) -> None:
        first = self._time()[0].date()
        period = Period(first=first, last=first + timedelta(days=3))
        release(self.session, self.hall.cast.skiold.id, period, by=self.hall.berit, now=self.now)

    def miss(self) -> None:
        date = self._date()
        note_absence(self.session, date.booking_id, date.number, by=self.hall.olav, now=self.now)

    def undo(self) -> None:
        found = self.session.scalars(select(Undo.id).order_by(Undo.id.desc()).limit(3)).all()
        if found:
            undo(self.session, self.random.choice(found), by=self.hall.kari, now=self.now)

    def agree(self) -> None:
        make_agreement(self.session, self._terms(), consent=YES, by=self.hall.kari, now=self.now)

    def change(self) -> None:
        change_agreement(self.session, self._agreement(), self._terms(), consent=YES, by=self.hall.kari, now=self.now)

    def end(self) -> None:
        reason = self.random.choice(["", "Sagt opp."])
        end_agreement(self.session, self._agreement(), cancels=reason, consent=YES, by=self.hall.kari, now=self.now)

    def wait(self) -> None:
        self.now += timedelta(hours=self.random.choice([1, 20, 50]))

    def _time(self) -> tuple[datetime, datetime]:
        day = self.now.date() + timedelta(days=self.random.randint(0, 24))
        start = datetime.combine(day, datetime.min.time()) + timedelta(hours=self.random.randint(16, 20))
        return start, start + timedelta(minutes=30 * self.random.randint(1, 4))

    def _date(self) -> Occurrence:
        found = self.session.scalars(select(Occurrence).order_by(Occurrence.id)).all()
        return self.random.choice(found or [Occurrence(booking_id=0, number=0)])

    def _agreement(self) -> int:
        return self.random.choice(self.session.scalars(select(Agreement.id)).all() or [0])

    def _terms(self) -> AgreementTerms:
        first = date(2026, 9, 1) + timedelta(days=self.random.randint(0, 20))
        per, times = self.random.choice([("season", ()), ("week", ()), ("season", ({"weekday": 2, "start": "16:00", "end": "24:00"},))])
        given: dict[str, Any] = {"first_day": first, "last_day": first + timedelta(days=30), "per": per, "times": times}
        rooms = self.random.choice([ROOMS[:1], ROOMS[1:], ROOMS])
        hours = self.random.choice([1, 2.5, 6])
        return AgreementTerms(organisation=self.hall.cast.skiold.id, title="A", price_class="partner", hours=hours, rooms=rooms, **given)


def check(story: Story) -> None:
    """Adds dates up one by one, as the meter may not, and looks whether any agreement gave more than it had."""
    dates = story.session.scalars(select(Occurrence)).all()
    for meter in meters(story.session, by=story.hall.kari, now=story.now):
        theirs = [one for one in dates if one.agreement_id == meter.agreement.id]
        live = [one for one in theirs if one.state in LIVE]

        def minutes(found: list[Occurrence]) -> int:
            return sum(int((one.ends_at - one.starts_at).total_seconds()) // 60 for one in found)

        assert meter.used == minutes([one for one in live if one.ends_at <= story.now])
        assert meter.ahead == minutes([one for one in live if one.ends_at > story.now])
        assert meter.released == minutes([one for one in theirs if one.state is OccurrenceState.CANCELLED])
        assert meter.lost == minutes([one for one in theirs if one.state is OccurrenceState.DISPLACED])
        assert meter.booked + meter.left == meter.agreement.granted
        _check_limits(meter.agreement, [one for one in live if one.starts_at > story.now], story)


def _check_limits(agreement: Agreement, ahead: list[Occurrence], story: Story) -> None:
    if agreement.ended_at is not None:
        assert not ahead
        return
    rooms = {room.id for room in agreement.rooms}
    for one in ahead:
        assert one.room_id in rooms
        assert agreement.first_day <= one.local_start.date() <= agreement.last_day
        assert not agreement.times or one.local_start.isoweekday() == agreement.times[0]["weekday"]
        assert story.session.get_one(Booking, one.booking_id).draws
    weeks: dict[date, int] = {}
    for one in ahead:
        week = monday(one.local_start.date()) if agreement.per == "week" else agreement.first_day
        weeks[week] = weeks.get(week, 0) + int((one.ends_at - one.starts_at).total_seconds()) // 60
    assert all(minutes <= agreement.minutes for minutes in weeks.values())


@pytest.mark.parametrize("seed", range(6))
def test_the_meter_of_every_agreement_is_the_sum_of_its_dates_whatever_happens_to_them(session: Session, hall: Hall, seed: int) -> None:
    story = Story(session, hall, seed)
    for _number in range(60):
        story.step()
        check(story)

    assert {"book", "agree"} < set(story.done)
