"""Readers of line and word data sets."""
