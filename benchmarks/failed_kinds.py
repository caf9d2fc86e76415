"""Of every kind of input that once failed, fresh instances, read by `inkfield process`: how many behave as they should.

    python -m benchmarks.failed_kinds [--count 20] [--seed 1] [--kinds NAME…]

Each kind has a renderer, and a check of the rows in the database. The four kinds of pages in a scanner's four
directions are counted by benchmarks/orientation.py, the slow scanner by the tests of the watched folder.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
from PIL import Image, ImageDraw
from rapidfuzz.distance import Levenshtein
from sqlalchemy import create_engine, text

from benchmarks.mixed_pages import COLOURS, bgr, photos, print_font
from benchmarks.mixed_pages import text as words
from inkfield.lab.documents import people
from inkfield.lab.documents.changes import UNCHANGED, Changes
from inkfield.lab.documents.cheque_page import render_cheque
from inkfield.lab.documents.cheque_us_page import render_us_cheque
from inkfield.lab.documents.claim_page import render_claim
from inkfield.lab.documents.hostile import HOSTILE, chart, good, report
from inkfield.lab.documents.random_bank import random_bank, random_printer
from tests.support.pdf_paper import image, stream, write_pdf

Rng = np.random.Generator
pillow_heif.register_heif_opener()


@dataclass
class Read:
    """What became of one file."""

    status: str
    error: str | None
    forms: list[str | None]
    text: str
    fields: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Value and status of each field, one entry a page that has it."""

    def accepted(self, name: str) -> list[str]:
        return [value for value, status in self.fields.get(name, []) if status == "accepted"]

    def values(self, name: str) -> list[str]:
        return [value for value, status in self.fields.get(name, []) if status != "empty" and value]

    @property
    def posted(self) -> int:
        return self.values("decision").count("post")

    @property
    def waits(self) -> bool:
        """Whether some field is for review."""
        return any(status == "review" for values in self.fields.values() for _, status in values)

    @property
    def cheque(self) -> bool:
        return any(form and form.startswith("cheque") for form in self.forms)


Check = Callable[[list[Read]], bool]
Made = tuple[dict[str, bytes], Check]
"""Files of one instance by name, and what must hold of what was read of them, in the order of the names."""


def png(page: np.ndarray) -> bytes:
    return cv2.imencode(".png", page)[1].tobytes()


def one(name: str, data: bytes, check: Callable[[Read], bool]) -> Made:
    return {name: data}, lambda reads: len(reads) == 1 and check(reads[0])


def holds(read: Read, lines: list[str], share: float = 0.8) -> bool:
    """Whether the lines stand in the page's text, ``share`` of their characters right."""
    found = [line for line in re.split(r"\n+", read.text) if line.strip()]
    return all(max((Levenshtein.normalized_similarity(line.lower(), f.lower()) for f in found), default=0) >= share
               for line in lines)  # fmt: skip


def american(rng: Rng) -> bool:
    return bool(rng.random() < 0.5)


# --- kinds ---------------------------------------------------------------------------------------------------------


def micr_gap(rng: Rng) -> Made:
    """An Indian line without an account part: the transaction code stands by itself after a wide gap."""
    line: list[str] = []

    def cut(whole: str) -> str:
        number, sort, *_, code = whole.split(" ")
        line.append(f"{number} {sort} {code}")
        return f"{number} {sort} {' ' * int(rng.integers(7, 11))}{code}"

    page, _ = render_cheque(rng, bank=random_bank(rng), changes=Changes(micr=cut))
    return one("gap.png", png(page), lambda r: all(v.split() == line[0].split() for v in r.accepted("micr")))


