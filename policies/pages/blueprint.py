"""The blueprint of policy pages, the form of a place in their addresses, and what their templates may call."""

from typing import Any

from flask import Blueprint
from werkzeug.routing import BaseConverter

from policies import labels
from policies.told import told_rule
from policies.values import scope_words

routes = Blueprint("policies", __name__)
MUNICIPALITY, VENUES, ROOMS = "municipality", "venues/", "rooms/"


class PlaceConverter(BaseConverter):
    """``municipality``, ``venues/<venue>`` or ``rooms/<venue>/<room>`` as the path of a place."""

    regex = r"municipality|venues/[^/]+|rooms/[^/]+/[^/]+"
    part_isolating = False

    def to_python(self, value: str) -> str:
        return "" if value == MUNICIPALITY else value.removeprefix(VENUES).removeprefix(ROOMS)

    def to_url(self, value: Any) -> str:
        path = str(value)
        return MUNICIPALITY if not path else f"{ROOMS}{path}" if "/" in path else f"{VENUES}{path}"


routes.add_app_template_global(labels.kind, "rule_kind")
routes.add_app_template_global(labels.layer, "policy_layer")
routes.add_app_template_global(told_rule)
routes.add_app_template_global(scope_words)
