"""The blueprint of all pages about bookings, and the filters their templates speak with."""

from flask import Blueprint, Response

from accounts import edge
from booking.pages import labels
from policies.labels import activity

routes = Blueprint("booking", __name__)

for show in (
    labels.age_group,
    labels.band_label,
    labels.booking_kind,
    labels.state_label,
    labels.accepts_label,
    labels.state_tone,
    labels.price_lines,
    labels.price_parts,
    labels.task_reason,
    labels.delivery_label,
    labels.usage_label,
    labels.to_do_label,
    labels.done_label,
    labels.means_label,
    labels.worded,
    labels.price_text,
    labels.rank_text,
    labels.ladder_text,
    labels.absence_text,
    labels.hold_text,
    labels.wall_span,
    labels.wall_clocks,
    labels.change_since,
    labels.skipped_because,
    labels.iso_moment,
    labels.paragraph_of,
):
    routes.add_app_template_filter(show, show.__name__)
routes.add_app_template_filter(activity, "activity_label")
routes.add_app_template_global(labels.age_groups)


@routes.after_request
def keep_nothing(response: Response) -> Response:
    """What somebody signed in sees is for the eyes of one person, and what is free is true only now."""
    kept = "no-store" if edge.actor().is_known or response.status_code != 200 else "no-cache"
    response.headers.setdefault("Cache-Control", kept)
    return response
