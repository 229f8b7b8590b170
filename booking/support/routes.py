"""Routes: the blueprint of the pages of agreements and of what was sought, and what they have in common."""

from collections.abc import Sequence

from flask import Blueprint

from accounts import edge
from booking.support.classes import price_classes
from booking.support.labels import duty_label, reason_label, times_text
from booking.support.meters import Meter
from web import language
from web.pages import keep_nothing

routes = Blueprint("support", __name__)
routes.after_request(keep_nothing)
routes.add_app_template_filter(reason_label, "reason_label")
routes.add_app_template_filter(duty_label, "duty_label")
routes.add_app_template_filter(times_text, "times_text")


def class_names(found: Sequence[Meter]) -> dict[str, str]:
    """What the policies of the agreements' rooms call price classes, in the language of the request."""
    if not found:
        return {}
    rooms = {room.id: room for meter in found for room in meter.agreement.rooms}
    first = min(meter.agreement.first_day for meter in found)
    last = max(meter.agreement.last_day for meter in found)
    named = price_classes(edge.reading(), list(rooms.values()), first, last)
    return {code: name.in_language(language.choose()) for code, name in named.items()}
