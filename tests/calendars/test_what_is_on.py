"""What is on: page, feed and snippet tell the same few dates, and of them what anybody may know."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import icalendar
import pytest
from sqlalchemy import select

from booking.models import Booking
from booking.states import BookingKind, OccurrenceState
from tests.calendars.rows import book, evening
from venues.models import District, Venue

ABOUT = {
    "title": "Åpen hall for <b>barn</b> 🤸",
    "text": "Kom og prøv.\nAlle får låne utstyr.",
    "ages": ["6-12", "13-19"],
    "free": True,
    "join": "Møt opp, ta med innesko",
}
PRIVATE = ("Berit", "Nils", "Per Solli", "+47", "3204", "BAKOLI", "Hemmelig", "piano", "Siri", "Tone", "Onsdagskvilterne", "Sangkor")
OPEN = {"open_to_all": True, "purpose": "Hemmelig formål", "activity": "sport.training"}


@pytest.fixture
def on(autumn):
    """A series that is on, what the municipality arranges, and much that is open to all and yet not on."""
    autumn.change(lambda session: _on(session, autumn))
    return autumn


def _on(session, autumn):
    cast, first, second = autumn.cast, autumn.rooms["gymsal-1"], autumn.rooms["gymsal-2"]
    cast.skiold.public_contact = "https://skiold.example/bli-med"
    session.merge(cast.skiold)
    book(session, first, cast.berit, evening("2026-11-25", weeks=3), organisation=cast.skiold, public=ABOUT, **OPEN)
    fair = {**OPEN, "activity": "event.market"}
    book(session, second, cast.kari, evening("2026-11-28", "10:00", "14:00"), kind=BookingKind.MUNICIPAL, **fair)
    never = {"public": {"title": "Skal ikke vises"}, **OPEN}
    book(session, second, cast.per, evening("2026-11-25", "08:00", "09:00"), **never)
    book(session, second, cast.tone, evening("2026-11-25", "09:00", "10:00"), organisation=cast.kvilterne, **never)
    book(session, second, cast.kari, evening("2026-11-25", "10:00", "11:00"), kind=BookingKind.BLOCK, **never)
    book(session, second, cast.siri, evening("2026-11-25", "11:00", "12:00"), organisation=cast.strommen, state=REQUESTED, **never)
    book(session, second, cast.berit, evening("2026-11-25", "14:00", "15:00"), organisation=cast.skiold, shown_publicly=False, **never)
    late = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    for start, decided_at, title in (("12:00", None, "Skal ikke vises"), ("13:00", late, "Basar")):
        gone = {**never, "decider": "officer", "decided_at": decided_at, "public": {"title": title, "ages": ["67+"]}}
        ended = book(session, second, cast.berit, evening("2026-11-25", start, "14:00"), organisation=cast.skiold, **gone)
        ended.occurrences[0].state, ended.occurrences[0].changed_at = OccurrenceState.CANCELLED, late
    session.flush()


REQUESTED = OccurrenceState.REQUESTED


def events(answer):
    return [(f"{one['DTSTART'].dt:%m-%d %H:%M}", str(one["SUMMARY"])) for one in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")]


def listed(text):
    """What a page or a snippet says of each date, one after the other."""
    items = re.findall(r'<li class="happening".*?</li>', text, re.S)
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", one))).strip() for one in items]


def test_all_that_page_feed_and_snippet_tell_stands_here(on, read):
    page, snippet, feed = read("/open?from=2026-11-25"), read("/embed/open?from=2026-11-25&days=7"), read("/calendars/open.ics")
    told = listed(page.text)

    where = "Øren flerbrukshall, Rosenkrantzgata 1, 3015 Drammen"
    assert told == [
        f"13:00–14:00 AVLYST Basar Trening Eldre (67+) Hvor Gymsal 2 , {where} Arrangør Skiold turn, https://skiold.example/bli-med",
        f"18:00–19:30 Åpen hall for <b>barn</b> 🤸 Kom og prøv. Alle får låne utstyr. Trening Barn (6–12) Ungdom (13–19) gratis "
        f"Hvor Gymsal 1 , {where} Arrangør Skiold turn, https://skiold.example/bli-med Slik blir du med Møt opp, ta med innesko "
        "Legg i kalenderen Åpen hall for <b>barn</b> 🤸",
        f"10:00–14:00 Drammen kommune Marked og loppemarked alle aldre Hvor Gymsal 2 , {where} "
        "Arrangør Drammen kommune Legg i kalenderen Drammen kommune",
    ]
    assert listed(snippet.text) == told
    assert events(feed) == [
        ("11-25 13:00", "AVLYST: Basar"),
        ("11-25 18:00", ABOUT["title"]),
        ("11-28 10:00", "Drammen kommune"),
        ("12-02 18:00", ABOUT["title"]),
        ("12-09 18:00", ABOUT["title"]),
    ]
    event = icalendar.Calendar.from_ical(feed.data).walk("VEVENT")[1]
    assert str(event["DESCRIPTION"]).splitlines() == [
        *ABOUT["text"].splitlines(),
        *("Alder: 6-12, 13-19", "Arrangør: Skiold turn", "Gratis", "Slik blir du med: Møt opp, ta med innesko"),
        "Kontakt: https://skiold.example/bli-med",
    ]
    assert {key for key in event if key not in ("DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "STATUS", "TRANSP")} == {
        *("UID", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "GEO", "CATEGORIES", "URL", "DESCRIPTION")
    }
    assert "<b>barn" not in page.text + snippet.text
    uids = re.compile(r"UID:\S+\r\n")
    for answer in (page, snippet, feed):
        assert [word for word in (*PRIVATE, "Skal ikke vises") if word in uids.sub("", answer.text)] == []


def test_it_is_told_in_all_forms(on, read):
    sign, busy = read("/calendars/open.json"), read("/calendars/open/ages/13-19/kinds/sport.ifb")

    assert [one["summary"] for one in sign.json["next"]] == [ABOUT["title"], "Drammen kommune", ABOUT["title"], ABOUT["title"]]
    assert busy.text.count("FREEBUSY;") == 3
    assert (sign.status_code, busy.status_code, read("/calendars/open/ages/13-19.xml").status_code) == (200, 200, 404)
    assert "Skal ikke vises" not in sign.text + busy.text


def test_a_date_is_the_same_event_as_in_the_calendar_of_its_room(on, read):
    room = read("/calendars/rooms/oren-flerbrukshall/gymsal-1.ics")
    uids = {str(one["UID"]) for one in icalendar.Calendar.from_ical(room.data).walk("VEVENT")}

    feed = icalendar.Calendar.from_ical(read("/calendars/open/ages/6-12/kinds/sport.ics").data).walk("VEVENT")
    alone = icalendar.Calendar.from_ical(read(re.search(r"/calendars/open/dates/\d+\.ics", read("/open").text)[0]).data).walk("VEVENT")

    assert [str(one["SUMMARY"]) for one in feed] == [ABOUT["title"]] * 3
    assert {str(one["UID"]) for one in feed} <= uids
    assert [one["UID"] for one in alone] == [feed[0]["UID"]]


CHOSEN = (
    *("venues/oren-flerbrukshall", "districts/bragernes-oren", "districts/fjell", "venues/fjell-skole", "ages/67", "ages/0-5"),
    *("ages/13-19", "kinds/sport", "kinds/event", "kinds/culture", "districts/bragernes-oren/ages/6-12/kinds/event"),
)


def test_one_chooses_by_place_age_and_kind(on, read):
    def elsewhere(session):
        session.add(District(slug="fjell", name="Fjell"))
        session.add(Venue(slug="fjell-skole", name="Fjell skole", kind="school", zone="Europe/Oslo", changed_at=datetime.now(UTC)))

    on.change(elsewhere)
    found = {path: [title.partition(" ")[0] for _, title in events(read(f"/calendars/open/{path}.ics?to=2026-11-30"))] for path in CHOSEN}

    assert found == {
        "venues/oren-flerbrukshall": ["AVLYST:", "Åpen", "Drammen"],
        "districts/bragernes-oren": ["AVLYST:", "Åpen", "Drammen"],
        "districts/fjell": [],
        "venues/fjell-skole": [],
        "ages/67": ["AVLYST:", "Drammen"],
        "ages/0-5": ["Drammen"],
        "ages/13-19": ["Åpen", "Drammen"],
        "kinds/sport": ["AVLYST:", "Åpen"],
        "kinds/event": ["Drammen"],
        "kinds/culture": [],
        "districts/bragernes-oren/ages/6-12/kinds/event": ["Drammen"],
    }
    assert [one[:25] for one in listed(read("/open?district=bragernes-oren&age=13-19&kind=sport").text)] == ["18:00–19:30 Åpen hall for"]
    nothing = read("/open?district=fjell&from=2026-11-25").text
    assert "Ingenting er meldt inn mellom 25. november og 1. desember" in nothing
    assert 'href="/embed/open?kind=event&amp;from=2026-11-28&amp;days=1"' in read("/embed/open?kind=event&days=1").text
    assert "Se det neste" not in read("/open?age=13-19&kind=sport&from=2026-12-10").text


NO_FEEDS = (
    *("ages/7", "ages/67%2B", "kinds/sport.training", "kinds/x/ages/6-12", "ages/6-12/kinds/sport/ages/6-12", "venues", "x/y", "ages/"),
    *(
        "venues/nowhere",
        "districts/nowhere",
        "dates/x",
        "dates/1",
        "dates/999999999",
        "dates/%D9%A3",
        "dates/99999999999",
        "venues/../ages/6-12",
        "venues/%00",
    ),
    *("ages/6-12/venues/oren-flerbrukshall", "venues/oren-flerbrukshall/districts/bragernes-oren", "ages/6-12/ages/6-12"),
)


def test_what_cannot_be_chosen_is_no_feed(on, read):
    assert [path for path in NO_FEEDS if read(f"/calendars/open/{path}.ics").status_code != 404] == []
    assert [read(f"/open?{query}").status_code for query in ("age=x", "kind=sport.x", "venue=nowhere", "from=x")] == [404, 404, 404, 422]
    date = re.search(r'id="d(\d+)"', read("/open").text)[1]
    assert [read(f"/calendars/open/dates/{number}.ics").status_code for number in (date, f"0{date}")] == [200, 404]


def test_who_is_no_longer_named_or_open_is_gone_from_the_next_reading(on, read):
    path = "/calendars/open/kinds/sport.ics"
    first = read(path)
    held = {"If_None_Match": first.headers["ETag"]}

    def retitle(session):
        booking = session.scalars(select(Booking).where(Booking.open_to_all, Booking.organisation_id == on.cast.skiold.id)).first()
        booking.public, booking.version = {"title": "Ny tittel"}, booking.version + 1

    assert read(path, **held).status_code == 304
    on.change(lambda session: book(session, on.rooms["gymsal-2"], on.cast.per, evening("2026-12-05")))
    assert read(path, **held).status_code == 304
    on.change(retitle)
    assert [title for _, title in events(read(path, **held))] == ["AVLYST: Basar", *["Ny tittel"] * 3]

    def hide(session):
        session.get(type(on.cast.skiold), on.cast.skiold.id).shown_publicly = False
        session.execute(Venue.__table__.update().values(revision=Venue.revision + 1))

    on.change(hide)
    assert events(read(path, **held)) == []
    assert listed(read("/open?kind=sport").text) == []


def test_a_page_is_as_many_statements_with_three_dates_as_with_three_hundred(on, read, statements):
    read("/open?from=2026-11-25")
    statements.clear()
    read("/open?from=2026-11-25")
    few = len(statements)
    on.change(
        lambda session: [
            book(session, on.rooms["gymsal-1"], on.cast.berit, evening("2026-11-26"), organisation=on.cast.skiold, public=ABOUT, **OPEN)
            for _ in range(100)
        ]
    )
    statements.clear()

    shown = listed(read("/open?from=2026-11-25").text)

    assert (len(shown), few, len(statements)) == (103, 7, 7)


def test_the_snippet_may_be_framed_by_whom_the_settings_name_and_sets_no_cookie(on, app, read):
    answer = read("/embed/open?lang=en&venue=oren-flerbrukshall")
    again = read("/embed/open?lang=en&venue=oren-flerbrukshall", If_None_Match=answer.headers["ETag"], Accept_Language="nn")

    assert "What’s on" in answer.text
    assert (again.status_code, again.data) == (304, b"")
    assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("public, max-age=300", "Accept-Encoding")
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert read("/embed/open?venue=nowhere").status_code == 404
    assert "Se alt som skjer" in read("/embed/open?from=x").text
    assert listed(read("/embed/open?days=99999&utm_source=%3Cscript%3E").text) == listed(read("/embed/open").text)


class TestFramed:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, embed_in="https://www.drammen.example https://*.drammen.example")

    def test_only_the_snippet(self, on, read):
        snippet, page = (read(path).headers for path in ("/embed/open", "/open"))

        assert "frame-ancestors https://www.drammen.example https://*.drammen.example;" in snippet["Content-Security-Policy"] + ";"
        assert ("X-Frame-Options" in snippet, page["X-Frame-Options"]) == (False, "DENY")


def test_staff_read_how_to_frame_it_and_others_do_not(on, sign_in):
    page = sign_in(on.cast.kari).get("/open/embedding?district=bragernes-oren&age=6-12&lang=nn").text
    others = sign_in(on.cast.berit).get("/open/embedding")

    assert 'iframe src="http://127.0.0.1' in unescape(page)
    assert "/embed/open?district=bragernes-oren&amp;age=6-12&amp;lang=nn" in unescape(page)
    assert others.status_code == 403
