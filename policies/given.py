"""Given: what a file of cases holds as one writes it by hand - requests, what is known, and what happens."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from accounts.identity import ApplicantClass, Role
from kernel.errors import Invalid
from policies.expected import Expected, ExpectedAccess, ExpectedCancellation, Kroner, Moment, Name, Words
from policies.request import ApplicantFacts, Day, Entitlement, bands_of
from policies.rules.base import Band, Count, Dates, LocalDate, Model, Slug, Text, Weekday
from policies.taxonomy import Activity
from venues.opening import Openness

MOST_LAYERS = 3
MOST_CASES = 1000
ANY_ROOM = "venue/room"
Path = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$", max_length=170)]


def _of_ages(written: str) -> str:
    try:
        bands_of({written: 0})
    except Invalid:
        raise PydanticCustomError("bad-age-band", "bad-age-band") from None
    return written


AgesAsWritten = Annotated[str, AfterValidator(_of_ages)]


class Event(StrEnum):
    """What a case is about: asking for time, giving booked time back, or wanting to get in."""

    REQUEST = "request"
    CANCELLATION = "cancellation"
    ACCESS = "access"


class Repeat(Model):
    """The dates of a series: every week until a date, or an RFC 5545 rule; and the dates left out."""

    weekly_until: LocalDate | None = None
    rrule: Annotated[str, Field(max_length=300)] = ""
    except_: Annotated[tuple[LocalDate, ...], Field(alias="except", max_length=400)] = ()

    @model_validator(mode="after")
    def _says_one(self) -> "Repeat":
        if bool(self.rrule) == bool(self.weekly_until):
            raise PydanticCustomError("bad-repeat", "bad-repeat")
        return self


class GivenRequest(Model):
    """What is asked for, on the wall clock of ``zone``; submitted thirty days before where nothing else is said.

    An organisation asks unless ``applicant`` says otherwise; its id and the person's are 1. A request that is repeated
    is one of a series, as one with ``in_series`` is.
    """

    room: Path = ANY_ROOM
    zone: Name = "Europe/Oslo"
    start: Moment
    end: Moment
    repeat: Repeat | None = None
    submitted: Moment | None = None
    applicant: ApplicantClass = ApplicantClass.ORGANISATION
    activity: Activity = Activity.OTHER
    heads: Count | None = None
    participants: Annotated[dict[AgesAsWritten, Count], Field(max_length=20)] = Field(default_factory=dict)
    organisation: Name | None = None
    person: Name | None = "1"
    age: Annotated[int, Field(ge=0, le=150)] | None = None
    commercial: bool = False
    alcohol: bool = False
    open_to_all: bool = False
    in_series: bool = False
    agreement: Name | None = None
    team: Name = ""
    exceptions: Words = ()


class GivenRoom(Model):
    """The room: what it takes, its kind and tags as the map of rooms has them, and the spaces that it is made of."""

    capacity: Count | None = None
    kind: Text = ""
    tags: Words = ()
    spaces: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=50)] = ("room",)


class Hours(Band):
    """When the room is open: on a date, on weekdays (1 is Monday) and public holidays, or on every day where none is named.

    The hours of a date stand in the place of all others on that date, those for public holidays on a holiday.
    """

    date: LocalDate | None = None
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)] = ()
    public_holidays: bool = False
    state: Openness = Openness.OPEN


class Closed(Model):
    """A dated closure, on the wall clock."""

    start: Moment
    end: Moment
    reason: Text = ""


class Break(Dates):
    """A break of the school: its days, both ends included, and its name."""

    name: Name


class GivenUsage(Model):
    """What is used already of what a rule counts: minutes, the dates that they lie on, those of the minutes inside its hours.

    ``date`` says in which of the rule's periods; left out it is in each.
    """

    rule: Slug
    date: LocalDate | None = None
    minutes: Count = 0
    dates: Count = 0
    minutes_inside: Count = 0


class GivenWaiver(Model):
    """An exception from a rule that was granted."""

    rule: Slug
    role: Role = Role.OFFICER


class Occupied(Model):
    """Time that is booked already in some of the venue's spaces, set-up and clean-up included; ``held_until`` for a hold."""

    spaces: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=50)]
    start: Moment
    end: Moment
    repeat: Repeat | None = None
    held_until: Moment | None = None
    by: Name = ""


