"""The entries of the navigation that lead to the map of rooms."""

from collections.abc import Iterator

from flask import url_for

from accounts import edge
from web.hooks import Group, Link
from web.texts import gettext as _


def links() -> Iterator[Link]:
    """The list of venues for everybody, the municipality's own page for officers."""
    yield Link(_("Lokaler"), url_for("venues.venues_page"))
    if edge.actor().is_officer:
        yield Link(_("Kommunen"), url_for("venues.municipality_form"), "staff", group=Group.ROOMS)
