"""Raw SQL of the floors: the statements of one booking as one would write them by hand, on either database."""

import re
from typing import Any

from sqlalchemy import Connection

from booking.occupy import ON_POSTGRESQL, ON_SQLITE

NAMED = re.compile(r"(?<!:):([a-z_]+)")

ACTOR = """
SELECT person.id, person.name, role_grant.role, role_grant.venue_id, role_grant.starts_at, role_grant.ends_at, delegation.organisation_id,
    api_token.id, api_token.used_at
FROM api_token JOIN person ON person.id = api_token.person_id LEFT JOIN role_grant ON role_grant.person_id = person.id
LEFT JOIN delegation ON delegation.person_id = person.id AND delegation.state = 'confirmed'
WHERE api_token.token_hash = :hash AND api_token.revoked_at IS NULL"""
PARTIES = """
SELECT person.id, person.name, person.phone, person.born, organisation.id, organisation.name, organisation.applicant_class,
    organisation.number, organisation.in_voluntary_register, organisation.is_local, organisation.dissolved_on, organisation.has_agreements,
    standing.name, standing.value, standing.first_day, standing.last_day
FROM person LEFT JOIN organisation ON organisation.number = :organisation
LEFT JOIN standing ON standing.organisation_id = organisation.id
WHERE person.id = :holder_id ORDER BY standing.noted_at DESC, standing.id DESC"""
ROOMS = """
SELECT venue.slug, room.slug, room.id, min(room_space.space_id) FROM room JOIN venue ON venue.id = room.venue_id
JOIN room_space ON room_space.room_id = room.id GROUP BY venue.slug, room.slug, room.id"""
REVISIONS = """
SELECT (SELECT coalesce(sum(revision), 0) + count(*) FROM municipality), (SELECT coalesce(sum(revision), 0) + count(*) FROM venue),
    (SELECT coalesce(sum(revision), 0) + count(*) FROM room)"""
RIGHTS = """
SELECT EXISTS (SELECT id FROM person WHERE id = :holder_id AND password_hash IS NULL AND EXISTS
        (SELECT id FROM erasure WHERE erasure.person_id = person.id)),
    EXISTS (SELECT id FROM delegation WHERE person_id = :holder_id AND organisation_id = :organisation_id AND state = 'confirmed')"""
LOCKS = """
SELECT pg_advisory_xact_lock(kind, id)
FROM unnest(ARRAY[1, 2, 9], ARRAY[:organisation_id, :holder_id, :space_id]::int[]) AS w(kind, id)"""
# The gate's own: it names what is in the way, what is kept for those in line, and holds that ran out.
IN_THE_WAY = {"sqlite": ON_SQLITE, "postgresql": ON_POSTGRESQL}

BOOKING = """
INSERT INTO booking (reference, kind, state, version, room_id, organisation_id, holder_id, hand_id, applicant_class, purpose, activity,
    team, participants, needs, resources, message, hold_minutes, contact_name, contact_phone, open_to_all, public, shown_publicly,
    alcohol, commercial, recurrence, accepts, book_when_free, split_from, named_agreement_id, draws, grant_id, decider, decide_by,
    paused_at, broken_at, raised_to, owner_id, deputy_id, deputy_until, confirm_by, decided_at, decided_by, decision_reason,
    exceptions, created_at, changed_at)
VALUES (:reference, 'ordinary', 'booked', 1, :room_id, :organisation_id, :holder_id, :holder_id, :applicant_class, :purpose, :activity,
    '', :participants, '[]', '{}', '', NULL, :name, :phone, false, '{}', true, false, false, '', 'time', false, NULL, NULL, true, NULL, '',
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL, :now, :now) RETURNING id"""
OCCURRENCE = """
INSERT INTO occurrence (booking_id, number, first_reference, room_id, state, reason, lost_to, had, local_start, local_end, zone,
    starts_at, ends_at, before_minutes, after_minutes, list_price, charged_price, tariff, sequence, absent_at, absent_by, fee,
    conditions, agreement_id, reminded_at, in_calendar, created_at, changed_at)
VALUES (:booking_id, 1, NULL, :room_id, 'booked', '', '', NULL, :local_start, :local_end, :zone, :starts_at, :ends_at, 0, 0, 80000, 80000,
    '2027 2027-01-01', 0, NULL, NULL, NULL, NULL, NULL, NULL, false, :now, :now) RETURNING id"""
CLAIM = """
INSERT INTO claim (space_id, occurrence_id, starts_at, ends_at, expires_at)
VALUES (:space_id, :occurrence_id, :starts_at, :ends_at, NULL)"""
JUDGEMENT = """
INSERT INTO judgement (booking_id, act, at, policy_versions, judged) VALUES (:booking_id, 'reserve', :now, '[1]', :judged)"""
SPACE_REVISION = "UPDATE space SET revision = revision + 1 WHERE id = :space_id"
ORGANISATION_REVISION = "UPDATE organisation SET revision = revision + 1 WHERE id = :organisation_id"
PERSON_REVISION = "UPDATE person SET revision = revision + 1 WHERE id = :holder_id"
AUDIT = """
INSERT INTO audit (at, hand_id, holder_id, via, verb, subject, subject_id, facts)
VALUES (:now, :holder_id, :holder_id, 'api', 'reserve', 'booking', :booking_id, :facts)"""
NOTICE = """
INSERT INTO notice (kind, person_id, booking_id, facts, created_at, due_at, state, attempts, answer_by)
VALUES ('booking-booked', :holder_id, :booking_id, '{}', :now, :due, 'waiting', 0, NULL)"""
ROWS = (CLAIM, JUDGEMENT, SPACE_REVISION, ORGANISATION_REVISION, PERSON_REVISION, AUDIT, NOTICE)


class Raw:
    """A connection that takes these statements, in the words of its driver."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.kind = connection.dialect.name
        self.is_postgresql = self.kind == "postgresql"

    def rows(self, statement: str, values: dict[str, Any]) -> list[Any]:
        """Run a statement that reads; all rows."""
        return list(self._run(statement, values))

    def write(self, statement: str, values: dict[str, Any]) -> None:
        """Run a statement that only writes."""
        self._run(statement, values)

    def _run(self, statement: str, values: dict[str, Any]) -> Any:
        words = _for_psycopg(statement) if self.is_postgresql else statement
        return self.connection.exec_driver_sql(words, values)


_WORDS: dict[str, str] = {}


def _for_psycopg(statement: str) -> str:
    if statement not in _WORDS:
        _WORDS[statement] = NAMED.sub(r"%(\1)s", statement)
    return _WORDS[statement]
