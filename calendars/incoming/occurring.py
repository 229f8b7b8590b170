"""What happens when, of all events of one UID: the newest version, the instances it gives, and what became of them."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from calendars.incoming.bounds import Budget
from calendars.incoming.clocks import Clocks
from calendars.incoming.events import Event, Lasting
from calendars.incoming.series import Instance, fitted, instances, key_of

Days = tuple[date, date]
# A day begins and ends elsewhere up to a day before or after it does here.
AROUND = timedelta(days=2)


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
        following = [(key, event) for key, event in self.changes.items() if event.and_following and type(key) is type(key_of(event.start))]
        self.following = sorted(following, key=lambda one: one[0])

    def of_master(self, master: Event, clocks: Clocks, days: Days, budget: Budget) -> Iterator[Occurrence]:
        """The occurrences that may lie between two days, but for the instances that are changed. Raises Skip."""
        if not master.repeats and key_of(master.start) not in self.changes:
            yield Occurrence(master, master.start, master.lasting, None if len(self.masters) == 1 else key_of(master.start))
            return
        for key, instance in instances(master, clocks, self._around(days), budget).items():
            if key not in self.changes:
                yield self._followed(key, instance, master)

    def of_changes(self) -> Iterator[Occurrence]:
        return (Occurrence(change, change.start, change.lasting, key) for key, change in self.changes.items())

    def _followed(self, key: date, instance: Instance, master: Event) -> Occurrence:
        """An instance as the last change before it has it that counts for all that follow (RFC 5545 3.2.13)."""
        place = bisect_right(self.following, key, key=lambda one: one[0])
        if not place:
            return Occurrence(master, instance.start, instance.lasting or master.lasting, key)
        changed = self.following[place - 1][1]
        return Occurrence(changed, _in_zone_of(instance.start, changed) + _shift(changed), instance.lasting or changed.lasting, key)

    def _around(self, days: Days) -> Days:
        """So many days more as an instance may be long, or was moved."""
        moved = max((abs(_shift(event)) for _, event in self.following), default=timedelta())
        longest = max(
            timedelta(event.lasting.days) + event.lasting.exact for event in (*self.masters, *(event for _, event in self.following))
        )
        before, after = (moved + longest + AROUND).days, (moved + AROUND).days
        return _moved(days[0], -before), _moved(days[1], after)


def _newest(events: list[Event]) -> list[Event]:
    """Of one that stands there twice the newest; of several with the same SEQUENCE, at other times, all."""
    highest = max((event.sequence for event in events), default=0)
    newest: dict[date, Event] = {}
    for event in sorted((event for event in events if event.sequence == highest), key=lambda event: event.version):
        newest[key_of(event.start)] = event
    return list(newest.values())


def _changes(events: list[Event], masters: list[Event]) -> dict[date, Event]:
    changes: dict[date, Event] = {}
    for event in sorted(events, key=lambda event: event.version):
        if event.instance is not None:
            changes[key_of(fitted(event.instance, masters[0].start) if masters else event.instance)] = event
    return changes


def _shift(changed: Event) -> timedelta:
    """How far a change moves an instance on the clock."""
    if changed.instance is None:
        return timedelta()
    return _bare(changed.start) - _bare(_in_zone_of(changed.instance, changed))


def _in_zone_of(start: date, event: Event) -> date:
    if isinstance(start, datetime) and isinstance(event.start, datetime):
        return start.astimezone(event.start.tzinfo)
    return start


def _bare(start: date) -> date:
    return start.replace(tzinfo=None) if isinstance(start, datetime) else start


def _moved(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
