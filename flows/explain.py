"""`inkfield explain`: one self-contained HTML page that shows how a document was read."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import cv2
import numpy as np

from flows.limits import intake_limits
from pipeline.document import read_document
from pipeline.records import Box, DocumentReading, FieldReading, PageReading
from pipeline.settings import Settings, nobody

FIRST_STAGE = "page as scanned"
"""The stage that begins each page; boxes of fields lie on its picture."""
CROP_STAGE = "crop: "
"""Stages named so show the cleaned crop of one field."""
PAGE_WIDTH = 1200
"""Pictures are reduced to this width in pixels at most: enough to judge a stage by."""
CROP_MARGIN = 0.15
"""What is shown around a field, as a share of its height."""

STYLE = """
:root { --ink: #1d2433; --soft: #667085; --line: #e3e6ec; --paper: #fff; --ground: #f5f6f8;
  --good: #1a7f4b; --doubt: #a15c00; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --soft: #9aa3b5; --line: #333a48;
  --paper: #1c212b; --ground: #13161d; --good: #5fd39a; --doubt: #f0b45b; --bad: #ff8f85; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1180px; margin: 0 auto; padding: 32px 24px 80px }
h1 { font-size: 26px; margin: 0 0 4px; overflow-wrap: anywhere } h2 { font-size: 20px; margin: 44px 0 6px }
h3 { font-size: 13px; margin: 0 0 8px; color: var(--soft); font-weight: 600 }
p { margin: 4px 0 } .soft { color: var(--soft) }
.badge { display: inline-block; padding: 1px 9px; border-radius: 99px; border: 1px solid currentColor;
  font-size: 12px; font-weight: 600 }
.accepted, .done { color: var(--good) } .review, .unknown_form { color: var(--doubt) }
.failed { color: var(--bad) }
.empty, .blank { color: var(--soft) }
.stages { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 16px;
  margin: 16px 0 }
figure, .field { background: var(--paper); border: 1px solid var(--line); border-radius: 8px }
figure { margin: 0; padding: 12px }
figure img { display: block; width: 100%; border-radius: 4px; background: #fff }
.field { padding: 16px; margin: 12px 0; display: grid;
  grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 20px }
.field img { max-width: 100%; max-height: 220px; border: 1px solid var(--line); border-radius: 4px;
  background: #fff; display: block; margin-bottom: 6px }
@media (max-width: 720px) { .field { grid-template-columns: 1fr } }
.reading { font: 600 19px/1.35 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap }
.name { font-weight: 600 }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 14px; margin: 10px 0 0 }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
.bar { height: 6px; background: var(--line); border-radius: 3px; margin: 8px 0; overflow: hidden }
.bar i { display: block; height: 100%; background: currentColor }
table { border-collapse: collapse; width: 100%; margin: 12px 0; background: var(--paper) }
td, th { text-align: left; padding: 6px 10px; border: 1px solid var(--line); overflow-wrap: anywhere }
td.number { text-align: right; font-variant-numeric: tabular-nums }
"""


@dataclass
class PageShown:
    """The pictures of one page, as data URIs: of its stages in order, and of its fields' crops by name."""

    scan: np.ndarray
    """The page as scanned, reduced."""
    scale: float
    """Pixels of ``scan`` for a pixel of the page."""
    stages: list[tuple[str, str]] = field(default_factory=list)
    crops: dict[str, str] = field(default_factory=dict)


class Pictures:
    """A trace that keeps what each stage shows, reduced and encoded at once."""

    def __init__(self) -> None:
        self.pages: list[PageShown] = []

    def __call__(self, stage: str, picture: np.ndarray) -> None:
        if stage == FIRST_STAGE or not self.pages:
            scan = reduced(picture, 2 * PAGE_WIDTH)
            self.pages.append(PageShown(scan.copy(), scan.shape[1] / picture.shape[1]))
        page = self.pages[-1]
        if stage.startswith(CROP_STAGE):
            page.crops[stage.removeprefix(CROP_STAGE)] = data_uri(picture)
        else:
            page.stages.append((stage, data_uri(picture)))


def write_explanation(
    path: Path,
    target: Path,
    form: str | None = None,
    weights: str = "default",
    on_page: Callable[[int], None] = nobody,
) -> DocumentReading:
    """Reads a document and writes the HTML page; returns what was read.

    The page shows private data, so only its owner may read it. ``on_page`` is told the page that is worked on.
    Raises OSError where it cannot be written, ValueError for a limit that is no number.
    """
    pictures = Pictures()
    settings = Settings(form=form, weights=weights, limits=intake_limits(), on_page=on_page)
    reading = read_document(path, settings, pictures)
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(
        os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(explanation(reading, pictures.pages))
    return reading


def explanation(reading: DocumentReading, shown: list[PageShown]) -> str:
    """The whole HTML page. Pages that were read and pages that were shown go together by their order."""
    parts = [f"<h1>{escape(reading.source)}</h1>", f"<p>{_badge(reading.status)} {_counts(reading)}</p>"]
    if reading.error_code:
        problem = f"{reading.error_code}: {reading.error_message}"
        parts.append(f'<p class="failed">{escape(problem)}</p>')
    for index, page in enumerate(shown):
        read = reading.pages[index] if index < len(reading.pages) else None
        parts.append(_page(index + 1, page, read))
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>How {escape(reading.source)} was read</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _counts(reading: DocumentReading) -> str:
    statuses = [field.status for page in reading.pages for field in page.fields]
    pages = f"{len(reading.pages)} page" + ("" if len(reading.pages) == 1 else "s")
    return (
        f'<span class="soft">{pages}, {len(statuses)} fields: {statuses.count("accepted")} accepted, '
        f"{statuses.count('review')} to review, {statuses.count('empty')} empty</span>"
    )


def _page(number: int, shown: PageShown, read: PageReading | None) -> str:
    parts = [f"<h2>Page {number}</h2>"]
    if read is not None:
        form = f"form {read.form}, version {read.form_version}" if read.form else "no known form"
        size = f"{read.width} x {read.height} px at {read.dpi:.0f} dpi"
        parts.append(f'<p>{_badge(read.status)} <span class="soft">{escape(form)}; {size}</span></p>')
        if read.quality:
            listed = ", ".join(f"{name} {value:.3g}" for name, value in read.quality.items())
            parts.append(f'<p class="soft">quality: {escape(listed)}</p>')
        parts += [_field(field, shown) for field in read.fields]
        parts.append(_lines(read))
    figures = (
        f'<figure><h3>{escape(name)}</h3><img src="{uri}" alt="{escape(name)}" loading="lazy"></figure>'
        for name, uri in shown.stages
    )
    parts.append(f'<h2 class="soft">Stage by stage</h2><div class="stages">{"".join(figures)}</div>')
    return "".join(parts)


def _field(read: FieldReading, shown: PageShown) -> str:
    images = []
    if read.box is not None:
        images.append(data_uri(cut(shown, read.box)))
    if read.name in shown.crops:
        images.append(shown.crops[read.name])
    pictures = "".join(f'<img src="{uri}" alt="{escape(read.name)}">' for uri in images)
    percent = 100 * min(1.0, max(0.0, read.confidence))
    facts = [("value", "" if read.value is None else str(read.value)), ("read by", read.source)]
    facts += [
        ("or", f"{other.text} ({100 * other.probability:.1f} %)")
        for other in read.alternatives
        if other.text != read.text
    ]
    facts += [("because", reason) for reason in read.reasons]
    listed = "".join(f"<dt>{term}</dt><dd>{escape(text)}</dd>" for term, text in facts if text)
    missing = "not found on the page" if read.status == "empty" else "worked out from other fields"
    no_picture = f'<span class="soft">{missing}</span>'
    return (
        f'<section class="field"><div>{pictures or no_picture}</div><div>'
        f'<p><span class="name">{escape(read.name)}</span> <span class="soft">{escape(read.kind)}</span> '
        f'{_badge(read.status)}</p><p class="reading">{escape(read.text)}</p>'
        f'<div class="bar {read.status}"><i style="width: {percent:.1f}%"></i></div>'
        f'<p class="soft">confidence {percent:.1f} %</p><dl>{listed}</dl></div></section>'
    )


def _lines(read: PageReading) -> str:
    if not read.lines:
        return ""
    rows = "".join(
        f'<tr><td>{escape(line.text)}</td><td class="number">{100 * line.confidence:.1f} %</td></tr>'
        for line in read.lines
    )
    return f"<table><tr><th>line</th><th>confidence</th></tr>{rows}</table>"


def _badge(status: str) -> str:
    return f'<span class="badge {escape(status)}">{escape(status.replace("_", " "))}</span>'


def cut(shown: PageShown, box: Box) -> np.ndarray:
    """A field's box with a margin, out of the page as scanned."""
    x, y, width, height = (round(side * shown.scale) for side in box)
    margin = max(4, round(CROP_MARGIN * height))
    page_height, page_width = shown.scan.shape[:2]
    left, right = max(0, x - margin), min(page_width, x + width + margin)
    top, bottom = max(0, y - margin), min(page_height, y + height + margin)
    return shown.scan[top:bottom, left:right]


def reduced(picture: np.ndarray, width: int) -> np.ndarray:
    """The picture, no wider than ``width`` pixels."""
    if picture.shape[1] <= width:
        return picture
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def data_uri(picture: np.ndarray) -> str:
    """The picture (uint8, grey or BGR) as a data URI: reduced, WebP; one white pixel if empty."""
    if picture.size == 0:
        picture = np.full((1, 1), 255, np.uint8)
    _, encoded = cv2.imencode(".webp", reduced(picture, PAGE_WIDTH), [cv2.IMWRITE_WEBP_QUALITY, 80])
    return "data:image/webp;base64," + base64.b64encode(encoded.tobytes()).decode("ascii")
