"""Every change of the registries."""

from registry.services.accounts import (
    account_apply,
    account_approve,
    account_check,
    account_close,
    account_open,
    account_refuse,
    account_resume,
    account_suspend,
)
from registry.services.authorizations import (
    approach_set,
    authorization_confirm,
    authorization_record,
    authorization_revoke,
)
from registry.services.batch import batch_check, batch_create
from registry.services.certificates import certificates_issue, holding_certify
from registry.services.clients import answer_once, client_create, client_revoke
from registry.services.counterparts import counterpart_confirm, counterpart_enter, counterpart_stop
from registry.services.exchange import Answer, message_receive, receipt_take
from registry.services.execution import proposal_execute, proposals_execute_due
from registry.services.freezes import freeze_keep, freeze_lift, freeze_lift_propose, freeze_set
from registry.services.issuance import credits_issue, leg_approve, leg_propose, leg_send_back, notification_create
from registry.services.log import log_seal, log_sign, logs_seal, logs_sign
from registry.services.people import representative_add, representative_remove, trust_add, trust_remove
from registry.services.proposals import (
    Ask,
    proposal_approve,
    proposal_cancel,
    proposal_create,
    proposal_plan,
    proposal_reject,
    proposals_expire,
)
from registry.services.reconciliation import (
    cycle_close,
    cycle_correct,
    cycle_start,
    cycles_start_due,
    issuance_tell,
    notices_send,
)
from registry.services.records import PublishedIssuance, issuance_record

__all__ = [
    "Answer",
    "Ask",
    "PublishedIssuance",
    "account_apply",
    "account_approve",
    "account_check",
    "account_close",
    "account_open",
    "account_refuse",
    "account_resume",
    "account_suspend",
    "answer_once",
    "approach_set",
    "authorization_confirm",
    "authorization_record",
    "authorization_revoke",
    "batch_check",
    "batch_create",
    "certificates_issue",
    "client_create",
    "client_revoke",
    "counterpart_confirm",
    "counterpart_enter",
    "counterpart_stop",
    "credits_issue",
    "cycle_close",
    "cycle_correct",
    "cycle_start",
    "cycles_start_due",
    "freeze_keep",
    "freeze_lift",
    "freeze_lift_propose",
    "freeze_set",
    "holding_certify",
    "issuance_record",
    "issuance_tell",
    "leg_approve",
    "leg_propose",
    "leg_send_back",
    "log_seal",
    "log_sign",
    "logs_seal",
    "logs_sign",
    "message_receive",
    "notices_send",
    "notification_create",
    "proposal_approve",
    "proposal_cancel",
    "proposal_create",
    "proposal_execute",
    "proposal_plan",
    "proposal_reject",
    "proposals_execute_due",
    "proposals_expire",
    "receipt_take",
    "representative_add",
    "representative_remove",
    "trust_add",
    "trust_remove",
]
