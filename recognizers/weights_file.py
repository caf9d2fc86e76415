"""Weights files: the tensors of a network, and in the header its architecture's name and arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file


@dataclass(frozen=True)
class StoredNetwork:
    """What a weights file holds."""

    architecture: str
    arguments: Mapping[str, Any]
    tensors: Mapping[str, torch.Tensor]


def read_weights(path: Path) -> StoredNetwork:
    """Reads a .safetensors file. Raises FileNotFoundError, ValueError for one that states no architecture."""
    if not path.exists():
        raise FileNotFoundError(f"there is no weights file {path}")
    with safe_open(path, "pt") as file:
        facts = file.metadata() or {}
        if "architecture" not in facts:
            raise ValueError(f"{path} does not state its architecture")
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (it is no mapping)
    return StoredNetwork(facts["architecture"], json.loads(facts.get("arguments", "{}")), tensors)


def write_weights(path: Path, network: StoredNetwork) -> None:
    """Writes a .safetensors file."""
    arguments = json.dumps(network.arguments, ensure_ascii=False, sort_keys=True)
    facts = {"architecture": network.architecture, "arguments": arguments}
    save_file(dict(network.tensors), path, facts)
