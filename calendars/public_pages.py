"""Public pages: what is on for all, day by day, the snippet of it that other pages frame, and how they do so."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from accounts.edge import actor, database, reading
from booking.pages.labels import age_group
from booking.public import GROUPS
from calendars.listed import Listing, listing
from calendars.standing import Address, Standing, standing_of
from calendars.whatson import KINDS, Among
from calendars.window import today_in
from kernel.clock import now
from kernel.errors import Invalid, Refusal
from kernel.wallclock import parse_day
from policies.labels import activity
from venues.queries import districts, venues_in_use
from web.forms import Form, refused
from web.hooks import Link, hooks
from web.language import choose

MOST_DAYS = 31
FRAMED_DAYS = 14

routes = Blueprint("what_is_on", __name__)


def install(app: Flask) -> None:
    """Serve the pages and name them in the navigation."""
    app.register_blueprint(routes)
    hooks(app).navigation.append(lambda: [Link(gettext("Det skjer"), "/open")])


@routes.get("/open")
def page() -> str | Response:
    """What is on: a week of it, in a part of the municipality, for an age group, of a kind."""
    among, (first, form) = _among(), _first()
    session, found = reading(), _standing(among)
    shown = listing(session, found, first=first, cancelled_days=_cancelled_days(), now=now())
    page = render_template(
        "calendars/open.html",
        form=form,
        among=among,
        name=found.name if among.venue or among.district else "",
        shown=shown,
        ways=_ways(shown, among),
        choices=_choices(among),
        may_embed=actor().is_staff,
        today=today_in(found.zone, now()),
    )
    return Response(page, status=422) if form.faults else page


@routes.get("/open/embedding")
def embedding() -> str:
    """How other pages frame it: what to choose, and the code for them."""
    actor().require(actor().is_staff, "officer")
    among = _among()
    _standing(among)
    query = urlencode(among.query | {"lang": choose()})
    settings = current_app.extensions["settings"]
    return render_template(
        "calendars/embedding.html",
        form=Form(request.args),
        choices=_choices(among),
        address=f"{settings.public_url}/embed/open?{query}",
        seen=f"/embed/open?{query}",
        page=f"{settings.public_url}/open?{query}",
        feed=f"{settings.public_url}{among.feed}.ics",
        origins=settings.embed_in.split(),
    )


@routes.get("/embed/open")
def snippet() -> AnyResponse:
    """The same for pages of others, without cookies or script; what it does not know in its address it ignores."""
    try:
        among, (first, _) = _among(), _first()
        shown = listing(reading(), _standing(among), first=first, days=_days(), cancelled_days=_cancelled_days(), now=now())
        body, status = render_template("calendars/embed.html", shown=shown, among=among, ways=_ways(shown, among)), 200
    except Refusal as refusal:
        body, status = render_template("calendars/embed.html", shown=None, among=Among(), ways={}), refusal.status
    answer = Response(body, status)
    answer.headers.update({"Cache-Control": "public, max-age=300", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"})
    answer.vary.add("Accept-Encoding")
    answer.add_etag()
    return answer.make_conditional(request)


def _among() -> Among:
    return Among(**{name: request.args.get(name, "")[:80] for name in ("venue", "district", "age", "kind")})


def _first() -> tuple[date | None, Form]:
    """From which day, and the form with what is wrong with it."""
    try:
        given = request.args.get("from", "").strip()
        return (parse_day(given, "from") if given else None), Form(request.args)
    except Invalid as invalid:
        return None, refused(request.args, invalid.faults)


def _days() -> int:
    given = request.args.get("days", "")
    return min(max(int(given), 1), MOST_DAYS) if given.isdecimal() and len(given) < 4 else FRAMED_DAYS


def _cancelled_days() -> int:
    return int(current_app.extensions["settings"].feed_cancelled_days)


def _standing(among: Among) -> Standing:
    return standing_of(database().glances, Address.open_to_all(among), now=now())


def _ways(shown: Listing, among: Among) -> dict[str, str]:
    """The addresses of the pages before and after, and of the next day with anything on it."""
    days = {"earlier": shown.earlier, "later": shown.later, "next_on": shown.next_on}
    kept = {name: request.args[name] for name in ("lang", "days") if name in request.args}
    return {name: f"{request.path}?{urlencode(among.query | {'from': day} | kept)}" for name, day in days.items() if day}


def _choices(among: Among) -> Mapping[str, Any]:
    """What can be chosen: places, and kinds but for those that narrow another; two statements."""
    session = reading()
    kinds = [slug for slug, kind in KINDS.items() if "." not in kind or slug == among.kind]
    return {
        "districts": [(one.slug, one.name) for one in districts(session)],
        "venues": [(one.slug, one.name) for one in venues_in_use(session)],
        "ages": [(slug, age_group(group)) for slug, group in GROUPS.items()],
        "kinds": [(slug, activity(KINDS[slug])) for slug in kinds],
    }
