"""The readers of published data sets, on small trees in each set's own layout."""

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkfield.flows.reports.export_text import as_alto, as_page
from inkfield.recognizers.training.data.datasets import open_dataset, read_dataset
from inkfield.recognizers.training.data.folder import read_lines
from inkfield.recognizers.training.data.iam import parse_row
from inkfield.recognizers.training.data.label_text import detokenise, normalise_label
from inkfield.recognizers.training.data.labelled import Defect, LabelledLine
from inkfield.recognizers.training.data.writer_split import split_of_writer
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine, Word
from tests.support import data_trees


def by_name(root: Path, unit: str = "lines") -> dict[str, LabelledLine]:
    return {line.image.stem: line for line in read_dataset(root, unit=unit)}  # type: ignore[arg-type]


def test_own_layout(tmp_path: Path) -> None:
    root = data_trees.labels_tree(tmp_path)
    assert [line.text for line in read_dataset(root, "train")] == ["Dear Sir,", "twelve only"]
    assert open_dataset(root).layout == "line images with labels.tsv"


def test_a_row_of_ones_own_labels_that_does_not_fit_is_named(tmp_path: Path) -> None:
    root = data_trees.labels_tree(tmp_path)
    with (root / "labels.tsv").open("a") as handle:
        handle.write("l4\tval\n")
    with pytest.raises(ValueError, match=r"labels\.tsv, row 5: 2 columns, not 4"):
        list(read_lines(root, "val"))


def test_iam_lines_have_the_text_of_the_xml_the_writer_of_the_forms_and_the_aachen_split(
    tmp_path: Path,
) -> None:
    lines = by_name(data_trees.iam_tree(tmp_path))
    assert list(lines) == ["a01-000u-00", "a01-000u-01", "a01-003x-00", "b04-010-00"]
    assert lines["a01-000u-00"].text == 'A MOVE to stop "life Peers".'
    assert lines["a01-003x-00"].text == "He didn't say (yet)"  # no XML: its tokens are set by rule
    assert (lines["a01-000u-00"].hand, lines["b04-010-00"].hand) == ("000", "110")
    assert [line.split for line in lines.values()] == ["train", "train", "val", ""]
    assert lines["a01-000u-01"].read().shape == (40, 160)  # err tells of its words, not of the line


def test_iam_words_that_were_cut_badly_are_left_out(tmp_path: Path) -> None:
    words = by_name(data_trees.iam_tree(tmp_path), "words")
    assert {name: word.text for name, word in words.items()} == {
        "a01-000u-00-00": "A",
        "a01-000u-00-01": "MOVE",
        "b04-010-00-00": "1956",
    }


def test_iam_without_xml_and_split_files(tmp_path: Path) -> None:
    lines = by_name(data_trees.iam_tree(tmp_path, xml=False, splits=False))
    assert lines["a01-000u-00"].text == 'A MOVE to stop "life Peers".'
    assert {line.split for line in lines.values() if line.hand == "000"} == {split_of_writer("000")}


def test_iam_from_its_xml_alone(tmp_path: Path) -> None:
    root = data_trees.iam_tree(tmp_path)
    for table in (root / "ascii").iterdir():
        table.unlink()
    assert [line.text for line in read_dataset(root, "train")] == [
        'A MOVE to stop "life Peers".',
        "is to be made at a meeting of Labour",
    ]


def test_iam_lines_are_cut_from_the_forms_where_they_are_not_there(tmp_path: Path) -> None:
    root = data_trees.iam_tree(tmp_path)
    for image in (root / "lines").rglob("*.png"):
        image.unlink()
    for folder in sorted((root / "lines").rglob("*"), reverse=True):
        folder.rmdir()
    (root / "lines").rmdir()
    data_trees.picture(root / "formsA-D" / "a01-000u.png", "A MOVE", (2479, 1000))
    with (root / "ascii" / "lines.txt").open("a") as handle:
        handle.write("b04-010-01 err 170 10 -1 -1 -1 -1 gone\n")
    lines = {line.box: line for line in read_dataset(root)}
    assert lines[(408, 746, 1663, 91)].read().shape == (91, 1663)
    assert len(lines) == 4


