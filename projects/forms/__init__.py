"""What people type about projects, reports and requests."""
