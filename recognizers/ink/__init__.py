"""Synthetic ink: open handwriting fonts, real digits, and what people write into forms."""

from recognizers.ink.fonts import available_fonts, covers
from recognizers.ink.pen import Ink, render_ink

__all__ = ["Ink", "available_fonts", "covers", "render_ink"]
