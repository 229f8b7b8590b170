"""My bookings: what waits for me, what is coming, what has been."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from flask import render_template, request, url_for
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from accounts import edge
from accounts.identity import Actor
from booking.likeness import unknown_offered
from booking.models import Booking, Occurrence, Offer, Usage
from booking.pages.again import LastTime, same_again
from booking.pages.before import to_do
from booking.pages.blueprint import routes
from booking.pages.rows import IN_LINE, Row, Wanted, rows
from booking.reasons import verdicts_offered
from booking.states import BookingKind, BookingState, OccurrenceState, OfferState, UsageKind
from kernel.clock import now
from kernel.wallclock import to_wall
from venues.models import Room

WAITING = (BookingState.REQUESTED, BookingState.UNCONFIRMED)
AHEAD_AT_ONCE = 300
PAST_AT_ONCE = 20
LAST_PAGE = 10_000
# How many dates one is asked about, and for how long after each.
ASKED_AT_ONCE = 5
ASKED_FOR = timedelta(days=30)


@routes.get("/bookings")
def mine() -> str:
    """Bookings that I hold or made, and those of organisations that I act for."""
    actor = edge.actor()
    actor.require_known()
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    past, offered = _past(actor, page), _offers(actor)
    ahead = rows(edge.reading(), Wanted((of(actor),), is_ahead=True, limit=AHEAD_AT_ONCE), now=now())
    to_confirm = [row for row in ahead if row.state is BookingState.UNCONFIRMED and row.booking.organisation_id in actor.organisations]
    kept = Counter(offer.occurrence.booking_id for offer in offered if offer.occurrence.state is not OccurrenceState.SKIPPED)
    following = url_for("booking.mine", page=page + 1, _anchor="past") if len(past) > PAST_AT_ONCE else ""
    return render_template(
        "booking/mine.html",
        tasks=to_do(edge.reading(), by=actor, now=now()),
        to_confirm=to_confirm,
        refused=[row for row in ahead if row.state is BookingState.REFUSED],
        used=_used(actor),
        waiting=[row for row in ahead if row.state in WAITING and row not in to_confirm],
        offered=offered,
        verdicts=verdicts_offered(edge.reading(), offered),
        unknown=unknown_offered(edge.reading(), offered),
        in_line=[row for row in ahead if row.state in IN_LINE and row.ahead > kept[row.booking.id]],
        coming=[row for row in ahead if row.state is BookingState.BOOKED],
        past=past[:PAST_AT_ONCE],
        previous=url_for("booking.mine", page=page - 1, _anchor="past") if page > 1 else "",
        following=following,
        again=_again,
    )


def _used(actor: Actor) -> Sequence[Occurrence]:
    """Dates of the last weeks of which nobody said whether and by how many they were used, with whom they were booked for; newest first."""
    said = select(Usage.id).where(Usage.occurrence_id == Occurrence.id, Usage.kind.in_((UsageKind.USED, UsageKind.UNUSED))).exists()
    has_been = (Occurrence.state == OccurrenceState.BOOKED, Occurrence.ends_at <= now(), Occurrence.ends_at > now() - ASKED_FOR)
    query = select(Occurrence).join(Occurrence.booking).where(_in_hand(actor), *has_been, Occurrence.absent_at.is_(None), ~said)
    query = query.where(Booking.kind == BookingKind.ORDINARY, Booking.organisation_id.is_not(None))
    parts = (joinedload(Occurrence.booking).joinedload(Booking.organisation), joinedload(Occurrence.room).joinedload(Room.venue))
    return edge.reading().scalars(query.options(*parts).order_by(Occurrence.ends_at.desc(), Occurrence.id).limit(ASKED_AT_ONCE)).all()


def _again(row: Row) -> str:
    """The form filled in as last time."""
    last = LastTime(row.span or (row.booking.created_at, row.booking.created_at), row.last_day, row.dates)
    return same_again(row.booking, last, by=edge.actor(), today=to_wall(now(), row.booking.room.venue.zone).date())


def of(actor: Actor) -> ColumnElement[bool]:
    """The condition that a booking is this person's: what comes from a calendar is of the room only."""
    held = or_(Booking.holder_id == actor.person_id, Booking.hand_id == actor.person_id)
    return or_(held & (Booking.kind != BookingKind.INCOMING), Booking.organisation_id.in_(sorted(actor.organisations)))


def _in_hand(actor: Actor) -> ColumnElement[bool]:
    """The condition that this person may act on a booking of theirs, as ``cases.acts_on`` has it: not on what others stood by since."""
    stood_by = (Booking.kind == BookingKind.ORDINARY) & Booking.organisation_id.is_not(None) & Booking.confirm_by.is_(None)
    return of(actor) if actor.is_officer else of(actor) & or_(~stood_by, Booking.organisation_id.in_(sorted(actor.organisations)))


def _offers(actor: Actor) -> Sequence[Offer]:
    """What is kept for these bookings, what is to be answered first before the others."""
    date = joinedload(Offer.occurrence)
    parts = (
        joinedload(Offer.room).joinedload(Room.venue),
        date.joinedload(Occurrence.room),
        date.joinedload(Occurrence.booking).joinedload(Booking.organisation),
    )
    is_open = (Offer.state == OfferState.OPEN, Offer.expires_at > now())
    query = select(Offer).join(Offer.occurrence).join(Occurrence.booking).where(_in_hand(actor), *is_open).options(*parts)
    return edge.reading().scalars(query.order_by(Offer.expires_at, Offer.id)).all()


def _past(actor: Actor, page: int) -> list[Row]:
    """What has been or was ended, newest first; one more than a page holds tells that there is another."""
    wanted = Wanted((of(actor),), is_ahead=False, limit=PAST_AT_ONCE + 1, skip=(page - 1) * PAST_AT_ONCE)
    return rows(edge.reading(), wanted, now=now())
