"""What becomes of a page: made by the form's rules, not read."""

from __future__ import annotations

from inkfield.schemas.kinds.kind import FieldKind


class Decision(FieldKind):
    """Values are post, review and reject."""

    def parse(self, text: str) -> str:
        if text not in ("post", "review", "reject"):
            raise ValueError("a decision is post, review or reject")
        return text


DECISION = Decision(
    "decision",
    samples=("post", "review", "reject"),
    comment="what becomes of the page: post, review or reject",
    keys=frozenset(),
    in_tables=False,
    judged=False,
)
