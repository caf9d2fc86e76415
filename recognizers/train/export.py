"""Hands out the weights of a run: half precision, under a name that `load_recognizer` knows.

python -m recognizers.train.export .runs/default/weights.safetensors default
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from recognizers.recognizer import WEIGHTS


def export(source: Path, name: str, folder: Path = WEIGHTS) -> Path:
    """Writes ``folder/name.safetensors`` with all floating-point tensors as float16; returns its path."""
    tensors = {
        key: value.to(torch.float16) if value.is_floating_point() else value
        for key, value in load_file(source).items()
    }
    target = folder / f"{name}.safetensors"
    save_file(tensors, target)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("name")
    arguments = parser.parse_args()
    print(export(arguments.source, arguments.name))


if __name__ == "__main__":
    main()
