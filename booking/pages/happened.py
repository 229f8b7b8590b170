"""Happened: a chain of acts in plain words, a line for each, and in one sentence how it is with a room at a moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.identity import NOBODY, Actor
from accounts.labels import role
from booking.cases import is_staff_of, may_see
from booking.models import Booking, Offer
from booking.outcome import objection_fault
from booking.pages.week import told_publicly
from booking.states import BookingKind, OccurrenceState
from booking.why import Chain, Event, Holding, Why
from kernel.interval import Interval
from kernel.texts import marked as _
from policies.labels import activity, paragraph_of
from venues.labels import feature_label
from venues.models import Closure, Resource, Room
from venues.opening import Openness
from web.formats import moment, short_date
from web.texts import gettext
from web.wording import sentence

# By subject and verb of the log; after a colon, what tells two acts of one verb apart.
SAID: Mapping[str, str] = {
    "booking.reserve": _("%(who)s booket."),
    "booking.reserve:requested": _("%(who)s spurte om tiden."),
    "booking.reserve:unconfirmed": _("%(who)s spurte om tiden i organisasjonens navn."),
    "booking.reserve:waiting": _("%(who)s stilte seg i kø."),
    "booking.reserve:skipped": _("%(who)s ønsket tiden, men fikk den ikke."),
    "booking.import": _("%(who)s hentet den inn fra en sesongplan, rad %(row)s."),
    "booking.confirm": _("%(who)s bekreftet for organisasjonen."),
    "booking.take_over": _("%(who)s overtok bookingen."),
    "booking.approve": _("%(who)s godkjente."),
    "booking.refuse": _("%(who)s avslo: %(reason)s"),
    "booking.lapse": _("Organisasjonen bekreftet ikke i tide, og forespørselen falt bort."),
    "booking.cancel": _("%(who)s avlyste."),
    "booking.cancel:lost": _("%(who)s sa at de ikke ville ha noe annet."),
    "booking.cancel:why": _("%(who)s avlyste: %(reason)s"),
    "booking.cancel:released": _("%(who)s ga tiden tilbake."),
    "booking.cancel:released-why": _("%(who)s ga tiden tilbake: %(reason)s"),
    "booking.move": _("%(who)s ville flytte, men ingen av datoene kunne det."),
    "occurrence.move": _("%(who)s flyttet fra %(from)s til %(to)s."),
    "occurrence.move:end": _("%(who)s endret slutten fra %(from)s til %(to)s."),
    "booking.displace": _("%(who)s lot den vike for %(winner)s."),
    "booking.displace:out-of-order": _("%(who)s lot den vike fordi dette er ute av drift: %(feature)s. %(why)s"),
    "booking.displace:resource": _("%(who)s lot den vike fordi det er for lite av %(why)s."),
    "booking.offer": _("Fikk tilbud om %(to)s."),
    "booking.accept": _("%(who)s tok imot tilbudet om %(to)s."),
    "booking.decline-offer": _("%(who)s takket nei til %(to)s."),
    "booking.expire-offer": _("Ingen svarte i tide. Tilbudet om %(to)s gikk ut."),
    "booking.withdraw-offer": _("Tilbudet om %(to)s er ikke å få lenger."),
    "booking.book-when-free": _("Tiden ble ledig og ble booket: %(to)s."),
    "booking.end-waiting": _("Tiden ble ikke ledig, og plassen i køen gikk ut."),
    "booking.undo": _("%(who)s angret."),
    "booking.note_absence": _("%(who)s noterte at ingen kom."),
    "booking.withdraw_absence": _("%(who)s tok tilbake at ingen kom."),
    "booking.used": _("%(who)s noterte at den ble brukt."),
    "booking.used:heads": _("%(who)s noterte at den ble brukt. Det kom %(heads)s."),
    "booking.unused": _("%(who)s sa at den ikke ble brukt."),
    "booking.damage": _("%(who)s meldte en skade."),
    "booking.answer": _("%(who)s svarte."),
    "booking.ask": _("%(who)s spurte om noe."),
    "booking.write": _("%(who)s skrev en melding."),
    "booking.withdraw_question": _("%(who)s trakk et spørsmål tilbake."),
    "booking.restate": _("%(who)s endret det som står om bookingen."),
    "booking.price": _("%(who)s rettet prisen."),
    "booking.draw": _("%(who)s endret hvilken avtale datoene trekkes fra."),
    "booking.readd": _("%(who)s tok datoen med igjen."),
    "booking.follow": _("Tatt av kalenderen til en annen."),
    "booking.follow:moved": _("Flyttet i kalenderen til en annen."),
    "booking.follow:went": _("Tatt ut av kalenderen til en annen."),
    "booking.follow:meets": _("Kalenderen til en annen ville ha tiden, men fikk den ikke."),
    "booking.follow:ignored": _("%(who)s lot kalenderen til en annen gå uten tiden."),
    "booking.follow:named": _("Heter noe annet i kalenderen."),
    "booking.add": _("%(who)s la til en dato."),
    "booking.split": _("%(who)s skilte ut datoer som en egen booking."),
    "booking.split-from": _("%(who)s skilte den ut fra en annen booking."),
    "occurrence.hold-expired": _("Reservasjonen gikk ut, og andre kunne ta tiden."),
    "closure.add_closure": _("%(who)s stengte: %(reason)s"),
    "closure.close": _("%(who)s stengte: %(reason)s Datoer som måtte vike: %(count)s."),
    "closure.close:alone": _("%(who)s stengte: %(reason)s Ingen måtte vike."),
    "closure.add_closure:out-of-order": _("%(who)s meldte %(feature)s ute av drift: %(reason)s"),
    "closure.close:out-of-order": _("%(who)s meldte %(feature)s ute av drift: %(reason)s Datoer som måtte vike: %(count)s."),
    "closure.end_closure": _("%(who)s åpnet igjen før tiden."),
    "closure.end_closure:out-of-order": _("%(who)s meldte at %(feature)s virker igjen."),
    "closure.withdraw_closure": _("%(who)s tok stengningen tilbake."),
    "closure.withdraw_closure:out-of-order": _("%(who)s tok tilbake at %(feature)s er ute av drift."),
    "venue.set_opening_hours": _("%(who)s endret åpningstidene for bygget."),
    "venue.forget_opening_hours": _("%(who)s tok bort åpningstider for bygget."),
    "room.set_opening_hours": _("%(who)s endret åpningstidene for rommet."),
    "room.forget_opening_hours": _("%(who)s tok bort åpningstider for rommet."),
    "venue.displace_outside": _("%(who)s lot datoer vike som bygget ikke tar imot lenger: %(count)s."),
    "room.displace_outside": _("%(who)s lot datoer vike som rommet ikke tar imot lenger: %(count)s."),
    "venue.undo": _("%(who)s angret. Bygget er åpent som før."),
    "room.undo": _("%(who)s angret. Rommet er åpent og i bruk som før."),
    "school_period.add_school_period": _("%(who)s la dager inn i skoleruta."),
    "school_period.remove_school_period": _("%(who)s tok dager ut av skoleruta."),
    "met.sign": _("%(who)s signerte et vilkår."),
    "met.upload": _("%(who)s leverte et dokument."),
    "met.confirm": _("%(who)s bekreftet et vilkår."),
    "met.appoint": _("%(who)s skrev hvem som er til stede."),
    "met.withdraw": _("%(who)s sa at et vilkår ikke er oppfylt likevel."),
    "task.finish": _("%(who)s noterte at de er ringt."),
    "task.finish:damage": _("%(who)s merket skaden som håndtert."),
    "task.finish:answer": _("%(who)s merket svaret som lest."),
}
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One act in words: when, what, and whose booking it was about with its reference, where the reader may know."""

    at: datetime
    text: str
    whose: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a chain, of which room, in whose zone; those who look after the house are told the names of staff, others that it
    was the municipality. Where there are ``labels`` people go by these, and nothing that anybody wrote is told."""

    by: Actor
    here: Room
    is_staff: bool
    labels: Mapping[int, str] | None = None

    @property
    def is_public(self) -> bool:
        return self.labels is not None


def told_room(why: Why) -> list[Line]:
    """The chain of a room at a moment, line by line."""
    reader = Reader(why.by, why.room, why.is_staff)
    return [_line(why.chain, event, reader) for event in why.chain.events]


def told_chain(chain: Chain, booking: Booking, *, by: Actor) -> list[Line]:
    """All that happened to a booking, with the dates it was about where these are not all of them."""
    reader = Reader(by, booking.room_of(booking.occurrences), is_staff_of(booking, by))
    return _told(chain, reader)


def told_publicly_of(chain: Chain, booking: Booking, labels: Mapping[int, str]) -> list[Line]:
    """The same for everybody: people by their ``labels``, others not told from each other, and nothing of what anybody wrote."""
    return _told(chain, Reader(NOBODY, booking.room_of(booking.occurrences), is_staff=False, labels=labels))


def _told(chain: Chain, reader: Reader) -> list[Line]:
    return [Line(event.act.at, _with_days(_text(chain, event, reader), _days(event))) for event in chain.events]


def _with_days(text: str, days: str) -> str:
    """A sentence, with its dates within it."""
    return f"{text.removesuffix('.')} {days}." if days else text


def answers(why: Why) -> list[str]:
    """How it is with the room at the moment: what holds it, else what closes it, else that it is free; and what is not to be had in it."""
    found = [_holding(why, one) for one in why.holdings] or list(_unheld(why))
    for one in why.closures:
        if one.out_of_order:
            found.append(gettext("Ute av drift: %(feature)s. %(reason)s", feature=feature_label(one.out_of_order), reason=one.reason))
    return found


def _kept(why: Why, until: datetime) -> str:
    told = moment(until, why.room.venue.zone)
    return gettext("Tiden ble nettopp ledig og holdes for dem som står i kø. Senest %(until)s er de spurt.", until=told)


def _unheld(why: Why) -> Iterator[str]:
    match why.stretch.openness:
        case Openness.OPEN | Openness.BY_AGREEMENT if why.kept_until:
            yield _kept(why, why.kept_until)
        case Openness.OPEN:
            yield gettext("Ledig. Ingen har booket.")
        case Openness.BY_AGREEMENT if why.place.opening.is_known(why.day):
            yield gettext("Ledig etter avtale. Ingen har booket.")
        case Openness.BY_AGREEMENT:
            yield gettext("Ingen har booket. Åpningstiden er ukjent.")
        case _:
            yield from _closed_by(why)
            return
    yield from map(_short, why.short)


def _closed_by(why: Why) -> Iterator[str]:
    """What closes the room: that it is out of use, a closure, a rule with its reason and source, or its hours."""
    objection, since = why.stretch.objection, why.place.retired_at
    if since and since <= why.moment:
        yield gettext("Stengt: Rommet er tatt ut av bruk %(when)s.", when=moment(since, why.room.venue.zone))
    elif why.stretch.reason:
        yield from (_closure(why, one) for one in why.closures if not one.out_of_order)
    elif objection:
        told = sentence(objection_fault(objection, f"{why.day:%Y-%m-%d}T00:00"))
        paragraph = paragraph_of(objection.source.paragraph, objection.layer)
        yield gettext("Stengt: %(reason)s", reason=f"{told} ({paragraph})" if paragraph else told)
    else:
        known = why.place.opening.day_class(why.day)
        named = known.holiday or known.school_break
        yield gettext("Stengt etter åpningstidene.") + (f" {named}." if named else "")


def _closure(why: Why, one: Closure) -> str:
    """Why it is closed, and which other room it was that has a part of this."""
    other = next((room.name for room in why.room.venue.rooms if room.id == one.room_id != why.room.id), "")
    told = gettext("Stengt: %(reason)s", reason=f"{one.reason.rstrip('.')}." if other else one.reason)
    return " ".join(filter(None, (told, other and gettext("Det gjelder delen %(parts)s.", parts=other))))


def _short(one: Resource) -> str:
    """That something beside the room is all in use, and what cannot be booked without it."""
    uses = ", ".join(activity(use).lower() for use in one.required_for)
    if uses:
        return gettext("%(name)s er i bruk av andre, så rommet kan ikke bookes til %(uses)s.", name=one.name, uses=uses)
    return gettext("%(name)s er i bruk av andre.", name=one.name)


def _holding(why: Why, one: Holding) -> str:
    booking = one.date.booking
    is_seen = why.is_staff or may_see(booking, why.by)
    public = told_publicly(booking.kind, booking.public_name, booking.shown_publicly)
    # A wish that the organisation has not confirmed must not be read as the organisation's own.
    name = f"{booking.whose}: {booking.purpose}" if is_seen else "" if one.date.state is OccurrenceState.UNCONFIRMED else public
    parts = [_state(one, name)]
    if one.parts:
        parts.append(gettext("Det gjelder delen %(parts)s.", parts=", ".join(one.parts)))
    elif one.date.room_id != why.room.id:
        parts.append(gettext("Det er booket gjennom %(room)s.", room=one.date.room.name))
    if not Interval(one.date.starts_at, one.date.ends_at).holds(why.moment):
        parts.append(gettext("Tiden går til klargjøring eller rydding."))
    return " ".join(parts)


def _state(one: Holding, name: str) -> str:
    if one.date.booking.kind is BookingKind.BLOCK:
        return gettext("Sperret: %(name)s.", name=name) if name != gettext("Sperret") else gettext("Sperret.")
    if one.date.state is OccurrenceState.BOOKED:
        return gettext("Opptatt av %(name)s.", name=name) if name else gettext("Opptatt.")
    return gettext("Holdt av for %(name)s.", name=name) if name else gettext("Holdt av.")


def _line(chain: Chain, event: Event, reader: Reader) -> Line:
    booking = event.booking
    reference = booking.reference if booking and may_see(booking, reader.by) else ""
    return Line(event.act.at, _text(chain, event, reader), booking.whose if booking else "", reference)


def _text(chain: Chain, event: Event, reader: Reader) -> str:
    values = {
        "who": _who(chain, event, reader),
        "reason": gettext("[utelatt]") if reader.is_public else _reason(chain, event),
        "row": event.act.facts.get("row"),
        "heads": event.act.facts.get("heads"),
        "count": len(event.act.facts.get("displaced", ())),
        **_places(chain, event, reader),
    }
    if event.act.verb == "displace":
        values |= {"winner": _winner(chain, event, reader), "why": gettext("[utelatt]") if reader.is_public else _cause(chain, event)}
    broken = _broken(chain, event)
    if broken:
        values["feature"] = feature_label(broken)
    told = gettext(SAID[_key(event, "out-of-order" if broken else "")], **values)
    lost = [chain.bookings[number] for number in event.act.facts.get("displaced", ())] if event.booking else []
    losers = ", ".join(_named(one, reader, gettext("en annen booking")) for one in lost)
    return " ".join(filter(None, (told, losers and gettext("Måtte vike: %(losers)s.", losers=losers))))


def _broken(chain: Chain, event: Event) -> str:
    """What is out of order, by the closure of which the act is or to which it lost time."""
    what, _colon, number = str(event.act.facts.get("to", "")).partition(":")
    if event.act.subject == "closure":
        return chain.closures[event.act.subject_id].out_of_order
    return chain.closures[int(number)].out_of_order if event.act.verb == "displace" and what == "closure" else ""


def _key(event: Event, variant: str) -> str:
    """The sentence for an act; its variant where it has one."""
    facts, key = event.act.facts, f"{event.act.subject}.{event.act.verb}"
    states = {date.state for date in event.dates}
    lasting = next((str(state) for state in (OccurrenceState.SKIPPED, OccurrenceState.WAITING) if states == {state}), facts.get("state"))
    variants = {
        "booking.reserve": lasting,
        "booking.cancel": "-".join(
            ["lost"] if _is_lost(event) else filter(None, (facts.get("released") and "released", _reason_of(event) and "why"))
        ),
        "booking.displace": str(facts.get("to", "")).partition(":")[0],
        "occurrence.move": "end" if _is_other_end(facts) else None,
        "booking.follow": facts.get("what"),
        "booking.used": "heads" if facts.get("heads") is not None else None,
        "task.finish": facts.get("reason"),
        "closure.close": None if facts.get("displaced") else "alone",
    }
    exact = f"{key}:{variant or variants.get(key)}"
    return exact if exact in SAID else key


def _is_lost(event: Event) -> bool:
    """Whether all of the dates had lost their time, and wanted nothing else for it."""
    return bool(event.dates) and {date.number for date in event.dates} <= set(event.act.facts.get("lost", ()))


def _is_other_end(facts: Mapping[str, Any]) -> bool:
    """Whether a move left start and room as they were."""
    return (facts.get("from"), facts.get("room")) == (facts.get("to"), facts.get("to_room"))


def _who(chain: Chain, event: Event, reader: Reader) -> str:
    """Who acted: by name on the holder's own side, and with the role for staff; else the municipality."""
    hand, booking = event.act.hand_id, event.booking
    if hand is None:
        return gettext("Tjenesten") if event.act.via == "service" else gettext("Kommunen")
    name = (chain.people if reader.labels is None else reader.labels).get(hand, gettext("Ukjent"))
    if reader.is_public:
        return name
    if booking and (hand == booking.holder_id or (hand, booking.organisation_id) in chain.members):
        return name
    if not reader.is_staff:
        return gettext("Kommunen")
    return f"{name} ({role(chain.roles[hand]).lower()})" if hand in chain.roles else name


