"""The caretaker's page: today and tomorrow at one's venues, to read on a phone or print on one sheet."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template, request, url_for
from sqlalchemy import select

from accounts import edge
from accounts.identity import Actor, Role
from booking.pages.blueprint import routes
from booking.pages.rounds import rounds
from booking.tasks import reports
from kernel.clock import now
from kernel.errors import Invalid
from kernel.wallclock import parse_day, to_wall
from venues.models import Venue
from web.formats import HOME_ZONE

DAY = timedelta(days=1)


@routes.get("/caretaker")
def caretaker() -> str:
    """What happens at my venues on two days: openings, set-ups, first in, last out, whom to ring."""
    actor = edge.actor()
    actor.require(actor.is_officer or Role.CARETAKER in actor.roles, "caretaker")
    mine = _venues(actor)
    chosen = [venue for venue in mine if venue.slug == request.args.get("venue")] or list(mine)
    today = to_wall(now(), HOME_ZONE).date()
    first = _day(request.args.get("day", ""), today)
    days = rounds(edge.reading(), chosen, [first, first + DAY], today=today)
    return render_template(
        "booking/caretaker.html",
        venues=mine,
        reports=reports(edge.reading(), by=actor),
        chosen=chosen,
        days=days,
        first=first,
        today=today,
        printed_at=now(),
        previous=_ahead(first - 2 * DAY, chosen, mine),
        following=_ahead(first + 2 * DAY, chosen, mine),
    )


def _venues(actor: Actor) -> Sequence[Venue]:
    """A caretaker's own venues, all of them for officers."""
    query = select(Venue).where(Venue.retired_at.is_(None)).order_by(Venue.name)
    return edge.reading().scalars(query if actor.is_officer else query.where(Venue.id.in_(sorted(actor.venues)))).all()


def _day(written: str, today: date) -> date:
    try:
        return parse_day(written, "day") if written else today
    except Invalid:
        return today


def _ahead(day: date, chosen: Sequence[Venue], mine: Sequence[Venue]) -> str:
    venue = chosen[0].slug if len(chosen) == 1 and len(mine) > 1 else None
    return url_for("booking.caretaker", day=day.isoformat(), venue=venue)
