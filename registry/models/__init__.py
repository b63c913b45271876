"""Registries, accounts, issuance legs, proposals and the ledger. Only this app imports this package."""

from registry.models.accounts import Account, AccountRepresentative, Registry, TrustedAccount
from registry.models.applications import AccountApplication
from registry.models.authorizations import Authorization, AuthorizationUse, CooperativeApproach
from registry.models.certificates import Certificate, CertificateLine
from registry.models.clients import Client, Scope, StoredAnswer
from registry.models.issuance import IssuanceLeg, IssuanceNotification, LegLine
from registry.models.ledger import CreditBlock, LogLeaf, Movement, Transaction
from registry.models.log import Checkpoint, LogEntry, LogNode, UnsealedLeaf
from registry.models.proposals import Freeze, Proposal, ProposalLine, SerialRange, Series
from registry.models.reconciliation import Counterpart, Cycle, Difference, Message, Receipt, RefusedMessage

__all__ = [
    "Account",
    "AccountApplication",
    "AccountRepresentative",
    "Authorization",
    "AuthorizationUse",
    "Certificate",
    "CertificateLine",
    "Checkpoint",
    "Client",
    "CooperativeApproach",
    "Counterpart",
    "CreditBlock",
    "Cycle",
    "Difference",
    "Freeze",
    "IssuanceLeg",
    "IssuanceNotification",
    "LegLine",
    "LogEntry",
    "LogLeaf",
    "LogNode",
    "Message",
    "Movement",
    "Proposal",
    "ProposalLine",
    "Receipt",
    "RefusedMessage",
    "Registry",
    "Scope",
    "SerialRange",
    "Series",
    "StoredAnswer",
    "Transaction",
    "TrustedAccount",
    "UnsealedLeaf",
]
