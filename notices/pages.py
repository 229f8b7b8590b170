"""The pages that links in notices lead to: what one is asked, one button that does it, and what came of it. Looking changes nothing."""

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from booking.edge import accepted
from booking.models import Booking
from booking.undo import last_act
from kernel.clock import now
from kernel.errors import Conflict, Forbidden, Gone, Missing, Refusal
from notices.answers import PURPOSES, about, answer, hand_of, told, vain
from notices.links import Link, link_of, path_of, to_undo
from venues.queries import municipality
from web import problems
from web.guards import by_address, has_cookie
from web.hooks import Back
from web.pages import done

routes = Blueprint("notices", __name__)


def install(app: Flask) -> None:
    """Serve the pages."""
    app.register_blueprint(routes)


@routes.after_request
def keep_secret(response: Response) -> Response:
    """The address of such a page is a secret: no cache keeps it, no other site is told it, no search finds it."""
    response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"})
    return response


@routes.get("/answers/<token>")
def answer_page(token: str) -> str:
    """What is asked, and the button that answers; scanners of mail open it as often as they like."""
    link = link_of(token, _secret())
    found = about(edge.reading(), link, now=now())
    purpose = PURPOSES[link.purpose]
    return render_template("notices/answer.html", purpose=purpose, action=request.path, found=found, expires_at=link.expires_at)


@routes.post("/answers/<token>")
@by_address
def give_answer(token: str) -> ResponseReturnValue:
    """Do what the link is for."""
    link = link_of(token, _secret())
    changed = accepted(answer, link, vain=vain) if link.purpose == "accept" else edge.transact(answer, link)
    back = _way_back(link, changed) if changed else None
    answer_to = done(told(edge.reading(), link), url_for("notices.answered"), back=back)
    # What was done is told on the next page by a cookie, or else at once.
    return answer_to if has_cookie() else answered()


@routes.get("/answers")
def answered() -> str:
    """Where one is after answering; the message above says what was done."""
    return render_template("notices/answered.html", home=municipality(edge.reading()))


@routes.errorhandler(Gone)
@routes.errorhandler(Missing)
@routes.errorhandler(Conflict)
@routes.errorhandler(Forbidden)
def ended(refusal: Refusal) -> ResponseReturnValue:
    """A link that ran out, was used, or is none of ours, or something that cannot be done any more, or not by its reader: why, and the
    way on."""
    page = render_template("notices/ended.html", faults=refusal.faults, home=municipality(edge.reading()))
    return page, problems.status_of(refusal)


def _way_back(link: Link, changed: Booking) -> Back | None:
    """The link that undoes what a link did, for who has not signed in."""
    session = edge.reading()
    act = last_act(session, "booking", changed.id, by=hand_of(session, link), now=now())
    return Back(path_of(to_undo(act.id, link.person_id, act.until), _secret()), act.until) if act else None


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
