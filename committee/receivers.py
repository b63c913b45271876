"""What committee does when something happened elsewhere."""
