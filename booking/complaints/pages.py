"""Pages of complaints: contesting a decision, the list, and one complaint with what can be done to it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from accounts.identity import Role
from accounts.queries import holding, names_of_people
from booking.cases import by_reference
from booking.complaints.contested import VERBS, Decision, decided, decision_of, decisions_on, last_day, notified_on, rule_for
from booking.complaints.inputs import LONGEST, Admission, BoardInput, ComplaintInput, Execution, Owner, Reconsideration, Said
from booking.complaints.labels import (
    complaint_state,
    complaint_tone,
    decision_about,
    decision_href,
    decision_label,
    matter_rows,
    next_step,
    notice_subject,
    step_label,
)
from booking.complaints.models import Complaint, StepKind
from booking.complaints.queries import complaint_seen, complaints, complaints_about, is_party, works_on
from booking.complaints.verbs import acts_since, admit, assign, carry_out, complain, reconsider, rule, say, withdraw
from booking.support.choosing import numbered, this_day
from kernel.errors import Missing, refuse
from web import problems
from web.formats import moment
from web.forms import Form, parse, refused
from web.pages import FORM_REFUSALS, done, keep_nothing
from web.texts import gettext as _

routes = Blueprint("complaints", __name__)
routes.after_request(keep_nothing)
for show in (
    complaint_state,
    complaint_tone,
    decision_about,
    decision_href,
    decision_label,
    matter_rows,
    next_step,
    notice_subject,
    step_label,
):
    routes.add_app_template_filter(show, show.__name__)
routes.add_app_template_filter(datetime.fromisoformat, "iso_instant")
routes.add_app_template_filter(date.fromisoformat, "iso_day")


@routes.get("/complaints")
def complaints_page() -> str:
    """All complaints for officers, one's own for others."""
    session, actor = edge.reading(), edge.actor()
    found = complaints(session, by=actor)
    decisions = {one.act.id: one for one in decided(session, list({one.act for one in found}))}
    return render_template("complaints/list.html", complaints=found, decisions=decisions, actor=actor, today=this_day())


@routes.get("/complaints/new")
def new_page() -> str:
    """What was decided on a booking or another row, to contest one of these: ``?booking=BAKOLI-274``, ``?grant=7``."""
    return _new_page(Form({}))


@routes.post("/complaints")
def file_complaint() -> ResponseReturnValue:
    """Contest it."""
    try:
        made = edge.transact(complain, parse(ComplaintInput, request.form))
    except FORM_REFUSALS as refusal:
        form = refused(request.form, refusal.faults)
        return Response(_new_page(form), status=problems.status_of(refusal))
    return done(_("Klagen er mottatt. Referansen er %(reference)s.", reference=made.reference), _page_of(made.reference))


@routes.get("/complaints/<reference>")
def complaint_page(reference: str) -> str:
    """Where it stands, what comes next, each step, and what may be done."""
    return _complaint_page(reference, Form({}))


@routes.post("/complaints/<reference>/admission")
def admit_complaint(reference: str) -> ResponseReturnValue:
    """Look at one that came late, or not."""
    return _act(reference, lambda: edge.transact(admit, reference, parse(Admission, request.form)), "admission")


@routes.post("/complaints/<reference>/reconsideration")
def reconsider_decision(reference: str) -> ResponseReturnValue:
    """Say what came of looking at the decision again."""
    return _act(reference, lambda: edge.transact(reconsider, reference, parse(Reconsideration, request.form)), "reconsideration")


@routes.post("/complaints/<reference>/board")
def board_ruled(reference: str) -> ResponseReturnValue:
    """Write what the board decided."""
    return _act(reference, lambda: edge.transact(rule, reference, parse(BoardInput, request.form)), "board")


@routes.post("/complaints/<reference>/execution")
def carried_out(reference: str) -> ResponseReturnValue:
    """Say how the outcome was carried out."""
    return _act(reference, lambda: edge.transact(carry_out, reference, parse(Execution, request.form)), "execution")


@routes.post("/complaints/<reference>/messages")
def write_about(reference: str) -> ResponseReturnValue:
    """Say something to the other side, or note it."""
    return _act(reference, lambda: edge.transact(say, reference, parse(Said, request.form)), "message")


