"""Re-estimates statistics for many configurations of a trained family and picks the ones to publish:
`python -m training.recalibrate --family rep-tiny --data TAR_OR_DIR`.

Weights are rounded to what is stored before anything is measured, so that the figures belong to the file. Candidates are
measured on training images without augmentation; those near their front of accuracy and cost are kept. The test images are
not read here. Writes training/checkpoints/<family>-configurations.pt. With --published it starts from the published files, as
training.export with the same option does: the published configurations and the neighbours of the full one are measured.
"""

import argparse
import itertools
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Sequence, TypeVar

import torch
from torch import Generator, Tensor

from .arguments import parse_family_arguments
from .checkpoint import load_average
from .elastic_net import BlockStatistics, Configuration, ElasticNet, Kind
from .elastic_onnx import stored_form
from .families import Family
from .family_data import load_images, to_input
from .paths import MODELS

CALIBRATION_IMAGES = 2_048  # training images whose statistics a configuration gets
SELECTION_IMAGES = 4_000  # other training images that order the candidates
MOST_CHOSEN = 80  # configurations measured on the test images; the export publishes those along which accuracy grows
MOST_EXHAUSTIVE = 100  # configurations a side, of which each is measured; of more, those on the walk down
CODES: dict[Kind, str] = {"3x3": "3", "1x1": "1", "skip": "0"}


@dataclass(frozen=True)
class Design:
    """A configuration at an input side."""

    configuration: Configuration
    side: int

    def id(self) -> str:
        """For instance `64-3311000`: the side, then the free and fixed blocks' kinds in order."""
        return f"{self.side}-{''.join(CODES[kind] for kind in self.configuration)}"


@torch.no_grad()
def top1(
    network: ElasticNet, configuration: Configuration, statistics: Sequence[BlockStatistics] | None, inputs: Tensor, labels: Tensor
) -> float:
    """Share of the inputs [n, C, H, W] whose largest logit is the label."""
    chosen = torch.cat([network(part, configuration, statistics).argmax(1) for part in inputs.split(500)])
    return (chosen == labels).float().mean().item()


def calibration_images(images: Tensor) -> Tensor:
    """The training images that statistics are estimated on: a fixed random choice, at most half of them."""
    return images[_shuffled(images)[: _calibration_count(images)]]


