"""What each idea of the rep-tiny recipe gives: `python -m training.trials --data TAR_OR_DIR [--idea NAME …]`.

Every idea is trained for two epochs on 60,000 training images at 48 x 48 with one learning-rate cycle, and measured on 5,000
other training images, drawn at random, that the trial never sees. Differences below about one point are noise at this length.
"""

import argparse
import time
from pathlib import Path
from typing import Sequence

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from .average import ModelAverage
from .elastic_net import EPSILON, BlockStatistics, Configuration, ElasticNet, Kind
from .families import REP_TINY, with_settings
from .family_data import load_images, to_input
from .teacher import teacher_probabilities
from .tiny_imagenet import CLASSES
from .train import Sandwich, Trainer, make_optimizer

SIDE, IMAGES, HELD_OUT = 48, 60_000, 5_000
BASE: dict[str, object] = {
    "epochs": 2, "peak_rate": 0.1, "weight_decay": 1e-4, "warmup_epochs": 0.3, "growth": ((1.0, SIDE),), "average_decay": 0.99,
    "teacher_share": 0.0, "label_smoothing": 0.1, "in_place_share": 0.5,
}
IDEAS: dict[str, dict[str, object]] = {
    "base": {},
    "a norm a branch": {},
    "teacher": {"teacher_share": 0.7, "label_smoothing": 0.0},
    "teacher, not in place": {"teacher_share": 0.7, "label_smoothing": 0.0, "in_place_share": 0.0},
    "teacher, mixup": {"teacher_share": 0.7, "label_smoothing": 0.0, "mixup": 0.2},
    "teacher, rate 0.2": {"teacher_share": 0.7, "label_smoothing": 0.0, "peak_rate": 0.2},
    "teacher, rate 0.4": {"teacher_share": 0.7, "label_smoothing": 0.0, "peak_rate": 0.4},
}


class BranchNormNet(ElasticNet):
    """RepVGG as published: a batch normalization in every branch, none after the sum. Normalizes by the batch only."""

    def __init__(self, spec) -> None:
        super().__init__(spec)
        self.gammas = nn.ParameterList(torch.ones(block.channels) for block in spec.blocks for _ in range(3))
        self.betas = nn.ParameterList(torch.zeros(block.channels) for block in spec.blocks for _ in range(3))

    def forward(
        self, x: Tensor, configuration: Configuration, statistics: Sequence[BlockStatistics] | None = None, fused: bool = True
    ) -> Tensor:
        for index, (block, kind) in enumerate(zip(self.blocks, configuration, strict=True)):
            if kind != "skip":
                x = torch.relu(sum(self.branches(index, block, x, kind)))
        return self.classifier(x.mean(dim=(2, 3)))

    def branches(self, index: int, block: nn.Module, x: Tensor, kind: Kind) -> list[Tensor]:
        """1x1, 3x3 and identity, as far as there are, each under the norm that is its own in every kind."""
        parts = {0: F.conv2d(x, block.conv1x1, stride=block.stride)}
        if kind == "3x3":
            parts[1] = F.conv2d(x, block.conv3x3, stride=block.stride, padding=1)
        if block.scale_identity is not None:
            parts[2] = x
        norms = {branch: (self.gammas[3 * index + branch], self.betas[3 * index + branch]) for branch in parts}
        return [F.batch_norm(part, None, None, *norms[branch], training=True, eps=EPSILON) for branch, part in parts.items()]


@torch.no_grad()
def accuracy(network: ElasticNet, configuration: Configuration, inputs: Tensor, labels: Tensor) -> float:
    """Top-1 with the statistics of the measured images themselves, 1,000 at a time: the same for every kind of norm."""
    hits = [network(part, configuration).argmax(1) == label for part, label in zip(inputs.split(1000), labels.split(1000), strict=True)]
    return torch.cat(hits).float().mean().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="Tiny-ImageNet archive or folder")
    parser.add_argument("--idea", nargs="*", choices=list(IDEAS), default=list(IDEAS))
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    torch.set_flush_denormal(True)
    images, labels = load_images(REP_TINY, arguments.data, "train")
    teacher = teacher_probabilities(images, labels)
    order = torch.randperm(len(labels), generator=Generator().manual_seed(1))
    held, seen = order[:HELD_OUT], order[HELD_OUT:][:IMAGES]
    inputs = to_input(REP_TINY, images[held], SIDE)
    configurations = {
        "full": REP_TINY.network.full(), "smallest": REP_TINY.network.smallest(),
        "1x1": tuple("1x1" if "1x1" in kinds else "3x3" for kinds in REP_TINY.network.kinds()),
    }
    for idea in arguments.idea:
        family = with_settings(REP_TINY, **(BASE | IDEAS[idea]))
        trainer = Trainer(family, images[seen], labels[seen], teacher[seen])
        if idea == "a norm a branch":
            torch.manual_seed(family.recipe.seed)
            trainer.network = BranchNormNet(family.network)
            trainer.average = ModelAverage(trainer.network, family.recipe.average_decay)
            trainer.optimizer, trainer.model = make_optimizer(trainer.network, family.recipe), Sandwich(trainer.network)
        started = time.perf_counter()
        losses = [trainer.train_epoch() for _ in range(family.recipe.epochs)]
        seconds = time.perf_counter() - started
        cells = [
            f"{name} {accuracy(trainer.average.model, c, inputs, labels[held]):.3f} ({accuracy(trainer.network, c, inputs, labels[held]):.3f} not averaged)"
            for name, c in configurations.items()
        ]
        print(f"{idea}: {', '.join(cells)}; loss {losses[-1]:.3f}; {seconds:.0f} s, n = {HELD_OUT}", flush=True)


if __name__ == "__main__":
    main()
