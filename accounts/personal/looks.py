"""Looks: who saw the telephone number or the address of whom, once a day for each, written after the page was made."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Flask, Response, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from accounts import edge
from accounts.identity import Actor
from accounts.models import Person
from accounts.personal.models import ContactLook
from database.transact import Database
from kernel.clock import now
from kernel.errors import Busy
from kernel.wallclock import to_wall
from web.formats import HOME_ZONE

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody was looked up: when, by whom (a key and a name), at which page first."""

    on_day: date
    viewer_id: int
    viewer: str
    place: str


def install(app: Flask) -> None:
    """Write what pages showed, once they are answered."""
    app.after_request(_written_down)


def shown(*people: int | None) -> None:
    """Say that the answer to this request shows how to reach these people; oneself does not count."""
    me = edge.actor().person_id
    if me is not None:
        g.setdefault("shown_people", set()).update(one for one in people if one is not None and one != me)


def note_looks(session: Session, viewer: int, people: Collection[int], place: str, *, day: date) -> None:
    """Note that a viewer saw how to reach people that day; again on the same day it is not noted again."""
    missing = set(people) - seen_today(session, viewer, people, day)
    session.add_all(ContactLook(person_id=one, viewer_id=viewer, on_day=day, place=place[:80]) for one in sorted(missing))
    session.flush()


def seen_today(session: Session, viewer: int, people: Collection[int], day: date) -> set[int]:
    """Which of the people the viewer has seen already that day."""
    rows = select(ContactLook.person_id).where(ContactLook.viewer_id == viewer, ContactLook.on_day == day)
    return set(session.scalars(rows.where(ContactLook.person_id.in_(people))))


def looks_at(session: Session, person_id: int, *, by: Actor) -> Sequence[Look]:
    """Who looked at a person's contact details, the latest first: for that person and administrators."""
    by.require(by.is_administrator or by.person_id == person_id, "administrator")
    viewer = aliased(Person)
    query = select(ContactLook, viewer.name).join(viewer, viewer.id == ContactLook.viewer_id).where(ContactLook.person_id == person_id)
    found = session.execute(query.order_by(ContactLook.on_day.desc(), viewer.name).limit(MOST_SHOWN))
    return [Look(row.on_day, row.viewer_id, name, row.place) for row, name in found]


def _written_down(response: Response) -> Response:
    """A reader does not wait for a writer: it is written once the answer is sent. An answer that fails showed nothing."""
    people = frozenset(g.get("shown_people", ()))
    viewer = edge.actor().person_id if people else None
    if people and viewer is not None and response.status_code < 400:
        database, place, day = edge.database(), request.endpoint or "", to_wall(now(), HOME_ZONE).date()
        response.call_on_close(lambda: _note(database, viewer, people, place, day))
    return response


def _note(database: Database, viewer: int, people: frozenset[int], place: str, day: date) -> None:
    with database.reading() as session:
        missing = people - seen_today(session, viewer, people, day)
    try:
        if missing:
            database.transact(note_looks, viewer, missing, place, day=day)
    except Busy:
        return  # the next look of the day notes it
