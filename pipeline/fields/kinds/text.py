"""Any text, as it is written."""

from __future__ import annotations

from inkfield.pipeline.fields.kinds.kind import TextReading

TEXT = TextReading("text", parse=lambda text, field: " ".join(text.split()) or None, from_list=True)
