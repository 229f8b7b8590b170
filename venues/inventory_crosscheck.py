"""Crosscheck: faults of an inventory that show only between its parts, sought in the raw document so that none is hidden."""

from collections.abc import Iterator, Sequence
from typing import Any

from kernel.errors import Fault

LONGEST_NAME = 60


def cross_faults(document: dict[str, Any]) -> list[Fault]:
    """Duplicate slugs, rooms made of spaces that the venue does not have, districts that the municipality does not."""
    venues = _dicts(document.get("venues"))
    found = [*_duplicates(venues, "venues[{}].slug")]
    known = _districts(document)
    for number, venue in venues:
        found += _in_venue(venue, f"venues[{number}]")
        if known and isinstance(venue.get("district"), str) and venue["district"] not in known:
            found.append(
                Fault(
                    "unknown-district",
                    f"venues[{number}].district",
                    venue["district"],
                    {"known": ", ".join(known), "where": venue.get("slug")},
                )
            )
    return found


def slugs_on(loc: Sequence[str | int], document: dict[str, Any]) -> str:
    """The slugs on the way to a place of the document: ``drammenshallen/hele-hallen``."""
    slugs: list[str] = []
    here: Any = document
    for step in loc:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(step, int) and isinstance(here, dict) and isinstance(here.get("slug"), str):
            slugs.append(here["slug"])
    return "/".join(slugs)


def _in_venue(venue: dict[str, Any], place: str) -> Iterator[Fault]:
    yield from _long_names(venue, place)
    spaces = [space for space in _list(venue.get("spaces")) if isinstance(space, str)]
    yield from _repeated(spaces, f"{place}.spaces", venue.get("slug"))
    rooms = _dicts(venue.get("rooms"))
    yield from _duplicates(rooms, place + ".rooms[{}].slug")
    for number, room in rooms:
        yield from _long_names(room, f"{place}.rooms[{number}]")
        where = f"{venue.get('slug')}/{room.get('slug')}"
        named = [space for space in _list(room.get("spaces")) if isinstance(space, str)]
        yield from _repeated(named, f"{place}.rooms[{number}].spaces", where)
        for space in dict.fromkeys(named):
            if space not in spaces:
                yield Fault("unknown-space", f"{place}.rooms[{number}].spaces", space, {"known": ", ".join(spaces), "where": where})


def _duplicates(entries: list[tuple[int, dict[str, Any]]], place: str) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for number, entry in entries:
        slug = entry.get("slug")
        if isinstance(slug, str) and slug in first:
            yield Fault("duplicate-slug", place.format(number), slug, {"first": place.format(first[slug])})
        elif isinstance(slug, str):
            first[slug] = number


def _repeated(slugs: list[str], place: str, where: object) -> Iterator[Fault]:
    for slug in dict.fromkeys(slug for slug in slugs if slugs.count(slug) > 1):
        yield Fault("duplicate-slug", place, slug, {"first": place, "where": where})


def _long_names(entry: dict[str, Any], place: str) -> Iterator[Fault]:
    for name in entry:
        if len(name) > LONGEST_NAME:
            yield Fault("too-long", place, name[:LONGEST_NAME] + "…", {"most": LONGEST_NAME, "where": entry.get("slug")})


def _districts(document: dict[str, Any]) -> list[str]:
    municipality = document.get("municipality")
    if not isinstance(municipality, dict):
        return []
    return [name for name in _list(municipality.get("districts")) if isinstance(name, str)]


def _dicts(value: object) -> list[tuple[int, dict[str, Any]]]:
    return [(number, entry) for number, entry in enumerate(_list(value)) if isinstance(entry, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
