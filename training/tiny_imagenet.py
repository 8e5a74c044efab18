"""Reads Tiny-ImageNet-200 from its folder or tar archive, and keeps the decoded pixels in training/cache."""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .paths import CACHE

SIDE, CLASSES = 64, 200
COUNTS = {"train": 100_000, "val": 5_000}
# Classes whose first synonym says something else on its own.
CLEARER = {
    "n02190166": "fly (insect)", "n02279972": "monarch butterfly", "n02509815": "red panda", "n02814533": "station wagon",
    "n02892201": "memorial plaque", "n03126707": "crane (machine)", "n03854065": "pipe organ", "n04008634": "missile",
    "n04399382": "teddy bear",
}
Split = Literal["train", "val"]


def load_tiny_imagenet(source: Path, split: Split) -> tuple[Tensor, Tensor]:
    """Images uint8 [n, 3, 64, 64] and labels int64 [n] (index into wnids.txt), in the order of their file names."""
    path = _cached(source, split)
    if not path.exists():
        _decode(source)
    with np.load(path) as parts:
        return torch.from_numpy(parts["images"]), torch.from_numpy(parts["labels"])


def class_names(source: Path) -> list[str]:
    """The 200 class names in label order: the first synonym of words.txt, or a clearer one."""
    texts = {name: data.decode() for name, data in _files(source) if name in ("wnids.txt", "words.txt")}
    words = dict(line.split("\t", 1) for line in texts["words.txt"].splitlines())
    return [CLEARER.get(wnid, words[wnid].split(", ")[0]) for wnid in texts["wnids.txt"].split()]


def validation_answers(source: Path) -> dict[str, int]:
    """File name of every validation image -> its label."""
    texts = {name: data.decode() for name, data in _files(source) if name in ("wnids.txt", "val/val_annotations.txt")}
    return _answers(texts)


def _cached(source: Path, split: str) -> Path:
    """Where the decoded pixels of this very source are kept."""
    facts = source.stat()
    key = hashlib.sha256(f"{source.resolve()} {facts.st_size} {facts.st_mtime_ns}".encode()).hexdigest()[:8]
    return CACHE / f"tiny-imagenet-{split}-{key}.npz"


def _answers(texts: dict[str, str]) -> dict[str, int]:
    classes = {wnid: index for index, wnid in enumerate(texts["wnids.txt"].split())}
    lines = [line.split("\t") for line in texts["val/val_annotations.txt"].splitlines()]
    return {name: classes[wnid] for name, wnid, *_ in lines}


def _decode(source: Path) -> None:
    """Decodes both splits in one reading of the source."""
    pixels: dict[str, np.ndarray] = {}
    texts: dict[str, str] = {}
    for name, data in _files(source):
        if name.endswith(".JPEG"):
            pixels[name] = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.uint8).transpose(2, 0, 1)
        elif name in ("wnids.txt", "val/val_annotations.txt"):
            texts[name] = data.decode()
    classes = {wnid: index for index, wnid in enumerate(texts["wnids.txt"].split())}
    answers = _answers(texts)
    CACHE.mkdir(parents=True, exist_ok=True)
    for split, count in COUNTS.items():
        names = sorted(name for name in pixels if name.startswith(f"{split}/"))
        if len(names) != count:
            raise SystemExit(f"{source}: {len(names)} {split} images, expected {count}")
        labels = [classes[name.split("/")[1]] if split == "train" else answers[name.rsplit("/", 1)[1]] for name in names]
        path = _cached(source, split)
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, images=np.stack([pixels[name] for name in names]), labels=np.array(labels))
        partial.replace(path)


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    """(path below the data set's own folder, content) of every file."""
    if source.is_dir():
        top = source / "tiny-imagenet-200" if (source / "tiny-imagenet-200").is_dir() else source
        for path in top.rglob("*"):
            if path.is_file():
                yield path.relative_to(top).as_posix(), path.read_bytes()
        return
    with tarfile.open(source) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                yield member.name.removeprefix("./").split("/", 1)[-1], content.read()
