"""A clock that stands still in all of the program, until a test lets time pass."""

import sys
from datetime import datetime, timedelta

import pytest

import kernel.clock
from tests.booking.conftest import NOW

PROJECT = ("accounts", "booking", "calendars", "notices", "policies", "venues", "web")


class Clock:
    """The moment at which everything happens: at first half past ten in the evening of the first of September."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, time: timedelta = timedelta(), **length: int) -> None:
        """Let some time pass: a length, or one in words (``minutes=2``)."""
        self.moment += time + timedelta(**length)


def stop(clocks: pytest.MonkeyPatch) -> Clock:
    """Put one clock into every module of the program that reads it."""
    clock, real = Clock(), kernel.clock.now
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in PROJECT]
    for module in modules:
        for name in ("now", "clock_now"):
            if vars(module).get(name) is real:
                clocks.setattr(module, name, clock)
    return clock
