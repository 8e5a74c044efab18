"""Writes an elastic network as multi-branch ONNX, and says how each block's kinds are cut out of that graph.

The stored form has no scales: they are folded into the kernels, and the identity's scale, less one, into the diagonal of the
1x1 kernel, so that the identity branch is the input itself. What is rounded to the stored precision is rounded here, before
statistics are estimated and accuracy is measured on it.
"""

import copy

import onnx
import torch
from torch import Tensor, nn

from .elastic_net import EPSILON, BlockStatistics, ElasticBlock, ElasticNet, Kind
from .graph_writer import GraphWriter, Storage

INPUT, OUTPUT = "input", "logits"


@torch.no_grad()
def stored_form(network: ElasticNet, storage: Storage) -> ElasticNet:
    """The same function with scales folded away and weights rounded to `storage`."""
    stored = copy.deepcopy(network).eval().requires_grad_(False)
    for block in stored.blocks:
        wide, point = block.kernel3x3(), block.kernel1x1()
        if block.scale_identity is not None:
            point = point - torch.eye(len(point))[:, :, None, None]
            block.scale_identity.fill_(1)
        block.conv3x3.copy_(_rounded(wide, storage))
        block.conv1x1.copy_(_rounded(point, storage))
        block.scale3x3.fill_(1)
        block.scale1x1.fill_(1)
    stored.classifier.weight.copy_(_rounded(stored.classifier.weight, storage))
    return stored


def _rounded(weight: Tensor, storage: Storage) -> Tensor:
    return weight.half().float() if storage == "float16" else weight


def block_value(index: int) -> str:
    """The value that enters block `index`."""
    return INPUT if index == 0 else f"blocks.{index - 1}.relu.out"


def substitutions(index: int, kind: Kind) -> dict[str, str]:
    """Values to read in place of others so that block `index` becomes `kind`; what nobody reads then is dropped."""
    name = f"blocks.{index}"
    if kind == "1x1":
        return {f"{name}.add1x1.out": f"{name}.conv1x1.out"}
    return {f"{name}.relu.out": block_value(index)} if kind == "skip" else {}


def to_onnx(network: ElasticNet, name: str, side: int, statistics: list[BlockStatistics], storage: Storage) -> onnx.ModelProto:
    """A network in stored form, in full configuration, every branch and normalization a node of its own; batch 1."""
    graph = GraphWriter(name, INPUT, (1, network.spec.channels, side, side), storage)
    for index, block in enumerate(network.blocks):
        _write_block(graph, index, block, statistics[index])
    x = graph.global_average_pool("pool", block_value(len(network.blocks)))
    graph.gemm("classifier", graph.flatten("flatten", x), network.classifier, output=OUTPUT)
    return graph.finish(OUTPUT, (1, network.spec.classes))


def _write_block(graph: GraphWriter, index: int, block: ElasticBlock, statistics: BlockStatistics) -> None:
    name, x = f"blocks.{index}", block_value(index)
    wide = graph.conv(f"{name}.conv3x3", x, _convolution(block.conv3x3, block.stride))
    point = graph.conv(f"{name}.conv1x1", x, _convolution(block.conv1x1, block.stride))
    total = graph.add(f"{name}.add1x1", wide, point)
    if block.scale_identity is not None:
        total = graph.add(f"{name}.add_identity", total, x)
    norm = nn.BatchNorm2d(len(block.gamma), eps=EPSILON)
    norm.weight, norm.bias = block.gamma, block.beta
    assert statistics is not None, "the full configuration normalizes every block"
    norm.running_mean, norm.running_var = statistics
    graph.relu(f"{name}.relu", graph.batch_norm(f"{name}.bn", total, norm))


def _convolution(kernel: Tensor, stride: int) -> nn.Conv2d:
    out, given, side, _ = kernel.shape
    module = nn.Conv2d(given, out, side, stride, padding=side // 2, bias=False)
    module.weight = nn.Parameter(kernel, requires_grad=False)
    return module
