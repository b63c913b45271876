"""Every change to a methodology (jcm.md 1.3)."""

from methodologies.services.proposals import (
    Content,
    methodology_accept,
    methodology_approve,
    methodology_consider,
    methodology_deny,
    methodology_propose,
    methodology_return,
    methodology_submit,
    methodology_update,
    methodology_withdraw,
)
from methodologies.services.withdrawals import (
    withdrawal_adopt,
    withdrawal_deny,
    withdrawal_propose,
    withdrawal_take_back,
)

__all__ = [
    "Content",
    "methodology_accept",
    "methodology_approve",
    "methodology_consider",
    "methodology_deny",
    "methodology_propose",
    "methodology_return",
    "methodology_submit",
    "methodology_update",
    "methodology_withdraw",
    "withdrawal_adopt",
    "withdrawal_deny",
    "withdrawal_propose",
    "withdrawal_take_back",
]
