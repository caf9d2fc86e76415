"""The reference of form files, docs/form-files.md, made of the models, so that it cannot say what they do not:
``python -m inkfield.schemas.forms.reference > docs/form-files.md``.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any, Literal, Union

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from inkfield.schemas.forms.model import (
    Column,
    DateOrderRule,
    Decision,
    EqualRule,
    Field,
    Form,
    Limit,
    OneOfRule,
    Option,
    Paper,
    SheetOfForm,
    SumRule,
    Together,
)
from inkfield.schemas.kinds import KINDS, kinds_with

_SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The form", Form),
    ("`paper`", Paper),
    ("An entry of `pages`", SheetOfForm),
    ("`together`", Together),
    ("An entry of `fields`", Field),
    ("An entry of `options`", Option),
    ("An entry of `columns`", Column),
    ("An entry of `rules`: `equal`", EqualRule),
    ("An entry of `rules`: `sum`", SumRule),
    ("An entry of `rules`: `date_order`", DateOrderRule),
    ("An entry of `rules`: `one_of`", OneOfRule),
    ("An entry of `quality`, by the name of the measure", Limit),
    ("`decision`", Decision),
)
_WORDS = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
_BOUNDS = {"gt": "above {}", "ge": "{} or more", "le": "at most {}", "min_length": "{} or more"}
_HEAD = """# Form files

Every key of a form file, as the program checks it. A form is one YAML file and a picture of each page of the blank.
`inkfield forms new BLANK.pdf` writes a first one, `inkfield forms check FILE` says what is wrong with yours and draws
its fields, `inkfield forms boxes FILE --json` lists every box. Boxes are `[x, y, width, height]` in millimetres from
the top left corner of the paper. A key that is not here is refused."""


def as_markdown() -> str:
    """docs/form-files.md."""
    lines = [_HEAD]
    for title, model in _SECTIONS:
        lines += ["", f"## {title}", "", _one_line(model.__doc__ or ""), ""]
        lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
        lines += _keys(model)
    lines += [
        "",
        "## Kinds",
        "",
        "| kind | in SQL | as a column of a table | keys of its own |",
        "|---|---|---|---|",
    ]
    for name, kind in sorted(KINDS.items()):
        keys = ", ".join(f"`{key}`" for key in sorted(kind.keys))
        lines.append(f"| `{name}` | {kind.stored} | {'yes' if kind.in_tables else 'no'} | {keys} |")
    return "\n".join(lines) + "\n"


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for name, key in model.model_fields.items():
        if key.exclude:
            continue
        meaning = _one_line(key.description or "").replace("|", "\\|")
        if name == "rule":
            meaning = "Which rule it is."
        if name == "kind":
            meaning = meaning.replace("see the kinds below", "see [the kinds](#kinds)")
        if name in ("pattern", "grammar"):
            meaning += f" Of the kinds {kinds_with('pattern' if name == 'pattern' else 'grammar')}."
        yield f"| `{name}` | {_value(key)} | {_default(key)} | {meaning} |"


def _default(key: FieldInfo) -> str:
    if key.is_required():
        return "must be given"
    default = key.get_default(call_default_factory=True)
    if default is None or default == () or default == {} or isinstance(default, BaseModel):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _value(key: FieldInfo) -> str:
    return f"{_type(key.annotation)}{_limits(key.metadata)}"


def _type(wanted: Any) -> str:
    """A type in words."""
    origin, parts = typing.get_origin(wanted), typing.get_args(wanted)
    if origin is typing.Annotated:
        return f"{_type(parts[0])}{_limits(parts[1:])}"
    if origin in (Union, types.UnionType):
        inner = [_type(part) for part in parts if part is not type(None)]
        return " or ".join(dict.fromkeys(inner))
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        return f"list of {_many(parts[0])}" if parts[-1] is Ellipsis else f"list of {len(parts)} numbers"
    if origin is dict:
        return f"mapping to {_many(parts[1])}"
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        return "mapping"
    return _WORDS[wanted]


def _many(part: Any) -> str:
    said = _type(part)
    return {"text": "texts", "mapping": "mappings", "mapping or mapping": "mappings"}.get(
        said, said.replace("list of", "lists of")
    )


def _limits(metadata: Any) -> str:
    """What else must hold for a number or a list, in words."""
    said = []
    for limit in metadata:
        for bound, words in _BOUNDS.items():
            if (number := getattr(limit, bound, None)) is not None:
                said.append(words.format(f"{number:g}"))
    return f" ({', '.join(said)})" if said else ""


def _one_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


if __name__ == "__main__":
    print(as_markdown(), end="")
