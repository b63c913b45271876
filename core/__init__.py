"""Kernel: people, events and outbox, workflow tables, quantities, numbering, documents, problems."""
