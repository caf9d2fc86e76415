"""The standards of cheques that are known: every module in standards/ is one, and exports it as ``STANDARD``."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module

from inkfield.pipeline.cheques import standards
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.pipeline.cheques.standard import ChequeStandard
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class RegistryLimits:
    """From when a line decides the standard."""

    sure: float = limit(
        0.5,
        "probability",
        "guess",
        "Confidence of a line from which on it decides the standard: of a line that is read upside "
        "down hardly a symbol is sure",
    )


LIMITS = RegistryLimits()


def _found() -> dict[str, ChequeStandard]:
    names = [f"{standards.__name__}.{module.name}" for module in pkgutil.iter_modules(standards.__path__)]
    every: list[ChequeStandard] = [import_module(name).STANDARD for name in sorted(names)]
    return {standard.name: standard for standard in every}


STANDARDS = _found()
"""By name. A line decides which one a cheque is of; only without one does the order of those count that are told by
more than their line."""


def decided_by(micr: MicrReading) -> ChequeStandard | None:
    """The standard that a line surely belongs to; that of any country where it is no other's."""
    if micr.confidence < LIMITS.sure:
        return None
    owners = [standard for standard in STANDARDS.values() if standard.owns(micr)]
    return min(owners, key=lambda standard: standard.of_any_country, default=None)
