"""Attacks on the constraints of the tables themselves, and on what the models' own triggers keep."""

from datetime import date
from typing import Any

from django.utils import timezone

from registry.models import (
    Account,
    AccountApplication,
    AccountRepresentative,
    Authorization,
    AuthorizationUse,
    Certificate,
    CertificateLine,
    Client,
    CooperativeApproach,
    CreditBlock,
    Cycle,
    Freeze,
    IssuanceLeg,
    IssuanceNotification,
    LegLine,
    LogEntry,
    LogNode,
    Movement,
    Proposal,
    ProposalLine,
    Registry,
    Series,
    StoredAnswer,
    Transaction,
    TrustedAccount,
    UnsealedLeaf,
)
from tests.integration.registry.attacks.hands import DENIED, Act, Attack, Hand, again, change
from tests.integration.registry.attacks.world import World

NOW = timezone.now()
LONG_AGO = date(2000, 1, 1)
OPEN = {"state": "proposed"}
ISSUED = {"state": "issued", "registry__party__iso2": "JP"}
BY_HAND = {"frozen_by__isnull": False}


def before_first(row: Movement | ProposalLine | CertificateLine) -> int:
    return row.first - 1


def another_pattern(world: World, hand: Hand) -> None:
    form = "{registry}%s{host}%s{project}%s{vintage}%s{first}%s{last}"
    for mark in (".", "/"):
        hand.update(world.registry, serial_pattern=form.replace("%s", mark))


def key_of_another(world: World, hand: Hand) -> None:
    done = Transaction.objects.get(kind="retirement")
    again(Transaction, {"pk": done.pk}, proposal_id=world.open.pk)(world, hand)


def twice(**columns: Any) -> Act:
    """Write two notifications with the same reference."""

    def act(world: World, hand: Hand) -> None:
        for _ in range(2):
            again(IssuanceNotification, **columns)(world, hand)

    return act


def number_of_another(world: World, hand: Hand) -> None:
    waiting = UnsealedLeaf.objects.filter(registry=world.registry).get()
    hand.insert(LogEntry(leaf_id=waiting.leaf_id, registry=world.registry, index=0))


PEOPLE_AND_ACCOUNTS = {
    "registry_share_is_a_percentage": change(Registry, gx_ets_share=101),
    "registry_serial_pattern_has_each_field_once": change(Registry, serial_pattern="{registry}-{first}"),
    "registry_serial_pattern_stays": another_pattern,
    "registry_one_account_of_each_government_kind": again(Account, {"kind": "retirement"}, number="X"),
    "registry_entity_account_has_holder": again(Account, {"kind": "entity"}, number="X", holder=None),
    "registry_government_accounts_are_open": change(Account, {"kind": "source"}, state="suspended"),
    "registry_representative_once": again(AccountRepresentative),
    "registry_representative_ends_after_start": change(AccountRepresentative, valid_until=LONG_AGO),
    "registry_trusted_once": again(TrustedAccount),
    "registry_trusts_another": again(TrustedAccount, destination_id=lambda row: row.account_id),
    "registry_application_check_has_who_and_when": change(AccountApplication, checked_at=NOW),
    "registry_account_opened_by_second_person": change(
        AccountApplication, checked_by_id=lambda row: row.applied_by_id, checked_at=NOW,
        opened_by_id=lambda row: row.applied_by_id, opened_at=NOW,
    ),
    "registry_refusal_has_who_when_and_why": change(
        AccountApplication, refused_by_id=lambda row: row.applied_by_id, refused_at=NOW, reason=""
    ),
    "registry_client_has_scopes": change(Client, scopes=[]),
    "registry_key_answered_once": again(StoredAnswer),
}  # fmt: skip

ISSUANCE = {
    "registry_notification_has_decision_and_two_signatories": again(
        IssuanceNotification, signatory_host=lambda row: row.signatory_acquirer
    ),
    "registry_only_a_public_record_is_incomplete": again(IssuanceNotification, incomplete=True),
    "registry_only_a_public_leg_is_incomplete": change(IssuanceLeg, {"state": "approved"}, incomplete=True),
    "registry_one_leg_per_party": again(IssuanceLeg, ISSUED),
    "registry_leg_proposal_has_who_and_when": again(IssuanceLeg, ISSUED, proposed_at=None),
    "registry_leg_approval_has_who_and_when": again(IssuanceLeg, ISSUED, approved_at=None),
    "registry_issued_leg_has_date": again(IssuanceLeg, ISSUED, issued_on=None),
    "registry_only_zero_leg_closes": again(IssuanceLeg, ISSUED, state="closed"),
    "registry_line_once": again(LegLine),
    "registry_line_is_positive": again(LegLine, quantity=0),
    "registry_authorization_has_vintages": again(Authorization, vintage_from=2012),
    "registry_authorization_quantity_is_positive": again(Authorization, quantity=0),
    "registry_authorization_has_reference": again(Authorization, reference=""),
    "registry_authorization_confirmed_by_second_person": again(
        Authorization, confirmed_by_id=lambda row: row.recorded_by_id
    ),
    "registry_revocation_has_who_when_and_why": again(Authorization, revoked_at=NOW),
    "registry_authorization_use_once": again(AuthorizationUse),
    "registry_authorization_use_is_positive": again(AuthorizationUse, quantity=0),
    "registry_series_once": again(Series),
    "registry_vintage_is_a_year": again(Series, vintage=2012),
}

