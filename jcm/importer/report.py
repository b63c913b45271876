"""What a run did, file by file, in rows."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from jcm.importer.table import Row


class Kind(StrEnum):
    """What became of the row, or file, that a problem is about."""

    REFUSED = "refused"
    INCOMPLETE = "incomplete"
    DIFFERENT = "different"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Problem:
    """One row that was left out, kept as incomplete or kept as it was. Line 0: the file as a whole."""

    file: str
    line: int
    column: str
    reason: str
    kind: Kind

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return " ".join(part for part in (f"{where}:", f"{self.column}:" if self.column else "", self.reason) if part)


@dataclass(slots=True)
class FileReport:
    """The rows of one file: every row read was created, changed, unchanged or refused."""

    file: str
    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    def count(self, outcome: str) -> None:
        """Count one row as created, changed or unchanged."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def refuse(self, line: int, column: str, reason: str) -> None:
        """Count one row as refused, with its reason."""
        self.refused += 1
        self._note(Kind.REFUSED, line, column, reason)

    def tell(self, row: Row) -> None:
        """Say what a kept row lacks, once with its first column, and what the system knows otherwise."""
        for kind, told in ((Kind.INCOMPLETE, row.missing), (Kind.DIFFERENT, row.differing)):
            if told:
                self._note(kind, row.line, next(iter(told)), " ".join(told.values()))

    def leave_out(self, reason: str, *, line: int = 0, column: str = "") -> None:
        """Say that nothing of the file was saved, and why: all its rows are refused."""
        self.created = self.changed = self.unchanged = 0
        self.refused = self.read
        self.problems = [problem for problem in self.problems if problem.kind is Kind.REFUSED]
        self._note(Kind.REFUSED, line, column, reason)

    def is_absent(self) -> None:
        """Say that the folder does not have this file."""
        self._note(Kind.ABSENT, 0, "", _("The folder does not have this file."))

    def _note(self, kind: Kind, line: int, column: str, reason: str) -> None:
        self.problems.append(Problem(self.file, line, column, reason, kind))
        self.problems.sort(key=lambda problem: problem.line)

    def as_json(self) -> dict[str, Any]:
        """Return the counts and problems for JSON."""
        content = asdict(self)
        del content["file"]
        return content


@dataclass(slots=True)
class Report:
    """All files of a run, in the order in which they were loaded."""

    files: dict[str, FileReport] = field(default_factory=dict)

    @property
    def refused_any(self) -> bool:
        """Whether a row, or a whole file, was left out."""
        return any(problem.kind is Kind.REFUSED for file in self.files.values() for problem in file.problems)

    def as_json(self) -> dict[str, Any]:
        """Return the report in the form of `--json`."""
        return {"files": {name: file.as_json() for name, file in self.files.items()}}
