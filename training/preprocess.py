"""Turns a photo into the network's input as the browser does: centre crop and antialiased bilinear resize in one.

The browser (src/core/image) keeps fractions between the two passes of the resize where Pillow rounds to 8 bit.
"""

import math
from typing import Callable

import numpy as np
from PIL import Image

CROP_FRACTION = 0.875  # side of the centre crop over the short side of the photo

CropOrder = Callable[[Image.Image, int], Image.Image]


def centre_crop(photo: Image.Image, side: int) -> Image.Image:
    """Centre square of exactly 0.875 * short side, not rounded to pixels, resized to side x side. What the browser does."""
    square = CROP_FRACTION * min(photo.size)
    left, top = (photo.width - square) / 2, (photo.height - square) / 2
    return photo.resize((side, side), Image.Resampling.BILINEAR, box=(left, top, left + square, top + square))


def resize_then_crop(photo: Image.Image, side: int) -> Image.Image:
    """Short side resized to round(side / 0.875), then the centre square; the order ImageNet papers use, for comparison."""
    short = math.floor(side / CROP_FRACTION + 0.5)
    scale = short / min(photo.size)
    size = [short if edge == min(photo.size) else math.floor(edge * scale + 0.5) for edge in photo.size]
    left, top = (size[0] - side + 1) // 2, (size[1] - side + 1) // 2
    return photo.resize((size[0], size[1]), Image.Resampling.BILINEAR).crop((left, top, left + side, top + side))


def to_input(photo: Image.Image, side: int, mean: float, std: float, order: CropOrder = centre_crop) -> np.ndarray:
    """RGB photo of any size -> float32 [1, 3, side, side], (x - mean) / std with x in 0..255."""
    pixels = np.asarray(order(photo.convert("RGB"), side), dtype=np.float32)
    return ((pixels - mean) / std).transpose(2, 0, 1)[np.newaxis].astype(np.float32)
