"""Giving back a period: which dates of an organisation it would be, what that costs, and the button that does it."""

from datetime import datetime
from typing import Annotated

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from accounts import edge, organisations
from accounts.models import Organisation
from booking.displacing import sign_of
from booking.ending import costs_of
from booking.fees import Cost, sum_of
from booking.models import Booking, Occurrence
from booking.pages.blueprint import routes
from booking.pages.undo import way_back
from booking.releasing import Period, releasable, release
from kernel.clock import now
from kernel.errors import Invalid, Refusal
from venues.queries import municipality
from web.fields import Day
from web.forms import Form, Input, parse, refused
from web.pages import FORM_REFUSALS, done
from web.problems import status_of
from web.texts import ngettext

PERIOD = ("first_day", "last_day", "teams")


class Released(Input):
    """The period, and the teams whose dates are meant: none for all."""

    first_day: Day
    last_day: Day
    teams: Annotated[list[str], Field(max_length=100)] = Field(default_factory=list)

    @property
    def period(self) -> Period:
        return Period(first=self.first_day, last=self.last_day, teams=self.teams)


class Release(Released):
    """What was seen, which alone is given back, when the page told what that costs, and why."""

    seen: Annotated[str, Field(max_length=16)]
    reason: Annotated[str, Field(max_length=500)] = ""
    without_fee: bool = False
    told_at: AwareDatetime | None = None


@routes.get("/organisations/<int:organisation_id>/releases")
def release_page(organisation_id: int) -> ResponseReturnValue:
    """Which period; then which dates that is, and what giving them back costs."""
    organisation = _seen(organisation_id)
    if "first_day" not in request.args:
        return _page(organisation, Form({}))
    try:
        return _page(organisation, Form(request.args), parse(Released, request.args).period)
    except FORM_REFUSALS as refusal:
        return _page(organisation, refused(request.args, refusal.faults)), status_of(refusal)


@routes.post("/organisations/<int:organisation_id>/releases")
def release_period(organisation_id: int) -> ResponseReturnValue:
    """Give back the dates that were shown."""
    organisation = _seen(organisation_id)
    try:
        given = parse(Release, request.form)
        said = given.model_dump(include={"seen", "reason", "without_fee", "told_at"})
        bookings = edge.transact(release, organisation.id, given.period, **said)
    except FORM_REFUSALS as refusal:
        return _again(organisation, refusal), status_of(refusal)
    message = ngettext("Datoene er gitt tilbake, i %(num)d booking.", "Datoene er gitt tilbake, i %(num)d bookinger.", len(bookings))
    return done(message, url_for("booking.mine"), back=way_back("organisation", organisation.id))


def _again(organisation: Organisation, refusal: Refusal) -> str:
    """The period as it stands now, with what was in the way."""
    form = refused(request.form, refusal.faults)
    try:
        period = parse(Released, MultiDict(pair for pair in request.form.items(multi=True) if pair[0] in PERIOD)).period
    except Invalid:
        return _page(organisation, form)
    return _page(organisation, form, period)


def _seen(organisation_id: int) -> Organisation:
    actor = edge.actor()
    actor.require(actor.is_officer or actor.acts_for(organisation_id), "delegate")
    return organisations.organisation_of(edge.reading(), organisation_id)


def _page(organisation: Organisation, form: Form, period: Period | None = None) -> str:
    session, actor, moment = edge.reading(), edge.actor(), now()
    dates = releasable(session, organisation.id, period, by=actor, now=moment) if period else ()
    costs = _costs(list(dates), moment)
    return render_template(
        "booking/releases.html",
        organisation=organisation,
        form=form,
        period=period,
        dates=dates,
        seen=sign_of(dates),
        told_at=moment,
        costs=costs,
        cost=sum_of(costs),
        teams=_teams(organisation, moment),
        home=municipality(session),
        actor=actor,
    )


def _costs(dates: list[Occurrence], moment: datetime) -> list[Cost]:
    """What giving them back costs, where a rule says so; two statements for each booking."""
    bookings = {date.booking_id: date.booking for date in dates}
    found = (costs_of(edge.reading(), bookings[one], [date for date in dates if date.booking_id == one], now=moment) for one in bookings)
    return [cost for each in found for cost in each.values()]


def _teams(organisation: Organisation, moment: datetime) -> list[str]:
    """The teams that have dates ahead."""
    found = select(Booking.team).join(Occurrence, Occurrence.booking_id == Booking.id)
    ahead = found.where(Booking.organisation_id == organisation.id, Occurrence.starts_at > moment).distinct()
    return sorted(team for team in edge.reading().scalars(ahead) if team)
