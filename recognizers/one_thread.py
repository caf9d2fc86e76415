"""One thread for the networks while a document is read: they are small, and two threads that wait for each other on a
busy machine cost up to thirty times the time of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch works with one thread inside, and with as many as before afterwards."""
    import torch  # whoever reads nothing has no need of it, and it takes two seconds to load

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
