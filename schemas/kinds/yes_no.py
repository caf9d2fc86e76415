"""What is there or not: a tick, a signature."""

from __future__ import annotations

from typing import Any

from inkfield.schemas.kinds.kind import FieldKind


class YesNo(FieldKind):
    """Values are true and false; people type yes and no."""

    def parse(self, text: str) -> bool:
        if text.lower() not in ("yes", "no"):
            raise ValueError("write yes or no")
        return text.lower() == "yes"

    def as_text(self, value: Any) -> str | None:
        return None if value is None else "yes" if value else "no"

    def shown(self, value: Any) -> str | None:
        return None if value is None else str(value)

    def equal(self, written: Any, read: Any) -> bool:
        return bool(written) == bool(read)
