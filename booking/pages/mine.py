"""mine."""

from flask import render_template

from booking.pages.blueprint import routes


@routes.get("/bookings")
def mine() -> str:
    """mine."""
    return render_template("base.html")
