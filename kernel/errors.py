"""Refusals: every way in which the service says no, as data that a person can be told in any language."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, in words for machines; ``web/wording.py`` holds the sentence for each code.

    ``code`` is stable and hyphenated (``end-before-start``), ``field`` is the name of the input (empty when the
    whole is meant), ``value`` is what was given, ``facts`` holds what the sentence needs: limits and the way out.
    """

    code: str
    field: str = ""
    value: object = None
    facts: Mapping[str, object] = default(default_factory=dict)


class Refusal(Exception):
    """The request is understood and not granted; carries all faults at once, never only the first.

    ``details`` are further members of the problem document (RFC 9457 3.2), such as alternatives.
    """

    status = 400
    title = "refused"

    def __init__(self, *faults: Fault, details: Mapping[str, object] | None = None) -> None:
        super().__init__("; ".join(f"{fault.code} {fault.field}".strip() for fault in faults))
        self.faults = faults
        self.details = details or {}


class Invalid(Refusal):
    """The input cannot be understood or breaks a rule (422)."""

    status = 422
    title = "invalid"


class Missing(Refusal):
    """What was named does not exist, or is not to be seen by this person (404)."""

    status = 404
    title = "missing"


class Gone(Refusal):
    """What was named existed and was withdrawn (410)."""

    status = 410
    title = "gone"


class Unidentified(Refusal):
    """Nobody is signed in, and somebody must be (401)."""

    status = 401
    title = "unidentified"


class Forbidden(Refusal):
    """The person may not do this (403)."""

    status = 403
    title = "forbidden"


class Conflict(Refusal):
    """Something that stands already is in the way (409)."""

    status = 409
    title = "conflict"


class Stale(Conflict):
    """The row was changed since the person read it (412 with If-Match, else 409)."""

    title = "stale"


class Throttled(Refusal):
    """Too many attempts (429); ``after`` is the number of seconds to wait."""

    status = 429
    title = "throttled"

    def __init__(self, *faults: Fault, after: int) -> None:
        super().__init__(*faults)
        self.after = after


class Busy(Refusal):
    """The database could not take the write now; the same request may be sent again (503)."""

    status = 503
    title = "busy"

    def __init__(self, *faults: Fault, after: int = 2) -> None:
        super().__init__(*faults)
        self.after = after


def refuse(kind: type[Refusal], code: str, field: str = "", value: object = None, **facts: object) -> Refusal:
    """Make a refusal with one fault, to be raised by the caller."""
    return kind(Fault(code, field, value, facts))
