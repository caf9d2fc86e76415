"""Numbers that decide while something is read: each is a field of its stage's frozen dataclass, ``LIMITS`` there.

A field carries its unit, where the number comes from and what it means. docs/limits.md is made of them, and
`inkfield sensitivity` moves each and shows what changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

Origin = Literal["standard", "rendered", "dev cheques", "validation lines", "guess"]
"""Who says so: a standard or a definition; what was measured on pages that the project renders, on the development
cheques, or on lines kept for validation; or nobody: it was thought plausible, and what was tried on it did well."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Limit:
    """What is known of one number beside its value."""

    unit: str
    origin: Origin
    meaning: str


def limit(value: Value, unit: str, origin: Origin, meaning: str) -> Value:
    """A field of a stage's limits."""
    return field(default=value, metadata={"limit": Limit(unit, origin, meaning)})


def limits_of(stage: Any) -> dict[str, Limit]:
    """What is known of each number of a stage's ``LIMITS``, by its name."""
    return {f.name: f.metadata["limit"] for f in fields(stage)}
