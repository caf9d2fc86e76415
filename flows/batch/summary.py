"""A batch in words and tables: Markdown for Prefect's artifact, a rich table for the terminal.

File names, counts, codes: nothing that stood in a field.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from rich.markup import escape
from rich.table import Table

from inkfield.flows.workers.document_outcome import Outcome

STYLES = {"done": "green", "review": "yellow", "failed": "red"}


def sentence(outcomes: Sequence[Outcome]) -> str:
    """The batch in one line, e.g. ``12 documents, 14 pages: 9 done, 2 to review, 1 failed``."""
    count = Counter(outcome.status for outcome in outcomes)
    text = (
        f"{many(len(outcomes), 'document')}, {many(sum(o.pages for o in outcomes), 'page')}: "
        f"{count['done']} done, {count['review']} to review, {count['failed']} failed"
    )
    again = sum(outcome.already_read for outcome in outcomes)
    return f"{text} ({again} already read)" if again else text


NAMES = 20
"""So many names of files that were left out are told in a line; all of them are in --json."""


def left_out_lines(left_out: Mapping[str, str]) -> list[str]:
    """What was not read in the folders that were named, a line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for path, reason in left_out.items():
        by_reason.setdefault(reason, []).append(PurePath(path).name)
    lines = []
    for reason, names in by_reason.items():
        listed = ", ".join(names[:NAMES]) + (
            f" and {len(names) - NAMES:,} more" if len(names) > NAMES else ""
        )
        lines.append(f"{many(len(names), 'file')} left out ({reason}): {listed}")
    return lines


def markdown(batch_id: int, outcomes: Sequence[Outcome]) -> str:
    """The batch as Markdown: the sentence, and a table with one row a document, failures first."""
    rows = [
        "| document | result | pages | form | accepted | review | empty | seconds | remark |",
        "|---|---|--:|---|--:|--:|--:|--:|---|",
    ]
    for outcome in sorted(outcomes, key=lambda o: o.status != "failed"):
        cells = (
            outcome.name,
            outcome.status,
            outcome.pages,
            ", ".join(outcome.forms),
            outcome.accepted,
            outcome.review,
            outcome.empty,
            f"{outcome.seconds:.1f}",
            _remark(outcome),
        )
        rows.append("| " + " | ".join(markdown_cell(cell) for cell in cells) + " |")
    return f"# Batch {batch_id}\n\n{sentence(outcomes)}\n\n" + "\n".join(rows) + "\n"


def table(outcomes: Sequence[Outcome], fields: bool = True) -> Table:
    """The batch as a table for the terminal. Without ``fields`` where whole texts were read: they have none."""
    result = Table(title=sentence(outcomes), title_justify="left", title_style="bold")
    for heading in ("document", "result", *(["form"] if fields else [])):
        result.add_column(heading, overflow="fold")
    for heading in ("pages", *(["accepted", "review", "empty"] if fields else []), "seconds"):
        result.add_column(heading, justify="right")
    for outcome in outcomes:
        style = STYLES.get(outcome.status, "")
        counts = [outcome.accepted, outcome.review, outcome.empty] if fields else []
        result.add_row(
            escape(outcome.name),
            f"[{style}]{outcome.status}[/]" if style else outcome.status,
            *([escape(", ".join(outcome.forms))] if fields else []),
            *map(str, [outcome.pages, *counts]),
            f"{outcome.seconds:.1f}",
        )
    return result


def figures_table(figures: Mapping[str, Any]) -> Table:
    """Figures as a table for the terminal, one a line."""
    result = Table(show_header=False)
    for name, value in figures.items():
        result.add_row(name.replace("_", " "), escape(str(value)))
    return result


def remarks(outcomes: Sequence[Outcome]) -> list[str]:
    """What there is to say of single documents, one line each, with rich's markup."""
    return [
        f"[{STYLES['failed' if outcome.error_code else 'done']}]{escape(outcome.name)}[/] "
        f"{escape(_remark(outcome))}"
        for outcome in outcomes
        if _remark(outcome)
    ]


def _remark(outcome: Outcome) -> str:
    if outcome.error_code:
        return f"{outcome.error_code}: {outcome.error_message}"
    return "already read" if outcome.already_read else ""


def markdown_cell(value: object) -> str:
    """A Markdown table cell: no pipe, line break or markup of a file name may break the table."""
    text = " ".join(str(value).split())
    for sign in "\\|`*_<>[]":
        text = text.replace(sign, "\\" + sign)
    return text


def many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
