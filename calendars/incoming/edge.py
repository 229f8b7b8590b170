"""The edge of incoming calendars: what fetches them in this process, and their pages."""

from flask import Flask

import calendars.incoming.pages
from kernel.fetching import Fetcher


def install(app: Flask) -> None:
    """Serve the pages, and make ready what fetches."""
    settings = app.extensions["settings"]
    app.extensions["incoming"] = Fetcher(settings.public_url, settings.incoming_hosts)
    calendars.incoming.pages.install(app)
