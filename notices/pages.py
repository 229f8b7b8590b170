"""The page of notices that did not get through, so that an officer can call whom they were for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import edge
from accounts.identity import Actor
from accounts.models import Person
from booking.models import Booking
from notices.waiting import failed
from web.hooks import Link, hooks
from web.texts import gettext as _

routes = Blueprint("notices", __name__)


@dataclass(frozen=True, slots=True)
class Lost:
    """A notice that was given up: its kind, to whom, about which booking, since when."""

    kind: str
    person: Person | None
    reference: str
    since: datetime


def install(app: Flask) -> None:
    """Serve the page and name it in the navigation of officers."""
    app.register_blueprint(routes)
    hooks(app).navigation.append(links)


def links() -> Iterator[Link]:
    """Officers have the list."""
    if edge.actor().is_officer:
        yield Link(_("Tapte varsler"), url_for("notices.lost_page"), "staff")


@routes.get("/notices")
def lost_page() -> str:
    """What was given up, oldest first."""
    return render_template("notices/lost.html", lost=lost(edge.reading(), by=edge.actor()))


def lost(session: Session, *, by: Actor) -> list[Lost]:
    """The notices that were given up, with whom they were for, in three statements; for officers."""
    found = failed(session, by=by)
    people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_({one.person_id for one in found})))}
    booked = select(Booking.id, Booking.reference).where(Booking.id.in_({one.booking_id for one in found}))
    references = {row.id: row.reference for row in session.execute(booked)}
    return [Lost(one.kind, people.get(one.person_id or 0), references.get(one.booking_id or 0, ""), one.created_at) for one in found]
