"""Joint Committees: electronic decisions, meetings' decisions, the public register."""
