"""`inkfield forms`: what forms there are, what is in one, and whether a form file is right."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from inkfield.schemas.forms.boxes import boxes_of
from inkfield.schemas.forms.edit import check_editable
from inkfield.schemas.forms.model import (
    Field,
    Form,
    FormError,
    file_faults,
    load_forms,
    read_form,
)


def print_forms() -> None:
    """Prints a table of all forms, and what is wrong with those that are left out."""
    table = Table()
    for heading in ("form", "version", "title", "found by", "fields", "file's folder"):
        table.add_column(heading, overflow="fold")
    forms = load_forms()
    for form in forms.values():
        table.add_row(
            form.name,
            str(form.version),
            escape(form.title),
            form.layout,
            str(len(form.fields)),
            escape(str(form.folder)),
        )
    Console().print(table)
    from inkfield.pipeline.templates.check import faults_of_forms

    for fault in faults_of_forms():
        Console().print(f"[red]not used:[/] {escape(fault)}", soft_wrap=True)


def print_form(name: str) -> None:
    """Prints the fields and rules of one form. Raises FormError when there is no such form."""
    form = _named(name)
    console = Console()
    console.print(
        f"[bold]{escape(form.title)}[/] ({form.name}, version {form.version}, layout {form.layout})"
    )
    console.print(
        f"Paper {form.paper.width_mm:g} x {form.paper.height_mm:g} mm; rows in the view {form.name}"
    )
    table = Table()
    for heading in ("field", "kind", "box (mm)", "required", "accepted from", "read with"):
        table.add_column(heading, overflow="fold")
    for field in form.fields:
        table.add_row(
            field.name,
            field.kind,
            escape(str(list(field.box))) if field.box else "found on the page",
            "yes" if field.required else "",
            f"{field.accept_at:g}",
            escape(_read_with(field, form)),
        )
    console.print(table)
    if form.pages:
        numbers = ", ".join(f"{s.number}{'' if s.required else ' (may be missing)'}" for s in form.pages)
        equal = ", ".join(form.together.fields)
        console.print(
            f"pages: {numbers}; they belong together by " + (f"equal {equal}" if equal else "their order")
        )
    for rule in form.rules:
        console.print("rule: " + escape(_rule_in_words(rule.model_dump())))


def check_forms(files: Iterable[Path]) -> bool:
    """Prints for each file whether it is right, else what is wrong with it. True when all are right."""
    console, all_right = Console(), True
    for file in files:
        try:
            form = read_form(file)
            if faults := _all_faults(form):
                raise FormError("\n".join(f"{file}: {fault}" for fault in faults))
            console.print(
                f"[green]{escape(str(file))}: right[/] ({form.name}, {len(form.fields)} fields)",
                soft_wrap=True,
            )
            _draw(form, file.parent, console)
        except FormError as error:
            all_right = False
            console.print(f"[red]{escape(str(error))}[/]", soft_wrap=True)
    return all_right


def _draw(form: Form, folder: Path, console: Console) -> None:
    from inkfield.pipeline.templates.overlay import write_overlay

    try:
        for picture in write_overlay(form, folder):
            console.print(f"  its fields drawn: {escape(str(picture))}", soft_wrap=True)
    except OSError as error:  # forms may lie where nobody may write
        console.print(f"  its fields are not drawn: {escape(str(error))}", soft_wrap=True)


def print_boxes(what: str, as_json: bool) -> None:
    """Prints every box of a form: of a form's name, of a form file, or those proposed for a blank. Raises FormError and
    DocumentError."""
    boxes = boxes_of(_form_of(what))
    if as_json:
        print(json.dumps([box.as_json() for box in boxes], indent=1))
        return
    table = Table()
    for heading in ("page", "field", "kind", "box (mm): x, y, width, height"):
        table.add_column(heading, overflow="fold")
    for box in boxes:
        table.add_row(str(box.page), box.field, box.kind, ", ".join(f"{number:.1f}" for number in box.box_mm))
    Console().print(table)


def _form_of(what: str) -> Form:
    path = Path(what)
    if path.suffix in (".yaml", ".yml"):
        return read_form(path)
    if not path.is_file():
        return _named(what)
    from inkfield.pipeline.proposal.propose import propose_form

    return propose_form(path).form


def check_named_editable(name: str) -> None:
    """Raises FormError where there is no form of that name, or it cannot be edited."""
    check_editable(_named(name))


def _named(name: str) -> Form:
    forms = load_forms()
    if name not in forms:
        raise FormError(f"There is no form {name!r}. There are: {', '.join(sorted(forms))}.")
    return forms[name]


def _all_faults(form: Form) -> list[str]:
    from inkfield.pipeline.templates.check import unreadable

    faults = file_faults(form)
    told = any(fault.startswith("blank:") for fault in faults)
    return faults + [fault for fault in unreadable(form) if not (told and fault.startswith("blank:"))]


def _read_with(field: Field, form: Form) -> str:
    parts = {
        "page": field.page if form.pages else None,
        "language": field.language,
        "grammar": field.grammar,
        "pattern": field.pattern,
        "cells": field.cells,
        "dates": field.date_order,
        "known values": field.known_values,
    }
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value)


def _rule_in_words(rule: dict[str, object]) -> str:
    return ", ".join(f"{key} {value}" for key, value in rule.items())
