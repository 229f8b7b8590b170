"""Forms: the ways in which a feed is written; each stands at the feed's address with an ending of its own."""

from enum import StrEnum


class Form(StrEnum):
    """EVENTS as a calendar, BUSY as free and busy time only, SIGN as what is on now and next, for machines."""

    EVENTS = "ics"
    BUSY = "ifb"
    SIGN = "json"

    @property
    def content_type(self) -> str:
        return "application/json" if self is Form.SIGN else "text/calendar; charset=utf-8"


ENDINGS = tuple(f".{form}" for form in Form)
