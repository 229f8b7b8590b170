"""Pages of billing: accounts, what one date costs, and for officers the periods and what is disputed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge, organisations
from accounts.models import Person
from accounts.queries import names_of_organisations
from booking.billing import api, payments
from booking.billing.account import MOST_SHOWN, TermsInput, Whose, account, lines_of, seen_of, set_terms, terms_of, unbilled
from booking.billing.exports import Format
from booking.billing.labels import kind_label
from booking.billing.models import PaymentState
from booking.billing.periods import Closing, close_period, foreseen, period_of, periods, shares, totals
from booking.billing.prices import Objection, Ruling, dispute, disputed, priced, settle_price
from booking.cases import acts_on, booking_seen, is_applicant, occurrence_of
from kernel.clock import now
from kernel.errors import Invalid, Missing, refuse
from kernel.wallclock import to_wall
from venues.queries import municipality
from web.fields import RowId
from web.forms import Form, Input, parse, refused
from web.hooks import Group, Link, hooks
from web.pages import FORM_REFUSALS, done, done_or_again, form_again, keep_nothing
from web.problems import status_of
from web.texts import gettext as _

DAY = timedelta(days=1)

routes = Blueprint("billing", __name__)
routes.after_request(keep_nothing)
routes.add_app_template_filter(kind_label, "line_kind")


class ClosingForm(Closing):
    """The same from a page; where ``some`` were to be chosen, none is not all."""

    some: bool = False

    @property
    def closing(self) -> Closing:
        if self.some and not self.payers:
            raise refuse(Invalid, "no-payer-chosen", "payers")
        return Closing(first_day=self.first_day, last_day=self.last_day, payers=self.payers)


class Turned(Input):
    """The part of an account's lines that is shown: those before this one."""

    before: RowId | None = None


def install(app: Flask) -> None:
    """Serve pages and API, and name the pages in the navigation."""
    app.register_blueprint(routes)
    app.register_blueprint(api.api)
    app.extensions[payments.TILL] = payments.till_named(app.extensions["settings"].payments)
    hooks(app).navigation.append(links)


def links() -> Iterator[Link]:
    """Everybody has an account of one's own, officers the periods."""
    actor = edge.actor()
    if actor.is_officer:
        yield Link(_("Faktura"), url_for("billing.periods_page"), "staff", group=Group.SUPPORT)
    if actor.person_id is not None:
        yield Link(_("Hva jeg betaler"), url_for("billing.own_account"), "account", group=Group.OWN)


@routes.get("/invoices")
def periods_page() -> str:
    """The periods, what is disputed, and the form that closes the next."""
    return _periods(Form(_last_month()))


@routes.get("/invoices/new")
def closing_page() -> ResponseReturnValue:
    """What closing a period would bill each payer, and the button that does it."""
    session, actor = edge.reading(), edge.actor()
    actor.require(actor.is_officer, "officer")
    try:
        closing = parse(Closing, request.args)
        found = foreseen(session, closing, by=actor, now=now())
    except FORM_REFUSALS as refusal:
        return _periods(refused(request.args, refusal.faults)), status_of(refusal)
    return render_template("billing/closing.html", closing=closing, shares=found)


@routes.post("/invoices")
def close() -> ResponseReturnValue:
    """Close it."""
    edge.actor().require(edge.actor().is_officer, "officer")
    try:
        period = edge.transact(close_period, parse(ClosingForm, request.form).closing)
    except FORM_REFUSALS as refusal:
        return _periods(refused(request.form, refusal.faults)), status_of(refusal)
    return done(_("Perioden er fakturert."), url_for("billing.period_page", period_id=period.id))


@routes.get("/invoices/<int:period_id>")
def period_page(period_id: int) -> str:
    """A period by payer, and the files for the finance system."""
    session, actor = edge.reading(), edge.actor()
    period = period_of(session, period_id, by=actor)
    lines, amount = totals(session, period)
    return render_template("billing/period.html", period=period, lines=lines, amount=amount, shares=shares(session, period, by=actor))


@routes.get("/invoices/<int:period_id>/lines.<any(csv, xlsx, json):kind>")
def period_file(period_id: int, kind: Format) -> Response:
    """The lines of a period as a file."""
    return api.handed_over(period_id, kind)


@routes.get("/account")
def own_account() -> str:
    """What one pays for oneself, and the ways to the accounts of the organisations that one acts for."""
    actor = edge.actor()
    person, named = actor.require_known(), names_of_organisations(edge.reading(), actor.organisations)
    return _account(Whose(person_id=person), represented=sorted(named.items(), key=lambda one: one[1]))


@routes.post("/account/payments")
def pay() -> ResponseReturnValue:
    """Begin to pay what one owes, or ask what became of what was begun."""
    actor, moment, database = edge.actor(), now(), edge.database()
    person, back = actor.require_known(), f"{current_app.extensions['settings'].public_url}{url_for('billing.own_account')}"
    begun = next((one for one in payments.payments_of(edge.reading(), person) if one.state is PaymentState.OPEN and one.address), None)
    edge.reading().rollback()
    if begun is None:
        payments.paid_through(_till(), database, back=back, by=actor, now=moment)
        return done(_("Trykk på lenken for å betale."), url_for("billing.own_account"))
    settled = payments.settled_through(_till(), database, begun, by=actor, now=moment)
    if settled.state is PaymentState.PAID:
        return done(_("Betalingen er kommet inn."), url_for("billing.own_account"))
    return done(_("Betalingen er ikke kommet inn."), url_for("billing.own_account"), kind="info")


