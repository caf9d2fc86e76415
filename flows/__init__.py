"""Prefect flows and the command line: thin, they only call the other rooms."""
