"""Wish: what somebody asks for, as page, API, command and import all say it; one validation for all of them."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from booking.public import Public
from booking.states import Accepts, BookingKind
from kernel.errors import Fault, Invalid, refuse
from kernel.recurrence import dates_of
from kernel.wallclock import WallSpan, to_wall, zone_of
from policies.request import BAND, LONGEST, AgeBand
from policies.request import bands_of as bands_of
from policies.rules.base import Slug
from policies.taxonomy import Activity
from web.fields import Day, Local, PhoneOrNone, Prose, RowId


def _one_spelling(written: str) -> str:
    """The text with single ordinary spaces and composed letters (Unicode NFKC), so that what looks alike is alike."""
    return " ".join(unicodedata.normalize("NFKC", written).split())


def _band(written: str) -> str:
    if not BAND.match(written):
        raise PydanticCustomError("bad-age-band", "bad-age-band")
    return written


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Heads = Annotated[int, Field(strict=True, ge=0, le=100_000)]
RoomPath = Annotated[str, StringConstraints(strip_whitespace=True, max_length=170, pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]
Purpose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Team = Annotated[str, AfterValidator(_one_spelling), StringConstraints(max_length=120)]
Resources = Annotated[dict[Slug, Heads], Field(max_length=20)]
Band = Annotated[str, AfterValidator(_band)]
Participants = Annotated[dict[Band, Heads], Field(max_length=20)]
LONGEST_REASON = 2000
LEFT_OUT = "left-out"


class OnConflict(StrEnum):
    """What is to happen with dates that are taken or refused: refuse the whole, leave those dates out, or stand in line for
    those that are taken."""

    REFUSE = "refuse"
    SKIP = "skip"
    WAIT = "wait"


class Recurrence(BaseModel):
    """An RFC 5545 rule in the venue's zone, dates to leave out, and dates beside those that it gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rrule: Annotated[str, StringConstraints(max_length=300)]
    except_: Annotated[tuple[Day, ...], Field(alias="except", max_length=400)] = ()
    also: Annotated[tuple[Day, ...], Field(max_length=400)] = ()


class Choice(BaseModel):
    """What the applicant chose for one date of a series: to ``skip`` it, to ``wait`` in line where it is taken, another room,
    another time, or both of these."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    skip: Literal[True] | None = None
    wait: Literal[True] | None = None
    room: RoomPath | None = None
    start: Local | None = None
    end: Local | None = None

    @model_validator(mode="after")
    def _says_one(self) -> "Choice":
        is_elsewhere = self.room is not None or self.start is not None
        if (self.start is None) is not (self.end is None) or [bool(self.skip), bool(self.wait), is_elsewhere].count(True) != 1:
            raise PydanticCustomError("bad-choice", "bad-choice")
        return self


class Displacing(BaseModel):
    """That the wish goes before what is in its way, by the policy's order: why, which those who lose their time are told, and
    the sign of who they are, as it was shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    seen: Annotated[str, StringConstraints(max_length=40)] = ""


