"""The clock: the only place that reads the machine's time."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment in UTC, in whole seconds, which is what the database keeps."""
    return datetime.now(UTC).replace(microsecond=0)
