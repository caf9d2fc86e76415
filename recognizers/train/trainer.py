"""Training of a CRNN with CTC. Resumable by the same command; the clock, not an epoch count, ends it.

python -m recognizers.train.trainer --recipe recognizers/train/recipe.yaml --run .runs/default [--processes 2]
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import time
from pathlib import Path

import torch
import yaml
from safetensors.torch import save_file
from torch import nn
from torch.utils.data import DataLoader

from recognizers.alphabet import BLANK, DEFAULT
from recognizers.crnn import CRNN
from recognizers.train.batches import Batch, BatchStream
from recognizers.train.parallel import Group, run_processes
from recognizers.train.validate import validate

CHECKPOINT_EVERY_S = 240
VALIDATE_EVERY_S = 900


class Trainer:
    """One training run in a folder: network, its moving average, optimiser, and how far it has come."""

    def __init__(self, recipe: dict, run: Path) -> None:
        self.recipe, self.run = recipe, run
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(recipe["seed"])
        self.network = CRNN(len(DEFAULT)).to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=recipe["learning_rate"], weight_decay=recipe["weight_decay"]
        )
        self.group = Group()
        self.elapsed = 0.0
        self.steps = 0
        self.progress = torch.zeros(1).share_memory_()
        run.mkdir(parents=True, exist_ok=True)
        self._resume()

    def _resume(self) -> None:
        path = self.run / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, map_location=self.device, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.elapsed, self.steps = state["elapsed"], state["steps"]
        elif start := self.recipe.get("warm_start"):
            from safetensors.torch import load_file

            self.network.load_state_dict(load_file(start))
            self.average.load_state_dict(self.network.state_dict())

    def save(self) -> None:
        """Writes the checkpoint (whole or not at all) and the averaged weights."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "elapsed": self.elapsed,
            "steps": self.steps,
        }
        torch.save(state, self.run / "checkpoint.tmp")
        os.replace(self.run / "checkpoint.tmp", self.run / "checkpoint.pt")
        weights = {name: value.contiguous() for name, value in self.average.state_dict().items()}
        save_file(weights, self.run / "weights.tmp")
        os.replace(self.run / "weights.tmp", self.run / "weights.safetensors")

    def learning_rate(self) -> float:
        """One cycle (Smith 2018): a linear rise over the first 5 %, then a cosine to nothing."""
        done = min(self.elapsed / (60 * self.recipe["minutes"]), 1.0)
        rise = min(1.0, done / 0.05 + 0.05)
        return (
            self.recipe["learning_rate"]
            * rise
            * (0.5 + 0.5 * float(torch.cos(torch.tensor(done * torch.pi))))
        )

    def step(self, batch: Batch) -> float:
        """One update; returns the loss per character."""
        images, columns, labels, lengths = (t.to(self.device) for t in batch)
        for group in self.optimiser.param_groups:
            group["lr"] = max(self.learning_rate(), 1e-6)
        with torch.autocast(self.device, torch.bfloat16):
            main, shortcut = self.network.both_heads(images)
        loss = _ctc(main, columns, labels, lengths)
        total = loss + 0.2 * _ctc(shortcut, columns, labels, lengths)
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        self.group.average_gradients(self.network.parameters())
        nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimiser.step()
        self.steps += 1
        self._update_average()
        return float(loss.detach())

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.recipe["ema"], (1 + self.steps) / (10 + self.steps))
        state = self.network.state_dict()
        for name, value in self.average.state_dict().items():
            if value.is_floating_point():
                value.lerp_(state[name], 1 - decay)
            else:
                value.copy_(state[name])

    def train(self) -> None:
        """Runs until the recipe's minutes are used, checkpointing and validating on the way."""
        seed = self.recipe["seed"] + self.steps + 1_000_003 * self.group.rank
        stream = BatchStream(self.recipe, self.progress, seed)
        workers = self.recipe.get("loaders", 1)
        loader = iter(
            DataLoader(stream, batch_size=None, num_workers=workers, prefetch_factor=8 if workers else None)
        )
        limit = 60 * self.recipe["minutes"]
        saved = validated = self.elapsed
        losses: list[float] = []
        self.network.train()
        while self.elapsed < limit:
            started = time.monotonic()
            self.progress[0] = self.elapsed / limit
            losses.append(self.step(next(loader)))
            self.elapsed = self.group.agree(self.elapsed + time.monotonic() - started)
            if self.group.rank > 0:
                continue
            if len(losses) == 50:
                self._log({"loss": round(sum(losses) / 50, 4), "lr": round(self.learning_rate(), 6)})
                losses = []
            if self.elapsed - saved > CHECKPOINT_EVERY_S:
                self.save()
                saved = self.elapsed
            if self.elapsed - validated > VALIDATE_EVERY_S:
                self._log(validate(self.average, self.recipe))
                validated = self.elapsed
        if self.group.rank == 0:
            self.save()
            self._log(validate(self.average, self.recipe, limit=None))

    def _log(self, entry: dict) -> None:
        entry = {"minutes": round(self.elapsed / 60, 1), "steps": self.steps, **entry}
        line = json.dumps(entry)
        print(line, flush=True)
        with (self.run / "log.jsonl").open("a") as handle:
            handle.write(line + "\n")


def _ctc(
    logits: torch.Tensor, columns: torch.Tensor, labels: torch.Tensor, lengths: torch.Tensor
) -> torch.Tensor:
    log_probs = logits.float().log_softmax(2).transpose(0, 1)
    losses = nn.functional.ctc_loss(log_probs, labels, columns, lengths, BLANK, "none", zero_infinity=True)
    return losses.sum() / lengths.sum()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, required=True)
    parser.add_argument(
        "--run", type=Path, required=True, help="folder of checkpoints and log; continued if there"
    )
    parser.add_argument("--processes", type=int, default=1, help="processes that train together, one a core")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    run_processes(arguments.processes, train, yaml.safe_load(arguments.recipe.read_text()), arguments.run)


def train(recipe: dict, run: Path) -> None:
    """Trains in this process, alone or as one of a group."""
    Trainer(recipe, run).train()


if __name__ == "__main__":
    main()
