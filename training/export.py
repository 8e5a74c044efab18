"""Publishes a trained family: `python -m training.export --family rep-tiny --data TAR_OR_DIR`.

Measures every chosen configuration on the test images, one time, keeps those along which accuracy on them grows with cost – of
candidates that training images could not tell apart, so the published figures are a little lucky – and writes
public/models/<id>: model.onnx (multi-branch), calibration.bin (statistics), manifest.json, labels.json and the figures in
MODEL_CARD.md. The written ONNX is run against PyTorch, branch by branch, before anything else trusts it.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import numpy as np
import torch
from torch import Tensor

from .arguments import parse_family_arguments
from .elastic_net import BlockStatistics, Configuration, ElasticNet
from .elastic_onnx import INPUT, OUTPUT, block_value, substitutions, to_onnx
from .evaluate import largest_difference, onnx_classifier, torch_classifier
from .families import Family
from .family_data import load_images, to_input
from .model_card import write_figures
from .paths import MODELS
from .published import MEGABYTE, file_entry, hardware, save_manifest, save_onnx
from .recalibrate import Design, configurations_path, stored_network, thinned
from .tiny_imagenet import class_names

COMPARED = 200  # test images run through both PyTorch and onnxruntime
TOLERANCE = 1e-4  # of the largest logit; only the order of the sums differs
MOST_PUBLISHED = 40
WITHOUT_REESTIMATION = 3  # configurations also measured with the statistics of the full configuration


@dataclass(frozen=True)
class Measured:
    """A design with its statistics and its accuracy on the n test images."""

    design: Design
    statistics: list[BlockStatistics]
    multiply_adds: int
    parameters: int
    top1: float
    top5: float


@torch.no_grad()
def accuracy(
    network: ElasticNet, configuration: Configuration, statistics: Sequence[BlockStatistics], inputs: Tensor, labels: Tensor,
    fused: bool = True,
) -> tuple[float, float]:
    """Top-1 and top-5 shares of the inputs [n, C, H, W]."""
    best = torch.cat([network(part, configuration, statistics, fused).topk(5).indices for part in inputs.split(500)])
    hits = best == labels[:, None]
    return hits[:, 0].float().mean().item(), hits.any(dim=1).float().mean().item()


def measure_all(family: Family, network: ElasticNet, chosen: Path, images: Tensor, labels: Tensor) -> list[Measured]:
    """The chosen configurations on the test images, cheapest first; one that a cheaper one reaches or beats is left out."""
    measured: list[Measured] = []
    inputs = {side: to_input(family, images, side) for side in family.sides}
    for configuration, side, statistics in torch.load(chosen, weights_only=True):
        design = Design(tuple(configuration), side)
        top1, top5 = accuracy(network, design.configuration, statistics, inputs[side], labels)
        cost, parameters = family.network.multiply_adds(design.configuration, side), family.network.deploy_parameters(design.configuration)
        print(f"{design.id()}: {cost / 1e6:.2f} M MAC, {parameters / 1e6:.3f} M parameters, top-1 {top1:.4f}, top-5 {top5:.4f}", flush=True)
        measured.append(Measured(design, statistics, cost, parameters, top1, top5))
    return growing(measured, full_configuration(family, measured))


def growing(measured: list[Measured], full: Measured) -> list[Measured]:
    """Those more right than every cheaper one, thinned evenly in log cost; cheapest first, `full` last in any case."""
    kept: list[Measured] = []
    for each in measured:
        if each is full or (each.top1 < full.top1 and (not kept or each.top1 > kept[-1].top1)):
            kept.append(each)
    kept = thinned(kept, MOST_PUBLISHED)
    print(f"{len(kept)} of {len(measured)} configurations, along which accuracy on the test images grows, are published")
    return kept


def without_reestimation(
    family: Family, network: ElasticNet, measured: list[Measured], images: Tensor, labels: Tensor
) -> list[tuple[Measured, float]]:
    """Top-1 of a few configurations, spread over the front, under the full configuration's statistics at the native side."""
    full = full_configuration(family, measured).statistics
    smaller = [each for each in measured if each.design.configuration != family.network.full()]
    if not smaller:
        return []
    picked = [smaller[round(i * (len(smaller) - 1) / (WITHOUT_REESTIMATION - 1))] for i in range(WITHOUT_REESTIMATION)]
    return [
        (each, accuracy(network, each.design.configuration, full, to_input(family, images, each.design.side), labels)[0])
        for each in picked
    ]


def full_configuration(family: Family, measured: list[Measured]) -> Measured:
    """The full network at its native side: what the file holds as it stands."""
    return next(each for each in measured if each.design == Design(family.network.full(), family.sides[0]))


