"""Every change to rule packs and cases."""

from parties.services.cases import case_check, case_move, case_open, case_pause, case_resume
from parties.services.packs import (
    pack_adopt,
    pack_change,
    pack_deny,
    pack_draft,
    pack_drop,
    pack_propose,
    pack_take_back,
)

__all__ = [
    "case_check",
    "case_move",
    "case_open",
    "case_pause",
    "case_resume",
    "pack_adopt",
    "pack_change",
    "pack_deny",
    "pack_draft",
    "pack_drop",
    "pack_propose",
    "pack_take_back",
]
