"""Pages of grants: what officers award, what an organisation has, and its reports."""

from datetime import date
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts import edge
from accounts.queries import names_of_people
from accounts.standings import standings_of
from booking.support.choosing import choice, chosen_organisation, this_day
from booking.support.grants import hearing_pages, scheme_pages
from booking.support.grants.activity import held_before, measured
from booking.support.grants.awarding import GrantTerms, end_grant, given, make_grant
from booking.support.grants.check import checked, grant_for
from booking.support.grants.hearings import LEAST_TIME, hearings
from booking.support.grants.labels import figure_name, grant_why, report_label, rules_in_words, scheme_kind_label, tariff_label
from booking.support.grants.models import Report
from booking.support.grants.parts import PartInput, state_part
from booking.support.grants.reports import (
    OPEN,
    ReportAnswer,
    ReportInput,
    account_of,
    answer_report,
    members_of,
    report_of,
    seen_of,
    to_look_at,
    write_report,
)
from booking.support.grants.rules import operating_of
from booking.support.grants.schemes import Figure, rules_of, schemes, venues_of
from booking.support.grants.statuses import LEASE, has_economic_activity, leases
from booking.support.grants.sums import sums
from booking.support.grants.values import values, worths
from booking.support.models import Grant, SchemeKind
from kernel.clock import now
from kernel.errors import Missing, refuse
from web.forms import Form, parse
from web.pages import FORM_REFUSALS, done, done_or_again, form_again, keep_nothing
from web.texts import gettext as _

YEARS = range(2000, 2101)

routes = Blueprint("grants", __name__)
routes.after_request(keep_nothing)
routes.add_app_template_filter(scheme_kind_label, "scheme_kind_label")
routes.add_app_template_filter(figure_name, "figure_name")
routes.add_app_template_filter(report_label, "report_label")
routes.add_app_template_filter(grant_why, "grant_why")
routes.add_app_template_filter(tariff_label, "tariff_label")


def install(app: Flask) -> None:
    """Serve the pages of grants, of schemes and of hearings."""
    for blueprint in (routes, scheme_pages.routes, hearing_pages.routes):
        app.register_blueprint(blueprint)


@routes.get("/grants")
def grants_page() -> str:
    """All grants of a year with what they are worth, the year's sum of each organisation, and what waits; for officers."""
    session, actor = edge.reading(), edge.actor()
    actor.require(actor.is_officer, "officer")
    wanted = request.args.get("year", type=int)
    year = wanted if wanted and wanted in YEARS else this_day().year
    found = worths(session, date(year, 1, 1), date(year, 12, 31), by=actor)
    return render_template(
        "support/grants/list.html",
        year=year,
        worths=found,
        sums=(summed := sums(session, year, found, by=actor)),
        names={one.organisation_id: one.name for one in summed},
        reports=to_look_at(session, this_day(), by=actor),
        hearings=hearings(session),
        today=this_day(),
    )


@routes.get("/grants/new")
def new_grant_page() -> str:
    """Find the organisation, then say what it gets under which scheme."""
    chosen = chosen_organisation(request.args.get("organisation", type=int))
    if chosen is None:
        return render_template("support/choose.html", **choice(_("Nytt tilskudd"), url_for("grants.grants_page")))
    year = this_day().year
    form = Form({"first_day": f"{year}-01-01", "last_day": f"{year}-12-31", "scheme": request.args.get("scheme", "")})
    return render_template("support/grants/new.html", form=form, organisation=chosen, **_award(chosen.id))


@routes.post("/grants")
def register_grant() -> ResponseReturnValue:
    """Make it."""
    try:
        made = edge.transact(make_grant, parse(GrantTerms, request.form))
    except FORM_REFUSALS as refusal:
        chosen = chosen_organisation(request.form.get("organisation", type=int))
        if chosen is None:
            return form_again("support/choose.html", refusal, **choice(_("Nytt tilskudd"), url_for("grants.grants_page")))
        return form_again("support/grants/new.html", refusal, organisation=chosen, **_award(chosen.id))
    return done(_("Tilskuddet er registrert."), url_for("grants.grant_page", grant_id=made.id))


@routes.get("/grants/<int:grant_id>")
def grant_page(grant_id: int) -> str:
    """A grant: the decision, what is done under it, and what it pays and why."""
    return _grant_page(grant_id)


@routes.post("/grants/<int:grant_id>/end")
def end_of_grant(grant_id: int) -> ResponseReturnValue:
    """End it today."""
    edge.transact(end_grant, grant_id)
    return done(_("Tilskuddet er avsluttet."), url_for("grants.grant_page", grant_id=grant_id))


@routes.post("/grants/<int:grant_id>/parts")
def part_of_booking(grant_id: int) -> ResponseReturnValue:
    """State how much of a booking counts."""
    return done_or_again(
        lambda: edge.transact(state_part, grant_id, parse(PartInput, request.form)),
        lambda form: _grant_page(grant_id, form),
        _("Fordelingen er notert."),
        url_for("grants.grant_page", grant_id=grant_id),
    )


