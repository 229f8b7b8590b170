"""The pages of policies: what is published for everybody, drafts for officers."""

from policies.pages import copies, drafts, regulations, rules, shelves
from policies.pages.blueprint import PlaceConverter, routes

__all__ = ["PlaceConverter", "copies", "drafts", "regulations", "routes", "rules", "shelves"]
