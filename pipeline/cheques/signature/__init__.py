"""The signature of a cheque beside the specimens on file."""
