"""Feeds over HTTP, on both databases: conditional requests, encodings, headers, and what a subscriber meets when all is not well."""

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from icalendar import Calendar
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

import calendars.feeds
from accounts.models import Delegation, DelegationState, RoleGrant
from calendars.feeds import held_tag, is_unchanged_since
from calendars.models import FeedToken
from calendars.tokens import revoke_feed
from tests.calendars.conftest import VENUE
from tests.calendars.rows import book, evening
from tests.cast import actor
from venues.models import Room, Space, Venue

ADDRESSES = [
    VENUE,
    "/calendars/rooms/oren-flerbrukshall/gymsal-1.ics",
    "/calendars/districts/bragernes-oren.ics",
    "/calendars/organisations/313000001.ics",
]


@pytest.mark.parametrize("address", [*ADDRESSES, "round", "mine", "club"])
def test_an_unchanged_feed_is_answered_in_one_query_without_a_body(address, autumn, read, statements):
    path = autumn.addresses.get(address, address)
    first = read(path)
    statements.clear()

    again = read(path, If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.data, len(statements)) == (304, b"", 1)
    assert again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(("address", "first", "again"), [(VENUE, 7, 8), ("mine", 8, 9), ("club", 8, 9), ("round", 8, 8)])
def test_a_feed_is_rendered_in_a_fixed_number_of_queries_whatever_it_holds(address, first, again, autumn, read, statements):
    path = autumn.addresses.get(address, address)
    read(path)
    few = list(statements)
    weeks = evening("2027-01-05", weeks=40)
    autumn.change(lambda session: _booked(session, autumn, weeks))
    statements.clear()

    read(path)

    assert (len(few), len(statements)) == (first, again)


def test_a_feed_in_memory_costs_one_query(read, autumn, statements):
    whole = read(VENUE)
    statements.clear()

    again = read(VENUE)

    assert (again.status_code, again.data, len(statements)) == (200, whole.data, 1)


def test_a_restart_reads_the_file_instead_of_rendering(app, autumn, read, statements):
    before = read(VENUE)
    _forget(app, files=False)
    statements.clear()

    after = read(VENUE)

    assert (after.data, after.headers["Last-Modified"], len(statements)) == (before.data, before.headers["Last-Modified"], 1)


def test_two_changes_in_one_second_are_told_apart_by_date(autumn, read, clock):
    first = read(VENUE).headers["Last-Modified"]
    autumn.change(_raised)

    second = read(VENUE, If_Modified_Since=first)

    assert second.status_code == 200
    assert parsedate_to_datetime(first) < parsedate_to_datetime(second.headers["Last-Modified"]) <= clock.moment


@pytest.mark.parametrize("accept", ["*/*", "text/html", "text/calendar", "application/nonsense"])
def test_any_accept_gets_the_calendar(accept, autumn, read):
    assert read(VENUE, Accept=accept).headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_gzip_is_given_where_it_is_asked_for_with_a_tag_of_its_own(autumn, read):
    plain = read(VENUE)

    packed = read(VENUE, Accept_Encoding="gzip, deflate")

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == plain.headers["ETag"][:-1] + '-gz"'
    assert [read(VENUE, If_None_Match=one.headers["ETag"], Accept_Encoding="gzip").status_code for one in (plain, packed)] == [304, 304]


@pytest.mark.parametrize(
    "asking",
    [{}, {"Accept_Encoding": "gzip;q=0"}, {"Accept_Encoding": "gzip", "User_Agent": "Microsoft Office/16.0 (Microsoft Outlook 16.0)"}],
)
def test_nobody_gets_gzip_who_cannot_read_it(asking, autumn, read):
    assert "Content-Encoding" not in read(VENUE, **asking).headers


