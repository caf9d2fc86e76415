"""How much of blanks in many styles `inkfield forms new` finds: tax, benefit and claim forms that the project draws.

Each seed is a publisher with a way of drawing fields of its own: labels in, over or beside boxes; lines, dotted lines
and lines with the label below; combs of boxes or of ticks; grey boxes on white and white boxes on grey; tables;
checkboxes; fields that nothing is drawn for. English or German. The truth are the form fields that are laid over what
is drawn.

    python -m benchmarks.drawn_blanks --seeds 100 130

Even seeds were looked at while the constants of pipeline/proposal were chosen, odd ones are for reporting.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.forms_new import Score, compare, proposed, truth, without_fields
from tests.support.blank_forms import BlankForm, write_pdf

LABELS = {
    "en": "Last name|First name|Middle initial|Mailing address|City or town|State|ZIP code|Phone number|Employer|Trade"
    "|Policy number|Group number|Email|Patient name|Relationship to insured|Account number|Routing number|Claim number"
    "|Provider|Diagnosis|Bank|Country|Social security number",
    "de": "Familienname|Vorname|Geburtsname|Straße und Hausnummer|Postleitzahl|Wohnort|Telefon|E-Mail|Nationalität"
    "|Beruf|Arbeitgeber|Krankenkasse|Versichertennummer|Steuernummer|IBAN|Kreditinstitut|Aktenzeichen|Kundennummer"
    "|Name der Bank|Familienstand|Rentenversicherungsnummer|Geburtsort",
}
DATES = {
    "en": "Date of birth|Date of service|Effective date",
    "de": "Geburtsdatum|gültig ab Datum|Datum der Behandlung",
}
ITEMS = {
    "en": "Wages, salaries and tips|Taxable interest|Ordinary dividends|Business income or loss|Rental income"
    "|Add lines 1 through 5|Total payments|Amount you owe|Estimated tax paid|Penalty",
    "de": "Bruttoarbeitslohn|Einnahmen aus Kapitalvermögen|Einkünfte aus Vermietung|Werbungskosten|Sonderausgaben"
    "|Summe der Einkünfte|Erstattungsbetrag|Zahlbetrag|Freibetrag|Kosten der Unterkunft",
}
HEADS = {
    "en": "Name|Date|Relationship|Amount|Code",
    "de": "Name, Vorname|Geburtsdatum|Verwandtschaft|Betrag in EUR|Kennziffer",
}
OPTIONS = {"en": "Single|Married|Widowed|Yes|No", "de": "ledig|verheiratet|verwitwet|ja|nein"}
READ = {
    "en": "Read the instructions before you fill in this form. False statements may be punished by law. Keep a copy",
    "de": "Bitte lesen Sie die Hinweise, bevor Sie diesen Antrag ausfüllen. Unvollständige Anträge gehen zurück an",
}
LEFT, RIGHT = 18.0, 192.0


class Publisher:
    """Draws a page from top to bottom."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.language = str(self.rng.choice(["en", "de"]))
        self.page = BlankForm(*((215.9, 279.4) if self.language == "en" else (210.0, 297.0)))
        self.size = float(self.rng.choice([6.5, 7.0, 8.0, 9.0]))
        self.high = float(self.rng.uniform(5.5, 9.5))
        self.words = list(self.rng.permutation(LABELS[self.language].split("|")))
        self.y = 16.0
        self.fields = 0

    def label(self) -> str:
        if self.rng.random() < 0.15:
            return str(self.rng.choice(DATES[self.language].split("|")))
        if not self.words:
            self.words = list(self.rng.permutation(LABELS[self.language].split("|")))
        return str(self.words.pop())

    def field(self, x: float, y: float, width: float, height: float, kind: str = "Tx") -> None:
        self.fields += 1
        self.page.widget((x, y, width, height), kind, f"f1_{self.fields:02}[0]")

    def columns(self) -> list[tuple[float, float]]:
        """Left edges and widths of fields side by side."""
        shares = self.rng.dirichlet(np.full(int(self.rng.integers(1, 4)), 6.0)) * (RIGHT - LEFT)
        edges = LEFT + np.concatenate([[0.0], np.cumsum(shares)])
        return [(float(a), float(b - a)) for a, b in pairwise(edges)]

    def in_box(self) -> None:
        """Boxes wall to wall, labels in their upper corner."""
        high = max(9.0, self.high + 3)
        for x, width in self.columns():
            self.page.box(x, self.y, width, high)
            self.page.text(x + 1, self.y + 2.8, self.label(), min(7.0, self.size))
            self.field(x + 0.5, self.y + 3.5, width - 1, high - 3.8)
        self.y += high

    def over_box(self) -> None:
        for x, width in self.columns():
            self.page.text(x, self.y + 2.8, self.label(), self.size)
            self.page.box(x, self.y + 4, width - 4, self.high)
            self.field(x, self.y + 4, width - 4, self.high)
        self.y += self.high + 6

    def grey_box(self) -> None:
        """Grey boxes without an edge."""
        tint = float(self.rng.uniform(0.85, 0.93))
        for x, width in self.columns():
            self.page.text(x, self.y + 2.8, self.label(), self.size)
            self.page.box(x, self.y + 4, width - 4, self.high, grey=tint)
            self.field(x, self.y + 4, width - 4, self.high)
        self.y += self.high + 6

    def white_on_grey(self) -> None:
        tint = float(self.rng.uniform(0.8, 0.92))
        self.page.box(LEFT - 2, self.y, RIGHT - LEFT + 4, self.high + 7, grey=tint)
        for x, width in self.columns():
            self.page.text(x, self.y + 3.3, self.label(), self.size)
            self.page.box(x, self.y + 4.5, width - 4, self.high, grey=1.0)
            self.field(x, self.y + 4.5, width - 4, self.high)
        self.y += self.high + 7

    def line(self, dotted: bool = False) -> None:
        """Lines to write on, with the label before them."""
        for x, width in self.columns():
            label = self.label() + ":"
            at = x + 0.19 * self.size * len(label) + 2
            if at > x + width - 20:
                continue
            self.page.text(x, self.y + 6, label, self.size)
            if dotted:
                for i in range(int((x + width - 4 - at) / 1.0)):
                    self.page.line(at + i, self.y + 6.4, at + i + 0.35)
            else:
                self.page.line(at, self.y + 6.4, x + width - 4)
            self.field(at, self.y + 0.8, x + width - 4 - at, 5.6)
        self.y += 8.5

    def dotted(self) -> None:
        self.line(dotted=True)

    def below(self) -> None:
        """Lines to write on with small print below."""
        for x, width in self.columns():
            self.page.line(x, self.y + 7, x + width - 5)
            self.page.text(x, self.y + 10, self.label(), min(7.0, self.size))
            self.field(x, self.y + 1.2, width - 5, 5.8)
        self.y += 12

    def comb(self) -> None:
        """Boxes for single characters, whole or as ticks on a line."""
        cells, cell = int(self.rng.integers(6, 18)), float(self.rng.uniform(4.2, 6.0))
        ticks = self.rng.random() < 0.5
        self.page.text(LEFT, self.y + 2.8, self.label(), self.size)
        top, width = self.y + 4, cells * cell
        if ticks:
            self.page.line(LEFT, top + 6, LEFT + width)
        else:
            self.page.box(LEFT, top, width, 6)
        for i in range(cells + 1):
            self.page.line(LEFT + i * cell, top + (4 if ticks else 0), LEFT + i * cell, top + 6)
        self.field(LEFT, top, width, 6)
        self.y += 12.5

    def ticks(self) -> None:
        """A row of checkboxes with their captions."""
        side = float(self.rng.uniform(2.6, 4.2))
        for i, caption in enumerate(OPTIONS[self.language].split("|")):
            x = LEFT + 33 * i
            self.page.box(x, self.y + 1, side, side)
            self.page.text(x + side + 1.5, self.y + 1 + 0.85 * side, caption, self.size)
            self.field(x, self.y + 1, side, side, "Btn")
        self.y += 8

    def table(self) -> None:
        rows, high = int(self.rng.integers(3, 8)), float(self.rng.uniform(4.8, 8.0))
        heads, shaded = HEADS[self.language].split("|"), self.rng.random() < 0.5
        shares = self.rng.dirichlet(np.full(len(heads), 12.0)) * (RIGHT - LEFT)
        edges = [float(e) for e in LEFT + np.concatenate([[0.0], np.cumsum(shares)])]
        if shaded:
            self.page.box(LEFT, self.y, RIGHT - LEFT, 8, grey=0.85)
        for left, right, head in zip(edges, edges[1:], heads, strict=False):
            if right - left > 0.19 * 7 * len(head):
                self.page.text(left + 1, self.y + 5, head, 7)
            else:
                self.page.text(left + 1, self.y + 5, head.split(",")[0].split(" ")[0][:8], 6)
            for row in range(rows):
                self.field(left, self.y + 8 + row * high, right - left, high)
        for y in [self.y, *(self.y + 8 + row * high for row in range(rows + 1))]:
            self.page.line(LEFT, y, RIGHT)
        for x in edges:
            self.page.line(x, self.y, x, self.y + 8 + rows * high)
        self.y += 8 + rows * high

    def items(self) -> None:
        """Numbered items with a box for an amount at the right; the number may stand once more before the box."""
        high, boxed = float(self.rng.uniform(5.5, 8.0)), self.rng.random() < 0.6
        for n, item in enumerate(
            self.rng.permutation(ITEMS[self.language].split("|"))[: int(self.rng.integers(4, 9))], 1
        ):
            foot = self.y + high
            self.page.text(LEFT, foot - 1.5, f"{n}", self.size)
            self.page.text(LEFT + 6, foot - 1.5, str(item), self.size)
            self.page.text(142, foot - 1.5, f"{n}", self.size)
            if boxed:
                self.page.box(150, self.y, RIGHT - 150, high)
            else:
                self.page.line(150, foot, RIGHT)
            self.field(150, self.y + (0 if boxed else high - 5.5), RIGHT - 150, high if boxed else 5.5)
            self.y += high

    def open_items(self) -> None:
        """The same, with nothing drawn where the amounts go."""
        high = float(self.rng.uniform(7.0, 10.0))
        for n, item in enumerate(
            self.rng.permutation(ITEMS[self.language].split("|"))[: int(self.rng.integers(4, 9))], 1
        ):
            self.page.text(LEFT, self.y + 0.65 * high, f"{n}. {item}", self.size)
            self.page.text(140, self.y + 0.65 * high, f"{n}.", self.size)
            self.field(148, self.y + 0.4, RIGHT - 148, high - 0.8)
            self.y += high

    def open_fields(self) -> None:
        """Labels over free room."""
        for x, width in self.columns():
            self.page.text(x, self.y + 2.5, self.label(), min(8.0, self.size))
            self.field(x, self.y + 3.2, width - 5, self.high)
        self.y += self.high + 5

    def to_read(self) -> None:
        for _ in range(int(self.rng.integers(2, 5))):
            self.page.text(LEFT, self.y + 3, READ[self.language], 8)
            self.y += 3.8
        self.y += 1.0


