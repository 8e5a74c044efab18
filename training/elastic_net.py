"""A branch-elastic RepVGG: one set of weights, each of whose blocks can be deployed as 3x3, 1x1 or skip.

A block adds a 3x3 convolution, a 1x1 convolution and, where the shape allows, its own input; then comes one batch
normalization and ReLU. Its deploy kinds keep less and less of it:

    3x3    all branches                     one 3x3 convolution once fused
    1x1    1x1 convolution and identity     one 1x1 convolution, 1/9 of the work
    skip   the input alone                  nothing at all

Every branch has a learned scale an output channel instead of a batch normalization of its own, so the branches stay linear
in their weights and are added *as kernels* before the one convolution that is computed: the same function and the same
gradients as three branches, at the price of one. Statistics of the normalization belong to a configuration, not to the
weights (slimmable networks, ICLR 2019), so they are passed in; without them the batch's own are used.
Sources: RepVGG (CVPR 2021), OREPA (CVPR 2022: scales instead of branch norms, kernels composed while training).
"""

from dataclasses import dataclass
from typing import Literal, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Kind = Literal["3x3", "1x1", "skip"]
Configuration = tuple[Kind, ...]  # one kind a block
BlockStatistics = tuple[Tensor, Tensor] | None  # mean and variance, float32 [channels]; None for a block that is skipped
EPSILON = 1e-5


@dataclass(frozen=True)
class BlockSpec:
    """One block: output channels and stride."""

    channels: int
    stride: int = 1


