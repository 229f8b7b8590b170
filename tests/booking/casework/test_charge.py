"""Whose case it is, who looks at it, and what becomes of it when a promise is broken."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE, Actor, Role
from accounts.models import RoleGrant
from accounts.personal.erasing import ask_erasure
from accounts.roles import revoke_role
from booking.casework import messages, presence
from booking.casework.charge import Charge, assign, in_charge, is_nobodys
from booking.casework.promises import broken, escalate
from booking.decisions import decline
from booking.ending import cancel
from booking.models import Booking
from booking.reservations import reserve
from booking.states import BookingState
from calendars.personal import PERSONAL
from database.audit import Audit
from database.outbox import Notice
from database.transact import Database
from kernel.errors import Conflict, Invalid, Stale
from tests import cast
from tests.booking.conftest import NOW, Hall, again, furnish, wish
from tests.meanwhile import meanwhile
from venues.models import Room, Venue

LATE = datetime(2026, 9, 4, 13, 31, tzinfo=UTC)  # the answer was promised until half past three
DAY = timedelta(days=1)


@pytest.fixture
def asked(session: Session, hall: Hall) -> Booking:
    booking = reserve(session, wish(organisation=None), by=hall.per, now=NOW)
    again(session)
    return booking


@pytest.fixture
def ada(session: Session, hall: Hall) -> Actor:
    return cast.actor(session, hall.cast.ada)


def notices(session: Session, kind: str) -> list[int | None]:
    return list(session.scalars(select(Notice.person_id).where(Notice.kind == kind).order_by(Notice.person_id)))


def test_a_case_is_taken_and_handed_over_and_not_taken_from_another_unseen(
    session: Session, hall: Hall, asked: Booking, ada: Actor
) -> None:
    kari, other = hall.kari.person_id, ada.person_id
    assign(session, asked.id, Charge(owner=kari), by=hall.kari, now=NOW)
    again(session)
    with pytest.raises(Conflict) as refused:
        assign(session, asked.id, Charge(owner=other), by=ada, now=NOW)
    assign(session, asked.id, Charge(owner=other, deputy=kari, was=kari), by=hall.kari, now=NOW)

    assert (refused.value.faults[0].code, refused.value.faults[0].value) == ("owner-changed", "Kari Nordby")
    assert (asked.owner_id, asked.deputy_id) == (other, kari)
    assert notices(session, "case-yours") == [other]
    with pytest.raises(Stale) as stale:
        decline(session, asked.id, reason="Opptatt", version=1, by=ada, now=NOW)
    assert [(one["verb"], one["by"]) for one in stale.value.details["changes"]] == [("assign", "officer")] * 2
    again(session)
    cancel(session, asked.id, version=1, by=hall.per, now=NOW)


@pytest.mark.parametrize(("given", "code"), [({"owner": "per"}, "not-a-decider"), ({"deputy": "ada"}, "deputy-without-owner")])
def test_only_who_may_decide_owns_a_case_and_a_deputy_needs_an_owner(
    session: Session, hall: Hall, asked: Booking, given: dict[str, str], code: str
) -> None:
    people = {part: getattr(hall.cast, name).id for part, name in given.items()}

    with pytest.raises(Invalid) as refused:
        assign(session, asked.id, Charge(**people), by=hall.kari, now=NOW)

    assert refused.value.faults[0].code == code


def test_a_deputy_is_told_until_the_last_day_and_without_an_owner_whoever_wrote_last(
    session: Session, hall: Hall, asked: Booking, ada: Actor
) -> None:
    kari, other = hall.kari.person_id, ada.person_id
    nobody = in_charge(session, asked, now=NOW)
    messages.write(session, asked.id, "Hei", by=ada, now=NOW)
    wrote = in_charge(session, asked, now=NOW)
    assign(session, asked.id, Charge(owner=kari, deputy=other, deputy_until="2026-09-02"), by=hall.kari, now=NOW)

    assert (nobody, wrote) == ([kari], [other])
    assert [in_charge(session, asked, now=NOW + days * DAY) for days in (1, 2)] == [[kari, other], [kari]]
    session.execute(delete(RoleGrant).where(RoleGrant.person_id == kari))
    assert in_charge(session, asked, now=NOW + 2 * DAY) == [other], "who has left the office is told nothing"


def test_a_case_that_is_handed_to_who_loses_the_role_at_once_is_nobodys_and_told_to_the_others(database: Database) -> None:
    hall = database.transact(furnish)
    kari, tone = hall.cast.kari.id, hall.cast.tone.id
    booking = database.transact(reserve, wish(organisation=None), by=hall.per, now=NOW)
    with database.reading() as session:
        chief = cast.actor(session, hall.cast.ada)
        role = session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == kari)).one()
        spare = RoleGrant(person_id=tone, role=Role.OFFICER, granted_at=NOW)
    database.transact(lambda session: session.add(spare))

    def revoke(session: Session) -> object:
        return revoke_role(session, role, by=chief, now=NOW)

    def hand_over(session: Session) -> object:
        return assign(session, booking.id, Charge(owner=kari), by=chief, now=NOW)

    meanwhile(database, hand_over, revoke).result()
    erase = partial(ask_erasure, person_id=kari, personal=PERSONAL, by=chief, now=NOW)
    stranded = database.transact(_whose, booking.id)
    take = partial(assign, booking_id=booking.id, given=Charge(owner=tone, was=kari), by=chief, now=NOW)
    erased = meanwhile(database, take, erase).result()

    assert stranded == (True, [tone])
    assert erased.erasure.done_at == NOW
    assert database.transact(_whose, booking.id) == (False, [tone])


def test_a_caretaker_owns_cases_of_the_own_venue_alone(session: Session, hall: Hall, asked: Booking) -> None:
    gym = session.get_one(Room, asked.room_id)
    away = Venue(slug="fjell", name="Fjell skole", kind="school", zone=hall.cast.oren.zone, changed_at=NOW)
    there = Room(venue=away, slug="sal", name="Sal", kind="gym", changed_at=NOW)
    session.add(there)
    session.flush()
    session.add(RoleGrant(person_id=hall.cast.berit.id, role=Role.CARETAKER, venue_id=away.id, granted_at=NOW))
    other = reserve(session, wish(organisation=None, start="2026-09-16T18:00", end="2026-09-16T20:00"), by=hall.per, now=NOW)

    found = {}
    for name, owner in (("olav", hall.cast.olav), ("berit", hall.cast.berit)):
        for one, room in ((asked, gym), (other, there)):
            one.decider, one.owner_id, one.room = str(Role.CARETAKER), owner.id, room
        session.flush()
        found[name] = set(session.scalars(select(Booking.id).where(is_nobodys())))

    assert found == {"olav": {other.id}, "berit": {asked.id}}


def _whose(session: Session, booking_id: int) -> tuple[bool, list[int]]:
    """Whether the case is listed as nobody's, and who is told of it."""
    booking = session.get_one(Booking, booking_id)
    listed = session.scalars(select(Booking.id).where(is_nobodys())).all()
    return booking_id in listed, list(in_charge(session, booking, now=NOW))


