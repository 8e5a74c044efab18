"""What a family is trained and measured on: its images, its augmentation, its input arithmetic."""

from pathlib import Path
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from . import digit_augment
from .families import Family
from .mnist import load_mnist
from .tiny_imagenet import load_tiny_imagenet

CROP_MARGIN = 6  # pixels a 64 x 64 image may shift in each direction


def load_images(family: Family, source: Path, split: Literal["train", "test"]) -> tuple[Tensor, Tensor]:
    """Images uint8 [n, C, side, side] at the native side and labels int64 [n]; `test` is what the card reports on."""
    if family.id == "rep-digits":
        return load_mnist(source, split)
    return load_tiny_imagenet(source, "train" if split == "train" else "val")


def augment(family: Family, images: Tensor, random: Generator) -> Tensor:
    """uint8 [N, C, H, W] -> float32 in 0..255, the same shape, varied as the family's recipe says."""
    if family.id == "rep-digits":
        return digit_augment.augment(images.float() / 255, random) * 255
    return shift_and_flip(images, random).float()


def shift_and_flip(images: Tensor, random: Generator) -> Tensor:
    """Each image moved by up to CROP_MARGIN pixels either way, its border mirrored, and half of them flipped left to right."""
    n, _, height, width = images.shape
    padded = F.pad(images.float(), (CROP_MARGIN,) * 4, mode="reflect").to(images.dtype)
    top, left = (torch.randint(0, 2 * CROP_MARGIN + 1, (n, 1), generator=random) for _ in range(2))
    flipped = torch.rand(n, 1, generator=random) < 0.5
    columns = torch.arange(width).expand(n, width)
    columns = torch.where(flipped, width - 1 - columns, columns) + left
    rows = torch.arange(height) + top
    return padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def to_input(family: Family, pixels: Tensor, side: int) -> Tensor:
    """Pixels in 0..255, [N, C, H, W] -> the network's input [N, C, side, side], float32, resized as the browser does."""
    pixels = pixels.float()
    if pixels.shape[-1] != side:
        pixels = F.interpolate(pixels, size=(side, side), mode="bilinear", align_corners=False, antialias=True)
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (family.mean, family.std))
    return ((pixels - mean) / std).contiguous()
