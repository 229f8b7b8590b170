"""Pages of what the registers say, for officers: all organisations, what waits to be looked at, a change taken or left."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge, queries
from accounts.inputs import SearchInput
from accounts.organisations import organisation_of
from accounts.pages.blueprint import routes
from accounts.register.edge import register
from accounts.register.keeping import settle_review
from accounts.register.queries import following, open_reviews
from kernel.errors import Missing, refuse
from kernel.fetching import Unfetched
from web.forms import Form, parse
from web.pages import done
from web.texts import gettext as _


@routes.get("/register")
def register_page() -> str:
    """For officers: who waits to be confirmed, what the registers say otherwise, and a search of all organisations."""
    actor, session, wanted = edge.actor(), edge.reading(), parse(SearchInput, request.args).q
    return render_template(
        "accounts/register.html",
        waiting=queries.waiting_delegations(session, by=actor),
        reviews=open_reviews(session, by=actor),
        following=following(session),
        is_asked=register().client is not None,
        found=queries.find_organisations(session, wanted, by=actor),
        wanted=wanted,
        form=Form({"q": wanted}),
    )


@routes.post("/organisations/<int:organisation_id>/reading")
def read_register(organisation_id: int) -> ResponseReturnValue:
    """Read all of it anew, at an officer's wish; where the register does not answer, what was read stands."""
    actor = edge.actor()
    actor.require(actor.is_officer, "officer")
    organisation, page = (
        organisation_of(edge.reading(), organisation_id),
        url_for("accounts.organisation_page", organisation_id=organisation_id),
    )
    if organisation.number is None:
        raise refuse(Missing, "no-such-organisation", "organisation", organisation_id)
    try:
        register().refresh(organisation.number, by=actor)
    except Unfetched as failure:
        return done(_("Registeret svarte ikke som det skulle (%(code)s). Det som er lest før, står.", code=failure.code), page)
    return done(_("Registeret er lest på nytt."), page)


@routes.post("/reviews/<int:review_id>/settlement")
def settle(review_id: int) -> ResponseReturnValue:
    """Take what the register says, or leave what is."""
    is_taken = request.form.get("is_taken") == "yes"
    review = edge.transact(settle_review, review_id, is_taken=is_taken)
    said = _("Endringen gjelder fra nå av.") if is_taken else _("Det blir som det er.")
    return done(said, url_for("accounts.organisation_page", organisation_id=review.organisation_id))
