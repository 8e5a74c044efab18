"""Augments digit images so that digits drawn on a pad, with any brush, work as well as scanned ones.

All on tensors in 0..1, light strokes on dark. Every random number comes from the generator passed in.
"""

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

MAX_ROTATION = math.radians(14)
SCALE_RANGE = (0.85, 1.18)
MAX_SHEAR = 0.2
MAX_SHIFT = 2.5 / 14  # 2.5 pixels, in the half-widths of affine_grid
THICKER, THINNER, BLURRED, CONTRAST = 0.3, 0.15, 0.3, 0.4  # share of the images each change touches


def augment(images: Tensor, random: Generator) -> Tensor:
    """[N, 1, 28, 28] in 0..1 -> the same shape and range: stroke width, then pose, then blur and contrast."""
    return vary_tone(vary_pose(vary_stroke(images, random), random), random)


def vary_stroke(images: Tensor, random: Generator) -> Tensor:
    """Thickens some strokes (blend with a 3x3 grey dilation) and thins others (2x2 grey erosion)."""
    thick = F.max_pool2d(images, 3, stride=1, padding=1)
    images = torch.lerp(images, thick, _strength(images, THICKER, 1.0, random))
    thin = -F.max_pool2d(F.pad(-images, (0, 1, 0, 1)), 2, stride=1)
    return torch.lerp(images, thin, _strength(images, THINNER, 0.7, random))


def vary_pose(images: Tensor, random: Generator) -> Tensor:
    """Small rotation, scale, shear and shift; one affine map an image, bilinear."""
    n = images.shape[0]
    angle = _uniform(n, -MAX_ROTATION, MAX_ROTATION, random)
    scale_x, scale_y = _uniform(n, *SCALE_RANGE, random), _uniform(n, *SCALE_RANGE, random)
    shear = _uniform(n, -MAX_SHEAR, MAX_SHEAR, random)
    shift = torch.stack([_uniform(n, -MAX_SHIFT, MAX_SHIFT, random) for _ in range(2)], dim=1)
    cos, sin = angle.cos(), angle.sin()
    rotation = torch.stack([cos, -sin, sin, cos], dim=1).view(n, 2, 2)
    stretch = torch.zeros(n, 2, 2)
    stretch[:, 0, 0], stretch[:, 0, 1], stretch[:, 1, 1] = 1 / scale_x, shear, 1 / scale_y
    matrix = torch.cat([rotation @ stretch, shift.unsqueeze(2)], dim=2)
    grid = F.affine_grid(matrix, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def vary_tone(images: Tensor, random: Generator) -> Tensor:
    """Slight blur on some images, contrast (saturating at 1) on others."""
    row = torch.tensor([0.25, 0.5, 0.25])
    blurred = F.conv2d(images, torch.outer(row, row).view(1, 1, 3, 3), padding=1)
    images = torch.lerp(images, blurred, _strength(images, BLURRED, 1.0, random))
    gain = 1 + (_uniform(images.shape[0], -0.4, 0.8, random).view(-1, 1, 1, 1)) * _chosen(images, CONTRAST, random)
    return (images * gain).clamp(0, 1)


def _uniform(n: int, low: float, high: float, random: Generator) -> Tensor:
    return torch.rand(n, generator=random) * (high - low) + low


def _chosen(images: Tensor, share: float, random: Generator) -> Tensor:
    """1 for about `share` of the images, else 0; [N, 1, 1, 1]."""
    return (torch.rand(images.shape[0], 1, 1, 1, generator=random) < share).float()


def _strength(images: Tensor, share: float, most: float, random: Generator) -> Tensor:
    """Blend weight in 0..most for about `share` of the images, else 0; [N, 1, 1, 1]."""
    return _chosen(images, share, random) * torch.rand(images.shape[0], 1, 1, 1, generator=random) * most
