"""What registry does when something happened elsewhere."""
