"""The application: a table of contents of everything it is made of."""

import gc
import sys
from importlib import import_module

from flask import Flask

import accounts
import accounts.edge
import accounts.personal.edge
import booking.api
import booking.billing.pages
import booking.complaints.edge
import booking.pages
import booking.statistics.pages
import booking.support.grants.pages
import booking.support.pages
import calendars.edge
import calendars.incoming.edge
import database.ready
import notices.pages
import policies.edge
import venues
import web.shell
from booking.billing.cli import commands as invoices_commands
from booking.cli import check_command, replay_command, whatif_command
from booking.cli import commands as bookings_commands
from booking.complaints.cli import commands as cases_commands
from booking.conditions.uploads import folder
from calendars.cli import commands as calendars_commands
from calendars.personal import PERSONAL
from database.cli import commands as database_commands
from demo.cli import commands as demo_commands
from notices.cli import commands as notices_commands
from notices.cli import worker_command
from policies.cli import commands as policies_commands
from settings import ROOT, Settings

# Objects made between two passes of the garbage collector: at Python's 700 it went through all that a large feed keeps, again and
# again, for two fifths of the time that the feed took.
BETWEEN_PASSES = 50_000
# Seconds for which a thread may compute while another waits to go on: who writes hands the interpreter over at each statement, and
# waited up to Python's 5 ms to get it back while everybody waited for the turn to write.
AT_A_STRETCH = 0.0005
TABLES = (
    "accounts.models",
    "accounts.personal.models",
    "accounts.register.models",
    "venues.models",
    "venues.survey.models",
    "policies.models",
    "booking.models",
    "booking.billing.models",
    "booking.casework.models",
    "booking.complaints.models",
    "booking.conditions.models",
    "booking.rounds.models",
    "booking.statistics.models",
    "booking.support.models",
    "booking.support.grants.models",
    "calendars.models",
    "calendars.incoming.models",
    "database.audit",
    "database.outbox",
    "database.idempotency",
)


def create_app(settings: Settings | None = None) -> Flask:
    """The Flask application of these settings (from the environment by default)."""
    gc.set_threshold(BETWEEN_PASSES)
    sys.setswitchinterval(AT_A_STRETCH)
    settings = settings or Settings.from_environment()
    app = Flask("arena", root_path=str(ROOT / "web"), static_folder="static", template_folder="templates")
    app.config.update(SECRET_KEY=settings.secret_key)
    for tables in TABLES:
        import_module(tables)
    accounts.edge.install(app, url=settings.database_url)
    web.shell.install(app, settings)
    database.ready.install(app)
    accounts.install(app)
    accounts.personal.edge.install(app, PERSONAL, folder(settings))
    venues.install(app)
    policies.edge.install(app)
    booking.api.install(app)
    booking.pages.install(app)
    booking.support.grants.pages.install(app)
    booking.support.pages.install(app)
    booking.billing.pages.install(app)
    booking.statistics.pages.install(app)
    booking.complaints.edge.install(app)
    calendars.edge.install(app)
    calendars.incoming.edge.install(app)
    for command in (check_command, replay_command, whatif_command):
        policies_commands.add_command(command)
    bookings_commands.add_command(invoices_commands)
    notices.pages.install(app)
    groups = (bookings_commands, calendars_commands, cases_commands, database_commands, notices_commands, demo_commands)
    for commands in (*groups, worker_command):
        app.cli.add_command(commands)
    return app
