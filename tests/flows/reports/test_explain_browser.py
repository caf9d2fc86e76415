"""An explain page as a person sees it: in a real browser."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkfield.flows.reports.explain import write_explanation
from inkfield.schemas.readings import DocumentReading
from tests.support.browser import running_browser
from tests.support.checkout import EXAMPLES

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="no browser on this machine (Debian package chromium)"
)
EXAMPLE = EXAMPLES / "cheque-single.pdf"


def photograph(page: Path, width: int, height: int, target: Path) -> np.ndarray:
    assert BROWSER is not None
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
        f"--user-data-dir={target.parent / 'profile'}", f"--window-size={width},{height}",
        f"--screenshot={target}", page.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    picture = cv2.imread(str(target))
    assert picture is not None
    return picture


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DocumentReading]:
    page = tmp_path_factory.mktemp("explain") / "explain.html"
    return page, write_explanation(EXAMPLE, page)


def test_a_browser_shows_readings_crops_and_stages(
    explained: tuple[Path, DocumentReading], tmp_path: Path
) -> None:
    page, reading = explained
    wide = photograph(page, 1280, 5000, tmp_path / "wide.png")
    green = (abs(wide.astype(int) - (0x4B, 0x7F, 0x1A)).max(axis=2) < 12).sum()
    accepted = sum(field.status == "accepted" for p in reading.pages for field in p.fields)
    assert accepted > 0 and green > 1000 * accepted  # the bars of confidence, and the boxes on the page
    # Crops and stage pictures were decoded and painted: the cream of the cheque's paper, unlike any of the page's
    # own greys, covers a good part of it.
    warm = (wide[..., 2].astype(int) - wide[..., 0] > 6).mean()
    assert warm > 0.02


def test_nothing_is_cut_off_on_a_telephone(explained: tuple[Path, DocumentReading], tmp_path: Path) -> None:
    narrow = photograph(explained[0], 500, 3000, tmp_path / "narrow.png")
    right_edge = narrow[:, -12:].astype(int)
    assert np.ptp(right_edge, axis=1).max() < 40  # margin only: no text runs out of the window


def height_of(page: Path, folder: Path) -> int:
    """How high the page is in a window of usual size, in px: the browser writes it into a PDF of one long sheet."""
    tall = photograph(page, 1280, 9000, folder / "tall.png")
    ground = tall[-1, 0].astype(int)
    used = (abs(tall.astype(int) - ground).max(axis=2) > 8).any(axis=1)
    return int(np.flatnonzero(used)[-1])


def test_a_page_is_seen_without_scrolling_for_ever(
    explained: tuple[Path, DocumentReading], tmp_path: Path
) -> None:
    assert height_of(explained[0], tmp_path) < 2600
    page = tmp_path / "claim.html"
    write_explanation(EXAMPLE.with_name("claim-1.pdf"), page)
    assert height_of(page, tmp_path) < 4500


def test_a_click_on_a_stage_shows_it_large(explained: tuple[Path, DocumentReading], tmp_path: Path) -> None:
    with running_browser(tmp_path) as browser:
        tab = browser.tab()
        tab.goto(explained[0].as_uri())
        tab.photograph(tmp_path / "small.png", 1280, 800)
        tab.js("document.querySelector('a[href=\"#part-1-1-2\"]').click()")
        large = "document.querySelector('#part-1-1-2 img')"
        tab.until(f"{large}.complete && {large}.getBoundingClientRect().width > 1000")
        tab.photograph(tmp_path / "large.png", 1280, 800)
    small, shown = (cv2.imread(str(tmp_path / name)) for name in ("small.png", "large.png"))
    assert (shown > 240).all(axis=2).mean() > 0.6  # the cleaned cheque, white, from edge to edge
    assert not np.array_equal(small, shown)
