"""The page on which staff survey a room, on the telephone in their hand: saved as far as it came, finished when it is done."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from kernel.clock import now
from kernel.wallclock import to_wall
from venues.labels import initial
from venues.pages.blueprint import routes
from venues.pages.guards import require_carer
from venues.queries import room_at
from venues.survey import labels
from venues.survey.models import Survey
from venues.survey.queries import done_of, half_done
from venues.survey.verbs import MOST_LACKS, SurveyInput, save_survey
from venues.survey.words import GRAVITIES, LACKS, Aspect, Cost, For, Grade, Measure
from web.forms import Form, parse
from web.pages import FORM_REFUSALS, done, form_again
from web.texts import gettext as _

EMPTY_ROWS = 2

for show in (
    labels.lack_label,
    labels.group_label,
    labels.cost_label,
    labels.grade_label,
    labels.gravity_label,
    labels.aspect_label,
    labels.measure_label,
):
    routes.add_app_template_filter(show, show.__name__)


@routes.get("/rooms/<venue>/<room>/survey")
def survey_page(venue: str, room: str) -> str:
    """Survey a room, or go on with what was begun, above what was seen before."""
    shown = _about(venue, room)
    survey = half_done(edge.reading(), shown["room"], by=edge.actor())
    today = to_wall(now(), shown["venue"].zone).date()
    values = _values(survey) if survey else {"day": today.isoformat()}
    return render_template("venues/survey.html", form=Form(values), rows=_rows(values), is_begun=survey is not None, **shown)


@routes.post("/rooms/<venue>/<room>/survey")
def survey_save(venue: str, room: str) -> ResponseReturnValue:
    """Keep it as far as it came, or finish it."""
    try:
        survey = edge.transact(save_survey, f"{venue}/{room}", parse(SurveyInput, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("venues/survey.html", refusal, rows=_rows(request.form), is_begun=True, **_about(venue, room))
    if survey.done_at is None:
        return done(_("Lagret så langt. Du kan gå videre når du vil."), url_for("venues.survey_page", venue=venue, room=room))
    return done(_("Befaringen er ferdig."), url_for("venues.survey_page", venue=venue, room=room) + "#before")


def _about(venue: str, room: str) -> dict[str, Any]:
    row = room_at(edge.reading(), f"{venue}/{room}")
    require_carer(row.venue)
    return {
        "venue": row.venue,
        "room": row,
        "before": done_of(edge.reading(), row),
        "aspects": list(Aspect),
        "measures": list(Measure),
        "grades": [(grade.value, labels.grade_label(grade)) for grade in Grade],
        "lacks": sorted(((word, initial(labels.lack_label(word))) for word in LACKS), key=lambda one: one[1]),
        "groups": [(str(one), labels.group_label(one)) for one in For],
        "gravities": [(one, labels.gravity_label(one)) for one in GRAVITIES],
        "costs": [(str(one), labels.cost_label(one)) for one in Cost],
        "is_officer": edge.actor().is_officer,
    }


def _values(survey: Survey) -> dict[str, Any]:
    values: dict[str, Any] = {"day": survey.surveyed_on.isoformat()}
    values |= {f"grades.{aspect}": grade for aspect, grade in survey.grades.items()}
    values |= {f"measured.{name}": value for name, value in survey.measured.items()}
    for at, lack in enumerate(survey.lacks):
        names = ("what", "whom", "gravity", "cost", "note")
        values |= {f"lacks[{at}].{name}": value for name in names if (value := getattr(lack, name)) not in (None, "")}
    return values


def _rows(values: Any) -> range:
    """How many rows for what is missing: those that are filled in and two more."""
    filled = [at for at in range(MOST_LACKS) if values.get(f"lacks[{at}].what")]
    return range(min(max(filled, default=-1) + 1 + EMPTY_ROWS, MOST_LACKS))
