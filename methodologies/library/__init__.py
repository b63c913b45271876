"""Methodologies as they are used most, one file each: definition, criteria, sources, a worked example."""
