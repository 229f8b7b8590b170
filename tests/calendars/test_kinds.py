"""Feeds of chosen rooms, of a team and for a door sign, and what is left of a round when a right is gone."""

import pytest
from icalendar import Calendar
from sqlalchemy import select, text, update

from accounts.identity import Role
from accounts.models import RoleGrant
from booking.models import Booking
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from kernel.errors import Forbidden, Invalid, Missing
from tests.calendars.conftest import NOW
from tests.calendars.rows import book, evening
from tests.cast import actor
from venues.models import Room, Space, Venue

ROOMS = ("oren-flerbrukshall/gymsal-1",)


def summaries(response):
    return {str(one["SUMMARY"]) for one in Calendar.from_ical(response.data).walk("VEVENT")}


def made(autumn, who, *draft, ending="ics", **more):
    token = autumn.change(lambda session: make_feed(session, Draft("Ny", *draft, **more), by=actor(session, who), now=NOW)).token
    return f"/calendars/private/{token}.{ending}"


def test_a_round_of_chosen_rooms_tells_of_them_and_of_what_takes_their_time(autumn, read):
    path = made(autumn, autumn.cast.olav, Audience.CARETAKER, rooms=ROOMS)

    told = summaries(read(path))

    assert {"Skiold turn – Øving", "Skiold turn – Nattcup", "STENGT: gulvsliping"} <= told
    assert not any("Bursdag" in one or "Folkemøte" in one for one in told)


def test_of_a_venue_with_chosen_rooms_only_these_and_of_the_others_all(autumn, read):
    def second(session):
        venue = Venue(slug="annen", name="Annen", kind="hall", zone="Europe/Oslo", changed_at=NOW)
        room = Room(venue=venue, slug="sal", name="Sal", kind="hall", changed_at=NOW)
        session.add(room)
        session.flush()
        book(session, room, autumn.cast.per, evening("2026-11-25"), purpose="Annet sted")
        session.add(RoleGrant(person_id=autumn.cast.olav.id, role=Role.CARETAKER, venue_id=venue.id, granted_at=NOW))

    autumn.change(second)
    path = made(autumn, autumn.cast.olav, Audience.CARETAKER, venues=("annen",), rooms=ROOMS)
    both = summaries(read(path))

    autumn.change(lambda session: session.execute(text("DELETE FROM role_grant WHERE venue_id = :id"), {"id": autumn.cast.oren.id}))
    left = summaries(read(path))

    assert {"Per Solli – Annet sted", "Skiold turn – Øving"} <= both
    assert left == {"Per Solli – Annet sted"}


def test_a_team_has_a_feed_of_its_own_dates(autumn, read):
    autumn.change(lambda session: session.execute(update(Booking).where(Booking.purpose == "Øving").values(team="G12")))
    path = made(autumn, autumn.cast.nils, Audience.ORGANISATION, organisation="313000001", team="G12")

    assert summaries(read(path)) == {"Skiold turn – G12 – Øving", "FORELØPIG: Skiold turn – G12 – Øving"}
    assert "X-WR-CALNAME:Skiold turn – G12" in read(path).text
    with pytest.raises(Invalid) as refused:
        made(autumn, autumn.cast.nils, Audience.ORGANISATION, organisation="313000001", team="G13")
    assert refused.value.faults[0].facts == {"choices": ["G12"]}


def test_a_door_sign_shows_what_anybody_may_read_without_what_is_cancelled_and_hangs_on(autumn, read):
    autumn.change(_cancels)
    path = made(autumn, autumn.cast.olav, Audience.SIGN, rooms=ROOMS)
    public = summaries(read("/calendars/rooms/oren-flerbrukshall/gymsal-1.ics"))

    autumn.change(lambda session: session.query(RoleGrant).delete())
    sign = read(f"{path}?cancelled=1")

    assert summaries(sign) == {one for one in public if not one.startswith("AVLYST")} != public
    assert sign.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    board = read(path.replace(".ics", ".json"))
    assert board.json["name"] == "Øren flerbrukshall – Gymsal 1"
    assert board.json["url"].endswith("/rooms/oren-flerbrukshall/gymsal-1")


@pytest.mark.parametrize(
    ("who", "audience", "rooms", "refusal"),
    [
        ("berit", Audience.SIGN, ROOMS, Forbidden),
        ("berit", Audience.CARETAKER, ROOMS, Forbidden),
        ("olav", Audience.SIGN, (), Invalid),
        ("olav", Audience.SIGN, ("oren-flerbrukshall/gymsal-1", "oren-flerbrukshall/gymsal-2"), Invalid),
        ("olav", Audience.SIGN, ("oren-flerbrukshall/nowhere",), Missing),
        ("olav", Audience.CARETAKER, ("nowhere",), Missing),
    ],
)
def test_rooms_are_those_of_ones_own_venues(who, audience, rooms, refusal, autumn):
    with pytest.raises(refusal):
        made(autumn, getattr(autumn.cast, who), audience, rooms=rooms)


def _cancels(session):
    booking = session.scalar(select(Booking).where(Booking.purpose == "Øving").order_by(Booking.id))
    booking.occurrences[-1].state, booking.occurrences[-1].changed_at = "cancelled", NOW
    session.execute(update(Space).values(revision=Space.revision + 1))
