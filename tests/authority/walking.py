"""All addresses that answer to GET, with what the world has put into their places."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from flask import Flask

from tests.authority.world import World

ROOMS = {"oren-flerbrukshall": "gymsal-1", "fjell-skole": "aula"}
OF_ROUTES: Mapping[str, Mapping[str, Sequence[object]]] = {
    **{name: {"kind": ["csv", "xlsx"]} for name in ("support.upgrades_file", "statistics.report_file")},
    "shell.explain": {"kind": ["forbidden"]},
    "subscriptions.follow_organisation": {"number": ["313000001"]},
    "feeds.organisation": {"number": ["313000001"]},
    **{name: {"slug": ["gymsal-1"], "venue": ["oren-flerbrukshall"]} for name in ("subscriptions.follow_room", "feeds.room")},
    **{name: {"slug": ["fjell-danvik"]} for name in ("subscriptions.follow_district", "feeds.district")},
}
# What pages show only when they are asked for it: a search, a day with something on it.
ASKED = (
    "/office/search?q=Berit",
    "/office/search?q=example.org",
    "/office/search?q=990000",
    "/office?whose=nobody",
    "/people?q=e",
    "/caretaker?day=2026-09-15",
    "/caretaker?day=2026-09-01",
    "/caretaker?day=2026-09-16",
    "/caretaker/sheet?day=2026-09-15",
    "/office/calendar?day=2026-09-15",
    "/venues/oren-flerbrukshall/days?day=2026-09-15",
    "/rooms/oren-flerbrukshall/gymsal-1?week=2026-09-14",
    "/rooms/oren-flerbrukshall/gymsal-1/why?date=2026-09-15&at=18:30",
    "/rooms/oren-flerbrukshall/gymsal-1/why?date=2026-09-16&at=18:30",
    "/rooms/oren-flerbrukshall/gymsal-1/book?caller=Berit",
    "/rooms/oren-flerbrukshall/gymsal-1/book?caller=e",
    "/rooms/oren-flerbrukshall/gymsal-1/book/preview?date=2026-09-15&from=18:00&to=20:00&purpose=Trening&activity=sport.training",
    "/find?q=Berit",
    "/agreements/new?organisation=1",
    "/grants/new?organisation=1",
    "/personal-data?lang=en",
)


def addresses(app: Flask, world: World, people: Sequence[int], organisations: Sequence[int], period: int) -> Iterator[str]:
    """One or more addresses of each route, then those with a query; a route with a place that is not known here fails the test."""
    adapter, known = app.url_map.bind("localhost"), _known(world, people, organisations, period)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        names, places = sorted(rule.arguments), known | OF_ROUTES.get(rule.endpoint, {})
        for values in product(*(places[name] for name in names)):
            given = dict(zip(names, values, strict=True))
            if not {"venue", "room"} <= given.keys() or given["room"] == ROOMS[str(given["venue"])]:
                yield adapter.build(rule.endpoint, given)
    yield from ASKED


def _known(world: World, people: Sequence[int], organisations: Sequence[int], period: int) -> dict[str, Sequence[object]]:
    cases = [getattr(world, name) for name in ("booked", "asked", "theatre", "missed", "unconfirmed", "asking")]
    links = (world.answer, world.calendar, world.link, world.to_organisation)
    return {
        "reference": [*(case.reference for case in cases), world.complaint, world.at_board],
        "booking_id": [case.id for case in cases],
        "number": [1],
        "person_id": people,
        "organisation_id": organisations,
        "grant_id": [world.grant, world.reported],
        "scheme_id": [world.scheme],
        "rate_id": [world.rate],
        "hearing_id": [world.hearing],
        "period_id": [period],
        "agreement_id": [world.agreement],
        "year": [2026],
        "edition": [1],
        "source": [world.source],
        "resource": [world.resource],
        "met": [world.met],
        "said": [world.damage],
        "venue": list(ROOMS),
        "room": list(ROOMS.values()),
        "slug": list(ROOMS),
        "token": [link.rpartition("/")[2] for link in links],
        "form": ["ics", "json"],
        "kind": ["csv", "json", "xlsx"],
        "what": ["attendant", "insurance", "responsible"],
        "place": ["", "oren-flerbrukshall", "oren-flerbrukshall/gymsal-1"],
        "rule": ["hours"],
        "file": ["hall.jpg"],
        "path": ["kinds/sport"],
        "_act": ["cancellation"],
    }
