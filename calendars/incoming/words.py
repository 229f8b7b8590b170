"""Words: why a calendar of others gave nothing, and why events in it were left out, in the language of the request."""

from collections.abc import Mapping

from calendars.incoming.models import SourceState
from kernel.errors import Fault
from kernel.texts import marked as _
from web.texts import gettext
from web.wording import SENTENCES, sentence

SKIPPED: Mapping[str, str] = {
    "takes-no-time": _("er merket som ledig tid"),
    "no-length": _("varer ikke"),
    "too-long": _("varer lenger enn en måned"),
    "no-start": _("har ingen start"),
    "bad-start": _("har en start som ikke kan leses"),
    "bad-instance": _("gjelder en dato som ikke kan leses"),
    "end-before-start": _("slutter før den begynner"),
    "bad-duration": _("har en varighet som ikke kan leses"),
    "bad-rule": _("har en gjentakelse som ikke kan leses"),
    "bad-addition": _("har datoer i tillegg som ikke kan leses"),
    "too-frequent": _("gjentas oftere enn hver dag"),
    "too-many-occurrences": _("gjentas for mange ganger"),
    "too-much-work": _("gjentas slik at det tar for lang tid å regne ut"),
    "superseded": _("er erstattet av en nyere utgave i samme fil"),
    "out-of-range": _("er utenfor årene vi kan regne med"),
    "unclosed": _("er ikke avsluttet"),
}
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
    """Why an event was left out, to follow what it is."""
    known = SKIPPED.get(code)
    return gettext(known) if known else gettext("kan ikke leses (%(code)s)", code=code)


def source_state(value: str) -> str:
    """Whether a calendar is followed."""
    return gettext(STATES[SourceState(value)])
