"""rep-digits: a small multi-branch RepVGG-style network for 28x28 handwritten digits."""

from dataclasses import dataclass

import onnx
from torch import Tensor, nn

from .graph_writer import GraphWriter
from .rep_block import RepBlock

INPUT_SHAPE = (1, 1, 28, 28)
# Mean and standard deviation of all pixels of the 60,000 MNIST training images, in 0..255 units.
PIXEL_MEAN = 33.3184
PIXEL_STD = 78.5675


@dataclass(frozen=True)
class BlockSpec:
    """One RepBlock: output channels and stride."""

    channels: int
    stride: int


BLOCKS = (
    BlockSpec(16, 1),  # 28x28
    BlockSpec(32, 2),  # 14x14
    BlockSpec(32, 1),
    BlockSpec(32, 1),
    BlockSpec(64, 2),  # 7x7
    BlockSpec(64, 1),
    BlockSpec(64, 1),
)


class RepDigits(nn.Module):
    """[N, 1, 28, 28] standardised pixels -> [N, 10] logits."""

    def __init__(self) -> None:
        super().__init__()
        blocks = []
        channels = 1
        for spec in BLOCKS:
            blocks.append(RepBlock(channels, spec.channels, spec.stride))
            channels = spec.channels
        self.blocks = nn.ModuleList(blocks)
        self.classifier = nn.Linear(channels, 10)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return self.classifier(x.mean(dim=(2, 3)))


def to_onnx(model: RepDigits) -> onnx.ModelProto:
    """Writes the multi-branch network with explicit BatchNormalization nodes and fp32 weights, batch 1."""
    graph = GraphWriter("rep-digits", input_name="input", input_shape=INPUT_SHAPE, storage="float32")
    x = "input"
    for index, block in enumerate(model.blocks):
        x = block.write(graph, f"blocks.{index}", x)
    x = graph.global_average_pool("pool", x)
    x = graph.flatten("flatten", x)
    graph.gemm("classifier", x, model.classifier, output="logits")
    return graph.finish(output_name="logits", output_shape=(1, 10))
