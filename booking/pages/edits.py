"""Edits: what the forms on a booking's page say about changing, adding, splitting and taking back its dates."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from booking.changing import Change, Said
from booking.models import Booking
from booking.pages.again import said_publicly
from booking.pages.draft import Heads
from booking.public import Public
from booking.scope import Scope
from booking.wish import Band, Line, OnConflict, Purpose, Team
from kernel.wallclock import at
from web.fields import Clock, Day, PhoneOrNone, RowId
from web.forms import Form, Input

MIDNIGHT = timedelta(days=1)
HEADS = "participants."


class Timed(Input):
    """A time by the wall clock in a room; an end of 00:00 is midnight at the end of the day."""

    version: int | None = None
    date: Day
    from_: Annotated[Clock, Field(alias="from")]
    to: Clock
    room: Annotated[str | None, Field(max_length=170)] = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        return at(self.date, self.from_), at(self.date, self.to or MIDNIGHT)


class Moved(Timed):
    """Another time or room for a date and those that ``scope`` reaches; a night stays a night."""

    scope: Scope = Scope.ONE
    on_conflict: OnConflict = OnConflict.REFUSE
    ready_to_wait: bool = False

    def change(self, booking: Booking, number: int) -> Change:
        """What it changes: a room that was left as it stood is no change, for others may be elsewhere."""
        start, end = self.span
        moved = next((date for date in booking.occurrences if date.number == number), None)
        if moved and end <= start and moved.local_end.date() > moved.local_start.date():
            end += MIDNIGHT
        same = moved is not None and self.room == f"{moved.room.venue.slug}/{moved.room.slug}"
        return Change(
            number=number,
            scope=self.scope,
            start=start,
            end=end,
            room=None if same and self.scope is not Scope.ONE else self.room,
            on_conflict=self.on_conflict,
            ready_to_wait=self.ready_to_wait,
        )


class Described(Input):
    """What the chosen dates are to say; all that lie ahead where all are chosen."""

    version: int | None = None
    dates: Annotated[list[RowId], Field(min_length=1, max_length=400)]
    team: Team = ""
    purpose: Purpose
    participants: Annotated[dict[Band, Heads], Field(max_length=20)] = Field(default_factory=dict)
    resources: Annotated[dict[str, Heads], Field(max_length=20)] = Field(default_factory=dict)
    contact: Line = ""
    contact_phone: PhoneOrNone = ""
    open_to_all: bool = False
    public: Public | None = None
    shown_publicly: bool | None = None
    ready_to_wait: bool = False

    def change(self, ahead: set[int]) -> Change:
        said = Said(
            team=self.team,
            purpose=self.purpose,
            participants={band: heads for band, heads in self.participants.items() if heads},
            resources={slug: count for slug, count in self.resources.items() if count},
            contact_name=self.contact,
            contact_phone=self.contact_phone,
            open_to_all=self.open_to_all,
            public=(self.public or Public()).said(self.participants) if self.open_to_all else {},
            shown_publicly=self.shown_publicly,
        )
        scope = Scope.ALL if ahead <= set(self.dates) else Scope.ONE
        return Change(number=self.dates[0], beside=self.dates[1:], scope=scope, said=said, ready_to_wait=self.ready_to_wait)


def said_now(booking: Booking, given: Mapping[str, str]) -> Form:
    """The form of a description, filled in with what the booking says, but for the team and the participants of an address."""
    said: dict[str, object] = {name: getattr(booking, name) for name in ("team", "purpose", "contact_phone", "open_to_all")}
    said |= {"contact": booking.contact_name, "shown_publicly": "yes" if booking.shown_publicly else "no", **said_publicly(booking)}
    said |= {f"resources.{slug}": str(count) for slug, count in booking.resources.items()}
    chosen = {name: value for name, value in given.items() if name == "team" or name.startswith(HEADS)}
    booked = {} if any(name.startswith(HEADS) for name in chosen) else booking.participants
    return Form(said | {HEADS + band: str(heads) for band, heads in booked.items()} | chosen)
