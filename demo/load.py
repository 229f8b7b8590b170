"""Loading the demo into an empty database: rooms, policies, people, and an autumn of bookings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.identity import SERVICE, Actor
from accounts.models import Person
from accounts.queries import actor_of
from accounts.register.classes import classes_of
from accounts.register.following import Register
from accounts.teams import list_team
from booking.billing.models import Line
from booking.billing.periods import Closing, close_period
from booking.billing.prices import Objection, dispute
from booking.casework.messages import note, write
from booking.complaints.inputs import ComplaintInput, Owner
from booking.complaints.verbs import assign as take_complaint
from booking.complaints.verbs import complain
from booking.conditions.inputs import Confirmation, Signature
from booking.conditions.verbs import confirm, sign
from booking.furnishing import add_resource
from booking.models import Booking, Occurrence
from booking.reservations import reserve
from booking.states import BookingState
from booking.statistics.years import Year, issue
from booking.wish import Wish
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from database.audit import Audit
from database.transact import Database
from demo.autumn import resources, support, wishes, year_before
from demo.grants import grants
from demo.people import PEOPLE, Cast, assemble, teams
from demo.surveys import look, survey
from kernel.errors import Refusal
from kernel.wallclock import to_wall
from policies import library
from policies.document import Document, read
from policies.models import PolicyVersion
from policies.places import place_at
from policies.verbs import publish
from settings import CLASSES
from venues.demo import load_demo_facts, read_demo
from venues.importing import import_inventory
from venues.inventory import parse
from venues.models import Venue
from web.formats import HOME_ZONE

FOLDER = Path(__file__).parent / "policies"
REGISTER = Path(__file__).parent / "register.json"
INVENTORY = Path(__file__).parent.parent / "venues" / "data" / "drammen-inventory.json"
BEFORE = timedelta(days=70)
VALID_FROM = date(2024, 1, 1)
# What of the library is about rooms of the demo; the rest of its rules is invented and stands in its own folder.
REGULATIONS = ("drammen-football-hall", "drammen-library-room")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was made: bookings, wishes that the policy refused, and the caretaker's feed."""

    bookings: int
    refused: int
    feed: str


def is_empty(session: Session) -> bool:
    """Whether nothing has been put into the database yet."""
    return session.scalar(select(Venue.id).limit(1)) is None and session.scalar(select(Person.id).limit(1)) is None


def load(database: Database, *, now: datetime) -> Loaded:
    """Fill an empty database; every booking goes through the same verb as a person's. What is said of its organisations is a file that
    the register might have given out."""
    early = now - BEFORE
    database.transact(import_inventory, parse(INVENTORY.read_bytes()), by=SERVICE, now=early)
    database.transact(load_demo_facts, read_demo(), by=SERVICE, now=early)
    for document in _documents():
        database.transact(_publish, document, by=SERVICE, now=early)
    cast = database.transact(assemble, by=SERVICE, now=early)
    Register(database, classes_of(CLASSES), None).load(REGISTER, read_at=early, by=SERVICE)
    for organisation, team in teams(cast):
        database.transact(list_team, organisation, team, by=SERVICE, now=early)
    with database.reading() as session:
        beside = list(resources(session.scalars(select(Venue).order_by(Venue.id))))
    for venue, resource in beside:
        database.transact(add_resource, venue, resource, by=SERVICE, now=early)
    database.transact(support, cast, by=SERVICE, now=early)
    for verb, given in grants(cast, now.date()):
        database.transact(verb, *given, by=SERVICE, now=early)
    outcomes = [_reserve(database, cast, person, wish, now=now) for person, wish in wishes(cast, today=now.date())]
    _let_in(database, cast, now=now)
    _ask(database, cast, now=now)
    _bill(database, cast, now=now)
    kari = database.transact(_actor, cast.people["kari"].id, by=SERVICE, now=now)
    database.transact(survey, by=kari, now=now)
    database.transact(look, [cast.people[name].id for name in ("berit", "per")], by=kari, now=now - timedelta(days=3))
    _complain(database, cast, now=now)
    olav = database.transact(_actor, cast.people["olav"].id, by=SERVICE, now=now)
    outcomes += [_reserve(database, cast, person, wish, now=now) for person, wish in year_before(cast, today=now.date())]
    database.transact(issue, Year(year=now.year - 1), by=kari, now=now)
    feed = database.transact(make_feed, Draft("Olavs runde", Audience.CARETAKER, tuple(PEOPLE["olav"][3])), by=olav, now=now)
    return Loaded(sum(outcomes), len(outcomes) - sum(outcomes), feed.token)


