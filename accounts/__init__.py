"""People, organisations, delegates, roles and signing in."""

from flask import Flask

from accounts import navigation, signin
from accounts.cli import commands
from accounts.pages import routes
from web.hooks import hooks

__all__ = ["install"]


def install(app: Flask) -> None:
    """Sign-in, pages, commands and the entries of the navigation."""
    signin.install(app)
    app.register_blueprint(routes)
    app.cli.add_command(commands)
    hooks(app).navigation.append(navigation.links)
