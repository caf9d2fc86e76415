"""Where the fields of a cheque lie, one finder a standard."""