def selection_images(images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Training images, disjoint from the former, that candidates are compared on."""
    chosen = _shuffled(images)[_calibration_count(images) :][:SELECTION_IMAGES]
    return images[chosen], labels[chosen]


def _shuffled(images: Tensor) -> Tensor:
    return torch.randperm(len(images), generator=Generator().manual_seed(2))


def _calibration_count(images: Tensor) -> int:
    return min(CALIBRATION_IMAGES, len(images) // 2)


@dataclass(frozen=True)
class Candidate:
    """A design with the statistics it needs and its accuracy on the selection images."""

    design: Design
    statistics: list[BlockStatistics]
    multiply_adds: int
    selection_top1: float


class Calibrator:
    """Re-estimates and measures designs of one network, each once."""

    def __init__(self, family: Family, network: ElasticNet, images: Tensor, labels: Tensor) -> None:
        self.family, self.network, self.images = family, network, images
        self.selected, self.labels_selected = selection_images(images, labels)
        self._known: dict[Design, Candidate] = {}
        self._inputs: dict[int, tuple[Tensor, Tensor]] = {}

    @property
    def candidates(self) -> list[Candidate]:
        return list(self._known.values())

    def statistics(self, design: Design) -> list[BlockStatistics]:
        """Mean and variance of every normalization on the calibration images, rounded to what is stored (float16)."""
        found = self.network.statistics(self._at(design.side)[0], design.configuration)
        return [None if each is None else (each[0].half().float(), each[1].half().float()) for each in found]

    def candidate(self, design: Design) -> Candidate:
        if design not in self._known:
            statistics = self.statistics(design)
            with torch.autocast("cpu", torch.bfloat16):  # good enough to order candidates; published figures use float32
                accuracy = top1(self.network, design.configuration, statistics, self._at(design.side)[1], self.labels_selected)
            cost = self.family.network.multiply_adds(design.configuration, design.side)
            self._known[design] = Candidate(design, statistics, cost, accuracy)
        return self._known[design]

    def _at(self, side: int) -> tuple[Tensor, Tensor]:
        """Calibration and selection inputs at an input side."""
        if side not in self._inputs:
            parts = (calibration_images(self.images), self.selected)
            self._inputs[side] = tuple(to_input(self.family, part, side) for part in parts)
        return self._inputs[side]


def smaller(configuration: Configuration, kinds: Sequence[Sequence[Kind]]) -> list[Configuration]:
    """Every configuration that keeps one kind less in one block."""
    steps = []
    for index, (kind, allowed) in enumerate(zip(configuration, kinds, strict=True)):
        if kind != allowed[-1]:
            lower = allowed[allowed.index(kind) + 1]
            steps.append(configuration[:index] + (lower,) + configuration[index + 1 :])
    return steps


def walk_down(calibrator: Calibrator, side: int) -> None:
    """From full to smallest, each time by the step that costs the least accuracy a MAC saved; measures all steps it weighs."""
    spec = calibrator.family.network
    current = calibrator.candidate(Design(spec.full(), side))
    while steps := smaller(current.design.configuration, spec.kinds()):
        options = [calibrator.candidate(Design(step, side)) for step in steps]
        # One hundredth of a point stands for "no loss", so that of two harmless steps the one that saves more is taken.
        current = min(
            options, key=lambda o: max(current.selection_top1 - o.selection_top1, 1e-4) / (current.multiply_adds - o.multiply_adds)
        )


def measure_neighbours(calibrator: Calibrator, side: int) -> None:
    """Every configuration at most two steps below the full one: the walk takes the best step, of which two need not be the best two."""
    spec = calibrator.family.network
    first = smaller(spec.full(), spec.kinds())
    second = [configuration for each in first for configuration in smaller(each, spec.kinds())]
    for configuration in {spec.full(): None} | dict.fromkeys(first) | dict.fromkeys(second):
        calibrator.candidate(Design(configuration, side))


def measure_candidates(calibrator: Calibrator, side: int) -> None:
    """Every configuration of a small family; of a large one the walk down, and the neighbours of the full one."""
    kinds = calibrator.family.network.kinds()
    if math.prod(len(each) for each in kinds) > MOST_EXHAUSTIVE:
        walk_down(calibrator, side)
        measure_neighbours(calibrator, side)
        return
    for configuration in itertools.product(*kinds):
        calibrator.candidate(Design(configuration, side))


def near_front(candidates: list[Candidate], full: Candidate, n: int, limit: int) -> list[Candidate]:
    """Candidates at most one standard error below the best cheaper one on the `n` selection images, thinned evenly in log cost to
    at most `limit`; cheapest first, `full` last: it is what the file holds as it stands, so it is published in any case."""
    front: list[Candidate] = []
    best = 0.0
    for each in sorted(candidates, key=lambda c: (c.multiply_adds, -c.selection_top1)):
        standard_error = math.sqrt(best * (1 - best) / n)
        if each is not full and each.selection_top1 > best - standard_error:
            front.append(each)
        best = max(best, each.selection_top1)
    front.append(full)
    return thinned(front, limit)


Priced = TypeVar("Priced", bound="HasCost")


class HasCost(Protocol):
    """A configuration with its cost."""

    multiply_adds: int


def thinned(front: list[Priced], limit: int) -> list[Priced]:
    """At most `limit` of a list ordered by cost, first and last among them, spread evenly in log cost."""
    kept = list(front)
    while len(kept) > limit:
        gaps = [kept[i + 1].multiply_adds / kept[i - 1].multiply_adds for i in range(1, len(kept) - 1)]
        del kept[1 + gaps.index(min(gaps))]
    return kept


def configurations_path(family: Family, folder: Path) -> Path:
    return folder / f"{family.id}-configurations.pt"


def choose(calibrator: Calibrator, published: Sequence[Design] = ()) -> list[Design]:
    """Designs near the front of accuracy and cost on training images, the full one last. Where some are `published`, they take the
    place of the walk."""
    family = calibrator.family
    for side in family.sides:
        started = time.perf_counter()
        if published:
            for each in published:
                if each.side == side:
                    calibrator.candidate(each)
            measure_neighbours(calibrator, side)
        else:
            measure_candidates(calibrator, side)
        print(f"{side} x {side}: {len(calibrator.candidates)} candidates so far, {time.perf_counter() - started:.0f} s", flush=True)
    worthy = [each for each in calibrator.candidates if each.selection_top1 >= family.least_top1]
    full = calibrator.candidate(Design(family.network.full(), family.sides[0]))
    front = near_front(worthy, full, len(calibrator.labels_selected), MOST_CHOSEN)
    for each in front:
        print(f"{each.design.id()}: {each.multiply_adds / 1e6:.2f} M MAC, {each.selection_top1:.4f} on {len(calibrator.labels_selected)} training images")
    return [each.design for each in front]


def published_family(family: Family) -> tuple[ElasticNet, list[Design]]:
    """The network and the designs of the published files."""
    from .published_elastic import load_published  # it needs this module for what a design is

    network, published = load_published(family, MODELS / family.id)
    # Run as a command, this module has a `Design` of its own.
    return network, [Design(each.design.configuration, each.design.side) for each in published]


def stored_network(family: Family, checkpoints: Path, published: bool) -> ElasticNet:
    """In the form that is stored: of the published files, or of a training that has ended."""
    return published_family(family)[0] if published else stored_form(load_average(family, checkpoints), family.storage)


def chosen_before(family: Family, path: Path) -> list[Design]:
    """The designs of an earlier choice on this machine, else the published ones."""
    if path.exists():
        return [Design(tuple(configuration), side) for configuration, side, _ in torch.load(path, weights_only=True)]
    return published_family(family)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--same", action="store_true", help="keep the configurations chosen before: only their statistics are new")
    parser.add_argument("--published", action="store_true", help="start from the published files instead of a training's checkpoint")
    arguments = parse_family_arguments(parser)
    family, path, published = arguments.family, configurations_path(arguments.family, arguments.checkpoints), arguments.rest.published
    network = stored_network(family, arguments.checkpoints, published)
    calibrator = Calibrator(family, network, *load_images(family, arguments.data, "train"))
    if arguments.rest.same:
        designs = chosen_before(family, path)
    else:
        designs = choose(calibrator, published_family(family)[1] if published else ())
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save([(each.configuration, each.side, calibrator.statistics(each)) for each in designs], path)


if __name__ == "__main__":
    main()
