"""Letters about bookings: what is booked, asked for, refused, moved and cancelled, why, and whom to ask."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from accounts.models import Person
from booking.absence import answer_by
from booking.alternatives import form_path
from booking.conditions.queries import entries, visit_of
from booking.conditions.reminders import lacking_of
from booking.judging import highest
from booking.lifecycle import LIVE
from booking.likeness import unknown_offered
from booking.models import Booking, Occurrence, Offer
from booking.offers import nothing_for, open_offers
from booking.preferring import lost_by, offers_after
from booking.reasons import against, excepted, reviews, verdicts_of, verdicts_offered
from booking.states import BookingKind, BookingState, OccurrenceState
from booking.waiving import exceptions_of
from database.outbox import Notice
from kernel.errors import Fault
from kernel.money import Ore
from notices.itip import entries_of, is_many
from notices.letter import Letter, one_line
from notices.links import path_of, to_acknowledge, to_answer, to_cancel
from notices.smsbox import MOBILE
from policies.verdict import Condition, Verdict
from settings import Settings
from venues.contact import arrival
from venues.models import Room, Venue
from venues.queries import municipality

# These tell a whole wish: what is left out of it, and what stands in line.
TELLS_ALL = {"booking-booked", "booking-requested", "booking-unconfirmed", "booking-waiting"}
# These tell of time that one has, or may get: what it costs, and what has to be done before one comes.
TELLS_TERMS = (TELLS_ALL - {"booking-waiting"}) | {"date-booked", "agreement-redrawn"}
WAITS = {OccurrenceState.WAITING, OccurrenceState.SKIPPED, OccurrenceState.DISPLACED}
# What was found since an offer ran out is told by itself; what is for the calendar asks nothing.
OFFERS_NOTHING = {"offer-expired", "date-in-calendar"}
CANCELS = {"booking-booked", "dates-moved", "date-booked"}
TELLS_EXCEPTIONS = TELLS_ALL | {"booking-refused", "dates-moved"}


@dataclass(frozen=True, slots=True)
class Line:
    """One date as a mail tells it, with what the policy had against one that was left out."""

    date: Occurrence
    against: tuple[Fault, ...] = ()


def of_booking(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """What became of a booking, to its holder; None where later acts have left nothing of it to tell."""
    found, person = read(session, notice.booking_id), session.get(Person, notice.person_id)
    if found is None or person is None:
        return None
    offers = open_offers(session, found)
    told = told_dates(found, notice, offers)
    if not told or (notice.kind == "booking-booked" and not found.kind.is_judged):
        return None
    verdicts = verdicts_of(session, found)
    booked = (date for date in found.occurrences if date.state is OccurrenceState.BOOKED and date.starts_at > now)
    still = sorted(booked, key=lambda date: date.starts_at)
    # One reads how to get in to the dates that are told, else to what comes next.
    first = next((date for date in still if date in told), still[0] if still else None)
    in_line = [date for date in found.occurrences if date.state is OccurrenceState.WAITING and date.id not in offers and date not in told]
    values = {
        "dates": [Line(date) for date in told],
        "offers": [_answers(offers[date.id], notice, settings) for date in told if date.id in offers and notice.kind not in OFFERS_NOTHING],
        "offered": verdicts_offered(session, offers.values()),
        "unknown": unknown_offered(session, offers.values()),
        "in_vain": nothing_for(session, told, offers),
        "left_out": _left_out(found, verdicts) if notice.kind in TELLS_ALL else [],
        "in_line": [Line(date) for date in in_line] if notice.kind in TELLS_ALL else [],
        "still": [Line(date) for date in still if date not in told],
        "whys": _whys(told),
        "cause": notice.facts.get("cause", ""),
        "reviews": reviews(verdicts) if found.state is BookingState.REQUESTED else [],
        "excepted": excepted(verdicts) if notice.kind in TELLS_EXCEPTIONS else [],
        "exceptions": exceptions_of(found),
        "before": _before(session, told) if notice.kind in TELLS_TERMS else [],
        "decider_title": _decider(verdicts, person.language),
        "is_priced": notice.kind in TELLS_TERMS and found.kind is BookingKind.ORDINARY,
        "charged": _charged(told),
        **_terms(told, verdicts, is_told=notice.kind == "booking-booked"),
        **(_after_refusal(session, found, now) if notice.kind == "booking-refused" else {}),
        "complaint": next((verdict.complaint for verdict in verdicts.values() if verdict.complaint), None),
        **_missed(told, verdicts),
        "fees": [date.fee for date in told if date.fee is not None],
        "first": first,
        "is_next": still[:1] == [first],
        "is_many": notice.kind in TELLS_TERMS | {"dates-added"} and is_many(found),
        "arrival": arrival(session, first.room.venue, first.starts_at) if first and found.kind.is_judged else None,
        **_links(notice, first, settings),
    }
    mobile = person.phone if notice.answer_by and MOBILE.fullmatch(person.phone) else ""
    entries = entries_of(notice, person, found, told, asks=bool(notice.answer_by or values["offers"]))
    if notice.kind == "date-in-calendar" and entries.own is None:
        return None
    return Letter(person.email or "", person.language, "booking", about(session, found, told) | values, mobile, entries)


def of_confirmation(session: Session, notice: Notice, settings: Settings, *, now: datetime) -> Letter | None:
    """Somebody asks in the name of an organisation, to those who may confirm it; None when it waits for them no more."""
    found, person = read(session, notice.booking_id), session.get(Person, notice.person_id)
    if found is None or person is None or person.email is None or found.state is not BookingState.UNCONFIRMED:
        return None
    holder = found.holder
    asker = {"name": one_line(holder.name), "phone": holder.phone, "email": holder.email or ""}
    dates = [date for date in found.occurrences if date.state is OccurrenceState.UNCONFIRMED]
    values = {**about(session, found, dates), "asker": asker, "dates": list(map(Line, dates))}
    return Letter(person.email, person.language, "confirmation", values)


def read(session: Session, booking_id: int | None) -> Booking | None:
    """The booking with all that mails tell of it."""
    place = joinedload(Booking.room).joinedload(Room.venue).joinedload(Venue.district)
    dates = selectinload(Booking.occurrences).joinedload(Occurrence.room).joinedload(Room.venue)
    holders = (joinedload(Booking.organisation), joinedload(Booking.holder))
    return session.scalar(select(Booking).where(Booking.id == booking_id).options(place, dates, *holders))


def told_dates(booking: Booking, notice: Notice, offers: Mapping[int, Offer]) -> list[Occurrence]:
    """The dates that a notice is about, where they are still as it says: what was ended before or since is another notice's."""
    match notice.kind:
        case "dates-cancelled" | "waited-in-vain" | "seeking-ended":
            numbers = set(notice.facts["dates"])
            return [date for date in booking.occurrences if date.number in numbers]
        case "dates-displaced" | "nothing-found":
            numbers = set(notice.facts.get("dates") or [notice.facts["number"]])
            return [date for date in booking.occurrences if date.number in numbers and date.state is OccurrenceState.DISPLACED]
        case "date-booked":
            numbers = set(notice.facts.get("dates") or [notice.facts["number"]])
            return [date for date in booking.occurrences if date.number in numbers and date.state in LIVE]
        case "date-offered":
            return [date for date in booking.occurrences if date.id in offers and offers[date.id].id == notice.facts["offer"]]
        case "offer-expired" | "offer-withdrawn":
            since = offers if notice.kind == "offer-withdrawn" else {}
            return [
                date
                for date in booking.occurrences
                if date.number == notice.facts["number"] and date.state in WAITS and date.id not in since
            ]
        case "dates-moved" | "dates-added" | "booking-changed" | "agreement-redrawn":
            return [date for date in booking.occurrences if date.number in notice.facts["dates"] and date.state in LIVE]
        case "booking-split":
            return [date for date in booking.occurrences if date.state in LIVE]
        case "damage-noted" | "date-in-calendar":
            return [date for date in booking.occurrences if date.number == notice.facts["number"]]
        case "absence-noted" | "absence-withdrawn" as kind:
            is_noted = kind == "absence-noted"
            missed = (date for date in booking.occurrences if date.number == notice.facts["number"])
            return [date for date in missed if (date.absent_at is not None) is is_noted]
        case kind:
            state = OccurrenceState(kind.removeprefix("booking-"))
            # What is offered for a date that waits is told by the offer's own notice.
            return [date for date in booking.occurrences if date.state is state and date.id not in offers]


