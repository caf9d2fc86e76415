"""Cheques of banks of other countries, drawn at random: for each form a design and what is written on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from inkfield.lab.documents.ca_cheque import ca_design, ca_entry
from inkfield.lab.documents.design import Design, Entry, render_design
from inkfield.lab.documents.fr_cheque import fr_design, fr_entry
from inkfield.lab.documents.house_page import HouseCheque
from inkfield.lab.documents.other_cheque import other_design, other_entry
from inkfield.lab.documents.uk_cheque import uk_design, uk_entry

Writes = Callable[[int, np.random.Generator, date], Entry]
OTHER_COUNTRIES: dict[str, tuple[Callable[[int], Design], Writes]] = {
    "cheque_uk": (uk_design, uk_entry),
    "cheque_ca": (ca_design, ca_entry),
    "cheque_fr": (fr_design, fr_entry),
    "cheque_generic": (other_design, other_entry),
}
"""By name of the form."""


def render_abroad(
    form: str, seed: int, rng: np.random.Generator, hands: Sequence[Path], today: date
) -> HouseCheque:
    """A cheque of the bank of a seed, written by one of the hands, and its true values by the names of the form."""
    design, writes = OTHER_COUNTRIES[form]
    entry = writes(seed, rng, today)
    return render_design(design(seed), entry, rng, hands)
