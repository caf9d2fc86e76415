"""Whether a form can be read: what only the pipeline knows, beside what its file says (see schemas/forms/model.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from inkfield.pipeline.cheques.field_places import BY_KIND
from inkfield.pipeline.cheques.registry import STANDARDS
from inkfield.pipeline.cheques.standard import ChequeStandard
from inkfield.pipeline.image.quality import measure_quality
from inkfield.pipeline.judgement.decision import MEASURES
from inkfield.pipeline.templates.identify import LIMITS as IDENTIFY_LIMITS
from inkfield.pipeline.templates.template import load_template
from inkfield.recognizers.grammars.regular import from_regular_expression
from inkfield.recognizers.language.model import MODELS, languages
from inkfield.schemas.forms.model import Column, Field, Form, FormError, form_faults, load_forms

_AMOUNTS = {"courtesy_amount": "amount", "legal_amount": "amount_words", "amount": "amount"}
"""The fields that every amount of a cheque is read from."""


def unreadable(form: Form) -> list[str]:
    """Why pages of this form could not be read, one line each; empty for a form that can."""
    faults = [f"quality: there is no measure {name!r}" for name in form.quality if name not in _measures()]
    for field in form.fields:
        parts: tuple[Field | Column, ...] = (field, *field.columns)
        faults += [f"fields[{field.name}]: {fault}" for part in parts for fault in _faults(part)]
    if form.layout == "registered":
        faults += [fault for sheet in form.sheets().values() for fault in _faults_of_blank(sheet)]
    elif form.layout in STANDARDS:
        faults += _faults_of_cheque(form, STANDARDS[form.layout])
    else:
        layouts = ", ".join(("registered", *STANDARDS))
        faults.append(f"layout: there is no layout {form.layout!r}; there are {layouts}")
    return faults


def readable(forms: Mapping[str, Form]) -> dict[str, Form]:
    """The forms that can be read."""
    return {name: form for name, form in forms.items() if not unreadable(form)}


def _faults(part: Field | Column) -> Iterator[str]:
    if part.language is not None:
        path = Path(part.language)
        model = (MODELS if path.name == part.language else path.parent) / f"{path.name}.arpa.gz"
        if not model.is_file():
            yield f"language: there is no model {part.language!r}; there are {', '.join(languages())}"
    if part.pattern is not None:
        try:
            from_regular_expression(part.pattern)
        except ValueError as error:
            yield f"pattern: {error}"


def _faults_of_blank(form: Form) -> Iterator[str]:
    try:
        found = len(load_template(form).landmarks.points)
    except FormError as error:
        yield f"blank: {str(error).removeprefix(f'{form.folder}/')}"
        return
    needed = IDENTIFY_LIMITS.least_landmarks
    if found < needed:
        corners = f"({found} corners, {needed} needed)"
        yield f"blank: {form.blank} has too little print to recognise a page by {corners}"


def _faults_of_cheque(form: Form, standard: ChequeStandard) -> Iterator[str]:
    known = {"payee": "name", **_AMOUNTS, **standard.fields}
    there = {field.name: field.kind for field in form.fields}
    for name, kind in there.items():
        if name not in known and kind not in (*BY_KIND, "decision"):
            yield f"fields[{name}]: nothing of that name is found on a cheque; there are {', '.join(known)}"
        elif name in known and kind != known[name]:
            yield f"fields[{name}].kind: is {kind}, on a cheque it is {known[name]}"
    for kind in BY_KIND:
        same = [name for name in there if there[name] == kind]
        if len(same) > 1:
            yield f"fields: a cheque has one field of kind {kind}, here are {' and '.join(same)}"
    for name in _AMOUNTS:
        if name not in there:
            yield f"fields: the amount of a cheque is read from three fields; add {name}"


@lru_cache(maxsize=1)
def _measures() -> frozenset[str]:
    return MEASURES | measure_quality(np.empty((0, 0), np.uint8), 300.0).keys()


def faults_of_forms() -> list[str]:
    """What is wrong with forms that are therefore left out, one text a form that names its file."""
    faults = form_faults()
    for form in load_forms().values():
        faults += ["\n".join(f"{form.folder}: form {form.name}: {fault}" for fault in unreadable(form))]
    return [fault for fault in faults if fault]
