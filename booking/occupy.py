"""The gate: the only writer of claims. First ``ask`` names everything in the way, then ``occupy`` takes what is free."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select, text, update
from sqlalchemy.orm import Session

from booking.conflicts import Answer, Collision, Pool, Want, collisions_within, grouped
from booking.models import OPEN, Claim, Offer, Vacancy
from booking.resources import pools_of
from booking.states import OfferState
from database.audit import Act, Hand, record
from database.base import table_of
from database.outbox import UNDO_WITHIN
from kernel.interval import Interval
from venues.models import Resource, Space

# Claims of a space are disjoint, so what overlaps [s, e) starts in it or is the last claim that starts before s.
# The usual overlap test has no lower bound on the start: it was measured at 15-37 ms among 500,000 claims, against 0.6.
ON_SQLITE = """
WITH wanted AS (SELECT json_extract(value, '$.n') AS n, json_extract(value, '$.space') AS space,
                       json_extract(value, '$.s') AS s, json_extract(value, '$.e') AS e FROM json_each(:wanted))
SELECT n, space_id, occurrence_id, starts_at, ends_at
FROM wanted JOIN claim ON space_id = space AND starts_at >= s AND starts_at < e
UNION ALL
SELECT n, space_id, occurrence_id, starts_at, ends_at
FROM wanted JOIN claim ON claim.id = (
  SELECT id FROM claim WHERE space_id = wanted.space AND starts_at < wanted.s ORDER BY starts_at DESC LIMIT 1)
WHERE ends_at > s
"""
# PostgreSQL takes a list of JSON for a hundred rows and would join it with the whole table (13 ms among 100,000 claims);
# OFFSET 0 keeps each probe a look into the index (0.06 ms).
ON_POSTGRESQL = """
WITH wanted AS (SELECT n, space, to_timestamp(s) AS s, to_timestamp(e) AS e
                FROM json_to_recordset(CAST(:wanted AS json)) AS w(n int, space int, s bigint, e bigint))
SELECT n, inside.* FROM wanted CROSS JOIN LATERAL (
  SELECT space_id, occurrence_id, starts_at, ends_at FROM claim
  WHERE space_id = wanted.space AND starts_at >= wanted.s AND starts_at < wanted.e OFFSET 0) AS inside
UNION ALL
SELECT n, before.* FROM wanted CROSS JOIN LATERAL (
  SELECT space_id, occurrence_id, starts_at, ends_at FROM claim
  WHERE space_id = wanted.space AND starts_at < wanted.s ORDER BY starts_at DESC LIMIT 1) AS before
