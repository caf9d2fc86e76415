"""Data-parallel training: several processes, each with batches of its own, that take every step together.

Gradients are averaged over the processes (synchronous SGD), so all hold the same weights at all times. Gloo carries
them, which runs on any machine.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import multiprocessing, nn


class Group:
    """The processes of one training run; a group of one where nothing was started."""

    @property
    def rank(self) -> int:
        """This process's number; 0 writes checkpoints and the log."""
        return dist.get_rank() if dist.is_initialized() else 0

    @property
    def size(self) -> int:
        return dist.get_world_size() if dist.is_initialized() else 1

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replaces each gradient by its mean over the processes."""
        if self.size == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        dist.all_reduce(flat)
        flat /= self.size
        for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def agree(self, number: float) -> float:
        """The number that process 0 has: clocks differ, and all must stop at the same step."""
        if self.size == 1:
            return number
        shared = torch.tensor([number], dtype=torch.float64)
        dist.broadcast(shared, 0)
        return float(shared)


def run_processes(size: int, work: Callable[..., None], *arguments: Any) -> None:
    """Runs ``work(*arguments)`` in ``size`` processes that form a group; in this process where size is 1."""
    if size == 1:
        work(*arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = f"file://{Path(folder) / 'meeting'}"  # unlike a port, no one else can take it first
        multiprocessing.spawn(_member, (size, meeting, work, arguments), nprocs=size)


def _member(
    rank: int, size: int, meeting: str, work: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    faulthandler.enable()  # a crash inside of torch says where
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=size)
    work(*arguments)
    dist.barrier()  # who leaves first takes the connections away from under the others
    # The work is done and on the disk. Gloo's threads now and then outlive the interpreter that they call back into,
    # and then abort a process that has finished well; so it leaves without taking the interpreter down.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
