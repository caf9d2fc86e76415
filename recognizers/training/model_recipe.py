"""The recipe of a network of `recognizers.architectures`: how `inkfield train --model` trains it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from inkfield.recognizers import architectures
from inkfield.recognizers.training.recipe import read_recipe

RECIPES = Path(architectures.__file__).parent / "recipes"


class ModelRecipe(BaseModel):
    """What is trained, and how. The learning rate rises for ``warm_up`` steps and then stays: a run can be gone on with
    for as long as one likes, and the moving average of the weights is what is handed out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    """The architecture."""
    arguments: dict[str, Any] = {}
    """Its arguments but the alphabet."""
    minutes: float = Field(gt=0)
    """Minutes of the processor, validation left out."""
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(default=0.01, ge=0)
    warm_up: int = Field(default=100, gt=0)
    ema: float = Field(default=0.998, ge=0, lt=1)
    """Decay of the moving average of the weights."""
    batch: int = Field(default=32, gt=0)
    pool: int = Field(default=256, gt=0)
    """Pictures that are drawn at once, then sorted by width."""
    widest: int = Field(default=400, gt=0)
    """Pixels, at 48 px height, of the widest picture that is trained on."""
    augmentation: float = Field(default=0.5, ge=0)
    """How far pictures are varied, as in `augment`."""
    unlabelled: tuple[Path, ...] = ()
    """Folders of pictures without texts, from which a writer learns besides what ink looks like."""
    lines_after: float | None = Field(default=None, ge=0)
    """Minutes after which half of the pictures are lines of several words; None: never."""
    paragraphs_after: float | None = Field(default=None, ge=0)
    """Minutes after which a third of the pictures are paragraphs of two lines; None: never."""
    seed: int = 1


def load_model_recipe(name: str, path: Path | None = None) -> ModelRecipe:
    """The recipe of an architecture: the shipped one, or that of a file.

    Raises FileNotFoundError, naming the models there are, and RecipeError.
    """
    shipped = RECIPES / f"{name}.yaml"
    if path is None and not shipped.exists():
        raise FileNotFoundError(f"no model {name!r}; there are: {', '.join(model_names())}")
    return read_recipe(path or shipped, ModelRecipe)


def model_names() -> list[str]:
    """The architectures that have a recipe."""
    return sorted(path.stem for path in RECIPES.glob("*.yaml"))
