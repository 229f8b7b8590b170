"""The link to a caretaker's calendar: who sends it, what it gives, and when it gives nothing more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.identity import NOBODY, Role
from accounts.models import RoleGrant
from calendars.links import LASTS, feed_behind, path_of, send_link, take_up
from calendars.tokens import Use, hashed, make_feed, note_uses, revoke_feed
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Conflict, Forbidden, Gone, Invalid, Missing
from tests.calendars.test_tokens import NOW, OREN
from tests.cast import actor, assemble

SECRET = "only-for-the-tests-nowhere-else!"


@pytest.fixture
def cast(session):
    return assemble(session)


@pytest.fixture
def feed(session, cast):
    return send_link(session, cast.olav.id, by=actor(session, cast.kari), now=NOW)


def token(feed):
    return path_of(feed, SECRET).rpartition("/")[2]


def test_the_link_gives_an_address_and_until_it_is_read_another_that_ends_it(session, feed):
    first, second = (take_up(session, token(feed), SECRET, by=NOBODY, now=NOW).token for _press in range(2))

    assert first != second
    assert feed.token_hash == hashed(second)
    note_uses(session, [Use(feed.id, NOW, "iOS")])
    session.expire_all()
    with pytest.raises(Gone) as refused:
        take_up(session, token(feed), SECRET, by=NOBODY, now=NOW)
    assert refused.value.faults[0].code == "feed-link-taken"
    takes = session.execute(select(Audit.hand_id, Audit.holder_id).where(Audit.verb == "take")).all()
    assert takes == [(feed.person_id, feed.person_id)] * 2


def test_looking_changes_nothing(session, feed):
    before = feed.token_hash
    for _scanner in range(3):
        assert feed_behind(session, token(feed), SECRET, now=NOW) is feed

    assert feed.token_hash == before


def test_a_link_sent_again_is_the_only_one_that_works_and_makes_no_second_feed(session, cast, feed):
    old = token(feed)
    later = NOW + timedelta(hours=1)

    again = send_link(session, cast.olav.id, by=actor(session, cast.kari), now=later)

    assert (again.id, session.scalars(select(Notice.kind).where(Notice.kind == "feed-link")).all()) == (feed.id, ["feed-link"] * 2)
    assert feed_behind(session, token(again), SECRET, now=later) is again
    with pytest.raises(Gone):
        feed_behind(session, old, SECRET, now=later)


@pytest.mark.parametrize("over", ["expired", "revoked", "no longer caretaker"])
def test_a_link_ends(over, session, cast, feed):
    moment = NOW + LASTS if over == "expired" else NOW
    if over == "revoked":
        revoke_feed(session, feed.id, by=actor(session, cast.olav), now=NOW)
    if over == "no longer caretaker":
        session.execute(RoleGrant.__table__.delete().where(RoleGrant.role == Role.CARETAKER))

    with pytest.raises(Gone) as refused:
        take_up(session, token(feed), SECRET, by=NOBODY, now=moment)
    assert refused.value.faults[0].code == "feed-link-over"


@pytest.mark.parametrize("forged", ["", "x", "WzEsMF0.abc", "é"])
def test_a_link_that_we_did_not_make_is_none(forged, session, feed):
    with pytest.raises(Missing):
        take_up(session, forged or token(feed)[:-1] + "!", SECRET, by=NOBODY, now=NOW)
    with pytest.raises(Missing):
        feed_behind(session, token(feed), "another-secret-of-the-same-length", now=NOW)


def test_a_feed_that_was_made_and_not_offered_has_no_link(session, cast):
    made = make_feed(session, OREN, by=actor(session, cast.olav), now=NOW).feed

    with pytest.raises(Missing):
        feed_behind(session, token(made), SECRET, now=NOW)


@pytest.mark.parametrize(("who", "whom", "refusal"), [("olav", "olav", Forbidden), ("kari", "per", Invalid), ("kari", "nobody", Missing)])
def test_officers_send_it_to_caretakers_alone(who, whom, refusal, session, cast):
    number = getattr(cast, whom).id if whom != "nobody" else 9999

    with pytest.raises(refusal):
        send_link(session, number, by=actor(session, getattr(cast, who)), now=NOW)


def test_who_has_no_address_is_not_sent_one(session, cast):
    cast.olav.email = None

    with pytest.raises(Conflict):
        send_link(session, cast.olav.id, by=actor(session, cast.kari), now=NOW)
