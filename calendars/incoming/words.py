"""Words: why a calendar of others gave nothing, and why events in it were left out, in the language of the request."""

from collections.abc import Mapping

from calendars.incoming.models import SourceState
from calendars.incoming.reasons import REMARKED, SKIPPED, TAKES_NOTHING
from kernel.errors import Fault
from kernel.texts import marked as _
from web.texts import gettext
from web.wording import SENTENCES, sentence

STATES: Mapping[SourceState, str] = {
    SourceState.DRAFT: _("Ikke tatt i bruk"),
    SourceState.ACTIVE: _("Følges"),
    SourceState.PAUSED: _("Satt på pause"),
}


def failure(code: str, field: str = "") -> Fault:
    """Why nothing came, as a fault of the input by which it was asked for."""
    if f"calendar:{code}" in SENTENCES:
        return Fault(f"calendar:{code}", field)
    kind, is_status, number = code.partition("status-")
    return Fault("calendar:status", field, number) if is_status and not kind else Fault("calendar:unread", field, code)


def failure_text(code: str) -> str:
    """Why nothing came."""
    return sentence(failure(code))


def skipped_text(code: str) -> str:
    """Why an event was left out, or what of it."""
    return gettext({**SKIPPED, **REMARKED, **TAKES_NOTHING}[code])


def source_state(value: str) -> str:
    """Whether a calendar is followed."""
    return gettext(STATES[SourceState(value)])
