"""Multi-branch RepVGG block: the training form that the browser later fuses into one 3x3 convolution.

Branches: 3x3 conv+BN, 1x1 conv+BN and, where stride is 1 and the channels agree, an identity BN. They are summed, then ReLU.
This file does not fuse; folding is the browser's job. Source: RepVGG (Ding et al., CVPR 2021), figure 2.
"""

import torch
from torch import Tensor, nn

from .graph_writer import GraphWriter


class RepBlock(nn.Module):
    """[N, Cin, H, W] -> [N, Cout, ceil(H/stride), ceil(W/stride)], values >= 0."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv3x3 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn3x3 = nn.BatchNorm2d(out_channels)
        self.conv1x1 = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
        self.bn1x1 = nn.BatchNorm2d(out_channels)
        has_identity = stride == 1 and in_channels == out_channels
        self.bn_identity = nn.BatchNorm2d(out_channels) if has_identity else None

    def forward(self, x: Tensor) -> Tensor:
        total = self.bn3x3(self.conv3x3(x)) + self.bn1x1(self.conv1x1(x))
        if self.bn_identity is not None:
            total = total + self.bn_identity(x)
        return torch.relu(total)

    def write(self, graph: GraphWriter, name: str, x: str) -> str:
        """Appends this block, every branch explicit, to `graph`; returns the name of its output value."""
        wide = graph.conv(f"{name}.conv3x3", x, self.conv3x3)
        wide = graph.batch_norm(f"{name}.bn3x3", wide, self.bn3x3)
        point = graph.conv(f"{name}.conv1x1", x, self.conv1x1)
        point = graph.batch_norm(f"{name}.bn1x1", point, self.bn1x1)
        total = graph.add(f"{name}.add1x1", wide, point)
        if self.bn_identity is not None:
            same = graph.batch_norm(f"{name}.bn_identity", x, self.bn_identity)
            total = graph.add(f"{name}.add_identity", total, same)
        return graph.relu(f"{name}.relu", total)
