"""Account: what an organisation or a person was billed, will be, and may have to pay, by team, as it stands at a moment."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.identity import Actor
from accounts.models import Organisation
from accounts.organisations import organisation_of
from accounts.queries import names_of_organisations, organisation_by_number
from booking.billing.models import Line, Terms
from booking.billing.owed import IS_DISPUTED, IS_UNPRICED, LAST, LEFT, PAYER, dates
from booking.billing.periods import begun
from booking.fees import cost_of
from booking.models import Booking, Occurrence
from booking.reasons import verdicts_of_all
from booking.states import OccurrenceState
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Invalid, Stale, refuse
from kernel.money import Ore
from kernel.texts import sign_of
from kernel.wallclock import to_wall
from venues.queries import municipality
from web.forms import Input

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose account: an organisation's, or a person's for what it booked in its own name."""

    organisation_id: int | None = None
    person_id: int | None = None

    def require(self, by: Actor) -> None:
        """Raises Unidentified or Forbidden to all but officers, the person, and those who act for the organisation."""
        is_own = self.person_id is not None and self.person_id == by.person_id
        by.require(by.is_officer or is_own or (self.organisation_id is not None and by.acts_for(self.organisation_id)), "delegate")

    @property
    def lines(self) -> ColumnElement[bool]:
        """The lines of what it booked, and of what it pays for others."""
        if self.organisation_id is None:
            return Line.person_id == self.person_id
        return or_(Line.organisation_id == self.organisation_id, Line.payer_id == self.organisation_id)

    @property
    def dates(self) -> ColumnElement[bool]:
        """The same of dates; those of others are looked for among whom it pays or paid for."""
        if self.organisation_id is None:
            return and_(Booking.organisation_id.is_(None), Booking.holder_id == self.person_id)
        pays = select(Terms.organisation_id).where(Terms.payer_id == self.organisation_id)
        paid = select(Line.organisation_id).where(Line.payer_id == self.organisation_id)
        among = Booking.organisation_id.in_(union(select(literal(self.organisation_id)), pays, paid))
        return and_(among, or_(Booking.organisation_id == self.organisation_id, PAYER.in_([self.organisation_id])))


@dataclass(slots=True)
class Sums:
    """In øre: what was ``billed``, what is used or given up and will be (``due``), what is booked ahead (``expected``), and
    what it would cost to cancel that today (``at_risk``)."""

    billed: Ore = 0
    due: Ore = 0
    expected: Ore = 0
    at_risk: Ore = 0

    @property
    def total(self) -> Ore:
        """What it comes to when everything ahead is used."""
        return self.billed + self.due + self.expected


@dataclass(frozen=True, slots=True, order=True)
class Team:
    """A team of an organisation; who has booked is named where another pays."""

    organisation: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """The sums by team, what they come to, and how many dates are disputed and how many have no price."""

    teams: Sequence[tuple[Team, Sums]]
    whole: Sums
    disputed: int
    unpriced: int


IS_AHEAD = "is_ahead"


def account(session: Session, whose: Whose, *, by: Actor, now: datetime) -> Account:
    """The account at a moment; a number of statements that does not grow with its dates."""
    whose.require(by)
    booked: dict[tuple[int | None, str], Sums] = defaultdict(Sums)
    ours = Line.organisation_id, Line.team
    for organisation, team, amount in session.execute(select(*ours, func.sum(Line.amount)).where(whose.lines).group_by(*ours)):
        booked[organisation, team].billed += int(amount)
    ahead, disputed, unpriced = _is_ahead(now), 0, 0
    counted = (func.sum(LEFT), func.sum(case((IS_DISPUTED, 1), else_=0)), func.sum(case((IS_UNPRICED, 1), else_=0)))
    group = (Booking.organisation_id, Booking.team, ahead)
    for organisation, team, is_ahead, left, held, unknown in session.execute(_open(session, whose, now, *group, *counted).group_by(*group)):
        sums = booked[organisation, team]
        sums.expected, sums.due = sums.expected + (int(left) if is_ahead else 0), sums.due + (0 if is_ahead else int(left))
        disputed, unpriced = disputed + int(held), unpriced + int(unknown)
    for booking, fee in _at_risk(session, whose, now):
        booked[booking.organisation_id, booking.team].at_risk += fee
    return Account(_named(session, whose, booked), _sum(booked.values()), disputed, unpriced)


def lines_of(session: Session, whose: Whose, *, before: int | None = None, by: Actor) -> Sequence[Line]:
    """What was billed, newest first, and one more than is shown; ``before`` a line's id."""
    whose.require(by)
    found = select(Line).where(whose.lines).options(joinedload(Line.period)).order_by(Line.id.desc()).limit(MOST_SHOWN + 1)
    return session.scalars(found.where(Line.id < before) if before is not None else found).all()


@dataclass(frozen=True, slots=True)
class Coming:
    """A date whose cost is not billed, or not all of it: what is left in øre, and whether it is disputed or has no price."""

    date: Occurrence
    left: Ore
    is_ahead: bool
    is_disputed: bool
    is_unpriced: bool


