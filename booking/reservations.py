"""Reservations: the verb that turns a wish into a booking, and its dry run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from accounts.identity import Actor, Role
from accounts.models import Delegation, DelegationState
from booking.applicants import applicant_of, require_kind, require_rights, visitor_of
from booking.case import Case, case_of_wish, in_room, in_use
from booking.conditions.asked import asked_of
from booking.conflicts import Answer
from booking.crowding import require_few_in_line
from booking.displacing import NOBODY, Losers, Loss, lose, losers, require_precedence, winners
from booking.freedom import remembered, require_current
from booking.images import before, undoable
from booking.judging import Judged, highest, judge_all, keep
from booking.lifecycle import state_of
from booking.models import Booking, Occurrence
from booking.occupy import Take, ask, occupy, peek
from booking.outcome import Dated, require_enough, results, wants_of
from booking.references import new_reference
from booking.revisions import touch, touch_holder
from booking.states import BookingState, Cause, OccurrenceState
from booking.waiving import asked_in, require_waivable
from booking.wish import Wish
from database.audit import Act, record
from database.locks import lock
from database.outbox import post
from database.writing import made, put
from kernel.errors import Conflict, Invalid, Refusal, refuse
from kernel.wallclock import nearest_interval, to_wall
from policies.judging import ROLES
from venues.queries import room_at

TO_CONFIRM = timedelta(days=7)
SHORTEST_TO_CONFIRM = timedelta(hours=1)
# Wishes in the name of others keep time for days: nobody fills a hall with them.
MOST_UNCONFIRMED, MOST_DATES_UNCONFIRMED = 5, 60
# No price is so high; every program reads such a number exactly, and a column keeps ten times it as a fee.
MOST_ORE = 10**15


@dataclass(frozen=True, slots=True)
class Preview:
    """What a wish would become, date by date, without anything being written."""

    case: Case
    dates: tuple[Dated, ...]


def preview(session: Session, wish: Wish, *, by: Actor, now: datetime) -> Preview:
    """The dry run of ``reserve``: same refusals for what cannot be read, a result per date for the rest.

    Who has not signed in may look too; what is then said holds for one of whom nothing is known.
    """
    case = case_asked(session, wish, by=by, now=now)
    judged = judge_all(session, parts_of(session, case, wish, by=by))
    require_waivable(session, case, [date for _part, dates in judged for date in dates])
    answer = peek(session, [want for part, dates in judged for want in wants_of(part, dates)], now=now)
    return Preview(case, in_order(results(judged, answer, wish.on_conflict)))


def case_asked(session: Session, wish: Wish, *, by: Actor, now: datetime) -> Case:
    """The case of a wish of somebody, or of one who has not signed in; raises what cannot be read."""
    room = in_use(room_at(session, wish.room))
    applicant = applicant_of(session, wish, room, by=by) if by.is_known else visitor_of(session, wish)
    return case_of_wish(wish, room, applicant, now=now)


def parts_of(session: Session, case: Case, wish: Wish, *, by: Actor) -> tuple[Case, ...]:
    """The case of a wish by the rooms of its dates; raises Missing and Conflict for rooms that cannot be booked."""
    paths = dict.fromkeys(span.room or case.path for span in case.dates)
    rooms = {path: case.room if path == case.path else in_use(room_at(session, path)) for path in paths}
    for room in rooms.values():
        require_kind(wish.kind, room, by)
    return tuple(in_room(case, room) for room in rooms.values())


def in_order(dates: Iterable[Dated]) -> tuple[Dated, ...]:
    """Soonest first, in whatever rooms they are."""
    return tuple(sorted(dates, key=lambda date: (date.judged.wall.start, date.judged.wall.end)))


def reserve(session: Session, wish: Wish, *, by: Actor, now: datetime) -> Booking:
    """Book the wish, or put it forward for decision, as the policy says.

    Raises what ``weigh`` and ``settle`` raise.
    """
    return settle(session, wish, weigh(session, wish, by=by, now=now), by=by, now=now)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A wish whose counts and spaces are locked: what the policy says of each date, and what stands in its way."""

    case: Case
    dates: tuple[Dated, ...]
    answer: Answer
    losers: Losers = NOBODY


