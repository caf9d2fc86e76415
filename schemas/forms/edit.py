"""A form file that is changed by a program: its fields are replaced, what else it says stays."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from inkfield.schemas.forms.model import FORMS_FOLDER, Form, FormError, form_files, load_form
from inkfield.schemas.forms.strict_yaml import load_yaml

EDITED = frozenset(
    {"name", "kind", "page", "box", "required", "cells", "lines", "date_order", "options", "rows", "columns"}
)
"""Keys of a field that are replaced; the others of a field that stays of its kind are kept."""
_OF_ANY_KIND = frozenset({"accept_at", "required"})


def check_editable(form: Form) -> None:
    """Raises FormError for a form that is built in, or has no blank on which its fields lie."""
    if form.folder is None or form.folder == FORMS_FOLDER:
        raise FormError(
            f"{form.name} is built in; copy its files into a folder of INKFIELD_FORMS under another name"
        )
    if form.layout != "registered":
        raise FormError(f"{form.name} has no blank: its fields are found on the page itself")


class FileChanged(Exception):
    """The form file is no longer what was edited."""


def file_of(form: Form) -> Path:
    """The file of a form that was loaded. Raises FormError where it is gone."""
    for path in form_files([form.folder] if form.folder else []):
        try:
            if dict(load_yaml(path.read_text(encoding="utf-8"))).get("name") == form.name:
                return path
        except (OSError, ValueError, TypeError, yaml.YAMLError):
            continue
    raise FormError(f"The file of form {form.name} is gone.")


def mark_of(path: Path) -> str:
    """What tells two contents of a file apart."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def save_fields(path: Path, mark: str, fields: Sequence[Mapping[str, Any]]) -> Form:
    """Writes a form file with other fields, whole or not at all, and returns the form. Each field has the keys EDITED,
    and ``was``: its name in the file, or None. Comments at the head stay, others do not.

    Raises FileChanged where the file has no longer that ``mark``, and FormError for what is no form.
    """
    text = path.read_text(encoding="utf-8")
    if mark_of(path) != mark:
        raise FileChanged(f"{path.name} was changed by somebody else meanwhile: load the page again")
    keys = load_yaml(text)
    before = {field["name"]: field for field in keys["fields"]}
    keys["fields"] = [_merged(before.get(field.get("was") or ""), field) for field in fields]
    renamed = {
        field["was"]: field["name"] for field in fields if field.get("was") not in (None, field["name"])
    }
    for part in ("rules", "decision"):
        if part in keys:
            keys[part] = _renamed(keys[part], renamed)
    head = [line for line in text.splitlines() if line.startswith("#")]
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text("\n".join([*head, form_as_yaml(keys)]), encoding="utf-8")
        form = load_form(draft)
        os.replace(draft, path)
    except FormError as error:
        raise FormError(str(error).replace(f"{draft}: ", "")) from None
    finally:
        draft.unlink(missing_ok=True)
    return form


def form_as_yaml(keys: Mapping[str, Any]) -> str:
    """The keys of a form in lines of their own, every field in one."""
    head = {key: value for key, value in keys.items() if key != "fields"}
    lines = [
        yaml.safe_dump(head, sort_keys=False, allow_unicode=True, default_flow_style=None, width=1000),
        "fields:\n",
    ]
    for field in keys["fields"]:
        said = yaml.safe_dump(
            field, sort_keys=False, allow_unicode=True, default_flow_style=True, width=100_000
        )
        lines.append(f"  - {said}")
    return "".join(lines)


def _merged(before: Mapping[str, Any] | None, field: Mapping[str, Any]) -> dict[str, Any]:
    """A field with what is sent of it, and what the file says besides, as far as that goes with its kind."""
    kept: dict[str, Any] = {}
    if before is not None:
        same = before["kind"] == field["kind"]
        kept = {k: v for k, v in before.items() if k not in EDITED and (same or k in _OF_ANY_KIND)}
    sent = {
        key: value for key, value in field.items() if key in EDITED and value not in (None, False, [], "")
    }
    if sent.get("lines") == 1:
        del sent["lines"]
    if "columns" in sent and before is not None:
        columns = {column["name"]: column for column in before.get("columns", ())}
        sent["columns"] = [_as_before(columns.get(column["name"]), column) for column in sent["columns"]]
    return {**{"name": field["name"], "kind": field["kind"]}, **sent, **kept}


def _as_before(before: Mapping[str, Any] | None, column: Mapping[str, Any]) -> dict[str, Any]:
    """A column with what the file says of it besides."""
    same = before is not None and before["kind"] == column["kind"]
    return {**(before or {}), **column} if same else dict(column)


def _renamed(said: Any, names: Mapping[str, str]) -> Any:
    """Rules with the new names of fields; a column of a table is named ``TABLE.COLUMN``."""
    if isinstance(said, dict):
        return {key: value if key == "rule" else _renamed(value, names) for key, value in said.items()}
    if isinstance(said, list):
        return [_renamed(value, names) for value in said]
    if isinstance(said, str):
        first, dot, rest = said.partition(".")
        return f"{names.get(first, first)}{dot}{rest}"
    return said
