"""The recognisers that are installed: from the name of weights, or the path of a weights file, to the model."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from inkfield.recognizers import architectures, models
from inkfield.recognizers.line_model import ARCHITECTURES, LineModel
from inkfield.recognizers.weights_file import read_weights

WEIGHTS = Path(__file__).parent / "weights"
FIGURES = WEIGHTS / "figures" / "figures.safetensors"
"""The same network trained on for strings of figures alone."""


def available_weights() -> list[str]:
    """Names of the weights that are installed."""
    return sorted(path.stem for path in WEIGHTS.glob("*.safetensors"))


@lru_cache(maxsize=4)
def load_recognizer(weights: str = "default") -> LineModel:
    """The model with these weights: a name from `available_weights` or the path of a .safetensors file.

    Loaded once a process. Raises FileNotFoundError, naming what is there, for a name that is not; ValueError for a
    file of an unknown architecture.
    """
    path = Path(weights) if weights.endswith(".safetensors") else WEIGHTS / f"{weights}.safetensors"
    if not path.exists():
        raise FileNotFoundError(
            f"no weights {weights!r}; there are: {', '.join(available_weights()) or 'none'}"
        )
    stored = read_weights(path)
    if stored.architecture not in ARCHITECTURES:
        for room in (models, architectures):
            for module in iter_modules(room.__path__, f"{room.__name__}."):
                import_module(module.name)
    build = ARCHITECTURES.get(stored.architecture)
    if build is None:
        known = ", ".join(sorted(ARCHITECTURES))
        raise ValueError(f"{path} has the architecture {stored.architecture!r}; known are: {known}")
    model = build(path.stem, stored.arguments, stored.tensors)
    model.folder = path.parent
    return model
