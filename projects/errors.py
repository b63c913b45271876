"""Refusals of project work by name."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError, InvalidInput
from methodologies.engine.definition import DefinitionError
from methodologies.rules import in_words


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a table of readings. `row` counts as a spreadsheet does; None where no one row is meant."""

    row: int | None
    column: str
    text: str

    @property
    def place(self) -> str:
        """Where to look, in words."""
        if self.row is None:
            return self.column
        return _("Row %(row)s, column “%(column)s”") % {"row": self.row, "column": self.column}


class ReadingsRefused(InvalidInput):
    """The table of readings has faults; none of it was stored."""

    code = "readings-refused"
    title = gettext_lazy("The readings have faults; nothing was stored. Correct the listed rows and upload again.")

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(
            fields={f"{fault.row}/{fault.column}" if fault.row else fault.column: fault.text for fault in self.faults}
        )


class CannotCalculate(InvalidInput):
    """The methodologies cannot be evaluated with the project's values and readings."""

    code = "cannot-calculate"

    def __init__(self, problem: DefinitionError) -> None:
        super().__init__(
            _("The reductions cannot be calculated. %(where)s: %(problem)s")
            % {"where": problem.where, "problem": in_words(problem)}
        )


class PeriodsOverlap(InvalidInput):
    """Another monitoring report of the project covers part of the period."""

    code = "periods-overlap"
    title = gettext_lazy(
        "Another monitoring report of this project covers part of this period. Choose days that no report covers."
    )


class ResultsDiffer(DomainError):
    """What is stored is not what follows from the readings."""

    code = "results-differ"
    title = gettext_lazy(
        "The stored reductions do not follow from the readings. Return the report, so that it is calculated again."
    )


class ProjectNotRegistered(DomainError):
    """Credits are issued for registered projects only."""

    code = "project-not-registered"
    title = gettext_lazy("The project is not registered yet. Decide on its registration first.")
