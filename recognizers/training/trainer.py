"""Training of a CRNN with CTC. Resumable by the same command; ends after the recipe's minutes, or its steps.

python -m inkfield.recognizers.training.trainer \\
    --recipe recognizers/training/recipe.yaml --run .runs/default [--at-most 9]
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader

from inkfield.recognizers.alphabet import BLANK, DEFAULT
from inkfield.recognizers.models.crnn import ARCHITECTURE, BFLOAT16, CRNN
from inkfield.recognizers.training.batches import Batch, BatchStream
from inkfield.recognizers.training.moving_average import follow
from inkfield.recognizers.training.parallel import Group, run_processes
from inkfield.recognizers.training.recipe import NetworkSize, Recipe, load_recipe
from inkfield.recognizers.training.validate import validate
from inkfield.recognizers.weights_file import StoredNetwork, read_weights, write_weights

CHECKPOINT_EVERY_S = 240
VALIDATE_EVERY_S = 900


class Learner:
    """One network in training, with its moving average and optimiser."""

    def __init__(self, recipe: Recipe, size: NetworkSize, device: str) -> None:
        self.recipe, self.size, self.device = recipe, size, device
        network = CRNN(len(DEFAULT), size.hidden)
        if recipe.warm_start is not None:
            started = read_weights(recipe.warm_start).tensors
            network.load_state_dict(_fitting(started, network), strict=False)
        self.network = network.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).eval()
        for name, value in self.network.named_parameters():
            value.requires_grad_(_is_trained(name, recipe.trained))
        self.trained = [value for value in self.network.parameters() if value.requires_grad]
        self.optimiser = torch.optim.AdamW(
            self.trained, lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )

    def begin(self) -> None:
        """Sets the network to training; parts that are not trained keep their means of batches, too."""
        self.network.train()
        for name, module in self.network.named_modules():
            if isinstance(module, nn.BatchNorm2d) and not _is_trained(name, self.recipe.trained):
                module.eval()

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def averaged(self) -> StoredNetwork:
        """The averaged network, as its weights file holds it."""
        arguments = {"characters": DEFAULT.characters, **self.size.model_dump()}
        tensors = {key: value.contiguous() for key, value in self.average.state_dict().items()}
        return StoredNetwork(ARCHITECTURE, arguments, tensors)

    def restore(self, state: dict[str, Any]) -> None:
        """Takes up what `state` gave."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])

    def step(
        self, images: torch.Tensor, rest: tuple[torch.Tensor, ...], rate: float, group: Group
    ) -> torch.Tensor:
        """One update; returns the loss per character, on the device."""
        columns, labels, lengths = rest
        for parameters in self.optimiser.param_groups:
            parameters["lr"] = max(rate, 1e-6)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda" or BFLOAT16):
            main, shortcut = self.network.both_heads(images)
        loss = _ctc(main, columns, labels, lengths)
        total = loss + 0.2 * _ctc(shortcut, columns, labels, lengths)
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        group.average_gradients(self.trained)
        norm = nn.utils.clip_grad_norm_(self.trained, 2.0)
        if torch.isfinite(norm):  # one bad batch must not end a training
            self.optimiser.step()
        return loss.detach()

    def follow(self, steps: int) -> None:
        """Moves the average towards the network."""
        follow(self.average, self.network, self.recipe.ema, steps)


