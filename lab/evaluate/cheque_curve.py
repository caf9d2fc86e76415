"""How many cheques would be posted, and how many of them wrongly, over the threshold of the joint confidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

_THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99)


def decision_curve(cheques: Sequence[tuple[float, bool]]) -> list[dict[str, Any]]:
    """A row a threshold; ``cheques`` are (joint confidence, right) with confidence 0 for what may never be posted."""
    rows = []
    for threshold in _THRESHOLDS:
        posted = [right for sure, right in cheques if sure >= threshold]
        wrong = sum(not right for right in posted)
        rows.append(
            {
                "threshold": threshold,
                "posted_rate": round(len(posted) / max(1, len(cheques)), 4),
                "posted_wrong": wrong,
                "error_rate": round(wrong / len(posted), 4) if posted else 0.0,
            }
        )
    return rows


def curve_table(rows: Sequence[dict[str, Any]]) -> Table:
    """The curve as a table for the screen."""
    table = Table("posted from", "posted", "wrong", "error rate", title="Read rate and error rate")
    for row in rows:
        table.add_row(f"{row['threshold']:g}", f"{row['posted_rate']:.0%}", str(row["posted_wrong"]),
                      f"{row['error_rate']:.1%}")  # fmt: skip
    return table
