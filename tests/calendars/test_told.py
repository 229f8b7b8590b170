"""What each feed tells, to whom, and that independent readers find in it exactly what the database holds."""

from datetime import UTC, date, datetime

import pytest
import vobject
from icalendar import Calendar
from recurring_ical_events import of
from sqlalchemy import select, update

from accounts.models import Organisation
from booking.models import Booking, Occurrence
from booking.states import OccurrenceState
from calendars.levels import Level
from calendars.models import Audience
from calendars.tokens import Draft, make_feed
from kernel.wallclock import WallSpan
from tests.calendars.conftest import NOW, VENUE
from tests.calendars.rows import book, close, evening
from tests.cast import actor
from venues.models import Municipality, Room, Space, Venue

OSLO = "Europe/Oslo"
FROM, TO = date(2026, 8, 1), date(2027, 12, 1)


def test_the_public_feed_names_organisations_and_nobody_else(autumn, read):
    summaries = {one["SUMMARY"] for one in events(read(VENUE))}

    assert summaries == {"Skiold turn", "Opptatt", "FORELØPIG: Strømmen sangkor", "Drammen kommune", "Sperret", "STENGT: gulvsliping"}


def test_the_public_feed_tells_no_person_phone_purpose_or_message(autumn, read):
    text = read(VENUE).text.replace("\r\n ", "")

    secrets = ("Per Solli", "Berit", "Moe", "+479900", "Bursdag", "Nattcup", "Øving", "piano", "20 stoler", "BAKOLI-", "Vaktmester")
    assert [secret for secret in secrets if secret in text] == []


def test_a_feed_without_names_says_only_that_it_is_taken(autumn, read):
    summaries = {one["SUMMARY"] for one in events(read(f"{VENUE}?level=busy"))}

    assert summaries == {"Opptatt", "FORELØPIG: Opptatt", "STENGT: Øren flerbrukshall"}


def test_the_level_of_a_private_feed_cannot_be_chosen_by_its_address(autumn, read):
    assert read(autumn.addresses["mine"]).data == read(f"{autumn.addresses['mine']}?level=public").data


@pytest.mark.parametrize(("level", "names"), [(Level.BUSY, set()), (Level.PUBLIC, {"Skiold turn", "Drammen kommune"})])
def test_a_private_feed_that_tells_less_tells_no_more_than_the_public_one_and_stays_secret(level, names, autumn, read):
    draft = Draft("Skjerm", Audience.CARETAKER, venues=("oren-flerbrukshall",), level=level)
    made = autumn.change(lambda session: make_feed(session, draft, by=actor(session, autumn.cast.olav), now=NOW))

    found = read(f"/calendars/private/{made.token}.ics")

    public = read(f"{VENUE}?level={level}")
    assert [one["SUMMARY"] for one in events(found)] == [one["SUMMARY"] for one in events(public)]
    assert {one["SUMMARY"] for one in events(found)} >= names
    assert (b"DESCRIPTION" in found.data) == (b"DESCRIPTION" in public.data)
    assert found.headers["Cache-Control"] == "private, max-age=0, must-revalidate"


def test_an_organisation_that_is_not_to_be_shown_is_busy_in_public(autumn, read):
    autumn.change(lambda session: _hidden(session))

    assert "Skiold turn" not in read(VENUE).text


def test_a_room_is_taken_by_the_whole_hall_and_closed_with_its_venue(autumn, read):
    found = {one["SUMMARY"] + " / " + one["CATEGORIES"] for one in events(read("/calendars/rooms/oren-flerbrukshall/gymsal-1.ics"))}

    assert found == {
        "Skiold turn / Gymsal 1",
        "Skiold turn / Hel hall (håndballbane)",
        "FORELØPIG: Strømmen sangkor / Hel hall (håndballbane)",
        "STENGT: gulvsliping / Øren flerbrukshall",
    }


def test_a_room_keeps_its_uids_in_every_feed(autumn, read):
    of_room, of_venue, of_round = (
        {one["UID"] for one in events(read(path))}
        for path in ("/calendars/rooms/oren-flerbrukshall/hel-hall.ics", VENUE, autumn.addresses["round"])
    )

    assert of_room <= of_venue == of_round
    assert all(uid.isascii() and len(uid) < 100 for uid in of_venue)


def test_the_caretakers_feed_says_what_to_do_whom_to_call_and_what_is_wished(autumn, read):
    described = {one["DTSTART"]: one["DESCRIPTION"] for one in events(read(autumn.addresses["round"])) if "DESCRIPTION" in one}

    assert described[utc("2026-11-24 17:00")] == "\n".join(
        [
            "SIST UT: lås etter kl. 19:45",
            "Klargjøring fra kl. 17:30",
            "Ryddet kl. 19:45",
            "Behov: 20 stoler",
            "Kontakt: Berit Moe, +4799000003",
            "Deltakere: 12",
            "Melding: Vi tar med piano 🎹",
            f"Referanse: {reference(autumn, 'Øving')}",
        ]
    )
    assert described[utc("2026-11-24 16:00")].startswith("FØRST INN: åpne til kl. 16:45\nKontakt: Per Solli, +4799000006\n")
    assert described[utc("2026-12-01 19:00")].startswith("Venter på svar\n")


