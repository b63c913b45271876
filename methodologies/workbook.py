"""The JCM workbook of a methodology with live formulas (jcm.md 5.9).

A column for each calendar year. MRS(input) adds up the sheet Readings, MPS(input) has the same numbers as typed values
to be tried with others; MSS is left to be filled in. Spreadsheets compute in
binary, so reductions are ROUNDDOWN(ROUND(x, 9), 0); each formula also carries the value that the engine computed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from io import BytesIO
from itertools import product
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from core.spreadsheets import safe_cell
from methodologies.engine.calculate import Given, Reading, fixed_values, scopes
from methodologies.engine.definition import Definition, DefinitionError, Parameter
from methodologies.engine.evaluate import Key, Scope, evaluate
from methodologies.engine.excel import Formulas, Place, bound, looked_up
from methodologies.engine.expression import Node, Sum
from methodologies.engine.messages import gettext_noop as _

LONGEST = 8_000  # characters of a formula; spreadsheets take 8,192
ITEM_COLUMNS = ("No.", "Parameter", "Of", "Description", "Units", "Option", "Frequency")
FIRST_YEAR = len(ITEM_COLUMNS)


@dataclass(frozen=True, slots=True)
class Measured:
    """One reading as it is listed: month, symbol, members, meter, value in the unit of the parameter."""

    month: date
    symbol: str
    members: Key
    meter: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Content:
    """What a workbook is made of."""

    title: str
    definition: Definition
    fixed: Mapping[str, Given]
    readings: Sequence[Measured]
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)


def workbook(content: Content, *, made: datetime) -> bytes:
    """Return the workbook as XLSX. Raises DefinitionError where the numbers cannot be computed."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": content.title, "created": made.replace(tzinfo=None)})
    book.set_calc_mode("auto")
    for prefix in ("MPS", "MRS"):
        if prefix == "MRS":
            _responsible(book)
        _Sheets(book, prefix, content).write()
    _readings(book, content)
    book.close()
    return target.getvalue()


def _responsible(book: Any) -> None:
    sheet = book.add_worksheet("MSS")
    sheet.write_row(0, 0, ("Responsible personnel", "Role"), book.add_format({"bold": True}))
    sheet.set_column(0, 1, 40)


def _readings(book: Any, content: Content) -> None:
    sheet = book.add_worksheet("Readings")
    sheet.write_row(0, 0, ("Year", "Month", "Parameter", "Of", "Meter", "Value"), book.add_format({"bold": True}))
    for line, reading in enumerate(content.readings, 1):
        of, meter = _of(reading.members), str(safe_cell(reading.meter))
        sheet.write_number(line, 0, reading.month.year)
        sheet.write_number(line, 1, reading.month.month)
        for column, text in enumerate((reading.symbol, of, meter), 2):
            sheet.write_string(line, column, text)
        sheet.write_number(line, 5, float(reading.value))
    sheet.freeze_panes(1, 0)


def sums(content: Content) -> list[Reading]:
    """Return the readings as the engine takes them."""
    return [(each.month.year, each.symbol, each.value, each.members) for each in content.readings]


@dataclass(frozen=True, slots=True)
class _Item:
    """What a line of the calculation is about."""

    symbol: str
    key: Key
    name: str = ""
    unit: str = ""


