"""Who takes part: countries, partnerships, organisations, people's roles, third-party entities."""
