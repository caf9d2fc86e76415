"""Where the fields of a cheque lie, one module a standard."""
