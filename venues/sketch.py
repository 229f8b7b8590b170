"""Sketch: a plain map of the venues that have coordinates, as points on a sheet; pure, without network or script."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

WIDTH = 720
MARGIN = 36
LEAST_APART = 26
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A point to be drawn: its number in the list beside the map, what it is and where it leads."""

    number: int
    name: str
    href: str
    latitude: float
    longitude: float
    x: float = 0
    y: float = 0
    is_fictional: bool = False


@dataclass(frozen=True, slots=True)
class Sketch:
    """A sheet of ``width`` by ``height`` with its places; ``kilometre`` is the length of one on it."""

    width: int
    height: int
    kilometre: float
    places: tuple[Place, ...]


def sketch(places: Sequence[Place]) -> Sketch | None:
    """The places on a sheet, north upwards, moved apart where their numbers would cover each other; None without any."""
    if not places:
        return None
    north, south = max(place.latitude for place in places), min(place.latitude for place in places)
    west, east = min(place.longitude for place in places), max(place.longitude for place in places)
    squeeze = cos(radians((north + south) / 2))
    degrees = max((east - west) * squeeze, (north - south) / 0.6, 0.01)
    scale = (WIDTH - 2 * MARGIN) / degrees
    height = max(240, round((north - south) * scale) + 2 * MARGIN)
    points = [[MARGIN + (place.longitude - west) * squeeze * scale, MARGIN + (north - place.latitude) * scale] for place in places]
    _apart(points, height)
    placed = (
        Place(place.number, place.name, place.href, place.latitude, place.longitude, round(x, 1), round(y, 1), place.is_fictional)
        for place, (x, y) in zip(places, points, strict=True)
    )
    return Sketch(WIDTH, height, round(scale / 111.2, 1), tuple(placed))


def _apart(points: list[list[float]], height: int) -> None:
    """Push points that lie on each other apart, a little each round."""
    for _ in range(ROUNDS):
        for number, one in enumerate(points):
            for other in points[:number]:
                across, down = one[0] - other[0], one[1] - other[1]
                distance = (across**2 + down**2) ** 0.5 or 0.1
                if distance >= LEAST_APART:
                    continue
                push = (LEAST_APART - distance) / 2
                step = (across / distance * push or push, down / distance * push)
                for point, sign in ((one, 1), (other, -1)):
                    point[0] = min(max(point[0] + sign * step[0], MARGIN / 2), WIDTH - MARGIN / 2)
                    point[1] = min(max(point[1] + sign * step[1], MARGIN / 2), height - MARGIN / 2)
