"""caretaker."""

from flask import render_template

from booking.pages.blueprint import routes


@routes.get("/caretaker")
def caretaker() -> str:
    """caretaker."""
    return render_template("base.html")
