"""Pages of statistics: figures by a dimension with a plot for officers, and the page of a year for everybody."""

from collections.abc import Iterator
from typing import Any, Literal

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from accounts import edge
from booking.statistics import api
from booking.statistics.exports import exported
from booking.statistics.labels import DIMENSIONS, THEMES, definitions, dimension_label, measure_label, notes, theme_label, written
from booking.statistics.measures import MEASURES, OF_TIME, Dimension, Measure
from booking.statistics.plots import Plot, bars, heat
from booking.statistics.reports import Question, Report, report
from booking.statistics.years import FACTS, Content, Year, content_of, edition_of, editions, issue, issued
from booking.support.choosing import this_day
from kernel.clock import now
from kernel.errors import Invalid, Missing
from venues.queries import districts, venues_in_use
from web.forms import Form, parse, refused
from web.hooks import Group, Link, hooks
from web.pages import FORM_REFUSALS, done
from web.problems import status_of
from web.texts import gettext as _
from web.writing import WRITERS

REFUSALS = (Invalid, Missing)

routes = Blueprint("statistics", __name__)
routes.add_app_template_filter(dimension_label, "dimension_label")
routes.add_app_template_filter(measure_label, "statistic_label")
routes.add_app_template_filter(theme_label, "theme_label")


class Shown(Question):
    """The same with the theme of the table that the page shows of it."""

    theme: Literal["use", "lost", "value"] = "use"


def install(app: Flask) -> None:
    """Serve pages and API, and name the pages in the navigation."""
    app.register_blueprint(routes)
    app.register_blueprint(api.api)
    hooks(app).navigation.append(links)


def links() -> Iterator[Link]:
    """For officers."""
    if edge.actor().is_officer:
        yield Link(_("Statistikk"), url_for("statistics.report_page"), "staff", group=Group.FIGURES)


@routes.get("/office/statistics")
def report_page() -> ResponseReturnValue:
    """Choose period, place and dimension; the figures as a table and a plot."""
    actor = edge.actor()
    actor.require(actor.is_officer, "officer")
    given = request.args.copy()
    this_year = this_day().year
    for name, value in (("by", "venue"), ("first", f"{this_year}-01-01"), ("last", f"{this_year}-12-31"), ("theme", "use")):
        if not given.get(name, "").strip():
            given[name] = value
    try:
        asked = parse(Shown, given)
        found = report(edge.reading(), asked, by=actor, now=now())
    except REFUSALS as refusal:
        return _page(refused(given, refusal.faults)), status_of(refusal)
    return _page(Form(given), **_told(asked, found))


@routes.get("/office/statistics/figures.<any(csv, xlsx):kind>")
def report_file(kind: str) -> Response:
    """The same as a file."""
    asked = parse(Question, request.args)
    found = report(edge.reading(), asked, by=edge.actor(), now=now())
    response = Response(exported(found, kind), content_type=WRITERS[kind][0])
    name = f"statistikk-{asked.by}-{asked.first}-{asked.last}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.get("/office/statistics/year")
def year_preview() -> str:
    """The page of a year as it would be issued now, and what was issued."""
    return _preview(Form({"year": this_day().year - 1}))


@routes.post("/office/statistics/year")
def issue_year() -> ResponseReturnValue:
    """Issue it."""
    edge.actor().require(edge.actor().is_officer, "officer")
    try:
        page = edge.transact(issue, parse(Year, request.form))
    except FORM_REFUSALS as refusal:
        return _preview(refused(request.form, refusal.faults)), status_of(refusal)
    return done(_("Årssiden for %(year)s er utgitt.", year=page.year), url_for("statistics.year_page", year=page.year))


@routes.get("/statistics")
def years_page() -> str:
    """The years with a page, for everybody."""
    return render_template("statistics/years.html", years=issued(edge.reading()))


@routes.get("/statistics/<int:year>")
@routes.get("/statistics/<int:year>/<int:edition>")
def year_page(year: int, edition: int | None = None) -> str:
    """The page of a year as it was issued, for everybody."""
    page, is_superseded = edition_of(edge.reading(), year, edition)
    return render_template(
        "statistics/year.html", content=Content(**page.content), page=page, is_superseded=is_superseded, facts=FACTS, written=written
    )


def _preview(form: Form) -> str:
    session, actor = edge.reading(), edge.actor()
    actor.require(actor.is_officer, "officer")
    try:
        year = parse(Year, request.args if request.args.get("year") else MultiDict({"year": form.value("year")})).year
    except Invalid:
        year = this_day().year - 1
    content = content_of(session, year, by=actor, now=now())
    return render_template(
        "statistics/preview.html",
        form=form,
        content=content,
        editions=editions(session, year),
        facts=FACTS,
        written=written,
        years=range(this_day().year, this_day().year - 10, -1),
    )


def _page(form: Form, **told: Any) -> str:
    session = edge.reading()
    places = [(venue.slug, venue.name) for venue in venues_in_use(session)]
    return render_template(
        "statistics/report.html",
        form=form,
        dimensions=[(by, dimension_label(by)) for by in DIMENSIONS],
        venues=places,
        districts=[(one.slug, one.name) for one in districts(session)],
        themes=[(theme, theme_label(theme)) for theme in THEMES],
        **({"found": None} | told),
    )


def _told(asked: Shown, found: Report) -> dict[str, Any]:
    """The table of a theme, and a plot of what says most in it; where the dimension has nothing of a theme, of what it has."""
    columns = [MEASURES[code] for code in found.whole.shown if code in THEMES[asked.theme]] or [MEASURES[found.whole.shown[0]]]
    drawn = next((one for one in columns if one.code in ("share", "value")), columns[0])
    return {
        "found": found,
        "columns": columns,
        "theme": asked.theme,
        "drawn": drawn,
        "plot": _plot(found, drawn),
        "written": written,
        "definitions": definitions(tuple(one.code for one in columns)),
        "notes": notes(),
        "query": {name: value for name, value in asked.model_dump(mode="json", exclude={"theme"}).items() if value},
    }


def _plot(found: Report, drawn: Measure) -> Plot | None:
    if found.question.by is Dimension.WEEK:
        return heat(found.lines, drawn.code)
    return bars(found.lines, drawn.code, in_order=found.question.by in OF_TIME or found.question.by is Dimension.AGE)