LEDGER = {
    "registry_transaction_by_two_people": again(Transaction, approved_by_id=lambda row: row.proposed_by_id),
    "registry_transaction_has_its_cause": again(Transaction, {"kind": "issuance"}, kind="transfer"),
    "registry_transaction_key_once": key_of_another,
    "registry_movement_has_a_range": Attack(
        again(Movement, last=before_first), application="registry_no_late_movements", alone=Movement
    ),
    "registry_block_has_a_range": Attack(again(CreditBlock, first=0), application=DENIED, alone=CreditBlock),
    "registry_block_starts_once": Attack(again(CreditBlock), application=DENIED, alone=CreditBlock),
    "registry_serials_never_overlap": Attack(
        again(CreditBlock, first=lambda row: row.first + 1), application=DENIED, alone=CreditBlock
    ),
    "registry_log_index_once": number_of_another,
    "registry_log_node_once": again(LogNode),
    "registry_certified_once_for_each_beneficiary": again(Certificate, {"kind": "retirement"}, number="X"),
    "registry_certificate_has_its_cause": again(Certificate, {"kind": "retirement"}, number="X", transaction=None),
    "registry_holding_certified_by_a_person": again(Certificate, {"kind": "holding"}, number="X", issued_by=None),
    "registry_certificate_line_has_a_range": again(CertificateLine, last=before_first),
}

PROPOSALS = {
    "registry_proposal_key_once": again(Proposal, OPEN),
    "registry_approval_has_who_when_and_time": again(Proposal, OPEN, execute_at=NOW),
    "registry_proposal_approved_by_second_person": again(
        Proposal, {"state": "approved"}, approved_by_id=lambda row: row.proposed_by_id
    ),
    "registry_end_has_its_time": again(Proposal, OPEN, ended_by_id=lambda row: row.proposed_by_id),
    "registry_correction_has_decision": again(Proposal, OPEN, kind="correction"),
    "registry_line_has_a_range": again(ProposalLine, {"proposal__state": "proposed"}, last=before_first),
    "registry_freeze_names_what": again(Freeze, BY_HAND, first=1),
    "registry_lift_proposal_has_who_and_when": again(Freeze, BY_HAND, lift_proposed_at=NOW),
    "registry_freeze_lifted_by_two": again(
        Freeze, BY_HAND, lift_proposed_by_id=lambda row: row.frozen_by_id, lift_proposed_at=NOW,
        lifted_by_id=lambda row: row.frozen_by_id, lifted_at=NOW,
    ),
    "registry_freeze_has_reason": again(Freeze, BY_HAND, reason=""),
    "registry_freeze_by_person_or_comparison": again(Freeze, BY_HAND, frozen_by=None),
}  # fmt: skip

# Columns that are unique by themselves: of these rows there is one for each of what they refer to.
ONCE = {
    "registry_registry_party_id_key": again(Registry),
    "registry_account_number_key": again(Account, {"kind": "entity"}),
    "registry_accountapplication_account_id_key": again(AccountApplication),
    "registry_cooperativeapproach_partnership_id_key": again(CooperativeApproach),
    "registry_issuancenotification_request_id_key": twice(request_id=1),
    "registry_issuancenotification_record_key_key": twice(record_key="X"),
    "registry_transaction_leg_id_key": again(Transaction, {"kind": "issuance"}, idempotency_key="forged"),
    "registry_transaction_proposal_id_key": again(Transaction, {"kind": "retirement"}, idempotency_key="forged"),
    "registry_certificate_number_key": again(Certificate, {"kind": "holding"}),
    "registry_client_application_id_key": again(Client),
}

# From one state to another that does not follow it.
STEPS = {
    "registry_account_legal_moves": change(Account, {"state": "open", "kind": "entity"}, state="applied"),
    "registry_issuanceleg_legal_moves": change(IssuanceLeg, {"state": "notified"}, state="approved"),
    "registry_proposal_legal_moves": change(Proposal, OPEN, state="executing"),
    "registry_cycle_legal_moves": change(Cycle, {"state": "manual"}, state="totals_ok"),
}

TABLES = {**PEOPLE_AND_ACCOUNTS, **ISSUANCE, **LEDGER, **PROPOSALS, **ONCE, **STEPS}
