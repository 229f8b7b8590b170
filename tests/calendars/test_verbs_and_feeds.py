"""Every act that changes what a feed tells gives the feed another tag: no commit is missed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.inputs import OrganisationChange
from accounts.organisations import change_organisation
from booking.closures import close_rooms
from booking.decisions import approve, confirm, decline
from booking.ending import cancel
from booking.models import Booking
from booking.splitting import split
from booking.states import BookingState
from tests.booking.conftest import move
from tests.calendars.conftest import NOW, VENUE
from tests.cast import actor
from venues.inputs import ClosureInput
from venues.models import Room, Venue

ROOM = "/calendars/rooms/oren-flerbrukshall/gymsal-2.ics"
CLUB = "/calendars/organisations/313000001.ics"


def _booking(session, state, purpose="Øving"):
    return session.scalar(select(Booking).where(Booking.state == state, Booking.purpose == purpose).order_by(Booking.id))


def cancels(session, autumn):
    cancel(session, _booking(session, BookingState.BOOKED).id, by=actor(session, autumn.cast.berit), now=NOW)


def moves(session, autumn):
    start = datetime(2026, 12, 3, 18, 0)
    by = actor(session, autumn.cast.kari)
    number = _booking(session, BookingState.BOOKED).occurrences[-1].number
    move(session, _booking(session, BookingState.BOOKED).id, number, start=start, end=start + timedelta(hours=1), by=by, now=NOW)


def moves_out(session, autumn):
    start = datetime(2026, 12, 3, 18, 0)
    by = actor(session, autumn.cast.kari)
    booking = _booking(session, BookingState.BOOKED, "Bursdag for Ola")
    move(session, booking.id, 1, start=start, end=start + timedelta(hours=1), room="oren-flerbrukshall/gymsal-1", by=by, now=NOW)


def approves(session, autumn):
    approve(session, _booking(session, BookingState.REQUESTED).id, by=actor(session, autumn.cast.kari), now=NOW)


def declines(session, autumn):
    decline(session, _booking(session, BookingState.REQUESTED).id, reason="Opptatt", by=actor(session, autumn.cast.kari), now=NOW)


def confirms(session, autumn):
    confirm(session, _booking(session, BookingState.UNCONFIRMED).id, by=actor(session, autumn.cast.berit), now=NOW)


def closes(session, autumn):
    venue = session.scalar(select(Venue))
    given = ClosureInput(start=datetime(2026, 11, 24), end=datetime(2026, 11, 25), reason="Vannlekkasje")
    close_rooms(session, venue.slug, given, confirmed=True, by=actor(session, autumn.cast.olav), now=NOW)


def renames_the_organisation(session, autumn):
    skiold = autumn.cast.skiold
    given = OrganisationChange(name="Skiold turnforening", applicant_class=skiold.applicant_class)
    change_organisation(session, skiold.id, given, by=actor(session, autumn.cast.kari), now=NOW)


def splits(session, autumn):
    booking = max(session.scalars(select(Booking)), key=lambda one: len([date for date in one.occurrences if date.starts_at > NOW]))
    ahead = sorted((date for date in booking.occurrences if date.starts_at > NOW), key=lambda date: date.starts_at)
    split(session, booking.id, ahead[1].number, by=actor(session, autumn.cast.kari), now=NOW)


def test_dates_that_are_split_off_keep_their_names(autumn, read):
    before = names(read(VENUE))

    autumn.change(lambda session: splits(session, autumn))

    after = read(VENUE)
    assert names(after) == before
    assert len(before) > 1


def names(feed):
    return sorted(line for line in feed.data.decode().splitlines() if line.startswith("UID:"))


ACTS = {
    splits: (VENUE, "round"),
    cancels: (VENUE, CLUB, "round", "mine", "club"),
    moves: (VENUE, CLUB, "round", "mine", "club"),
    moves_out: (VENUE, ROOM, "round"),
    approves: (VENUE, ROOM, "round"),
    declines: (VENUE, ROOM, "round"),
    confirms: (VENUE, ROOM, CLUB, "round", "club"),
    closes: (VENUE, ROOM, CLUB, "round", "mine", "club"),
    renames_the_organisation: (VENUE, CLUB, "round", "mine", "club"),
}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_an_act_changes_every_feed_that_tells_of_it(act, autumn, read):
    paths = [autumn.addresses.get(name, name) for name in ACTS[act]]
    before = {path: read(path) for path in paths}

    autumn.change(lambda session: act(session, autumn))

    after = {path: read(path, If_None_Match=before[path].headers["ETag"]) for path in paths}
    assert {path: one.status_code for path, one in after.items()} == dict.fromkeys(paths, 200)
    assert [path for path in paths if after[path].data == before[path].data] == []


def test_a_night_of_another_venue_changes_nothing_here(autumn, read):
    tag = read(VENUE).headers["ETag"]

    def elsewhere(session):
        venue = Venue(slug="annen", name="Annen", kind="hall", zone="Europe/Oslo", changed_at=datetime(2026, 1, 1, tzinfo=UTC), revision=40)
        session.add(venue)
        session.add(Room(venue=venue, slug="sal", name="Sal", kind="hall", changed_at=venue.changed_at, revision=7))

    autumn.change(elsewhere)

    assert read(VENUE, If_None_Match=tag).status_code == 304