class _Sheets:
    """The two sheets MPS or MRS: what goes in, and what is computed of it."""

    def __init__(self, book: Any, prefix: str, content: Content) -> None:
        self.content, self.definition = content, content.definition
        self.given = fixed_values(content.definition, content.fixed)
        self.scopes = scopes(content.definition, readings=sums(content), fixed=content.fixed, members=content.members)
        self.years = sorted(self.scopes)
        self.input_name, self.calc_name = f"{prefix}(input)", f"{prefix}(calc_process)"
        self.input, self.calc = book.add_worksheet(self.input_name), book.add_worksheet(self.calc_name)
        self.bold = book.add_format({"bold": True})
        self.live = prefix == "MRS"
        self.cells: dict[tuple[str, Key, int], str] = {}
        self.terms: dict[tuple[int, Key], tuple[int, int]] = {}
        self.line = 0
        members = self._scope().members
        self.formulas = Formulas(self._cell, members, self.years, self._summed)

    def _scope(self) -> Scope:
        if not self.scopes:
            raise DefinitionError("readings", _("A workbook needs the numbers of one year at least."))
        return self.scopes[self.years[0]]

    def _keys(self, parameter: Parameter) -> Iterable[Key]:
        return product(*(self._scope().members.get(dimension, ()) for dimension in parameter.over))

    def _cell(self, symbol: str, key: Key, year: int) -> str:
        return self.cells[symbol, key, year]

    # --- the input sheet -------------------------------------------------------------------------------------------
    def write(self) -> None:
        """Write both sheets."""
        line = self._head(self.input, "Parameters to be monitored ex post", 0)
        monitored = [(p, key) for p in self.definition.monitored() for key in self._keys(p)]
        for number, (parameter, key) in enumerate(monitored, 1):
            self._describe(line, parameter, key, str(number))
            for column, year in enumerate(self.years, FIRST_YEAR):
                self._measured(line, column, parameter, key, year)
            line += 1
        line = self._head(self.input, "Project-specific parameters to be fixed ex ante", line + 1)
        for parameter in self.definition.fixed():
            for key in self._keys(parameter):
                self._describe(line, parameter, key, "")
                self._fixed(line, parameter, key)
                line += 1
        self.input.set_column(3, 3, 50)
        self._calculate()

    def _head(self, sheet: Any, title: str, line: int) -> int:
        sheet.write_string(line, 0, title, self.bold)
        sheet.write_row(line + 1, 0, (*ITEM_COLUMNS, *self.years), self.bold)
        return line + 2

    def _describe(self, line: int, parameter: Parameter, key: Key, number: str) -> None:
        texts = (
            number, parameter.symbol, _of(key), parameter.name, parameter.unit, ", ".join(parameter.options),
            parameter.frequency,
        )  # fmt: skip
        for column, text in enumerate(texts):
            self.input.write_string(line, column, str(safe_cell(text)))

    def _measured(self, line: int, column: int, parameter: Parameter, key: Key, year: int) -> None:
        values = self.scopes[year].values.get(parameter.symbol, {})
        value = values.get(key) if isinstance(values, Mapping) else values
        if value is None:
            raise DefinitionError(parameter.symbol, _("There is no value for %(symbol)s."), symbol=parameter.symbol)
        self.cells[parameter.symbol, key, year] = self._absolute(self.input_name, line, column)
        if self.live:
            formula = self._summed_up(line, year, mean=parameter.aggregate == "mean")
            self.input.write_formula(line, column, formula, None, float(value))
        else:
            self.input.write_number(line, column, float(value))

    def _summed_up(self, line: int, year: int, *, mean: bool) -> str:
        """Add up this line's readings of the year; compared as they are, a member may be called "<5" or "*"."""
        last = len(self.content.readings) + 1
        symbol, of = (xl_rowcol_to_cell(line, column, col_abs=True) for column in (1, 2))
        wanted = f"(Readings!$A$2:$A${last}={year})*(Readings!$C$2:$C${last}={symbol})*(Readings!$D$2:$D${last}={of})"
        total = f"SUMPRODUCT({wanted}*Readings!$F$2:$F${last})"
        return f"={total}/SUMPRODUCT({wanted})" if mean else f"={total}"

    def _fixed(self, line: int, parameter: Parameter, key: Key) -> None:
        given = self.given[parameter.symbol]
        value = given[key] if isinstance(given, Mapping) else given
        if isinstance(value, str):
            self.input.write_string(line, FIRST_YEAR, str(safe_cell(value)))
        else:
            self.input.write_number(line, FIRST_YEAR, float(value))
        for year in self.years:
            self.cells[parameter.symbol, key, year] = self._absolute(self.input_name, line, FIRST_YEAR)

    # --- the calculation sheet -------------------------------------------------------------------------------------
    def _calculate(self) -> None:
        self.line = self._head(self.calc, "Calculation process", 0)
        for parameter in self.definition.parameters:
            if parameter.kind == "table":
                self._tables(parameter)
            elif parameter.expression is not None:
                for key in self._keys(parameter):
                    over = dict(zip(parameter.over, key, strict=True))
                    item = _Item(parameter.symbol, key, parameter.name, parameter.unit)
                    self._row(item, parameter.expression, over)
        self._row(_Item("RE", (), "Reference emissions", "tCO2/p"), self.definition.reference, {})
        self._row(_Item("PE", (), "Project emissions", "tCO2/p"), self.definition.project, {})
        self._reductions()
        self.calc.set_column(3, 3, 50)

    def _tables(self, table: Parameter) -> None:
        by = next(each for each in self.definition.parameters if each.symbol == table.by)
        for key in self._keys(table):
            chosen = tuple(key[table.over.index(dimension)] for dimension in by.over)
            formulas = {
                year: (
                    looked_up(table, self._cell(by.symbol, chosen, year)),
                    _value(self.scopes[year], table.symbol, key),
                )
                for year in self.years
            }
            self._write(_Item(table.symbol, key, table.name, table.unit), formulas)

    def _row(self, item: _Item, node: Node, over: Mapping[str, str]) -> None:
        self._write(item, self._written(node, over))

    def _written(self, node: Node, over: Mapping[str, str]) -> dict[int, tuple[str, Fraction]]:
        """Return the formula and the value of each year; sums in it get their lines first."""
        return {
            year: (self.formulas.text(node, Place(year, over)), self._evaluated(node, year, over))
            for year in self.years
        }

    def _evaluated(self, node: Node, year: int, over: Mapping[str, str]) -> Fraction:
        scope = self.scopes[year]
        return evaluate(node, Scope(scope.values, scope.members, scope.past, over))

    def _summed(self, node: Sum, place: Place) -> str:
        """Give each term of a sum a line of its own, and add up those lines."""
        key = (id(node), tuple(place.bound.values()))
        if key not in self.terms:
            members = [bound(place, node.dimension, each).bound for each in self._scope().members[node.dimension]]
            terms = [(tuple(inside.values()), self._written(node.body, inside)) for inside in members]
            first = self.line  # after the lines of sums inside of this one
            for of, formulas in terms:
                self._write(_Item("", of), formulas)
            self.terms[key] = (first, max(first, self.line - 1))
        first, last = self.terms[key]
        column = FIRST_YEAR + self.years.index(place.year)
        return f"SUM({xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(last, column)})"

    def _write(self, item: _Item, formulas: Mapping[int, tuple[str, Fraction]]) -> None:
        for column, text in enumerate(("", item.symbol, _of(item.key), item.name, item.unit)):
            self.calc.write_string(self.line, column, str(safe_cell(text)))
        for column, (year, (formula, value)) in enumerate(formulas.items(), FIRST_YEAR):
            if len(formula) > LONGEST:
                raise DefinitionError(item.symbol, _("The equation is too long for a cell of a spreadsheet."))
            self.calc.write_formula(self.line, column, f"={formula}", None, float(value))
            self.cells[item.symbol, item.key, year] = self._absolute(self.calc_name, self.line, column)
        self.line += 1

    def _reductions(self) -> None:
        formulas = {}
        for year in self.years:
            re, pe = (self._cell(each, (), year) for each in ("RE", "PE"))
            difference = self._evaluated(self.definition.reference, year, {}) - self._evaluated(
                self.definition.project, year, {}
            )
            whole = Fraction(max(0, difference.__floor__()))
            formulas[year] = (f"MAX(0,ROUNDDOWN(ROUND({re}-{pe},9),0))", whole)
        self._write(_Item("ER", (), "Emission reductions, rounded down once a calendar year", "tCO2/p"), formulas)

    def _absolute(self, sheet: str, line: int, column: int) -> str:
        return f"'{sheet}'!{xl_rowcol_to_cell(line, column, row_abs=True, col_abs=True)}"


def _of(key: Key) -> str:
    """Return the members as they stand in a cell."""
    return str(safe_cell(", ".join(key))) or "–"


def _value(scope: Scope, symbol: str, key: Key) -> Fraction:
    found = scope.values[symbol]
    return found[key] if isinstance(found, Mapping) else found
