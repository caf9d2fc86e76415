"""Pages of our own design, drawn by code."""
