"""How much of a foreign calendar is read: bounds that count bytes, lines and days, never the clock, so that a file always reads alike."""

from dataclasses import dataclass

MOST_BYTES = 10_000_000
MOST_LINES = 1_000_000
MOST_EVENTS = 20_000
MOST_OCCURRENCES = 5_000
MOST_DEPTH = 32
# Days of rules looked at, in one series and in all; about a microsecond each.
MOST_DAYS = 200_000
MOST_WORK = 1_000_000
EACH_OCCURRENCE = 15
EACH_ONSET = 10


class Unreadable(Exception):
    """The whole file is refused, for the reason of this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Skip(Exception):
    """One event is left out, for the reason of this code; ``line`` where it is not the event's own."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


@dataclass(slots=True)
class Budget:
    """What may still be spent on a file, and on the series that is being read."""

    left: int = MOST_WORK
    of_series: int = MOST_DAYS

    def begin_series(self) -> None:
        self.of_series = MOST_DAYS

    def spend(self, work: int) -> None:
        """Raises Unreadable when the file is too much work, Skip when the series alone is."""
        self.left -= work
        self.of_series -= work
        if self.left < 0:
            raise Unreadable("too-much-work")
        if self.of_series < 0:
            raise Skip("too-much-work")