@dataclass(frozen=True)
class NetworkSpec:
    """The shape of a network: images [N, channels, H, W] in, [N, classes] logits out."""

    channels: int
    blocks: tuple[BlockSpec, ...]
    classes: int

    def inputs(self) -> tuple[int, ...]:
        """Input channels of each block."""
        return (self.channels, *(block.channels for block in self.blocks[:-1]))

    def kinds(self) -> tuple[tuple[Kind, ...], ...]:
        """The kinds each block can be deployed as; a block that changes the shape keeps its receptive field."""
        free = [block.stride == 1 and block.channels == given for block, given in zip(self.blocks, self.inputs(), strict=True)]
        return tuple(("3x3", "1x1", "skip") if each else ("3x3",) for each in free)

    def full(self) -> Configuration:
        return tuple(kinds[0] for kinds in self.kinds())

    def smallest(self) -> Configuration:
        return tuple(kinds[-1] for kinds in self.kinds())

    def multiply_adds(self, configuration: Configuration, side: int) -> int:
        """MAC of the fused form on one side x side image, classifier included."""
        total, size = self.blocks[-1].channels * self.classes, side
        for block, given, kind in zip(self.blocks, self.inputs(), configuration, strict=True):
            size = -(-size // block.stride)
            total += TAPS[kind] * given * block.channels * size * size
        return total

    def deploy_parameters(self, configuration: Configuration) -> int:
        """Weights and biases of the fused form."""
        total = (self.blocks[-1].channels + 1) * self.classes
        for block, given, kind in zip(self.blocks, self.inputs(), configuration, strict=True):
            total += 0 if kind == "skip" else (TAPS[kind] * given + 1) * block.channels
        return total


TAPS: dict[Kind, int] = {"3x3": 9, "1x1": 1, "skip": 0}


class ElasticBlock(nn.Module):
    """[N, Cin, H, W] -> [N, Cout, ceil(H/stride), ceil(W/stride)], values >= 0."""

    def __init__(self, in_channels: int, spec: BlockSpec) -> None:
        super().__init__()
        out, self.stride = spec.channels, spec.stride
        self.conv3x3 = nn.Parameter(torch.empty(out, in_channels, 3, 3))
        self.conv1x1 = nn.Parameter(torch.empty(out, in_channels, 1, 1))
        for weight in (self.conv3x3, self.conv1x1):
            nn.init.kaiming_normal_(weight, mode="fan_in", nonlinearity="relu")
        self.scale3x3 = nn.Parameter(torch.full((out,), 0.7))
        self.scale1x1 = nn.Parameter(torch.full((out,), 0.7))
        has_identity = spec.stride == 1 and in_channels == out
        self.scale_identity = nn.Parameter(torch.ones(out)) if has_identity else None
        self.gamma = nn.Parameter(torch.ones(out))
        self.beta = nn.Parameter(torch.zeros(out))

    def kernel3x3(self) -> Tensor:
        """The 3x3 branch with its scale, [Cout, Cin, 3, 3]."""
        return self.conv3x3 * self.scale3x3.view(-1, 1, 1, 1)

    def kernel1x1(self) -> Tensor:
        """The 1x1 branch with its scale, and the identity's scale on its diagonal; [Cout, Cin, 1, 1]."""
        kernel = self.conv1x1 * self.scale1x1.view(-1, 1, 1, 1)
        return kernel if self.scale_identity is None else kernel + torch.diag(self.scale_identity)[:, :, None, None]

    def linear(self, x: Tensor, kind: Kind) -> Tensor:
        """The sum of the branches that `kind` keeps, before normalization, by one convolution."""
        if kind == "1x1":
            return F.conv2d(x, self.kernel1x1(), stride=self.stride)
        return F.conv2d(x, self.kernel3x3() + F.pad(self.kernel1x1(), (1, 1, 1, 1)), stride=self.stride, padding=1)

    def branches(self, x: Tensor, kind: Kind) -> Tensor:
        """The same sum with every branch computed by itself, as the published multi-branch graph does."""
        total = F.conv2d(x, self.conv1x1 * self.scale1x1.view(-1, 1, 1, 1), stride=self.stride)
        if kind == "3x3":
            total = F.conv2d(x, self.kernel3x3(), stride=self.stride, padding=1) + total
        return total if self.scale_identity is None else total + x * self.scale_identity.view(1, -1, 1, 1)


class ElasticNet(nn.Module):
    """Images [N, C, H, W] -> logits [N, classes], in the given configuration."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.spec = spec
        self.blocks = nn.ModuleList(ElasticBlock(*each) for each in zip(spec.inputs(), spec.blocks, strict=True))
        self.classifier = nn.Linear(spec.blocks[-1].channels, spec.classes)

    def forward(
        self, x: Tensor, configuration: Configuration, statistics: Sequence[BlockStatistics] | None = None,
        fused: bool = True,
    ) -> Tensor:
        """Normalizes with `statistics`, or with those of `x` itself. `fused=False` computes branch by branch."""
        for index, (block, kind) in enumerate(zip(self.blocks, configuration, strict=True)):
            if kind != "skip":
                total = block.linear(x, kind) if fused else block.branches(x, kind)
                x = torch.relu(normalize(total, block, statistics[index] if statistics else None))
        return self.classifier(x.mean(dim=(2, 3)))

    @torch.no_grad()
    def statistics(self, x: Tensor, configuration: Configuration) -> list[BlockStatistics]:
        """Exact mean and variance of every normalization over the images `x`, layer by layer: the re-estimation."""
        found: list[BlockStatistics] = []
        for block, kind in zip(self.blocks, configuration, strict=True):
            if kind == "skip":
                found.append(None)
                continue
            total = block.linear(x, kind)
            variance, mean = torch.var_mean(total.float(), dim=(0, 2, 3), correction=0)
            found.append((mean, variance))
            x = torch.relu(normalize(total, block, (mean, variance)))
        return found


def normalize(x: Tensor, block: ElasticBlock, statistics: BlockStatistics) -> Tensor:
    """Batch normalization by the given statistics, or by those of the batch."""
    mean, variance = statistics or (None, None)
    return F.batch_norm(x, mean, variance, block.gamma, block.beta, training=statistics is None, eps=EPSILON)
