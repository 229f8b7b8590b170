"""States (pure): the words for what a booking is and where it stands."""

from enum import StrEnum


class BookingKind(StrEnum):
    """ORDINARY by an applicant, MUNICIPAL for the municipality's own use, BLOCK for time that is kept empty."""

    ORDINARY = "ordinary"
    MUNICIPAL = "municipal"
    BLOCK = "block"


class BookingState(StrEnum):
    """UNCONFIRMED waits for the organisation, REQUESTED for a decision; LAPSED was not confirmed in time."""

    UNCONFIRMED = "unconfirmed"
    REQUESTED = "requested"
    BOOKED = "booked"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class OccurrenceState(StrEnum):
    """As the booking's, and SKIPPED for a wished date that was not to be had (no time is kept for it)."""

    UNCONFIRMED = "unconfirmed"
    REQUESTED = "requested"
    BOOKED = "booked"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    SKIPPED = "skipped"


class Cause(StrEnum):
    """Why dates were cancelled: HOLDER by whom they belong to, ORGANISATION by another who acts for it, OFFICE by staff,
    CLOSURE with the closing of the room."""

    HOLDER = "holder"
    ORGANISATION = "organisation"
    OFFICE = "office"
    CLOSURE = "closure"


class Visibility(StrEnum):
    """Who reads a message: SHARED both sides of a case, INTERNAL only those who work on it."""

    SHARED = "shared"
    INTERNAL = "internal"


class Answer(StrEnum):
    """Where the answer to a question stands that stops the clock until it comes."""

    OPEN = "open"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class RunState(StrEnum):
    """Where a what-if stands; FAILED broke, or was begun several times and never ended."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
