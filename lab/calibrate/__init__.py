"""Confidences fitted on rendered and labelled documents, and how far they can be trusted."""