def _reserve(database: Database, cast: Cast, person: str, wish: Wish, *, now: datetime) -> bool:
    """Whether the wish was taken; a series was asked for two weeks before it began."""
    asked = min(now, datetime.combine(wish.start.date(), datetime.min.time(), now.tzinfo) - timedelta(days=14)) if wish.recurrence else now
    by = database.transact(_actor, cast.people[person].id, by=SERVICE, now=now)
    try:
        database.transact(reserve, wish, by=by, now=asked)
    except Refusal:
        return False
    return True


def _let_in(database: Database, cast: Cast, *, now: datetime) -> None:
    """Skiold turn has done what lets it into its hall: its leader has signed, its distribution has come. Others have not."""
    berit, kari = (database.transact(_actor, cast.people[name].id, by=SERVICE, now=now) for name in ("berit", "kari"))
    with database.reading() as session:
        booking = session.scalars(select(Booking.id).where(Booking.holder_id == berit.person_id).order_by(Booking.id)).first()
    signed = Signature(name=berit.name, agreed="yes", text_version="2026")
    database.transact(sign, booking, "fire-instruction", signed, by=berit, now=now)
    database.transact(confirm, booking, "internal-distribution", Confirmation(agreed="yes"), by=kari, now=now)


def _ask(database: Database, cast: Cast, *, now: datetime) -> None:
    """Kari has a question about Per's party, where he asked for one: its clock stands still until he answers."""
    kari = database.transact(_actor, cast.people["kari"].id, by=SERVICE, now=now)
    waiting = (Booking.holder_id == cast.people["per"].id, Booking.state == BookingState.REQUESTED)
    with database.reading() as session:
        party = session.scalars(select(Booking.id).where(*waiting).order_by(Booking.id)).first()
    if party is not None:
        database.transact(note, party, "Naboene ringte etter festen i mai. Spør om musikken.", by=kari, now=now)
        question = "Hei! Skal dere ha musikk, og når er det slutt? Lokalet ligger nær boliger."
        database.transact(write, party, question, must_answer=True, by=kari, now=now)


def _bill(database: Database, cast: Cast, *, now: datetime) -> None:
    """Kari has billed the month before, and a club does not agree with the first date that it is to pay for."""
    kari = database.transact(_actor, cast.people["kari"].id, by=SERVICE, now=now)
    last = now.date().replace(day=1) - timedelta(days=1)
    database.transact(close_period, Closing(first_day=last.replace(day=1), last_day=last), by=kari, now=now)
    with database.reading() as session:
        billed = (
            select(Occurrence).join(Line, Line.occurrence_id == Occurrence.id).where(Line.amount > 0, Line.organisation_id.is_not(None))
        )
        date = session.scalars(billed.options(joinedload(Occurrence.booking)).order_by(Line.id)).first()
    if date is not None:
        holder = database.transact(_actor, date.booking.holder_id, by=SERVICE, now=now)
        reason = "Hallen var stengt da vi kom, og vi fikk ikke trent. Vi mener at vi ikke skal betale for denne dagen."
        database.transact(dispute, date.booking_id, date.number, Objection(reason=reason), by=holder, now=now)


def _complain(database: Database, cast: Cast, *, now: datetime) -> None:
    """Elvekoret thinks that its grant is too small, as it wrote in a letter after the award came by post; an officer has it."""
    kari = database.transact(_actor, cast.people["kari"].id, by=SERVICE, now=now)
    with database.reading() as session:
        award = (Audit.subject == "grant", Audit.verb == "make", Audit.facts["organisation"].as_integer() == cast.organisations["koret"].id)
        act = session.scalars(select(Audit).where(*award).order_by(Audit.id)).first()
    if act is not None:
        today = to_wall(now, HOME_ZONE).date()
        days = {"notified_on": (today - timedelta(days=16)).isoformat(), "came_on": (today - timedelta(days=3)).isoformat()}
        text = "Koret har 40 medlemmer og ber om 20 000 kroner. Vi kan ikke se at alle medlemmene er regnet med. (Fiktiv klage.)"
        made = database.transact(complain, ComplaintInput(act=act.id, text=text, **days), by=kari, now=now)
        database.transact(take_complaint, made.reference, Owner(owner=cast.people["kari"].id), by=kari, now=now)


def _actor(session: Session, person_id: int, *, by: Actor, now: datetime) -> Actor:
    del by, now
    return actor_of(session, person_id, via="command")


def _publish(session: Session, document: Document, *, by: Actor, now: datetime) -> PolicyVersion:
    return publish(session, place_at(session, document.place), document, VALID_FROM, by=by, now=now)


def _documents() -> Iterator[Document]:
    yield from (read(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json")))
    for name in REGULATIONS:
        yield from library.read(name)
