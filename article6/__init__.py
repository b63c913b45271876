"""Article 6 of the Paris Agreement: reads the registry; its records arrive with the accounting part."""
