"""office."""

from flask import render_template

from booking.pages.blueprint import routes


@routes.get("/office")
def office() -> str:
    """office."""
    return render_template("base.html")
