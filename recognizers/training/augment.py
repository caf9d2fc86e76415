"""Variation of real lines: what another pen, another day and another scanner would have made of them."""

from __future__ import annotations

import math

import cv2
import numpy as np


def augment(grey: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """A varied copy of a grey uint8 line. ``strength`` 0 leaves it alone, 1 is as far as hands differ."""
    if rng.random() < 0.1 or strength <= 0:
        return grey
    paper = int(np.percentile(grey, 80))
    grey = _warp(grey, rng, strength, paper)
    if rng.random() < 0.35 * strength:
        grey = _stroke_width(grey, rng)
    if rng.random() < 0.3 * strength:
        grey = _low_resolution(grey, rng)
    if rng.random() < 0.15 * strength:
        grey = _ruled_line(grey, rng, paper)
    if rng.random() < 0.3 * strength:
        noise = rng.normal(0, rng.uniform(2, 14), grey.shape)
        grey = np.clip(grey + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.2 * strength:
        grey = _mask(grey, rng, paper)
    return grey


def _warp(grey: np.ndarray, rng: np.random.Generator, strength: float, paper: int) -> np.ndarray:
    """Shear, stretch, rotation and an elastic field (Simard et al. 2003), in one remapping."""
    height, width = grey.shape
    shear = rng.normal(0, 0.22) * strength
    stretch = float(np.exp(rng.normal(0, 0.15) * strength))
    angle = rng.normal(0, 0.012) * strength
    pad = int(abs(shear) * height / 2) + 4
    new_width = int(width * stretch) + 2 * pad
    up = int(abs(np.sin(angle)) * width / 2) + 4
    new_height = height + 2 * up
    ys, xs = np.mgrid[0:new_height, 0:new_width].astype(np.float32)
    from_x = (xs - pad) / stretch + shear * (ys - new_height / 2)
    from_y = ys - up + math.tan(angle) * (xs - new_width / 2)
    spacing = max(height * rng.uniform(0.3, 0.9), 8)
    grid = (max(3, int(new_height / spacing) + 2), max(3, int(new_width / spacing) + 2))
    sway = height * 0.035 * strength * rng.random()
    for target in (from_x, from_y):
        field = rng.normal(0, sway, grid).astype(np.float32)
        target += cv2.resize(field, (new_width, new_height), interpolation=cv2.INTER_CUBIC)
    return cv2.remap(grey, from_x, from_y, cv2.INTER_LINEAR, borderValue=(paper,))


def _stroke_width(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3) if rng.random() < 0.6 else (2, 2))
    changed = cv2.erode(grey, kernel) if rng.random() < 0.65 else cv2.dilate(grey, kernel)
    mix = rng.uniform(0.4, 1.0)
    return cv2.addWeighted(changed, mix, grey, 1 - mix, 0)


def _low_resolution(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = grey.shape
    scale = rng.uniform(0.35, 0.8)
    small = cv2.resize(
        grey, (max(8, int(width * scale)), max(8, int(height * scale))), interpolation=cv2.INTER_AREA
    )
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def _ruled_line(grey: np.ndarray, rng: np.random.Generator, paper: int) -> np.ndarray:
    """A printed rule, whole or dotted, somewhere under or through the writing."""
    height, width = grey.shape
    grey = grey.copy()
    y = int(height * rng.uniform(0.5, 0.98))
    tone = (paper * rng.uniform(0.2, 0.85),)
    end = y + int(rng.integers(-2, 3))
    cv2.line(grey, (0, y), (width, end), tone, int(rng.integers(1, 3)))
    return grey


def _mask(grey: np.ndarray, rng: np.random.Generator, paper: int) -> np.ndarray:
    """Paints a few narrow strips as paper, as a dry pen or a removed rule leaves them."""
    grey = grey.copy()
    height, width = grey.shape
    for _ in range(int(rng.integers(1, 4))):
        if rng.random() < 0.5:
            y = int(rng.integers(0, height))
            grey[y : y + int(rng.integers(1, 4))] = paper
        else:
            x = int(rng.integers(0, width))
            grey[:, x : x + int(rng.integers(1, max(2, height // 10)))] = paper
    return grey
