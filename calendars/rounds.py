"""Rounds: the caretaker's day at a venue - who is first in and last out, whom to call, and since when that holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from booking.states import BookingKind, OccurrenceState
from calendars.levels import Day, Occurring, Place
from kernel.wallclock import local_day, to_wall
from venues.opening import door_opens

# Whom to call is told of dates so near before or after today, and of no others.
NEAR = timedelta(days=14)
DAY = timedelta(days=1)
Days = dict[tuple[int, date], list[Occurring]]


def days_of(found: Iterable[Occurring], rooms: Mapping[int, Place], today: date) -> dict[int, Day]:
    """For each occurrence what its day adds to it as seen on a local day; a night belongs to the day on which it begins.

    Clients skip an event whose LAST-MODIFIED did not rise. A neighbour that came or changed raises it for its whole day;
    one that was moved away leaves no trace in the day, so the first and the last follow every change at the venue. The local
    midnights at which a date comes near and is so no more raise it too.
    """
    by_day: Days = defaultdict(list)
    latest: dict[int, datetime] = {}
    for one in found:
        venue = rooms[one.room_id].venue_id
        by_day[venue, one.local_start.date()].append(one)
        latest[venue] = max(latest.get(venue, one.changed_at), one.changed_at)
    days: dict[int, Day] = {}
    for (venue, day), ones in by_day.items():
        turned = _turned(day, today, ones[0].zone)
        days |= _day(ones, rooms, (latest[venue], turned), is_near=abs(day - today) <= NEAR)
    return days


def _turned(day: date, today: date, zone: str) -> datetime | None:
    """The last midnight at which a day came near to today, or was near no more."""
    if day - today > NEAR:
        return None
    return local_day(day - NEAR if today - day <= NEAR else day + NEAR + DAY, zone).start


def _day(ones: list[Occurring], rooms: Mapping[int, Place], since: tuple[datetime, datetime | None], *, is_near: bool) -> dict[int, Day]:
    latest, turned = since
    changed = max(filter(None, (*(one.changed_at for one in ones), turned)))
    latest = max(latest, changed)
    days = {one.id: Day(changed, is_near) for one in ones}
    held = [one for one in ones if is_work(one)]
    if held:
        opens = {one.id: _opens(one, rooms[one.room_id]) for one in held}
        first = min(held, key=lambda one: (opens[one.id], one.id))
        last = max(held, key=lambda one: (_locks(one), one.id))
        days[first.id] = Day(latest, is_near, opens=to_wall(opens[first.id], first.zone))
        days[last.id] = Day(latest, is_near, opens=days[last.id].opens, locks=to_wall(_locks(last), last.zone))
    return days


def is_work(one: Occurring) -> bool:
    """Whether somebody comes: a block only keeps others out."""
    return one.state is OccurrenceState.BOOKED and one.kind is not BookingKind.BLOCK


def _opens(one: Occurring, place: Place) -> datetime:
    return door_opens(one.starts_at, set_up=one.before_minutes, minutes_before=place.minutes_before)


def _locks(one: Occurring) -> datetime:
    return one.ends_at + timedelta(minutes=one.after_minutes)
