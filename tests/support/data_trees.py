"""Small data set trees in the layouts in which the data sets are published, for the tests to read and to break."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image, ImageDraw


def picture(path: Path, text: str, size: tuple[int, int] = (160, 40), mode: str = "L") -> Path:
    """A picture with the text printed on it, in the format that the suffix tells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = Image.new("L", size, 245)
    ImageDraw.Draw(sheet).text((5, 8), text, 20)
    noise = np.random.default_rng(1).integers(
        0, 8, (size[1], size[0]), np.uint8
    )  # so that a file has some length
    Image.fromarray(np.asarray(sheet) - noise).convert(mode).save(path)
    return path


def truncate(path: Path) -> None:
    """Cuts a file in half, as a broken download does."""
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])


def labels_tree(root: Path) -> Path:
    rows = [
        ("l1", "train", "ann", "Dear Sir,"),
        ("l2", "train", "bob", "twelve only"),
        ("l3", "val", "cy", "Paid 75"),
    ]
    for name, _, _, text in rows:
        picture(root / "images" / f"{name}.png", text)
    header = "id\tsplit\tpage_or_writer\ttext\n"
    (root / "labels.tsv").write_text(header + "".join("\t".join(r) + "\n" for r in rows), encoding="utf-8")
    return root


IAM_LINES = """#--- lines.txt ---------------------------------------------------------------#
#
# iam database line information
#
# format: a01-000u-00 ok 154 19 408 746 1663 91 A|MOVE|to|stop|Mr.|Gaitskell|from
#
a01-000u-00 ok 154 19 408 746 1663 91 A|MOVE|to|stop|"|life|Peers|"|.
a01-000u-01 err 156 17 395 932 1850 105 is|to|be|made|at|a|meeting|of|Labour
a01-003x-00 ok 160 12 400 700 900 80 He|didn't|say|(|yet|)
b04-010-00 ok 170 10 390 690 800 70 The|#|end|.
"""
IAM_WORDS = """#--- words.txt ---------------------------------------------------------------#
#
# format: a01-000u-00-00 ok 154 1 408 768 27 51 AT A
#
a01-000u-00-00 ok 154 408 768 27 51 AT A
a01-000u-00-01 ok 154 507 766 213 48 NN MOVE
a01-000u-01-00 err 156 395 932 120 50 BEZ is
b04-010-00-00 ok 170 1 390 690 90 40 CD 1956
"""
IAM_FORMS = """#--- forms.txt ---------------------------------------------------------------#
# format: a01-000u 000 2 prt 7 5 52 36
a01-000u 000 2 prt 7 5 52 36
a01-003x 002 4 all 9 9 80 80
b04-010 110 4 all 9 9 82 82
"""
_IAM_XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE form SYSTEM "form-metadata.dtd">
<form height="3542" id="a01-000u" writer-id="000" width="2479" version="3.0">
 <machine-printed-part><machine-print-line text="A MOVE to stop"/></machine-printed-part>
 <handwritten-part>
  <line id="a01-000u-00" segmentation="ok" text="A MOVE to stop &amp;quot;life Peers&amp;quot;." threshold="154">
   <word id="a01-000u-00-00" tag="AT" text="A"><cmp height="51" width="27" x="408" y="768"/></word>
  </line>
  <line id="a01-000u-01" segmentation="err" text="is to be made at a meeting of Labour" threshold="156"/>
 </handwritten-part>
