"""Pages about bookings: find a room, its week, book it, one's own bookings, the officer's and the caretaker's day."""

from flask import Flask

from booking.pages import (
    book,
    calendar,
    caretaker,
    case,
    conditions,
    decide,
    find,
    messages,
    mine,
    navigation,
    office,
    releases,
    resources,
    room,
    round_settings,
    series,
    tester,
    undo,
    usage,
    whatif,
    why,
)
from booking.pages.blueprint import routes
from booking.runs import RUN_WHAT_IFS, Runner
from policies.tools import DRAFT_TOOLS
from web.hooks import hooks

__all__ = [
    "book",
    "calendar",
    "caretaker",
    "case",
    "conditions",
    "decide",
    "find",
    "install",
    "messages",
    "mine",
    "office",
    "releases",
    "resources",
    "room",
    "round_settings",
    "series",
    "tester",
    "undo",
    "usage",
    "whatif",
    "why",
]


def install(app: Flask) -> None:
    """Serve the pages; finding a room comes first in the navigation, and drafts of policies can be tried."""
    app.extensions.setdefault(RUN_WHAT_IFS, Runner(app.extensions["database"]).start)
    app.register_blueprint(routes)
    hooks(app).navigation.insert(0, navigation.links)
    hooks(app).undo, hooks(app).ways_back = undo.way_back, undo.ways_back
    app.extensions[DRAFT_TOOLS].extend([tester.tester_of, whatif.what_if_of])
