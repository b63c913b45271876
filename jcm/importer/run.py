"""Loads a folder of record files, one transaction per file, in the order in which the records need each other."""

from collections.abc import Callable, Hashable
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import DomainError
from core.models import ImportRun
from jcm.importer import table
from jcm.importer.countries import Countries
from jcm.importer.decisions import Decisions
from jcm.importer.issuances import Issuances
from jcm.importer.loader import CREATED, UNCHANGED, Loader
from jcm.importer.methodologies import Methodologies
from jcm.importer.pins import Pins
from jcm.importer.projects import Projects
from jcm.importer.report import FileReport, Report
from jcm.importer.table import Refused, Row, Unreadable
from jcm.importer.tpes import Tpes

LOADERS: tuple[type[Loader], ...] = (Countries, Tpes, Methodologies, Projects, Pins, Decisions, Issuances)
# Called with the file's name, the rows done and the rows there are.
Progress = Callable[[str, int, int], None]


class NothingToLoad(Exception):
    """The folder is none, or has none of the files."""


def load_folder(folder: Path, *, dry_run: bool, at: datetime, progress: Progress) -> Report:
    """Load what the folder has and report every row. With `dry_run` nothing is kept.

    Raises NothingToLoad.
    """
    if not folder.is_dir():
        raise NothingToLoad(_("%(folder)s is not a folder.") % {"folder": folder})
    if not any(_path(folder, loader).exists() for loader in LOADERS):
        names = ", ".join(_path(folder, loader).name for loader in LOADERS)
        raise NothingToLoad(_("%(folder)s has none of the files %(names)s.") % {"folder": folder, "names": names})
    if not dry_run:
        return _load_files(folder, at, progress)
    with transaction.atomic():  # around all files: later ones need what earlier ones wrote
        report = _load_files(folder, at, progress)
        transaction.set_rollback(True)
    return report


def record_run(report: Report, *, started_at: datetime, finished_at: datetime) -> ImportRun:
    """Keep the report of a finished run."""
    return ImportRun.objects.create(started_at=started_at, finished_at=finished_at, report=report.as_json())


def _path(folder: Path, loader: type[Loader]) -> Path:
    return folder / f"{loader.name}.csv"


def _load_files(folder: Path, at: datetime, progress: Progress) -> Report:
    return Report({loader.name: _FileRun(loader, _path(folder, loader), at, progress).run() for loader in LOADERS})


class _FileRun:
    """The load of one file."""

    def __init__(self, loader: type[Loader], path: Path, at: datetime, progress: Progress) -> None:
        self.make, self.path, self.at, self.progress = loader, path, at, progress
        self.report = FileReport(path.name)
        self.seen: dict[Hashable, Row] = {}

    def run(self) -> FileReport:
        """Load the rows, or nothing of the file where the file or the database fails as a whole."""
        if not self.path.exists():
            self.report.is_absent()
            return self.report
        try:
            found = table.read(self.path, self.make.columns)
            with transaction.atomic():
                self._load(found)
        except Unreadable as problem:
            self.report.leave_out(problem.reason, line=problem.line, column=problem.column)
        except DatabaseError as problem:
            reason = _("The database failed, and nothing of this file was saved: %(problem)s")
            self.report.leave_out(reason % {"problem": str(problem).partition("\n")[0]})
        return self.report

    def _load(self, found: table.Table) -> None:
        self.report.read = found.read
        for line, refusal in found.broken:
            self.report.refuse(line, refusal.column, refusal.reason)
        loader = self.make()
        for done, row in enumerate(loader.in_order(found.rows), start=1):
            if not self._load_row(loader, row):
                # What the loader remembers may have been undone with the row.
                loader = self.make()
                loader.in_order(found.rows)
            self.progress(self.path.name, done, len(found.rows))

    def _load_row(self, loader: Loader, row: Row) -> bool:
        """Load one row or refuse it; returns whether it stands."""
        try:
            with transaction.atomic():
                outcome = self._outcome(loader, row)
        except Refused as refusal:
            self.report.refuse(row.line, refusal.column, refusal.reason)
        except DomainError as refusal:
            self.report.refuse(row.line, "", str(refusal))
        except (IntegrityError, DataError) as problem:
            reason = _("The database refused the row: %(problem)s") % {"problem": str(problem).partition("\n")[0]}
            self.report.refuse(row.line, "", reason)
        else:
            self.report.count(outcome)
            self.report.tell(row)
            return True
        return False

    def _outcome(self, loader: Loader, row: Row) -> str:
        identity = loader.identity(row)
        first = self.seen.get(identity)
        if first is not None:
            self._check_repeats(first, row)
            return UNCHANGED
        loaded = loader.load(row)
        connection.check_constraints()  # what waits for the commit speaks here, where the row is known
        if loaded.outcome != UNCHANGED:
            name = "public_record.created" if loaded.outcome == CREATED else "public_record.changed"
            data = {"file": self.path.name, "line": row.line}
            events.emit(name, loaded.record, actor=None, at=self.at, data=data)
        self.seen[identity] = row
        return loaded.outcome

    def _check_repeats(self, first: Row, row: Row) -> None:
        for column in self.make.columns:
            if row.text(column) != first.text(column):
                reason = _("Line %(line)d says something else of the same record.") % {"line": first.line}
                raise Refused(column, reason)