class GivenFacts(Model):
    """What is known beside the request.

    ``open`` left out is a room that is always open, an empty list one whose hours nobody has stated. ``days`` name
    the holiday and the school break of a date where they are others than the calendar's. Public holidays of the
    office are the calendar's unless ``office_holidays`` names them. What no ``usage`` names is not used.
    """

    room: GivenRoom = GivenRoom()
    open: Annotated[tuple[Hours, ...], Field(max_length=400)] | None = None
    closures: Annotated[tuple[Closed, ...], Field(max_length=400)] = ()
    breaks: Annotated[tuple[Break, ...], Field(max_length=400)] = ()
    days: Annotated[tuple[Day, ...], Field(max_length=400)] = ()
    applicant: ApplicantFacts = ApplicantFacts()
    usage: Annotated[tuple[GivenUsage, ...], Field(max_length=400)] = ()
    entitlement: Entitlement | None = None
    agreements: Annotated[tuple[Entitlement, ...], Field(max_length=20)] = ()
    office_holidays: Annotated[tuple[LocalDate, ...], Field(max_length=400)] | None = None
    by_staff: bool = False
    waivers: Annotated[tuple[GivenWaiver, ...], Field(max_length=400)] = ()
    occupied: Annotated[tuple[Occupied, ...], Field(max_length=400)] = ()


class GivenPerson(Model):
    """Somebody named who will be on site."""

    name: Name
    born: Annotated[int, Field(ge=1900, le=2200)]


class GivenMet(Model):
    """What was done of what conditions ask, on which date; for whom and where only if that is another than the request's."""

    what: Slug
    date: LocalDate
    text_version: Text = ""
    people: Annotated[tuple[GivenPerson, ...], Field(max_length=100)] = ()
    person: Name | None = None
    organisation: Name | None = None
    booking: Name | None = None
    room: Path | None = None


class GivenCase(Model):
    """One request with what is known; ``reading`` marks an expectation that is no quotation, ``fictional`` one on invented terms."""

    event: Event
    name: Annotated[str, Field(min_length=1, max_length=200)]
    reading: bool = False
    fictional: bool = False
    request: GivenRequest
    facts: GivenFacts = GivenFacts()
    expected: Expected


class RequestCase(GivenCase):
    """Somebody asks for time."""

    event: Literal[Event.REQUEST] = Event.REQUEST


class CancellationCase(GivenCase):
    """Booked time is given back at a moment; ``charged`` is what each date costs, the judged price where it is not said."""

    event: Literal[Event.CANCELLATION]
    cancelled: Moment
    charged: Kroner | None = None
    expected: ExpectedCancellation


class AccessCase(GivenCase):
    """Somebody wants to get in, at a moment at which some of the conditions are met."""

    event: Literal[Event.ACCESS]
    asked_at: Moment
    met: Annotated[tuple[GivenMet, ...], Field(max_length=100)] = ()
    expected: ExpectedAccess


def _event_of(given: object) -> str:
    return str(given.get("event", Event.REQUEST)) if isinstance(given, dict) else Event.REQUEST


AnyCase = Annotated[
    Annotated[RequestCase, Tag(Event.REQUEST.value)]
    | Annotated[CancellationCase, Tag(Event.CANCELLATION.value)]
    | Annotated[AccessCase, Tag(Event.ACCESS.value)],
    Discriminator(_event_of),
]


class CaseFile(Model):
    """One to three documents of one place, what is known in all cases that do not say otherwise, and the cases."""

    policies: Annotated[tuple[dict[str, object], ...], Field(min_length=1, max_length=MOST_LAYERS)]
    facts: GivenFacts = GivenFacts()
    cases: Annotated[tuple[AnyCase, ...], Field(max_length=MOST_CASES)]
