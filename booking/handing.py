"""Handing over: somebody who acts for the organisation takes over a booking in its name, and is whom it is asked about from then on."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Person
from booking.cases import booking_at
from booking.ending import keys_of
from booking.models import Booking
from booking.revisions import touch, touch_holder
from booking.states import BookingKind
from database.audit import Act, record
from database.locks import Key, Subject, lock


def take_over(session: Session, booking_id: int, *, version: int | None = None, by: Actor, now: datetime) -> Booking:
    """Become the holder of a booking in the name of an organisation that one acts for, and its contact.

    What it was judged by stays: the organisation has it, whoever holds it. Doing it again changes nothing. Raises Missing, Forbidden,
    Stale.
    """
    booking = booking_at(session, booking_id, version, by=by)
    acts = booking.organisation_id is not None and by.acts_for(booking.organisation_id) and booking.kind is BookingKind.ORDINARY
    by.require(acts, "delegate")
    me, former = by.require_known(), booking.holder_id
    if former == me:
        return booking
    lock(session, Key(Subject.PERSON, me), *keys_of(session, booking))
    touch_holder(session, booking)
    person = session.get_one(Person, me)
    booking.holder, booking.contact_name, booking.contact_phone = person, person.name, person.phone
    booking.version, booking.changed_at = booking.version + 1, now
    session.flush()
    touch(session, booking)
    facts = {"person": former, "holder": me, "version": booking.version}
    record(session, Act("take_over", "booking", booking.id, facts, me), by=by, now=now)
    return booking