def white_edge(rng: Rng) -> Made:
    """A cheque on a white A4 page, with a white strip above and below."""
    page, truth = good(rng, american(rng))
    sheet = np.full((3508, 2480, 3), 255, np.uint8)
    strip = int(rng.integers(20, 160))
    high, wide = page.shape[:2]
    scale = min(1.0, 2400 / wide)
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    high, wide = small.shape[:2]
    top, left = int(rng.integers(200, 1800)), int(rng.integers(20, 2480 - wide))
    sheet[top + strip : top + strip + high, left : left + wide] = small
    right = ("amount", "micr", "date")
    return one("page.png", png(sheet), lambda r: r.cheque and "reject" not in r.values("decision") and all(
        _same(name, v, truth[name]) for name in right for v in r.accepted(name)))  # fmt: skip


def _same(name: str, value: str, truth: Any) -> bool:
    return Decimal(value) == Decimal(truth) if name == "amount" else value == str(truth)


def chart_page(rng: Rng) -> Made:
    return one("chart.png", png(chart(rng)), lambda r: not r.cheque and bool(r.text.strip()))


def figure_page(rng: Rng) -> Made:
    return one("report.png", png(report(rng)), lambda r: not r.cheque and len(r.text) > 500)


def blank_us(rng: Rng) -> Made:
    bare = Changes(without=frozenset({"figures", "words", "date", "signature"}))
    page, _ = render_us_cheque(rng, printer=random_printer(rng), photo=False, changes=bare)
    return one("proof.png", png(page), lambda r: not r.posted and not r.values("amount"))


