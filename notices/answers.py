"""Answers: what a link in a notice is about, and what happens when its reader presses the button on its page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.queries import actor_of
from booking.cases import require_acting
from booking.ending import cancel, costs_of
from booking.fees import Cost
from booking.likeness import unknown_offered
from booking.models import Booking, Occurrence, Offer, Undo
from booking.offers import accept, decline, open_offers, withdraw_vain
from booking.pages.labels import after_no, after_yes
from booking.reasons import verdicts_offered
from booking.states import OccurrenceState, OfferState
from booking.undo import undo
from database.outbox import Notice
from kernel.errors import Gone, Missing, refuse
from kernel.texts import marked as _
from notices.bookings import read, told_dates
from notices.links import Link, stamp_of
from notices.waiting import acknowledge
from policies.verdict import Verdict
from web.formats import span
from web.texts import gettext


@dataclass(frozen=True, slots=True)
class About:
    """What a link is about: a booking, the dates of it that are meant, what that costs, and what is offered, with its verdict.

    ``unknown`` are the keys of what is needed of which nobody knows whether the offered room has it.
    """

    booking: Booking
    dates: list[Occurrence]
    cost: Cost | None = None
    offer: Offer | None = None
    verdict: Verdict | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purpose:
    """A thing to be done by link: what it is about (raises Gone when it was done already), the verb, and the words for it.

    The verb returns the booking that it changed, where that can be undone. What was ``done`` is words, or a function that says
    it of the link.
    """

    about: Callable[[Session, Link, datetime], About]
    do: Callable[[Session, Link, Actor, datetime], Booking | None]
    question: str
    button: str
    done: str | Callable[[Session, Link], str]


def about(session: Session, link: Link, *, now: datetime) -> About:
    """What a link is about; raises Gone (``answer-expired``, ``answer-given``, ``answer-outdated``), Missing, and Forbidden
    (``not-acting``) where its reader may not act on the booking any more: who was told something may say that it was read."""
    if link.expires_at <= now:
        raise refuse(Gone, "answer-expired", "answer", link.expires_at.isoformat())
    found = PURPOSES[link.purpose].about(session, link, now)
    if link.purpose != "acknowledge":
        require_acting(found.booking, hand_of(session, link))
    return found


def answer(session: Session, link: Link, *, by: Actor, now: datetime) -> Booking | None:
    """Do what a link is for, as the person whom it was sent to, whoever is signed in; raises as ``about`` and the verb do."""
    about(session, link, now=now)
    return PURPOSES[link.purpose].do(session, link, hand_of(session, link), now)


def vain(session: Session, link: Link, *, by: Actor, now: datetime) -> None:
    """Close the offer that a link said yes to, as that person, where it could not be had any more."""
    withdraw_vain(session, link.subject_id, by=hand_of(session, link), now=now)


def told(session: Session, link: Link) -> str:
    """What was done by a link, in the language of the request."""
    done = PURPOSES[link.purpose].done
    return gettext(done) if isinstance(done, str) else done(session, link)


def hand_of(session: Session, link: Link) -> Actor:
    """The person whom a link was sent to, without the roles that they have when they sign in."""
    return replace(actor_of(session, link.person_id, via="link"), roles=frozenset(), venues=frozenset())


def _of_notice(session: Session, link: Link, now: datetime) -> About:
    notice = session.get(Notice, link.subject_id)
    found = read(session, notice.booking_id) if notice and stamp_of(notice) == link.stamp else None
    if notice is None or found is None:
        raise refuse(Missing, "no-such-link")
    if notice.acknowledged_at is not None:
        raise refuse(Gone, "answer-given")
    return About(found, told_dates(found, notice, open_offers(session, found)))


def _of_date(session: Session, link: Link, now: datetime) -> About:
    date = session.get(Occurrence, link.subject_id)
    found = read(session, date.booking_id) if date else None
    if date is None or found is None or stamp_of(date).partition(".")[0] != link.stamp.partition(".")[0]:
        raise refuse(Missing, "no-such-link")
    if stamp_of(date) != link.stamp:
        raise refuse(Gone, "answer-given" if date.state is OccurrenceState.CANCELLED else "answer-outdated", "answer", found.reference)
    return About(found, [date], costs_of(session, found, [date], now=now).get(date.number))


def _of_act(session: Session, link: Link, now: datetime) -> About:
    act = session.get(Undo, link.subject_id)
    found = read(session, act.subject_id) if act else None
    if act is None or found is None:
        raise refuse(Missing, "no-such-link")
    if act.undone_at is not None:
        raise refuse(Gone, "answer-given")
    changed = {one["id"] for one in act.before["dates"]}
    return About(found, [date for date in found.occurrences if date.id in changed])


def _cancel(session: Session, link: Link, hand: Actor, now: datetime) -> Booking:
    date = session.get_one(Occurrence, link.subject_id)
    return cancel(session, date.booking_id, number=date.number, version=date.booking.version, by=hand, now=now)


def _cancelled(session: Session, link: Link) -> str:
    date = session.get_one(Occurrence, link.subject_id)
    return gettext("Avlyst: %(when)s, %(room)s.", when=span(date.local_start, date.local_end), room=date.room.whole_name)


def _undo(session: Session, link: Link, hand: Actor, now: datetime) -> None:
    undo(session, link.subject_id, by=hand, now=now)


def _acknowledge(session: Session, link: Link, hand: Actor, now: datetime) -> None:
    acknowledge(session, link.subject_id, by=hand, now=now)


def _of_offer(session: Session, link: Link, now: datetime) -> About:
    offer = session.get(Offer, link.subject_id)
    found = read(session, offer.occurrence.booking_id) if offer and stamp_of(offer) == link.stamp else None
    if offer is None or found is None:
        raise refuse(Missing, "no-such-link")
    if offer.state is not OfferState.OPEN:
        raise refuse(Gone, "answer-given" if offer.answered_by else "answer-outdated", "answer", found.reference)
    verdict, unknown = verdicts_offered(session, [offer]).get(offer.id), unknown_offered(session, [offer]).get(offer.id, ())
    return About(found, [offer.occurrence], offer=offer, verdict=verdict, unknown=unknown)


def _accept(session: Session, link: Link, hand: Actor, now: datetime) -> None:
    accept(session, link.subject_id, by=hand, now=now)


def _taken(session: Session, link: Link) -> str:
    return after_yes(session.get_one(Offer, link.subject_id).occurrence)


def _decline(session: Session, link: Link, hand: Actor, now: datetime) -> None:
    decline(session, link.subject_id, by=hand, now=now)


def _refused(session: Session, link: Link) -> str:
    return gettext(after_no(session.get_one(Offer, link.subject_id).occurrence))


# What a link can be for.
PURPOSES: Mapping[str, Purpose] = {
    "acknowledge": Purpose(
        _of_notice, _acknowledge, _("Har du lest dette?"), _("Ja, jeg har lest det"), _("Takk! Da vet vi at du har lest det.")
    ),
    "cancel": Purpose(_of_date, _cancel, _("Vil du avlyse denne tiden?"), _("Ja, avlys"), _cancelled),
    "accept": Purpose(_of_offer, _accept, _("Vil dere ha denne tiden?"), _("Ja, vi tar den"), _taken),
    "decline": Purpose(_of_offer, _decline, _("Vil dere si nei til tilbudet?"), _("Nei takk"), _refused),
    "undo": Purpose(_of_act, _undo, _("Vil du angre?"), _("Ja, angre"), _("Det er angret. Alt er som rett før det ble gjort.")),
}
