"""A recipe for trainings of seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inkfield.recognizers.training.recipe import Recipe


def recipe(data: Path, steps: int | None, **changed: Any) -> Recipe:
    usual = {
        "data": str(data), "sources": {"drawn": 1.0}, "rendered_share": 0.0, "recombined_share": 0.0,
        "steps": steps, "minutes": 60, "learning_rate": 0.003, "weight_decay": 0.01,
        "columns_per_batch": 1200, "pool": 32,
        "augmentation": [0.0, 0.1], "first_longest": 700, "curriculum_until": 0.1, "ema": 0.9, "seed": 1, "loaders": 0,
    }  # fmt: skip
    return Recipe.model_validate({**usual, **changed})