</form>
"""


def iam_tree(root: Path, xml: bool = True, splits: bool = True) -> Path:
    """Lines and words of three forms; the Aachen split knows two of them."""
    tables = {"lines": IAM_LINES, "words": IAM_WORDS, "forms": IAM_FORMS}
    (root / "ascii").mkdir(parents=True)
    for name, text in tables.items():
        (root / "ascii" / f"{name}.txt").write_text(text, encoding="utf-8")
    for unit in ("lines", "words"):
        for row in tables[unit].splitlines():
            if not row.startswith("#"):
                identifier = row.split()[0]
                form = "-".join(identifier.split("-")[:2])
                picture(root / unit / form.split("-")[0] / form / f"{identifier}.png", row.split()[-1])
    if xml:
        (root / "xml").mkdir()
        (root / "xml" / "a01-000u.xml").write_text(_IAM_XML, encoding="latin-1")
    if splits:
        (root / "splits").mkdir()
        (root / "splits" / "train.uttlist").write_text("a01-000u\n")
        (root / "splits" / "validation.uttlist").write_text("a01-003x\n")
        (root / "splits" / "test.uttlist").write_text("")
    return root


CVL_WRITERS = {"trainset": ("0001", "0002"), "testset": ("0052",)}
_CVL_LINES = (("Imagine", "a", "vast"), ("Mailüfterl", "sheet"))
_CVL_NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2010-03-19"


def cvl_tree(root: Path, encoding: str = "utf-8") -> Path:
    """Two training writers and a test writer with a page of two lines each.

    The XML declares ISO-8859-1 and is written in ``encoding``, as happens in the published set.
    """
    for part, writers in CVL_WRITERS.items():
        for writer in writers:
            for number, words in enumerate(_CVL_LINES):
                line = f"{writer}-1-{number}"
                picture(root / part / "lines" / writer / f"{line}.tif", " ".join(words), mode="RGB")
                for place, word in enumerate(words):
                    picture(root / part / "words" / writer / f"{line}-{place}-{word}.tif", word, mode="RGB")
            xml = root / part / "xml" / f"{writer}-1_attributes.xml"
            xml.parent.mkdir(parents=True, exist_ok=True)
            xml.write_bytes(_cvl_xml(writer).encode(encoding))
    return root


def _cvl_xml(writer: str) -> str:
    lines = ""
    for number, words in enumerate(_CVL_LINES):
        regions = "".join(
            f'<AttrRegion attrType="1" fontType="2" id="{writer}-1-{number}-{place}" text={quoteattr(word)}>'
            '<minAreaRect><Point x="10" y="20"/><Point x="90" y="60"/></minAreaRect></AttrRegion>'
            for place, word in enumerate(words)
        )
        lines += f'<AttrRegion attrType="2" fontType="2" id="{writer}-1-{number}">{regions}</AttrRegion>'
    return (
        f'<?xml version="1.0" encoding="ISO-8859-1"?><PcGts xmlns="{_CVL_NAMESPACE}">'
        f'<Page imageFilename="{writer}-1.tif" imageWidth="2480" imageHeight="3508">'
        '<AttrRegion attrType="3" fontType="1" id="print"><AttrRegion attrType="2" fontType="1" id="p-0"/></AttrRegion>'
        f'<AttrRegion attrType="3" fontType="2" id="{writer}-1">{lines}</AttrRegion></Page></PcGts>'
    )


def rimes_pages_tree(root: Path, training: int = 3) -> Path:
    """Pages with two lines each; the box of every second line begins left of the page, as some do."""
    sets = {"training_2011.xml": ("train2011", training), "eval_2011_annotated.xml": ("eval2011", 1)}
    for file, (stem, count) in sets.items():
        pages = ""
        for number in range(count):
            name = f"{stem}-{number}.png"
            picture(root / "images_gray" / name, f"Je vous écris {number}", (240, 120))
            pages += (
                f'<SinglePage FileName="images/{name}"><Paragraph Left="4" Top="4" Right="236" Bottom="110">'
                f'<Line Left="4" Top="4" Right="200" Bottom="40" Value="Je vous &#233;cris {number}"/>'
                '<Line Left="-3" Top="50" Right="200" Bottom="90" Value="l’adresse &amp;amp; le n°"/>'
                "</Paragraph></SinglePage>"
            )
        text = f'<?xml version="1.0" encoding="UTF-8"?><DocumentList>{pages}</DocumentList>'
        (root / file).write_text(text, encoding="utf-8")
    return root


def rimes_lines_tree(root: Path) -> Path:
    sets = {
        "TrainLines": ("train2011-0_000001", "train2011-0_000002"),
        "ValidationLines": ("train2011-1400_000001",),
        "TestLines": ("eval2011-0_000001",),
    }
    for file, names in sets.items():
        (root / "Sets").mkdir(parents=True, exist_ok=True)
        (root / "Sets" / f"{file}.txt").write_text("\n".join(names) + "\n")
        for name in names:
            picture(root / "Images" / f"{name}.jpg", name)
            (root / "Transcriptions").mkdir(exist_ok=True)
            (root / "Transcriptions" / f"{name}.txt").write_text(
                f"Monsieur, voilà {name[-1]}", encoding="utf-8"
            )
    return root


def rimes_words_tree(root: Path) -> Path:
    sets = {
        "groundtruth_training_icdar2011.txt": (
            "trainingsnippets_icdar/training_WR",
            "lot_1/00001_L/00001_L_0_0.tiff",
        ),
        "ground_truth_validation_icdar2011.txt": (
            "validationsnippets_icdar/testdataset_ICDAR",
            "lot_11/01101_L/01101_L_2_1.tiff",
        ),
        "grount_truth_test_icdar2011.txt": ("data_test", "lot_13/01201_L/01201_L_0_3.tiff"),
    }
    for file, (folder, name) in sets.items():
        picture(root / folder / name, "été")
        (root / file).write_text(f"{name} été\n\n", encoding="utf-8-sig")
    return root
