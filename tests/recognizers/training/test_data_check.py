"""`inkfield data check` on small trees in each layout, whole and broken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from tests.support import data_trees


def check(root: Path) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["data", "check", str(root), "--json"])
    return done.exit_code, json.loads(done.stdout)


def found(report: dict[str, Any], unit: str = "lines") -> list[tuple[str, str]]:
    return [(defect["kind"], defect["file"]) for defect in report["parts"][unit]["defects"]]


TREES = [
    data_trees.labels_tree,
    data_trees.iam_tree,
    data_trees.cvl_tree,
    data_trees.rimes_pages_tree,
    data_trees.rimes_lines_tree,
    data_trees.rimes_words_tree,
]


@pytest.mark.parametrize("tree", TREES)
def test_a_whole_tree_is_clean(tmp_path: Path, tree: Callable[[Path], Path]) -> None:
    code, report = check(tree(tmp_path))
    assert (code, report["clean"]) == (0, True)


@pytest.mark.parametrize("tree", TREES)
def test_a_missing_a_truncated_and_an_unlabelled_picture_are_named(
    tmp_path: Path, tree: Callable[[Path], Path]
) -> None:
    root = tree(tmp_path)
    _, whole = check(root)
    unit = next(iter(whole["parts"]))
    pictures = sorted(p for p in root.rglob("*") if p.suffix in (".png", ".tif", ".tiff", ".jpg"))
    pictures = [p for p in pictures if tree is not data_trees.iam_tree or "lines" in p.parts]
    pictures = [p for p in pictures if tree is not data_trees.cvl_tree or "lines" in p.parts]
    gone, cut = pictures[0], pictures[1]
    stranger = cut.with_name(cut.name.replace("2011-", "2011-9").replace("l2", "l9").replace("a01", "z01"))
    stranger = cut.with_name(f"9{cut.name}") if stranger == cut else stranger
    stranger.write_bytes(cut.read_bytes())
    gone.unlink()
    data_trees.truncate(cut)
    code, report = check(root)
    assert code == 3
    expected = {
        ("missing", str(gone.relative_to(root))),
        ("corrupt", str(cut.relative_to(root))),
        ("no label", str(stranger.relative_to(root))),
    }
    if tree is data_trees.labels_tree:  # a file whose suffix is not known any more is looked for as WebP
        expected = {(kind, name.replace("l1.png", "l1.webp")) for kind, name in expected}
    assert set(found(report, unit)) == expected


def test_words_that_the_publishers_do_not_vouch_for_are_counted(tmp_path: Path) -> None:
    _, report = check(data_trees.iam_tree(tmp_path))
    assert report["parts"]["words"]["left_out"] == 1


def test_counts_by_split(tmp_path: Path) -> None:
    _, report = check(data_trees.labels_tree(tmp_path))
    assert report["parts"]["lines"]["splits"] == {
        "train": {"samples": 2, "words": 4, "characters": 20, "writers": 2},
        "val": {"samples": 1, "words": 2, "characters": 7, "writers": 1},
    }


def test_bad_rows_of_a_label_file(tmp_path: Path) -> None:
    root = data_trees.labels_tree(tmp_path)
    with (root / "labels.tsv").open("ab") as handle:
        handle.write(b"l1\tval\tdee\tagain\n")
        handle.write(b"l5\tval\n")
        handle.write(b"../l6\tval\tdee\tup\n")
        handle.write("l7\tval\tdee\tété\n".encode("latin-1"))
        handle.write(b"l8\tval\tdee\t\n")
    code, report = check(root)
    defects = report["parts"]["lines"]["defects"]
    assert code == 3
    assert [(d["row"], d["kind"]) for d in defects] == [
        (0, "labelled twice"),
        (6, "bad label"),
        (7, "bad label"),
        (8, "bad label"),
        (9, "no text"),
    ]


def test_a_bad_row_of_iam_and_a_text_that_the_xml_contradicts(tmp_path: Path) -> None:
    root = data_trees.iam_tree(tmp_path)
    table = root / "ascii" / "lines.txt"
    text = table.read_text().replace("of|Labour", "of|Tories") + "b04-010-01 ok 170 10 390\n"
    table.write_text(text)
    _, report = check(root)
    assert {d["kind"] for d in report["parts"]["lines"]["defects"]} == {"two texts", "bad label"}


def test_what_cannot_be_learnt_is_told_but_no_defect(tmp_path: Path) -> None:
    root = data_trees.labels_tree(tmp_path)
    labels = (
        (root / "labels.tsv")
        .read_text(encoding="utf-8")
        .replace("Dear Sir,", "Ďear Sir,")
        .replace("\tbob", "\tcy")
    )
    (root / "labels.tsv").write_text(labels, encoding="utf-8")
    code, report = check(root)
    assert code == 0
    assert report["parts"]["lines"]["unwritable_characters"] == {"Ď": 1}
    assert report["parts"]["lines"]["writers_in_several_splits"] == ["cy"]


def test_an_empty_picture_and_a_box_outside_the_page(tmp_path: Path) -> None:
    root = data_trees.rimes_pages_tree(tmp_path)
    xml = root / "eval_2011_annotated.xml"
    text = xml.read_text(encoding="utf-8").replace(
        'Left="4" Top="4" Right="200"', 'Left="900" Top="4" Right="990"'
    )
    xml.write_text(text, encoding="utf-8")
    _, report = check(root)
    assert found(report) == [("bad box", "images_gray/eval2011-0.png")]


def test_the_screen_is_capped(tmp_path: Path) -> None:
    root = data_trees.labels_tree(tmp_path)
    with (root / "labels.tsv").open("a") as handle:
        handle.writelines(f"[m{number}]\tval\tdee\tgone\n" for number in range(30))
    done = CliRunner().invoke(app, ["data", "check", str(root)])
    assert done.exit_code == 3
    assert "and 10 more" in done.stdout
    assert "[m0]" in done.stdout


@pytest.mark.parametrize(
    ("name", "told"), [("nothing", "nothing"), ("file.txt", "file.txt"), (".", "Known are")]
)
def test_a_wrong_call(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    done = CliRunner().invoke(app, ["data", "check", str(tmp_path / name)])
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_label_file_without_one_label(tmp_path: Path) -> None:
    (tmp_path / "labels.tsv").write_text("id\tsplit\tpage_or_writer\ttext\n")
    assert check(tmp_path)[0] == 3