def weigh(session: Session, wish: Wish, *, by: Actor, now: datetime) -> Weighed:
    """The first half of ``reserve``; raises Invalid for a wish that cannot be read or asks for exceptions that nobody gives,
    Unidentified, Forbidden, Missing, and Conflict where it is to displace what gives no way."""
    case = _case(session, wish, by=by, now=now)
    parts = parts_of(session, case, wish, by=by)
    foreseen = _foreseen(session, parts, wish, by=by, now=now)
    lock(session, *(key for part in parts for key in part.keys), *foreseen.keys)
    require_current(session, case.known)
    require_rights(session, case.applicant, by=by)
    judged = judge_all(session, parts)
    require_waivable(session, case, [date for _part, dates in judged for date in dates])
    answer = ask(session, [want for part, dates in judged for want in wants_of(part, dates)], now=now)
    found = results(judged, answer, wish.on_conflict)
    if wish.displace is None:
        return Weighed(case, in_order(found), answer)
    giving_way = losers(session, answer, locked=False)
    require_precedence(session, giving_way, winners(found, wish.kind), wish.displace, now=now)
    answer = answer.without(giving_way.ids)
    return Weighed(case, in_order(results(judged, answer, wish.on_conflict)), answer, giving_way)


def _foreseen(session: Session, parts: Sequence[Case], wish: Wish, *, by: Actor, now: datetime) -> Losers:
    """Who will have to give way, their bookings' rows locked before anything else is."""
    if wish.displace is None:
        return NOBODY
    by.require(by.is_officer, "officer")
    wants = [want for part, dates in judge_all(session, parts) for want in wants_of(part, dates)]
    return losers(session, peek(session, wants, now=now), locked=True)


def settle(session: Session, wish: Wish, weighed: Weighed, *, by: Actor, now: datetime) -> Booking:
    """The second half of ``reserve``, in the same transaction.

    Raises Declined with every objection of the policy and Taken with every booking in the way; with ``on_conflict`` skip only
    when no date is left; and Conflict (``too-often-in-line``, and what ``require_few_unconfirmed`` raises).
    """
    require_enough(weighed.dates, wish.on_conflict)
    require_few_in_line(session, weighed.case.applicant, weighed.dates)
    if weighed.case.applicant.must_confirm:
        require_few_unconfirmed(session, weighed.case.applicant.holder.id, bookings=1, dates=sum(date.is_kept for date in weighed.dates))
    return _written(session, wish, weighed, by=by, now=now)


def require_few_unconfirmed(session: Session, holder_id: int, *, bookings: int = 0, dates: int = 0) -> None:
    """Raises Conflict (``too-many-unconfirmed``, ``too-many-dates-unconfirmed``) where somebody, who is locked, would have more in the
    names of others than may wait; one statement."""
    waiting = select(func.count(Booking.id.distinct()), func.count(Occurrence.id)).join(Booking.occurrences)
    theirs = (Booking.holder_id == holder_id, Occurrence.state == OccurrenceState.UNCONFIRMED)
    wishes, number = session.execute(waiting.where(*theirs)).one()
    if wishes + bookings > MOST_UNCONFIRMED:
        raise refuse(Conflict, "too-many-unconfirmed", "organisation", most=MOST_UNCONFIRMED)
    if number + dates > MOST_DATES_UNCONFIRMED:
        raise refuse(Conflict, "too-many-dates-unconfirmed", "organisation", most=MOST_DATES_UNCONFIRMED, number=number + dates)


def _case(session: Session, wish: Wish, *, by: Actor, now: datetime) -> Case:
    found, known = remembered(session, wish.room) or (room_at(session, wish.room), None)
    try:
        room = in_use(found)
        return case_of_wish(wish, room, applicant_of(session, wish, room, by=by), known=known, now=now)
    except Refusal:
        # Nothing is refused for what a room was.
        require_current(session, known)
        raise


