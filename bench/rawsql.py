"""Raw SQL of the floors: the statements of one booking as one would write them by hand, on either database."""

import re
from typing import Any

from sqlalchemy import Connection

NAMED = re.compile(r"(?<!:):([a-z_]+)")

ACTOR = """
SELECT person.id, person.name, role_grant.role, role_grant.venue_id, role_grant.starts_at, role_grant.ends_at, delegation.organisation_id,
    api_token.id, api_token.used_at
FROM api_token JOIN person ON person.id = api_token.person_id LEFT JOIN role_grant ON role_grant.person_id = person.id
LEFT JOIN delegation ON delegation.person_id = person.id AND delegation.state = 'confirmed'
WHERE api_token.token_hash = :hash AND api_token.revoked_at IS NULL"""
ROOM = """
SELECT room.id, room.venue_id, room.capacity, room.kind, room.facilities, venue.slug, venue.zone, venue.follows_school_calendar
FROM room JOIN venue ON venue.id = room.venue_id WHERE venue.slug = :venue AND room.slug = :room"""
SPACES = "SELECT space.id, space.name FROM room_space JOIN space ON space.id = room_space.space_id WHERE room_space.room_id = :room_id"
HOLDER = "SELECT id, name, phone, born FROM person WHERE id = :holder_id"
ORGANISATION = "SELECT id, name, applicant_class, in_voluntary_register, is_local FROM organisation WHERE number = :organisation"
STANDINGS = "SELECT name, value, first_day, last_day FROM standing WHERE organisation_id = :organisation_id ORDER BY noted_at DESC, id DESC"
RESOURCES = "SELECT id, slug, name, quantity, lot, rooms, required_for FROM resource WHERE venue_id = :venue_id AND retired_at IS NULL"
HOURS = "SELECT room_id, first_day, last_day, weekday, from_minute, to_minute, openness FROM opening_hours WHERE venue_id = :venue_id"
CLOSURES = """
SELECT room_id, starts_at, ends_at, reason FROM closure
WHERE venue_id = :venue_id AND withdrawn_at IS NULL AND starts_at < :ends_at AND ends_at > :starts_at"""
SCHOOL = """
SELECT venue_id, first_day, last_day, name, kind FROM school_period
WHERE (venue_id IS NULL OR venue_id = :venue_id) AND first_day <= :day AND last_day >= :day"""
POLICIES = """
SELECT id, published_at, venue_id, room_id, valid_from, number FROM policy_version
WHERE valid_from <= :day AND (venue_id IS NULL OR venue_id = :venue_id) AND (room_id IS NULL OR room_id = :room_id)"""
LOCKS = """
SELECT pg_advisory_xact_lock(kind, id)
FROM unnest(ARRAY[1, 2, 9], ARRAY[:organisation_id, :holder_id, :space_id]::int[]) AS w(kind, id)"""
EXPIRED = "DELETE FROM claim WHERE space_id = :space_id AND expires_at IS NOT NULL AND expires_at <= :now RETURNING occurrence_id"
IN_THE_WAY = """
SELECT occurrence_id, starts_at, ends_at FROM claim WHERE space_id = :space_id AND starts_at >= :starts_at AND starts_at < :ends_at
UNION ALL SELECT occurrence_id, starts_at, ends_at FROM claim WHERE ends_at > :starts_at AND id =
    (SELECT id FROM claim WHERE space_id = :space_id AND starts_at < :starts_at ORDER BY starts_at DESC LIMIT 1)"""
LOOK_UPS = (STANDINGS, RESOURCES, HOURS, CLOSURES, SCHOOL, POLICIES)

BOOKING = """
INSERT INTO booking (reference, kind, state, version, room_id, organisation_id, holder_id, hand_id, applicant_class, purpose, activity,
    team, participants, needs, message, contact_name, contact_phone, open_to_all, alcohol, commercial, recurrence, decider, decision_reason,
    created_at, changed_at)
VALUES (:reference, 'ordinary', 'booked', 1, :room_id, :organisation_id, :holder_id, :holder_id, :applicant_class, :purpose, :activity, '',
    :participants, '[]', '', :name, :phone, false, false, false, '', '', '', :now, :now) RETURNING id"""
OCCURRENCE = """
INSERT INTO occurrence (booking_id, number, room_id, state, reason, local_start, local_end, zone, starts_at, ends_at, before_minutes,
    after_minutes, list_price, charged_price, tariff, sequence, created_at, changed_at)
VALUES (:booking_id, 1, :room_id, 'booked', '', :local_start, :local_end, :zone, :starts_at, :ends_at, 0, 0, 80000, 80000,
    '2027 2027-01-01', 0, :now, :now) RETURNING id"""
CLAIM = "INSERT INTO claim (space_id, occurrence_id, starts_at, ends_at) VALUES (:space_id, :occurrence_id, :starts_at, :ends_at)"
JUDGEMENT = """
INSERT INTO judgement (booking_id, act, at, policy_versions, judged) VALUES (:booking_id, 'reserve', :now, '[1]', :judged)"""
SPACE_REVISION = "UPDATE space SET revision = revision + 1 WHERE id = :space_id"
ORGANISATION_REVISION = "UPDATE organisation SET revision = revision + 1 WHERE id = :organisation_id"
PERSON_REVISION = "UPDATE person SET revision = revision + 1 WHERE id = :holder_id"
AUDIT = """
INSERT INTO audit (at, hand_id, holder_id, via, verb, subject, subject_id, facts)
VALUES (:now, :holder_id, :holder_id, 'api', 'reserve', 'booking', :booking_id, :facts)"""
NOTICE = """
INSERT INTO notice (kind, person_id, booking_id, facts, created_at, due_at, state, attempts)
VALUES ('booking-booked', :holder_id, :booking_id, '{}', :now, :now, 'waiting', 0)"""
ROWS = (CLAIM, JUDGEMENT, SPACE_REVISION, ORGANISATION_REVISION, PERSON_REVISION, AUDIT, NOTICE)


class Raw:
    """A connection that takes these statements, in the words of its driver."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_postgresql = connection.dialect.name == "postgresql"

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
