"""What the bank knows of its cheques beside the paper: issued ones (positive pay), stopped ones, payees, limits.

A folder, named by INKFIELD_MASTER_DATA, holds any of these files: UTF-8, commas, a line of names first.

- ``issued.csv``: number, account, amount, payee. A cheque that is not in it, or differs from it, is for a person.
- ``stopped.csv``: number, account. Without a number all cheques of the account are stopped.
- ``payees.csv``: payee. A cheque to anybody else is for a person.
- ``limits.csv``: account, limit. So does a cheque over the limit of its account.

The files are looked at again when they change. One that cannot be used keeps every cheque from being posted.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from inkfield.pipeline.judgement.decision import objected
from inkfield.recognizers.distance import edit_distance
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import Reason, ReasonCode, because

VARIABLE = "INKFIELD_MASTER_DATA"
_ALIKE = 0.25
"""Edits a letter up to which a payee as read may be one of a list: a tenth of the letters of names is read wrongly. A
guess."""

Row = Mapping[str, str]
Made = TypeVar("Made")


class BadMasterData(ValueError):
    """A file that cannot be used. The message names it and its line, never what stands there."""


@dataclass(frozen=True)
class Issued:
    """A cheque as it was issued; ``payee`` is "" where the list has none."""

    amount: Decimal
    payee: str


@dataclass(frozen=True)
class MasterData:
    """The files of a folder; None for one that is not there.

    Keys are (number, account), or the account, without leading zeros; "" as number stands for all of an account.
    """

    issued: Mapping[tuple[str, str], Issued] | None = None
    stopped: frozenset[tuple[str, str]] | None = None
    payees: tuple[str, ...] | None = None
    limits: Mapping[str, Decimal] | None = None


@dataclass(frozen=True)
class Item:
    """A cheque as it was read; None for what was not."""

    number: str | None
    account: str | None
    amount: Decimal | None
    payee: str | None


def objections(item: Item, data: MasterData) -> list[Reason]:
    """What speaks against posting a cheque; nothing where the bank's data say nothing against it."""
    key = (_plain(item.number or ""), _plain(item.account or ""))
    found = []
    if not all(key) and (data.issued is not None or data.stopped is not None or data.limits is not None):
        found.append(because(ReasonCode.NOT_MATCHED))
    elif data.stopped is not None and (key in data.stopped or ("", key[1]) in data.stopped):
        found.append(because(ReasonCode.STOPPED))
    if data.issued is not None and all(key):
        issued = data.issued.get(key)
        if issued is None:
            found.append(because(ReasonCode.NOT_ISSUED))
        else:
            found += _differences(item, issued)
    if data.payees is not None and not any(_alike(item.payee, payee) for payee in data.payees):
        found.append(because(ReasonCode.UNKNOWN_PAYEE))
    limit = None if data.limits is None else data.limits.get(key[1])
    if limit is not None and (item.amount is None or item.amount > limit):
        found.append(because(ReasonCode.OVER_LIMIT))
    return found


def _differences(item: Item, issued: Issued) -> Iterable[Reason]:
    differing = []
    if item.amount != issued.amount:
        differing.append("amount")
    if issued.payee and not _alike(item.payee, issued.payee):
        differing.append("payee")
    if differing:
        yield because(ReasonCode.ISSUED_OTHERWISE, fields=tuple(differing))


def checked(fields: Sequence[FieldReading], item: Item) -> tuple[FieldReading, ...]:
    """The fields with the decision for a person where the bank's data speak against the cheque."""
    try:
        data = master_data()
    except BadMasterData as error:
        reasons = [because(ReasonCode.MASTER_DATA, fault=str(error))]
    else:
        reasons = [] if data is None else objections(item, data)
    return tuple(objected(f, reasons) if f.kind == "decision" and reasons else f for f in fields)


def master_data() -> MasterData | None:
    """The data of the folder that is set; None where none is. Raises BadMasterData."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return None
    if not Path(folder).is_dir():
        raise BadMasterData(f"{VARIABLE}: there is no such folder")
    paths = [Path(folder) / f"{name}.csv" for name in ("issued", "stopped", "payees", "limits")]
    return _loaded(folder, tuple(map(_stamp, paths)))


def _stamp(path: Path) -> int:
    """When a file was changed last; 0 for one that is not there."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=1)
def _loaded(folder: str, stamps: tuple[int, ...]) -> MasterData:
    issued = _read(folder, "issued", ("number", "account", "amount"), _issued)
    stopped = _read(folder, "stopped", ("number", "account"), _key)
    payees = _read(folder, "payees", ("payee",), lambda row: row["payee"].strip())
    limits = _read(folder, "limits", ("account", "limit"), lambda row: (_account(row), _money(row["limit"])))
    return MasterData(
        None if issued is None else dict(issued),
        None if stopped is None else frozenset(stopped),
        None if payees is None else tuple(payee for payee in payees if payee),
        None if limits is None else dict(limits),
    )


def _read(folder: str, name: str, columns: tuple[str, ...], made: Callable[[Row], Made]) -> list[Made] | None:
    """What is made of each row of a file; None where there is no such file."""
    path = Path(folder) / f"{name}.csv"
    if not path.exists():
        return None
    found = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if missing := [column for column in columns if column not in (rows.fieldnames or ())]:
                raise BadMasterData(f"{path.name} has no column {missing[0]}")
            for row in rows:
                try:
                    found.append(made(row))
                except (InvalidOperation, AttributeError, TypeError, KeyError) as error:
                    raise BadMasterData(f"{path.name}, line {rows.line_num}: it cannot be read") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadMasterData(f"{path.name} cannot be read") from error
    return found


def _issued(row: Row) -> tuple[tuple[str, str], Issued]:
    return _key(row), Issued(_money(row["amount"]), (row.get("payee") or "").strip())


def _key(row: Row) -> tuple[str, str]:
    return _plain(row["number"]), _account(row)


def _account(row: Row) -> str:
    account = _plain(row["account"])
    if not account:
        raise KeyError("account")
    return account


def _money(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite():
        raise InvalidOperation
    return amount


def _plain(number: str) -> str:
    return re.sub(r"\D", "", number).lstrip("0")


def _alike(read: str | None, listed: str) -> bool:
    """Whether a payee as read may be the one of a list: letters and figures alone, without case."""
    one, other = (re.sub(r"[\W_]", "", text).casefold() for text in (read or "", listed))
    return bool(one) and edit_distance(one, other) <= _ALIKE * len(other)
