"""Serial numbers as people write them: {registry}-{host}-{project}-{vintage}-{first}-{last}, or one number alone."""

import re
from dataclasses import dataclass

# Hyphens, dashes and spaces of any kind part the pieces; people copy numbers from all sorts of documents.
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212\uff0d]+")
FORM = re.compile(r"([A-Z]{2})-([A-Z]{2})-([A-Z]{2}\d{1,8})-(\d{4})-(\d{1,15})(?:-(\d{1,15}))?", re.ASCII)
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Serial:
    """A range of credits of one registry, project and vintage; both ends belong to it."""

    registry: str
    host: str
    project: str
    vintage: int
    first: int
    last: int

    def __str__(self) -> str:
        numbers = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.series}-{numbers}"

    @property
    def series(self) -> str:
        """The part that all credits of the registry, project and vintage share."""
        return f"{self.registry}-{self.host}-{self.project}-{self.vintage}"

    @property
    def quantity(self) -> int:
        """How many credits the range spans, 1 credit = 1 tCO2eq."""
        return self.last - self.first + 1


def read(text: str) -> Serial | None:
    """Return the serial number that was typed, or None where the text is not one. Case and spaces do not matter."""
    if len(text) > LONGEST:
        return None
    found = FORM.fullmatch(SEPARATORS.sub("-", text.strip()).strip("-").upper())
    if found is None:
        return None
    registry, host, project, vintage, first, last = found.groups()
    serial = Serial(registry, host, project, int(vintage), int(first), int(last or first))
    return serial if 1 <= serial.first <= serial.last else None
