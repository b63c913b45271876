"""What people type about cases, public inputs, rule packs and third-party entities."""
