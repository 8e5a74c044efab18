"""Says whether the data is what training expects: `python -m training.check_data --family rep-tiny --data TAR_OR_DIR`.

Counts images and classes, looks for doubles between training and test images, and prints mean and standard deviation.
"""

import argparse
from pathlib import Path

import torch

from .arguments import parse_family_arguments
from .families import Family
from .family_data import load_images

TOLERANCE = 0.05  # of mean and standard deviation, 0..255 units


def check(family: Family, source: Path) -> list[str]:
    """What is wrong with the data, one line each; prints what it found on the way."""
    problems = []
    seen: dict[str, set[bytes]] = {}
    for split in ("train", "test"):
        images, labels = load_images(family, source, split)
        counts = torch.bincount(labels, minlength=family.network.classes)
        seen[split] = {image.numpy().tobytes() for image in images}
        print(f"{split}: {len(labels):,} images {list(images.shape[1:])}, {len(counts)} classes, {counts.min()} to {counts.max()} a class")
        if len(counts) != family.network.classes or counts.min() == 0:
            problems.append(f"{split}: {len(counts)} classes of which some are empty; expected {family.network.classes}")
        if images.shape[1:] != (family.network.channels, family.sides[0], family.sides[0]):
            problems.append(f"{split}: images are {list(images.shape[1:])}")
        if split == "train":
            parts = images.split(5_000)
            n = images.numel() / images.shape[1]
            mean = sum(part.double().sum(dim=(0, 2, 3)) for part in parts) / n
            std = (sum((part.double() ** 2).sum(dim=(0, 2, 3)) for part in parts) / n - mean**2).sqrt()
            print(f"mean {[round(v, 4) for v in mean.tolist()]}, standard deviation {[round(v, 4) for v in std.tolist()]}")
            off = max((mean - torch.tensor(family.mean)).abs().max().item(), (std - torch.tensor(family.std)).abs().max().item())
            if off > TOLERANCE:
                problems.append(f"mean or standard deviation is {off:.3f} away from what families.py says")
    both = len(seen["train"] & seen["test"])
    print(f"{both} test images are also training images, pixel for pixel")
    return problems


def main() -> None:
    arguments = parse_family_arguments(argparse.ArgumentParser(description=__doc__))
    problems = check(arguments.family, arguments.data)
    if problems:
        raise SystemExit("\n".join(problems))


if __name__ == "__main__":
    main()
