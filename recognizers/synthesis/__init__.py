"""Synthetic ink: open handwriting fonts, real digits, and what people write into forms."""
