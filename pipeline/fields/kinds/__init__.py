"""How each kind of field is read: one file a kind that is read in a way of its own, found by walking this folder.

Parsers are pure and never raise: None means no value.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from inkfield.pipeline.fields.kinds.kind import MarkReading, PrintReading, TextReading
from inkfield.schemas.forms.model import Column, Field
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.kinds.kind import FieldKind
from inkfield.schemas.readings import Value

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
Reading = TextReading | MarkReading | PrintReading
_FOUND = [r for module in _MODULES for r in vars(module).values() if isinstance(r, Reading)]
READINGS: dict[str, Reading] = {
    reading.kind: reading for reading in sorted(_FOUND, key=lambda reading: reading.kind)
}
"""The ways of reading by the name of the kind."""


def reading_of(name: str) -> Reading:
    """How a kind is read; one without a way of its own is read as ``read_like`` is, and parsed as people type it."""
    return READINGS.get(name) or _as_another(kind_of(name))


def _as_another(kind: FieldKind) -> Reading:
    other = READINGS[kind.read_like]
    if not isinstance(other, TextReading):
        return replace(other, kind=kind.name)
    return replace(
        other,
        kind=kind.name,
        parse=lambda text, field: _typed(kind, text),
        from_list=other.from_list and kind.stored == "text",
        calibrated_as=other.calibrated_as or other.kind,
    )


def _typed(kind: FieldKind, text: str) -> Value:
    try:
        return kind.typed(" ".join(text.split()))
    except ValueError:
        return None


def written(field: Field | Column) -> TextReading:
    """How a field is read that is written. Raises TypeError for one of marks or barcodes."""
    reading = reading_of(field.kind)
    if not isinstance(reading, TextReading):
        raise TypeError(f"a field of kind {field.kind} holds no text")
    return reading
