"""case."""

from flask import render_template

from booking.pages.blueprint import routes


@routes.get("/bookings/<reference>")
def case_page(reference: str) -> str:
    """case."""
    return render_template("base.html")
