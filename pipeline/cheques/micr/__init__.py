"""The machine-readable line at the foot of a cheque: E-13B and CMC-7."""
