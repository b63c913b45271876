"""Every change of the registries."""

from registry.services.accounts import account_open
from registry.services.issuance import credits_issue, leg_approve, leg_propose, leg_send_back, notification_create

__all__ = [
    "account_open",
    "credits_issue",
    "leg_approve",
    "leg_propose",
    "leg_send_back",
    "notification_create",
]
