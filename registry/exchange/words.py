"""The words of the exchange: types of messages, reasons of a refusal, kinds of difference."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageType(models.TextChoices):
    """What a message is."""

    SNAPSHOT_REQUEST = "SNAPSHOT_REQUEST", _("Request of a snapshot")
    SNAPSHOT_TOTALS = "SNAPSHOT_TOTALS", _("Totals")
    SNAPSHOT_BLOCKS = "SNAPSHOT_BLOCKS", _("Blocks")
    SNAPSHOT_AUDIT_TRAIL = "SNAPSHOT_AUDIT_TRAIL", _("Audit trail")
    RECONCILIATION_RESULT = "RECONCILIATION_RESULT", _("Result of a comparison")
    ISSUANCE_CONFIRMATION = "ISSUANCE_CONFIRMATION", _("Confirmation of an issuance")
    FIRST_TRANSFER_NOTICE = "FIRST_TRANSFER_NOTICE", _("Notice of a first transfer")
    USE_NOTICE = "USE_NOTICE", _("Notice of a use")
    CANCELLATION_NOTICE = "CANCELLATION_NOTICE", _("Notice of a cancellation")


# What the other side may send. Notices go out only: what the ledger records it decides itself.
TAKEN = (
    MessageType.SNAPSHOT_REQUEST,
    MessageType.SNAPSHOT_TOTALS,
    MessageType.SNAPSHOT_BLOCKS,
    MessageType.SNAPSHOT_AUDIT_TRAIL,
    MessageType.RECONCILIATION_RESULT,
)


class Reason(models.TextChoices):
    """Why a message is not taken. Nothing of it has any effect; mended, it can be sent again."""

    TOO_LARGE = "too-large", _("The message is too large.")
    MALFORMED = "malformed", _("The message is not JSON of the agreed form.")
    VERSION = "unknown-version", _("This version of the format is not known.")
    RECEIVER = "wrong-receiver", _("The message is for another registry.")
    SENDER = "wrong-sender", _("The message is from another registry than the client that brings it.")
    PAYLOAD_ALTERED = "payload-altered", _("The payload is not the one that was signed.")
    UNKNOWN_KEY = "unknown-key", _("The message is signed with a key that is not known.")
    SIGNATURE = "bad-signature", _("The signature is wrong.")
    REPLAY_DIFFERS = "replay-differs", _("Another message with this identifier was taken before.")
    CLOCK = "clock-in-future", _("The message is dated in the future.")
    TYPE = "type-not-taken", _("Messages of this type are not taken here.")
    SEQUENCE_GAP = "sequence-gap", _("A message before this one is lost. Send it first.")
    SEQUENCE_REPEATED = "sequence-repeated", _("The number of the message was used before.")
    CHAIN = "chain-broken", _("The message does not follow the last one that was taken.")
    PAYLOAD = "payload-invalid", _("The payload has not the form of its type.")
    CYCLE = "unknown-cycle", _("Nothing was asked under this correlation identifier.")
    NOT_EXPECTED = "not-expected", _("Another answer is awaited now.")
    AS_OF = "wrong-as-of", _("The snapshot is of another moment than the one that was asked for.")


class DifferenceKind(models.TextChoices):
    """What differs."""

    TOTAL = "total", _("Total")
    TOTALS_NOT_SUM = "totals-not-sum", _("Their totals are not the sum of their blocks")
    HASH = "hash", _("Their hash is not the one of their blocks")
    QUANTITY = "quantity", _("Their quantity is not the one of the serial numbers")
    DUPLICATE = "duplicate", _("They list the block twice")
    OVERLAP = "overlap", _("Serial numbers overlap in their list")
    MISSING = "missing", _("They lack the block")
    EXTRA = "extra", _("They have a block that we lack")
    RANGE = "range", _("First or last serial number")
    GAP = "gap", _("Their block has a gap")
    SERIES = "series", _("Project, vintage or registry of the block")
    OWNER = "owner", _("Account")
    ACCOUNT_KIND = "account-kind", _("Kind of account")
    HOLDER = "holder", _("Account holder")
    DECISION = "decision", _("Decision on the issuance")
    AUTHORIZATION = "authorization", _("Authorization")
    APPROACH = "approach", _("Cooperative approach")
    TRANSACTION_MISSING = "transaction-missing", _("They lack the transaction")
    TRANSACTION_EXTRA = "transaction-extra", _("They have a transaction that we lack")
    TRANSACTION_CHANGED = "transaction-changed", _("Content of the transaction")
