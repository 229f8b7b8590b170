"""The caretaker's work, worked by hand: what is unlocked, set up, changed over and locked, and when."""

from datetime import datetime, timedelta
from itertools import count

from booking.rounds.work import Stay, tasks_of
from kernel.interval import Interval
from kernel.wallclock import to_utc, to_wall

OREN, ASSIDEN = 1, 2
NORTH, SOUTH = 11, 12
FIFTEEN = timedelta(minutes=15)
ZONE = "Europe/Oslo"


class Plan:
    """A plan of uses by the wall clock, ``"15 18:00"`` on that day of September, and the work that it makes, in words."""

    def __init__(self, month: str = "2026-09") -> None:
        self.stays: list[Stay] = []
        self._month = month
        self._ids = count(1)

    def use(
        self,
        start: str,
        end: str,
        *spaces: int,
        venue: int = OREN,
        buffers: tuple[int, int] = (0, 0),
        set_up: tuple[str, ...] = (),
        opens: timedelta = FIFTEEN,
    ) -> "Plan":
        time = Interval(self._moment(start), self._moment(end))
        before, after = (timedelta(minutes=minutes) for minutes in buffers)
        self.stays.append(Stay(next(self._ids), venue, frozenset(spaces or (NORTH,)), time, opens, before, after, set_up))
        return self

    def work(self) -> list[str]:
        return [f"{_said(task.at.start)} {task.kind} {task.stay.id}{_with(task.others)}{_left(task.left)}" for task in tasks_of(self.stays)]

    def _moment(self, text: str) -> datetime:
        return to_utc(datetime.fromisoformat(f"{self._month}-{text}"), ZONE)


def _said(moment: datetime) -> str:
    return f"{to_wall(moment, ZONE):%d %H:%M}"


def _with(others: tuple[Stay, ...]) -> str:
    return f" +{','.join(str(one.id) for one in others)}" if others else ""


def _left(left: tuple[Stay, ...]) -> str:
    return f" clear {','.join(str(one.id) for one in left)}" if left else ""


def test_an_ordinary_day() -> None:
    plan = Plan().use("15 10:00", "15 12:00").use("15 18:00", "15 20:00", SOUTH, buffers=(30, 15), set_up=("40 stoler",))

    assert plan.work() == [
        "15 09:45 unlock 1",
        "15 12:00 lock 1",
        "15 17:30 unlock 2",
        "15 17:30 set-up 2",
        "15 20:15 lock 2 clear 2",
    ]


def test_two_that_touch_are_not_locked_apart_and_nothing_changes_between_two_that_want_the_same() -> None:
    chairs, stage = ("40 stoler",), ("Scene",)
    plan = Plan().use("15 17:00", "15 18:00", set_up=chairs).use("15 18:00", "15 19:00", set_up=chairs)
    plan.use("15 19:00", "15 20:00", set_up=stage).use("15 20:00", "15 21:00")

    assert plan.work() == [
        "15 16:45 unlock 1 +2,3,4",
        "15 16:45 set-up 1",
        "15 19:00 change-over 3 +2",
        "15 20:00 change-over 4 +3",
        "15 21:00 lock 4",
    ]


def test_buffers_that_meet_keep_the_door_open_and_make_the_time_of_a_change_over() -> None:
    plan = Plan().use("15 17:00", "15 18:00", buffers=(0, 15)).use("15 18:30", "15 20:00", buffers=(15, 0)).use("15 20:16", "15 21:00")

    assert plan.work() == [
        "15 16:45 unlock 1 +2",
        "15 18:00 change-over 2 +1",
        "15 20:00 lock 2",
        "15 20:01 unlock 3",
        "15 21:00 lock 3",
    ]


def test_the_whole_hall_takes_over_from_both_halves() -> None:
    plan = Plan().use("15 17:00", "15 18:00", NORTH, set_up=("Matte",)).use("15 16:00", "15 17:30", SOUTH)
    plan.use("15 18:00", "15 20:00", NORTH, SOUTH)

    assert plan.work() == [
        "15 15:45 unlock 2 +1,3",
        "15 16:45 set-up 1",
        "15 18:00 change-over 3 +1",
        "15 20:00 lock 3",
    ]


def test_what_was_left_standing_is_cleared_before_the_next_hours_later_in_a_house_that_stays_open() -> None:
    plan = Plan().use("15 10:00", "15 12:00", NORTH, set_up=("40 stoler",)).use("15 10:00", "15 16:00", SOUTH)
    plan.use("15 14:00", "15 15:00", NORTH)

    assert plan.work() == [
        "15 09:45 unlock 1 +2,3",
        "15 09:45 set-up 1",
        "15 14:00 change-over 3 +1",
        "15 16:00 lock 2",
    ]


def test_over_midnight_it_is_locked_in_the_morning() -> None:
    assert Plan().use("15 22:00", "16 06:00").use("16 06:00", "16 07:00").work() == ["15 21:45 unlock 1 +2", "16 07:00 lock 2"]


def test_the_clock_goes_forward_in_the_night() -> None:
    plan = Plan("2026-03").use("28 22:00", "29 01:45").use("29 03:00", "29 06:00", buffers=(30, 0), opens=timedelta(minutes=75))

    # Seventy-five minutes before three o'clock it is a quarter to one: the hour from two is not there.
    assert plan.work() == ["28 21:45 unlock 1 +2", "29 01:45 change-over 2 +1", "29 06:00 lock 2"]


def test_the_clock_goes_back_in_the_night() -> None:
    plan = Plan("2026-10").use("24 22:00", "25 02:00", buffers=(0, 30)).use("25 03:30", "25 06:00")

    assert plan.work() == ["24 21:45 unlock 1", "25 02:30 lock 1", "25 03:15 unlock 2", "25 06:00 lock 2"]
    night = [task.at.start for task in tasks_of(plan.stays)]
    assert night[2] - night[1] == timedelta(hours=1, minutes=45)


def test_a_round_of_two_buildings_is_one_list() -> None:
    plan = Plan().use("15 18:00", "15 20:00").use("15 17:00", "15 18:00", 21, venue=ASSIDEN)

    assert plan.work() == ["15 16:45 unlock 2", "15 17:45 unlock 1", "15 18:00 lock 2", "15 20:00 lock 1"]