def test_public_feeds_may_be_kept_a_while_and_secret_ones_must_be_asked_for(autumn, read):
    public, secret = read(VENUE), read(autumn.addresses["round"])

    common = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }
    assert _some(public, common) == common
    assert _some(secret, common) == common
    assert public.headers["Cache-Control"] == "public, max-age=300"
    assert secret.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    disposition = "inline; filename=\"oren-flerbrukshall.ics\"; filename*=UTF-8''%C3%98ren%20flerbrukshall.ics"
    assert public.headers["Content-Disposition"] == disposition


def test_not_modified_says_no_more_than_a_cache_has_to_know(autumn, read):
    for path, keeping in ((VENUE, "public, max-age=300"), (autumn.addresses["round"], "private, max-age=0, must-revalidate")):
        tag = read(path).headers["ETag"]
        answer = read(path, If_None_Match=tag)

        assert (answer.status_code, _said(answer)) == (304, {"Cache-Control": keeping, "ETag": tag, "Vary": "Accept-Encoding"})


def test_addresses_are_short_enough_for_google(autumn):
    assert all(len(f"https://arena.drammen.kommune.no{path}") <= 120 for path in autumn.addresses.values())


def test_the_tag_changes_at_local_midnight_and_not_before(autumn, read, clock):
    clock.moment = datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)
    evening_tag = read(VENUE).headers["ETag"]

    clock.pass_by(seconds=1)

    assert read(VENUE, If_None_Match=evening_tag).status_code == 200


def test_never_issued_is_not_found_and_revoked_is_gone_and_neither_repeats_the_address(autumn, read):
    never = read("/calendars/private/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics")
    autumn.change(
        lambda session: revoke_feed(session, _id(session), by=actor(session, autumn.cast.olav), now=datetime(2026, 11, 23, tzinfo=UTC))
    )

    revoked = read(autumn.addresses["round"])

    assert (never.status_code, revoked.status_code) == (404, 410)
    assert b"AAAA" not in never.data
    assert autumn.addresses["round"].encode() not in revoked.data
    assert revoked.headers["Cache-Control"] == never.headers["Cache-Control"] == "no-store"


def test_who_loses_the_role_or_the_organisation_reads_no_more(autumn, read):
    read(autumn.addresses["round"]), read(autumn.addresses["club"])

    autumn.change(lambda session: session.query(RoleGrant).filter_by(person_id=autumn.cast.olav.id).delete())
    autumn.change(lambda session: session.execute(update(Delegation).values(state=DelegationState.ENDED)))

    assert [read(autumn.addresses[name]).status_code for name in ("round", "club", "mine")] == [410, 410, 200]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/calendars/venues/nowhere.ics", 404),
        ("/calendars/rooms/oren-flerbrukshall/nowhere.ics", 404),
        ("/calendars/districts/nowhere.ics", 404),
        ("/calendars/organisations/999999999.ics", 404),
        (f"{VENUE}?from=2026-04-31", 422),
        (f"{VENUE}?cancelled=maybe", 422),
        (f"{VENUE}?from=2026-12-01&to=2026-11-01", 422),
        (f"{VENUE}?utm_source=google&nocache=1", 200),
        (f"{VENUE}?from=2001-01-01&to=2099-01-01", 200),
    ],
)
def test_wrong_addresses_are_refused_and_unknown_settings_are_not(path, status, autumn, read):
    assert read(path).status_code == status


@pytest.mark.parametrize("query", ["", "?level=busy", "?cancelled=0", "?from=2026-11-01&to=2026-12-31&cancelled=0&level=busy&lang=nn"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_copy_that_is_passed_on_names_the_address_that_tells_the_same(address, query, app, autumn, read):
    copy = read(address + query)

    path = _source(copy).removeprefix(app.extensions["settings"].public_url)

    assert (path, read(path).data) == (address + query, copy.data)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=31.4.2026", "from=31.4.2026: Datoen finnes ikke. / There is no such date."),
        ("to=soon", "to=soon: Skriv en dato som 2026-12-31. / Write a date like 2026-12-31."),
        ("level=staff", "level=staff: Velg busy, public. / Choose busy, public."),
        ("from=2026-12-01&to=2026-11-01", "to=2026-11-01: Siste dag er før den første, 2026-12-01. / The last day is before the first."),
    ],
)
def test_a_setting_that_cannot_be_read_is_named_with_what_to_write(query, said, autumn, read):
    assert read(f"{VENUE}?{query}").text == f"{said}\n"


