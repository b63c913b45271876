"""The calculation engine: expressions, definitions, reductions per calendar year. No Django in here."""
