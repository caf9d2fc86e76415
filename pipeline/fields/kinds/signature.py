"""A place that is signed or not."""

from __future__ import annotations

from inkfield.pipeline.fields.kinds.kind import MarkReading
from inkfield.pipeline.fields.signature import signature_present

SIGNATURE = MarkReading("signature", look=signature_present)
