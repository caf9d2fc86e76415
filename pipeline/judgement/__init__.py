"""Rules across fields, the status of each field, and what becomes of a page."""