def test_the_holders_feed_says_which_entrance_how_from_when_who_is_there_and_who_answers(autumn, read):
    told = events(read(autumn.addresses["mine"]))

    assert {one["SUMMARY"] for one in told} == {"Skiold turn – Øving"}
    assert told[0]["DESCRIPTION"] == "\n".join(
        [
            "Inngang: Hovedinngangen mot elva",
            "Slik kommer dere inn: Kortet ditt virker i leseren",
            "Dere kommer inn fra kl. 17:45",
            "På stedet: Vaktmester",
            "Telefon som svarer: +4732040000 (Vaktmester)",
            f"Referanse: {reference(autumn, 'Øving')}",
        ]
    )


def test_a_wish_that_waits_for_its_organisation_is_told_to_its_holder_alone(autumn, read):
    day = utc("2026-11-30 17:00")

    told = {name: day in {one["DTSTART"] for one in events(read(autumn.addresses.get(name, name)))} for name in (VENUE, "round", "club")}

    assert told == {VENUE: False, "round": False, "club": True}


def test_a_feed_speaks_the_language_of_its_subscriber(autumn, read):
    assert "PROVISIONAL: Strømmen sangkor" in read(f"{VENUE}?lang=en").text
    assert "FØREBELS: Strømmen sangkor" in read(f"{VENUE}?lang=nn").text


def test_a_cancelled_date_is_told_for_two_weeks_unless_the_address_wants_none(autumn, read, clock):
    autumn.change(lambda session: _cancelled(session, autumn, "Øving", clock.moment))
    tellings = {one["STATUS"] + " " + one["SUMMARY"] for one in events(read(VENUE)) if one["STATUS"] == "CANCELLED"}
    without = read(f"{VENUE}?cancelled=0").text

    clock.pass_by(days=15)

    assert tellings == {"CANCELLED AVLYST: Skiold turn"}
    assert "CANCELLED" not in without
    assert "CANCELLED" not in read(VENUE).text


def test_sequence_rises_with_time_place_and_status_and_the_stamps_with_all_that_is_seen(autumn, read, clock):
    before = stamps(read(VENUE))
    autumn.change(lambda session: _renamed(session, clock.moment))

    after = stamps(read(VENUE))

    moved = {uid: (before[uid][0] == after[uid][0], before[uid][1] < after[uid][1] == after[uid][2]) for uid in before}
    assert set(moved.values()) == {(True, True)}


def test_a_closure_of_part_of_a_day_has_clock_times(autumn, read):
    autumn.change(lambda session: _closed(session, "2027-01-04 08:00", "2027-01-04 12:00"))

    found = [one for one in events(read(VENUE)) if one["SUMMARY"] == "STENGT: vannlekkasje"]

    assert [(one["DTSTART"], one["DTEND"]) for one in found] == [(utc("2027-01-04 07:00"), utc("2027-01-04 11:00"))]


def test_a_caretakers_neighbours_change_the_day_and_raise_its_stamps(autumn, read, clock):
    path = autumn.addresses["round"]
    before = {one["DTSTART"]: one for one in events(read(path))}
    autumn.change(lambda session: _early(session, autumn, clock.moment))

    after = {one["DTSTART"]: one for one in events(read(path))}

    changed = utc("2026-11-24 16:00")
    assert before[changed]["DESCRIPTION"].startswith("FØRST INN")
    assert not after[changed]["DESCRIPTION"].startswith("FØRST INN")
    assert before[changed]["LAST-MODIFIED"] < after[changed]["LAST-MODIFIED"]
    assert before[changed]["SEQUENCE"] == after[changed]["SEQUENCE"]


def test_nobody_opens_for_a_block_and_a_night_of_the_clock_change_is_opened_by_the_clock(autumn, read):
    spring = [WallSpan(datetime(2027, 3, 28, 3, 15), datetime(2027, 3, 28, 6, 0), "Europe/Oslo")]
    autumn.change(lambda session: book(session, session.get(Room, autumn.rooms["gymsal-2"].id), autumn.cast.per, spring, buffers=(30, 0)))
    autumn.change(_newer)

    told = {one["DTSTART"]: one.get("DESCRIPTION", "") for one in events(read(autumn.addresses["round"]))}

    assert "FØRST INN" not in told[utc("2026-11-27 17:00")]
    # Half an hour before a quarter past three it is a quarter to two: the hour between is not there.
    assert told[utc("2027-03-28 01:15")].startswith("FØRST INN: åpne til kl. 01:45")


