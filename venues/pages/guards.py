"""Who may see the pages on which staff change what is known: the verbs behind them ask again."""

from accounts import edge
from venues.models import Venue


def require_officer() -> None:
    """Who may not change it need not see the form."""
    edge.actor().require(edge.actor().is_officer, "officer")


def require_carer(venue: Venue) -> None:
    """Officers, and those who look after the venue."""
    actor = edge.actor()
    actor.require(actor.is_officer or actor.is_caretaker_of(venue.id), "caretaker")
