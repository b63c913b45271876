"""What people type about partnerships and third-party entities."""