def test_settings_that_say_nothing_are_in_no_source(autumn, read):
    assert _source(read(f"{VENUE}?utm_source=google&cancelled=1&level=public&from=")) == _source(read(VENUE))


def _source(response):
    return str(Calendar.from_ical(response.data)["SOURCE"])


def test_an_organisation_that_is_not_to_be_shown_has_no_public_feed(autumn, read):
    autumn.change(lambda session: session.execute(text("UPDATE organisation SET shown_publicly = false WHERE number = '313000001'")))

    assert read("/calendars/organisations/313000001.ics").status_code == 404


def test_a_body_that_cannot_be_made_leaves_the_last_good_one(autumn, read, monkeypatch):
    good = read(VENUE)
    autumn.change(_raised)
    monkeypatch.setattr(calendars.feeds, "render", _fails)

    kept = read(VENUE)

    assert (kept.status_code, kept.data, kept.headers["ETag"]) == (200, good.data, good.headers["ETag"])


def test_a_feed_that_was_never_made_says_when_to_come_back(autumn, read, monkeypatch):
    monkeypatch.setattr(calendars.feeds, "render", _fails)

    answer = read(VENUE)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.data


def test_a_database_that_is_away_leaves_the_last_good_one(autumn, read, monkeypatch):
    good = {path: read(path) for path in (VENUE, autumn.addresses["round"])}
    monkeypatch.setattr(calendars.feeds, "standing_of", _no_database)

    kept = {path: read(path, If_None_Match='"other"') for path in good}

    assert {path: one.data for path, one in kept.items()} == {path: one.data for path, one in good.items()}
    assert read("/calendars/venues/nowhere.ics").status_code == 503


@pytest.mark.parametrize("header", ["", "nonsense", '"', 'W/"', "x" * 5000])
def test_headers_that_cannot_be_read_hold_nothing(header):
    assert held_tag(header, "tag") is None
    assert not is_unchanged_since(header, datetime(2026, 1, 1, tzinfo=UTC))


def test_the_window_is_ninety_days_back_and_540_ahead(autumn, read):
    for days, is_told in ((-92, False), (-89, True), (539, True), (542, False)):
        day = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=days)
        booking = autumn.change(lambda session, day=day: _booked(session, autumn, evening(f"{day:%Y-%m-%d}")))

        assert (booking.reference.lower() in read(VENUE).text) is is_told


def _said(response):
    return {name: value for name, value in response.headers.items() if name != "X-Request-Id"}


def _some(response, names):
    return {name: response.headers[name] for name in names}


def _forget(app, *, files):
    """As a new process on this machine, or on another one."""
    cache = app.extensions["feeds"]._cache
    cache._copies.clear()
    if files:
        for file in cache._folder.iterdir():
            file.unlink()


def _booked(session, autumn, walls):
    room = session.get(Room, autumn.rooms["gymsal-1"].id)
    booking = book(session, room, autumn.cast.berit, walls, organisation=autumn.cast.skiold)
    session.execute(update(Space).values(revision=Space.revision + 1))
    session.execute(text("UPDATE organisation SET revision = revision + 1"))
    session.execute(text("UPDATE person SET revision = revision + 1"))
    return booking


def _raised(session):
    session.execute(update(Venue).values(revision=Venue.revision + 1, changed_at=datetime(2026, 11, 23, 11, tzinfo=UTC)))


def _id(session):
    return session.query(FeedToken.id).filter_by(name="Olav, mobil").scalar()


def _fails(*_args, **_kwargs):
    raise RuntimeError("a defect in what renders")


def _no_database(*_args, **_kwargs):
    raise OperationalError("SELECT", {}, Exception("away"))
