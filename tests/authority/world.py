"""A house in which there is one of everything that a verb can act on, and everybody who may try."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import calendars.links
from accounts.deputies import name_deputy
from accounts.identity import SERVICE, Actor, Role
from accounts.inputs import DeputyInput, StandingInput, TeamInput
from accounts.links import path_for
from accounts.models import Delegation, Invitation, Proof, ProofLink, RoleGrant
from accounts.register.models import Review
from accounts.standings import note_standing
from accounts.teams import list_team
from accounts.tokens import make_token
from booking.absence import note_absence
from booking.casework.messages import write
from booking.complaints.inputs import ComplaintInput, Reconsideration
from booking.complaints.models import Complaint
from booking.complaints.verbs import complain, reconsider
from booking.conditions.inputs import Confirmation
from booking.conditions.verbs import confirm
from booking.displacing import sign_of
from booking.ending import cancel
from booking.furnishing import NewResource, add_resource
from booking.line import offer_vacancy
from booking.models import Occurrence, Offer, Task, Undo, Vacancy
from booking.reservations import reserve
from booking.states import TaskReason, UsageKind
from booking.support.agreements import make_agreement
from booking.support.grants.awarding import GrantTerms, make_grant
from booking.support.grants.hearings import HearingAnswer, HearingNotice, answer_hearing, give_notice
from booking.support.grants.reports import ReportInput, write_report
from booking.support.grants.schemes import RateTerms, SchemeTerms, make_scheme, set_rate
from booking.support.models import Duty
from booking.support.principles import keep_template
from booking.support.terms import AgreementTerms, TemplateTerms
from booking.tasks import call_for
from booking.usage import UsageInput, note_usage
from calendars.incoming.deciding import meetings, set_aside
from calendars.incoming.reading import read
from calendars.incoming.refreshing import Copy, add, keep
from calendars.incoming.sources import SourceInput, activate
from calendars.links import send_link
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from database.audit import Audit
from database.outbox import UNDO_WITHIN, Notice
from notices.links import path_of, to_acknowledge
from policies.document import checked
from policies.places import place_at
from policies.verbs import save_draft
from tests import cast
from tests.booking.conditions.conftest import CONDITIONS, MEETING, conditional
from tests.booking.conftest import NOW, POLICY, REASON, Hall, again, furnish, wish
from tests.calendars.incoming.stand_in import lesson, plan
from tests.cast import BEGINNING, ZONE
from venues.inputs import ClosureInput, ContactInput
from venues.models import Municipality, Origin, Photo, Room, SchoolPeriod, Space, Venue
from venues.opening import SchoolDays
from venues.scheduling import add_closure_row
from venues.staffing import add_contact

STANDING = StandingInput(name="lag", first_day="2026-01-01", source="Registeret")
YESTERDAY = NOW - timedelta(days=1)
SECRET = "only-for-the-tests-nowhere-else!"
ROOM = "oren-flerbrukshall/gymsal-1"
# Of a grant that is to be reported on, and of one that was.
DAYS_OF_GRANTS = (("2025-08-01", "2026-07-31"), ("2025-01-01", "2025-07-31"))
# Who each column of the table is, by the name in the cast; Tone looks after another venue.
EVERYBODY = {
    "nobody": "",
    "private": "per",
    "asked": "siri",
    "delegate": "nils",
    "holder": "berit",
    "elsewhere": "tone",
    "caretaker": "olav",
    "officer": "kari",
    "administrator": "ada",
}
DECEMBER = {"first_day": "2026-12-01", "last_day": "2026-12-02"}
CARETAKERS_DECIDE = {
    "kind": "decision_route",
    "id": "theatre",
    "scope": {"applicants": ["person"], "activities": ["culture.theatre"]},
    "route": "by-role",
    "role": "caretaker",
    "promise": {"amount": 2, "unit": "working-days"},
    "reason": REASON,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A booking as page and API name it."""

    id: int
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the tries name: ids, addresses, and the API token of each who may try."""

    booked: Case  # by Berit for Skiold turn, two dates
    asked: Case  # by Per for himself, an officer decides
    question: int  # which Kari asked about it
    officer: int  # Kari
    theatre: Case  # by Per for himself, the venue's caretaker decides
    called_off: Case  # by Berit for Skiold turn, two dates of which the second is cancelled
    on_the_15th: str  # the sign of what Skiold turn has on that day
    missed: Case  # by Berit for Skiold turn, begun today
    noted: Case  # another of today, to which nobody came
    unconfirmed: Case  # by Siri in the name of Skiold turn
    asking: Case  # by Berit for Skiold turn, with conditions on access
    offered: Case  # by Berit for Skiold turn, in line for a time that is kept for it
    offer: int
    act: int  # Berit's, who has cancelled something
    answer: str  # a link to say that a notice of it was read
    task: int
    damage: int
    met: int  # one of them, which Kari confirmed
    skiold: int
    strommen: int
    standing: int
    review: int
    team: int
    leading: int  # Berit's delegation
    agreement: int
    duty: int
    template: int
    scheme: int
    rate: int
    grant: int  # of last year, to be reported on
    reported: int  # another, on which it was
    hearing: int
    contestable: int  # the act by which Skiold turn was given what is booked
    complaint: str  # Skiold turn's, and three that went further
    late_complaint: str
    at_board: str
    to_carry_out: str
    feed: int  # Berit's
    olav: int
    calendar: str  # the link to one that was sent to Olav
    token: int  # Berit's
    per: int
    nils: int
    oren: int
    delegation: int  # Siri's, who has asked
    responsible: int  # Tone's of the quilters
    grant_of_role: int  # Olav's
    deputy: int  # the role that Ada has in Olav's stead, in December
    to_role: int
    to_organisation: str  # sent to Per
    link: str
    closure: int
    contact: int
    photo: int
    source: int  # a timetable that the hall follows
    without_time: int  # a date of it that Per's wish has the time of
    on_the_16th: str  # the sign of that
    set_aside: int  # another, which goes without
    resource: int
    resource_version: int
    school: int
    own_school: int
    version: int  # of Øren flerbrukshall as a page showed it
    room_version: int
    municipality_version: int
    bearers: dict[str, str]


def build(session: Session) -> World:
    hall = furnish(session, conditional(CARETAKERS_DECIDE, *CONDITIONS))
    hands = {name: cast.actor(session, getattr(hall.cast, who)) for name, who in EVERYBODY.items() if who}
    _policies(session, hall)
    _elsewhere(session, hall)
    agreement = _made(session, make_agreement, _terms(hall), by=hall.kari).id
    alone = {"organisation": None}
    bearers = {name: _made(session, make_token, hand.require_known(), "skript", by=hand) for name, hand in hands.items()}
    world = World(
        booked=_booked(session, hall.berit, recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}),
        asked=(waits := _booked(session, hall.per, start="2026-09-16T18:00", end="2026-09-16T20:00", **alone)),
        question=_made(session, write, waits.id, "Hvor mange?", must_answer=True, by=hall.kari).id,
        officer=hall.cast.kari.id,
        theatre=_booked(session, hall.per, start="2026-09-17T18:00", end="2026-09-17T20:00", activity="culture.theatre", **alone),
        called_off=_called_off(session, hall),
        on_the_15th=sign_of(session.scalars(select(Occurrence).where(Occurrence.local_start == datetime(2026, 9, 15, 18))).all()),
        missed=(missed := _booked(session, hall.berit, now=YESTERDAY, start="2026-09-01T18:00", end="2026-09-01T19:00")),
        noted=_booked(session, hall.berit, now=YESTERDAY, start="2026-09-01T19:00", end="2026-09-01T20:00"),
        unconfirmed=_booked(session, hall.siri, start="2026-09-18T18:00", end="2026-09-18T20:00"),
        asking=(asking := _booked(session, hall.berit, start="2026-09-24T18:00", end="2026-09-24T20:00", **MEETING)),
        **_offered(session, hall),
        met=_made(session, confirm, asking.id, "attendant", Confirmation(agreed="yes"), by=hall.kari).id,
        **_cancelled(session, hall),
        skiold=hall.cast.skiold.id,
        strommen=hall.cast.strommen.id,
        standing=_made(session, note_standing, hall.cast.skiold.id, STANDING, by=hall.kari).id,
        review=_review(session, hall),
        team=_made(session, list_team, hall.cast.skiold.id, TeamInput(team="Parkour"), by=hall.kari).id,
        leading=_id(session, Delegation, hall.cast.berit.id),
        agreement=agreement,
        duty=session.scalars(select(Duty.id).where(Duty.agreement_id == agreement)).one(),
        template=_made(session, keep_template, TemplateTerms(name="Åpen hall"), by=hall.kari).id,
        **_supported(session, hall),
        **dict.fromkeys(("complaint", "late_complaint", "at_board", "to_carry_out"), ""),
        contestable=0,
        feed=_made(session, make_feed, Draft("Min", Audience.BOOKER), by=hall.berit).feed.id,
        olav=hall.cast.olav.id,
        calendar=calendars.links.path_of(_made(session, send_link, hall.cast.olav.id, by=hall.kari), SECRET),
        per=hall.cast.per.id,
        nils=hall.cast.nils.id,
        oren=hall.cast.oren.id,
        delegation=_id(session, Delegation, hall.cast.siri.id),
        responsible=_id(session, Delegation, hall.cast.tone.id),
        grant_of_role=_id(session, RoleGrant, hall.cast.olav.id),
        deputy=_made(session, name_deputy, hall.cast.olav.id, DeputyInput(email="ada@example.org", **DECEMBER), by=hall.olav)[0].id,
        **_of_venue(session, hall),
        **_letters(session, hall),
        bearers={name: made.text for name, made in bearers.items()},
        token=bearers["holder"].id,
        **_versions(session, hall),
        damage=_damage(session, hall, missed),
        **_calendar(session, hall),
    )
    _made(session, note_absence, world.noted.id, 1, by=hall.olav)
    return replace(world, **_complained(session, hall, world))


def _review(session: Session, hall: Hall) -> int:
    review = Review(organisation=hall.cast.skiold, changes={"local": ["yes", "no"]}, noticed_at=NOW)
    session.add(review)
    session.flush()
    return review.id


def _supported(session: Session, hall: Hall) -> dict[str, Any]:
    """A scheme, two grants of last year - one to be reported on, one that was - and a hearing that was answered."""
    scheme = _made(session, make_scheme, SchemeTerms(name="Gratis tid", kind="rooms", first_day="2025-01-01", report_days=60), by=hall.kari)
    rate = _made(session, set_rate, RateTerms(room_kind="gym", first_day="2025-01-01", per_hour=100, source="Vedtak 1"), by=hall.kari)
    terms = {"organisation": hall.cast.skiold.id, "scheme": scheme.id, "ceiling": 1000}
    terms_of = (GrantTerms(**terms, first_day=first, last_day=last) for first, last in DAYS_OF_GRANTS)
    grant, reported = (_made(session, make_grant, one, by=hall.kari).id for one in terms_of)
    _made(session, write_report, reported, ReportInput(text="Vi trente.", send=True), by=hall.berit)
    hearing = _made(session, give_notice, hall.cast.skiold.id, HearingNotice(cause="Utleie", answer_by="2026-10-01"), by=hall.kari)
    _made(session, answer_hearing, hearing.id, HearingAnswer(answer="Nei."), by=hall.berit)
    return {"scheme": scheme.id, "rate": rate.id, "grant": grant, "reported": reported, "hearing": hearing.id}


def _complained(session: Session, hall: Hall, world: World) -> dict[str, Any]:
    """Complaints of Skiold turn about four bookings, and the act that gave it a fifth."""

    def given(case: Case) -> int:
        wanted = (Audit.subject == "booking", Audit.subject_id == case.id, Audit.verb == "reserve")
        return session.scalars(select(Audit.id).where(*wanted)).one()

    def complained(case: Case, **days: str) -> str:
        told = ComplaintInput(act=given(case), text="Vi er uenige.", **days)
        return str(_made(session, complain, told, by=hall.kari).reference)

    late = complained(world.noted, came_on="2026-09-01", notified_on="2026-09-01")
    session.execute(update(Complaint).where(Complaint.reference == late).values(due_on=date(2026, 8, 31)))
    at_board, changed = complained(world.missed), complained(world.called_off)
    for reference, outcome in ((at_board, "upheld"), (changed, "changed")):
        _made(session, reconsider, reference, Reconsideration(outcome=outcome, text="Slik er det."), by=hall.kari)
    found = {"complaint": complained(world.asking), "late_complaint": late, "at_board": at_board, "to_carry_out": changed}
    return {**found, "contestable": given(world.booked)}


def _called_off(session: Session, hall: Hall) -> Case:
    made = _booked(
        session, hall.berit, start="2026-09-28T18:00", end="2026-09-28T20:00", recurrence={"rrule": "FREQ=WEEKLY;COUNT=2;INTERVAL=2"}
    )
    _made(session, cancel, made.id, number=2, by=hall.berit)
    return made


def _made(session: Session, verb: Any, *args: Any, by: Actor, now: datetime = NOW, **more: Any) -> Any:
    again(session)
    made = verb(session, *args, by=by, now=now, **more)
    session.flush()
    return made


def _booked(session: Session, by: Actor, *, now: datetime = NOW, **changes: Any) -> Case:
    booking = _made(session, reserve, wish(**changes), by=by, now=now)
    return Case(booking.id, booking.reference)


def _damage(session: Session, hall: Hall, case: Case) -> int:
    """What has to be looked at since the caretaker noted it."""
    usage = _made(session, note_usage, case.id, 1, UsageInput(kind=UsageKind.DAMAGE, note="Knust rute"), by=hall.olav)
    return session.scalars(select(Task.id).where(Task.usage_id == usage.id)).one()


def _offered(session: Session, hall: Hall) -> dict[str, Any]:
    """A wish in line, and what is kept for it since another gave the time up."""
    when = {"start": "2026-09-25T18:00", "end": "2026-09-25T20:00"}
    first = _booked(session, hall.berit, **when)
    waits = _booked(session, hall.berit, **when, on_conflict="wait")
    _made(session, cancel, first.id, by=hall.berit)
    date = session.scalars(select(Occurrence.id).where(Occurrence.booking_id == waits.id)).one()
    vacancy = session.scalars(select(func.max(Vacancy.id))).one()
    _made(session, offer_vacancy, vacancy, date, by=SERVICE, now=NOW + UNDO_WITHIN)
    return {"offered": waits, "offer": session.scalars(select(Offer.id)).one()}


def _cancelled(session: Session, hall: Hall) -> dict[str, Any]:
    """An act that can be undone, a link in the notice about it, and the task to call about that."""
    booking = _booked(session, hall.berit, start="2026-09-30T18:00", end="2026-09-30T20:00")
    _made(session, cancel, booking.id, by=hall.berit)
    notice = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    call_for(session, TaskReason.UNACKNOWLEDGED, notice, now=NOW)
    found = {"act": session.scalars(select(func.max(Undo.id))).one(), "task": session.scalars(select(Task.id)).one()}
    return {**found, "answer": path_of(to_acknowledge(notice), SECRET)}


def _id(session: Session, kind: Any, person_id: int) -> int:
    return int(session.scalars(select(kind.id).where(kind.person_id == person_id)).one())


def _policies(session: Session, hall: Hall) -> None:
    again(session)
    save_draft(session, place_at(session, ""), checked(POLICY), version=0, by=hall.kari, now=NOW)


def _versions(session: Session, hall: Hall) -> dict[str, int]:
    """What the pages that change a place show of it, once all of this is written."""
    again(session)
    rooms = {room.slug: room.revision for room in hall.cast.oren.rooms}
    return {
        "version": hall.cast.oren.revision,
        "room_version": rooms["gymsal-1"],
        "municipality_version": session.scalars(select(Municipality.revision)).one(),
    }


def _elsewhere(session: Session, hall: Hall) -> None:
    """Another venue, of which Tone is the caretaker."""
    venue = Venue(slug="fjell-skole", name="Fjell skole", kind="school", zone=ZONE, changed_at=BEGINNING)
    space = Space(venue=venue, slug="aula", name="Aula")
    room = Room(venue=venue, slug="aula", name="Aula", kind="auditorium", changed_at=BEGINNING, spaces=[space])
    closed = Room(
        venue=venue, slug="naturfag", name="Naturfag", kind="classroom", changed_at=BEGINNING, retired_at=BEGINNING, spaces=[space]
    )
    session.add_all([venue, room, closed])
    session.flush()
    session.add(RoleGrant(person_id=hall.cast.tone.id, role=Role.CARETAKER, venue_id=venue.id, granted_at=BEGINNING))
    session.flush()


def _terms(hall: Hall) -> AgreementTerms:
    days = {"first_day": date(2026, 9, 1), "last_day": date(2026, 12, 31)}
    return AgreementTerms(
        organisation=hall.cast.skiold.id,
        title="Turn for alle",
        price_class="partner",
        hours=6,
        rooms=(ROOM,),
        **days,
        promised=[{"kind": "open"}],
    )


def _of_venue(session: Session, hall: Hall) -> dict[str, int]:
    """A closure, a contact, a photo, a resource, and days of the municipality's and of the venue's own school calendar."""
    venue = hall.cast.oren.id
    closed = ClosureInput(start="2026-11-02T08:00", end="2026-11-02T12:00", reason="Vask")
    contact = ContactInput(weekdays=[0], start="08:00", end="15:00", role="Vakt", phone="41234567")
    own = SchoolPeriod(venue_id=venue, first_day=date(2026, 11, 4), last_day=date(2026, 11, 4), name="Plandag", origin=Origin.STAFF)
    own.kind = SchoolDays.BREAK
    photo = Photo(venue_id=venue, file="hall.jpg", alternative_text="Hallen", origin=Origin.STAFF, added_at=NOW)
    session.add_all([own, photo])
    session.flush()
    beamer = _made(session, add_resource, "oren-flerbrukshall", NewResource(name="Prosjektor", kind="equipment", quantity=2), by=hall.kari)
    return {
        "resource": beamer.id,
        "resource_version": beamer.revision,
        "closure": _made(session, add_closure_row, "oren-flerbrukshall", closed, by=hall.kari).id,
        "contact": _made(session, add_contact, "oren-flerbrukshall", contact, by=hall.kari)[0].id,
        "photo": photo.id,
        "school": int(session.scalars(select(SchoolPeriod.id).where(SchoolPeriod.venue_id.is_(None))).one()),
        "own_school": own.id,
    }


def _calendar(session: Session, hall: Hall) -> dict[str, Any]:
    """A school's timetable that met two bookings, of which one may keep its time."""
    data = plan(lesson("a", "20260916T183000", "20260916T193000"), lesson("b", "20260928T183000", "20260928T193000"))
    copy = Copy(data, read(data, first=NOW.date(), last=date(2027, 9, 1), zone=ZONE))
    given = SourceInput(room="gymsal-1", name="Timeplan")
    source = _made(session, add, "oren-flerbrukshall", given, "timeplan.ics", copy, by=hall.kari)
    _made(session, activate, source.id, by=hall.kari)
    _made(session, keep, source.id, copy, by=hall.kari)
    first, second = meetings(session, source, now=NOW)
    _made(session, set_aside, source.id, [second.date.id], ignored=True, by=hall.kari)
    return {"source": source.id, "without_time": first.date.id, "set_aside": second.date.id, "on_the_16th": sign_of(first.others)}


def _letters(session: Session, hall: Hall) -> dict[str, Any]:
    """Invitations that wait for an answer, and a link sent to somebody new."""
    until = {"created_at": NOW, "expires_at": NOW + timedelta(days=7)}
    to_role = Invitation(email="ny@example.org", role=Role.OFFICER, **until)
    to_organisation = Invitation(email="per@example.org", organisation_id=hall.cast.strommen.id, **until)
    link = ProofLink(purpose=Proof.OPEN_ACCOUNT, email="ny@example.org", **until)
    session.add_all([to_role, to_organisation, link])
    session.flush()
    return {"to_role": to_role.id, "to_organisation": path_for(to_organisation, SECRET), "link": path_for(link, SECRET)}
