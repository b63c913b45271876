"""A methodology as people read it: the sections A to I, with what follows from the definition in its place."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from methodologies.engine.definition import DefinitionError, Parameter
from methodologies.engine.display import mathml
from methodologies.engine.reading import read
from methodologies.models import MethodologyVersion
from methodologies.sections import TEXTS
from parties.sections import METHODOLOGY


@dataclass(frozen=True, slots=True)
class Calculation:
    """A definition as the page shows it: the equations as MathML."""

    parameters: tuple[Parameter, ...]
    reference: SafeString
    project: SafeString

    def monitored(self) -> list[Parameter]:
        """Return what meters deliver."""
        return [p for p in self.parameters if p.kind == "monitored"]

    def fixed(self) -> list[Parameter]:
        """Return what is fixed ex ante."""
        return [p for p in self.parameters if p.kind == "fixed"]


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its letter and heading, and its texts (label, text), the label only where there are several."""

    letter: str
    heading: str
    texts: list[tuple[str, str]]
    calculation: Calculation | None

    @property
    def title(self) -> str:
        """The heading with its letter."""
        return f"{self.letter}. {self.heading}"


def calculation_of(version: MethodologyVersion) -> Calculation | None:
    """Return parameters and equations for the page, or None where there is no definition that computes."""
    try:
        definition = read(version.definition or {})
    except DefinitionError:
        return None
    reference, project = mathml(definition.reference, equals="RE"), mathml(definition.project, equals="PE")
    return Calculation(definition.parameters, SafeString(reference), SafeString(project))


# In these the definition speaks.
DEFINED = ("C", "F", "G", "H", "I")


def sections_of(version: MethodologyVersion) -> list[Section]:
    """Return the sections that hold something; the title (A) heads the page."""
    calculation, found = calculation_of(version), []
    for letter, heading in METHODOLOGY.items():
        columns = [column for column, text in TEXTS.items() if text.letter == letter]
        written = [(str(TEXTS[c].label), getattr(version, c)) for c in columns if getattr(version, c)]
        texts = written if len(columns) > 1 else [("", text) for _label, text in written]
        defined = calculation if letter in DEFINED else None
        if letter == "I" and calculation and not calculation.fixed():
            defined = None
        if texts or defined:
            found.append(Section(letter, str(heading), texts, defined))
    return found
