"""Demonstration data: labelled, numbered from 900 up, left out of totals once public records are loaded."""
