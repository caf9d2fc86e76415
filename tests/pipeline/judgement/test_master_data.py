"""The bank's lists: issued cheques, stopped ones, payees, limits; and files that cannot be used."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from inkfield.pipeline.judgement.master_data import VARIABLE, Item, checked
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode
from tests.support.readings import field

GOOD = Item("083654", "30901234567", Decimal("4700.00"), "Anita Rao")
FILES = {
    "issued": "number,account,amount,payee\n83654,030901234567,4700,ANITA RAO\n83655,30901234567,10.50,\n",
    "stopped": "number,account\n83660,30901234567\n,77\n",
    "payees": "payee\nAnita Rao\n",
    "limits": "account,limit\n30901234567,5000\n",
}


def decide(item: Item) -> tuple[object, list[ReasonCode]]:
    decision: FieldReading
    (decision,) = checked([field("decision", "decision", "post")], item)
    return decision.value, [reason.code for reason in decision.reasons]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / f"{name}.csv").write_text(FILES[name], encoding="utf-8")


def test_without_a_folder_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert decide(GOOD) == ("post", [])


def test_a_cheque_as_it_was_issued_is_posted(folder: Path) -> None:
    write(folder, *FILES)
    assert decide(GOOD) == ("post", [])
    misread = Item(GOOD.number, GOOD.account, GOOD.amount, "Anita Rno")
    assert decide(misread) == ("post", [])


@pytest.mark.parametrize(
    ("item", "files", "codes"),
    [
        (Item("083656", GOOD.account, GOOD.amount, "Anita Rao"), ["issued"], ["not_issued"]),
        (Item("083654", GOOD.account, Decimal("47000"), "Anita Rao"), ["issued"], ["issued_otherwise"]),
        (Item("083654", GOOD.account, GOOD.amount, "Somebody Else"), ["issued"], ["issued_otherwise"]),
        (Item(None, GOOD.account, GOOD.amount, "Anita Rao"), ["issued"], ["not_matched"]),
        (Item("083660", GOOD.account, GOOD.amount, None), ["stopped"], ["stopped"]),
        (Item("000001", "0077", GOOD.amount, None), ["stopped"], ["stopped"]),
        (Item("083654", GOOD.account, GOOD.amount, "Somebody Else"), ["payees"], ["unknown_payee"]),
        (Item("083654", GOOD.account, Decimal("5000.01"), None), ["limits"], ["over_limit"]),
    ],
)
def test_what_the_lists_speak_against_is_for_a_person(
    folder: Path, item: Item, files: list[str], codes: list[str]
) -> None:
    write(folder, *files)
    assert decide(item) == ("review", codes)


def test_a_list_that_changes_is_read_again_and_a_bad_one_posts_nothing(folder: Path) -> None:
    write(folder, "limits")
    assert decide(GOOD) == ("post", [])
    (folder / "limits.csv").write_text("account,limit\n30901234567,lots\n")
    assert decide(GOOD) == ("review", [ReasonCode.MASTER_DATA])
    (folder / "limits.csv").write_text("account\n30901234567\n")
    assert decide(GOOD) == ("review", [ReasonCode.MASTER_DATA])


@pytest.mark.parametrize("row", ["0012345,NaN", "0012345,Infinity", ",5000"])
def test_a_limit_that_is_none_posts_nothing(folder: Path, row: str) -> None:
    (folder / "limits.csv").write_text(f"account,limit\n{row}\n", encoding="utf-8")
    assert decide(GOOD) == ("review", [ReasonCode.MASTER_DATA])
