"""Every change to rule packs, cases, people with their roles, and third-party entities' designations."""

from parties.services.applications import (
    ApplicationContent,
    application_accept,
    application_correct,
    application_deny,
    application_file,
    application_return,
    application_withdraw,
)
from parties.services.cases import case_check, case_move, case_open, case_pause, case_resume
from parties.services.designations import designation_extend, designation_give_up, designation_grant
from parties.services.measures import measure_adopt, measure_deny, measure_propose, measure_withdraw
from parties.services.packs import (
    pack_adopt,
    pack_change,
    pack_deny,
    pack_draft,
    pack_drop,
    pack_propose,
    pack_take_back,
)
from parties.services.people import (
    Grant,
    invitation_accept,
    invitation_confirm,
    invitation_withdraw,
    invite,
    role_end,
)

__all__ = [
    "ApplicationContent",
    "Grant",
    "application_accept",
    "application_correct",
    "application_deny",
    "application_file",
    "application_return",
    "application_withdraw",
    "case_check",
    "case_move",
    "case_open",
    "case_pause",
    "case_resume",
    "designation_extend",
    "designation_give_up",
    "designation_grant",
    "invitation_accept",
    "invitation_confirm",
    "invitation_withdraw",
    "invite",
    "measure_adopt",
    "measure_deny",
    "measure_propose",
    "measure_withdraw",
    "pack_adopt",
    "pack_change",
    "pack_deny",
    "pack_draft",
    "pack_drop",
    "pack_propose",
    "pack_take_back",
    "role_end",
]
