"""The web edge of policies: pages, commands and the entry of the navigation."""

from collections.abc import Iterator

from flask import Flask, url_for

from accounts import edge
from accounts.standings import STANDING_NAMES
from policies.ahead import BOOKINGS_AHEAD, nothing_ahead
from policies.cli import commands
from policies.pages import PlaceConverter, routes
from policies.standings import standing_names
from policies.tools import DRAFT_TOOLS
from web.hooks import Group, Link, hooks
from web.texts import gettext as _


def install(app: Flask) -> None:
    """Put them into the app."""
    app.url_map.converters["policy_place"] = PlaceConverter
    app.extensions.setdefault(BOOKINGS_AHEAD, nothing_ahead)
    app.extensions.setdefault(DRAFT_TOOLS, [])
    app.extensions[STANDING_NAMES] = standing_names
    app.register_blueprint(routes)
    app.cli.add_command(commands)
    hooks(app).navigation.append(links)


def links() -> Iterator[Link]:
    """The policies, for officers, who write them."""
    if edge.actor().is_officer:
        yield Link(_("Retningslinjer"), url_for("policies.all_policies"), "staff", group=Group.ROOMS)
