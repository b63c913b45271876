"""The cells of filed workbooks, and what changed between two."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from openpyxl import Workbook

from core import texts
from core.differences import CellChange, compare_cells
from core.texts import Unreadable, address_of, cells_of
from tests.factories.files import xlsx


def repacked(content: bytes, change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """Return the archive with its parts changed and others added (`xl__x` stands for xl/x)."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in added.items():
            new.writestr(name.replace("__", "/").replace("_bin", ".bin"), part)
    return file.getvalue()


class TestCellsOf:
    def test_tells_values_and_formulas_as_they_are_written(self) -> None:
        rows = [["Meter", "MWh"], ["M1", 612.5], ["M2", 7], ["Sum", "=SUM(B2:B3)"], [True, date(2025, 1, 31)]]
        (sheet,) = cells_of(xlsx({"Readings": rows})).sheets
        assert sheet.name == "Readings"
        assert {address_of(*place): text for place, text in sheet.cells.items()} == {
            "A1": "Meter", "B1": "MWh", "A2": "M1", "B2": "612.5", "A3": "M2", "B3": "7", "A4": "Sum",
            "B4": "=SUM(B2:B3)", "A5": "TRUE", "B5": "2025-01-31",
        }  # fmt: skip

    def test_believes_the_cells_and_not_what_the_sheet_says_of_its_size(self) -> None:
        def smaller(name: str, part: bytes) -> bytes:
            return part.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1"') if "sheet1" in name else part

        (sheet,) = cells_of(repacked(xlsx({"S": [["a", "b"], ["c", "d"]]}), smaller)).sheets
        assert sorted(sheet.cells.values()) == ["a", "b", "c", "d"]

    def test_fetches_nothing_from_other_workbooks(self) -> None:
        (sheet,) = cells_of(xlsx({"S": [["='[1]Other'!A1"]]})).sheets
        assert sheet.cells == {(1, 1): "='[1]Other'!A1"}

    def test_stops_where_there_is_too_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(texts, "MOST_CELLS", 9)
        book = cells_of(xlsx({"S": [["a", "b"]] * 5}))
        assert (len(book.sheets[0].cells), book.whole) == (6, False)

    def test_says_where_columns_are_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(texts, "MOST_COLUMNS", 2)
        book = cells_of(xlsx({"S": [["a", "b", "c"]]}))
        assert (list(book.sheets[0].cells.values()), book.whole) == (["a", "b"], False)

    def test_gives_up_on_a_cell_that_is_far_away(self) -> None:
        book = Workbook()
        book.active["XFD1048576"] = "far"  # type: ignore[index]
        file = io.BytesIO()
        book.save(file)
        assert not cells_of(file.getvalue()).whole

    def test_refuses_what_unpacks_to_too_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        content = repacked(xlsx({"S": [["a"]]}), lambda _name, part: part, xl__media=b"0" * 200_000)
        assert len(content) < 20_000
        monkeypatch.setattr(texts, "MOST_BOOK_BYTES", 100_000)
        with pytest.raises(Unreadable, match="too large"):
            cells_of(content)

    def test_refuses_macros(self) -> None:
        content = repacked(xlsx({"S": [["a"]]}), lambda _name, part: part, xl__vbaProject_bin=b"macro")
        with pytest.raises(Unreadable, match="macros"):
            cells_of(content)

    def test_refuses_entities_that_blow_up(self) -> None:
        names = [f"e{level}" for level in range(12)]
        entities = '<!ENTITY e0 "aaaaaaaaaa">' + "".join(
            f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names)
        )

        def bomb(name: str, part: bytes) -> bytes:
            if "sheet1" not in name:
                return part
            head, mark, rest = part.decode().partition("<worksheet")
            rest = rest.replace("<v>1</v>", "<v>&e11;</v>")
            return f"{head}<!DOCTYPE x [{entities}]>{mark}{rest}".encode()

        with pytest.raises(Unreadable, match="broken"):
            cells_of(repacked(xlsx({"S": [[1]]}), bomb))

    @pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
    def test_refuses_what_is_broken(self, content: bytes) -> None:
        with pytest.raises(Unreadable):
            cells_of(content)

    @pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
    def test_refuses_a_broken_part(self, part: str) -> None:
        with pytest.raises(Unreadable):
            cells_of(repacked(xlsx({"S": [["a"]]}), lambda name, said: said[:-30] if name == part else said))


class TestCompareCells:
    def compared(self, before: dict[str, Any], after: dict[str, Any]) -> list[CellChange]:
        return list(compare_cells(cells_of(xlsx(before)), cells_of(xlsx(after))))

    def test_names_the_cells_that_differ(self) -> None:
        before = {"S": [["EF", 0.797], ["ER", "=B1*2"], ["gone", None]]}
        after = {"S": [["EF", 0.8], ["ER", "=B1*3"], [None, "came"]]}
        assert self.compared(before, after) == [
            CellChange("S", "B1", "0.797", "0.8"),
            CellChange("S", "B2", "=B1*2", "=B1*3"),
            CellChange("S", "A3", "gone", ""),
            CellChange("S", "B3", "", "came"),
        ]

    def test_tells_of_sheets_that_came_or_went(self) -> None:
        assert self.compared({"Old": [["a"]], "S": [[1]]}, {"S": [[1]], "New": [["b"]]}) == [
            CellChange("New", "A1", "", "b"),
            CellChange("Old", "A1", "a", ""),
        ]

    def test_is_silent_where_nothing_changed(self) -> None:
        assert self.compared({"S": [[1, "x"]]}, {"S": [[1, "x"]]}) == []