class Trainer:
    """One training run in a folder: networks that see the same batches, and how far they have come.

    Without ``networks`` in the recipe there is one, of the default size, whose weights are ``weights.safetensors``.
    """

    def __init__(self, recipe: Recipe, run: Path) -> None:
        self.recipe, self.run = recipe, run
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(recipe.seed)
        self.learners = {name: Learner(recipe, size, self.device) for name, size in recipe.networks.items()}
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
            for name, learner in self.learners.items():
                learner.restore(state["learners"][name])
            self.elapsed, self.steps = state["elapsed"], state["steps"]

    def save(self) -> None:
        """Writes the checkpoint (whole or not at all) and the averaged weights."""
        state = {
            "learners": {name: learner.state() for name, learner in self.learners.items()},
            "elapsed": self.elapsed,
            "steps": self.steps,
        }
        torch.save(state, self.run / "checkpoint.tmp")
        os.replace(self.run / "checkpoint.tmp", self.run / "checkpoint.pt")
        for name, learner in self.learners.items():
            write_weights(self.run / "weights.tmp", learner.averaged())
            os.replace(self.run / "weights.tmp", self.run / f"{name}.safetensors")

    def done(self) -> float:
        """How much of the training is over, 0 to 1: by its steps where the recipe names them, else by the clock."""
        if self.recipe.steps is not None:
            return min(self.steps / self.recipe.steps, 1.0)
        return min(self.elapsed / (60 * self.recipe.minutes), 1.0)

    def learning_rate(self) -> float:
        """One cycle (Smith 2018): a linear rise over the first 5 %, then a cosine to nothing."""
        done = self.done()
        rise = min(1.0, done / 0.05 + 0.05)
        return self.recipe.learning_rate * rise * (0.5 + 0.5 * math.cos(done * math.pi))

    def step(self, batch: Batch) -> torch.Tensor:
        """One update of each network; returns the first one's loss per character, on the device."""
        images, *rest = (t.to(self.device, non_blocking=True) for t in batch)
        ink = images.float() / 255
        rate = self.learning_rate()
        losses = [learner.step(ink, tuple(rest), rate, self.group) for learner in self.learners.values()]
        self.steps += 1
        for learner in self.learners.values():
            learner.follow(self.steps)
        return losses[0]

    def train(self, at_most: float = math.inf) -> None:
        """Runs until the recipe's minutes (or steps) are used, checkpointing and validating on the way.

        After ``at_most`` minutes it saves and returns, to be gone on with by the same command.
        """
        seed = self.recipe.seed + self.steps + 1_000_003 * self.group.rank
        stream = BatchStream(self.recipe, self.progress, seed)
        workers = self.recipe.loaders
        loader = iter(
            DataLoader(stream, batch_size=None, num_workers=workers, prefetch_factor=8 if workers else None)
        )
        stop = self.elapsed + 60 * at_most
        saved = validated = self.elapsed
        losses: list[torch.Tensor] = []
        for learner in self.learners.values():
            learner.begin()
        while self.done() < 1 and self.elapsed < stop:
            started = time.monotonic()
            self.progress[0] = self.done()
            losses.append(self.step(next(loader)))
            if len(losses) == 50:
                self._log({"loss": round(float(sum(losses)) / 50, 4), "lr": round(self.learning_rate(), 6)})
                losses = []
            self.elapsed = self.group.agree(self.elapsed + time.monotonic() - started)
            if self.elapsed - saved > CHECKPOINT_EVERY_S:
                self.save_by_one()
                saved = self.elapsed
            if self.elapsed - validated > VALIDATE_EVERY_S:
                self._validate(limit=60)
                validated = self.elapsed
        self.save_by_one()
        self._validate(limit=None if self.done() == 1 else 60)

    def save_by_one(self) -> None:
        """Saves, in the one process of the group that does."""
        if self.group.rank == 0:
            self.save()

    def _validate(self, limit: int | None) -> None:
        for name, learner in self.learners.items():
            if self.group.rank == 0:
                self._log({"network": name, **validate(learner.average, self.recipe, limit)})

    def _log(self, entry: dict[str, Any]) -> None:
        if self.group.rank > 0:
            return
        entry = {"minutes": round(self.elapsed / 60, 1), "steps": self.steps, **entry}
        line = json.dumps(entry)
        print(line, flush=True)
        with (self.run / "log.jsonl").open("a") as handle:
            handle.write(line + "\n")


def _fitting(tensors: Mapping[str, torch.Tensor], network: CRNN) -> dict[str, torch.Tensor]:
    """Those of the tensors that have their place in the network; a larger network begins the rest anew."""
    own = network.state_dict()
    return {name: value for name, value in tensors.items() if name in own and own[name].shape == value.shape}


def _is_trained(name: str, parts: Sequence[str]) -> bool:
    return not parts or name.split(".")[0] in parts


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
    parser.add_argument("--at-most", type=float, default=math.inf, help="minutes, then to be continued")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    recipe = load_recipe(arguments.recipe)
    run_processes(arguments.processes, train, recipe, arguments.run, arguments.at_most)


def train(recipe: Recipe, run: Path, at_most: float = math.inf) -> None:
    """Trains in this process, alone or as one of a group."""
    Trainer(recipe, run).train(at_most)


if __name__ == "__main__":
    main()