@routes.post("/complaints/<reference>/owner")
def assign_complaint(reference: str) -> ResponseReturnValue:
    """Say whose it is to deal with."""
    return _act(reference, lambda: edge.transact(assign, reference, parse(Owner, request.form)), "owner")


@routes.post("/complaints/<reference>/withdrawal")
def withdraw_complaint(reference: str) -> ResponseReturnValue:
    """Take it back."""
    return _act(reference, lambda: edge.transact(withdraw, reference), "")


def _act(reference: str, act: Callable[[], object], typed: str) -> ResponseReturnValue:
    """Do it and go back to the complaint, or show it with what is wrong at the form that was ``typed``."""
    try:
        act()
    except FORM_REFUSALS as refusal:
        form = refused(request.form, refusal.faults)
        return Response(_complaint_page(reference, form, typed), status=problems.status_of(refusal))
    return done(_("Det er lagret."), _page_of(reference))


def _page_of(reference: str) -> str:
    return url_for("complaints.complaint_page", reference=reference)


def _new_page(form: Form) -> str:
    session, actor = edge.reading(), edge.actor()
    chosen = numbered(request.form, "act")
    found = _around(decision_of(session, chosen, by=actor)) if chosen else _wanted()
    made = complaints_about(session, [one.act.id for one in found])
    barred = {one.act_id for one in made if one.closed_at is None or one.is_decided}
    rules = [(one, rule_for(session, one), notified_on(session, one)) for one in found]
    told = [(one, asked, notified, last_day(notified, asked.days)) for one, asked, notified in rules if one.act.id not in barred]
    return render_template(
        "complaints/new.html",
        form=form if form.values or not told else Form({"act": told[0][0].act.id}),
        decisions=told,
        choices=[(one.act.id, _choice(one)) for one, *_rest in told],
        made=made,
        first=found[0],
        is_party=found[0].is_party(actor),
        longest=LONGEST,
        today=this_day(),
    )


def _wanted() -> list[Decision]:
    """The decisions on the row that the address names; raises Missing."""
    session, actor = edge.reading(), edge.actor()
    actor.require_known()
    if reference := request.args.get("booking"):
        return decisions_on(session, "booking", by_reference(session, reference).id, by=actor)
    for subject in VERBS:
        if number := numbered(request.args, subject):
            return decisions_on(session, subject, number, by=actor)
    raise refuse(Missing, "unknown-decision")


def _around(decision: Decision) -> list[Decision]:
    """All decisions on what this one is about."""
    subject, number = ("booking", decision.booking.id) if decision.booking else (decision.act.subject, decision.act.subject_id)
    return decisions_on(edge.reading(), subject, number, by=edge.actor())


def _choice(decision: Decision) -> str:
    return f"{decision_label(decision)}, {moment(decision.act.at)}"


def _complaint_page(reference: str, form: Form, typed: str = "") -> str:
    session, actor = edge.reading(), edge.actor()
    complaint = complaint_seen(session, reference, by=actor)
    works = works_on(complaint, actor)
    decision, *carried = _decisions_of(complaint)
    asked = rule_for(session, decision)
    return render_template(
        "complaints/one.html",
        complaint=complaint,
        decision=decision,
        carried=carried[0] if carried else None,
        rule=asked,
        steps=[one for one in complaint.steps if works or one.kind is not StepKind.NOTED],
        names=names_of_people(session, {one.by_id for one in complaint.steps if one.by_id}),
        works=works,
        is_party=is_party(complaint, actor),
        is_own=works and complaint.act.hand_id == actor.person_id,
        officers=[(one.id, one.name) for one in holding(session, [Role.OFFICER, Role.ADMINISTRATOR])] if works else [],
        acts=_carrying(complaint) if works else [],
        form=form,
        typed=typed,
        blank=Form({"on_day": this_day().isoformat(), "owner": complaint.owner_id}),
        longest=LONGEST,
        today=this_day(),
    )


def _decisions_of(complaint: Complaint) -> list[Decision]:
    """What is contested, and the act that carried the outcome out where there is one."""
    return decided(edge.reading(), [one for one in (complaint.act, complaint.carried) if one])


def _carrying(complaint: Complaint) -> list[tuple[Any, str]]:
    return [(one.act.id, f"{decision_about(one)}: {_choice(one)}") for one in acts_since(edge.reading(), complaint)]
