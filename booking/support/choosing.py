"""Choosing: the organisation that officers give something to, found by its name or number."""

from datetime import date
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from accounts import edge, queries
from accounts.models import Organisation
from booking.support.models import LARGEST_ID
from kernel.clock import now
from kernel.wallclock import to_wall
from venues.queries import municipality


def chosen_organisation(organisation_id: int | None) -> Organisation | None:
    """The chosen one, for officers; None when none is chosen or there is no such one."""
    edge.actor().require(edge.actor().is_officer, "officer")
    if organisation_id is None or not 0 < organisation_id <= LARGEST_ID:
        return None
    return edge.reading().get(Organisation, organisation_id)


def numbered(values: MultiDict[str, str], name: str) -> int | None:
    """The row that an address or a form names, where it can be one."""
    number = values.get(name, type=int)
    return number if number and 0 < number <= LARGEST_ID else None


def choice(title: str, onward: str) -> dict[str, Any]:
    """What the page shows on which the organisation is found."""
    wanted = request.args.get("q", "").strip()
    found = queries.find_organisations(edge.reading(), wanted, by=edge.actor()) if wanted else []
    return {"title": title, "back": onward, "onward": f"{onward}/new", "wanted": wanted, "found": found}


def this_day() -> date:
    """The municipality's day."""
    return to_wall(now(), municipality(edge.reading()).zone).date()
