"""Deciding: a request beside the room's week and what the policy says of it, granted or refused on one page."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import dropwhile, islice
from typing import Annotated

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from accounts import edge
from accounts.personal import looks
from booking import decisions
from booking.alternatives import MARK, offers_instead
from booking.cases import booking_seen
from booking.lifecycle import WAITING
from booking.models import Booking
from booking.nearness import MOST
from booking.pages.blueprint import routes
from booking.pages.board import Waiting, waiting
from booking.pages.case import REFUSALS, Version
from booking.pages.competing import asked, contest_of
from booking.pages.room import looking_at, monday_of
from booking.pages.talk import changed_meanwhile, held_by, talk_of
from booking.pages.told import told_booking
from booking.pages.undo import way_back
from booking.pages.week import week_of
from booking.preferring import Choice, prefer
from kernel.clock import now
from kernel.errors import Refusal
from web import language, problems
from web.fields import Prose
from web.forms import Form, parse, refused
from web.pages import done
from web.texts import gettext as _

WEEK = timedelta(days=7)


class Decision(Version):
    """An approval: a word to the holder, if any; why exceptions are granted, if some are asked for; why others, whose dates
    were ``seen``, do not get the time, and what they were seen to be ``offered`` instead."""

    note: Annotated[Prose, Field(max_length=2000)] = ""
    grounds: Annotated[Prose, Field(max_length=2000)] = ""
    others: Annotated[Prose, Field(max_length=2000)] = ""
    seen: Annotated[str | None, Field(max_length=40)] = None
    offered: Annotated[list[Annotated[str, Field(pattern=rf"^\d{{1,9}}/({MARK})?$")]], Field(max_length=20)] = Field(default_factory=list)


class Reason(Version):
    """Why it is refused, and whether what else was ``offered`` on the page is proposed with it."""

    reason: Annotated[Prose, Field(max_length=2000)] = ""
    proposes: bool = False
    offered: Annotated[list[Annotated[str, Field(pattern=rf"^{MARK}$")]], Field(max_length=MOST)] = Field(default_factory=list)


@routes.get("/office/requests/<reference>")
def request_page(reference: str) -> str:
    """A request beside the room's week, what the policy says of it, and whom it meets."""
    edge.actor().require(edge.actor().is_staff, "officer")
    return page_of(_seen(reference), Form({}))


@routes.post("/bookings/<reference>/approval")
def approve(reference: str) -> ResponseReturnValue:
    """Grant a request."""

    def grant(booking: Booking) -> None:
        edge.transact(prefer, booking.id, Choice(**parse(Decision, request.form).model_dump()))

    return _decide(reference, grant, _("Forespørselen er innvilget."))


@routes.post("/bookings/<reference>/refusal")
def decline(reference: str) -> ResponseReturnValue:
    """Refuse a request with a reason."""

    def refuse(booking: Booking) -> None:
        given = parse(Reason, request.form)
        proposes = given.offered if given.proposes else None
        edge.transact(decisions.decline, booking.id, reason=given.reason, proposes=proposes, version=given.version)

    return _decide(reference, refuse, _("Forespørselen er avslått."))


def _seen(reference: str) -> Booking:
    return booking_seen(edge.reading(), reference, by=edge.actor())


def _decide(reference: str, act: Callable[[Booking], None], message: str) -> ResponseReturnValue:
    """Do it and go on to the next in the inbox; when it was refused, the request as it stands now, with what was typed."""
    booking = _seen(reference)
    try:
        act(booking)
    except REFUSALS as refusal:
        if not edge.actor().is_staff:
            raise
        form = refused(request.form, refusal.faults)
        return Response(page_of(_seen(reference), form, refusal), status=problems.status_of(refusal))
    return done(message, url_for("booking.office"), back=way_back("booking", booking.id))


def page_of(booking: Booking, form: Form, refusal: Refusal | None = None) -> str:
    """The page of a request, with what was typed and why it was refused."""
    actor, session = edge.actor(), edge.reading()
    told = told_booking(session, booking, by=actor, language=language.choose(), now=now())
    listed = waiting(session, actor, now=now())
    contest = contest_of(session, booking, told.verdicts, by=actor, now=now())
    first = next((date for date in booking.occurrences if date.state in WAITING), booking.occurrences[0])
    to_offer = next((date for date in booking.occurrences if date.state in WAITING and date.starts_at > now()), None)
    # Of a time that somebody has, the rest may still be offered; one that is free is refused itself.
    apart = not contest.standing
    monday = monday_of(request.args.get("week", ""), first.local_start.date())
    looks.shown(booking.holder_id)
    return render_template(
        "booking/request.html",
        booking=booking,
        told=told,
        waiting=listed,
        onward=_onward(booking, listed),
        contest=contest,
        offers=offers_instead(session, booking, to_offer, apart=apart, now=now()) if told.may_decide and to_offer else (),
        monday=monday,
        sunday=monday + WEEK - timedelta(days=1),
        grid=week_of(session, first.room, monday, looking_at(first.room), also=list(asked(booking, contest))),
        previous=_week(booking, monday - WEEK),
        following=_week(booking, monday + WEEK),
        room=first.room,
        form=form,
        refusal=refusal,
        changes=changed_meanwhile(session, booking, refusal, by=actor),
        talk=talk_of(session, booking, by=actor),
        held=held_by(booking, form),
        now=now(),
        actor=actor,
    )


def _onward(booking: Booking, listed: Sequence[Waiting]) -> str:
    """The next request on the board; nothing after the last."""
    after = dropwhile(lambda one: one.booking.id != booking.id, listed)
    following = next(islice(after, 1, None), None)
    return url_for("booking.request_page", reference=following.booking.reference) if following else ""


def _week(booking: Booking, monday: date) -> str:
    return url_for("booking.request_page", reference=booking.reference, week=monday.isoformat(), _anchor="week")
