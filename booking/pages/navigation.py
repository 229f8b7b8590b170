"""The entries of the navigation that lead to rooms and bookings."""

from collections.abc import Iterator

from flask import url_for

from accounts import edge
from accounts.identity import Role
from web.hooks import Link
from web.texts import gettext as _


def links() -> Iterator[Link]:
    """Find a room for everybody, mine for those signed in, the inbox for officers, the calendar and the day for caretakers."""
    actor = edge.actor()
    yield Link(_("Finn rom"), url_for("booking.find"))
    if actor.person_id is not None:
        yield Link(_("Mine bookinger"), url_for("booking.mine"))
    if actor.is_officer:
        yield Link(_("Innboks"), url_for("booking.office"), "staff")
    if actor.is_officer or Role.CARETAKER in actor.roles:
        yield Link(_("Kalender"), url_for("booking.calendar"), "staff")
        yield Link(_("Vaktliste"), url_for("booking.caretaker"), "staff")
