"""Reads the 300 labelled ImageNet photos from a tar archive or a folder."""

import io
import tarfile
from pathlib import Path

from PIL import Image


def load_photos(source: Path) -> list[tuple[Image.Image, int]]:
    """(RGB photo, ImageNet-1k class index) in name order.

    The set holds three classes of every ten: the i-th file in name order shows class 10 * (i // 3) + i % 3.
    """
    files = _folder(source) if source.is_dir() else _archive(source)
    names = sorted(files)
    return [(Image.open(io.BytesIO(files[name])).convert("RGB"), 10 * (i // 3) + i % 3) for i, name in enumerate(names)]


def _folder(source: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in source.rglob("*.JPEG")}


def _archive(source: Path) -> dict[str, bytes]:
    with tarfile.open(source) as archive:
        members = [member for member in archive if member.isfile() and member.name.endswith(".JPEG")]
        return {Path(member.name).name: archive.extractfile(member).read() for member in members}  # type: ignore[union-attr]
