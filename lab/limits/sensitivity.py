"""`inkfield sensitivity`: moves each tuned number a little and shows what is then read otherwise.

A number on which much hangs was either set with care or fitted to what it was set on; one on which nothing hangs may
not be needed. What changes is judged on documents that nothing is reported on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import cast

from rich.console import Console
from rich.table import Table

from inkfield.flows.workers.read_isolated import ask_all
from inkfield.flows.workers.reader_process import DocumentLost
from inkfield.lab.limits.development_set import Outcome, Outcomes, Sample, Tried, TrySetup
from inkfield.lab.limits.stages import Change, changes, stages

_NOTHING = Outcome("", False, False)
"""Of a field that is not there: on a page that was taken for something else."""


@dataclass(frozen=True)
class Effect:
    """What a change does: fields that are read or judged otherwise, right ones that become wrong and the other way
    round, wrong ones that are accepted now and were not. ``lost``: reading ended with a fault."""

    change: Change
    changed: int = 0
    worse: int = 0
    better: int = 0
    accepted_wrong: int = 0
    lost: bool = False

    @property
    def weight(self) -> tuple[int, ...]:
        """By which effects are sorted: what does most harm first, then what changes most."""
        return int(self.lost), self.accepted_wrong, self.worse + self.better, self.changed


@dataclass(frozen=True)
class Sensitivity:
    """The effects, the greatest first; ``unseen`` are the limits that reading these documents did not ask for."""

    documents: int
    fields: int
    right: int
    effects: tuple[Effect, ...]
    unseen: tuple[tuple[str, str], ...]


def measure(
    samples: Sequence[Sample],
    wanted: Sequence[str] = (),
    form: str | None = None,
    weights: str = "default",
    workers: int = 1,
) -> Sensitivity:
    """Reads the samples once as they are and once for each number moved by 10 %, down and up.

    ``wanted`` are the stages, or beginnings of their names; all by default. Raises ValueError for one that is none.
    """
    chosen = [s for s in stages() if not wanted or s.startswith(tuple(wanted))]
    if not chosen:
        raise ValueError(f"No stage begins with {', '.join(wanted)}. There are: {', '.join(stages())}")
    setup = TrySetup(tuple(samples), form, weights)
    (base,) = ask_all(setup, [None], 1)
    if isinstance(base, DocumentLost):
        raise ValueError(f"The documents cannot be read: {base}")
    found = cast(Tried, base)
    moves = [change for stage in chosen for change in changes(stage)]
    asked = [move for move in moves if (move.stage, move.limit) in found.looked_at]
    effects = [effect_of(move, found.outcomes, tried) for move, tried in _tried(setup, asked, workers)]
    effects.sort(key=lambda effect: effect.weight, reverse=True)
    unseen = sorted({(move.stage, move.limit) for move in moves} - found.looked_at)
    right = sum(bool(outcome.right) for outcome in found.outcomes.values())
    return Sensitivity(len(samples), len(found.outcomes), right, tuple(effects), tuple(unseen))


def _tried(setup: TrySetup, moves: Sequence[Change], workers: int) -> Iterator[tuple[Change, Tried | None]]:
    """Each change with what was read after it; None where that ended the process."""
    if not moves:
        return
    for move, answer in zip(moves, ask_all(setup, moves, workers), strict=True):
        yield move, None if isinstance(answer, DocumentLost) else cast(Tried, answer)


def effect_of(change: Change, before: Outcomes, tried: Tried | None) -> Effect:
    """What a change does, by what was read before and after it; ``tried`` is None where reading ended with a fault."""
    if tried is None:
        return Effect(change, lost=True)
    pairs = [
        (before.get(key, _NOTHING), tried.outcomes.get(key, _NOTHING)) for key in before | tried.outcomes
    ]
    judged = [(a, b) for a, b in pairs if a.right is not None and b.right is not None]
    return Effect(
        change,
        changed=sum((a.shown, a.accepted) != (b.shown, b.accepted) for a, b in pairs),
        worse=sum(bool(a.right and not b.right) for a, b in judged),
        better=sum(bool(b.right and not a.right) for a, b in judged),
        accepted_wrong=sum(_is_harm(b) and not _is_harm(a) for a, b in judged),
    )


def _is_harm(outcome: Outcome) -> bool:
    return outcome.accepted and outcome.right is False


def print_sensitivity(found: Sensitivity, as_json: bool) -> None:
    """The effects as a table or as JSON; of the documents only how many there are."""
    if as_json:
        print(json.dumps(asdict(found)))
        return
    console = Console()
    table = Table(
        "stage", "limit", "from", "to", "changed", "right to wrong", "wrong to right", "accepted wrong"
    )
    for effect in found.effects:
        if any(effect.weight):
            counts = (effect.changed, effect.worse, effect.better, effect.accepted_wrong)
            cells = ["fault"] * 4 if effect.lost else [str(count) for count in counts]
            change = effect.change
            table.add_row(change.stage, change.name, f"{change.before:g}", f"{change.after:g}", *cells)
    console.print(table)
    idle = sum(not any(effect.weight) for effect in found.effects)
    console.print(
        f"{found.documents} documents, {found.fields} fields, {found.right} right. {len(found.effects)} changes: "
        f"{idle} change nothing. {len(found.unseen)} limits were not looked at."
    )
