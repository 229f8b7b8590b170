"""Tools: what the packages above offer an officer beside a draft, each with a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from policies.places import Place

DRAFT_TOOLS = "policy_draft_tools"


@dataclass(frozen=True, slots=True)
class Tool:
    """A step on the way from a draft to its publishing: what it does, why one takes it, and where."""

    title: str
    why: str
    href: str


# The app's extension DRAFT_TOOLS is a list of these; they are offered in its order.
OfferTool = Callable[[Place], Tool]
