"""Projects: idea notes, design, validation, monitoring, verification, issuance requests."""
