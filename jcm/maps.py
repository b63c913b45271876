"""The world map: land shapes worked out at build time, places and points put on it here.

The Equal Earth projection (Šavrič, Patterson, Jenny 2018) is written out again in Python, because the data file
holds only shapes: projects come with coordinates. Both sides are held together by a test.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
M = math.sqrt(3) / 2
# From how many projects on a country is drawn in the next darker blue.
STEPS = (1, 5, 15)
ZOOM_WIDTH, ZOOM_HEIGHT = 640, 440

Role = Literal["partner", "japan"]


class _Country(TypedDict):
    path: str
    x: int
    y: int
    small: bool
    mark: bool


class _World(TypedDict):
    width: int
    height: int
    centre: float
    scale: float
    translate: tuple[float, float]
    other: str
    countries: dict[str, _Country]


@dataclass(frozen=True)
class Place:
    """One country to be shown: its ISO code, what a reader hears about it, and where a click leads."""

    code: str
    title: str
    href: str = ""
    count: int = 0
    role: Role = "partner"


@dataclass(frozen=True)
class Point:
    """One project to be shown by its coordinates, in degrees."""

    latitude: float
    longitude: float
    title: str
    href: str = ""


@dataclass(frozen=True)
class Shape:
    """A country as the template draws it."""

    code: str
    title: str
    href: str
    css: str
    path: str
    x: int
    y: int
    small: bool
    mark: bool


@dataclass(frozen=True)
class Dot:
    """A project as the template draws it."""

    title: str
    href: str
    x: float
    y: float


@dataclass(frozen=True)
class WorldMap:
    """Everything that `<c-world-map>` needs."""

    view_box: str
    land: str
    shapes: list[Shape]
    dots: list[Dot] = field(default_factory=list)
    has_counts: bool = True
    dot_size: float = 7


@cache
def _world() -> _World:
    text = (Path(__file__).parent / "data" / "world.json").read_text(encoding="utf-8")
    data: _World = json.loads(text)
    return data


def project(latitude: float, longitude: float) -> tuple[float, float] | None:
    """Give the place of a coordinate on the map, or None where the map does not reach."""
    world = _world()
    east = math.radians((longitude - world["centre"] + 180) % 360 - 180)
    theta = math.asin(M * math.sin(math.radians(latitude)))
    t2 = theta * theta
    t6 = t2**3
    x = east * math.cos(theta) / (M * (A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2)))
    y = theta * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))
    left, top = world["translate"]
    at = (round(left + world["scale"] * x, 1), round(top - world["scale"] * y, 1))
    return at if 0 <= at[0] <= world["width"] and 0 <= at[1] <= world["height"] else None


def country_codes() -> frozenset[str]:
    """Name the countries that can be drawn one by one: every partner and Japan."""
    return frozenset(_world()["countries"])


def level(count: int) -> int:
    """Say how dark a country with so many projects is: 1 for none, 4 for fifteen and more."""
    return 1 + sum(count >= step for step in STEPS)


def world_map(places: Iterable[Place], points: Iterable[Point] = (), *, focus: str = "") -> WorldMap:
    """Put places and points on the map; `focus` shows the surroundings of one country only."""
    world = _world()
    places = list(places)
    drawn = [_shape(place, world["countries"][place.code]) for place in places if place.code in world["countries"]]
    named = {shape.code for shape in drawn}
    dots = [
        Dot(point.title, point.href, *at)
        for point in points
        if (at := project(point.latitude, point.longitude)) is not None
    ]
    return WorldMap(
        view_box=_view_box(world, focus),
        land=world["other"] + "".join(c["path"] for code, c in world["countries"].items() if code not in named),
        shapes=drawn,
        dots=dots,
        has_counts=any(place.count for place in places),
        dot_size=4 if focus else 7,
    )


def _shape(place: Place, country: _Country) -> Shape:
    css = "map__country--japan" if place.role == "japan" else f"map__country--{level(place.count)}"
    return Shape(code=place.code, title=place.title, href=place.href, css=css, **country)


def _view_box(world: _World, focus: str) -> str:
    country = world["countries"].get(focus)
    if country is None:
        return f"0 0 {world['width']} {world['height']}"
    left = min(max(country["x"] - ZOOM_WIDTH // 2, 0), world["width"] - ZOOM_WIDTH)
    top = min(max(country["y"] - ZOOM_HEIGHT // 2, 0), world["height"] - ZOOM_HEIGHT)
    return f"{left} {top} {ZOOM_WIDTH} {ZOOM_HEIGHT}"
