"""Methodologies: proposals, versions, and the engine that computes with them."""
