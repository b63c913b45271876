"""Signed messages between a registry and a system elsewhere that keeps books on the same credits."""