def _written(session: Session, wish: Wish, weighed: Weighed, *, by: Actor, now: datetime) -> Booking:
    case, dates = weighed.case, weighed.dates
    booking = _booking(wish, case, dates, by=by, now=now)
    put(session, booking)
    rows = [_row(booking, date, number, now) for number, date in enumerate(dates, start=1)]
    put(session, *rows)
    set_committed_value(booking, "occurrences", rows)
    held = [
        Take(date.want, row.id, hold_until(booking, date.state, now=now))
        for row, date in zip(rows, dates, strict=True)
        if date.want is not None and date.is_kept and keeps_time(booking, date.state)
    ]
    losing = before(session, weighed.losers.bookings) if weighed.losers.dates else None
    if wish.displace and losing:
        loss = Loss(Cause.PRECEDENCE, f"booking:{booking.id}", wish.displace.reason)
        lose(session, weighed.losers.dates, loss, by=by, now=now)
    occupy(session, weighed.answer, held, now=now)
    for path in dict.fromkeys(date.case.path for date in dates):
        keep(session, booking.id, [date.judged for date in dates if date.case.path == path], act="reserve", now=now)
    # What is occupied is newer already; a wish that holds no time is told in feeds too.
    (touch_holder if held else touch)(session, booking)
    facts: dict[str, Any] = {
        "state": str(booking.state),
        "version": booking.version,
        "dates": len(rows),
        "kept": sum(date.is_kept for date in dates),
        "organisation": booking.organisation_id,
    }
    if losing:
        facts["displaced"] = [loser.id for loser in weighed.losers.bookings]
    act = Act("reserve", "booking", booking.id, facts, booking.holder_id)
    record(session, act, by=by, now=now)
    post(session, f"booking-{booking.state}", person_id=booking.holder_id, booking_id=booking.id, now=now)
    if booking.state is BookingState.UNCONFIRMED:
        _ask_organisation(session, booking, now=now)
    if losing:
        undoable(session, act, losing.beside(booking), by=by, now=now)
    return booking


def _ask_organisation(session: Session, booking: Booking, *, now: datetime) -> None:
    """Tell those who act for the organisation that somebody asks in its name."""
    confirmed = select(Delegation.person_id).where(Delegation.state == DelegationState.CONFIRMED)
    for person_id in session.scalars(confirmed.where(Delegation.organisation_id == booking.organisation_id).order_by(Delegation.id)):
        post(session, "confirmation-wanted", person_id=person_id, booking_id=booking.id, now=now)


def keeps_time(booking: Booking, state: OccurrenceState) -> bool:
    """Whether a date in this state holds its time: booked, held until an answer, or until the organisation confirms."""
    return state is not OccurrenceState.REQUESTED or booking.hold_minutes is not None


def hold_until(booking: Booking, state: OccurrenceState, *, now: datetime) -> datetime | None:
    """When the claims of a date that waits run out; None for one that is booked, whatever the others wait for."""
    if state is OccurrenceState.UNCONFIRMED:
        return booking.confirm_by
    if state is OccurrenceState.REQUESTED and booking.hold_minutes is not None:
        return now + timedelta(minutes=booking.hold_minutes)
    return None


def _booking(wish: Wish, case: Case, dates: Sequence[Dated], *, by: Actor, now: datetime) -> Booking:
    applicant, asked = case.applicant, asked_in(wish, [date.judged for date in dates if date.is_kept])
    booking = made(
        Booking,
        reference=new_reference(),
        kind=wish.kind,
        state=state_of([date.state for date in dates], fallback=BookingState.REFUSED),
        room=case.room,
        organisation=applicant.organisation,
        holder=applicant.holder,
        hand_id=by.person_id,
        applicant_class=str(applicant.applicant_class),
        purpose=wish.purpose,
        activity=str(wish.activity),
        team=wish.team,
        participants=dict(wish.participants),
        needs=list(wish.needs),
        resources=dict(wish.resources),
        message=wish.message,
        contact_name=wish.contact or applicant.holder.name,
        contact_phone=wish.contact_phone or applicant.holder.phone,
        open_to_all=wish.open_to_all,
        public=wish.told,
        shown_publicly=_shown(wish, dates),
        alcohol=wish.alcohol,
        commercial=wish.commercial,
        recurrence=wish.recurrence.rrule if wish.recurrence else "",
        accepts=wish.accepts,
        book_when_free=wish.book_when_free,
        named_agreement=applicant.agreement,
        draws=wish.draws,
        grant=applicant.grant,
        exceptions=asked.to_json() if asked.asked else None,
        created_at=now,
        changed_at=now,
        version=1,
    )
    wait_for_decision(booking, [date.judged for date in dates if date.is_kept])
    if booking.state is BookingState.UNCONFIRMED:
        first = min(date.judged.wall.interval().start for date in dates if date.is_kept)
        booking.confirm_by = confirm_until(first, now=now)
    return booking


