"""Booking a room: the form, what would become of it, and the booking itself."""

from flask import render_template

from booking.pages.blueprint import routes


@routes.get("/rooms/<venue>/<room>/book")
def book_form(venue: str, room: str) -> str:
    """The form."""
    return render_template("base.html")
