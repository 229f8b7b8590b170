"""Drafts and publishing: by officers alone, one version after another, the old ones untouched."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import NOBODY, Actor
from database.audit import Audit
from database.transact import Database
from kernel.errors import Forbidden, Invalid, Missing, Stale, Unidentified
from policies.document import Document, checked
from policies.evaluate import evaluate
from policies.models import PolicyDraft, PolicyVersion
from policies.places import Place, place_at, places, shelf_of
from policies.queries import in_force, in_force_for, policy_of
from policies.verbs import discard_draft, publish, publish_draft, save_draft
from policies.verdict import Layer
from tests.cast import Cast, actor, assemble
from tests.meanwhile import meanwhile
from tests.policies.examples import TUESDAY, asked, document, known, rule
from venues.models import Room, Venue
from venues.queries import municipality, room_at

NOW = datetime(2025, 6, 1, 9, tzinfo=UTC)
HALL = "oren-flerbrukshall"
ROOM = f"{HALL}/gymsal-1"


def lengths(at_most: int, place: Place) -> Document:
    return document(rule("length", at_most=at_most), layer=place.layer.value, place=place.path)


def kari(session: Session, cast: Cast) -> Actor:
    session.info.clear()
    return actor(session, cast.kari)


def published(session: Session, cast: Cast, path: str, at_most: int, valid_from: date) -> PolicyVersion:
    place = place_at(session, path)
    return publish(session, place, lengths(at_most, place), valid_from, by=kari(session, cast), now=NOW)


def limit(session: Session, room: Room, day: date) -> Any:
    request = asked(day, "16:00", "22:00", submitted=NOW)
    objections = evaluate(in_force(session, room, day, day).on(day), request, known(day)).objections
    return next((objection.limit for objection in objections if objection.rule == "length"), None)


def test_a_version_holds_from_its_date_and_the_older_one_before_it(session: Session, cast: Cast) -> None:
    published(session, cast, "", 60, date(2025, 1, 1))
    published(session, cast, "", 120, TUESDAY)
    room = room_at(session, ROOM)

    assert [limit(session, room, day) for day in (TUESDAY - timedelta(days=1), TUESDAY)] == [60, 120]


def test_of_versions_from_the_same_date_the_last_published_holds(session: Session, cast: Cast) -> None:
    numbers = [published(session, cast, "", at_most, TUESDAY).number for at_most in (60, 90)]

    assert (numbers, limit(session, room_at(session, ROOM), TUESDAY)) == ([1, 2], 90)


def test_a_place_s_first_version_may_begin_in_the_past_and_a_later_one_from_today_on(session: Session, cast: Cast) -> None:
    first, today = published(session, cast, "", 60, date(2020, 1, 1)), date(2025, 6, 1)

    with pytest.raises(Invalid) as refusal:
        published(session, cast, "", 90, today - timedelta(days=1))

    (fault,) = refusal.value.faults
    assert (fault.code, fault.field, fault.value, fault.facts) == (
        "begins-in-the-past",
        "valid_from",
        "2025-05-31",
        {"limit": "2025-06-01"},
    )
    assert published(session, cast, "", 90, today).number == first.number + 1
    assert published(session, cast, HALL, 90, date(2020, 1, 1)).number == 1


def test_the_room_goes_before_the_venue_and_its_neighbour_keeps_the_venues(session: Session, cast: Cast) -> None:
    published(session, cast, "", 60, TUESDAY)
    published(session, cast, HALL, 90, TUESDAY)
    published(session, cast, ROOM, 120, TUESDAY)
    rooms = [room_at(session, path) for path in (ROOM, f"{HALL}/gymsal-2")]

    assert [limit(session, room, TUESDAY) for room in rooms] == [120, 90]


def test_versions_over_a_stretch_of_dates_are_read_at_once(session: Session, cast: Cast) -> None:
    first = published(session, cast, "", 60, date(2025, 1, 1))
    second = published(session, cast, "", 90, TUESDAY)
    over = published(session, cast, ROOM, 120, TUESDAY + timedelta(days=7))
    session.flush()

    found = in_force(session, room_at(session, ROOM), TUESDAY - timedelta(days=7), TUESDAY + timedelta(days=30))

    asked_on = [found.versions_on(TUESDAY + timedelta(days=n)) for n in (-1, 0, 7)]
    assert asked_on == [(first.id,), (second.id,), (second.id, over.id)]


def test_rooms_without_a_policy_of_their_own_share_the_parsed_one(session: Session, cast: Cast) -> None:
    published(session, cast, "", 60, TUESDAY)
    rooms = session.scalars(select(Room)).all()

    found = in_force_for(session, rooms, TUESDAY, TUESDAY)

    assert len({id(one.on(TUESDAY)) for one in found.values()}) == 1


def test_the_policy_of_stored_versions_is_found_again_for_replay(session: Session, cast: Cast) -> None:
    old = published(session, cast, "", 60, TUESDAY)
    published(session, cast, "", 120, TUESDAY)
    session.flush()

    verdict = evaluate(policy_of(session, [old.id]), asked(submitted=NOW), known(TUESDAY))

    assert [o.limit for o in verdict.objections] == [60]
    with pytest.raises(Missing):
        policy_of(session, [old.id, 999_999])


def test_publishing_leaves_a_trace_and_raises_the_revision_of_the_place(session: Session, cast: Cast) -> None:
    before = (municipality(session).revision, cast.oren.revision)

    version = published(session, cast, HALL, 60, TUESDAY)

    row = session.scalars(select(Audit).where(Audit.verb == "publish")).one()
    assert (row.subject, row.subject_id, row.hand_id) == ("policy_version", version.id, cast.kari.id)
    assert row.facts == {"scope": f"venue:{cast.oren.id}", "number": 1, "valid_from": "2025-11-18"}
    assert (municipality(session).revision, session.get_one(Venue, cast.oren.id).revision) == (before[0], before[1] + 1)


@pytest.mark.parametrize("name", ["olav", "berit", "per"])
def test_others_than_officers_neither_save_nor_publish_nor_discard(session: Session, cast: Cast, name: str) -> None:
    by, place = actor(session, getattr(cast, name)), place_at(session, HALL)

    for attempt in (
        lambda: save_draft(session, place, lengths(60, place), version=0, by=by, now=NOW),
        lambda: publish(session, place, lengths(60, place), TUESDAY, by=by, now=NOW),
        lambda: discard_draft(session, place, version=1, by=by, now=NOW),
    ):
        with pytest.raises(Forbidden):
            attempt()
    with pytest.raises(Unidentified):
        save_draft(session, place, lengths(60, place), version=0, by=NOBODY, now=NOW)
    assert (shelf_of(session, place).versions, shelf_of(session, place).draft) == ((), None)


def test_an_administrator_may_do_what_an_officer_may(session: Session, cast: Cast) -> None:
    place = place_at(session, "")

    version = publish(session, place, lengths(60, place), TUESDAY, by=actor(session, cast.ada), now=NOW)

    assert version.published_by == cast.ada.id


def test_a_draft_that_somebody_else_saved_meanwhile_is_not_overwritten(session: Session, cast: Cast) -> None:
    place = place_at(session, HALL)
    save_draft(session, place, lengths(60, place), version=0, by=kari(session, cast), now=NOW)
    second = save_draft(session, place, lengths(90, place), version=1, by=kari(session, cast), now=NOW)

    with pytest.raises(Stale) as refusal:
        save_draft(session, place, lengths(30, place), version=1, by=kari(session, cast), now=NOW)

    assert (refusal.value.faults[0].code, refusal.value.faults[0].facts) == ("changed-meanwhile", {"now": 2})
    assert checked(second.document) == lengths(90, place)


def test_publishing_the_draft_ends_it_and_discarding_takes_it_away(session: Session, cast: Cast) -> None:
    place = place_at(session, HALL)
    save_draft(session, place, lengths(60, place), version=0, by=kari(session, cast), now=NOW)
    published(session, cast, HALL, 60, TUESDAY)
    assert shelf_of(session, place).draft is None

    save_draft(session, place, lengths(90, place), version=0, by=kari(session, cast), now=NOW)
    discard_draft(session, place, version=1, by=kari(session, cast), now=NOW)

    assert session.scalars(select(PolicyDraft)).all() == []
    with pytest.raises(Missing):
        discard_draft(session, place, version=1, by=kari(session, cast), now=NOW)


def test_a_draft_that_somebody_else_saved_meanwhile_is_neither_published_nor_thrown_away(session: Session, cast: Cast) -> None:
    place = place_at(session, HALL)
    save_draft(session, place, lengths(60, place), version=0, by=kari(session, cast), now=NOW)
    save_draft(session, place, lengths(90, place), version=1, by=kari(session, cast), now=NOW)

    for attempt in (discard_draft, partial(publish_draft, valid_from=TUESDAY)):
        with pytest.raises(Stale):
            attempt(session, place, version=1, by=kari(session, cast), now=NOW)

    assert [(draft.version, draft.document["rules"][0]["at_most"]) for draft in session.scalars(select(PolicyDraft))] == [(2, 90)]


@pytest.mark.parametrize("act", [partial(publish_draft, valid_from=TUESDAY), discard_draft])
def test_whoever_waited_while_the_draft_was_saved_is_told_that_it_is_another_now(database: Database, act: Callable[..., object]) -> None:
    by, place = drafted(database)

    later = meanwhile(
        database,
        partial(save_draft, place=place, document=lengths(90, place), version=1, by=by, now=NOW),
        partial(act, place=place, version=1, by=by, now=NOW),
    )

    with pytest.raises(Stale):
        later.result()
    with database.reading() as session:
        assert [draft.version for draft in session.scalars(select(PolicyDraft))] == [2]


def test_a_draft_that_two_officers_publish_at_once_is_published_once(database: Database) -> None:
    by, place = drafted(database)
    publishing = partial(publish_draft, place=place, valid_from=TUESDAY, version=1, by=by, now=NOW)

    later = meanwhile(database, publishing, publishing)

    with pytest.raises(Missing):
        later.result()
    with database.reading() as session:
        assert [version.number for version in session.scalars(select(PolicyVersion))] == [1]


def drafted(database: Database) -> tuple[Actor, Place]:
    """An officer, and the hall with a draft of its first version."""

    def begin(session: Session) -> tuple[Actor, Place]:
        by, place = actor(session, assemble(session).kari), place_at(session, HALL)
        save_draft(session, place, lengths(60, place), version=0, by=by, now=NOW)
        return by, place

    return database.transact(begin)


def test_what_the_linter_calls_an_error_is_not_published_and_a_missing_translation_is(session: Session, cast: Cast) -> None:
    place = place_at(session, "")
    impossible = document(rule("length", at_least=120, at_most=60, reason={"nb": "Kort."}))

    with pytest.raises(Invalid) as refusal:
        publish(session, place, impossible, TUESDAY, by=kari(session, cast), now=NOW)

    assert [(fault.code, fault.field) for fault in refusal.value.faults] == [("no-length-fits", "rules[0].at_most")]
    possible = document(rule("length", at_most=60, reason={"nb": "Kort."}))
    assert publish(session, place, possible, TUESDAY, by=kari(session, cast), now=NOW).number == 1


def test_a_document_without_rules_only_takes_away_what_there_is_and_only_when_that_is_confirmed(session: Session, cast: Cast) -> None:
    place = place_at(session, "")
    nothing = document(layer=place.layer.value, place=place.path)

    with pytest.raises(Invalid) as first:
        publish(session, place, nothing, TUESDAY, withdraws=True, by=kari(session, cast), now=NOW)
    published(session, cast, "", 60, TUESDAY)
    with pytest.raises(Invalid) as unconfirmed:
        publish(session, place, nothing, TUESDAY, by=kari(session, cast), now=NOW)
    publish(session, place, nothing, TUESDAY, withdraws=True, by=kari(session, cast), now=NOW)

    codes = [[(fault.code, fault.field) for fault in one.value.faults] for one in (first, unconfirmed)]
    assert codes == [[("no-rules-yet", "")], [("no-rules", "withdraws")]]
    assert limit(session, room_at(session, ROOM), TUESDAY) is None


def test_every_change_of_a_draft_is_in_the_audit_log(session: Session, cast: Cast) -> None:
    place = place_at(session, "")
    for version in (0, 1):
        draft = save_draft(session, place, lengths(60 + version, place), version=version, by=kari(session, cast), now=NOW)

    rows = session.scalars(select(Audit).where(Audit.subject == "policy_draft").order_by(Audit.id)).all()
    assert [(row.verb, row.subject_id, row.hand_id, row.facts["version"]) for row in rows] == [
        ("save-draft", draft.id, cast.kari.id, version) for version in (1, 2)
    ]


def test_a_document_about_another_place_is_refused(session: Session, cast: Cast) -> None:
    hall, everywhere = place_at(session, HALL), place_at(session, "")

    with pytest.raises(Invalid) as refusal:
        publish(session, hall, lengths(60, everywhere), TUESDAY, by=kari(session, cast), now=NOW)

    assert refusal.value.faults[0].code == "wrong-place"


def test_a_shelf_parts_current_coming_and_past(session: Session, cast: Cast) -> None:
    days = [date(2025, 1, 1), TUESDAY, date(2026, 1, 1)]
    past, current, coming = (published(session, cast, HALL, 60, day) for day in days)

    shelf = shelf_of(session, place_at(session, HALL))

    assert (shelf.current(TUESDAY), shelf.coming(TUESDAY), shelf.past(TUESDAY)) == (current, (coming,), (past,))


def test_places_are_the_municipality_then_each_venue_with_its_rooms(session: Session, cast: Cast) -> None:
    found = [(place.layer, place.path) for place in places(session)]

    assert found == [
        (Layer.MUNICIPALITY, ""),
        (Layer.VENUE, HALL),
        (Layer.ROOM, f"{HALL}/gymsal-1"),
        (Layer.ROOM, f"{HALL}/gymsal-2"),
        (Layer.ROOM, f"{HALL}/hel-hall"),
    ]


def test_a_stored_document_is_the_one_that_was_published(session: Session, cast: Cast) -> None:
    place = place_at(session, "")
    given = document(
        rule(
            "price",
            tariffs=[
                {
                    "version": "2025",
                    "first": "2025-01-01",
                    "rows": [{"price_class": "list", "ore": 1, "between": {"start": "08:00", "end": "24:00"}}],
                }
            ],
        )
    )

    version = publish(session, place, given, TUESDAY, by=kari(session, cast), now=NOW)
    session.expire(version)

    assert checked(version.document) == given
