"""Folders of invented public records, and the import of them."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

ROWS: dict[str, dict[str, str]] = {
    "countries": {
        "name_en": "Mongolia",
        "name_ja": "モンゴル",
        "iso2": "MN",
        "iso3": "MNG",
        "jcm_code": "MN",
        "signed_date": "2013-01-08",
    },
    "tpes": {
        "number": "TPE-MN-101",
        "country_iso2": "MN",
        "name": "Invented Verification GmbH",
        "scopes_validation": "1,3",
        "scopes_verification": "1,3,14",
        "designated_date": "2014-03-02",
        "valid_until": "",
        "status": "active_as_listed",
    },
    "methodologies": {
        "number": "MN_AM101",
        "version": "Ver1.0",
        "country_iso2": "MN",
        "title": "Invented way to save coal",
        "sectoral_scope_no": "3",
        "status": "approved",
        "approval_date": "2015-05-06",
        "proposed_number": "MN_PM103",
        "proponent": "Invented Proponent, Inc.; Another Ltd.",
        "public_input_start": "2015-01-01",
        "public_input_end": "2015-01-15",
    },
    "projects": {
        "reference_no": "MN101",
        "country_iso2": "MN",
        "title": "Invented heat plant, with a comma",
        "status": "registered",
        "registration_date": "2016-07-08",
        "methodologies": "MN_AM101@1.0",
        "host_participants": "Invented Heat LLC",
        "japan_participants": "Invented Boilers Co., Ltd. (Focal Point)",
        "estimated_er_tco2_per_year": "420",
        "unep_type": "EE service",
    },
    "pins": {
        "pin_no": "MN_PIN101",
        "country_iso2": "MN",
        "title": "Invented idea",
        "no_objection_date": "2025-02-03",
    },
    "jc_decisions": {
        "country_iso2": "MN",
        "decision_date": "2025-02-03",
        "mode": "electronic",
        "meeting": "",
        "decision_type": "pin_no_objection",
        "subject": "MN_PIN101",
    },
    "issuances": {
        "reference_no": "MN101",
        "monitoring_start": "2017-07-01",
        "monitoring_end": "2018-06-30",
        "jc_decision_date": "2019-01-10",
        "party": "JP",
        "notified_amount": "80",
        "issuance_date": "2019-02-01",
        "issued_amount": "80",
        "granularity": "project_period_party",
        "note": "",
    },
}


class Folder:
    """A folder of record files. Rows name what differs from the invented standard row of their file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, *rows: dict[str, str]) -> "Folder":
        """Write one file with these rows."""
        with (self.path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=[*ROWS[name], "basis"])
            writer.writeheader()
            writer.writerows({**ROWS[name], "basis": "invented", **row} for row in rows)
        return self

    def write_all(self) -> "Folder":
        """Write every file with its standard row, and the partner's side of the issuance."""
        for name in ROWS:
            self.write(name, {})
        return self.write("issuances", {}, HOST_SIDE)

    def load(self, *options: str) -> dict[str, Any]:
        """Import the folder and return the report of its files, with the exit code under "exit"."""
        output = StringIO()
        code: Any = 0
        try:
            call_command("import_public_records", self.path, "--json", *options, stdout=output, stderr=StringIO())
        except SystemExit as end:
            code = end.code
        return {**json.loads(output.getvalue())["files"], "exit": code}

    def load_one(self, name: str, *rows: dict[str, str]) -> dict[str, Any]:
        """Write one file, import the folder, and return the report of that file."""
        report: dict[str, Any] = self.write(name, *rows).load()[name]
        return report


HOST_SIDE = {"party": "MN", "notified_amount": "20", "issued_amount": "20", "issuance_date": "2019-02-03"}


def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
    """Return created, changed, unchanged and refused rows; together they are the rows read."""
    found = (report["created"], report["changed"], report["unchanged"], report["refused"])
    assert sum(found) == report["read"]
    return found
