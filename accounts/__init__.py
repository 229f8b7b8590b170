"""People, organisations, delegates, roles and signing in."""

from collections.abc import Sequence
from datetime import date

from flask import Flask
from sqlalchemy.orm import Session

from accounts import navigation, signin
from accounts.cli import commands
from accounts.pages import routes
from accounts.pages.personal import api as personal_api
from accounts.personal.cli import commands as persons_commands
from accounts.register.cli import register_commands
from accounts.register.edge import install as install_register
from accounts.standings import STANDING_NAMES
from web.hooks import hooks

__all__ = ["install"]


def _none_known(session: Session, today: date) -> Sequence[str]:
    return ()


def install(app: Flask) -> None:
    """Sign-in, pages, commands and the entries of the navigation."""
    signin.install(app)
    app.extensions.setdefault(STANDING_NAMES, _none_known)
    app.register_blueprint(routes)
    app.register_blueprint(personal_api)
    install_register(app)
    commands.add_command(register_commands)
    app.cli.add_command(commands)
    app.cli.add_command(persons_commands)
    hooks(app).navigation.append(navigation.links)
