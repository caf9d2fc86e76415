"""Signs that a cheque was altered or struck out."""