def test_split_of_the_publishers_task_names_lines(tmp_path: Path) -> None:
    root = data_trees.iam_tree(tmp_path, splits=False)
    task = root / "largeWriterIndependentTextLineRecognitionTask"
    task.mkdir()
    (task / "trainset.txt").write_text("a01-000u-00\n")
    (task / "validationset2.txt").write_text("a01-003x-00\n")
    splits = [line.split for line in by_name(root).values()]
    assert splits == ["train", "", "val", ""]


@pytest.mark.parametrize(
    "row", ["", "a01-000u-00", "a01-000u-00 ok 154 19 408 746 1663 91", "x no 1 2 3 4 5 6 A"]
)
def test_rows_that_are_none(row: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        parse_row(row, "lines")


def test_the_columns_of_a_row() -> None:
    row = parse_row("a01-000u-00 err 154 19 408 746 1663 91 A|M Ps|to", "lines")
    assert (row.whole, row.grey_level, row.box, row.text) == (False, 154, (408, 746, 1663, 91), "A|M Ps|to")


@given(st.text(max_size=80))
def test_no_row_breaks_the_parser(row: str) -> None:
    for unit in ("lines", "words"):
        with contextlib.suppress(ValueError, IndexError):
            assert parse_row(row, unit).text  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_cvl_whatever_the_encoding_of_its_xml(tmp_path: Path, encoding: str) -> None:
    root = data_trees.cvl_tree(tmp_path / "cvl-database-1-1", encoding)
    lines = by_name(tmp_path)  # the folder in which the archive was unpacked will do
    assert lines["0001-1-0"].text == "Imagine a vast"
    assert lines["0052-1-1"].text == "Mailüfterl sheet"
    assert lines["0052-1-1"].hand == "0052"
    assert {line.split for line in lines.values() if line.hand == "0052"} == {"test"}
    assert open_dataset(root).layout == "CVL"


def test_cvl_words_and_lines_from_the_names_of_the_word_images(tmp_path: Path) -> None:
    root = data_trees.cvl_tree(tmp_path)
    (root / "trainset" / "xml" / "0002-1_attributes.xml").unlink()
    assert by_name(root)["0002-1-1"].text == "Mailüfterl sheet"
    words = by_name(root, "words")
    assert words["0001-1-0-2-vast"].text == "vast"
    assert len(words) == 15


def test_rimes_lines_are_cut_from_their_pages(tmp_path: Path) -> None:
    root = data_trees.rimes_pages_tree(tmp_path)
    lines = list(read_dataset(root, "train"))
    assert [line.text for line in lines[:2]] == ["Je vous écris 0", "l'adresse & le n°"]
    assert lines[0].read().shape == (36, 196)
    assert lines[1].box == (0, 50, 200, 40)
    assert [line.hand for line in read_dataset(root, "test")] == ["eval2011-0"] * 2


def test_the_last_hundred_training_pages_of_rimes_are_its_validation_set(tmp_path: Path) -> None:
    root = data_trees.rimes_pages_tree(tmp_path, training=102)
    assert len(list(read_dataset(root, "train"))) == 4
    assert next(read_dataset(root, "val")).hand == "train2011-2"


def test_rimes_lines_cut_out(tmp_path: Path) -> None:
    root = data_trees.rimes_lines_tree(tmp_path)
    assert [line.text for line in read_dataset(root, "train")] == ["Monsieur, voilà 1", "Monsieur, voilà 2"]
    assert [line.hand for line in read_dataset(root, "val")] == ["train2011-1400"]


def test_rimes_words(tmp_path: Path) -> None:
    root = data_trees.rimes_words_tree(tmp_path)
    for split in ("train", "val", "test"):
        (word,) = read_dataset(root, split, "words")
        assert word.text == "été"
        assert word.read().ndim == 2
    with pytest.raises(ValueError, match="no lines, only words"):
        next(read_dataset(root))


def test_a_folder_of_something_else_names_the_known_layouts(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(FileNotFoundError, match=r"labels\.tsv; IAM .*; CVL .*; RIMES"):
        open_dataset(tmp_path)


def test_xml_that_is_none_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    root = data_trees.rimes_pages_tree(tmp_path)
    (root / "training_2011.xml").write_text("<DocumentList><SinglePage")
    rows = list(open_dataset(root).parts["lines"].rows())
    assert [row.kind for row in rows if isinstance(row, Defect)] == ["bad label"]
    assert len(rows) == 3


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    root = data_trees.rimes_pages_tree(tmp_path)
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><d><SinglePage FileName="&b;"/></d>'
    (root / "training_2011.xml").write_text(bomb)
    assert not list(read_dataset(root, "train"))


@given(
    st.lists(
        st.sampled_from(["a", "life", ".", ",", '"', "(", ")", "'s", "-", "n't", "£", "12"]), max_size=12
    )
)
def test_joining_tokens_loses_nothing_but_spaces(tokens: list[str]) -> None:
    assert detokenise(tokens).replace(" ", "") == "".join(tokens)


def test_tokens_are_set_as_they_are_written() -> None:
    assert detokenise(["He", "'s", '"', "in", '"', ",", "said", "John", "(", "twice", ")", "."]) == (
        'He\'s "in", said John (twice).'
    )


def test_labels_have_one_form() -> None:
    assert normalise_label("  l’été\u00a0— “oui”  ") == 'l\'été - "oui"'


def test_writers_are_split_in_about_the_shares_asked_for() -> None:
    splits = [split_of_writer(f"{number:04}") for number in range(2000)]
    assert 0.7 < np.mean([s == "train" for s in splits]) < 0.9
    assert set(splits) == {"train", "val", "test"}


ESCRIPTORIUM = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">
<Description><sourceImageInformation><fileName>scans/a.png</fileName></sourceImageInformation></Description>
<Layout><Page WIDTH="160" HEIGHT="80"><PrintSpace><TextBlock>
<TextLine HPOS="4" VPOS="2" WIDTH="140" HEIGHT="30"><Shape><Polygon POINTS="5 6 150 8 150 34 5 32"/></Shape>
<String CONTENT="Reçu de Mr Rao"/></TextLine>
<TextLine HPOS="4" VPOS="42" WIDTH="140" HEIGHT="30"><String CONTENT="la"/><SP/><String CONTENT="somme"/></TextLine>
<TextLine HPOS="1" VPOS="1" WIDTH="1" HEIGHT="1"><String CONTENT=""/></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>"""


def test_pages_of_escriptorium_and_those_that_inkfield_writes_itself(tmp_path: Path) -> None:
    for name in ("a", "b"):
        data_trees.picture(tmp_path / f"{name}.png", "Received", (160, 80))
    (tmp_path / "a.xml").write_text(ESCRIPTORIUM, encoding="utf-8")
    (tmp_path / "METS.xml").write_text("<mets/>", encoding="utf-8")
    word = Word((6, 7, 60, 20), "Received", 0.9)
    page = PageReading(
        1, 160, 80, 150.0, None, None, "done", lines=(TextLine(word.box, word.text, 0.9, (word,)),)
    )
    (tmp_path / "b.xml").write_text(as_page(DocumentReading("b.png", "", "done", (page,))), encoding="utf-8")
    found = open_dataset(tmp_path)
    assert found.layout == "pages with ALTO or PAGE XML"
    lines = list(read_dataset(tmp_path))
    assert [(line.image.name, line.text, line.box) for line in lines] == [
        ("a.png", "Reçu de Mr Rao", (5, 6, 145, 28)),
        ("a.png", "la somme", (4, 42, 140, 30)),
        ("b.png", "Received", (6, 7, 60, 20)),
    ]
    assert lines[0].read().shape == (28, 145)
    (tmp_path / "b.xml").write_text(as_alto(DocumentReading("b.png", "", "done", (page,))), encoding="utf-8")
    assert list(read_dataset(tmp_path))[2] == lines[2]
    (tmp_path / "c.xml").write_text("<alto", encoding="utf-8")
    broken = [row for row in found.parts["lines"].rows() if isinstance(row, Defect)]
    assert [row.path.name for row in broken] == ["c.xml"]
