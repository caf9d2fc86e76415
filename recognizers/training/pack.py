"""Packs all that a training run needs into one folder of under 50 MB, to carry it to a machine with a GPU.

    python -m inkfield.recognizers.training.pack --recipe recognizers/training/recipe.yaml --out .runs/pack

There, with torch, numpy, OpenCV, Pillow, pydantic, PyYAML and safetensors at hand, in this checkout:

    INKFIELD_FONTS=.runs/pack/fonts \\
    python -m inkfield.recognizers.training.trainer --recipe .runs/pack/recipe.yaml --run OUT

The lines are reduced to the height that training sees, the texts of rendered lines are drawn beforehand (their
word lists stay here), and fonts are cut down to the alphabet.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import cv2
import numpy as np
import yaml

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.synthesis.fonts import fetched_folder
from inkfield.recognizers.synthesis.texts import random_text
from inkfield.recognizers.training.data.folder import LabelledLine, read_lines
from inkfield.recognizers.training.recipe import Recipe, load_recipe

LINE_HEIGHT = 64
"""Pixels; the network sees 48, the rest is room for augmentation."""
_WEBP_QUALITY = 50
"""A third of the size of JPEG, and read about as well: CER 16.1 for 15.9 % on Copiste, 2.3 for 2.4 on DHSD."""
_GPU = {"columns_per_batch": 150_000, "pool": 2048, "loaders": 15}
"""What a GPU with some sixteen cores beside it is fed with."""


def pack(recipe: Recipe, out: Path, minutes: float, texts: int = 150_000) -> int:
    """Writes the folder; returns its size in bytes. Raises FileNotFoundError where data or fonts are missing.

    ``texts`` is how many texts for rendered lines are drawn beforehand.
    """
    out.mkdir(parents=True, exist_ok=True)
    for source in recipe.sources:
        _pack_source(recipe.data / source, out / "data" / source)
    _pack_fonts(fetched_folder(), out / "fonts")
    rng = np.random.default_rng(recipe.seed)
    drawn = (random_text(rng, recipe.kinds) for _ in range(texts))
    (out / "texts.txt").write_text("\n".join(drawn) + "\n", encoding="utf-8")
    changed = {
        **recipe.model_dump(mode="json", exclude_none=True),
        **_GPU,
        "data": str(out / "data"),
        "texts": str(out / "texts.txt"),
        "minutes": minutes,
    }
    changed.pop("words", None)  # as large as everything else together; real lines take the place of these
    if recipe.capitals is not None:
        changed["capitals"] = str(shutil.copy(recipe.capitals, out / "capitals.npz"))
    (out / "recipe.yaml").write_text(yaml.safe_dump(changed, sort_keys=False), encoding="utf-8")
    return sum(path.stat().st_size for path in out.rglob("*") if path.is_file())


def _pack_source(folder: Path, target: Path) -> None:
    (target / "images").mkdir(parents=True, exist_ok=True)
    for name in ("labels.tsv", "boilerplate.txt", "README.md"):
        if (folder / name).exists():
            shutil.copy(folder / name, target / name)
    for split in ("train", "val"):
        for line in read_lines(folder, split):
            (target / "images" / f"{line.image.stem}.webp").write_bytes(_reduced(line))


def _reduced(line: LabelledLine) -> bytes:
    grey = line.read()
    scale = LINE_HEIGHT / grey.shape[0]
    if scale < 1:
        grey = cv2.resize(
            grey, (max(1, round(grey.shape[1] * scale)), LINE_HEIGHT), interpolation=cv2.INTER_AREA
        )
    _, packed = cv2.imencode(".webp", grey, [cv2.IMWRITE_WEBP_QUALITY, _WEBP_QUALITY])
    return packed.tobytes()


def _pack_fonts(folder: Path, target: Path) -> None:
    """The fetched fonts with the glyphs of the alphabet only, their licences, and the digits."""
    from fontTools import subset

    if not folder.exists():
        raise FileNotFoundError(f"{folder} is missing: run python scripts/fetch_fonts.py")
    target.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.suffix != ".ttf":
            shutil.copy(path, target / path.name)
            continue
        options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
        font = subset.load_font(str(path), options)
        cutter = subset.Subsetter(options)
        cutter.populate(text=DEFAULT.characters)
        cutter.subset(font)
        subset.save_font(font, str(target / path.name), options)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25, help="training time on that machine")
    arguments = parser.parse_args()
    recipe = load_recipe(arguments.recipe)
    print(f"{pack(recipe, arguments.out, arguments.minutes) / 1e6:.1f} MB in {arguments.out}")


if __name__ == "__main__":
    main()
