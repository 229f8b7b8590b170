"""Reports: figures worked by hand, no part counted twice, local hours, few people hidden, and the same as minute by minute."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from booking.models import Occurrence
from booking.states import OccurrenceState
from booking.statistics.measures import Dimension
from booking.statistics.reports import Question, Report, report
from booking.support.grants.models import Rate
from booking.support.grants.values import total, values
from kernel.errors import Forbidden, Invalid, Missing, Unidentified
from kernel.money import for_minutes
from kernel.wallclock import to_wall
from tests.booking.conftest import Hall
from tests.booking.statistics.conftest import TODAY, book, close, open_for
from venues.opening import Opening
from venues.queries import openings_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
STATEMENTS = 12


def asked(session: Session, hall: Hall, by: Dimension, **more: Any) -> Report:
    question = Question(**{"by": by, "first": date(2026, 1, 1), "last": date(2026, 12, 31), **more})
    return report(session, question, by=hall.kari, now=TODAY)


def test_a_hall_and_its_halves_are_each_told_and_counted_once_in_the_whole(session: Session, year: Hall) -> None:
    found = asked(session, year, Dimension.ROOM)

    told = {
        line.key.rpartition("/")[2]: [line.figures.values[code] for code in ("open", "booked", "within", "dates")] for line in found.lines
    }
    assert told == {
        "hel-hall": [79 * 60, 720, 360, 1],
        "gymsal-1": [40 * 60, 480, 180, 2],
        "gymsal-2": [39 * 60, 240, 180, 1],
        "": [0, 0, 0, 0],
    }
    assert [found.whole.values[code] for code in ("open", "booked", "within", "dates")] == [79 * 60, 720, 360, 4]
    assert found.lines[-1].figures.values["searches"] == 1


def test_hours_are_local_and_a_night_without_its_third_hour_is_four_hours(session: Session, year: Hall) -> None:
    found = asked(session, year, Dimension.WEEK, first=date(2026, 3, 28), last=date(2026, 3, 31))

    assert {line.key: line.figures.values["booked"] for line in found.lines} == {"5-23": 60, "6-0": 60, "6-1": 60, "6-3": 60}


def test_a_month_from_late_on_a_sunday_is_as_long_as_it_is(session: Session, year: Hall) -> None:
    before = asked(session, year, Dimension.ROOM).whole.sums
    book(session, year, "gymsal-2", "2026-03-15T23:45", "2026-04-14T12:00")

    sums = asked(session, year, Dimension.ROOM).whole.sums

    month = 30 * 24 * 60 - 60 - 11 * 60 - 45
    assert [sums[code] - before[code] for code in ("dates", "minutes", "booked")] == [1, month, month]


@pytest.mark.parametrize("by", [one for one in Dimension if one is not Dimension.AGE])
def test_the_lines_of_every_dimension_add_up_to_the_whole(session: Session, year: Hall, by: Dimension) -> None:
    found = asked(session, year, by)

    for code in ("dates", "minutes", "unused_dates", "cancelled", "displaced", "refused_dates", "listed", "charged", "unvalued"):
        assert sum(line.figures.sums[code] for line in found.lines) == found.whole.sums[code], code
    assert (found.whole.sums["dates"], found.whole.sums["listed"]) == (4, 220000)


def test_a_choice_of_room_class_or_activity_counts_these_alone(session: Session, year: Hall) -> None:
    half = asked(session, year, Dimension.VENUE, room="oren-flerbrukshall/gymsal-2").whole.sums
    music = asked(session, year, Dimension.VENUE, activity="culture").whole.sums
    private = asked(session, year, Dimension.ACTIVITY, applicant_class="person").whole.sums
    skiold = asked(session, year, Dimension.VENUE, organisation=year.cast.skiold.id).whole.sums

    assert (half["open"], half["booked"], half["dates"]) == (39 * 60, 240, 1)
    assert (music["open"], music["booked"], music["minutes"]) == (80 * 60, 240, 240)
    assert (private["minutes"], private["dates"]) == (120, 1)
    assert (skiold["dates"], skiold["unused_dates"], skiold["cancelled"]) == (2, 1, 60)


def test_few_people_are_hidden_with_what_would_tell_of_them(session: Session, year: Hall) -> None:
    by_class, ages = asked(session, year, Dimension.CLASS), asked(session, year, Dimension.AGE)

    assert [(line.key, line.figures.is_hidden) for line in by_class.lines] == [("organisation", True), ("person", True)]
    assert by_class.whole.values["dates"] == 4
    alone = asked(session, year, Dimension.CLASS, applicant_class="person")
    assert [(line.figures.values["dates"], line.figures.is_hidden) for line in alone.lines] == [(None, True)]
    assert alone.whole.is_hidden
    assert {line.key: line.figures.values["visits"] for line in ages.lines} == {"6-12": 20, "13-19": 10, "20-66": 11}
    for number in range(4):
        moment = f"2026-03-0{number + 3}T08:00"
        booked = book(session, year, "gymsal-1", moment, moment.replace("T08", "T09"))
        booked.booking.applicant_class, booked.booking.holder_id = "person", getattr(year.cast, ("ada", "nils", "siri", "tone")[number]).id
    session.flush()
    assert not any(line.figures.is_hidden for line in asked(session, year, Dimension.CLASS).lines)


def test_values_are_those_of_grants_also_by_rates(session: Session, year: Hall) -> None:
    for first, kroner in ((date(2026, 1, 1), 25000), (date(2026, 3, 5), 33333)):
        session.add(Rate(room_kind="gym", first_day=first, per_hour=kroner))
    for day in ("04", "05"):
        book(session, year, "gymsal-2", f"2026-03-{day}T08:00", f"2026-03-{day}T08:50", organisation_id=year.cast.skiold.id)
    session.flush()

    worth = total(values(session, date(2026, 1, 1), date(2026, 12, 31)))
    whole = asked(session, year, Dimension.VENUE, applicant_class="organisation").whole.sums
    by_booker = asked(session, year, Dimension.ORGANISATION, applicant_class="organisation").whole.sums

    assert worth
    expected = (worth.dates, worth.minutes, worth.listed, worth.charged, worth.unvalued)
    for sums in (whole, by_booker):
        assert tuple(sums[code] for code in ("dates", "minutes", "listed", "charged", "unvalued")) == expected


@pytest.mark.parametrize("seed", range(3))
def test_time_is_the_same_as_minute_by_minute(session: Session, year: Hall, seed: int) -> None:
    dice = random.Random(seed)
    first, last = date(2026, 3, 16), date(2026, 4, 12)
    for weekday in (*range(8), 6):
        start = dice.randrange(0, 20 * 60, 15)
        open_for(session, year, weekday, start, min(start + dice.randrange(60, 700, 15), 1440), first_day=date(2026, 3, 16))
    open_for(session, year, 2, 600, 900, first_day=date(2026, 3, 30), last_day=date(2026, 4, 3))
    close(session, year, datetime(2026, 3, 20, 12, 30), datetime(2026, 3, 23, 9, 10))
    for number in range(40):
        book(session, year, *_some(dice, number))
    of_then = (Occurrence.local_start >= datetime(2026, 3, 16), Occurrence.state == OccurrenceState.BOOKED)
    dates = session.scalars(select(Occurrence).where(*of_then)).all()

    hours, by_room = (
        asked(session, year, Dimension.WEEK, first=first, last=last),
        asked(session, year, Dimension.ROOM, first=first, last=last),
    )

    rooms = {room.slug: room for room in year.cast.oren.rooms}
    halves = [rooms["gymsal-1"], rooms["gymsal-2"]]
    opening = openings_of(session, halves, first, last + 2 * DAY)
    expected, of_halves = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for half in halves:
        for day in (first + number * DAY for number in range((last - first).days + 1)):
            for interval in opening[half.id].usable(day):
                for moment in (interval.start + number * MINUTE for number in range(interval.minutes)):
                    _count(expected, of_halves, half.slug, "open", moment)
        held = [one for one in dates if one.room.slug in ("hel-hall", half.slug)]
        table = Opening("Europe/Oslo", opening[half.id].hours)
        for one in held:
            for moment in (one.starts_at + number * MINUTE for number in range(int((one.ends_at - one.starts_at) / MINUTE))):
                _count(expected, of_halves, half.slug, "booked", moment)
                local = to_wall(moment, "Europe/Oslo").date()
                if any(interval.holds(moment) for interval in table.usable(local)):
                    _count(expected, of_halves, half.slug, "within", moment)
    told = {(line.key, code): line.figures.sums[code] for line in hours.lines for code in ("open", "booked", "within")}
    assert {key: number for key, number in told.items() if number} == dict(expected)
    lines = {line.key.rpartition("/")[2]: line.figures.sums for line in by_room.lines}
    assert {(slug, code): lines[slug][code] for slug, code in of_halves} == dict(of_halves)


def _some(dice: random.Random, number: int) -> tuple[str, str, str]:
    """A room and a time of up to nine hours, or of days: each number has a day of its own."""
    start = datetime(2026, 3, 16) + (number % 27) * DAY + dice.randrange(0, 1440, 5) * MINUTE
    end = start + dice.randrange(20, 540, 5) * MINUTE + (dice.randrange(3) * DAY if number % 5 == 0 else 0 * DAY)
    # No time that the clock skips.
    start, end = (one + 2 * 60 * MINUTE if one.date() == date(2026, 3, 29) and one.hour == 2 else one for one in (start, end))
    return dice.choice(("hel-hall", "gymsal-1", "gymsal-2")), start.isoformat(), max(end, start + 30 * MINUTE).isoformat()


def _count(by_hour: Counter[tuple[str, str]], by_half: Counter[tuple[str, str]], half: str, code: str, moment: datetime) -> None:
    local = to_wall(moment, "Europe/Oslo")
    by_hour[f"{local.weekday()}-{local.hour}", code] += 1
    by_half[half, code] += 1


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_the_sums_of_the_rows_by_whom_they_were_booked_and_where(session: Session, year: Hall, seed: int) -> None:
    dice = random.Random(seed)
    session.add(Rate(room_kind="gym", first_day=date(2026, 3, 25), per_hour=33333))
    expected: dict[str, Counter[str]] = {}
    for number in range(60):
        activity, state = dice.choice(("sport.match", "event", "meeting")), dice.choice(("booked", "cancelled", "displaced", "refused"))
        price, absent = dice.choice((None, 0, 12345)), dice.choice((None, TODAY))
        room, start, end = _some(dice, number)
        more = {"list_price": price, "charged_price": price and 45, "absent_at": absent}
        one = book(session, year, room, start, end, activity=activity, state=state, **more)
        _expect(expected.setdefault(activity, Counter()), one, room)

    found = asked(session, year, Dimension.ACTIVITY, first=date(2026, 3, 16), last=date(2026, 4, 12))
    of_hall = asked(session, year, Dimension.VENUE, first=date(2026, 3, 16), last=date(2026, 4, 12)).whole.sums

    choir = {"culture.music": Counter(dates=1, minutes=240, listed=100000, charged=50000)}
    assert {line.key: +line.figures.sums for line in found.lines} == {key: +sums for key, sums in (choir | expected).items()}
    whole = sum(expected.values(), start=choir["culture.music"])
    assert {code: of_hall[code] for code in whole} == dict(whole)


def _expect(sums: Counter[str], one: Occurrence, room: str) -> None:
    """What a date counts for, worked one by one."""
    minutes = int((one.ends_at - one.starts_at) / MINUTE)
    if one.state is not OccurrenceState.BOOKED:
        lost = {"displaced": "displaced", "cancelled": "cancelled"}.get(one.state, "refused")
        sums.update({f"{lost}_dates": 1, lost: minutes})
        return
    sums.update(dates=1, minutes=minutes, **({"unused_dates": 1, "unused": minutes} if one.absent_at else {}))
    if one.list_price is not None:
        sums.update(listed=one.list_price, charged=one.charged_price or 0)
    elif one.local_start.date() >= date(2026, 3, 25) and one.room.kind == "gym":
        sums.update(listed=for_minutes(33333, minutes))
    else:
        sums.update(unvalued=minutes)


@pytest.mark.parametrize("by", list(Dimension))
def test_a_report_sends_few_statements(session: Session, year: Hall, by: Dimension) -> None:
    session.expire_all()
    seen: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: seen.append(given[2]))

    asked(session, year, by)

    assert len(seen) <= STATEMENTS


def test_who_may_not_and_what_cannot_be_told_is_said(session: Session, year: Hall) -> None:
    question = Question(by=Dimension.VENUE, first=date(2026, 1, 1), last=date(2026, 12, 31))
    for hand in (year.berit, year.olav, year.per):
        with pytest.raises(Forbidden):
            report(session, question, by=hand, now=TODAY)
    with pytest.raises(Unidentified):
        report(session, question, by=type(year.per)(), now=TODAY)
    for changed, code in (({"last": date(2025, 1, 1)}, "end-before-start"), ({"last": date(2099, 1, 1)}, "too-long-span")):
        with pytest.raises(Invalid) as refused:
            asked(session, year, Dimension.VENUE, **changed)
        assert [fault.code for fault in refused.value.faults] == [code]
    for place in ({"room": "oren-flerbrukshall/gymsal-9"}, {"venue": "ørn"}, {"district": "nord"}):
        with pytest.raises(Missing):
            asked(session, year, Dimension.VENUE, **place)


def test_a_request_withdrawn_before_anybody_decided_is_not_given_back(session: Session, year: Hall) -> None:
    before = asked(session, year, Dimension.VENUE).whole.sums["cancelled_dates"]
    by_rules: dict[str, Any] = {}
    granted, withdrawn, unconfirmed = {"decider": "officer", "decided_at": TODAY}, {"decider": "officer"}, {"confirm_by": TODAY}
    for more in (by_rules, granted, withdrawn, unconfirmed):
        book(session, year, "gymsal-1", "2026-03-05T19:00", "2026-03-05T20:00", state="cancelled", **more)

    found = asked(session, year, Dimension.VENUE).whole.sums["cancelled_dates"]

    assert found - before == 2
