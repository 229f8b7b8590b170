"""Again: the form filled in as last time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import url_for

from accounts.begun import shortened
from accounts.identity import Actor
from booking.alternatives import Offer, form_path
from booking.models import Booking, Occurrence
from booking.pages.repeats import fields_of
from booking.states import BookingKind
from venues.labels import need_label
from venues.statements import ACCESS

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LastTime:
    """When it was last: the wall-clock span to repeat, the day of the last date, and how many dates there were."""

    span: tuple[datetime, datetime]
    last_day: date
    dates: int


def same_again(booking: Booking, last: LastTime, *, by: Actor, today: date) -> str:
    """The address of the form with everything as last time that it can hold, a week after the last date or the same weekday soon."""
    day = last.last_day + WEEK
    if day <= today:
        day += WEEK * (-(-((today - day).days + 1) // 7))
    room, said = booking.room, {**_when(last, day), **_what(booking), **_who(booking, by), **_often(booking, last)}
    return shortened(url_for("booking.book_form", venue=room.venue.slug, room=room.slug), parse_qsl(urlencode(said, doseq=True)))


def instead(booking: Booking, offer: Offer, *, by: Actor) -> str:
    """The address of the form for what is offered instead, with everything else as it was asked for."""
    said = {**_what(booking), **_who(booking, by)}
    if offer.changes == "room":
        said.pop("agreement", None)
    page, _asked, query = form_path(offer).partition("?")
    return shortened(page, parse_qsl(f"{query}&{urlencode(said, doseq=True)}"))


def date_again(booking: Booking, date: Occurrence, *, by: Actor) -> str:
    """The address of the look at one date of a booking as a wish of its own, with the ways to have it when it is taken."""
    last = LastTime((date.local_start, date.local_end), date.local_start.date(), 1)
    room, said = date.room, {**_when(last, last.last_day), **_what(booking), **_who(booking, by)}
    return shortened(url_for("booking.preview_page", venue=room.venue.slug, room=room.slug), parse_qsl(urlencode(said, doseq=True)))


def _when(last: LastTime, day: date) -> dict[str, Any]:
    start, end = last.span
    overnight = end.date() - start.date()
    said = {"date": day.isoformat(), "from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}
    if overnight > timedelta(days=1) or (overnight and said["to"] != "00:00"):
        said["end_date"] = (day + overnight).isoformat()
    return said


def _what(booking: Booking) -> dict[str, Any]:
    kept = ("purpose", "activity", "team", "contact_phone", "message")
    said = {name: getattr(booking, name) for name in kept} | {"contact": booking.contact_name, **said_needs(booking.needs)}
    said |= {name: "yes" for name in ("open_to_all", "alcohol", "commercial") if getattr(booking, name)}
    said |= said_publicly(booking)
    said["shown_publicly"] = "" if booking.shown_publicly else "no"
    said |= {f"resources.{slug}": count for slug, count in booking.resources.items()}
    said |= {f"participants.{band}": heads for band, heads in booking.participants.items()}
    return {name: value for name, value in said.items() if value} | _support(booking)


def said_publicly(booking: Booking) -> dict[str, Any]:
    """What anybody may read of it, as the form names it."""
    said = {"public.ages[]" if name == "ages" else f"public.{name}": value for name, value in booking.public.items()}
    return said | {name: "yes" if value else "no" for name, value in said.items() if isinstance(value, bool)}


def said_needs(needs: Iterable[str]) -> dict[str, Any]:
    """What is needed as the form says it: access by its keys, all else in words."""
    access = [need for need in needs if need.startswith(ACCESS)]
    words = (need_label(need) for need in needs if need not in access)
    return {"access": [need.removeprefix(ACCESS) for need in access], "needs": "\n".join(words)}


def _support(booking: Booking) -> dict[str, Any]:
    support = {"agreement": booking.named_agreement_id, "grant": booking.grant_id, "draws": "" if booking.draws else "no"}
    return {name: value for name, value in support.items() if value}


def _who(booking: Booking, by: Actor) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if by.is_officer and booking.holder_id != by.person_id:
        said = {"caller": booking.holder.name, "person": booking.holder_id}
    if booking.kind is not BookingKind.ORDINARY:
        return said | {"applicant": str(booking.kind)}
    organisation = booking.organisation
    if organisation is None:
        return said | {"applicant": "me"}
    if by.acts_for(organisation.id) or organisation.number is None:
        return said | {"applicant": organisation.number or f"group:{organisation.id}"}
    return said | {"applicant": "other", "number": organisation.number}


def _often(booking: Booking, last: LastTime) -> dict[str, Any]:
    """The series, where it was one that the form can say."""
    return fields_of(booking.recurrence, last.dates)
