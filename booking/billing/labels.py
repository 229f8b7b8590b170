"""Labels: the words for what a line is for."""

from collections.abc import Mapping

from booking.billing.models import LineKind
from kernel.texts import marked as _
from web.texts import gettext

KINDS: Mapping[LineKind, str] = {
    LineKind.USE: _("Bruk"),
    LineKind.CANCELLATION: _("Avlysning"),
    LineKind.ABSENCE: _("Ingen kom"),
    LineKind.CLOSURE: _("Stengt av kommunen"),
    LineKind.DISPLACED: _("Måtte vike"),
    LineKind.MOVED: _("Flyttet"),
    LineKind.UNBOOKED: _("Ikke booket lenger"),
    LineKind.PRICE: _("Rettet pris"),
}


def kind_label(kind: LineKind) -> str:
    """What a line is for."""
    return gettext(KINDS[kind])
