"""What people type about accounts, movements and freezes."""
