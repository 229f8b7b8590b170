"""What happens when, of all events of one UID: the newest version, the instances it gives, and what became of them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from calendars.incoming.bounds import Budget
from calendars.incoming.events import Event
from calendars.incoming.series import Days, instances
from calendars.incoming.times import Lasting, fitted, key_of


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of an event; ``key`` is its original start in a series, None for an event that does not repeat."""

    event: Event
    start: date
    lasting: Lasting
    key: date | None


class Group:
    """The events of one UID: what repeats or stands alone, and the changes of instances by their keys."""

    def __init__(self, events: list[Event]) -> None:
        self.masters = _newest([event for event in events if event.instance is None])
        self.changes = _changes([event for event in events if event.instance is not None], self.masters)
        kept = {event.line for event in (*self.masters, *self.changes.values())}
        self.superseded = [event for event in events if event.line not in kept]
        following = [(key, event) for key, event in self.changes.items() if event.and_following and type(key) is type(event.key)]
        self.following = sorted(following, key=lambda one: _order(one[0]))
        self.moved = max((abs(_shift(key, event)).days + 1 for key, event in self.following), default=0)
        self.longest = max((event.lasting.most_days for event in events), default=0)

    def occurrences(self, days: Days, budget: Budget) -> Iterator[tuple[Event, Iterable[Occurrence]]]:
        """For each event that counts its occurrences that may lie between two days; reading on in those may raise Skip."""
        for master in self.masters:
            yield master, self._of_master(master, days, budget)
        for key, change in self.changes.items():
            yield change, [Occurrence(change, change.start, change.lasting, key)]

    def _of_master(self, master: Event, days: Days, budget: Budget) -> Iterator[Occurrence]:
        if not master.repeats and master.key not in self.changes:
            yield Occurrence(master, master.start, master.lasting, None if len(self.masters) == 1 else master.key)
            return
        for key, (start, lasting) in instances(master, self._around(days), budget).items():
            if key not in self.changes:
                yield self._followed(master, key, start, lasting)

    def _followed(self, master: Event, key: date, start: date, lasting: Lasting | None) -> Occurrence:
        """An instance as the last change before it has it that counts for all that follow (RFC 5545 3.2.13)."""
        place = bisect_right(self.following, _order(key), key=lambda one: _order(one[0]))
        if not place:
            return Occurrence(master, start, lasting or master.lasting, key)
        since, changed = self.following[place - 1]
        return Occurrence(changed, _in_zone_of(start, changed) + _shift(since, changed), lasting or changed.lasting, key)

    def _around(self, days: Days) -> Days:
        """So many days more as an instance may be long, or was moved."""
        return _moved(days[0], -self.longest - self.moved - 1), _moved(days[1], self.moved + 1)


def _newest(events: list[Event]) -> list[Event]:
    """Of one that stands there twice the newest; of several with the same SEQUENCE, at other times, all."""
    highest = max((event.sequence for event in events), default=0)
    newest: dict[date, Event] = {}
    for event in sorted((event for event in events if event.sequence == highest), key=lambda event: event.version):
        newest[event.key] = event
    return list(newest.values())


def _changes(events: list[Event], masters: list[Event]) -> dict[date, Event]:
    changes: dict[date, Event] = {}
    for event in sorted(events, key=lambda event: event.version):
        if event.instance is not None:
            changes[key_of(fitted(event.instance, masters[0].start) if masters else event.instance)] = event
    return changes


def _shift(key: date, changed: Event) -> timedelta:
    """How far a change moves an instance on the clock."""
    return _bare(changed.start) - _bare(_in_zone_of(key, changed))


def _order(key: date) -> datetime:
    return key if isinstance(key, datetime) else datetime.combine(key, time(), UTC)


def _in_zone_of(start: date, event: Event) -> date:
    if isinstance(start, datetime) and isinstance(event.start, datetime):
        return start.astimezone(event.start.tzinfo)
    return start


def _bare(start: date) -> date:
    return start.replace(tzinfo=None) if isinstance(start, datetime) else start


def _moved(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
