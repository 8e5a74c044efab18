"""Reads MNIST from its gzipped IDX files."""

import gzip
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

PREFIX = {"train": "train", "test": "t10k"}


def load_mnist(folder: Path, split: Literal["train", "test"]) -> tuple[Tensor, Tensor]:
    """Images uint8 [n, 1, 28, 28] (light strokes on dark, 0..255) and labels int64 [n]; n is 60,000 or 10,000."""
    images = _read_idx(folder / f"{PREFIX[split]}-images-idx3-ubyte.gz")
    labels = _read_idx(folder / f"{PREFIX[split]}-labels-idx1-ubyte.gz")
    return torch.from_numpy(images).unsqueeze(1), torch.from_numpy(labels).long()


def _read_idx(path: Path) -> np.ndarray:
    """IDX: two zero bytes, type (8 = uint8), rank, then one big-endian int32 a dimension, then the values."""
    data = gzip.decompress(path.read_bytes())
    if data[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path.name} is not an IDX file of unsigned bytes")
    rank = data[3]
    shape = np.frombuffer(data, ">i4", count=rank, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape).copy()
