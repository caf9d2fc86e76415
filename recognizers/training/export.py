"""Hands out the weights of a run: half precision, under a name that `load_recognizer` knows.

    python -m inkfield.recognizers.training.export .runs/default/weights.safetensors default

Given the weights of several runs that began one where the other ended, it hands out their mean (Izmailov et al. 2018,
"Averaging weights leads to wider optima and better generalization"): better than each on nearly every set.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from inkfield.recognizers.recognizer import WEIGHTS
from inkfield.recognizers.weights_file import StoredNetwork, read_weights, write_weights


def export(sources: Sequence[Path], name: str, folder: Path = WEIGHTS) -> Path:
    """Writes ``folder/name.safetensors``: the mean of the sources' floating-point tensors as float16, the others as the
    last has them; returns its path. Raises FileNotFoundError, ValueError for weights that are not of one network."""
    runs = [read_weights(source) for source in sources]
    last = runs[-1]
    if any((run.architecture, run.arguments) != (last.architecture, last.arguments) for run in runs):
        raise ValueError("the weights are of different networks: they have no mean")
    tensors = {
        key: torch.stack([run.tensors[key].float() for run in runs]).mean(0).to(torch.float16)
        if value.is_floating_point()
        else value
        for key, value in last.tensors.items()
    }
    target = folder / f"{name}.safetensors"
    write_weights(target, StoredNetwork(last.architecture, last.arguments, tensors))
    return target


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path, nargs="+", metavar="WEIGHTS")
    parser.add_argument("name")
    arguments = parser.parse_args()
    print(export(arguments.sources, arguments.name))


if __name__ == "__main__":
    main()
