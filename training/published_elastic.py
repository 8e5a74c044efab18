"""Reads a published elastic family back into PyTorch, from its model.onnx, calibration.bin and manifest.json alone."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .elastic_net import BlockStatistics, ElasticNet
from .families import Family
from .recalibrate import Design


@dataclass(frozen=True)
class PublishedDesign:
    """A configuration as the manifest has it, with its statistics."""

    id: str
    design: Design
    statistics: list[BlockStatistics]
    top1: float


def load_published(family: Family, folder: Path) -> tuple[ElasticNet, list[PublishedDesign]]:
    """The network in stored form, and every published configuration, cheapest first."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    network = _network(family, folder / manifest["file"])
    elastic = manifest["elastic"]
    values = np.frombuffer((folder / elastic["calibration"]["file"]).read_bytes(), "<f2").astype(np.float32)
    designs = []
    for each in elastic["configurations"]:
        at, statistics = each["offset"] // 2, []
        for block, kind in zip(elastic["blocks"], each["kinds"], strict=True):
            n = 0 if kind == "skip" else block["channels"]
            mean, variance = (torch.from_numpy(values[at + i * n : at + (i + 1) * n].copy()) for i in range(2))
            statistics.append((mean, variance) if n else None)
            at += 2 * n
        designs.append(PublishedDesign(each["id"], Design(tuple(each["kinds"]), each["side"]), statistics, each["top1"]))
    return network, designs


@torch.no_grad()
def _network(family: Family, path: Path) -> ElasticNet:
    network = ElasticNet(family.network).eval().requires_grad_(False)
    stored = {tensor.name.removesuffix(".fp16"): numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}

    def tensor(name: str) -> torch.Tensor:
        return torch.from_numpy(stored[name].astype(np.float32))

    for index, block in enumerate(network.blocks):
        name = f"blocks.{index}"
        block.conv3x3.copy_(tensor(f"{name}.conv3x3.weight"))
        block.conv1x1.copy_(tensor(f"{name}.conv1x1.weight"))
        block.scale3x3.fill_(1)
        block.scale1x1.fill_(1)
        block.gamma.copy_(tensor(f"{name}.bn.weight"))
        block.beta.copy_(tensor(f"{name}.bn.bias"))
    network.classifier.weight.copy_(tensor("classifier.weight"))
    network.classifier.bias.copy_(tensor("classifier.bias"))
    return network
