"""Who may look into done/ and failed/: the owner alone, or also the group of INKFIELD_INBOX_GROUP."""

from __future__ import annotations

import grp
import os
import stat
from pathlib import Path

from inkfield.flows.settings import InboxSettings, settings


class GroupError(OSError):
    """The group cannot be given what it is meant to see. The message says what to do."""


def share(path: Path) -> None:
    """Lets the group enter a folder, or read a note, that inkfield has made; nothing where none is set.

    Documents keep the rights that they were dropped with. Raises GroupError.
    """
    name = settings(InboxSettings).inbox_group
    if name is None:
        return
    try:
        group = grp.getgrnam(name).gr_gid
    except KeyError:
        raise GroupError(f"INKFIELD_INBOX_GROUP: there is no group {name} on this machine") from None
    folder = stat.S_ISDIR(path.lstat().st_mode)
    try:
        os.chown(path, -1, group, follow_symlinks=False)
        path.chmod(0o2750 if folder else 0o640)  # what is made in the folder is the group's, too
    except OSError as error:
        raise GroupError(
            f"INKFIELD_INBOX_GROUP: {path} cannot be given to the group {name} ({error.strerror}). "
            "Make the user who runs inkfield a member of it."
        ) from error
