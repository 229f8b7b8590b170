"""States (pure): the words for what a booking is and where it stands."""

from enum import StrEnum


class BookingKind(StrEnum):
    """ORDINARY by an applicant, MUNICIPAL for the municipality's own use, BLOCK for time that is kept empty, INCOMING for what a
    calendar of others says and only that changes."""

    ORDINARY = "ordinary"
    MUNICIPAL = "municipal"
    BLOCK = "block"
    INCOMING = "incoming"

    @property
    def is_judged(self) -> bool:
        """Whether somebody asked for it, by the rules, and is told what becomes of it."""
        return self in JUDGED


JUDGED = (BookingKind.ORDINARY, BookingKind.MUNICIPAL)


class BookingState(StrEnum):
    """UNCONFIRMED waits for the organisation, REQUESTED for a decision, WAITING stands in line for time that is taken;
    LAPSED was not confirmed in time, DISPLACED lost what was left of it."""

    UNCONFIRMED = "unconfirmed"
    REQUESTED = "requested"
    BOOKED = "booked"
    WAITING = "waiting"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    DISPLACED = "displaced"


class OccurrenceState(StrEnum):
    """As the booking's, and SKIPPED for a wished date that was not to be had; neither that nor WAITING keeps time."""

    UNCONFIRMED = "unconfirmed"
    REQUESTED = "requested"
    BOOKED = "booked"
    WAITING = "waiting"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    SKIPPED = "skipped"
    DISPLACED = "displaced"


class Cause(StrEnum):
    """Why dates were given up: HOLDER by whom they belong to, ORGANISATION by another who acts for it, OFFICE by staff; or
    lost: to a CLOSURE, to something they need that is OUT_OF_ORDER, or to PRECEDENCE, another booking that goes first."""

    HOLDER = "holder"
    ORGANISATION = "organisation"
    OFFICE = "office"
    CLOSURE = "closure"
    OUT_OF_ORDER = "out-of-order"
    PRECEDENCE = "precedence"


class Accepts(StrEnum):
    """What a wish in line takes: the TIME it asked for in its room, another time that day in the ROOM, or ANY room that fits."""

    TIME = "time"
    ROOM = "room"
    ANY = "any"


class OfferState(StrEnum):
    """Where an offer stands: SOUGHT is still to be found, NONE was to be had; OPEN keeps its time until it is answered,
    EXPIRED was not in time, WITHDRAWN when the date went another way."""

    SOUGHT = "sought"
    NONE = "none"
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


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


class UsageKind(StrEnum):
    """What is said of a date that was booked: it was USED, or UNUSED; there is a DAMAGE; an ANSWER to what was noted."""

    USED = "used"
    UNUSED = "unused"
    DAMAGE = "damage"
    ANSWER = "answer"


class TaskReason(StrEnum):
    """Why an officer has to call: the notice BOUNCED, FAILED to leave for two days, or is urgent and UNACKNOWLEDGED. Or what
    staff have to look at: a DAMAGE, an ANSWER to what was noted about a date, or a calendar of others that MEETS bookings."""

    BOUNCED = "bounced"
    FAILED = "failed"
    UNACKNOWLEDGED = "unacknowledged"
    MEETS = "meets"
    DAMAGE = "damage"
    ANSWER = "answer"
