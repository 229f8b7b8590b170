"""The caretaker's page: today and tomorrow at one's venues, to read on a phone or print on one sheet."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flask import render_template, request, url_for

from accounts import edge
from accounts.identity import Role
from accounts.personal import looks
from booking.pages.blueprint import routes
from booking.pages.calendar import day_of, venues_of
from booking.rounds.days import Round, rounds
from booking.tasks import reports
from kernel.clock import now
from kernel.errors import Refusal
from kernel.wallclock import to_wall
from venues.models import Venue
from web.formats import HOME_ZONE
from web.forms import Form

DAY = timedelta(days=1)


@routes.get("/caretaker")
def caretaker() -> str:
    """What happens at my venues on two days: openings, set-ups, first in, last out, whom to ring."""
    return page_of(request.args.get("day", ""), Form({}))


def page_of(day: str, form: Form, *, refusal: Refusal | None = None, typed: str = "") -> str:
    """The page from that day on, with what was typed in the form ``typed`` and why it was refused."""
    mine, chosen = _venues()
    today = to_wall(now(), HOME_ZONE).date()
    first = day_of(day, today)
    days = rounds(edge.reading(), chosen, [first, first + DAY], today=today)
    _looked_at(round for _day, found in days for round in found)
    return render_template(
        "booking/caretaker.html",
        actor=edge.actor(),
        venues=mine,
        reports=reports(edge.reading(), by=edge.actor()),
        chosen=chosen,
        days=days,
        first=first,
        today=today,
        printed_at=now(),
        previous=_ahead(first - 2 * DAY, chosen, mine),
        following=_ahead(first + 2 * DAY, chosen, mine),
        form=form,
        refusal=refusal,
        typed=typed,
    )


@routes.get("/caretaker/sheet")
def day_sheet() -> str:
    """One day of my round on one sheet of paper, as it is sent in the morning."""
    mine, chosen = _venues()
    today = to_wall(now(), HOME_ZONE).date()
    day = day_of(request.args.get("day", ""), today)
    [(_day, found)] = rounds(edge.reading(), chosen, [day], today=today)
    _looked_at(found)
    return render_template(
        "booking/sheet.html",
        rounds=found,
        day=day,
        printed_at=now(),
        venue=_only(chosen, mine),
        previous=day - DAY,
        following=day + DAY,
    )


def _venues() -> tuple[Sequence[Venue], Sequence[Venue]]:
    """The venues that I look after, and those of them that the address chooses: all where it names none."""
    actor = edge.actor()
    actor.require(actor.is_officer or Role.CARETAKER in actor.roles, "caretaker")
    mine = venues_of(edge.reading(), actor)
    return mine, [venue for venue in mine if venue.slug == request.args.get("venue")] or mine


def _looked_at(found: Iterable[Round]) -> None:
    """Whom one can ring from the page."""
    looks.shown(*(use.date.booking.holder_id for one in found for use in (*one.uses, *one.lost)))


def _ahead(day: date, chosen: Sequence[Venue], mine: Sequence[Venue]) -> str:
    return url_for("booking.caretaker", day=day.isoformat(), venue=_only(chosen, mine))


def _only(chosen: Sequence[Venue], mine: Sequence[Venue]) -> str | None:
    """The one venue of several that was chosen."""
    return chosen[0].slug if len(chosen) == 1 and len(mine) > 1 else None