def _reason(chain: Chain, event: Event) -> str:
    if event.act.subject == "closure":
        reason = chain.closures[event.act.subject_id].reason
        return reason if reason.endswith(".") else f"{reason}."
    if event.act.verb == "refuse" and event.booking:
        return event.booking.decision_reason
    return _reason_of(event)


def _reason_of(event: Event) -> str:
    """What was said of dates that were given up."""
    return next((date.reason for date in event.dates if date.reason and not date.lost_to), "")


def _places(chain: Chain, event: Event, reader: Reader) -> dict[str, Any]:
    """Where and when a date was moved from and to, or what it was offered."""
    facts = event.act.facts
    if _key(event, "") == "occurrence.move:end":
        return {"from": _moment(facts["until"], reader), "to": _moment(facts["ends"], reader)}
    if (event.act.subject, event.act.verb) == ("occurrence", "move"):
        return {"from": _place(chain, facts["room"], facts["from"], reader), "to": _place(chain, facts["to_room"], facts["to"], reader)}
    if event.act.verb in ("accept", "book-when-free"):
        return {"to": _place(chain, facts["room"], facts["to"], reader)}
    found = next((offer for offer in chain.offers if _is_meant(offer, event)), None)
    return {"to": _place(chain, found.room_id, found.starts_at.isoformat(), reader) if found else gettext("tiden")}


