"""Told: a booking as its page tells it - each date with why, who decides, how one gets in, under what it stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.identity import Actor
from accounts.models import Organisation, Person
from accounts.queries import names_of_people
from booking import lifecycle
from booking.absence import answer_by
from booking.applicants import may_make
from booking.cases import acts_on, may_decide
from booking.fees import Cost, cost_of, first_dearer, sum_of
from booking.judging import highest
from booking.likeness import unknown_offered
from booking.line import places
from booking.models import Booking, Occurrence, Offer, Usage
from booking.offers import coming_offers
from booking.outcome import TAKEN, TOO_FEW
from booking.pages.again import LastTime
from booking.pages.before import Before, before
from booking.pages.unsure import Unsure, unsure_of
from booking.reasons import Excepted, against, excepted, reviews, verdicts_of, verdicts_offered
from booking.resources import Needed, needed_by
from booking.states import BookingKind, BookingState, OccurrenceState, OfferState, UsageKind
from booking.support.models import Agreement, Grant
from booking.usage import is_noted, said_of
from booking.waiting import OVER
from booking.waiving import Exceptions, exceptions_of
from database.outbox import UNDO_WITHIN
from kernel.errors import Fault
from kernel.money import Ore
from policies.verdict import Absence, Complaint, Verdict
from venues.contact import Arrival, arrival
from venues.models import Room, Venue


@dataclass(frozen=True, slots=True)
class ToldDate:
    """One date: where it stands, what the policy said of it, what cancelling it costs now, and what may be done with it.

    ``returns`` says that it was left out for others and is offered when they give up its time; ``place`` is the one it has in line,
    from 1; ``sought_from`` is when something else is to be sought for it, once what it lost can no longer be given back. ``unknown`` are
    the keys of what is needed of which nobody knows whether what is offered has it.
    """

    date: Occurrence
    verdict: Verdict | None
    against: tuple[Fault, ...]
    cost: Cost | None
    may_cancel: bool
    may_move: bool
    may_readd: bool
    may_split: bool
    may_note: bool
    may_take_back: bool
    may_say: bool
    returns: bool = False
    said: Sequence[Usage] = ()
    place: int | None = None
    offer: Offer | None = None
    offered: Verdict | None = None
    unknown: tuple[str, ...] = ()
    sought_from: datetime | None = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.date.local_start, self.date.local_end

    @property
    def is_noted(self) -> bool:
        """Whether there is something about it that its holder may answer."""
        return is_noted(self.date, self.said)

    @property
    def is_unanswered(self) -> bool:
        """Whether that is so and nothing was answered; a notice leads to where one does, which no address opens without script."""
        return self.is_noted and all(row.kind is not UsageKind.ANSWER for row in self.said)

    @property
    def is_live(self) -> bool:
        return self.date.state in lifecycle.LIVE

    @property
    def start(self) -> str:
        return f"{self.date.local_start:%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True)
class Missed:
    """The rule by which a date was judged that nobody came to, and until when its holder can say what happened."""

    rule: Absence
    answer_by: date | None


@dataclass(frozen=True, slots=True)
class ToldBooking:
    """A booking for one who may see it; ``came_from`` is the reference of the one it was split from, ``names`` are those of the
    people its row knows by id, ``missed`` what follows from those noted, by the date's number."""

    booking: Booking
    coming: tuple[ToldDate, ...]
    past: tuple[ToldDate, ...]
    arrival: Arrival | None
    before: Before
    reviews: tuple[Fault, ...]
    excepted: tuple[Excepted, ...]
    exceptions: Exceptions
    missed: Mapping[int, Missed]
    complaint: Complaint | None
    decider_title: str
    came_from: str
    beside: tuple[Needed, ...]
    unsure: Sequence[Unsure]
    names: Mapping[int, str]
    is_holders: bool
    may_change: bool
    may_edit: bool
    may_confirm: bool
    may_decide: bool

    @property
    def dates(self) -> tuple[ToldDate, ...]:
        return (*self.past, *self.coming)

    @property
    def state(self) -> BookingState:
        """Where what is still to come of it stands; where nothing is, where it ended."""
        coming = {one.date.state for one in self.coming}
        given_up = BookingState.CANCELLED if OccurrenceState.CANCELLED in coming else self.booking.state
        return lifecycle.state_of(coming, fallback=given_up)

    @property
    def current(self) -> tuple[ToldDate, ...]:
        """Its live dates, without those that it had: what is decided on is among them."""
        return tuple(one for one in self.live if one in self.coming or one.date.state in lifecycle.WAITING) or self.live or self.dates

    @property
    def waits(self) -> int:
        """How many of these wait for an answer while others have one; none where all do."""
        found = sum(one.date.state in lifecycle.WAITING for one in self.current)
        return found if found < len(self.current) else 0

    @property
    def not_had(self) -> int:
        """How many dates are wished for and not had: left out, in line, or lost."""
        return sum(one.date.state in lifecycle.FROM[lifecycle.Act.OFFER] for one in self.dates)

    @property
    def drawn(self) -> tuple[tuple[Agreement, int], ...]:
        """The agreements that its live dates draw on, with how many do."""
        found = Counter(one.date.agreement for one in self.live if one.date.agreement)
        return tuple(sorted(found.items(), key=lambda each: each[0].id))

    @property
    def live(self) -> tuple[ToldDate, ...]:
        return tuple(one for one in self.dates if one.is_live)

    @property
    def next(self) -> Occurrence | None:
        """The next date that it has, or has asked for."""
        return next((one.date for one in self.coming if one.is_live), None)

    @property
    def room(self) -> Room:
        """Where what is still to come of it is."""
        return self.booking.room_of([one.date for one in self.coming if one.is_live])

    @property
    def verdicts(self) -> dict[datetime, Verdict]:
        """What the policy said last of each date, by its wall-clock start."""
        return {one.date.local_start: one.verdict for one in self.dates if one.verdict}

    @property
    def last_time(self) -> LastTime:
        last = max((one.date for one in self.dates), key=lambda date: date.starts_at)
        return LastTime((last.local_start, last.local_end), last.local_start.date(), len(self.dates))

    @property
    def tariffs(self) -> tuple[tuple[str, date], ...]:
        """The price lists that were asked, each with the day from which it counts."""
        written = sorted({tariff for one in self.live for tariff in one.date.tariff.split(", ") if tariff})
        return tuple((name, date.fromisoformat(first)) for name, _, first in (tariff.rpartition(" ") for tariff in written))

    @property
    def charged(self) -> Ore | None:
        prices = [one.date.charged_price for one in self.live]
        return None if None in prices else sum(price for price in prices if price is not None)

    @property
    def listed(self) -> Ore | None:
        prices = [one.date.list_price for one in self.live]
        return None if None in prices else sum(price for price in prices if price is not None)

    @property
    def is_below_list(self) -> bool:
        """Whether less is paid than the full price."""
        return self.charged is not None and (self.listed or 0) > self.charged

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What cancelling costs now, of each date for which a rule says so."""
        return tuple(one.cost for one in self.coming if one.cost)

    @property
    def cost(self) -> Ore:
        """What cancelling all that lies ahead costs now, as far as prices are known."""
        return sum_of(self.costs)

    @property
    def dearer_on(self) -> date | None:
        """The first day on which one of the dates is dearer to cancel."""
        return first_dearer(self.costs)

    @property
    def fees(self) -> Ore:
        """What was cancelled, or missed, costs."""
        return sum(one.date.fee or 0 for one in self.dates)


def told_booking(session: Session, booking: Booking, *, by: Actor, language: str, now: datetime) -> ToldBooking:
    """All that the page of a booking tells, in a number of statements that does not grow with its dates."""
    _load(session, booking)
    verdicts = verdicts_of(session, booking)
    is_theirs = acts_on(booking, by)
    may_change = (is_theirs or by.is_officer) and booking.kind is not BookingKind.INCOMING
    may_edit = may_change and may_make(booking.kind, booking.room, by)
    first, coming_up = min(date.starts_at for date in booking.occurrences), coming_offers(session, booking)
    offers = {date: offer for date, offer in coming_up.items() if offer.state is OfferState.OPEN}
    sought = {date: offer.created_at + UNDO_WITHIN for date, offer in coming_up.items() if date not in offers}
    said, offered = said_of(session, booking), verdicts_offered(session, offers.values())
    unknown = unknown_offered(session, offers.values())
    terms, in_line = {date: offered.get(offer.id) for date, offer in offers.items()}, places(session, booking, now=now)
    dates = [
        replace(
            _date(
                date,
                verdicts.get(date.local_start),
                offers.get(date.id),
                may_change=may_change,
                may_edit=may_edit,
                has_earlier=first < date.starts_at,
                by=by,
                now=now,
            ),
            said=said.get(date.number, ()),
            place=in_line.get(date.number),
            offered=terms.get(date.id),
            unknown=unknown.get(offers[date.id].id, ()) if date.id in offers else (),
            sought_from=sought.get(date.id),
        )
        for date in sorted(booking.occurrences, key=lambda date: (date.starts_at, date.number))
    ]
    coming = [one for one in dates if one.date.ends_at > now]
    decider = highest(verdict.decider for verdict in verdicts.values() if verdict.decider)
    stands_before = before(session, booking, [one.verdict for one in coming if one.is_live and one.verdict], by=by, now=now)
    people = {
        booking.holder_id,
        booking.hand_id,
        booking.decided_by,
        *_granting(booking),
        *(date.absent_by for date in booking.occurrences),
        *(row.by_id for rows in said.values() for row in rows),
        *(one.met.by for one in stands_before.conditions if one.met),
    }
    return ToldBooking(
        booking=booking,
        coming=tuple(coming),
        past=tuple(one for one in dates if one.date.ends_at <= now),
        arrival=_arrival(session, booking, coming),
        before=stands_before,
        reviews=tuple(reviews(verdicts)),
        excepted=tuple(excepted(verdicts)),
        missed=_missed(booking, verdicts),
        complaint=next((verdict.complaint for verdict in verdicts.values() if verdict.complaint), None),
        exceptions=exceptions_of(booking),
        decider_title=decider.title.in_language(language) if decider else "",
        came_from=_came_from(session, booking),
        beside=needed_by(booking, booking.room),
        unsure=unsure_of(session, [one.date.room for one in coming if one.is_live], booking.needs),
        names=names_of_people(session, {one for one in people if one}),
        is_holders=is_theirs,
        may_change=may_change and any(one.may_cancel or one.offer for one in coming),
        may_edit=may_edit and any(one.may_cancel or one.offer for one in coming),
        may_confirm=booking.state is BookingState.UNCONFIRMED and (by.is_officer or _acts_for(booking, by)),
        may_decide=lifecycle.allows(lifecycle.Act.REFUSE, booking.state) and may_decide(booking, by),
    )


def _load(session: Session, booking: Booking) -> None:
    """Bring what the page reads of the booking into the session, whatever the number of its dates."""
    rooms = {booking.room_id, *(date.room_id for date in booking.occurrences)}
    whole = (joinedload(Room.venue).joinedload(Venue.district), selectinload(Room.spaces))
    session.scalars(select(Room).where(Room.id.in_(rooms)).options(*whole)).unique().all()
    for kind, key in (
        (Person, booking.holder_id),
        (Organisation, booking.organisation_id),
        *((Agreement, number) for number in sorted({one.agreement_id or 0 for one in booking.occurrences} - {0})),
        (Grant, booking.grant_id),
    ):
        if key is not None:
            session.get(kind, key)


def _date(
    date: Occurrence,
    verdict: Verdict | None,
    offer: Offer | None,
    *,
    may_change: bool,
    may_edit: bool,
    has_earlier: bool,
    by: Actor,
    now: datetime,
) -> ToldDate:
    is_ahead = may_change and date.starts_at > now
    looks_after = by.is_officer or by.is_caretaker_of(date.room.venue_id)
    has_begun = date.starts_at <= now and lifecycle.allows(lifecycle.Act.NOTE_USE, date.state)
    return ToldDate(
        date,
        verdict,
        against=against(date, verdict),
        cost=cost_of(date, verdict, now=now) if date.starts_at > now else None,
        may_cancel=is_ahead and lifecycle.allows(lifecycle.Act.CANCEL, date.state),
        may_move=is_ahead and may_edit and lifecycle.allows(lifecycle.Act.MOVE, date.state),
        may_readd=is_ahead and may_edit and lifecycle.allows(lifecycle.Act.READD, date.state) and not _is_refused(date),
        may_split=is_ahead and lifecycle.allows(lifecycle.Act.MOVE, date.state) and has_earlier,
        may_note=has_begun and looks_after and date.booking.kind.is_judged,
        may_take_back=date.absent_at is not None and looks_after,
        may_say=has_begun and (looks_after or acts_on(date.booking, by)) and date.booking.kind.is_judged,
        returns=date.starts_at > now and _returns(date),
        offer=offer if is_ahead and offer and offer.expires_at and offer.expires_at > now else None,
    )


def _returns(date: Occurrence) -> bool:
    """Whether a date that was left out is offered its time when that becomes free."""
    is_left_out = date.state is OccurrenceState.SKIPPED and date.reason in (TAKEN, TOO_FEW)
    return is_left_out and date.booking.state not in OVER


def _is_refused(date: Occurrence) -> bool:
    """Whether a rule keeps the date out, or somebody said no to the booking: to ask for it again as it stands helps nobody."""
    by_rule = date.state is OccurrenceState.SKIPPED and date.reason.startswith("policy:")
    return by_rule or date.booking.state in (BookingState.REFUSED, BookingState.LAPSED)


def _arrival(session: Session, booking: Booking, coming: Sequence[ToldDate]) -> Arrival | None:
    """How one gets in next time; before anything is booked, whom to call about the first date."""
    live = [one.date for one in coming if one.is_live]
    if not live:
        return None
    return arrival(session, live[0].room.venue, live[0].starts_at)


def _missed(booking: Booking, verdicts: Mapping[datetime, Verdict]) -> dict[int, Missed]:
    """Of each date that nobody came to, what follows from it by its latest judgement."""
    noted = {date: verdicts.get(date.local_start) for date in booking.occurrences if date.absent_at}
    rules = {date: verdict.absence for date, verdict in noted.items() if verdict}
    return {date.number: Missed(rule, answer_by(date, rule)) for date, rule in rules.items() if rule}


def _came_from(session: Session, booking: Booking) -> str:
    if booking.split_from is None:
        return ""
    return session.scalar(select(Booking.reference).where(Booking.id == booking.split_from)) or ""


def _granting(booking: Booking) -> set[int]:
    """The ids of those who granted exceptions."""
    return {int(waiver.by) for waiver in exceptions_of(booking).waivers}


def _acts_for(booking: Booking, by: Actor) -> bool:
    return booking.organisation_id is not None and by.acts_for(booking.organisation_id)
