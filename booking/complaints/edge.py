"""Edge: the pages of complaints and of cases as files, put into the application."""

from collections.abc import Iterator

from flask import Flask, url_for

from accounts import edge
from booking.complaints import handing, pages
from booking.complaints.queries import complaint_seen
from kernel.errors import Missing
from web.hooks import Group, Link, hooks
from web.texts import gettext as _

__all__ = ["handing", "install"]


def install(app: Flask) -> None:
    """Serve the pages and name them in the navigation of officers."""
    app.register_blueprint(pages.routes)
    hooks(app).navigation.append(links)
    hooks(app).lead.append(lead)


def links() -> Iterator[Link]:
    """Officers have the list of all."""
    if edge.actor().is_officer:
        yield Link(_("Klager"), url_for("complaints.complaints_page"), "staff", group=Group.SUPPORT)


def lead(reference: str) -> str | None:
    """The address of the complaint that a reference names, for who may see it."""
    try:
        found = complaint_seen(edge.reading(), reference, by=edge.actor())
    except Missing:
        return None
    return url_for("complaints.complaint_page", reference=found.reference)
