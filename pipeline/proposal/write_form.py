"""Writes a proposed form: the YAML, pictures of the blank, lists of known values, and the fields drawn on the pages."""

from __future__ import annotations

from pathlib import Path

import cv2

from inkfield.pipeline.proposal.propose import Proposal
from inkfield.pipeline.templates.overlay import write_overlay
from inkfield.schemas.forms.edit import form_as_yaml
from inkfield.schemas.forms.model import FormError, read_form

_HEAD = """# Proposed for {blank} by `inkfield forms new`: correct what is wrong, then run `inkfield forms check`.
# Every key is in docs/form-files.md. Boxes are [x, y, width, height] in mm from the top left corner.
"""


def write_form(proposal: Proposal, blank: Path, folder: Path) -> list[Path]:
    """Writes all files into ``folder`` and returns their paths, the YAML first.

    Raises FormError when there is a form file of that name already: it may hold corrections.
    """
    form = proposal.form
    file = free_file(form.name, folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = [file]
    for number, sheet in form.sheets().items():
        path = folder / str(sheet.blank)
        path.write_bytes(cv2.imencode(".png", proposal.blanks[number])[1].tobytes())
        written.append(path)
    for name, values in proposal.values.items():
        (folder / name).write_text("\n".join(values) + "\n", encoding="utf-8")
        written.append(folder / name)
    file.write_text(_HEAD.format(blank=blank.name) + form_as_yaml(proposal.keys), encoding="utf-8")
    return written + write_overlay(read_form(file), folder)


def free_file(name: str, folder: Path) -> Path:
    """The path of the form file. Raises FormError when it is there already."""
    file = folder / f"{name}.yaml"
    if file.exists():
        raise FormError(f"{file} is there already; give another --name or --output, or remove it first")
    return file
