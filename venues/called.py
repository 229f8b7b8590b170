"""Called: rooms inside sentences, by their addresses, as people call them."""

from collections.abc import Iterable, Mapping

from flask import g, has_request_context
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from accounts import edge
from venues.models import Room, Venue
from web.texts import gettext
from web.written import listed

MOST_NAMED = 5


def rooms_called(text: str) -> str:
    """Rooms of addresses with commas between, by venue: ``Øren flerbrukshall (Gymsal 1, Gymsal 2) eller Fjell skole (Aula)``.

    Of many the first are named; an address that leads nowhere stands as it is. Within a request each text is asked for once.
    """
    if not has_request_context():
        with edge.database().reading() as session:
            return _told(text.split(", "), _names(session, text.split(", ")))
    if "rooms_called" not in g:
        g.rooms_called = {}
    if text not in g.rooms_called:
        g.rooms_called[text] = _names(edge.reading(), text.split(", "))
    return _told(text.split(", "), g.rooms_called[text])


def _names(session: Session, paths: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Venue and room by address; one statement."""
    pairs = [tuple(path.partition("/")[::2]) for path in paths]
    columns = select(Venue.slug, Room.slug, Venue.name, Room.name).join(Room, Room.venue_id == Venue.id)
    return {
        f"{venue}/{room}": (its, name)
        for venue, room, its, name in session.execute(columns.where(tuple_(Venue.slug, Room.slug).in_(pairs)))
    }


def _told(paths: list[str], names: Mapping[str, tuple[str, str]]) -> str:
    by_venue: dict[str, list[str]] = {}
    for path in paths[:MOST_NAMED]:
        venue, room = names.get(path, (path, ""))
        by_venue.setdefault(venue, []).append(room)
    said = [f"{venue} ({', '.join(rooms)})" if any(rooms) else venue for venue, rooms in by_venue.items()]
    rest = len(paths) - MOST_NAMED
    return ", ".join(said) + " " + gettext("og %(count)s til", count=rest) if rest > 0 else listed(said)
