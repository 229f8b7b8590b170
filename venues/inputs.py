"""Inputs: what staff give to change the map of rooms, as pages, the API and commands parse it."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError, PydanticKnownError

from venues.opening import Openness, SchoolDays
from venues.vocabulary import FEATURE_LABELS, Access, Answer
from web.fields import Clock, Day, Email, Line, Phone, Prose, WallTime
from web.forms import Input

Text = Annotated[str, Field(max_length=1000)]
Short = Annotated[str, Field(max_length=300)]
Heads = Annotated[int, Field(ge=1, le=100_000)]
Weekday = Annotated[int, Field(ge=0, le=7)]
Version = Annotated[int, Field(ge=0)]


class MunicipalityInput(Input):
    """The municipality's name and the contact that answers where no venue's does."""

    name: Line
    contact_name: Annotated[str, Field(max_length=200)] = ""
    contact_phone: Phone | Literal[""] = ""
    contact_email: Email | Literal[""] = ""
    version: Version


class VenueInput(Input):
    """What staff say of a venue; left empty is unknown."""

    name: Line
    kind: Annotated[str, Field(max_length=80)] = ""
    district: Short = ""
    address: Short = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    entrance: Annotated[str, Field(max_length=500)] = ""
    getting_in: Annotated[Prose, Field(max_length=1000)] = ""
    minutes_before: Annotated[int, Field(ge=0, le=240)] = 0
    follows_school_calendar: bool = False
    source: Short = ""
    version: Version

    @model_validator(mode="after")
    def _has_both_coordinates(self) -> "VenueInput":
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError("half-a-location", "half-a-location")
        return self


class RoomInput(Input):
    """What staff say of a room; ``capacity`` is the most people it may hold, left empty is unknown."""

    name: Line
    kind: Annotated[str, Field(max_length=80)] = ""
    capacity: Heads | None = None
    seated: Heads | None = None
    standing: Heads | None = None
    facilities: list[Annotated[str, Field(max_length=80)]] = Field(default_factory=list)
    source: Short = ""
    version: Version


class AccessInput(Input):
    """Answers on access; a feature that is left out keeps its answer."""

    answers: dict[Access, Answer]
    details: dict[Access, Short] = Field(default_factory=dict)
    source: Short = ""
    version: Version


class HoursRow(Input):
    """A window of one weekday (0 is Monday, 7 public holidays); 24:00 is midnight at its end."""

    weekday: Weekday
    start: Clock
    end: Clock
    openness: Openness = Openness.OPEN

    @property
    def minutes(self) -> tuple[int, int]:
        return int(self.start.total_seconds() // 60), int(self.end.total_seconds() // 60)


class HoursInput(Input):
    """A whole week's opening hours, for always or for a period; a period without windows is closed throughout."""

    first_day: Day | None = None
    last_day: Day | None = None
    rows: Annotated[list[HoursRow], Field(max_length=60)] = Field(default_factory=list)
    version: Version


def feature(value: str) -> str:
    """A word for what a room has; raises PydanticKnownError for any other."""
    if value and value not in FEATURE_LABELS:
        raise PydanticKnownError("enum", {"expected": ", ".join(sorted(FEATURE_LABELS))})
    return value


Feature = Annotated[str, Field(max_length=80), AfterValidator(feature)]


class ClosureInput(Input):
    """A time in which a venue or one room is closed, or what is ``out_of_order`` in it, on the wall clock."""

    room: Annotated[str, Field(max_length=80)] = ""
    start: WallTime
    end: WallTime
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    out_of_order: Feature = ""


class SchoolInput(Input):
    """Days of the school calendar, both included."""

    first_day: Day
    last_day: Day
    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: SchoolDays = SchoolDays.BREAK


class ContactInput(Input):
    """Who answers at a venue, at which hours of which weekdays; ``is_present`` when also in the house."""

    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1)]
    start: Clock
    end: Clock
    role: Annotated[str, Field(min_length=1, max_length=120)]
    phone: Phone
    is_present: bool = False


class PhotoInput(Input):
    """A photo's words: what it shows, and who took it; empty ``room`` means the venue."""

    room: Annotated[str, Field(max_length=80)] = ""
    alternative_text: Annotated[Prose, Field(min_length=5, max_length=500)]
    credit: Annotated[str, Field(max_length=200)] = ""


def days_in_order(first: date | None, last: date | None) -> bool:
    """Whether a period, open-ended or not, runs forward."""
    return first is None or last is None or first <= last
