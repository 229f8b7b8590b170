"""Draft: what the booking form holds, and the wish that it says."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from werkzeug.datastructures import MultiDict

from booking.pages.repeats import Repeat, rule_of
from booking.public import CUTS, Public
from booking.states import Accepts, BookingKind
from booking.wish import OnConflict, Wish, bands_of, wall_span
from kernel.errors import Fault, Invalid, refuse
from kernel.wallclock import at
from policies.request import BAND, AgeBand
from policies.taxonomy import Activity
from venues.statements import ACCESS
from venues.vocabulary import Access
from web.fields import LINES, Clock, Day, PhoneOrNone, Prose, RowId
from web.formats import HOME_ZONE
from web.forms import Input, parse

MIDNIGHT = timedelta(days=1)
CHOICE, PICK = "choice.", "pick."
Choosing = Annotated[str, Field(max_length=200, pattern=r"^(skip|wait|room:[a-z0-9/-]+|time:[0-9T:-]+/[0-9T:-]+)$")]
ME, OTHER = "me", "other"
Heads = Annotated[int, Field(ge=0, le=100_000)]
# Fields that a wish has by the same names.
SAME = (
    "contact",
    "contact_phone",
    "agreement",
    "draws",
    "grant",
    "team",
    "open_to_all",
    "shown_publicly",
    "alcohol",
    "commercial",
    "message",
    "second_hour",
)
EXCEPTIONS = ("exceptions", "exception_reason")
# Which input stands for a field of the wish or of the policy's objections.
NAMES = {
    "start": "from",
    "end": "to",
    "recurrence": "times",
    "organisation": "number",
    "on_behalf_of": "caller",
    "heads": "participants",
    "rrule": "times",
}


def _listed(given: Any) -> Any:
    """Days that stand in one field with commas or on lines of their own."""
    texts = given if isinstance(given, list) else []
    return [part.strip() for text in texts for part in re.split(r"[,;\n]", str(text)) if part.strip()]


Days = Annotated[list[Day], BeforeValidator(_listed), Field(max_length=400), LINES]


class When(Input):
    """When the first date of a form is, and until when it is repeated; an end of 00:00 is midnight at the end of the day."""

    date: Day
    from_: Annotated[Clock, Field(alias="from")]
    to: Clock
    end_date: Day | None = None
    second_hour: bool = False
    until: Day | None = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The wall-clock start and end of the first date."""
        return span_of(self.date, self.from_, self.end_date or self.date, self.to)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with it taken together."""
        found: list[Fault] = []
        try:
            wall_span(*self.span, HOME_ZONE, second_hour=self.second_hour)
        except Invalid as invalid:
            found += invalid.faults
        if self.until and self.until < self.date:
            found.append(Fault("until-before-start", "until", self.until.isoformat(), {"start": self.date.isoformat()}))
        return tuple(found)


class Draft(When):
    """The form as an address or a body carries it.

    ``applicant`` is ``me``, an organisation one represents (its number, or ``group:7``), ``other`` for the one whose
    ``number`` is given, or for staff ``municipal`` and ``block``; ``person`` is the caller whom staff book for.
    """

    repeat: Repeat = Repeat.ONCE
    every: Annotated[int, Field(ge=1, le=52)] = 1
    days: Annotated[list[Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]], Field(max_length=7)] = Field(default_factory=list)
    times: Annotated[int | None, Field(ge=2, le=400)] = None
    left_out: Annotated[Days, Field(alias="except")] = Field(default_factory=list)
    also: Days = Field(default_factory=list)
    choice: Annotated[dict[Day, Choosing], Field(max_length=400)] = Field(default_factory=dict)
    applicant: Annotated[str, Field(max_length=40)] = ME
    number: Annotated[str | None, Field(max_length=40)] = None
    caller: Annotated[str | None, Field(max_length=200)] = None
    person: RowId | None = None
    purpose: Annotated[str, Field(max_length=500)]
    activity: Activity | None = None
    participants: Annotated[dict[str, Heads], Field(max_length=20)] = Field(default_factory=dict)
    team: Annotated[str, Field(max_length=120)] = ""
    contact: Annotated[str, Field(max_length=200)] = ""
    contact_phone: PhoneOrNone = ""
    access: Annotated[list[Access], Field(max_length=10)] = Field(default_factory=list)
    needs: Annotated[Prose, Field(max_length=2000)] = ""
    resources: Annotated[dict[str, Heads], Field(max_length=20)] = Field(default_factory=dict)
    message: Annotated[Prose, Field(max_length=4000)] = ""
    open_to_all: bool = False
    public: Public | None = None
    shown_publicly: bool | None = None
    alcohol: bool = False
    commercial: bool = False
    agreement: RowId | None = None
    draws: bool = True
    grant: RowId | None = None
    exceptions: Annotated[list[str], Field(max_length=100)] = Field(default_factory=list)
    exception_reason: Annotated[Prose, Field(max_length=4000)] = ""

    @property
    def kind(self) -> BookingKind:
        kinds = {kind.value: kind for kind in (BookingKind.MUNICIPAL, BookingKind.BLOCK)}
        return kinds.get(self.applicant, BookingKind.ORDINARY)

    @property
    def organisation(self) -> str | None:
        """The organisation as a wish names it."""
        if self.applicant == OTHER:
            return "".join((self.number or "").split())
        return self.applicant if self.applicant != ME and self.kind is BookingKind.ORDINARY else None

    @property
    def keys(self) -> tuple[str, ...]:
        """What they need to get in and about, as a wish and a search name it."""
        return tuple(ACCESS + feature for feature in self.access)

    @property
    def rule(self) -> dict[str, Any] | None:
        """The recurrence as a wish says it."""
        if self.repeat is Repeat.ONCE:
            return None
        rule = rule_of(self.repeat, self.date, every=self.every, days=self.days, times=self.times, until=self.until)
        return {"rrule": rule, "except": self.left_out, "also": self.also}

    @property
    def choices(self) -> dict[str, dict[str, Any]]:
        """What was chosen for single dates, as a wish says it."""
        return {day.isoformat(): _chosen(value) for day, value in self.choice.items()}


class Order(Draft):
    """A draft that is sent: to which room, under which key, and what is to happen with dates that are not to be had."""

    room: Annotated[str, Field(max_length=170)]
    key: Annotated[str, Field(min_length=8, max_length=100)]
    on_conflict: OnConflict = OnConflict.REFUSE
    accepts: Accepts = Accepts.TIME
    book_when_free: bool = False
    displace: bool = False
    displace_reason: Annotated[str, Field(max_length=400)] = ""
    displace_seen: Annotated[str, Field(max_length=40)] = ""

    @property
    def sent(self) -> dict[str, Any]:
        """What sending adds to the wish."""
        displacing = {"reason": self.displace_reason, "seen": self.displace_seen} if self.displace else None
        said = {"on_conflict": self.on_conflict, "accepts": self.accepts, "book_when_free": self.book_when_free}
        return {**said, "displace": displacing}


def read(model: type[Draft], given: "MultiDict[str, Any]") -> Draft:
    """The draft of a form; raises Invalid with all faults, also of what belongs together."""
    faults: list[Fault] = []
    try:
        draft = parse(model, given)
    except Invalid as invalid:
        faults, draft = list(invalid.faults), None
    told = {fault.field for fault in faults}
    faults += [fault for fault in (*_when_faults(given, told), *_missing(given)) if fault.field not in told]
    if faults or draft is None:
        raise Invalid(*faults)
    return draft


def _when_faults(given: "MultiDict[str, Any]", told: Collection[str]) -> tuple[Fault, ...]:
    """What is wrong with when, as far as its fields can be read."""
    fields = {info.alias or name for name, info in When.model_fields.items()} - set(told)
    try:
        return parse(When, MultiDict(pair for pair in given.items(multi=True) if pair[0] in fields)).faults
    except Invalid:
        return ()


def require_exceptions(given: "MultiDict[str, Any]") -> None:
    """Raises Invalid (``nothing-asked``) where somebody sends the form of exceptions with nothing in it."""
    if not any(value.strip() for name in EXCEPTIONS for value in given.getlist(name)):
        raise refuse(Invalid, "nothing-asked", "exceptions")


def wish_of(draft: Draft, room: str) -> Wish:
    """The wish that a draft says; raises Invalid for what no wish can be."""
    start, end = draft.span
    said = {
        "room": room,
        "start": start,
        "end": end,
        "purpose": draft.purpose,
        "activity": draft.activity or Activity.OTHER,
        "participants": {band: heads for band, heads in draft.participants.items() if heads},
        "organisation": draft.organisation,
        "recurrence": draft.rule,
        "choices": draft.choices,
        "needs": (*draft.keys, *(line.strip() for line in draft.needs.splitlines() if line.strip())),
        "resources": {slug: count for slug, count in draft.resources.items() if count},
        "public": draft.public.model_dump() if draft.public else None,
        "kind": draft.kind,
        "on_behalf_of": draft.person,
    }
    return parse(
        Wish, {**said, **{name: getattr(draft, name) for name in (*SAME, *EXCEPTIONS)}, **(draft.sent if isinstance(draft, Order) else {})}
    )


def _chosen(value: str) -> dict[str, Any]:
    """``skip``, ``wait``, ``room:venue/room`` or ``time:start/end``, as the preview offers them."""
    kind, _colon, what = value.partition(":")
    match kind:
        case "room":
            return {"room": what}
        case "time":
            start, _slash, end = what.partition("/")
            return {"start": start, "end": end}
        case _:
            return {kind: True}


def span_of(first: Day, start: timedelta, last: Day, end: timedelta) -> tuple[datetime, datetime]:
    """From a clock on one date to a clock on another; an end of 00:00 on the same date is its midnight."""
    return at(first, start), at(last, MIDNIGHT if not end and last == first else end)


def bands_shown(values: Mapping[str, Any], cuts: Collection[int] = ()) -> list[str]:
    """The age bands of the form: the usual ones, split where the room's rules tell ages apart, and others that are filled in.

    Those that are filled in stand in the place of what they hold of the usual ones, unless the rules need them split.
    """
    filled = (
        name.removeprefix("participants.") for name, value in values.items() if name.startswith("participants.") and str(value).strip()
    )
    said = bands_of({name: 0 for name in filled if BAND.match(name)})
    edges = {edge for band in said for edge in (band.first, band.first if band.last is None else band.last + 1)}
    firsts = sorted({0, *CUTS, *cuts, *edges})
    usual = [AgeBand(first, following - 1, 0) for first, following in pairwise(firsts)] + [AgeBand(firsts[-1], None, 0)]
    own = [band for band in said if band not in usual]
    fine = [band for band in own if not any(_holds(band, cut) and cut != band.first for cut in cuts)]
    kept = [band for band in usual if not any(_holds(other, band.first) or _holds(band, other.first) for other in fine)]
    return [_written(band) for band in sorted([*own, *kept], key=lambda band: (band.first, band.last or band.first))]


def band_of(youngest: int | None, oldest: int | None, bands: Collection[str]) -> str:
    """The band of a form in which people of these ages are counted; one of their own where none holds them all."""
    wanted = AgeBand(youngest or 0, oldest, 0)
    usual = (band for band in bands_of(dict.fromkeys(bands, 0)) if _holds(band, wanted.first))
    fitting = (band for band in usual if band.last is None or (oldest is not None and oldest <= band.last))
    return _written(next(fitting, wanted))


def _holds(band: AgeBand, age: int) -> bool:
    return band.first <= age and (band.last is None or age <= band.last)


def _written(band: AgeBand) -> str:
    return f"{band.first}+" if band.last is None else f"{band.first}-{band.last}"


def clock_of(written: str) -> str:
    """A clock as an input element shows it, which knows no 24:00."""
    return "00:00" if written.strip() in ("24:00", "24.00", "2400") else written


def shifted(given: "MultiDict[str, Any]", start: datetime, end: datetime) -> "MultiDict[str, Any]":
    """The same draft at another time, which no exception is asked for."""
    changed = {"date": f"{start:%Y-%m-%d}", "from": f"{start:%H:%M}", "to": f"{end:%H:%M}", "end_date": ""}
    changed |= dict.fromkeys(EXCEPTIONS, "")
    overnight = end.date() > start.date() and not (end.date() - start.date() == timedelta(days=1) and f"{end:%H:%M}" == "00:00")
    if overnight:
        changed["end_date"] = f"{end:%Y-%m-%d}"
    return changed_to(given, changed)


def picked(given: "MultiDict[str, Any]") -> "MultiDict[str, Any]":
    """What is sent, with what stands picked for single dates in place of what was chosen for them when one looked."""
    names = [name for name in given if name.startswith(PICK)]
    return changed_to(given, {**dict.fromkeys(names, ""), **{CHOICE + name.removeprefix(PICK): given[name] for name in names}})


def restored(given: "MultiDict[str, Any]") -> "MultiDict[str, Any]":
    """The same draft with all the dates that were taken out of it."""
    skipped = [name for name, value in given.items() if name.startswith(CHOICE) and value == OnConflict.SKIP]
    return changed_to(given, dict.fromkeys(("except", *skipped), ""))


def alone(given: "MultiDict[str, Any]") -> "MultiDict[str, Any]":
    """The same draft once, without its series."""
    kept = MultiDict(pair for pair in given.items(multi=True) if not pair[0].startswith(CHOICE))
    return changed_to(kept, dict.fromkeys(("repeat", "every", "days", "times", "until", "except", "also"), ""))


def changed_to(given: "MultiDict[str, Any]", changes: Mapping[str, Any]) -> "MultiDict[str, Any]":
    """The fields with some of them changed, or dropped where the change is empty; empty ones are left out."""
    kept = [(name, value) for name, value in given.items(multi=True) if name not in changes and str(value).strip()]
    return MultiDict([*kept, *((name, value) for name, value in changes.items() if value)])


def _missing(given: "MultiDict[str, Any]") -> Iterator[Fault]:
    """What must be filled in because of something else that is."""
    applicant, repeat = given.get("applicant", ME), given.get("repeat", Repeat.ONCE)
    if applicant == OTHER and not given.get("number", "").strip():
        yield Fault("missing-field", "number")
    if applicant != BookingKind.BLOCK and not given.get("activity"):
        yield Fault("missing-field", "activity")
    times, until = given.get("times", "").strip(), given.get("until", "").strip()
    if repeat not in (Repeat.ONCE, Repeat.DATES) and bool(times) is bool(until):
        yield Fault("one-of-two" if times else "neither-of-two", "times")
    if repeat == Repeat.DATES and not given.get("also", "").strip():
        yield Fault("missing-field", "also")
    if repeat == Repeat.ONCE and (times or until):
        yield Fault("times-of-once", "repeat")
