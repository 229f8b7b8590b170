"""The page ``/readyz``: whether the database answers, is at the code's revision and has all its guards."""

from flask import Blueprint, Flask, Response, current_app
from sqlalchemy.exc import DBAPIError

from database.migrate import faults
from database.transact import Database

routes = Blueprint("ready", __name__)


@routes.get("/readyz")
def ready() -> Response:
    """200 when requests can be served, else 503 with what is wrong, a line each."""
    database: Database = current_app.extensions["database"]
    try:
        with database.engine.connect() as connection:
            found = faults(connection, database.url)
    except DBAPIError:
        found = ("the database does not answer",)
    return Response("\n".join(found or ("ready",)) + "\n", 503 if found else 200, content_type="text/plain; charset=utf-8")


def install(app: Flask) -> None:
    """Serve the page."""
    app.register_blueprint(routes)
