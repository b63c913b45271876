"""Reading a table of text apart, before anything is checked against a report."""

from datetime import date

import pytest

from core.errors import InvalidInput
from projects.periods import months_of
from projects.services import ReadingRow, readings_read

HEADER = "meter,parameter,month,value,unit"


class TestReadingsRead:
    def test_reads_comma_semicolon_and_tab(self):
        expected = [ReadingRow(2, "M1", "EG", "2025-01", "12.5", "MWh")]
        for sign in ",;\t":
            table = f"{HEADER}\nM1,EG,2025-01,12.5,MWh\n".replace(",", sign)
            assert readings_read(table) == expected

    def test_takes_columns_in_any_order_and_leaves_others_out(self):
        table = "Unit, note ,value,month,Parameter,METER\nMWh,fine,12.5,2025-01,EG,M1"
        assert readings_read(table) == [ReadingRow(2, "M1", "EG", "2025-01", "12.5", "MWh")]

    def test_counts_rows_as_a_spreadsheet_does(self):
        table = f"{HEADER}\nM1,EG,2025-01,1,MWh\n\n,,,,\nM1,EG,2025-02,2,MWh"
        assert [row.row for row in readings_read(table)] == [2, 5]

    def test_strips_blanks_and_the_byte_order_mark(self):
        assert readings_read(f"\ufeff{HEADER}\n M1 , EG ,2025-01, 1 , MWh ")[0] == ReadingRow(
            2, "M1", "EG", "2025-01", "1", "MWh"
        )

    def test_fills_short_rows_with_nothing(self):
        assert readings_read(f"{HEADER}\nM1,EG")[0] == ReadingRow(2, "M1", "EG", "", "", "")

    @pytest.mark.parametrize("text", ["", "M1,EG,2025-01,1,MWh", "meter,parameter,month,value\nM1,EG,2025-01,1"])
    def test_names_the_columns_that_are_missing(self, text):
        with pytest.raises(InvalidInput, match=r"missing: .*unit"):
            readings_read(text)

    def test_says_where_a_table_breaks(self):
        with pytest.raises(InvalidInput, match="near row 2"):
            readings_read(f"{HEADER}\n{'x' * 200_000}")


class TestMonthsOf:
    def test_counts_a_month_of_which_the_period_has_a_day(self):
        assert months_of(date(2024, 11, 30), date(2025, 2, 1)) == [
            date(2024, 11, 1),
            date(2024, 12, 1),
            date(2025, 1, 1),
            date(2025, 2, 1),
        ]

    def test_gives_one_month_for_one_day(self):
        assert months_of(date(2024, 2, 29), date(2024, 2, 29)) == [date(2024, 2, 1)]
