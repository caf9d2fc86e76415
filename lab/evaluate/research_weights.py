"""Weights that were trained on data for research only: in a checkout, for measuring, and nowhere else."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "research" / "weights"
"""Beside the packages, so that neither a wheel nor an image holds it (see research/README.md)."""
ENDING = "-research"


class NoResearchWeights(Exception):
    """They are not on this machine. The message says how to get them."""


def weights_to_measure(name: str) -> str:
    """What to load for a name: the path of weights of research, and every other name as it is.

    Raises NoResearchWeights.
    """
    if not name.endswith(ENDING):
        return name
    path = FOLDER / f"{name}.safetensors"
    if not path.is_file():
        raise NoResearchWeights(
            f"The weights {name} are not here. They were trained on data for non-commercial research only, so they "
            "are no part of the package: run this command in a checkout of inkfield's repository, which has them in "
            f"research/weights, or name a file: --weights PATH/{name}.safetensors"
        )
    return str(path)
