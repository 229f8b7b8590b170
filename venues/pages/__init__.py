"""Pages of venues and rooms: for everybody, for those who look after them, for officers."""

from venues.pages import outside, public, schedule, staff, survey, upkeep
from venues.pages.blueprint import routes

__all__ = ["outside", "public", "routes", "schedule", "staff", "survey", "upkeep"]
