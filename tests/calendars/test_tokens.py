"""Private feeds: who may make which, the secret that is stored nowhere, rotation with overlap, revocation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.identity import NOBODY
from accounts.models import Organisation
from calendars.levels import Level
from calendars.models import Audience, FeedToken
from calendars.tokens import (
    MOST_FEEDS,
    NO_OVERLAP,
    Draft,
    Use,
    feeds_of,
    hashed,
    make_feed,
    note_uses,
    revoke_feed,
    rotate_feed,
)
from database.audit import Audit
from kernel.errors import Conflict, Forbidden, Gone, Invalid, Missing, Unidentified
from tests.cast import Cast, actor, assemble

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINE = Draft("Mobil", Audience.BOOKER)
OREN = Draft("Rundt på Øren", Audience.CARETAKER, venues=("oren-flerbrukshall",))
CLUB = Draft("Klubben", Audience.ORGANISATION, organisation="313000001")


@pytest.fixture
def cast(session) -> Cast:
    return assemble(session)


def test_a_token_is_random_shown_once_and_stored_as_its_hash(session, cast):
    first = make_feed(session, MINE, by=actor(session, cast.per), now=NOW)
    second = make_feed(session, MINE, by=actor(session, cast.per), now=NOW)

    assert first.token != second.token
    assert len(first.token) * 6 >= 128
    assert first.feed.token_hash == hashed(first.token)
    stored = [str(value) for row in session.execute(select(FeedToken.__table__)) for value in row]
    assert [value for value in stored if first.token in value] == []


@pytest.mark.parametrize(
    ("who", "draft", "refusal"),
    [
        ("olav", OREN, None),
        ("kari", OREN, None),
        ("berit", OREN, Forbidden),
        ("berit", CLUB, None),
        ("siri", CLUB, Forbidden),
        ("kari", CLUB, Forbidden),
        ("per", MINE, None),
        (None, MINE, Unidentified),
        (None, OREN, Unidentified),
    ],
)
def test_one_may_make_feeds_of_ones_own_venues_organisations_and_bookings(who, draft, refusal, session, cast):
    by = actor(session, getattr(cast, who)) if who else NOBODY

    if refusal is None:
        assert make_feed(session, draft, by=by, now=NOW).feed.audience is draft.audience
    else:
        with pytest.raises(refusal):
            make_feed(session, draft, by=by, now=NOW)
        assert session.scalar(select(FeedToken.id)) is None


def test_all_that_is_wrong_is_said_at_once(session, cast):
    with pytest.raises(Invalid) as refused:
        make_feed(session, Draft("  ", Audience.CARETAKER, language="se", level=Level.STAFF), by=actor(session, cast.olav), now=NOW)

    assert [fault.code for fault in refused.value.faults] == ["feed-without-name", "not-a-choice", "not-a-choice", "feed-without-venues"]


@pytest.mark.parametrize(("draft", "code"), [(Draft("x", Audience.CARETAKER, venues=("nowhere", "oren-flerbrukshall")), "no-venue")])
def test_unknown_venues_are_named(draft, code, session, cast):
    with pytest.raises(Invalid) as refused:
        make_feed(session, draft, by=actor(session, cast.olav), now=NOW)

    assert [(fault.code, fault.value) for fault in refused.value.faults] == [(code, "nowhere")]


def test_a_team_of_an_organisation_without_teams_is_no_choice_among_none(session, cast):
    with pytest.raises(Invalid) as refused:
        make_feed(session, replace(CLUB, team="Turn"), by=actor(session, cast.berit), now=NOW)

    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("no-teams", "team")]


def test_a_group_without_a_number_is_named_by_its_id(session, cast):
    draft = Draft("Kviltene", Audience.ORGANISATION, organisation=str(cast.kvilterne.id))

    made = make_feed(session, draft, by=actor(session, cast.tone), now=NOW)

    assert made.feed.scope == {"organisations": [cast.kvilterne.id]}


@pytest.mark.parametrize("number", ["", "999999999", "0", "abc"])
def test_an_unknown_organisation_is_refused(number, session, cast):
    with pytest.raises(Invalid):
        make_feed(session, Draft("x", Audience.ORGANISATION, organisation=number), by=actor(session, cast.berit), now=NOW)


def test_there_is_an_end_to_the_number_of_feeds(session, cast):
    by = actor(session, cast.per)
    for _ in range(MOST_FEEDS):
        make_feed(session, MINE, by=by, now=NOW)

    with pytest.raises(Conflict):
        make_feed(session, MINE, by=by, now=NOW)


def test_a_new_address_leaves_the_old_one_for_thirty_days_or_ends_it_at_once(session, cast):
    by = actor(session, cast.per)
    kept = rotate_feed(session, make_feed(session, MINE, by=by, now=NOW).feed.id, by=by, now=NOW)
    ended = rotate_feed(session, make_feed(session, MINE, by=by, now=NOW).feed.id, overlap=NO_OVERLAP, by=by, now=NOW)

    old = [session.get(FeedToken, one.feed.replaces_id).ends_at for one in (kept, ended)]

    assert old == [NOW + timedelta(days=30), NOW]
    assert (kept.feed.name, kept.feed.scope, kept.feed.ends_at) == ("Mobil", {}, None)


def test_revoking_ends_the_addresses_before_it_and_doing_so_again_changes_nothing(session, cast):
    by = actor(session, cast.per)
    old = make_feed(session, MINE, by=by, now=NOW).feed
    new = rotate_feed(session, old.id, by=by, now=NOW).feed

    revoke_feed(session, new.id, by=by, now=NOW)
    revoke_feed(session, new.id, by=by, now=NOW + timedelta(days=1))

    assert (old.revoked_at, new.revoked_at) == (NOW, NOW)
    assert feeds_of(session, by=by, now=NOW) == []


def test_a_feed_of_somebody_else_is_not_there(session, cast):
    feed = make_feed(session, MINE, by=actor(session, cast.per), now=NOW).feed

    for verb in (rotate_feed, revoke_feed):
        with pytest.raises(Missing):
            verb(session, feed.id, by=actor(session, cast.ada), now=NOW)


def test_an_ended_feed_gets_no_new_address(session, cast):
    by = actor(session, cast.per)
    feed = make_feed(session, MINE, by=by, now=NOW).feed
    revoke_feed(session, feed.id, by=by, now=NOW)

    with pytest.raises(Gone):
        rotate_feed(session, feed.id, by=by, now=NOW)


def test_the_audit_tells_what_was_made_and_ended_without_the_secret(session, cast):
    by = actor(session, cast.olav)
    made = make_feed(session, OREN, by=by, now=NOW)
    revoke_feed(session, made.feed.id, by=by, now=NOW)

    rows = session.execute(select(Audit.verb, Audit.hand_id, Audit.facts).where(Audit.subject == "feed_token")).all()

    assert [(row.verb, row.hand_id) for row in rows] == [("make", cast.olav.id), ("revoke", cast.olav.id)]
    assert rows[0].facts == {"audience": "caretaker", "scope": {"venues": [cast.oren.id]}, "replaces": None}


def test_a_use_is_noted_at_most_every_quarter_of_an_hour(session, cast):
    feed = make_feed(session, MINE, by=actor(session, cast.per), now=NOW).feed

    for minutes, client in ((0, "Thunderbird"), (14, "Outlook"), (16, "x" * 500)):
        note_uses(session, [Use(feed.id, NOW + timedelta(minutes=minutes), client)])
        session.refresh(feed)
        if minutes == 14:
            assert (feed.used_at, feed.used_by) == (NOW, "Thunderbird")

    assert (feed.used_at, feed.used_by) == (NOW + timedelta(minutes=16), "x" * 200)


def test_a_feed_of_an_organisation_names_one_only(session, cast):
    made = make_feed(session, CLUB, by=actor(session, cast.nils), now=NOW)

    assert session.get(Organisation, made.feed.scope["organisations"][0]).number == "313000001"
