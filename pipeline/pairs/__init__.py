"""Labelled values of a page that is no known form: what is printed, and what was filled in beside it."""
