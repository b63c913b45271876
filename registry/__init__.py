"""Per-government registries: accounts, issuance legs, the ledger of credit blocks."""