@pytest.mark.parametrize("address", [VENUE, "round", "club"])
def test_a_change_renders_what_a_full_build_would(address, app, autumn, read, clock):
    path = autumn.addresses.get(address, address)
    read(path)
    autumn.change(lambda session: _early(session, autumn, clock.moment))
    autumn.change(lambda session: _cancelled(session, autumn, "Nattcup", clock.moment))
    taken_over = read(path)
    cache = app.extensions["feeds"]._cache
    cache._copies.clear()
    for file in cache._folder.iterdir():
        file.unlink()

    whole = read(path)

    assert (taken_over.data, taken_over.headers["ETag"]) == (whole.data, whole.headers["ETag"])


@pytest.mark.parametrize("address", [VENUE, "/calendars/organisations/313000001.ics", "round", "club", "mine"])
def test_two_readers_find_exactly_what_the_database_holds(address, autumn, read):
    text = read(autumn.addresses.get(address, address)).data

    assert by_icalendar(text) == by_vobject(text)
    assert by_icalendar(text) == _held(autumn, address)


def events(response):
    """The events as icalendar reads them; times in UTC, texts as text."""
    return [{name: _plain(one[name]) for name in one} for one in Calendar.from_ical(response.data).walk("VEVENT")]


def _plain(value):
    if hasattr(value, "cats"):
        return ",".join(str(one) for one in value.cats)
    if not hasattr(value, "dt"):
        return value if isinstance(value, int) else str(value)
    return value.dt.astimezone(UTC) if isinstance(value.dt, datetime) else value.dt


def utc(text):
    return datetime.fromisoformat(f"{text}+00:00")


def reference(autumn, purpose):
    return autumn.change(lambda session: session.scalar(select(Booking.reference).where(Booking.purpose == purpose).order_by(Booking.id)))


def stamps(response):
    return {one["UID"]: (one["SEQUENCE"], one["LAST-MODIFIED"], one["DTSTAMP"]) for one in events(response) if one["STATUS"] != "CANCELLED"}


def by_icalendar(text):
    found = of(Calendar.from_ical(text)).between(FROM, TO)
    return sorted((str(one["UID"]), _moment(one.start), _moment(one.end)) for one in found)


def by_vobject(text):
    found = vobject.readOne(text.decode()).vevent_list
    return sorted((one.uid.value, _moment(one.dtstart.value), _moment(one.dtend.value)) for one in found)


def _moment(value):
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%MZ}" if isinstance(value, datetime) else value.isoformat()


def _held(autumn, address):
    """What a feed is to hold, told straight from the tables."""
    shown = [OccurrenceState.BOOKED, OccurrenceState.REQUESTED]
    whose = {
        "mine": Booking.holder_id == autumn.cast.berit.id,
        "club": Booking.organisation_id == autumn.cast.skiold.id,
        "/calendars/organisations/313000001.ics": Booking.organisation_id == autumn.cast.skiold.id,
    }
    states = [*shown, OccurrenceState.UNCONFIRMED] if address in ("mine", "club") else shown
    found = select(Occurrence, Booking.reference).join(Booking).where(Occurrence.state.in_(states), whose.get(address, Occurrence.id > 0))
    with autumn.database.reading() as session:
        rows = session.execute(found).all()
    expected = [(f"{ref.lower()}-{one.number}.20260102T080000@arena", _moment(one.starts_at), _moment(one.ends_at)) for one, ref in rows]
    closures = [("closure-1.20260102T080000@arena", "2026-12-22", "2026-12-27")]
    return sorted(expected + ([] if address in whose else closures))


def _hidden(session):
    session.execute(update(Organisation).values(shown_publicly=False))
    session.execute(update(Municipality).values(revision=Municipality.revision + 1))


def _cancelled(session, autumn, purpose, now):
    booking = session.scalar(select(Booking).where(Booking.purpose == purpose).order_by(Booking.id))
    date = booking.occurrences[-1]
    date.state, date.sequence, date.changed_at = OccurrenceState.CANCELLED, date.sequence + 1, now
    booking.version, booking.changed_at = booking.version + 1, now
    _newer(session)


def _renamed(session, now):
    session.execute(update(Venue).values(name="Øren arena", revision=Venue.revision + 1, changed_at=now))


def _closed(session, start, end):
    venue = session.scalar(select(Venue))
    close(session, venue, datetime.fromisoformat(start), datetime.fromisoformat(end), reason="vannlekkasje")
    venue.revision += 1


def _early(session, autumn, now):
    room = session.get(Room, autumn.rooms["gymsal-2"].id)
    booking = book(session, room, autumn.cast.per, evening("2026-11-24", "08:00", "09:00"))
    booking.changed_at = booking.occurrences[0].changed_at = now
    _newer(session)


def _newer(session):
    session.execute(update(Space).values(revision=Space.revision + 1))
    session.execute(update(Organisation).values(revision=Organisation.revision + 1))