def _is_meant(offer: Offer, event: Event) -> bool:
    """Whether an act was about this offer: named by its id, or made by the act."""
    if "offer" in event.act.facts:
        return bool(offer.id == event.act.facts["offer"])
    return offer.created_at == event.act.at and offer.occurrence_id in {date.id for date in event.dates}


def _place(chain: Chain, room: int, start: str, reader: Reader) -> str:
    return f"{chain.rooms[room].seen_from(reader.here)}, {_moment(start, reader)}"


def _moment(written: str, reader: Reader) -> str:
    return moment(datetime.fromisoformat(written), reader.here.venue.zone)


def _winner(chain: Chain, event: Event, reader: Reader) -> str:
    """What displaced a date, and why; whose it was only to who may see it."""
    what, _colon, number = event.act.facts["to"].partition(":")
    if what == "booking":
        name = _named(chain.bookings[int(number)], reader, gettext("noe som går foran"))
    else:
        name = gettext("en stengning") if what == "closure" else gettext("endret åpningstid eller bruk")
    return ": ".join(filter(None, (name, "" if reader.is_public else _cause(chain, event).rstrip("."))))


def _cause(chain: Chain, event: Event) -> str:
    """Why a date had to give way, as it was told: it stands with what was sought for it then, in an older log with the act."""
    told = (offer.reason for offer in chain.losses if _is_meant(offer, event))
    return next(filter(None, told), str(event.act.facts.get("reason", "")))


def _named(booking: Booking, reader: Reader, unseen: str) -> str:
    """Whose another booking is, with its reference, to who may see it; else what anybody may read of it."""
    if may_see(booking, reader.by):
        return f"{booking.whose} ({booking.reference})"
    return told_publicly(booking.kind, "", booking.shown_publicly) or unseen


def _days(event: Event) -> str:
    """The dates that an act was about, where they are some of the booking's."""
    if event.booking is None or len(event.dates) in (0, len(event.booking.occurrences)):
        return ""
    shown = ", ".join(short_date(date.local_start) for date in event.dates[:SHOWN])
    rest = len(event.dates) - SHOWN
    return f"({shown} {gettext('og %(count)s til', count=rest)})" if rest > 0 else f"({shown})"
