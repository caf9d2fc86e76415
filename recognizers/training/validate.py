"""Greedy character error rate on each source's validation hands, during training."""

from __future__ import annotations

import torch

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.models.crnn import CRNN
from inkfield.recognizers.normalise import normalise
from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.recognizers.training.recipe import Recipe
from inkfield.recognizers.training.training_lines import wanted_text


@torch.no_grad()
def validate(network: CRNN, recipe: Recipe, limit: int | None = 60) -> dict[str, float]:
    """CER in percent by source, on ``limit`` validation lines of each, spread over its writers (all for None)."""
    network.eval()
    device = next(network.parameters()).device
    wanted = wanted_text(recipe)
    result = {}
    for name in [*recipe.sources, *recipe.validate_too]:
        errors = characters = 0
        lines = [line for line in read_dataset(recipe.data / name, "val") if wanted(line.text)]
        for line in lines[:: max(1, len(lines) // limit) if limit else 1]:
            image = torch.from_numpy(normalise(line.read())).to(device).float()[None, None] / 255
            text = DEFAULT.decode_path(network(image)[0].argmax(1).tolist())
            errors += edit_distance(text, line.text)
            characters += len(line.text)
        if characters:
            result[name] = round(100 * errors / characters, 2)
    return result
