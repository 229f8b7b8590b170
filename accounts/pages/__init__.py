"""Pages about people and organisations."""

from accounts.pages import entrance, organisations, people, personal, profile, register, teams
from accounts.pages.blueprint import routes

__all__ = ["entrance", "organisations", "people", "personal", "profile", "register", "routes", "teams"]
