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
from safetensors.torch import load_file, save_file

from inkfield.recognizers.recognizer import WEIGHTS


def export(sources: Sequence[Path], name: str, folder: Path = WEIGHTS) -> Path:
    """Writes ``folder/name.safetensors``: the mean of the sources' floating-point tensors as float16, the others as the
    last has them; returns its path."""
    runs = [load_file(source) for source in sources]
    tensors = {
        key: torch.stack([run[key].float() for run in runs]).mean(0).to(torch.float16)
        if value.is_floating_point()
        else value
        for key, value in runs[-1].items()
    }
    target = folder / f"{name}.safetensors"
    save_file(tensors, target)
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
