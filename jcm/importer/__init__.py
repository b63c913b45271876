"""Loads the record files of a partnership's public site; `run.py` says in which order and in which transactions."""