class Wish(BaseModel):
    """A wish for a room, once or repeatedly.

    ``start`` and ``end`` are wall-clock times in the venue's zone, or carry an offset. ``participants`` maps disjoint
    age bands (``"0-12"``, ``"13-19"``, ``"65+"``) to heads. ``organisation`` is a number of nine digits, or ``group:7``.
    ``resources`` says how many it wants of the loose equipment and attendants of the venue, by their slugs. ``public`` is what
    anybody may read of dates that are ``open_to_all``; ``shown_publicly`` says whether anybody may read whose it is, and where
    it says nothing, the policy does.
    A wish that names no ``agreement`` draws on one by rule, date by date, unless ``draws`` is false.
    ``exceptions`` are the ids of rules that are not to be followed, with the reason why; ``choices`` is what was chosen for
    single dates of the series, by the day that the rule gives.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    room: RoomPath
    start: Local
    end: Local
    purpose: Purpose
    activity: Activity
    participants: Participants = Field(default_factory=dict)
    organisation: Line | None = None
    recurrence: Recurrence | None = None
    choices: Annotated[dict[Day, Choice], Field(max_length=400)] = Field(default_factory=dict)
    on_conflict: OnConflict = OnConflict.REFUSE
    accepts: Accepts = Accepts.TIME
    book_when_free: StrictBool = False
    displace: Displacing | None = None
    contact: Line = ""
    contact_phone: PhoneOrNone = ""
    agreement: RowId | None = None
    draws: StrictBool = True
    grant: RowId | None = None
    team: Team = ""
    open_to_all: StrictBool = False
    public: Public | None = None
    shown_publicly: StrictBool | None = None
    alcohol: StrictBool = False
    commercial: StrictBool = False
    needs: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    resources: Resources = Field(default_factory=dict)
    message: Annotated[Prose, StringConstraints(max_length=4000)] = ""
    second_hour: StrictBool = False
    kind: Literal[BookingKind.ORDINARY, BookingKind.MUNICIPAL, BookingKind.BLOCK] = BookingKind.ORDINARY
    on_behalf_of: RowId | None = None
    exceptions: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    exception_reason: Annotated[Prose, StringConstraints(max_length=LONGEST_REASON), Field(validate_default=True)] = ""

    @field_validator("exception_reason")
    @classmethod
    def _belongs_to_exceptions(cls, value: str, info: ValidationInfo) -> str:
        asked = info.data.get("exceptions")
        if asked and not value:
            raise PydanticKnownError("missing")
        if value and asked == ():
            raise PydanticCustomError("exception-without-rule", "exception-without-rule")
        return value

    @property
    def told(self) -> dict[str, Any]:
        """What anybody may read of it, as a booking keeps it; nothing where it is not open to all."""
        return (self.public or Public()).said(self.participants) if self.open_to_all else {}

    @property
    def bands(self) -> tuple[AgeBand, ...]:
        return bands_of(self.participants)

    def first_span(self, zone: str) -> WallSpan:
        """The first date's wall-clock span in the venue's zone; raises Invalid as ``wall_span`` does."""
        return wall_span(self.start, self.end, zone, second_hour=self.second_hour)

    def spans(self, zone: str) -> tuple["DatedSpan", ...]:
        """Every date of the wish; of a series, a date whose hour the clock skips, or that is left out, carries the fault instead.

        Raises Invalid for choices about other days than those of the series (``no-such-day``), and where all are left out.
        """
        first, rule = self.first_span(zone), self.recurrence
        days = dates_of(rule.rrule, first.start, zone=zone, skip=set(rule.except_), also=rule.also) if rule else (first.start.date(),)
        if unknown := sorted(set(self.choices) - set(days)):
            raise Invalid(*(Fault("no-such-day", f"choices.{day}", day.isoformat()) for day in unknown))
        if all(day in self.choices and self.choices[day].skip for day in days):
            raise refuse(Invalid, "nothing-chosen", "choices")
        if rule is None and not self.choices:
            return (DatedSpan(first),)
        return tuple(self._chosen(first, day, zone) for day in days)

    def _chosen(self, first: WallSpan, day: date, zone: str) -> "DatedSpan":
        choice = self.choices.get(day)
        if choice is None:
            return DatedSpan.on(first, day)
        if choice.skip:
            return DatedSpan(first.on(day), Fault(LEFT_OUT, f"choices.{day}", day.isoformat()))
        span = DatedSpan(wall_span(choice.start, choice.end, zone)) if choice.start and choice.end else DatedSpan.on(first, day)
        return replace(span, room=choice.room or "", day=day, waits=bool(choice.wait))


def wall_span(start: datetime, end: datetime, zone: str, *, second_hour: bool = False) -> WallSpan:
    """The span of one date in a zone, of times on its wall clock or with an offset.

    Raises Invalid: ``missing-hour``, ``end-before-start``, ``out-of-range``, and ``too-long-span`` beyond a month,
    because every day of a date is judged, and searches look no further back for what reaches into a day.
    """
    first, second = _wall(start, zone, "start", second=second_hour)
    last, end_second = _wall(end, zone, "end", second=None)
    span = WallSpan(first, last, zone, bool(second), end_second)
    if last <= first and first.date() != last.date():
        raise refuse(Invalid, "end-before-start", "end", f"{last:%Y-%m-%d %H:%M}", start=f"{first:%Y-%m-%d %H:%M}")
    if span.interval().length > LONGEST:
        raise refuse(Invalid, "too-long-span", "end", f"{last:%Y-%m-%d %H:%M}", days=LONGEST.days)
    return span


@dataclass(frozen=True, slots=True)
class DatedSpan:
    """One date of a wish: its wall-clock span, the fault that keeps it out before anything is judged, the room if another, the
    day that the rule gave where another was chosen, whether it is to stand in line where it is taken, and when it was asked for if
    later than others."""

    wall: WallSpan
    fault: Fault | None = None
    room: str = ""
    day: date | None = None
    waits: bool = False
    asked_at: datetime | None = None

    @classmethod
    def on(cls, first: WallSpan, day: date) -> "DatedSpan":
        """The first date's clock times on another day."""
        return cls.of(first.on(day))

    @classmethod
    def of(cls, wall: WallSpan) -> "DatedSpan":
        """The span with its fault, where it has one."""
        try:
            wall.interval()
        except Invalid as refusal:
            return cls(wall, refusal.faults[0])
        return cls(wall)


def _wall(moment: datetime, zone: str, field: str, *, second: bool | None) -> tuple[datetime, bool | None]:
    if moment.tzinfo is None:
        return moment.replace(microsecond=0), second
    wall = to_wall(moment, zone, field=field)
    return wall.replace(microsecond=0), bool(moment.astimezone(zone_of(zone)).fold)
