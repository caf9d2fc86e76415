"""The catalogue file of a data set, as HTR-United has them: what its pages are, who may use them, how much there is.

Format: HTR-United's schema of 2023-06-27, https://htr-united.github.io/schema/2023-06-27/schema.json. Files that
follow the schemas before it (2021-10-15, 2022-04-15) are read, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AnyUrl, BaseModel, ConfigDict, Field, ValidationError

from inkfield.recognizers.training.data.labelled import Defect

NAME = "htr-united.yml"
_NAMES = (NAME, "htr-united.yaml")
_SCHEMA = "https://htr-united.github.io/schema/{}/schema.json"
SCHEMA = _SCHEMA.format("2023-06-27")
_OLDEST = _SCHEMA.format("2021-10-15")
_SCHEMAS = (SCHEMA, _SCHEMA.format("2022-04-15"), _OLDEST)
_LINES = "lines"

Count = Annotated[int, Field(ge=0)]
Day = Annotated[str, Field(pattern=r"^\d{1,4}(-\d{2}(-\d{2})?)?$")]
Language = Annotated[str, Field(pattern="^[a-z]{3}$")]
"""ISO 639-3."""
ScriptCode = Annotated[str, Field(pattern="^[A-Z][a-z]{3}$")]
"""ISO 15924."""


class Script(BaseModel):
    iso: ScriptCode
    qualify: str | None = None


class Time(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    not_before: Day = Field(alias="notBefore")
    not_after: Day = Field(alias="notAfter")


class Hands(BaseModel):
    count: Literal["1", "1-per-file", "1-per-folder", "less-than-11", "more-than-10", "unknown"]
    precision: Literal["exact", "estimated"]


class Volume(BaseModel):
    metric: Literal["lines", "regions", "characters", "pages", "images", "files"]
    count: Count


class License(BaseModel):
    name: str | None = None
    url: AnyUrl | None = None


class Catalogue(BaseModel):
    """What a catalogue file must have. The schema's other entries may stand beside it."""

    model_config = ConfigDict(extra="allow")

    described_by: str = Field(alias="schema")
    title: str
    url: AnyUrl
    description: str
    language: list[Language] = Field(min_length=1)
    script: list[Script | ScriptCode] = Field(min_length=1)
    script_type: Literal[
        "only-manuscript", "only-typed", "mainly-manuscript", "mainly-typed", "evenly-mixed"
    ] = Field(alias="script-type")
    time: Time
    hands: Hands
    license: License | list[License]
    format: Literal["Alto-XML", "Page-XML", "Image-Text-Pairs"]
    volume: list[Volume] = Field(min_length=1)


def catalogue_defects(folder: Path, lines: int) -> list[Defect]:
    """What is wrong with the catalogue file of a folder that has so many labelled lines; nothing where it has none."""
    path = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
    if path is None:
        return []
    try:
        entries = read_entries(path)
        found = Catalogue.model_validate(entries)
    except ValueError as error:
        said = _said(error) if isinstance(error, ValidationError) else [str(error)]
        return [Defect(path, "catalogue", one) for one in said]
    wrong = []
    if found.described_by not in _SCHEMAS:
        wrong.append(f"schema is {found.described_by}; known is {SCHEMA}")
    elif found.described_by != _OLDEST and "production-software" not in entries:
        wrong.append("production-software is missing")
    told = [one.count for one in found.volume if one.metric == _LINES]
    if told and told[0] != lines:
        wrong.append(f"volume tells {told[0]} lines, the files have {lines} with a text")
    return [Defect(path, "catalogue", one) for one in wrong]


def read_entries(path: Path) -> dict[str, Any]:
    """All entries of a catalogue file, whatever they are. Raises ValueError that names the file; OSError."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        where = "" if place is None else f", line {place.line + 1}"
        raise ValueError(f"{path.name}{where}: no YAML") from None
    if not isinstance(entries, dict):
        raise ValueError(f"{path.name} has no entries")
    return entries


def write_catalogue(folder: Path, known: Mapping[str, Any], taken_over: Mapping[str, Any]) -> Sequence[str]:
    """Writes the catalogue file of a folder: what is known of it, and of the other entries those of an earlier file.
    Returns what is still to be filled in by a person."""
    entries = {"schema": SCHEMA, **taken_over, **known}
    told = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=100)
    (folder / NAME).write_text(told, encoding="utf-8")
    try:
        Catalogue.model_validate(entries)
    except ValidationError as error:
        return _said(error)
    return []


def _said(error: ValidationError) -> list[str]:
    """What is wrong, an entry a line, each once: an entry that may be of two kinds is told twice by pydantic."""
    found: dict[str, str] = {}
    for one in error.errors():
        path = [str(part) for part in one["loc"]]
        entry = path[0] if not path[1:] or path[0] in ("license", "script") else ".".join(path)
        found.setdefault(
            entry, "is missing" if one["type"] == "missing" else f"is not as it should be: {one['msg']}"
        )
    return [f"{entry} {told}" for entry, told in found.items()]
