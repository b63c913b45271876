"""How a registry writes its serial numbers: a pattern such as {registry}-{host}-{project}-{vintage}-{first}-{last}.

A pattern names each field once. Between two fields stands at least one of - . _ and :, which no field holds, so that
a number can be taken apart in one way only.
"""

import re
from collections.abc import Mapping
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHAPES: Mapping[str, str] = {
    "registry": r"[A-Z]{2}",
    "host": r"[A-Z]{2}",
    "project": r"[A-Z]{2}\d{1,8}",
    "vintage": r"\d{4}",
    "first": r"\d{1,15}",
    "last": r"\d{1,15}",
}
DEFAULT = "{registry}-{host}-{project}-{vintage}-{first}-{last}"
# What PostgreSQL checks too: six fields, parted, among capitals, digits and marks that an address can hold.
FORM = r"^[A-Z0-9]*([-._:][A-Z0-9]*)*(\{[a-z]+\}[A-Z0-9]*([-._:][A-Z0-9]*)+){5}\{[a-z]+\}[A-Z0-9]*([-._:][A-Z0-9]*)*$"
LONGEST_PATTERN = 100
LONGEST = 120  # of a number as it is written
# Hyphens, dashes and spaces of any kind part the pieces; people copy numbers from all sorts of documents.
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212\uff0d]+")
WIDEST: Mapping[str, str | int] = {
    "registry": "JP",
    "host": "MN",
    "project": "MN12345678",
    "vintage": 2021,
    "first": 10**14,
    "last": 10**15 - 1,
}


def plain(text: str) -> str:
    """Return the text in capitals, with one hyphen for whatever parts it."""
    return SEPARATORS.sub("-", text.strip()).strip("-").upper()


def write(pattern: str, fields: Mapping[str, str | int]) -> str:
    """Return the serial number."""
    return pattern.format_map(fields)


@cache
def _reader(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{([a-z]+)\}", pattern)
    pieces = [f"(?P<{part}>{SHAPES[part]})" if n % 2 else re.escape(part) for n, part in enumerate(parts)]
    return re.compile("".join(pieces), re.ASCII)


def read(pattern: str, text: str) -> dict[str, str] | None:
    """Return the fields of a plain text, or None where the pattern has not written it."""
    found = _reader(SEPARATORS.sub("-", pattern).strip("-")).fullmatch(text)
    return found.groupdict() if found else None


def check(pattern: str) -> None:
    """Raise ValidationError unless the pattern can be read back, and not as something else."""
    names = re.findall(r"\{([a-z]+)\}", pattern)
    if not re.fullmatch(FORM, pattern, re.ASCII) or sorted(names) != sorted(SHAPES):
        named = ", ".join(f"{{{name}}}" for name in SHAPES)
        raise ValidationError(
            _("Name each of %(fields)s once, parted by - . _ or : and with nothing but capitals and digits besides.")
            % {"fields": named}
        )
    if len(write(pattern, WIDEST)) > LONGEST:
        raise ValidationError(_("Serial numbers would be longer than %(most)s characters.") % {"most": LONGEST})
    for vintage, first, last in ((2021, 1, 2), (2021, 2022, 2023), (2021, 7, 7)):
        fields: dict[str, str | int] = {**WIDEST, "vintage": vintage, "first": first, "last": last}
        wanted = {name: str(value) for name, value in fields.items()}
        text = plain(write(pattern, fields))
        if read(pattern, text) != wanted or read(DEFAULT, text) not in (None, wanted):
            raise ValidationError(_("Serial numbers could be taken for others in the usual form."))
