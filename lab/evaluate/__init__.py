"""Figures on labelled lines, cheques and examples, ours beside those of other readers."""
