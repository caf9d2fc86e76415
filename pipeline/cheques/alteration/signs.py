"""All that shows that the amounts of a cheque were altered."""

from __future__ import annotations

import numpy as np

from inkfield.pipeline.cheques.alteration.all_strokes import strokes_of
from inkfield.pipeline.cheques.alteration.cancelling_word import cancelling_word
from inkfield.pipeline.cheques.alteration.foreign_ink import LIMITS as FOREIGN_LIMITS
from inkfield.pipeline.cheques.alteration.foreign_ink import foreign_ink
from inkfield.pipeline.cheques.alteration.ink_colour import LIMITS as COLOUR_LIMITS
from inkfield.pipeline.cheques.alteration.ink_colour import two_pens
from inkfield.pipeline.cheques.alteration.pen_change import pen_change
from inkfield.pipeline.cheques.alteration.pen_strokes import pen_strokes
from inkfield.pipeline.cheques.alteration.struck_out import struck_out
from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.crops import crop_box
from inkfield.pipeline.image.geometry import crop
from inkfield.recognizers.line_model import LineModel
from inkfield.schemas.reasons import Reason, ReasonCode, because


def signs_of_alteration(cheque: Cheque, model: LineModel) -> tuple[Reason, ...]:
    """What of the amounts seems to be by two pens or struck out, as reasons for review."""
    crops = cheque.crops
    sides = {"courtesy_amount": ("courtesy_amount",), "legal_amount": ("legal_amount_1", "legal_amount_2")}
    scale = cheque.layout.scale

    def piece(name: str) -> tuple[np.ndarray, np.ndarray]:
        ink = pen_strokes(crops[name], scale) if cheque.layout.small_print else crops[name]
        return crop(cheque.image, crop_box(cheque.layout, name)), ink

    pieces = {side: [piece(name) for name in names if name in crops] for side, names in sides.items()}
    pens = {side for side in sides if two_pens(pieces[side], scale) >= COLOUR_LIMITS.two_pens}
    # Not asked of the words: remains of coloured print stand among them more often.
    if foreign_ink(pieces["courtesy_amount"], scale) >= FOREIGN_LIMITS.foreign_mm2:
        pens.add("courtesy_amount")
    found = [because(ReasonCode.TWO_PENS, field=side) for side in sides if side in pens]
    if pen_change(pieces["legal_amount"], pieces["courtesy_amount"], scale) >= 1:
        found.append(because(ReasonCode.PEN_CHANGE))
    strokes = strokes_of(cheque.cleaned)
    if struck_out(strokes, cheque.layout) or cancelling_word(cheque.cleaned, strokes, cheque.layout, model):
        found.append(because(ReasonCode.STRUCK_OUT))
    return tuple(found)