def check_graph(family: Family, network: ElasticNet, full: Measured, path: Path, images: Tensor) -> float:
    """The written file against PyTorch computed branch by branch; returns the largest relative logit difference."""

    class Branches(torch.nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return network(x, full.design.configuration, full.statistics, fused=False)

    inputs = [image.numpy()[np.newaxis] for image in to_input(family, images[:COMPARED], full.design.side)]
    absolute, relative = largest_difference(torch_classifier(Branches()), onnx_classifier(path), inputs)
    print(f"ONNX against PyTorch, {COMPARED} test images: max abs {absolute:.3g}, max rel {relative:.3g}")
    assert relative <= TOLERANCE, f"the exported graph differs from PyTorch by more than {TOLERANCE}"
    return relative


def write_calibration(path: Path, measured: list[Measured]) -> list[int]:
    """calibration.bin: for each configuration, for each block it keeps, mean then variance as float16; returns byte offsets."""
    offsets, parts = [], []
    for each in measured:
        offsets.append(sum(part.nbytes for part in parts))
        for mean, variance in filter(None, each.statistics):
            values = torch.cat([mean, variance]).half().numpy().astype("<f2")
            if not np.array_equal(values.astype(np.float32), torch.cat([mean, variance]).numpy()):
                raise ValueError(f"{each.design.id()}: statistics were measured at another precision than is stored")
            parts.append(values)
    path.write_bytes(b"".join(part.tobytes() for part in parts))
    return offsets


def elastic_entry(family: Family, measured: list[Measured], calibration: Path, n: int) -> dict[str, object]:
    """The manifest's account of the family: what can be chosen, what each choice costs and how right it is."""
    offsets = write_calibration(calibration, measured)
    blocks = []
    for index, (block, kinds) in enumerate(zip(family.network.blocks, family.network.kinds(), strict=True)):
        name = f"blocks.{index}"
        blocks.append({
            "name": name, "channels": block.channels, "stride": block.stride,
            "kinds": {kind: substitutions(index, kind) for kind in kinds},
            "mean": f"{name}.bn.mean", "variance": f"{name}.bn.var",
        })
    return {
        "blocks": blocks,
        "calibration": file_entry(calibration) | {"storage": "float16"},
        "accuracy": {"dataset": family.dataset, "split": family.split, "n": n, "source": "training/export.py"},
        "default": full_configuration(family, measured).design.id(),
        "configurations": [
            {
                "id": each.design.id(), "side": each.design.side, "kinds": list(each.design.configuration), "offset": offset,
                "multiplyAdds": each.multiply_adds, "parameters": each.parameters, "top1": round(each.top1, 4), "top5": round(each.top5, 4),
            }
            for each, offset in zip(measured, offsets, strict=True)
        ],
    }


def manifest_fields(family: Family, elastic: dict[str, object], full: Measured, threads: int, n: int) -> dict[str, object]:
    digits = family.id == "rep-digits"
    shape = [1, family.network.channels, full.design.side, full.design.side]
    accuracy_entry = {
        "dataset": family.dataset, "split": family.split, "n": n, "top1": round(full.top1, 4),
        "top5": round(full.top5, 4), "source": "training/export.py", "measured": True,
    }
    return {
        "id": family.id,
        "name": family.name,
        "summary": family.summary,
        "task": "image-classification",
        "file": "model.onnx",
        "storage": family.storage,
        "input": {
            "name": INPUT, "shape": shape, "colour": "gray" if digits else "rgb", "cropFraction": 1,
            "mean": list(family.mean), "std": list(family.std), **({"polarity": "light-on-dark"} if digits else {}),
        },
        "output": {"name": OUTPUT, "classes": family.network.classes},
        "labels": "labels.json",
        "accuracy": [accuracy_entry],
        "licence": {"weights": "MIT", "source": "trained here by training/train.py", "data": family.data_licence},
        "training": {
            "command": f"python -m training.train --family {family.id} --data DATA{' --refine' if family.recipe.earlier_epochs else ''}",
            "seed": family.recipe.seed, "epochs": family.recipe.earlier_epochs + family.recipe.epochs, "hardware": hardware(threads),
        },
        "elastic": elastic,
    }


def labels_of(family: Family, data: Path) -> list[str]:
    return [str(digit) for digit in range(10)] if family.id == "rep-digits" else class_names(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the published models")
    parser.add_argument("--published", action="store_true", help="weights of the published files: only configurations are new")
    arguments = parse_family_arguments(parser)
    family, folder = arguments.family, arguments.rest.models / arguments.family.id
    network = stored_network(family, arguments.checkpoints, arguments.rest.published)
    images, labels = load_images(family, arguments.data, "test")
    measured = measure_all(family, network, configurations_path(family, arguments.checkpoints), images, labels)
    full = full_configuration(family, measured)
    path = save_onnx(to_onnx(network, family.id, full.design.side, full.statistics, family.storage), folder)
    relative = check_graph(family, network, full, path, images)
    bare = without_reestimation(family, network, measured, images, labels)
    names = json.dumps(labels_of(family, arguments.data), ensure_ascii=False)
    path.with_name("labels.json").write_text(f"{names}\n", encoding="utf-8")
    calibration = path.with_name("calibration.bin")
    elastic = elastic_entry(family, measured, calibration, len(labels))
    save_manifest(path, manifest_fields(family, elastic, full, arguments.threads, len(labels)))
    write_figures(path.with_name("MODEL_CARD.md"), measured, bare, relative, len(labels))
    size = sum(part.stat().st_size for part in folder.iterdir()) / MEGABYTE
    print(f"{folder.name}: {size:.2f} MB in all, calibration {calibration.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
