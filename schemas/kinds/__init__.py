"""The kinds of fields that a form can have, one file each: a new kind is a new file here."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from inkfield.schemas.kinds.kind import FieldKind, Key

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
KINDS: dict[str, FieldKind] = {
    kind.name: kind for module in _MODULES for kind in vars(module).values() if isinstance(kind, FieldKind)
}
"""All kinds by name."""


def kind_of(name: str) -> FieldKind:
    """The kind of a field that was read; one that is not known (any more) is text."""
    return KINDS.get(name) or KINDS["text"]


def kinds_with(key: Key) -> str:
    """The kinds whose fields may have a key, as a list in words: ``code, integer and text``."""
    *most, last = sorted(kind.name for kind in KINDS.values() if key in kind.keys)
    return f"{', '.join(most)} and {last}" if most else last


def known_kind(name: str) -> str:
    """The name of a kind. Raises ValueError for one that there is not."""
    if name not in KINDS:
        raise ValueError(f"there is no kind {name!r}; there are {', '.join(sorted(KINDS))}")
    return name
