"""The pages of policies: what is published for everybody, drafts for officers."""

from policies.pages import drafts, rules, shelves
from policies.pages.blueprint import PlaceConverter, routes

__all__ = ["PlaceConverter", "drafts", "routes", "rules", "shelves"]
