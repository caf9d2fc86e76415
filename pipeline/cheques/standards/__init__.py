"""The standards of cheques, one module each that exports its ``STANDARD`` (see pipeline/cheques/standard.py)."""
