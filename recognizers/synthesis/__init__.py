"""Synthetic ink: open handwriting fonts, real digits, and what people write into forms."""

from inkfield.recognizers.synthesis.fonts import available_fonts, covers
from inkfield.recognizers.synthesis.pen import Ink, render_ink

__all__ = ["Ink", "available_fonts", "covers", "render_ink"]
