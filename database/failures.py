"""What a database error means for the one who asked, told from SQLSTATE, error names and constraint names."""

from enum import Enum, auto

from sqlalchemy.exc import DBAPIError

from kernel.errors import Busy, Conflict

RERUN_STATES = {"40P01", "40001", "23P01", "23505"}  # deadlock, serialisation, exclusion, unique
BUSY_STATES = {"55P03", "57014", "57P01", "57P02", "57P03", "53300"}  # lock timeout, cancelled, shutting down, full
RERUN_NAMES = {"SQLITE_CONSTRAINT_TRIGGER", "SQLITE_CONSTRAINT_UNIQUE"}
BUSY_NAMES = {"SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED", "SQLITE_BUSY_RECOVERY"}


class Failure(Enum):
    """LOST_RACE may be run again at once, BUSY by the client later, OTHER is a defect."""

    LOST_RACE = auto()
    BUSY = auto()
    OTHER = auto()


def failure_of(error: DBAPIError) -> Failure:
    """Which of the three an error is."""
    state = getattr(error.orig, "sqlstate", None)
    name = getattr(error.orig, "sqlite_errorname", None)
    if state in RERUN_STATES or name in RERUN_NAMES:
        return Failure.LOST_RACE
    if state in BUSY_STATES or name in BUSY_NAMES or error.connection_invalidated:
        return Failure.BUSY
    return Failure.OTHER


def passes(error: Exception) -> bool:
    """Whether the same may go well a little later: the database was busy or away, or a race was lost."""
    if isinstance(error, DBAPIError):
        return failure_of(error) is not Failure.OTHER
    return isinstance(error, Busy) or (isinstance(error, Conflict) and error.faults[0].code == "lost-race")
