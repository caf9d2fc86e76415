"""Where this checkout is."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
UNSEEN_HAND = [ROOT / "recognizers" / "synthesis" / "unseen_fonts" / "mali.ttf"]
"""One writer whose font training never sees, as the renderers of cheques take it."""
