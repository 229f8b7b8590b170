"""Who may see the pages on which staff change what is known, and of which venue that is: the verbs behind them ask again."""

from collections.abc import Mapping

from flask import request
from sqlalchemy import select

from accounts import edge
from kernel.errors import Missing, refuse
from venues.models import Closure, OnSite, Photo, Resource, SchoolPeriod, Venue

# What an address below a venue names by its number, and the code where the venue has no such.
ROWS: Mapping[str, tuple[type[Closure | OnSite | Photo | Resource | SchoolPeriod], str]] = {
    "closure": (Closure, "unknown-closure"),
    "contact": (OnSite, "unknown-contact"),
    "photo": (Photo, "unknown-photo"),
    "period": (SchoolPeriod, "unknown-school-period"),
    "resource": (Resource, "unknown-resource"),
}


def require_of_venue() -> None:
    """Before every request: what is another venue's is not reached through the address of this one; raises Missing."""
    given = request.view_args or {}
    for name in ROWS.keys() & given.keys() if "venue" in given else ():
        row, code = ROWS[name]
        here = select(row.id).join(Venue, Venue.id == row.venue_id).where(Venue.slug == given["venue"], row.id == given[name])
        if edge.reading().scalar(here) is None:
            raise refuse(Missing, code, name, given[name])


def require_officer() -> None:
    """Who may not change it need not see the form."""
    edge.actor().require(edge.actor().is_officer, "officer")


def require_carer(venue: Venue) -> None:
    """Officers, and those who look after the venue."""
    actor = edge.actor()
    actor.require(actor.is_officer or actor.is_caretaker_of(venue.id), "caretaker")
