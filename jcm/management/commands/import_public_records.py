"""Load the record files of a partnership's public site."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from jcm.importer import run
from jcm.importer.report import FileReport, Report

BAR = 30


class Command(BaseCommand):
    """Load the record files of a folder; the exit code is 1 where any row was refused."""

    help = "Load countries, tpes, methodologies, projects, pins, jc_decisions and issuances from CSV files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder with the CSV files; other files are ignored")
        parser.add_argument("--dry-run", action="store_true", help="report, but save nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON and nothing else")

    def handle(self, *_args: Any, folder: Path, dry_run: bool, **options: Any) -> None:
        started_at = timezone.now()
        try:
            report = run.load_folder(folder, dry_run=dry_run, at=started_at, progress=self._progress)
        except run.NothingToLoad as nothing:
            raise CommandError(str(nothing)) from nothing
        if not dry_run:
            run.record_run(report, started_at=started_at, finished_at=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self._tell(report, dry_run=dry_run)
        if report.refused_any:
            sys.exit(1)

    def _progress(self, file: str, done: int, rows: int) -> None:
        """Draw a bar on a terminal; elsewhere say one line per file."""
        if self.stderr.isatty():
            bar = "#" * (BAR * done // rows)
            self.stderr.write(f"\r{file:20} [{bar:{BAR}}] {done}/{rows}", ending="\n" if done == rows else "")
        elif done == rows:
            self.stderr.write(f"{file}: {rows} rows done")

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        for file in report.files.values():
            self.stdout.write(self._line(file))
        for file in report.files.values():
            for problem in file.problems:
                self.stdout.write(f"{problem.kind}: {problem}")
        if dry_run:
            self.stdout.write(_("This was a dry run; nothing was saved."))

    @staticmethod
    def _line(file: FileReport) -> str:
        counts = ", ".join(
            f"{getattr(file, name)} {name}" for name in ("read", "created", "changed", "unchanged", "refused")
        )
        return f"{file.file}: {counts}"
