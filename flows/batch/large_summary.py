"""A batch in figures, from its rows: counts and codes, nothing that stood in a field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inkfield.flows.batch.summary import many, markdown_cell
from inkfield.schemas.store.batch_counts import BatchCounts


def sentence(counts: BatchCounts) -> str:
    """The batch in one line."""
    text = (
        f"{many(counts.documents, 'document')}, {many(counts.pages, 'page')}: {counts.done} done, "
        f"{counts.review} to review, {counts.failed} failed"
    )
    return f"{text} ({counts.already_read} already read)" if counts.already_read else text


def markdown(batch_id: int, counts: BatchCounts, more: Mapping[str, Any]) -> str:
    """The batch as Markdown: the sentence, its figures and ``more`` as a table, failures by their code."""
    figures = {**counts.as_dict(), **more}
    codes = figures.pop("codes")
    lines = [f"# Batch {batch_id}", "", sentence(counts), "", "| figure | |", "|---|--:|"]
    lines += [f"| {markdown_cell(name.replace('_', ' '))} | {value} |" for name, value in figures.items()]
    if codes:
        lines += ["", "| why documents failed | |", "|---|--:|"]
        lines += [f"| {markdown_cell(code)} | {number} |" for code, number in sorted(codes.items())]
    return "\n".join(lines) + "\n"
