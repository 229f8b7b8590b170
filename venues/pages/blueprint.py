"""The blueprint of all pages about venues and rooms, and the filters their templates speak with."""

from flask import Blueprint

from venues import labels

routes = Blueprint("venues", __name__)

for show in (
    labels.kind_label,
    labels.facility_label,
    labels.feature_label,
    labels.need_label,
    labels.key_label,
    labels.answer_label,
    labels.openness_label,
    labels.school_label,
    labels.weekday_label,
    labels.minute_clock,
    labels.value_text,
    labels.note_text,
    labels.initial,
    labels.reading_text,
    labels.days_text,
):
    routes.add_app_template_filter(show, show.__name__)
routes.add_app_template_global(labels.dates_text, "dates_text")
