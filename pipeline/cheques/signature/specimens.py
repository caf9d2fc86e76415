"""The signature of a cheque beside the specimens on file for its account: a measure for the reviewer.

The score never posts a cheque. Under a limit that the form sets for it, the cheque goes to review as for any other
measure of its picture; without a limit it is only told.
"""

from __future__ import annotations

from collections.abc import Sequence

from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.signature.similarity import SCORE, best_similarity, load_specimens
from inkfield.pipeline.fields.signature import pen_strokes
from inkfield.schemas.forms.model import Form
from inkfield.schemas.readings import FieldReading


def compare_signature(cheque: Cheque, form: Form, fields: Sequence[FieldReading]) -> dict[str, float]:
    """``signature_score``, 0 to 1, or nothing: for an unsigned cheque, and for an account without specimens."""
    folder = form.specimens_path()
    signed = any(reading.kind == "signature" and reading.value is True for reading in fields)
    if folder is None or not signed:
        return {}
    specimens = load_specimens(folder, account_of(cheque, fields))
    if not specimens:
        return {}
    signature = pen_strokes(cheque.crops["signature"], cheque.layout.scale, cheque.standard.names_printed)
    return {SCORE: round(best_similarity(signature, specimens), 3)}


def account_of(cheque: Cheque, fields: Sequence[FieldReading]) -> str:
    """The account drawn on: the field ``account_number``, else what the MICR line says; "" where neither is read."""
    for reading in fields:
        if reading.name == "account_number":
            return str(reading.value or "")
    parts = cheque.standard.parts(cheque.layout.micr.text)
    return parts.account if parts else ""
