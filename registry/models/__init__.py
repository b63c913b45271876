"""Registries, accounts, issuance legs, proposals and the ledger. Only this app imports this package."""

from registry.models.accounts import Account, Registry
from registry.models.issuance import IssuanceLeg, IssuanceNotification, LegLine
from registry.models.ledger import CreditBlock, Movement, SerialRange, Series, Transaction

__all__ = [
    "Account",
    "CreditBlock",
    "IssuanceLeg",
    "IssuanceNotification",
    "LegLine",
    "Movement",
    "Registry",
    "SerialRange",
    "Series",
    "Transaction",
]
