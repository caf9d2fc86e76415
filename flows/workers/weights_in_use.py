"""The weights that documents are read with: those that the database says are in use, as files on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine

from inkfield.flows.prefect_settings import data_folder
from inkfield.flows.settings import LearningSettings, settings
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.store.weights import SHIPPED, stored_weights, weights_in_use

RUN = "run"
"""Of what is being learned: the folder of one training at a time."""
PICTURES = "settled"
"""In it the data set: private pictures, gone when the training is over."""
LEASE = "learning"
"""Who holds it is learning."""


def learning_folder() -> Path:
    """Where learned weights lie on this machine, and what is being learned."""
    named = settings(LearningSettings).learning
    return Path(named) if named else data_folder() / "learning"


def weights_now(engine: Engine) -> str:
    """The weights in use, for `load_recognizer`: asked for each document, so that what was adopted holds from the next
    one on. Raises OSError where they cannot be written on this machine."""
    with transaction(engine) as session:
        name = weights_in_use(session)
    return name if name == SHIPPED else str(weights_file(engine, name))


@lru_cache(maxsize=8)
def weights_file(engine: Engine, name: str) -> Path:
    """Learned weights as a file, their confidences beside it; written once. Raises LookupError, OSError."""
    with transaction(engine) as session:
        network, confidences = stored_weights(session, name)
    folder = learning_folder() / "weights" / f"{name}-{hashlib.sha256(network).hexdigest()[:16]}"
    file = folder / f"{name}.safetensors"
    if file.exists():
        return file
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    making = Path(tempfile.mkdtemp(dir=folder.parent))
    (making / file.name).write_bytes(network)
    for ending, found in confidences.items():
        (making / f"{name}{ending}").write_text(json.dumps(found), encoding="utf-8")
    try:
        os.rename(making, folder)
    except OSError:  # another process was faster
        shutil.rmtree(making)
        if not file.exists():
            raise
    return file


def forget_pictures() -> None:
    """Takes away the pictures of a training that is over or was cut off; those in the database stay."""
    shutil.rmtree(learning_folder() / RUN / PICTURES, ignore_errors=True)