def about(session: Session, booking: Booking, dates: Sequence[Occurrence]) -> dict[str, object]:
    """What every mail about a booking says: which it is, where the dates are that it tells, for whom, and whom to ask."""
    here, home = booking.room_of(dates), municipality(session)
    decider = session.get(Person, booking.decided_by) if booking.decided_by else None
    return {
        "booking": booking,
        "reference": booking.reference,
        "here": here,
        "room": one_line(f"{here.venue.name}, {here.name}"),
        "purpose": one_line(booking.purpose),
        "organisation": one_line(booking.organisation.name) if booking.organisation else "",
        "whose": one_line(booking.whose) if booking.organisation else "",
        "decided_by": one_line(decider.name) if decider else "",
        "zone": here.venue.zone,
        "office": one_line(home.contact_name or home.name),
        "office_phone": home.contact_phone,
        "municipality": one_line(home.name),
    }


def _links(notice: Notice, first: Occurrence | None, settings: Settings) -> dict[str, object]:
    """What its reader can do without signing in: say that it was read, where it is urgent; cancel the first date, in some."""
    may_cancel = first and notice.kind in CANCELS and first.booking.kind is BookingKind.ORDINARY
    links = {"to_acknowledge": to_acknowledge(notice) if notice.answer_by else None}
    links["to_cancel"] = to_cancel(first, notice) if first and may_cancel else None
    shown = {name: settings.public_url + path_of(link, settings.secret_key) if link else "" for name, link in links.items()}
    return {**shown, "acknowledge_by": notice.answer_by}


