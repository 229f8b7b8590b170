"""Discretion: what each detail level tells and to whom, what is not shown publicly, whom to call for how long, and that a
secret address stays a secret."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar
from sqlalchemy import select, update
from structlog.testing import capture_logs

from accounts.models import Organisation
from accounts.organisations import show_publicly
from booking.models import Booking
from calendars.models import FeedToken
from calendars.tokens import revoke_feed
from kernel.errors import Forbidden
from tests.calendars.conftest import NOW, VENUE
from tests.calendars.rows import book, evening
from tests.cast import actor
from venues.inputs import HoursInput
from venues.models import Room, Space, Venue
from venues.scheduling import set_opening_hours

ORGANISATION = "/calendars/organisations/313000001.ics"
# What stands in each field of a booking that may be about a person, by a word that stands nowhere else.
MARKS = {
    "purpose": "Formaalet",
    "team": "Lagnavnet",
    "message": "Meldingen ring 99887766",
    "contact_name": "Kontaktnavn Etternavn",
    "contact_phone": "+4799112233",
    "needs": "Behovet",
    "reference": "REFERANSEN-1",
    "holder": "Per Solli",
}
WHEN = {"DTSTART", "DTEND"}
STAMPS = {"UID", "DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE"}
PLACE = {"LOCATION", "GEO", "CATEGORIES", "URL"}
TOLD = WHEN | STAMPS | PLACE | {"SUMMARY", "STATUS", "TRANSP"}
# Every field of every level, and which of what people wrote stands in them.
LEVELS = {
    f"{VENUE}?level=busy": (TOLD, set()),
    VENUE: (TOLD | {"DESCRIPTION"}, set()),
    ORGANISATION: (TOLD | {"DESCRIPTION"}, set()),
    "club": (TOLD | {"DESCRIPTION"}, {"purpose", "team", "reference"}),
    "round": (TOLD | {"DESCRIPTION"}, {"purpose", "team", "message", "contact_name", "contact_phone", "needs", "reference"}),
}


@pytest.fixture
def marked(autumn):
    def write(session):
        room = session.get(Room, autumn.rooms["gymsal-2"].id)
        said = {name: text for name, text in MARKS.items() if name not in ("reference", "holder", "needs", "contact_name", "contact_phone")}
        for organisation in (autumn.cast.skiold, None):
            booking = book(session, room, autumn.cast.per, evening("2026-11-28"), organisation=organisation, open_to_all=True, **said)
            booking.needs, booking.contact_name, booking.contact_phone = [MARKS["needs"]], MARKS["contact_name"], MARKS["contact_phone"]
            booking.reference = MARKS["reference"] if organisation else "REFERANSEN-11"

    autumn.change(write)
    return autumn


@pytest.mark.parametrize("name", LEVELS)
def test_each_level_has_these_fields_and_tells_this_of_what_people_wrote(name, marked, read):
    path, (fields, marks) = marked.addresses.get(name, name), LEVELS[name]
    forms = [read(path)] + [read(path.replace(".ics", ending)) for ending in (".ifb", ".json")]

    events = [
        one for one in Calendar.from_ical(forms[0].data).walk("VEVENT") if one["DTSTART"].dt == datetime(2026, 11, 28, 17, tzinfo=UTC)
    ]

    assert set().union(*(one.keys() for one in events)) == fields
    texts = [
        "\n".join(f"{key} {_text(one[key])}" for one in events for key in one if key != "UID"),
        str([one for one in forms[2].json["next"] if "referansen" in one["uid"]]),
    ]
    assert {mark for mark, word in MARKS.items() if word in texts[0]} == marks
    assert {mark for mark, word in MARKS.items() if word in texts[1]} == marks
    assert not any(word.encode() in forms[1].data for word in MARKS.values())
    assert not any(
        line.startswith((b"ATTENDEE", b"ORGANIZER", b"BEGIN:VALARM", b"CONTACT")) for form in forms for line in form.data.splitlines()
    )


def test_a_booking_that_is_not_shown_is_taken_in_public_and_named_to_its_own(autumn, read):
    autumn.change(lambda session: _hide(session, Booking.purpose.in_(["Øving", "Nattcup", "Folkemøte"])))

    public, own = read(VENUE).text, read(autumn.addresses["club"]).text

    assert ("Skiold turn" in public, "Drammen kommune" in public, "Åpent for alle" in public) == (False, False, False)
    assert "Skiold turn – Øving" in own
    # That the organisation has it is all that its own feed could tell.
    assert "BEGIN:VEVENT" not in read(ORGANISATION).text


def test_an_organisation_hides_itself_and_its_feed_is_gone(autumn, read):
    tag, cast = read(VENUE).headers["ETag"], autumn.cast
    with pytest.raises(Forbidden):
        autumn.change(lambda session: show_publicly(session, cast.skiold.id, is_shown=False, by=actor(session, cast.nils), now=NOW))

    autumn.change(lambda session: show_publicly(session, cast.skiold.id, is_shown=False, by=actor(session, cast.berit), now=NOW))

    after = read(VENUE, If_None_Match=tag)
    assert (after.status_code, "Skiold turn" in after.text, read(ORGANISATION).status_code) == (200, False, 404)
    modified = [one["LAST-MODIFIED"].dt for one in Calendar.from_ical(after.data).walk("VEVENT") if one["SUMMARY"] == "Opptatt"]
    assert max(modified) == NOW


def test_whom_to_call_is_told_for_two_weeks_before_and_after_and_each_turn_raises_the_stamps(autumn, read, clock):
    told = []
    for day in ((2026, 11, 9), (2026, 11, 10), (2026, 12, 8), (2026, 12, 9)):
        # A minute after local midnight.
        clock.moment = datetime(*day, 23, 1, tzinfo=UTC).replace(day=day[2] - 1)
        (event,) = [one for one in _events(read(autumn.addresses["round"])) if one["DTSTART"].dt == datetime(2026, 11, 24, 16, tzinfo=UTC)]
        told.append((str(event["SUMMARY"]), "Per Solli, +4799000006" in event["DESCRIPTION"], event["LAST-MODIFIED"].dt, event["SEQUENCE"]))

    far, near = ("Privat – Bursdag for Ola", False), ("Per Solli – Bursdag for Ola", True)
    assert [one[:2] for one in told] == [far, near, near, far]
    assert told[0][2] < told[1][2] == told[2][2] == datetime(2026, 11, 9, 23, tzinfo=UTC)
    assert told[3][2] == datetime(2026, 12, 8, 23, tzinfo=UTC)
    assert len({one[3] for one in told}) == 1


def test_the_time_of_a_secret_address_is_the_only_thing_that_is_known_of_it(autumn, client):
    secret = autumn.addresses["round"].rpartition("/")[2].removesuffix(".ics")
    paths = [
        f"/calendars/private/{secret}{ending}"
        for ending in (".ics", ".ifb", ".json", ".ICS", ".txt", "", "/", ".ics/", ".ics.ics", "/x.ics")
    ]

    def look():
        for path in [*paths, f"/calendars/venues/{secret}.ics"]:
            for method in ("GET", "HEAD", "POST"):
                yield client.open(path, method=method)

    with capture_logs() as lines:
        answers = list(look())
        autumn.change(lambda session: _revoke(session, autumn))
        answers += look()
        metrics = client.get("/metrics")

    assert secret not in str(lines)
    assert secret not in metrics.text
    assert {(one.request.method, one.request.path) for one in answers if secret in one.text} == set()
    assert {one.status_code for one in answers if one.request.method == "POST"} <= {404, 405}
    assert {one.headers.get("Referrer-Policy") for one in answers if "/private/" in one.request.path} <= {"no-referrer", "same-origin"}


def test_a_group_without_a_number_is_taken_in_public(autumn, read):
    def book_it(session):
        room = session.get(Room, autumn.rooms["gymsal-1"].id)
        book(session, room, autumn.cast.tone, evening("2026-11-29"), organisation=autumn.cast.kvilterne)

    autumn.change(book_it)

    assert "Onsdagskvilterne" not in read(VENUE).text
    assert "Onsdagskvilterne" in read(autumn.addresses["round"]).text


def test_days_with_hours_of_their_own_are_told_and_take_no_time(autumn, read):
    week = [{"weekday": 0, "start": "10:00", "end": "18:00", "openness": "open"}]

    def state(session, first, last, rows):
        version = session.scalar(select(Venue.revision))
        given = HoursInput.model_validate({"version": version, "first_day": first, "last_day": last, "rows": rows})
        set_opening_hours(session, "oren-flerbrukshall", "", given, by=actor(session, autumn.cast.kari), now=NOW)

    autumn.change(lambda session: state(session, "2026-12-07", "2026-12-08", week))
    autumn.change(lambda session: state(session, "2027-01-04", "2027-06-18", week))
    told = {str(one["SUMMARY"]): one for one in _events(read(VENUE)) if str(one["SUMMARY"]).startswith("ÅPNINGSTID")}

    assert {name: (f"{one['DTSTART'].dt}", one["TRANSP"]) for name, one in told.items()} == {
        "ÅPNINGSTID: 10:00–18:00": ("2026-12-07", "TRANSPARENT"),
        "ÅPNINGSTID: stengt": ("2026-12-08", "TRANSPARENT"),
    }
    before = next(iter(told.values()))
    week[0]["end"] = "20:00"
    autumn.change(lambda session: state(session, "2026-12-07", "2026-12-08", week))
    after = next(one for one in _events(read(VENUE)) if one["UID"] == before["UID"])
    assert (str(after["SUMMARY"]), after["SEQUENCE"]) == ("ÅPNINGSTID: 10:00–20:00", before["SEQUENCE"])
    assert "ÅPNINGSTID" not in read(autumn.addresses["club"]).text


def _text(value):
    written = value.to_ical()
    return written.decode() if isinstance(written, bytes) else written


def _events(response):
    return Calendar.from_ical(response.data).walk("VEVENT")


def _hide(session, which):
    session.execute(update(Booking).where(which).values(shown_publicly=False, open_to_all=True, version=Booking.version + 1))
    session.execute(update(Space).values(revision=Space.revision + 1))
    session.execute(update(Organisation).values(revision=Organisation.revision + 1))


def _revoke(session, autumn):
    feed = session.scalar(select(FeedToken).where(FeedToken.name == "Olav, mobil"))
    revoke_feed(session, feed.id, by=actor(session, autumn.cast.olav), now=NOW)
