"""Serial numbers as people write them: in the usual form, with one number alone too, or in a registry's own form."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from registry import patterns
from registry.models import Registry
from registry.patterns import LONGEST

USUAL = (patterns.DEFAULT, patterns.DEFAULT.removesuffix("-{last}"))


@dataclass(frozen=True, slots=True)
class Serial:
    """A range of credits of one registry, project and vintage; both ends belong to it. As text: the usual form."""

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


class Reader:
    """Reads serial numbers; asks once for the registries' own forms, and only when the usual form does not fit."""

    @cached_property
    def _own(self) -> Mapping[str, str]:
        others = Registry.objects.exclude(serial_pattern=patterns.DEFAULT)
        return dict(others.values_list("party__iso2", "serial_pattern"))

    def read(self, text: str) -> Serial | None:
        """Return the serial number that was typed, or None. Case and spaces do not matter."""
        text = patterns.plain(text) if len(text) <= LONGEST else ""
        for pattern in USUAL:
            if found := patterns.read(pattern, text):
                return _serial(found)
        if not any(character.isdigit() for character in text):
            return None
        for code, pattern in self._own.items():
            found = patterns.read(pattern, text)
            if found and found["registry"] == code:
                return _serial(found)
        return None


def read(text: str) -> Serial | None:
    """Return the serial number that was typed, or None where the text is not one. Case and spaces do not matter."""
    return Reader().read(text)


def _serial(found: Mapping[str, str]) -> Serial | None:
    first, last = int(found["first"]), int(found.get("last", found["first"]))
    if not 1 <= first <= last:
        return None
    return Serial(found["registry"], found["host"], found["project"], int(found["vintage"]), first, last)
