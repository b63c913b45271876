"""Tables as files for spreadsheets: CSV and XLSX, in which text can never run as a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO, StringIO

import xlsxwriter
from django.http import HttpResponse

# A spreadsheet takes a cell that starts with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Table = Iterable[Sequence[object]]


def safe_cell(value: object) -> object:
    """Return the value as a spreadsheet may show it: text that would run as a formula gets an apostrophe."""
    if isinstance(value, list | tuple):
        value = "; ".join(str(part) for part in value)
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def csv_file(rows: Table) -> bytes:
    """Return the rows as CSV with a byte order mark: without it a spreadsheet reads UTF-8 as something else."""
    text = StringIO()
    csv.writer(text).writerows([safe_cell(cell) for cell in row] for row in rows)
    return f"\ufeff{text.getvalue()}".encode()


def xlsx_file(title: str, rows: Table, *, made: datetime) -> bytes:
    """Return a workbook with one sheet, its first row in bold. Numbers stay numbers, everything else is plain text."""
    target = BytesIO()
    # Strings are written as such: nothing is taken for a formula, a link or a number.
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": title, "created": made.replace(tzinfo=None)})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            style = bold if line == 0 else None
            if isinstance(cell, int):
                sheet.write_number(line, column, cell, style)
            else:
                sheet.write_string(line, column, str(safe_cell("" if cell is None else cell)), style)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return target.getvalue()


def download(name: str, file_format: str, content: bytes, *, at: datetime) -> HttpResponse:
    """Answer with a file that was made from what was recorded at that time."""
    response = HttpResponse(content, content_type=MEDIA_TYPES[file_format])
    response["Content-Disposition"] = f'attachment; filename="jcm-{name}-{at:%Y-%m-%d}.{file_format}"'
    response["Data-As-Of"] = at.isoformat(timespec="seconds")
    return response