@routes.get("/grants/<int:grant_id>/report")
def report_page(grant_id: int) -> str:
    """The report: what bookings say, and what the organisation adds."""
    return _report_page(grant_id)


@routes.post("/grants/<int:grant_id>/report")
def report_on_grant(grant_id: int) -> ResponseReturnValue:
    """Save or send it."""
    said = _("Rapporten er sendt.") if request.form.get("send") else _("Rapporten er lagret.")
    return done_or_again(
        lambda: edge.transact(write_report, grant_id, parse(ReportInput, request.form)),
        lambda form: _report_page(grant_id, form),
        said,
        url_for("grants.report_page", grant_id=grant_id),
    )


@routes.post("/grants/<int:grant_id>/report/answer")
def answer_to_report(grant_id: int) -> ResponseReturnValue:
    """Approve or return it."""
    return done_or_again(
        lambda: edge.transact(answer_report, grant_id, parse(ReportAnswer, request.form)),
        lambda form: _report_page(grant_id, form),
        _("Svaret er sendt."),
        url_for("grants.grants_page"),
    )


def support_of(organisation_id: int) -> dict[str, Any]:
    """What an organisation's own page shows of grants: those it has with what they are worth, its status, its hearings."""
    session, actor = edge.reading(), edge.actor()
    day = this_day()
    grants = session.scalars(
        select(Grant).where(Grant.organisation_id == organisation_id).options(joinedload(Grant.scheme)).order_by(Grant.first_day, Grant.id)
    ).all()
    first = min((grant.first_day for grant in grants), default=date(day.year, 1, 1)).replace(month=1, day=1)
    standings = standings_of(session, organisation_id)
    return {
        "worths": [
            one
            for one in worths(session, first, date(day.year, 12, 31), by=actor, organisation_id=organisation_id)
            if one.grant or one.dates
        ],
        "reports": session.scalars(select(Report).where(Report.grant_id.in_([grant.id for grant in grants])).order_by(Report.due_on)).all(),
        "grants": {grant.id: grant for grant in grants},
        "leases": leases(session, organisation_id),
        "lease_length": len(LEASE),
        "is_economic": has_economic_activity(standings, day),
        "hearings": hearings(session, organisation_id),
        "acts_for": actor.acts_for(organisation_id),
        "today": day,
        "first_answer": day + LEAST_TIME,
    }


def _grant_page(grant_id: int, form: Form | None = None) -> str:
    session, actor = edge.reading(), edge.actor()
    grant = grant_for(session, grant_id, by=actor)
    held, found = given(grant), values(session, grant.first_day, grant.last_day, organisations=[grant.organisation_id])
    return render_template(
        "support/grants/one.html",
        form=form or Form({"local": 100}),
        grant=grant,
        rules=rules_in_words(held.rules, grant.scheme.kind, held.own_share, venues=venues_of(session, held.rules)),
        worths=[one for one in found if one.grant is grant],
        checked=checked(session, [grant])[grant.id],
        measured=measured(session, grant, now=now()),
        report=report_of(session, grant),
        actor=actor,
        today=this_day(),
    )


def _report_page(grant_id: int, form: Form | None = None) -> str:
    session, actor = edge.reading(), edge.actor()
    grant = grant_for(session, grant_id, by=actor)
    report = report_of(session, grant)
    if report is None:
        raise refuse(Missing, "no-report", "grant", grant_id)
    account = account_of(session, grant, by=actor, now=now())
    known = {Figure.MEMBERS: members_of(session, grant.organisation_id, grant.last_day), Figure.ACTIVITIES: account.measured.held}
    figures = (
        {name: value for name, value in known.items() if value is not None} | report.figures if report.state in OPEN else report.figures
    )
    return render_template(
        "support/grants/report.html",
        form=form or Form({"text": report.text, **{f"figures.{name}": value for name, value in figures.items()}}),
        grant=grant,
        report=report,
        seen=seen_of(report),
        told=account,
        names=names_of_people(session, [one for one in (report.sent_by, report.decided_by) if one]),
        may_write=report.state in OPEN and actor.acts_for(grant.organisation_id),
        actor=actor,
        today=this_day(),
    )


def _award(organisation_id: int) -> dict[str, Any]:
    """The schemes of today, and what an operating grant comes to by what is known: members, and activities of the year before."""
    session, day = edge.reading(), this_day()
    found = schemes(session, on=day)
    members, held = members_of(session, organisation_id, day), held_before(session, organisation_id, now=now())
    money = [(one, operating_of(rules_of(one), members, held)) for one in found if one.kind is SchemeKind.OPERATING]
    return {"schemes": found, "choices": [(one.id, one.name) for one in found], "proposals": money}