def _shown(wish: Wish, dates: Sequence[Dated]) -> bool:
    """Whether anybody may read whose it is: as the wish says, else as the policy does of all its dates."""
    if wish.shown_publicly is not None:
        return wish.shown_publicly
    return all(date.judged.verdict.shown_publicly for date in dates if date.judged.verdict)


def ask_longer(booking: Booking, first: datetime, *, now: datetime) -> None:
    """While nobody has confirmed a booking in the organisation's name, what it takes is a wish, with as long to confirm it as a new one
    where it waited no more, and no longer than from when it was made where it waits."""
    if booking.confirm_by is None:
        return
    last = booking.created_at + TO_CONFIRM if booking.state is BookingState.UNCONFIRMED else now + TO_CONFIRM
    booking.confirm_by = max(booking.confirm_by, min(confirm_until(first, now=now), last))


def confirm_until(first: datetime, *, now: datetime) -> datetime:
    """Until when an organisation may confirm a wish whose first date begins then."""
    return max(min(now + TO_CONFIRM, first), now + SHORTEST_TO_CONFIRM)


def wait_for_decision(booking: Booking, judged: Sequence[Judged], *, beside: Sequence[Occurrence] = ()) -> None:
    """Write who decides, by when, and how long the time is kept meanwhile, from the verdicts that ask for it.

    Dates ``beside`` these that wait already keep at least the role that decides on them.
    """
    deciders = [date.verdict.decider for date in judged if date.verdict and date.verdict.decider and date.needs_review]
    decider = highest(deciders)
    if decider is None:
        booking.decider, booking.decide_by, booking.hold_minutes, booking.paused_at = "", None, None, None
        return
    promised = [decider.promised_by for decider in deciders if decider.promised_by]
    holds = [decider.hold_minutes for decider in deciders]
    roles = [decider.role, Role(booking.decider)] if beside and booking.decider else [decider.role]
    # Who has the keys of one building decides nothing in another.
    elsewhere = Role.OFFICER if _are_elsewhere(booking, judged, beside) else Role.CARETAKER
    booking.decider = str(max(*roles, elsewhere, key=ROLES.index))
    booking.decide_by = min(promised) if promised else None
    booking.hold_minutes = None if None in holds else max(hold for hold in holds if hold is not None)


def _are_elsewhere(booking: Booking, judged: Sequence[Judged], beside: Sequence[Occurrence]) -> bool:
    """Whether some of what waits is in another building than the booking."""
    here = f"{booking.room.venue.slug}/"
    wanted = (date.request.room.startswith(here) for date in judged if date.needs_review and date.request)
    return not all(wanted) or any(date.room.venue_id != booking.room.venue_id for date in beside)


def _row(booking: Booking, date: Dated, number: int, now: datetime) -> Occurrence:
    wall = date.judged.wall
    # A date whose hour the clock skips is kept as a wish; its UTC is that of the clock jumping forward.
    interval = date.judged.wall.interval() if date.judged.fault is None else nearest_interval(wall)
    before, after = date.judged.buffers
    return made(
        Occurrence,
        booking_id=booking.id,
        number=number,
        room=date.case.room,
        state=date.state,
        reason=date.reason[:500],
        local_start=wall.start,
        local_end=wall.end,
        zone=wall.zone,
        starts_at=interval.start,
        ends_at=interval.end,
        before_minutes=before,
        after_minutes=after,
        conditions=asked_of(date.judged.conditions, decided=to_wall(now, wall.zone).date(), use=wall.start.date()),
        agreement_id=date.judged.agreement if date.is_kept else None,
        created_at=now,
        changed_at=now,
        **priced(date.judged, is_kept=date.is_kept),
    )


def priced(judged: Judged, *, is_kept: bool) -> dict[str, object]:
    """The price columns of a date: what the list says, what is charged, and by which tariff.

    Raises Invalid (``price-too-large``) for a price that no rule can have meant.
    """
    price = judged.verdict.price if judged.verdict and is_kept else None
    if price is None:
        return {"list_price": None, "charged_price": None, "tariff": ""}
    listed = price.listed if price.listed is not None else price.charged
    if max(listed, price.charged) > MOST_ORE:
        raise refuse(Invalid, "price-too-large", value=max(listed, price.charged), most=MOST_ORE, rule=price.rule)
    tariffs = sorted({f"{line.tariff} {line.tariff_from}" for line in price.lines})
    return {"list_price": listed, "charged_price": price.charged, "tariff": ", ".join(tariffs)[:80]}
