"""Trial: a wish tried without booking, date by date, as the page shows it - what becomes of it, why not, what instead."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from accounts.models import Organisation
from booking.alternatives import BestRoom, Offer, instead_of, nearest_first
from booking.judging import highest
from booking.models import PUBLIC_NAME, Booking, Occurrence
from booking.nearness import Change
from booking.outcome import (
    KEEPS_NOTHING,
    Dated,
    Declined,
    Taken,
    asked_of,
    collision_fault,
    faults_of,
    objection_fault,
    part_of,
    refusal_of,
    refuses,
    shortage_faults,
    undrawn_faults,
)
from booking.pages import draft
from booking.pages.labels import wall_clocks
from booking.pages.week import told_publicly
from booking.reservations import Preview
from booking.states import OccurrenceState
from booking.wish import LEFT_OUT
from kernel.errors import Fault
from kernel.money import Ore
from kernel.wallclock import WallSpan, is_repeated, to_wall
from policies.verdict import Decider, Effect, Price
from venues.labels import key_label
from web import formats
from web.language import choose
from web.texts import gettext as _

Address = Callable[["MultiDict[str, Any]", str], str]

# What is told of a date in lines of its own, not among what is against it.
BESIDE = {"time-taken", "kept-for-line", "too-few-free", "too-few-there", LEFT_OUT}


@dataclass(frozen=True, slots=True)
class Way:
    """A way out that one press takes: what it says and where it leads."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One date as shown: its clocks, whether it is kept, what stands in its way, what is to be known, the ways out.

    ``taken`` is who has the time, ``short`` what is kept for those in line, or too little of beside the room; ``can_wait`` says
    whether one can stand in line for it. ``asked`` are the objections from which an exception is asked. ``room`` is where it is
    to be, when that is another room; ``choices`` are what one can choose for this ``day`` of a series, with their words, and
    ``chosen`` what is. ``draws_on`` is the title of the agreement that it draws on, ``undrawn`` says why it draws on none.
    """

    number: int
    day: str
    room: str
    chosen: str
    choices: tuple[tuple[str, str], ...]
    span: tuple[datetime, datetime]
    state: OccurrenceState
    against: tuple[Fault, ...]
    asked: tuple[Fault, ...]
    taken: tuple["Taking", ...]
    short: tuple[Fault, ...]
    can_wait: bool
    warnings: tuple[Fault, ...]
    draws_on: str
    undrawn: tuple[tuple[str, Fault], ...]
    price: Price | None
    ways: tuple[Way, ...]
    leave_out: str
    is_repeated: bool

    @property
    def is_kept(self) -> bool:
        return self.state not in KEEPS_NOTHING

    @property
    def waits(self) -> bool:
        """Whether one stands in line for it, as was chosen."""
        return self.state is OccurrenceState.WAITING

    @property
    def is_excusable(self) -> bool:
        """Whether exceptions would take all out of the way that stands in it."""
        return not self.taken and not self.short and all(fault.facts.get("waivable_by") for fault in self.against)

    @property
    def is_excused_in_vain(self) -> bool:
        """Whether there could be an exception from something, while something else still stands in the way."""
        return not self.is_excusable and any(fault.facts.get("waivable_by") for fault in (*self.against, *self.asked))


@dataclass(frozen=True, slots=True)
class Taking:
    """What has a date's time already: when by the wall clock, which part of the room, and who, where it may be told."""

    span: tuple[datetime, datetime]
    part: str
    name: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The whole of a wish as shown: its dates, what all of them cost, who decides, and what would change all dates.

    ``fitting`` leads to the room that fits more of a series.
    ``waivable`` is one objection of each rule from which an exception can be asked, or is.
    """

    lines: tuple[Line, ...]
    decider: Decider | None
    decider_title: str
    reviews: tuple[Fault, ...]
    must_confirm: bool
    ways: tuple[Way, ...]
    waivable: tuple[Fault, ...]
    fitting: Way | None

    @property
    def kept(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_kept)

    @property
    def waiting(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.waits)

    @property
    def left_out(self) -> tuple[Line, ...]:
        """Those that are not to be had; what one chose to do without, or to wait for, is none of them."""
        return tuple(line for line in self.lines if not line.is_kept and not line.waits and line.chosen != "skip")

    @property
    def asks_all(self) -> bool:
        """Whether an exception is asked from everything that there could be one from."""
        return bool(self.waivable) and all(fault.facts.get("is_asked") for fault in self.waivable)

    @property
    def is_priced(self) -> bool:
        return all(line.price for line in self.kept)

    @property
    def charged(self) -> Ore:
        return sum(line.price.charged for line in self.kept if line.price)

    @property
    def listed(self) -> Ore:
        return sum(line.price.listed or line.price.charged for line in self.kept if line.price)


def nothing_of(preview: Preview) -> Declined | Taken | None:
    """The refusal when not one date is to be had."""
    if any(date.is_kept for date in preview.dates):
        return None
    return refusal_of(preview.dates)


def trial_of(session: Session, preview: Preview, given: "MultiDict[str, Any]", to: Address, *, now: datetime) -> Trial:
    """The preview as shown; ``to`` gives the address of the same draft changed, and in another room.

    Who is in the way is asked once for all dates.
    """
    names = occupants(session, preview.dates)
    instead = instead_of(session, preview, now=now)
    lines = tuple(_line(preview, number, names, instead.offers.get(number, ()), given, to) for number in range(len(preview.dates)))
    decider = highest(date.judged.verdict.decider for date in preview.dates if date.judged.verdict and date.judged.verdict.decider)
    return Trial(
        lines=lines,
        decider=decider,
        decider_title=decider.title.in_language(choose()) if decider else "",
        reviews=tuple(_reviews(preview)),
        must_confirm=preview.case.applicant.must_confirm,
        ways=tuple(_for_all(preview, given, to)),
        waivable=tuple(_waivable(lines)),
        fitting=_fitting(instead.room, given, to),
    )


def occupants(session: Session, dates: Sequence[Dated]) -> Mapping[int, str]:
    """What anybody may read of the bookings in the way, by occurrence; one statement, none when nothing is in the way."""
    ids = sorted({met.occurrence_id for date in dates for met in date.collisions if met.occurrence_id})
    if not ids:
        return {}
    rows = select(Occurrence.id, Occurrence.state, Booking.kind, PUBLIC_NAME, Booking.shown_publicly).join(
        Booking, Occurrence.booking_id == Booking.id
    )
    found = session.execute(rows.outerjoin(Organisation, Booking.organisation_id == Organisation.id).where(Occurrence.id.in_(ids)))
    unconfirmed = OccurrenceState.UNCONFIRMED
    return {row.id: "" if row.state is unconfirmed else told_publicly(row.kind, row.public_name, row.shown_publicly) for row in found}


def _line(
    preview: Preview, number: int, names: Mapping[int, str], offers: Sequence[Offer], given: "MultiDict[str, Any]", to: Address
) -> Line:
    date = preview.dates[number]
    wall, verdict = date.judged.wall, date.judged.verdict
    day, is_single = date.day.isoformat(), len(preview.dates) == 1
    ways = (*_lawful(preview, number, given, to), *(_offered(offer, wall.start.date(), given, to) for offer in offers)) if is_single else ()
    excepted = draft.changed_to(given, {f"{draft.CHOICE}{day}": "skip"})
    chosen = str(given.get(f"{draft.CHOICE}{day}", ""))
    return Line(
        number=number + 1,
        day=day,
        room=date.case.room.seen_from(preview.case.room) if date.case.path != preview.case.path else "",
        chosen=chosen,
        choices=() if is_single else tuple(_choices(date, offers, chosen)),
        span=(wall.start, wall.end),
        state=date.state,
        against=tuple(fault for fault in faults_of(date) if fault.code not in BESIDE and refuses(fault)),
        asked=tuple(asked_of(date)),
        taken=tuple(_takings(date, names)),
        short=(*(collision_fault(date, met) for met in date.collisions if met.kept_until), *shortage_faults(date)),
        can_wait=date.can_wait,
        warnings=tuple(objection_fault(warning, f"{wall.start:%Y-%m-%dT%H:%M}") for warning in (verdict.warnings if verdict else ())),
        draws_on=date.judged.drawn.title if date.judged.drawn and date.is_kept else "",
        undrawn=tuple(undrawn_faults(verdict)) if verdict and date.is_kept else (),
        price=verdict.price if verdict and date.state is not OccurrenceState.SKIPPED else None,
        # A shorter time that the rule names may be one that is offered too, with more to say of it.
        ways=tuple({way.href: way for way in ways}.values()),
        leave_out=to(excepted, preview.case.path) if date.is_kept and not is_single and not chosen else "",
        is_repeated=is_repeated(wall.start, wall.zone) or is_repeated(wall.end, wall.zone),
    )


def _takings(date: Dated, names: Mapping[int, str]) -> Iterator[Taking]:
    """What stands in the way, each time and holder once; the part is named where the room has several."""
    several = len(date.case.room.spaces) > 1
    for met in sorted(date.collisions, key=lambda met: (met.time.start, met.space_id)):
        if met.occurrence_id:
            start, end = (to_wall(moment, date.judged.wall.zone) for moment in (met.time.start, met.time.end))
            yield Taking((start, end), part_of(date, met) if several else "", names.get(met.occurrence_id, ""))


def _lawful(preview: Preview, number: int, given: "MultiDict[str, Any]", to: Address) -> Iterator[Way]:
    """The nearest times that the policy allows, as the policy names them with its objections."""
    for wall in _lawful_walls(preview.dates[number]):
        yield _at(wall, given, preview.case.path, to, on=preview.dates[number].judged.wall.start.date())


def _lawful_walls(date: Dated) -> Iterable[WallSpan]:
    refusals = date.judged.verdict.refusals if date.judged.verdict else ()
    return {way.wall: None for objection in refusals for way in objection.alternatives}


def _choices(date: Dated, offers: Sequence[Offer], chosen: str) -> Iterator[tuple[str, str]]:
    """To have the date as wished, to do without it, a time that the rules allow or that is free, or another room; and what is chosen."""
    if date.is_kept and not chosen:
        return
    yield "", _("Som ønsket")
    yield "skip", _("Ta ut datoen")
    if chosen == "wait" or (date.can_wait and not date.case.applicant.must_confirm):
        yield "wait", _("Stå i kø")
    walls = {wall: _clocks(wall, date.day) for wall in _lawful_walls(date)}
    walls |= {offer.wall: _with_notes(_clocks(offer.wall, date.day), offer) for offer in offers if offer.changes is not Change.ROOM}
    found = {f"time:{wall.start:%Y-%m-%dT%H:%M}/{wall.end:%Y-%m-%dT%H:%M}": words for wall, words in walls.items()}
    rooms = nearest_first(offer for offer in offers if offer.changes is Change.ROOM)
    found |= {f"room:{offer.room}": _with_notes(offer.name, offer) for offer in rooms}
    if chosen and chosen not in ("skip", "wait") and chosen not in found:
        found[chosen] = (
            f"{date.case.room.venue.name}, {date.case.room.name}" if chosen.startswith("room:") else _clocks(date.judged.wall, date.day)
        )
    yield from found.items()


def _clocks(wall: WallSpan, on: date) -> str:
    """A time, with its day where that is another than the one asked for."""
    clocks = wall_clocks((wall.start, wall.end))
    return clocks if wall.start.date() == on else f"{formats.short_date(wall.start)} {clocks}"


def _for_all(preview: Preview, given: "MultiDict[str, Any]", to: Address) -> Iterator[Way]:
    """Times that would mend every date that the policy refuses, where it names the same clocks for all of them."""
    refused = [date.judged for date in preview.dates if date.judged.is_refused]
    if len(preview.dates) == 1 or not refused or len(refused) < len(preview.dates):
        return
    clocks = [
        {(way.wall.start.time(), way.wall.end.time()) for objection in date.verdict.refusals for way in objection.alternatives}
        if date.verdict
        else set()
        for date in refused
    ]
    first = preview.dates[0].judged.wall
    for start, end in sorted(set.intersection(*clocks)):
        moved = draft.shifted(given, datetime.combine(first.start, start), datetime.combine(first.end, end))
        yield Way(_("Flytt hele serien til %(start)s–%(end)s", start=f"{start:%H:%M}", end=f"{end:%H:%M}"), to(moved, preview.case.path))


def _offered(offer: Offer, day: date, given: "MultiDict[str, Any]", to: Address) -> Way:
    """Another time or room that the applicant may have, and in what it differs."""
    if offer.changes is Change.ROOM:
        moved = draft.shifted(draft.changed_to(given, {"agreement": ""}), offer.wall.start, offer.wall.end)
        return Way(_with_notes(offer.name, offer), to(moved, offer.room))
    way = _at(offer.wall, given, offer.room, to, on=day)
    return replace(way, label=_with_notes(way.label, offer))


def _with_notes(label: str, offer: Offer) -> str:
    """The label with what one would want to know before pressing it."""
    notes = [_("kortere")] if offer.changes is Change.SHORTER else []
    notes += [_("%(distance)s unna", distance=formats.distance(offer.metres))] if offer.metres else []
    notes += [_("må godkjennes")] if offer.needs_review else []
    notes += [_("%(what)s: ukjent", what=key_label(key)) for key in offer.unknown]
    return f"{label} ({', '.join(notes)})" if notes else label


def _fitting(best: BestRoom | None, given: "MultiDict[str, Any]", to: Address) -> Way | None:
    """The series in the room that fits more of it."""
    if best is None:
        return None
    if best.fits_all:
        label = _("%(room)s er ledig på alle %(wanted)s datoene", room=best.name, wanted=best.wanted)
    else:
        label = _("%(room)s er ledig på %(free)s av %(wanted)s datoer", room=best.name, free=len(best.dates), wanted=best.wanted)
    return Way(label, to(draft.changed_to(given, {"agreement": "", **dict.fromkeys(draft.EXCEPTIONS, "")}), best.room))


def _at(wall: WallSpan, given: "MultiDict[str, Any]", room: str, to: Address, *, on: date) -> Way:
    """A time as a way out."""
    return Way(_clocks(wall, on), to(draft.shifted(given, wall.start, wall.end), room))


def _waivable(lines: Sequence[Line]) -> Iterator[Fault]:
    """What an exception can be asked from, or is, on dates that it would save: each rule once."""
    seen = set()
    for fault in (fault for line in lines if line.is_excusable for fault in (*line.against, *line.asked)):
        if fault.facts.get("waivable_by") and fault.facts["rule"] not in seen:
            seen.add(fault.facts["rule"])
            yield fault


def _reviews(preview: Preview) -> Iterator[Fault]:
    """Why somebody has to look at it, each reason once."""
    seen = set()
    for one in preview.dates:
        for objection in one.judged.verdict.objections if one.is_kept and one.judged.verdict else ():
            if objection.effect is Effect.REVIEW and not objection.is_asked and (objection.rule, objection.code) not in seen:
                seen.add((objection.rule, objection.code))
                yield objection_fault(objection, f"{one.judged.wall.start:%Y-%m-%dT%H:%M}")
