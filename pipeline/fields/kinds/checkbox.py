"""A box that is ticked or not."""

from __future__ import annotations

from inkfield.pipeline.fields.checkbox import read_checkbox
from inkfield.pipeline.fields.kinds.kind import MarkReading

CHECKBOX = MarkReading("checkbox", look=lambda crop, dpi: read_checkbox(crop))
