"""Who works in an inbox: each watcher has a file there that tells the others whether it is alive.

    processing/.watchers/<watcher>     locked while the watcher lives, touched every few seconds

The lock goes with the process, however it ends. On a network share a lock may hold only on the machine that
took it: so a watcher that was started on another machine (or before this one was started anew) counts as dead
only when its file was not touched for a while, too. Times are compared as the file system tells them, so that
the clocks of the machines need not agree.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import socket
import threading
from pathlib import Path

BEAT = 5.0
"""Seconds between two touches."""
SILENT = 60.0
"""Seconds without a touch after which a watcher on another machine is dead."""
FOLDER = ".watchers"


class Owner:
    """This process as one of an inbox's watchers, from now until ``close``."""

    def __init__(self, processing: Path) -> None:
        host = re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())[:60]
        self.name = f"{host}-{os.getpid()}-{secrets.token_hex(4)}"
        self._folder = processing / FOLDER
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._file = self._folder / self.name
        draft = self._folder / f".{self.name}"
        self._handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        os.write(self._handle, _boot().encode())
        _lock(self._handle)
        draft.rename(self._file)  # nobody sees it before it is locked
        self._over = threading.Event()
        self._pulse = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._pulse.start()

    def close(self) -> None:
        self._over.set()
        self._pulse.join()
        with contextlib.suppress(OSError):
            self._file.unlink()
        os.close(self._handle)

    def is_alive(self, name: str) -> bool:
        """Whether the watcher of this name is. Raises OSError where the inbox is out of reach."""
        if name == self.name:
            return True
        try:
            handle = os.open(self._folder / name, os.O_RDWR | os.O_NOFOLLOW)
        except FileNotFoundError:
            return False
        try:
            locked = _lock(handle)
            if locked is False:
                return True
            if locked and os.read(handle, 100).decode("ascii", "replace") == _boot():
                return False
            os.utime(self._file)
            return self._file.stat().st_mtime - os.fstat(handle).st_mtime < SILENT
        finally:
            os.close(handle)

    def forget_dead(self) -> None:
        """Removes the files of watchers that are dead; to be called when nothing is theirs any more."""
        for file in self._folder.iterdir():
            if not self.is_alive(file.name.removeprefix(".")):
                file.unlink(missing_ok=True)

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            with contextlib.suppress(OSError):  # a share that is away for a while
                os.utime(self._file)


def _lock(handle: int) -> bool | None:
    """True: it is ours now; False: another process has it; None: this file system has no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _boot() -> str:
    """Tells this start of this machine's kernel from all others."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return secrets.token_hex(16)
