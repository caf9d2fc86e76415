"""Image files of one page or several: decoded when asked for, as grey or BGR."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from inkfield.pipeline.intake.limits import IntakeLimits, check_pixels, damaged, too_many
from inkfield.pipeline.intake.resolution import declared_dpi, plausible_dpi, square_pixels
from inkfield.schemas.errors import PageTooLarge

FORMATS = {
    "tiff": ("TIFF",),
    "png": ("PNG",),
    "jpeg": ("JPEG", "MPO"),
    "webp": ("WEBP",),
    "heif": ("HEIF",),
    "avif": ("AVIF",),
    "jp2": ("JPEG2000",),
    "bmp": ("BMP",),
    "gif": ("GIF",),
    "pnm": ("PPM",),
}
"""Names of Pillow's readers: none but that of the kind may touch the file."""
OF_PAGES = ("gif", "webp", "heif", "avif")
"""Kinds whose frames are pages. Those of a PNG are an animation, the second of a JPEG (MPO) is a preview."""

Picture = tuple[int, np.ndarray | None, float]
"""Page number from 1, image or None when it cannot be read, dpi."""


def open_image(path: Path, kind: str, limits: IntakeLimits) -> Image.Image:
    """Opens an image file without decoding it. Raises PageTooLarge or Truncated."""
    if kind == "heif":
        import pillow_heif  # takes its time: few files are HEIC

        pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit decides; what is wrong with a tag is not told
            image = Image.open(path, formats=FORMATS[kind])
    except Image.DecompressionBombError:
        raise PageTooLarge(
            f"{path.name} is far above {limits.max_pixels / 1e6:.0f} megapixels; scan it more coarsely"
        ) from None
    except MemoryError:
        raise
    except Exception:  # each of Pillow's readers has errors of its own for damaged files
        raise damaged(path) from None
    try:
        check_pixels(path, 1, *image.size, limits)
    except PageTooLarge:
        image.close()
        raise
    return image


def count_frames(path: Path, image: Image.Image, limits: IntakeLimits) -> int:
    """How many frames the file has. Raises TooManyPages or Truncated."""
    try:
        frames = int(getattr(image, "n_frames", 1))
    except MemoryError:
        raise
    except Exception:
        raise damaged(path) from None
    if frames > limits.max_pages:
        raise too_many(path, frames, limits)
    return frames


def count_images(path: Path, kind: str, limits: IntakeLimits) -> int:
    with open_image(path, kind, limits) as image:
        return count_frames(path, image, limits) if kind in OF_PAGES else 1


def image_pages(path: Path, kind: str, limits: IntakeLimits, only: range | None = None) -> Iterator[Picture]:
    """The pages of an image file that is no TIFF, or ``only`` those of these numbers, from 1.

    Raises Truncated, TooManyPages or PageTooLarge.
    """
    with open_image(path, kind, limits) as image:
        frames = count_frames(path, image, limits) if kind in OF_PAGES else 1
        for index in range(frames) if only is None else range(frames)[only.start - 1 : only.stop - 1]:
            yield read_frame(path, image, index, frames, limits)


def read_frame(path: Path, image: Image.Image, index: int, frames: int, limits: IntakeLimits) -> Picture:
    """One frame of a file with so many. Raises PageTooLarge, and Truncated for a frame that is all there is."""
    try:
        if frames > 1:
            image.seek(index)
        check_pixels(path, index + 1, *image.size, limits)
        array, dpi = decode_frame(image)
    except (PageTooLarge, MemoryError):
        raise
    except Exception:  # whatever a reader raises, this frame is damaged
        if frames == 1:
            raise damaged(path) from None
        return index + 1, None, 0.0
    return index + 1, array, dpi


def decode_frame(image: Image.Image) -> tuple[np.ndarray, float]:
    """Decodes the frame at which ``image`` stands: EXIF orientation applied, pixels square."""
    image.load()
    dpi = declared_dpi(image)
    orientation = image.getexif().get(0x0112, 1)
    dpi = (dpi[1], dpi[0]) if dpi and orientation in (5, 6, 7, 8) else dpi
    if orientation != 1:  # it copies a picture that needs no turning, too
        image = ImageOps.exif_transpose(image)
    array, density = square_pixels(to_array(image), dpi)
    return array, plausible_dpi(array.shape[1], array.shape[0], density)


def to_array(image: Image.Image) -> np.ndarray:
    """uint8 grey or BGR of any PIL image; what is transparent becomes white paper."""
    if image.mode.startswith("I") or image.mode == "F":
        deep = np.nan_to_num(np.asarray(image, dtype=np.float32))
        brightest = deep.max(initial=0)
        top = 65535.0 if brightest > 255 else 255.0 if image.mode != "F" or brightest > 1 else 1.0
        return np.clip(deep * (255.0 / top), 0, 255).astype(np.uint8)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        image = Image.alpha_composite(paper, rgba).convert("RGB")
    wanted = "L" if image.mode in ("1", "L") else "RGB"
    array = np.array(image if image.mode == wanted else image.convert(wanted))
    return array if wanted == "L" else cv2.cvtColor(array, cv2.COLOR_RGB2BGR)
