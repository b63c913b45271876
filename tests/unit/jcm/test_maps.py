"""The world map shows every partner country and puts projects where they are."""

import re

import pytest

from jcm import maps

PARTNERS = {
    *("MN", "BD", "ET", "KE", "MV", "VN", "LA", "ID", "CR", "PW", "KH", "MX", "SA", "CL", "MM", "TH"),
    *("PH", "SN", "TN", "AZ", "MD", "GE", "LK", "UZ", "PG", "AE", "KG", "KZ", "UA", "TZ", "IN"),
}


class TestWorldMap:
    def test_draws_japan_and_every_partner(self) -> None:
        assert maps.country_codes() == {*PARTNERS, "JP"}
        shapes = maps.world_map([maps.Place(code, code) for code in [*PARTNERS, "JP"]]).shapes
        assert all(shape.path.startswith("M") and shape.path.endswith("z") for shape in shapes if not shape.small)
        assert {shape.code for shape in shapes if shape.mark} >= {"MV", "PW"}

    def test_colours_by_the_number_of_projects(self) -> None:
        assert [maps.level(n) for n in (0, 1, 4, 5, 14, 15, 60)] == [1, 2, 2, 3, 3, 4, 4]
        drawn = maps.world_map([maps.Place("VN", "Viet Nam", count=54), maps.Place("JP", "Japan", role="japan")])
        assert [shape.css for shape in drawn.shapes] == ["map__country--4", "map__country--japan"]
        assert drawn.has_counts

    def test_countries_that_are_not_named_are_plain_land(self) -> None:
        drawn = maps.world_map([maps.Place("VN", "Viet Nam"), maps.Place("XX", "Nowhere")])
        assert [shape.code for shape in drawn.shapes] == ["VN"]
        assert len(drawn.land) > len(maps.world_map([maps.Place(c, c) for c in maps.country_codes()]).land)

    def test_focus_stays_inside_the_map(self) -> None:
        width, height = (int(n) for n in maps.world_map([]).view_box.split()[2:])
        for code in maps.country_codes():
            left, top, w, h = (int(n) for n in maps.world_map([], focus=code).view_box.split())
            assert left >= 0
            assert top >= 0
            assert left + w <= width
            assert top + h <= height

    def test_holds_no_claim_lines_and_stays_small(self) -> None:
        drawn = maps.world_map([])
        assert re.fullmatch(r"[Mlz0-9,\-]+", drawn.land)
        assert len(drawn.land) < 60_000


class TestProject:
    @pytest.mark.parametrize(
        ("code", "latitude", "longitude"),
        [("JP", 36.2, 138.3), ("MN", 46.9, 103.1), ("CL", -36.0, -71.3), ("SN", 14.4, -14.5), ("PW", 7.5, 134.6)],
    )
    def test_agrees_with_the_shapes(self, code: str, latitude: float, longitude: float) -> None:
        shape = maps.world_map([maps.Place(code, code)]).shapes[0]
        at = maps.project(latitude, longitude)
        assert at is not None
        assert abs(at[0] - shape.x) < 12
        assert abs(at[1] - shape.y) < 22

    def test_reaches_neither_pole(self) -> None:
        assert maps.project(-85, 0) is None
        assert maps.project(88, 0) is None

    def test_points_off_the_map_are_left_out(self) -> None:
        drawn = maps.world_map([], [maps.Point(47.9, 106.9, "Ulaanbaatar"), maps.Point(-89, 0, "South Pole")])
        assert [dot.title for dot in drawn.dots] == ["Ulaanbaatar"]
