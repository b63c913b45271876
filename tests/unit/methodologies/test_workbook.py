"""The workbook with live formulas: its sheets, and what a spreadsheet program makes of them."""

import shutil
import subprocess
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from methodologies.engine.calculate import by_year
from methodologies.engine.definition import DefinitionError
from methodologies.engine.reading import read
from methodologies.workbook import Content, Measured, workbook
from tests.unit.methodologies.library import ENTRIES, example

MADE = datetime(2026, 11, 23, tzinfo=UTC)
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SHEETS = ["MPS(input)", "MPS(calc_process)", "MSS", "MRS(input)", "MRS(calc_process)", "Readings"]
every = pytest.mark.parametrize("name", ENTRIES)


def content(name):
    """Return the worked example of a library's entry, as the content of a workbook."""
    given = example(ENTRIES[name])
    months = {}
    readings = []
    for year, symbol, amount, *rest in given["readings"]:
        of = (year, symbol, *rest)
        months[of] = months.get(of, 0) + 1
        readings.append(Measured(date(year, months[of], 1), symbol, rest[0] if rest else (), "=cmd", amount))
    return Content(
        title=ENTRIES[name]["title"]["en"],
        definition=read(ENTRIES[name]["definition"]),
        fixed=given["fixed"],
        readings=readings,
        members=given["members"],
    )


def outcome(data, sheet):
    """Return RE, PE and ER of each year, from the cells' values."""
    rows = list(openpyxl.load_workbook(BytesIO(data), data_only=True)[sheet].iter_rows(values_only=True))
    years = [cell for cell in rows[1] if isinstance(cell, int)]
    found = {row[1]: row[7 : 7 + len(years)] for row in rows if row[1] in {"RE", "PE", "ER"}}
    return {year: tuple(found[symbol][place] for symbol in ("RE", "PE", "ER")) for place, year in enumerate(years)}


def wanted(name):
    entry = ENTRIES[name]
    results = by_year(read(entry["definition"]), **example(entry))
    return {year.year: (year.reference, year.project, year.reductions) for year in results}


@every
def test_has_the_sheets_of_the_jcm_with_formulas(name):
    book = openpyxl.load_workbook(BytesIO(workbook(content(name), made=MADE)))
    assert book.sheetnames == SHEETS
    calculation = [cell.value for row in book["MRS(calc_process)"].iter_rows() for cell in row]
    assert any(str(value).startswith("=MAX(0,ROUNDDOWN(ROUND(") for value in calculation)
    monitored = [cell.value for row in book["MRS(input)"].iter_rows() for cell in row]
    assert any(str(value).startswith("=SUMPRODUCT(") for value in monitored)
    assert book["Readings"]["E2"].value == "'=cmd"


@every
@pytest.mark.parametrize("sheet", ["MPS(calc_process)", "MRS(calc_process)"])
def test_carries_the_engines_values(name, sheet):
    found = outcome(workbook(content(name), made=MADE), sheet)
    assert found == {year: (float(re), float(pe), er) for year, (re, pe, er) in wanted(name).items()}


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@every
def test_computes_the_same_in_a_spreadsheet_program(name, tmp_path: Path):
    emptied = openpyxl.load_workbook(BytesIO(workbook(content(name), made=MADE)))  # drops the engine's values
    emptied.save(tmp_path / "book.xlsx")
    own = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path / "out"]
    subprocess.run([OFFICE, own, *convert, tmp_path / "book.xlsx"], check=True, capture_output=True)
    recalculated = (tmp_path / "out" / "book.xlsx").read_bytes()
    for sheet in ("MPS(calc_process)", "MRS(calc_process)"):
        found = outcome(recalculated, sheet)
        for year, (reference, project, reductions) in wanted(name).items():
            shown = tuple(Fraction(round(value * 1_000_000), 1_000_000) for value in found[year][:2])
            exact = tuple(Fraction(round(value * 1_000_000), 1_000_000) for value in (reference, project))
            assert (shown, found[year][2]) == (exact, reductions)


class TestRefusals:
    def test_needs_a_year_of_numbers(self):
        empty = Content("T", read(ENTRIES["solar_pv"]["definition"]), {"CASE": "grid"}, [], {"i": ["a"]})
        with pytest.raises(DefinitionError, match="one year at least"):
            workbook(empty, made=MADE)

    def test_names_the_member_without_readings(self):
        given = content("solar_pv")
        fewer = [reading for reading in given.readings if reading.members != ("roof",)]
        short = Content(given.title, given.definition, given.fixed, fewer, given.members)
        with pytest.raises(DefinitionError, match=r"EG"):
            workbook(short, made=MADE)
