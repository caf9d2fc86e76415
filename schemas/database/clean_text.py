"""Text as databases take it."""

from __future__ import annotations


def clean(text: str) -> str:
    """Text that every database takes: no NUL, and nothing that UTF-8 cannot write (odd file names)."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
