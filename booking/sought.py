"""Sought in vain: what was looked for and not found, kept without any person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Sought
from booking.outcome import refuses
from booking.search import Search
from booking.wish import Wish
from kernel.errors import Refusal


def note_search(session: Session, search: Search, *, reasons: Sequence[str], by: Actor, now: datetime) -> None:
    """Remember a search that found no room, with the codes of the rules that let nobody in; who searched is not kept."""
    del by
    minutes = None if search.from_minute is None or search.to_minute is None else search.to_minute - search.from_minute
    session.add(
        Sought(
            on_day=now.date(),
            district=search.district,
            wanted_day=search.day,
            weekday=search.day.weekday() if search.day else None,
            from_minute=search.from_minute,
            minutes=minutes,
            capacity=search.capacity,
            needs=list(search.needs),
            reasons=list(reasons) or ["none-found"],
        )
    )


def note_refusal(session: Session, wish: Wish, refusal: Refusal, *, by: Actor, now: datetime) -> None:
    """Remember a wish that was refused or met other bookings, by its codes."""
    del by
    heads = sum(wish.participants.values())
    session.add(
        Sought(
            on_day=now.date(),
            room=wish.room,
            wanted_day=wish.start.date(),
            weekday=wish.start.weekday(),
            from_minute=wish.start.hour * 60 + wish.start.minute,
            minutes=max(int((wish.end.replace(tzinfo=None) - wish.start.replace(tzinfo=None)).total_seconds() // 60), 0),
            capacity=heads or None,
            needs=list(wish.needs),
            reasons=_codes(refusal),
        )
    )


def _codes(refusal: Refusal) -> list[str]:
    return sorted({fault.code for fault in refusal.faults if refuses(fault)})