WHERE before.ends_at > wanted.s
"""
QUERY = {"sqlite": text(ON_SQLITE), "postgresql": text(ON_POSTGRESQL)}
Left = tuple[int, datetime, datetime]
CLAIM, SPACE = table_of(Claim), table_of(Space)
IN_SPACES = CLAIM.c.space_id.in_(bindparam("spaces", expanding=True))
EXPIRED = and_(IN_SPACES, CLAIM.c.expires_at.is_not(None), CLAIM.c.expires_at <= bindparam("moment"))
# Put together once: every booking sends them.
FIND_EXPIRED = select(CLAIM.c.occurrence_id).where(EXPIRED)
LEFT = (CLAIM.c.space_id, CLAIM.c.starts_at, CLAIM.c.ends_at)
DROP_EXPIRED = delete(CLAIM).where(EXPIRED).returning(CLAIM.c.occurrence_id, *LEFT)
GIVE_UP = delete(CLAIM).where(CLAIM.c.occurrence_id.in_(bindparam("released", expanding=True))).returning(*LEFT)
OFFER = table_of(Offer)
WITHDRAW = update(OFFER).where(OFFER.c.occurrence_id.in_(bindparam("released", expanding=True)), OPEN).values(state=OfferState.WITHDRAWN)
INTO_CLAIMS, INTO_VACANCIES = insert(CLAIM), insert(table_of(Vacancy))
RAISE_SPACES = update(SPACE).where(SPACE.c.id.in_(bindparam("touched", expanding=True))).values(revision=SPACE.c.revision + 1)


@dataclass(frozen=True, slots=True)
class Take:
    """Want number ``want`` of an answer is to be held by an occurrence, until ``expires_at`` when it is a hold."""

    want: int
    occurrence_id: int
    expires_at: datetime | None = None


def ask(session: Session, wants: Sequence[Want], *, now: datetime) -> Answer:
    """Everything that stands in the way of the wants, in one query, holds that have expired left out.

    The spaces and resources are to be locked before. What gives up its time in the same step is taken out of the answer by
    ``without``.
    """
    pools = _pools(session, wants)
    _drop_expired(session, _spaces(wants, pools), now)
    return grouped(wants, [*collisions_within(wants), *_found(session, wants, pools, ())], pools)


def peek(session: Session, wants: Sequence[Want], *, now: datetime, alone: bool = False) -> Answer:
    """As ``ask``, without writing: for previews, which nobody may rely on; ``alone`` when one want of them is taken."""
    pools = _pools(session, wants)
    gone = _expired(session, _spaces(wants, pools), now)
    among_themselves = () if alone else collisions_within(wants)
    return grouped(wants, [*among_themselves, *_found(session, wants, pools, gone)], pools, alone=alone)


def occupy(session: Session, answer: Answer, takes: Sequence[Take], *, release: Collection[int] = (), now: datetime) -> None:
    """Give up the claims of ``release``, with what is offered to them, and take what the answer says is free, in bulk.

    Raises ValueError for a take that the answer does not call free. The revision of each space left or taken rises; what is
    left ahead of ``now`` is offered to who stands in line, once it can no longer be undone.
    """
    if any(not answer.is_free(take.want) for take in takes):
        raise ValueError("a take that collides; leave it out or ask again")
    left = _given_up(session, release)
    rows = [row for take in takes for row in _rows(answer, take)]
    if rows:
        session.connection().execute(INTO_CLAIMS, rows)
    taken = {(row["space_id"], row["starts_at"], row["ends_at"]) for row in rows}
    vacate(session, left - taken, now=now)
    touched = {space for space, _, _ in left | taken}
    if touched:
        session.connection().execute(RAISE_SPACES, {"touched": sorted(touched)})


def free(session: Session, occurrence_ids: Collection[int], *, now: datetime) -> None:
    """Give up all claims of these occurrences."""
    occupy(session, Answer(()), (), release=occurrence_ids, now=now)


def vacate(session: Session, left: Collection[Left], *, now: datetime) -> None:
    """Let time that is free again be offered to who stands in line for it."""
    due = now + UNDO_WITHIN
    rows = [{"space_id": space, "starts_at": start, "ends_at": end, "due_at": due} for space, start, end in sorted(left) if end > now]
    if rows:
        session.connection().execute(INTO_VACANCIES, rows)


def _rows(answer: Answer, take: Take) -> list[dict[str, Any]]:
    return [
        {
            "space_id": space,
            "occurrence_id": take.occurrence_id,
            "starts_at": time.start,
            "ends_at": time.end,
            "expires_at": take.expires_at,
        }
        for space, time in answer.claims(take.want)
    ]


def _pools(session: Session, wants: Sequence[Want]) -> dict[int, Pool]:
    drawn = {draw.resource for want in wants for draw in want.draws}
    return pools_of(session, Resource.id.in_(drawn)) if drawn else {}


def _spaces(wants: Sequence[Want], pools: Mapping[int, Pool]) -> set[int]:
    return {space for want in wants for space in want.spaces} | {unit for pool in pools.values() for unit in pool.units}


def _given_up(session: Session, release: Collection[int]) -> set[Left]:
    """What the dates gave up; what was sought or open for them is withdrawn with it."""
    if not release:
        return set()
    session.connection().execute(WITHDRAW, {"released": sorted(release)})
    return {(row.space_id, row.starts_at, row.ends_at) for row in session.connection().execute(GIVE_UP, {"released": sorted(release)})}


def _found(session: Session, wants: Sequence[Want], pools: Mapping[int, Pool], ignored: Collection[int]) -> list[Collision]:
    if not wants:
        return []
    looked_at = [(number, want.spaces, want.time) for number, want in enumerate(wants)]
    looked_at += [(number, pools[draw.resource].units, draw.time) for number, want in enumerate(wants) for draw in want.draws]
    wanted = [
        {"n": number, "space": space, "s": int(time.start.timestamp()), "e": int(time.end.timestamp())}
        for number, spaces, time in looked_at
        for space in spaces
    ]
    rows = session.execute(QUERY[session.get_bind().dialect.name], {"wanted": json.dumps(wanted)})
    return [
        Collision(row.n, row.space_id, row.occurrence_id, Interval(_moment(row.starts_at), _moment(row.ends_at)))
        for row in rows
        if row.occurrence_id not in ignored
    ]


def _moment(value: datetime | int) -> datetime:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) else value


def _expired(session: Session, spaces: Collection[int], now: datetime) -> set[int]:
    return set(session.connection().scalars(FIND_EXPIRED, {"spaces": sorted(spaces), "moment": now})) if spaces else set()


def _drop_expired(session: Session, spaces: Collection[int], now: datetime) -> None:
    """A hold that ran out keeps nobody away; the wish itself goes on waiting, now in competition."""
    if not spaces:
        return
    gone = session.connection().execute(DROP_EXPIRED, {"spaces": sorted(spaces), "moment": now}).all()
    vacate(session, {(row.space_id, row.starts_at, row.ends_at) for row in gone}, now=now)
    acts = [Act("hold-expired", "occurrence", occurrence, {}) for occurrence in sorted({row.occurrence_id for row in gone})]
    record(session, *acts, by=_Clock(), now=now)


@dataclass(frozen=True, slots=True)
class _Clock(Hand):
    """The hand behind what happens by itself."""

    person_id: int | None = None
    via: str = "service"
