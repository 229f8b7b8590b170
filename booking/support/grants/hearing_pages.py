"""Pages of what officers decide of an organisation: its lease status, and hearings before a right is lost."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from accounts.organisations import organisation_of
from accounts.queries import names_of_people
from booking.support.choosing import this_day
from booking.support.grants.hearings import (
    LEAST_TIME,
    HearingAnswer,
    HearingDecision,
    HearingNotice,
    answer_hearing,
    decide_hearing,
    give_notice,
    hearing_of,
)
from booking.support.grants.statuses import LEASE, LeaseDecision, decide_lease, leases, seen_of
from web.forms import Form, parse
from web.pages import done_or_again, keep_nothing
from web.texts import gettext as _

routes = Blueprint("hearings", __name__)
routes.after_request(keep_nothing)


@routes.get("/organisations/<int:organisation_id>/decisions")
def decisions_page(organisation_id: int) -> str:
    """What officers decide of an organisation: its lease status, and that it may lose the right to new support."""
    return _decisions_page(organisation_id)


@routes.post("/organisations/<int:organisation_id>/lease")
def decide_lease_status(organisation_id: int) -> ResponseReturnValue:
    """Decide the lease status."""
    return done_or_again(
        lambda: edge.transact(decide_lease, organisation_id, parse(LeaseDecision, request.form)),
        lambda form: _decisions_page(organisation_id, form),
        _("Vedtaket om leiestatus er notert."),
        _support_of(organisation_id),
    )


@routes.post("/organisations/<int:organisation_id>/hearings")
def begin_hearing(organisation_id: int) -> ResponseReturnValue:
    """Give notice that the right to new support may be lost."""
    return done_or_again(
        lambda: edge.transact(give_notice, organisation_id, parse(HearingNotice, request.form)),
        lambda form: _decisions_page(organisation_id, form),
        _("Varselet er sendt."),
        _support_of(organisation_id),
    )


@routes.get("/hearings/<int:hearing_id>")
def hearing_page(hearing_id: int) -> str:
    """A hearing: the notice, the answer, the decision."""
    return _hearing_page(hearing_id)


@routes.post("/hearings/<int:hearing_id>/answer")
def answer_in_hearing(hearing_id: int) -> ResponseReturnValue:
    """Answer for the organisation."""
    return done_or_again(
        lambda: edge.transact(answer_hearing, hearing_id, parse(HearingAnswer, request.form)),
        lambda form: _hearing_page(hearing_id, form),
        _("Svaret er sendt."),
        url_for("hearings.hearing_page", hearing_id=hearing_id),
    )


@routes.post("/hearings/<int:hearing_id>/decision")
def decide_in_hearing(hearing_id: int) -> ResponseReturnValue:
    """Decide it."""
    return done_or_again(
        lambda: edge.transact(decide_hearing, hearing_id, parse(HearingDecision, request.form)),
        lambda form: _hearing_page(hearing_id, form),
        _("Vedtaket er sendt."),
        url_for("hearings.hearing_page", hearing_id=hearing_id),
    )


def _support_of(organisation_id: int) -> str:
    return url_for("support.organisation_page", organisation_id=organisation_id)


def _decisions_page(organisation_id: int, form: Form | None = None) -> str:
    session, actor = edge.reading(), edge.actor()
    actor.require(actor.is_officer, "officer")
    day, known = this_day(), leases(session, organisation_id)
    first = {"first_day": day.isoformat(), "answer_by": (day + LEAST_TIME).isoformat()}
    return render_template(
        "support/grants/decisions.html",
        form=form or Form(first),
        organisation=organisation_of(session, organisation_id),
        leases=known,
        lease_length=len(LEASE),
        seen=seen_of(known),
        today=day,
        least=LEAST_TIME.days,
    )


def _hearing_page(hearing_id: int, form: Form | None = None) -> str:
    session, actor = edge.reading(), edge.actor()
    hearing = hearing_of(session, hearing_id, by=actor)
    people = names_of_people(session, [one for one in (hearing.begun_by, hearing.answered_by, hearing.decided_by) if one])
    may = {"may_answer": actor.acts_for(hearing.organisation_id), "may_decide": actor.is_officer}
    return render_template("support/grants/hearing.html", form=form or Form({}), hearing=hearing, names=people, today=this_day(), **may)
