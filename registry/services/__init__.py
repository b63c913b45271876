"""Every change of the registries."""

from registry.services.accounts import account_open
from registry.services.issuance import credits_issue, leg_approve, leg_propose, leg_send_back, notification_create
from registry.services.records import PublishedIssuance, issuance_record

__all__ = [
    "PublishedIssuance",
    "account_open",
    "credits_issue",
    "issuance_record",
    "leg_approve",
    "leg_propose",
    "leg_send_back",
    "notification_create",
]
