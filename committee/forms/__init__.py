"""Forms of the committee's screens."""
