"""Refusals of the registry, and the sentences for what PostgreSQL refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, TransitionRefused


class LedgerRefused(DomainError):
    """A rule of the ledger that PostgreSQL keeps; `constraint` names it."""

    code = "ledger-refused"
    title = _("The ledger refused this; nothing was recorded.")

    def __init__(self, message: str = "", *, constraint: str = "") -> None:
        self.constraint = constraint
        super().__init__(message)


class UnknownAccount(DomainError):
    """An account number that the registry does not have."""

    code = "unknown-account"
    status = 422
    title = _("The registry does not have this account.")


class NoSuchSerial(DomainError):
    """The text is not a serial number, or no credit has it."""

    code = "no-such-serial"
    status = 404
    title = _("No credit has this serial number.")


class NotEnoughCredits(DomainError):
    """The account does not hold as many free credits."""

    code = "not-enough-credits"
    title = _("The account does not hold that many credits that are free to move.")


class CreditsFrozen(NotEnoughCredits):
    """Not enough credits are free to move, because a freeze in force stops some of them."""

    code = "credits-frozen"
    title = _("Some of these credits are frozen.")


class KeyReused(DomainError):
    """An idempotency key came back with another request."""

    code = "key-reused"
    status = 422
    title = _("This key was used for another request. Use a new key.")


class KeyMissing(DomainError):
    """A request that changes something came without an idempotency key."""

    code = "idempotency-key-missing"
    status = 400
    title = _("Send an Idempotency-Key header of 1 to 64 characters, a new one for each request.")


class KeyInUse(DomainError):
    """The first request with this key is still under way."""

    code = "idempotency-key-in-use"
    title = _("The first request with this key is still being carried out. Repeat it in a moment.")


class CancelTooLate(DomainError):
    """The time to cancel is over."""

    code = "cancel-too-late"
    title = _("It is too late to cancel: the proposal is about to be executed.")


class ProposalExpired(DomainError):
    """Nobody approved the proposal in time."""

    code = "proposal-expired"
    title = _("This proposal has expired, and its credits become free again. Ask for a new one.")


class NoSuchProof(DomainError):
    """The log has no entry or no size as asked for."""

    code = "no-such-proof"
    status = 404
    title = _("The log has no such entry, or not that many entries yet.")


class NothingToCertify(DomainError):
    """The account held no credits then."""

    code = "nothing-to-certify"
    title = _("The account held no credits then, so there is nothing to certify.")


class CounterpartNotInUse(DomainError):
    """A registry kept elsewhere that nobody confirmed, or that was stopped."""

    code = "counterpart-not-in-use"
    title = _("Nothing is exchanged with this registry: it is not confirmed, or it was stopped.")


class ReceiptRefused(DomainError):
    """A receipt of a registry kept elsewhere that is not its own, or is for another message."""

    code = "receipt-refused"
    status = 422
    title = _("The receipt is not taken.")


SENTENCES = {
    "registry_history_is_append_only": _("What is recorded in the ledger cannot be changed. Record a correction."),
    "registry_notification_has_decision_and_two_signatories": _(
        "A notification needs a decision, a period and the signatures of two different people."
    ),
    "registry_notified_leg_is_fixed": _("The amounts that the Joint Committee notified cannot be changed."),
    "registry_leg_lines_sum_to_notified": _("The amounts by vintage do not sum to the notified amount."),
    "registry_leg_stays_in_registry": _("An account belongs to another registry."),
    "registry_no_late_movements": _("A finished transaction cannot be added to."),
    "registry_nothing_moves_between_registries": _("Credits do not move from one registry to another."),
    "registry_issuance_comes_from_source": _("Issuance goes from the source account to a holding account."),
    "registry_serials_have_no_gap": _("Serial numbers follow each other without a gap. Try again."),
    "registry_blocks_follow_movements": _("Credit blocks are written by the ledger alone."),
    "registry_issuance_matches_leg": _("The issuance differs from what the Joint Committee notified."),
    "registry_issuance_has_approved_leg": _("The issuance was not approved by a second person."),
    "registry_issued_leg_has_transaction": _("A leg cannot be called issued without its transaction."),
    "registry_nothing_leaves_a_final_account": _("Retired and cancelled credits are final."),
    "registry_kind_goes_to_its_account": _("Only retired and cancelled credits go to the registry's final accounts."),
    "registry_accounts_are_open": _("An account is not open."),
    "registry_frozen_does_not_move": _("The registry, an account or these credits are frozen."),
    "registry_account_holds_what_it_moves": _("The account does not hold these credits."),
    "registry_credits_reserved_once": _("These credits are reserved for another proposal."),
    "registry_reserved_while_open": _("Credits are reserved exactly while their proposal is open."),
    "registry_proposal_key_once": KeyReused.title,
    "registry_proposal_is_fixed": _("A proposal cannot be changed. Cancel it and make another one."),
    "registry_transaction_has_approved_proposal": _("The transaction was not approved by a second person."),
    "registry_transaction_matches_proposal": _("The transaction differs from what was approved."),
    "registry_only_approved_is_executed": _("Only an approved proposal is executed, and not before its time."),
    "registry_log_has_no_gap": _("The entries of the log follow each other without a gap."),
    "registry_log_tree_is_true": _("The log's tree is made of the hashes of its entries."),
    "registry_checkpoint_follows_log": _("A checkpoint says what the log is, and time does not go back."),
    "registry_log_follows_transactions": _("The log is written by the ledger alone."),
    "registry_transaction_has_its_cause": _("A transaction needs an approved leg or proposal."),
    "registry_proposal_approved_by_second_person": _("Two different people must propose and approve."),
    "registry_correction_has_decision": _("A correction needs the number of a decision."),
    "registry_freeze_lifted_by_two": _("Two different people must lift a freeze."),
    "registry_serials_never_overlap": _("These serial numbers are already in use."),
    "registry_only_a_public_record_is_incomplete": _("Only a public record may lack something."),
    "registry_only_a_public_leg_is_incomplete": _("Only a public record may lack something."),
    "registry_transaction_is_of_now": _("Records of other times are taken over by the tables' owner alone."),
    "registry_transaction_by_two_people": _("Two different people must propose and approve."),
    "registry_leg_waits_for_authorization": _("Both Parties have not authorized these credits yet."),
    "registry_authorization_is_fixed": _("An authorization cannot be changed. Revoke it and record another one."),
    "registry_authorization_use_is_fixed": _("What a leg took of an authorization cannot be changed."),
    "registry_authorization_covers_its_use": _("The authorization does not cover these credits."),
    "registry_authorization_confirmed_by_second_person": _("Two different people must record and confirm."),
    "registry_leg_approved_by_second_person": _("Two different people must propose and approve."),
    "registry_identity_is_fixed": _("What the ledger's history refers to cannot be changed or deleted."),
    "registry_closed_account_is_empty": _("The account still holds credits. Move them before it is closed."),
    "registry_freeze_by_person_or_comparison": _("A freeze is set by a person, or by a comparison of books."),
    "registry_freeze_keeps_its_cause": _("A freeze keeps the comparison that set it."),
    "registry_exchange_is_append_only": _("What was exchanged and found cannot be changed."),
    "registry_counterpart_is_in_use": CounterpartNotInUse.title,
    "registry_counterpart_is_fixed": _("Another name or key is another registry. Stop this one and enter it anew."),
    "registry_counterpart_confirmed_by_second_person": _("Two different people must enter and confirm."),
    "registry_messages_have_no_gap": _("Messages follow each other without a gap."),
    "registry_message_is_its_header": _("A message is kept word for word."),
    "registry_receipt_is_for_its_message": _("A receipt is for the message that it names."),
    "registry_cycle_is_fixed": _("A comparison cannot be changed afterwards. Start another one."),
    "registry_differences_need_two_people": _("Two people close a comparison that found differences."),
    "registry_cycle_closed_by_second_person": _("Two people close a comparison that found differences."),
    "registry_difference_is_found_in_exchange": _("Differences are found while both sides exchange, not later."),
    "registry_serial_pattern_stays": _("Serial numbers were written in this form. It stays, so that they can be read."),
    "registry_completed_proposal_has_transaction": _("A proposal cannot be called completed without its transaction."),
    **dict.fromkeys(
        (f"registry_{kind}_legal_moves" for kind in ("account", "issuanceleg", "proposal", "cycle")),
        TransitionRefused.title,
    ),
}


@contextmanager
def explained() -> Iterator[None]:
    """Turn a refusal of a rule of this app's tables into LedgerRefused, with its sentence where it has one."""
    try:
        yield
    except IntegrityError as refusal:
        name = getattr(getattr(refusal.__cause__, "diag", None), "constraint_name", None) or ""
        if not name.startswith("registry_"):
            raise
        raise LedgerRefused(str(SENTENCES.get(name, LedgerRefused.title)), constraint=name) from refusal