def _answers(offer: Offer, notice: Notice, settings: Settings) -> tuple[Offer, str, str]:
    """What is offered, with the addresses at which one takes it or says no."""
    yes, no = (settings.public_url + path_of(to_answer(offer, purpose, notice), settings.secret_key) for purpose in ("accept", "decline"))
    return offer, yes, no


def _after_refusal(session: Session, booking: Booking, now: datetime) -> dict[str, object]:
    """To whom dates were lost, and what else there is, each with the path of its form."""
    return {
        "lost": lost_by(session, booking),
        "instead": [(offer, form_path(offer)) for offer in offers_after(session, booking, now=now)],
    }


def _left_out(booking: Booking, verdicts: dict[datetime, Verdict]) -> list[Line]:
    skipped = (date for date in booking.occurrences if date.state is OccurrenceState.SKIPPED)
    return [Line(date, against(date, verdicts.get(date.local_start))) for date in skipped]


def _before(session: Session, dates: Sequence[Occurrence]) -> list[Condition]:
    """What the holder has to do before these dates, each thing once."""
    asking = [visit_of(date) for date in dates]
    lacking = lacking_of(asking, entries(session, asking, today=min(visit.use.day for visit in asking)))
    first: dict[str, Condition] = {}
    for condition in (one for conditions in lacking.values() for one in conditions):
        first.setdefault(condition.what, condition)
    return list(first.values())


def _terms(dates: Iterable[Occurrence], verdicts: dict[datetime, Verdict], *, is_told: bool) -> dict[str, object]:
    """What cancelling costs by the first date that costs anything, and what follows when nobody comes."""
    judged = [(date, verdicts[date.local_start]) for date in dates if is_told and date.local_start in verdicts]
    return {
        "ladder": next((verdict.cancellation for date, verdict in judged if verdict.cancellation and date.charged_price != 0), None),
        "absence": next((verdict.absence for _date, verdict in judged if verdict.absence), None),
    }


def _missed(dates: Iterable[Occurrence], verdicts: dict[datetime, Verdict]) -> dict[str, object]:
    """What follows from it that nobody came to one of the dates, and until when its holder can answer."""
    noted = ((date, verdicts.get(date.local_start)) for date in dates if date.absent_at)
    rules = ((date, verdict.absence) for date, verdict in noted if verdict and verdict.absence)
    return next(({"missed": rule, "answer_by": answer_by(date, rule)} for date, rule in rules), {"missed": None, "answer_by": None})


def _whys(dates: Iterable[Occurrence]) -> list[str]:
    """The reasons kept on the dates, each once."""
    return list(dict.fromkeys(one_line(date.reason) for date in dates if date.reason))


def _decider(verdicts: dict[datetime, Verdict], language: str) -> str:
    found = highest(verdict.decider for verdict in verdicts.values() if verdict.decider)
    return found.title.in_language(language) if found else ""


def _charged(dates: Sequence[Occurrence]) -> Ore | None:
    """What all of them cost, None where it is not stated for one."""
    prices = [date.charged_price for date in dates]
    return None if None in prices else sum(price for price in prices if price is not None)
