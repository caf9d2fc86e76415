"""The recipe of a training: a YAML file of the keys below. A key that is none of them is an error."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

_Share = Field(default=0.0, ge=0, le=1)


class RecipeError(ValueError):
    """A recipe that cannot be used. The message names the file and the keys that are wrong."""


class NetworkSize(BaseModel):
    """The arguments of `CRNN`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hidden: int = Field(default=192, gt=0)
    """Cells of each LSTM layer and direction."""


class Recipe(BaseModel):
    """What a network is trained on, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path
    """The folder that the data sets lie in."""
    sources: dict[str, float] = Field(min_length=1)
    """Data sets (paths below ``data``), and how often a line of each is drawn."""
    validate_too: tuple[str, ...] = ()
    """Data sets that are validated on and not trained on."""
    hands_in_capitals: tuple[str, ...] = ()
    """Writers whose labels are set in capitals: see `training_lines`."""
    balance_writers: bool = False
    """Whether a writer with four times the lines is drawn twice as often, not four times."""
    figures_only: bool = False
    """Whether of real lines and words only those are used of which at least half are digits."""

    rendered_share: float = Field(ge=0, le=1)
    """Share of samples that the ink renderer makes."""
    recombined_share: float = _Share
    """Share of samples that are set from the words of ``words``."""
    capitals_share: float = _Share
    """Share of samples that are set in real capitals, from ``capitals``."""
    rendered_again: float = _Share
    """How often a rendered picture that was drawn before is varied instead of drawing a new one."""
    kinds: dict[str, float] | None = None
    """The kinds of text that are rendered, by weight; None for the usual ones."""
    words: Path | None = None
    """What `cut_lines` made."""
    capitals: Path | None = None
    """What `cut_lines` made."""
    texts: Path | None = None
    """A file of the texts that are rendered, one a line; None: they are made up as they are needed."""

    networks: dict[str, NetworkSize] = Field(default={"weights": NetworkSize()}, min_length=1)
    """The networks that train on the same batches; the weights of each are written to ``NAME.safetensors``."""
    warm_start: Path | None = None
    """Weights to begin with."""
    trained: tuple[str, ...] = ()
    """Parts of the network that are trained (``head``, ``lstm``, ...); the others stay as they begin. Empty: all of it.
    """
    minutes: float = Field(gt=0)
    """Training time; the learning rate follows it (one cycle)."""
    steps: int | None = Field(default=None, gt=0)
    """Updates after which the training is over, instead of ``minutes``."""
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    ema: float = Field(ge=0, lt=1)
    """Decay of the moving average of the weights."""
    seed: int
    columns_per_batch: int = Field(gt=0)
    """Image columns (48 px high) in a batch."""
    pool: int = Field(gt=0)
    """Samples that are drawn at once, then sorted by width."""
    loaders: int = Field(default=1, ge=0)
    """Processes that draw samples; 0: the trainer's own."""
    augmentation: tuple[float, float]
    """Its strength at the start and at the end."""
    first_longest: int = Field(gt=0)
    """Pixels of the longest line at the start."""
    curriculum_until: float = Field(ge=0, le=1)
    """Share of the training from which on lines may have any length."""


def load_recipe(path: Path) -> Recipe:
    """Raises FileNotFoundError, RecipeError."""
    return read_recipe(path, Recipe)


_Kind = TypeVar("_Kind", bound=BaseModel)


def read_recipe(path: Path, kind: type[_Kind]) -> _Kind:
    """A recipe of any kind. Raises FileNotFoundError, RecipeError."""
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise RecipeError(f"{path} is not valid YAML: {error}") from error
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc'])) or 'the file'}: {_said(e)}" for e in error.errors()]
        raise RecipeError(f"{path}: {'; '.join(faults)}") from error


def _said(error: Mapping[str, object]) -> str:
    return "there is no such key" if error["type"] == "extra_forbidden" else str(error["msg"])