def caption(rng: Rng) -> Made:
    """A caption 8 to 30 pixels above a dark picture."""
    page = Image.new("RGB", (1240, 1754), (255, 255, 255))
    line, size, gap = words(rng, 20, 50), int(rng.integers(22, 40)), int(rng.integers(8, 31))
    draw, font = ImageDraw.Draw(page), print_font(rng, size)
    draw.text((150, 300), line, (20, 20, 20), font)
    below = round(draw.textbbox((150, 300), line, font)[3]) + gap
    picture = Image.fromarray(photos()[int(rng.integers(len(photos())))]).resize((900, 700))
    page.paste(Image.eval(picture, lambda v: v // 2), (150, below))
    return one("caption.png", png(bgr(page)), lambda r: holds(r, [line]))


def preview(rng: Rng) -> Made:
    page, _ = render_claim(rng)
    whole = Image.fromarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY))
    small = whole.resize((whole.width // 12, whole.height // 12))
    out = io.BytesIO()
    small.encoderinfo = {"tiffinfo": {254: 1}}
    whole.save(out, "TIFF", compression="tiff_lzw", dpi=(300, 300), save_all=True, append_images=[small])
    return one("preview.tif", out.getvalue(), lambda r: r.forms == ["claim"])


def pdf(*pages: np.ndarray) -> bytes:
    first, *others = [Image.fromarray(page[..., ::-1]) for page in pages]
    out = io.BytesIO()
    first.save(out, "PDF", resolution=300, save_all=True, append_images=others)
    return out.getvalue()


def _claim_pdf(rng: Rng) -> bytes:
    return pdf(render_claim(rng)[0])


def padded(rng: Rng) -> Made:
    whole = _claim_pdf(rng)
    if rng.random() < 0.5:
        data = whole + b"\0" * int(rng.integers(70_000, 300_000))
    else:
        data = b"\x1b%-12345X@PJL JOB\r\n" + b"@PJL COMMENT spooled\r\n" * int(rng.integers(60, 300)) + whole
    return one("padded.pdf", data, lambda r: r.error is None and r.forms == ["claim"])


def fax(rng: Rng) -> Made:
    """A G4 page of 1,728 columns in fine or standard resolution, without a word on which."""
    page, _ = render_claim(rng)
    rows = 1143 if rng.random() < 0.5 else 2286
    grey = cv2.resize(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), (1728, rows), interpolation=cv2.INTER_AREA)
    out = io.BytesIO()
    two_levels = np.where(grey > 150, 255, 0).astype(np.uint8)
    Image.fromarray(two_levels).convert("1").save(out, "TIFF", compression="group4")
    return one("fax.tif", out.getvalue(), lambda r: r.forms == ["claim"])


def blank_back(rng: Rng) -> Made:
    """A front with a blank back: the back holds nothing up. A claim beside the same claim alone, but a cheque by
    itself, for the same cheque twice is never posted twice."""
    cheque = rng.random() < 0.5
    page = good(rng, american(rng))[0] if cheque else render_claim(rng)[0]
    back = np.clip(rng.normal(246, 2.5, page.shape), 0, 255).astype(np.uint8)
    if cheque:
        return one("both.pdf", pdf(page, back), lambda r: r.status == "done" or r.waits)
    files = {"a_front.pdf": pdf(page), "b_both.pdf": pdf(page, back)}
    return files, lambda reads: len(reads) == 2 and len({(r.status, r.error) for r in reads}) == 1


def odd_name(rng: Rng) -> Made:
    """A page under any ending that scanners give, or none."""
    name, kind = [("a.bmp", "BMP"), ("a.gif", "GIF"), ("a.jfif", "JPEG"), ("a.jpe", "JPEG"), ("a.jp2", "JPEG2000"),
                  ("a", "JPEG"), ("a.heic", "HEIF"), ("a.pdf.1", "PDF"), ("a.webp", "WEBP"), ("a.dat", "PNG")][
        int(rng.integers(10))
    ]  # fmt: skip
    page, _ = render_claim(rng)
    out = io.BytesIO()
    picture = Image.fromarray(page[..., ::-1])
    (picture.quantize(64) if kind == "GIF" else picture).save(out, kind, dpi=(300, 300))
    return one(name, out.getvalue(), lambda r: r.forms == ["claim"])


def archive(rng: Rng) -> Made:
    """Two documents stored in a zip archive that is called PDF: refused, or both read."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for number in range(2):
            file.writestr(f"{number}.pdf", _claim_pdf(rng))
    return {"batch.pdf": out.getvalue()}, lambda reads: (len(reads) == 1 and reads[0].error is not None) or (
        len([r for r in reads if r.forms == ["claim"]]) == 2)  # fmt: skip


_HEADS = ("Invoice number", "Invoice date", "Due date", "Charges", "Quantity")


def white_heading(rng: Rng) -> Made:
    """An invoice whose table's heading is white on a bar."""
    page = Image.new("RGB", (1654, 2339), (255, 255, 255))
    draw, size = ImageDraw.Draw(page), int(rng.integers(28, 40))
    font, colour = print_font(rng, size), COLOURS[int(rng.integers(len(COLOURS)))]
    heads = [str(head) for head in rng.permutation(_HEADS)[:3]]
    draw.text((120, 150), people.person(rng), (20, 20, 20), font)
    top = int(rng.integers(350, 900))
    draw.rectangle([100, top, 1554, top + 2 * size], fill=colour)
    for k, head in enumerate(heads):
        draw.text((120 + 480 * k, top + size // 2), head, (255, 255, 255), font)
        for row in range(1, int(rng.integers(3, 8))):
            place = (120 + 480 * k, top + size // 2 + row * 2 * size)
            draw.text(place, people.digits(rng, 6), (20, 20, 20), font)

    def read_all(r: Read) -> bool:
        squeezed = re.sub(r"\W", "", r.text).lower()
        return all(re.sub(r"\W", "", head).lower() in squeezed for head in heads)

    return one("invoice.png", png(bgr(page)), read_all)


def twice(rng: Rng) -> Made:
    """A cheque in two scans: one of them at most is posted."""
    page, _ = good(rng, american(rng))

    def again() -> bytes:
        high, wide = page.shape[:2]
        angle, scale = float(rng.normal(0, 0.5)), 1 + float(rng.normal(0, 0.004))
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, scale)
        turned = cv2.warpAffine(page, turn, (wide, high), borderValue=(240, 240, 240))
        noisy = np.clip(turned * float(rng.uniform(0.95, 1.03)) + rng.normal(0, 2, page.shape), 0, 255)
        return cv2.imencode(".jpg", noisy.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()

    return {"1.jpg": again(), "2.jpg": again()}, lambda reads: sum(r.posted for r in reads) <= 1


def xfa(rng: Rng) -> Made:
    said = people.pick(
        rng, ("Please wait...", "Bitte warten", "Un moment", "If this message is not replaced")
    )
    packet = stream("", b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'></xdp:xdp>")
    with tempfile.TemporaryDirectory() as folder:
        path = write_pdf(
            Path(folder) / "form.pdf",
            f"BT /T 11 Tf 72 {int(rng.integers(500, 720))} Td ({said}) Tj ET",
            (612, 792),
            {10: packet, 11: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"},
            catalog="/NeedsRendering true /AcroForm << /XFA 10 0 R /Fields [] >>",
            resources="/Font << /T 11 0 R >>",
        )
        return one("form.pdf", path.read_bytes(), lambda r: r.error == "xfa_form")


def negative(rng: Rng) -> Made:
    grey = 255 - cv2.cvtColor(render_claim(rng)[0], cv2.COLOR_BGR2GRAY)
    if rng.random() < 0.5:
        grey = np.where(grey > 105, 255, 0).astype(np.uint8)
    return one("negative.png", png(grey), lambda r: r.forms == ["claim"])


def soft_mask(rng: Rng) -> Made:
    """A cheque of which a mask hides the figures, or all that was written: nothing hidden is read."""
    bank = random_bank(rng)
    page, _ = render_cheque(rng, bank=bank, changes=UNCHANGED)
    seen = np.full(page.shape[:2], 255, np.uint8)
    high, wide = seen.shape
    if rng.random() < 0.5:
        x, y, w, h = (round(v / 25.4 * 300) for v in bank.amount)
        seen[max(0, y - 40) : y + h + 40, max(0, x - 40) : x + w + 90] = 0
    else:
        seen[: round(0.75 * high)] = 0
    with tempfile.TemporaryDirectory() as folder:
        size = (wide * 72 / 300, high * 72 / 300)
        objects = {10: image(np.ascontiguousarray(page[..., ::-1]), "/SMask 11 0 R"), 11: image(seen)}
        path = write_pdf(Path(folder) / "m.pdf", f"q {size[0]} 0 0 {size[1]} 0 0 cm /I Do Q", size, objects)
        return one(
            "masked.pdf", path.read_bytes(), lambda r: not r.posted and not r.accepted("courtesy_amount")
        )


def grouped_account(rng: Rng) -> Made:
    """A US line whose account is printed in groups, the cheque's number behind it: read right, or for review."""

    def groups(line: str) -> str:
        return re.sub(r" (\d+)C", lambda m: f" {m[1][:3]} {m[1][3:6]} {m[1][6:]}C", line)  # fmt: skip

    page, truth = render_us_cheque(rng, printer=random_printer(rng), changes=Changes(micr=groups))
    return one("us.png", png(page), lambda r: all(
        v.lstrip("0") == str(truth["check_number"]).lstrip("0") for v in r.accepted("check_number")))  # fmt: skip


def not_posted(*kinds: str) -> Callable[[Rng], Made]:
    def make(rng: Rng) -> Made:
        return one("cheque.png", png(HOSTILE[people.pick(rng, kinds)](rng)), lambda r: not r.posted)

    return make


def unsigned(rng: Rng) -> Made:
    page = HOSTILE[people.pick(rng, ("unsigned", "unsigned_printed"))](rng)
    return one("cheque.png", png(page), lambda r: not r.posted and "1" not in r.accepted("signature"))


KINDS: dict[str, Callable[[Rng], Made]] = {
    "01 gap in the MICR line": micr_gap,
    "02 cheque with white edges": white_edge,
    "03 chart": chart_page,
    "04 report with a figure": figure_page,
    "05 blank US cheque": blank_us,
    "10 caption over a picture": caption,
    "11 preview in a TIFF": preview,
    "12 padded PDF": padded,
    "13 fax without resolution": fax,
    "14 blank back": blank_back,
    "16 endings": odd_name,
    "17 archive named PDF": archive,
    "19 white on colour": white_heading,
    "21 scanned twice": twice,
    "22 XFA": xfa,
    "23 negative of a form": negative,
    "25 soft mask": soft_mask,
    "26 unsigned": unsigned,
    "27 cancelled": not_posted("scrawled_no_amount", "cancelled", "struck_out"),
    "28 an amount missing": not_posted("no_amount", "no_figures", "no_words", "figures_covered", "words_covered",
                                       "both_covered"),
    "29 account in groups": grouped_account,
}  # fmt: skip


_DOCUMENTS = text("SELECT id, path, status, error_code FROM documents ORDER BY id")
_PAGES = text("SELECT id, form, text FROM pages WHERE document_id = :d ORDER BY number")
_FIELDS = text("SELECT name, status, value_date, value_text, value_bool, text FROM fields WHERE page_id = :p")


def what_became(database: Path) -> dict[str, list[Read]]:
    """The rows of each file, by the name of the folder and file it lay in."""
    found: dict[str, list[Read]] = {}
    with create_engine(f"sqlite:///{database}").connect() as connection:
        for key, path, status, error in connection.execute(_DOCUMENTS).all():
            pages = connection.execute(_PAGES, {"d": key}).all()
            read = Read(status, error, [p.form for p in pages], "\n".join(p.text or "" for p in pages))
            for page in pages:
                for name, state, *values in connection.execute(_FIELDS, {"p": page.id}):
                    value = next((str(v) for v in values if v is not None), "")
                    read.fields.setdefault(name, []).append((value, state))
            found.setdefault(path, []).append(read)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", help="beginnings of the names of these kinds alone")
    parser.add_argument(
        "--keep", type=Path, help="new folder in which the files stay, to look at what failed"
    )
    arguments = parser.parse_args()
    names = [name for name in KINDS if not arguments.kinds or name.startswith(tuple(arguments.kinds))]
    with tempfile.TemporaryDirectory() as temporary:
        wrong = run(names, arguments.keep or Path(temporary), arguments.count, arguments.seed)
    for name in names:
        print(f"{name:28} {arguments.count - len(wrong[name]):3} of {arguments.count}  {wrong[name] or ''}")
    total = len(names) * arguments.count
    print(f"as expected: {total - sum(map(len, wrong.values()))} of {total}")


def run(names: list[str], folder: Path, count: int, seed: int) -> dict[str, list[int]]:
    """Numbers of the instances of each kind that do not behave as they should."""
    made: list[tuple[str, int, list[str], Check]] = []
    for name in names:
        for i in range(count):
            files, check = KINDS[name](np.random.default_rng([seed, list(KINDS).index(name), i]))
            place = folder / name.split(" ")[0] / f"{i:03}"
            place.mkdir(parents=True)
            for file_name, data in files.items():
                (place / file_name).write_bytes(data)
            made.append((name, i, [str(place / file_name) for file_name in sorted(files)], check))
    database = folder / "read.db"
    command = [sys.executable, "-m", "inkfield", "process", str(folder), "--db", f"sqlite:///{database}"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    found = what_became(database)
    wrong: dict[str, list[int]] = {name: [] for name in names}
    for name, i, paths, check in made:
        if not check([read for path in paths for read in _of(found, path)]):
            wrong[name].append(i)
    return wrong


def _of(found: dict[str, list[Read]], path: str) -> list[Read]:
    """Readings of a file, or of what lay in it where it is an archive."""
    return [
        r for where, reads in found.items() if where == path or where.startswith(path + "/") for r in reads
    ]


if __name__ == "__main__":
    main()
