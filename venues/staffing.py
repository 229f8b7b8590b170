"""Staffing: the verbs for who answers at a venue and for its photos."""

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor
from database.audit import Act, record
from kernel.errors import Invalid, Missing, refuse
from venues.editing import raised
from venues.inputs import ContactInput, PhotoInput
from venues.models import OnSite, Origin, Photo, Venue
from venues.queries import subject_of, venue_named


def add_contact(session: Session, venue: str, given: ContactInput, *, by: Actor, now: datetime) -> list[OnSite]:
    """Say who answers at a venue at which hours, a row for each weekday; its caretaker may. Raises Invalid (``end-before-start``)."""
    place = venue_named(session, venue)
    by.require(by.is_officer or by.is_caretaker_of(place.id), "caretaker")
    start, end = (int(clock.total_seconds() // 60) for clock in (given.start, given.end))
    if end <= start:
        raise refuse(Invalid, "end-before-start", "end", end, start=start)
    hours = {"from_minute": start, "to_minute": end}
    words = {"role": given.role, "phone": given.phone, "is_present": given.is_present, "origin": Origin.STAFF}
    rows = [OnSite(venue_id=place.id, weekday=day, **hours, **words) for day in sorted(set(given.weekdays))]
    session.add_all(rows)
    raised(place, now)
    session.flush()
    record(session, Act("add_contact", "venue", place.id, {"contacts": [row.id for row in rows]}), by=by, now=now)
    return rows


def remove_contact(session: Session, contact_id: int, *, by: Actor, now: datetime) -> Venue:
    """Take a line of who answers away; the answer is its venue. Raises Missing (``unknown-contact``)."""
    contact = session.get(OnSite, contact_id)
    if contact is None:
        raise refuse(Missing, "unknown-contact", "contact", contact_id)
    by.require(by.is_officer or by.is_caretaker_of(contact.venue_id), "caretaker")
    venue = session.get_one(Venue, contact.venue_id)
    session.delete(contact)
    raised(venue, now)
    record(session, Act("remove_contact", "venue", venue.id, {"contacts": [contact_id]}), by=by, now=now)
    session.flush()
    return venue


def add_photo(session: Session, venue: str, given: PhotoInput, *, file: str, by: Actor, now: datetime) -> Photo:
    """Hang up a photo that lies in the folder of photos as ``file``; the venue's caretaker may."""
    place, one = subject_of(session, venue, given.room)
    by.require(by.is_officer or by.is_caretaker_of(place.id), "caretaker")
    words = {"alternative_text": given.alternative_text, "credit": given.credit}
    photo = Photo(venue_id=place.id, room_id=one.id if one else None, file=file, **words, origin=Origin.STAFF, added_at=now)
    session.add(photo)
    raised(one or place, now)
    session.flush()
    record(session, Act("add_photo", "photo", photo.id, {"venue": place.id, "room": photo.room_id}), by=by, now=now)
    return photo


def remove_photo(session: Session, photo_id: int, *, by: Actor, now: datetime) -> Photo:
    """Take a photo down; its file is for the edge to delete. Raises Missing (``unknown-photo``)."""
    photo = session.get(Photo, photo_id)
    if photo is None:
        raise refuse(Missing, "unknown-photo", "photo", photo_id)
    by.require(by.is_officer or by.is_caretaker_of(photo.venue_id), "caretaker")
    raised(session.get_one(Venue, photo.venue_id), now)
    record(session, Act("remove_photo", "photo", photo_id, {"venue": photo.venue_id, "room": photo.room_id}), by=by, now=now)
    session.delete(photo)
    session.flush()
    return photo