def test_a_broken_promise_is_told_once_and_raises_the_case_and_decides_nothing(
    session: Session, hall: Hall, asked: Booking, ada: Actor
) -> None:
    assign(session, asked.id, Charge(owner=hall.kari.person_id), by=hall.kari, now=NOW)
    again(session)
    early, late = broken(session, LATE - timedelta(minutes=1)), broken(session, LATE)
    told = [escalate(session, asked.id, by=SERVICE, now=LATE + n * DAY) for n in (0, 1)]

    assert (early, late, told) == ([], [asked.id], [True, False])
    assert broken(session, LATE + DAY) == []
    assert (asked.state, asked.is_broken, asked.raised_to) == (BookingState.REQUESTED, True, Role.ADMINISTRATOR)
    assert (notices(session, "promise-broken"), notices(session, "case-raised")) == (
        [hall.per.person_id],
        sorted([hall.kari.person_id, ada.person_id]),
    )
    acts = select(Audit.verb, Audit.facts).where(Audit.subject == "case").order_by(Audit.id)
    assert session.execute(acts).all()[-1] == ("break_promise", {"promised": "2026-09-04T13:30:00+00:00", "to": "administrator"})


def test_what_waits_for_its_applicant_breaks_no_promise(session: Session, hall: Hall, asked: Booking) -> None:
    messages.write(session, asked.id, "Hvor mange?", must_answer=True, by=hall.kari, now=NOW + DAY)

    assert (broken(session, LATE), escalate(session, asked.id, by=SERVICE, now=LATE)) == ([], False)


def test_who_has_a_case_open_is_seen_for_two_minutes_by_others_who_work_on_it(
    session: Session, hall: Hall, asked: Booking, ada: Actor
) -> None:
    def seen(by: Actor, seconds: int) -> list[str]:
        return [person.name for person in presence.look(session, asked.id, by=by, now=NOW + timedelta(seconds=seconds))]

    looks = [seen(hall.kari, 0), seen(ada, 30), seen(hall.kari, 60), seen(ada, 90), seen(ada, 179), seen(ada, 180)]

    assert looks == [[], ["Kari Nordby"], ["Ada Lien"], ["Kari Nordby"], ["Kari Nordby"], []]
    assert session.scalars(select(Audit.id).where(Audit.subject == "case")).all() == []
