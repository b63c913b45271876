"""Organisations as the public list of projects writes them: many in one cell, with marks between and behind them."""

import re
from dataclasses import dataclass

LEGAL_FORM = r"(?:co|ltd|inc|incorporated|limited|llc|corp|k\.k|s\.a)\b"
ENDINGS = ("\\)", "corporation", "limited", "llc", "ltd", "ltd\\.", "inc\\.")
AFTER_A_NAME = "(?:" + "|".join(f"(?<={ending})" for ending in ENDINGS) + ")"
SEPARATOR = re.compile(
    rf"""
      \s*;\s*
    | {AFTER_A_NAME}\s*,\s+(?!{LEGAL_FORM})                          # "Alpha Corporation, Beta LLC"
    | ,\s+(?=p\.?t\.?\s)                                             # "PT. Alpha, PT. Beta"
    | ,\s+(?=subproject\s+\d+:)
    | (?<=ltd\.)\s*(?=\w.*\b(?:ltd|limited|inc|corporation)\.?\s*$)  # "Alpha Co., Ltd. Beta Limited"
    """,
    re.IGNORECASE | re.VERBOSE,
)
NUMBERED = re.compile(r"^(?:\(\d+\)|\d+[.)]|subproject\s+\d+:)\s*", re.IGNORECASE)
FOCAL_POINT = re.compile(r"\(\s*focal\s+points?\b[^()]*(?:\([^()]*\))?\s*\)", re.IGNORECASE)
SUBPROJECTS = re.compile(r"\(\s*subprojects?\b[^()]*\)", re.IGNORECASE)
PLACE = re.compile(r"^project\s+location\s+\d+\s*[.:]\s*(?P<place>.+)$", re.IGNORECASE)
# A full stop that ends the sentence, not the abbreviation: "Corporation.", "(ABC).", "No. 1.", "Ltd..".
LAST_STOP = re.compile(r"(?:(?<=\))|(?<=\d)|(?<=\.)|(?<=[^\W\d_]{5}))\.$")


@dataclass(frozen=True, slots=True)
class Participants:
    """What one cell says: organisations in their order (name → whether it is a focal point), and places."""

    organisations: dict[str, bool]
    places: list[str]


def parse(cell: str) -> Participants:
    """Split a cell into the names of organisations and the places that stand among them."""
    organisations: dict[str, bool] = {}
    places: list[str] = []
    for part in SEPARATOR.split(cell):
        if place := PLACE.match(part):
            places.append(place["place"].strip())
            continue
        name = _name(part)
        if name:
            organisations[name] = bool(FOCAL_POINT.search(part)) or organisations.get(name, False)
    return Participants(organisations, places)


def _name(part: str) -> str:
    bare = SUBPROJECTS.sub("", FOCAL_POINT.sub("", NUMBERED.sub("", part.strip())))
    return LAST_STOP.sub("", " ".join(bare.split()).strip(" ,;"))


def same(name: str) -> str:
    """Return what two spellings of one organisation have in common: letters and digits, in lower case."""
    return "".join(character for character in name.casefold() if character.isalnum())