def blank(seed: int) -> BlankForm:
    """The page of one publisher."""
    made = Publisher(seed)
    ways: list[Callable[[], None]] = [
        made.in_box, made.over_box, made.grey_box, made.white_on_grey, made.line, made.dotted, made.below,
        made.comb, made.ticks, made.table, made.items, made.open_items, made.open_fields,
    ]  # fmt: skip
    made.page.text(
        LEFT, made.y, "Claim for benefits" if made.language == "en" else "Antrag auf Leistungen", 16
    )
    made.y += 6
    for way in made.rng.permutation(np.arange(len(ways)))[:6]:
        made.y += 2.0
        for _ in range(
            1 if ways[way] in (made.ticks, made.table, made.items, made.open_items, made.comb) else 3
        ):
            if made.y < 235:
                ways[way]()
        if made.rng.random() < 0.4 and made.y < 235:
            made.to_read()
    return made.page


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seeds", nargs=2, type=int, default=(100, 120), help="first seed, and the one behind the last"
    )
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument(
        "--tell", action="store_true", help="name every field that is missed, and every false box"
    )
    parser.add_argument("--keep", type=Path, help="folder to keep the blanks in")
    call = parser.parse_args()
    total = Score()
    print(f"{'seed':6} fields found recall    kinds    boxes false")
    with tempfile.TemporaryDirectory() as temporary:
        folder = call.keep or Path(temporary)
        (folder / "bare").mkdir(parents=True, exist_ok=True)
        for seed in range(*call.seeds, call.step):
            path = write_pdf(folder / f"blank_{seed}.pdf", blank(seed))
            score = compare(list(truth(path)), proposed(without_fields(path, folder / "bare")), call.tell)
            print(f"{seed:6} {score}", flush=True)
            total.add(score)
    print(f"{'all':6} {total}")


if __name__ == "__main__":
    main()