def unbilled(session: Session, whose: Whose, *, by: Actor, now: datetime) -> Sequence[Coming]:
    """The first dates of which something is left to bill, in order, and one more than is shown."""
    whose.require(by)
    found = _open(session, whose, now, Occurrence, LEFT, _is_ahead(now), IS_DISPUTED, IS_UNPRICED)
    found = found.where(or_(LEFT != 0, IS_DISPUTED, IS_UNPRICED)).order_by(Occurrence.local_start, Occurrence.id).limit(MOST_SHOWN + 1)
    whole = (joinedload(Occurrence.booking).joinedload(Booking.organisation), joinedload(Occurrence.room))
    return [Coming(row[0], int(row[1]), *map(bool, row[2:])) for row in session.execute(found.options(*whole))]


class TermsInput(Input):
    """What stands on the organisation's invoices, and the number of another organisation that pays; with the sign of what had been said
    as it was ``seen``."""

    reference: Annotated[str, Field(max_length=100)] = ""
    payer: Annotated[str, Field(max_length=20)] = ""
    seen: str = ""


def terms_of(session: Session, organisation_id: int) -> Terms | None:
    """How an organisation is billed, where anything was said of it."""
    return session.scalar(select(Terms).where(Terms.organisation_id == organisation_id).options(joinedload(Terms.payer)))


def set_terms(session: Session, organisation_id: int, given: TermsInput, *, by: Actor, now: datetime) -> Terms:
    """Say what is written on an organisation's invoices and who pays them, for what is billed from now on.

    For officers and those who act for it; that another pays only officers and those who act for both can say. Raises
    Invalid (``no-such-organisation``), Stale (``terms-changed``) where another said otherwise since it was seen, Forbidden.
    """
    by.require(by.is_officer or by.acts_for(organisation_id), "delegate")
    lock(session, Key(Subject.ORGANISATION, organisation_id))
    organisation = organisation_of(session, organisation_id)
    known = session.get(Terms, organisation_id, with_for_update=True, populate_existing=True)
    row = known or Terms(organisation_id=organisation.id, reference="")
    payer = _payer(session, given.payer, organisation)
    if payer != row.payer_id:
        by.require(by.is_officer or payer is None or by.acts_for(payer), "officer")
    if (payer, given.reference) == (row.payer_id, row.reference):
        return row
    if given.seen not in ("", seen_of(known)):
        raise refuse(Stale, "terms-changed", "reference", row.reference)
    row.payer_id, row.reference = payer, given.reference
    session.add(row)
    session.flush()
    record(session, Act("bill", "organisation", organisation_id, {"payer": payer, "reference": bool(given.reference)}), by=by, now=now)
    return row


def seen_of(terms: Terms | None) -> str:
    """The sign of how an organisation is billed."""
    return sign_of(repr((terms.payer_id, terms.reference) if terms else None))


def _payer(session: Session, number: str, organisation: Organisation) -> int | None:
    """Another organisation by its number; an organisation that is to pay for itself has no other."""
    digits = "".join(number.split())
    if not digits or digits == organisation.number:
        return None
    found = organisation_by_number(session, digits)
    if found is None:
        raise refuse(Invalid, "no-such-organisation", "payer", number)
    return found.id


def _is_ahead(now: datetime) -> ColumnElement[bool]:
    return and_(Occurrence.state == OccurrenceState.BOOKED, Occurrence.starts_at > now).label(IS_AHEAD)


def _open(session: Session, whose: Whose, now: datetime, *columns: Any) -> Any:
    """Dates from the first that any period billed, or from the beginning of this year where none was; and what was billed."""
    since = begun(session) or to_wall(now, municipality(session).zone).date().replace(month=1, day=1)
    reached = or_(Occurrence.local_start >= datetime(since.year, since.month, since.day), LAST.id.is_not(None))  # noqa: DTZ001
    return dates(*columns).where(whose.dates, reached)


def _at_risk(session: Session, whose: Whose, now: datetime) -> Iterator[tuple[Booking, Ore]]:
    """What cancelling each booking's coming dates would cost today, where that is known; two statements."""
    ids = dates(Occurrence.booking_id).where(whose.dates, _is_ahead(now))
    bookings = session.scalars(select(Booking).where(Booking.id.in_(ids)).options(selectinload(Booking.occurrences))).all()
    verdicts = verdicts_of_all(session, bookings)
    for booking in bookings:
        for one in booking.occurrences:
            cost = cost_of(one, verdicts[booking.id].get(one.local_start), now=now) if one.starts_at > now else None
            if cost and cost.fee:
                yield booking, cost.fee


def _named(session: Session, whose: Whose, booked: dict[tuple[int | None, str], Sums]) -> list[tuple[Team, Sums]]:
    others = {organisation for organisation, _team in booked if organisation is not None and organisation != whose.organisation_id}
    names = names_of_organisations(session, others) if others else {}
    found = [(Team(names.get(organisation or 0, ""), team), sums) for (organisation, team), sums in booked.items()]
    return sorted(((team, sums) for team, sums in found if sums != Sums()), key=lambda one: one[0])


def _sum(parts: Any) -> Sums:
    whole = Sums()
    for one in parts:
        whole.billed, whole.due = whole.billed + one.billed, whole.due + one.due
        whole.expected, whole.at_risk = whole.expected + one.expected, whole.at_risk + one.at_risk
    return whole
