"""The map of rooms: venues, spaces, rooms, when they are open, and what is known of them."""

from flask import Flask

from venues.api import api
from venues.called import rooms_called
from venues.cli import commands
from venues.navigation import links
from venues.outside import BOOKINGS_OUTSIDE, NARROW, narrow_without_bookings, nothing_outside
from venues.pages import guards, routes, schedule
from web.hooks import hooks
from web.written import SPECS

__all__ = ["install"]


def install(app: Flask) -> None:
    """Pages, API, commands, the entries of the navigation, and the word for rooms in sentences."""
    SPECS["rooms"] = rooms_called
    app.extensions.setdefault(schedule.CLOSE_ROOMS, schedule.close_without_bookings)
    app.extensions.setdefault(BOOKINGS_OUTSIDE, nothing_outside)
    app.extensions.setdefault(NARROW, narrow_without_bookings)
    app.before_request(guards.require_of_venue)
    app.register_blueprint(routes)
    app.register_blueprint(api)
    app.cli.add_command(commands)
    hooks(app).navigation.append(links)
