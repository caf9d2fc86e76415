"""Nightly runs: when they are due, what they read, and what they report to whom."""
