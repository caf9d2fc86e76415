"""What a run may set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from inkfield.pipeline.intake import IntakeLimits


def nobody(number: int) -> None:
    """Nobody is told how far the reading has come."""


@dataclass(frozen=True)
class Settings:
    """Settings of one run.

    ``form`` names the form that every page is taken for; None lets each page be recognised. ``today`` is the
    date against which dates are judged. ``on_page`` is called with the number of the page that is worked on, taken
    in or read, from now on, and with 0 at the end. ``labelled_values``: whether they are looked for on pages that look
    like a form that nobody described.
    """

    form: str | None = None
    weights: str = "default"
    today: date = field(default_factory=date.today)
    limits: IntakeLimits = field(default_factory=IntakeLimits)
    on_page: Callable[[int], None] = nobody
    labelled_values: bool = True