@routes.get("/people/<int:person_id>/account")
def person_account(person_id: int) -> str:
    """What a person pays for what was booked in the person's own name, for officers."""
    whose = Whose(person_id=person_id)
    whose.require(edge.actor())
    person = edge.reading().get(Person, person_id)
    if person is None:
        raise refuse(Missing, "no-such-person", "person", person_id)
    return _account(whose, person=person)


@routes.get("/organisations/<int:organisation_id>/account")
def organisation_account(organisation_id: int) -> str:
    """An organisation's account, for those who act for it and officers."""
    return _organisation_account(organisation_id)


@routes.post("/organisations/<int:organisation_id>/account/terms")
def say_terms(organisation_id: int) -> ResponseReturnValue:
    """Say what stands on its invoices and who pays them."""
    return done_or_again(
        lambda: edge.transact(set_terms, organisation_id, parse(TermsInput, request.form)),
        lambda form: _organisation_account(organisation_id, form),
        _("Endringen er lagret."),
        url_for("billing.organisation_account", organisation_id=organisation_id),
    )


@routes.get("/bookings/<reference>/occurrences/<int:number>/cost")
def cost_page(reference: str, number: int) -> str:
    """What one date costs and was billed for, and what was said about that."""
    return render_template("billing/cost.html", form=Form({}), **_cost(reference, number))


@routes.post("/bookings/<reference>/occurrences/<int:number>/dispute")
def raise_dispute(reference: str, number: int) -> ResponseReturnValue:
    """Say that it should cost something else."""
    booking = booking_seen(edge.reading(), reference, by=edge.actor())
    try:
        edge.transact(dispute, booking.id, number, parse(Objection, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("billing/cost.html", refusal, **_cost(reference, number))
    return done(_("Vi ser på det. Datoen blir ikke fakturert før du har fått svar."), _cost_url(reference, number))


@routes.post("/bookings/<reference>/occurrences/<int:number>/cost")
def answer_dispute(reference: str, number: int) -> ResponseReturnValue:
    """Answer what is disputed, correct the price, or both."""
    booking = booking_seen(edge.reading(), reference, by=edge.actor())
    try:
        edge.transact(settle_price, booking.id, number, parse(Ruling, request.form))
    except FORM_REFUSALS as refusal:
        return form_again("billing/cost.html", refusal, **_cost(reference, number))
    return done(_("Svaret er lagret."), _cost_url(reference, number))


def _till() -> payments.Till:
    found: payments.Till | None = current_app.extensions[payments.TILL]
    if found is None:
        raise refuse(Missing, "no-till")
    return found


def _last_month() -> dict[str, date]:
    """The month before this one, which is what is billed most often."""
    last = to_wall(now(), municipality(edge.reading()).zone).date().replace(day=1) - DAY
    return {"first_day": last.replace(day=1), "last_day": last}


def _periods(form: Form) -> str:
    session, actor = edge.reading(), edge.actor()
    return render_template("billing/periods.html", form=form, periods=periods(session, by=actor), disputes=disputed(session, by=actor))


def _organisation_account(organisation_id: int, form: Form | None = None) -> str:
    session, whose = edge.reading(), Whose(organisation_id=organisation_id)
    whose.require(edge.actor())
    organisation, terms = organisations.organisation_of(session, organisation_id), terms_of(session, organisation_id)
    payer = terms.payer if terms else None
    said = {"reference": terms.reference if terms else "", "payer": payer.number or "" if payer else ""}
    return _account(whose, organisation=organisation, terms=terms, seen=seen_of(terms), form=form or Form(said))


def _account(whose: Whose, **more: Any) -> str:
    session, actor, moment = edge.reading(), edge.actor(), now()
    lines = lines_of(session, whose, before=parse(Turned, request.args).before, by=actor)
    left = unbilled(session, whose, by=actor, now=moment)
    return render_template(
        "billing/account.html",
        summed=account(session, whose, by=actor, now=moment),
        lines=lines[:MOST_SHOWN],
        older=lines[MOST_SHOWN - 1].id if len(lines) > MOST_SHOWN else None,
        left=left[:MOST_SHOWN],
        is_cut=len(left) > MOST_SHOWN,
        is_officer=actor.is_officer,
        **_paying(whose),
        **({"form": Form({}), "person": None, "organisation": None, "represented": ()} | more),
    )


def _paying(whose: Whose) -> dict[str, Any]:
    """What a person owes and has paid, where there is a way to pay; asked of nobody else's account."""
    if whose.person_id is None or current_app.extensions[payments.TILL] is None:
        return {"owing": None, "payments": ()}
    session = edge.reading()
    return {"owing": payments.owing(session, whose.person_id), "payments": payments.payments_of(session, whose.person_id)}


def _cost(reference: str, number: int) -> dict[str, Any]:
    """What the page of a date's cost shows; a use that nobody pays for has none. Caretakers have no part in it."""
    session, actor = edge.reading(), edge.actor()
    booking = booking_seen(session, reference, by=actor)
    actor.require(is_applicant(booking, actor) or actor.is_officer, "officer")
    date = occurrence_of(booking, number)
    found = priced(session, date)
    if found is None:
        raise refuse(Missing, "no-price", "number", number)
    return {"booking": booking, "date": date, "priced": found, "is_theirs": acts_on(booking, actor), "is_officer": actor.is_officer}


def _cost_url(reference: str, number: int) -> str:
    return url_for("billing.cost_page", reference=reference, number=number)
