"""Evidence: what keeps something of people from being erased - open bills and reports, the law -, and what has to be settled first."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from accounts.personal.held import Evidence, Kept
from booking.billing.models import Dispute, Line, Payment, PaymentState
from booking.billing.models import Period as BillingPeriod
from booking.billing.owed import LEFT, dates
from booking.complaints.queries import held
from booking.lifecycle import LIVELIEST
from booking.models import Booking, Occurrence
from booking.states import BookingKind
from booking.support.grants.models import Report, ReportState
from booking.support.models import Grant
from kernel.errors import Fault
from kernel.texts import marked as _
from venues.models import RoomSpace, Space

BOOKS_ARE_KEPT_YEARS = 5
MOST_NAMED = 5


def with_open_bills(_session: Session) -> Select[int]:
    """The bookings of which a price is disputed, or that somebody is paying for."""
    paying = select(Payment.person_id).where(Payment.state == PaymentState.OPEN)
    disputed = select(Occurrence.booking_id).join(Dispute, Dispute.occurrence_id == Occurrence.id).where(Dispute.answered_at.is_(None))
    is_open = or_(Booking.id.in_(disputed), and_(Booking.organisation_id.is_(None), Booking.holder_id.in_(paying)))
    return select(Booking.id).where(Booking.kind == BookingKind.ORDINARY, is_open)


def with_open_reports(_session: Session) -> Select[int]:
    """The bookings in the time of grants whose report was not approved yet, for it is measured from them."""
    found = select(Booking.id).join(Grant, Grant.organisation_id == Booking.organisation_id).join(Report, Report.grant_id == Grant.id)
    dated = exists().where(
        Occurrence.booking_id == Booking.id,
        func.date(Occurrence.local_start) >= func.date(Grant.first_day),
        func.date(Occurrence.local_start) <= func.date(Grant.last_day),
    )
    return found.where(Report.state != ReportState.APPROVED, Grant.ended_at.is_(None), dated)


def with_open_complaints(session: Session) -> Collection[int]:
    """The bookings that open complaints are about."""
    return held(session).bookings


EVIDENCE = (
    Evidence("complaint", _("en klage som ikke er avgjort"), with_open_complaints),
    Evidence("bill", _("en regning som ikke er gjort opp"), with_open_bills),
    Evidence("report", _("en rapport om tilskudd som ikke er godkjent"), with_open_reports),
)


def kept_in_the_books(session: Session, person_id: int, today: date) -> Kept | None:
    """The name of who was billed or paid privately, for as long as the Bookkeeping Act, section 13, keeps it."""
    billed = select(func.max(BillingPeriod.last_day)).join(Line, Line.period_id == BillingPeriod.id).where(Line.person_id == person_id)
    paid = select(func.max(Payment.begun_at)).where(Payment.person_id == person_id, Payment.state == PaymentState.PAID)
    last_day, paid_at = session.scalar(billed), session.scalar(paid)
    years = [day.year for day in (last_day, paid_at) if day is not None]
    until = date(max(years) + BOOKS_ARE_KEPT_YEARS, 12, 31) if years else None
    return Kept("books", until, frozenset({"name"})) if until and until >= today else None


def kept_to_bill(session: Session, person_id: int, _today: date) -> Kept | None:
    """Name and address of who is to be billed privately for what was not billed yet."""
    left = dates(Occurrence.id).where(LEFT != 0, Booking.organisation_id.is_(None), Booking.holder_id == person_id).limit(1)
    return Kept("unbilled", None, frozenset({"name", "email"})) if session.scalar(left) else None


def kept_to_decide(session: Session, person_id: int, _today: date) -> Kept | None:
    """Name and address of who has a part in a complaint that was not decided yet."""
    return Kept("complaint", None, frozenset({"name", "email"})) if person_id in held(session).people else None


def coming(session: Session, person_id: int, now: datetime) -> Sequence[Fault]:
    """That a person has dates ahead, which have to be ended or handed over first."""
    ahead = (Booking.holder_id == person_id, Occurrence.ends_at > now, Occurrence.state.in_(sorted(LIVELIEST)))
    query = select(Booking.reference).join(Booking.occurrences).where(*ahead).distinct().order_by(Booking.reference)
    found = session.scalars(query.limit(MOST_NAMED + 1)).all()
    return [Fault("has-coming-bookings", "person", person_id, {"references": ", ".join(found[:MOST_NAMED])})] if found else []


def renew(session: Session, person_id: int) -> None:
    """Raise the revisions of the spaces that a person had, for feeds that may name them still."""
    rooms = select(Occurrence.room_id).join(Booking, Booking.id == Occurrence.booking_id).where(Booking.holder_id == person_id)
    spaces = select(RoomSpace.space_id).where(RoomSpace.room_id.in_(rooms))
    session.execute(
        update(Space).where(Space.id.in_(spaces)).values(revision=Space.revision + 1), execution_options={"synchronize_session": False}
    )
