"""The options that the commands for elastic families share."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from .families import FAMILIES, Family, with_settings
from .paths import CHECKPOINTS


@dataclass(frozen=True)
class FamilyArguments:
    """What a command works on; further options stay in `rest`."""

    family: Family
    data: Path
    checkpoints: Path
    threads: int
    rest: argparse.Namespace


def parse_family_arguments(parser: argparse.ArgumentParser) -> FamilyArguments:
    """Adds the shared options to a command's own, reads the command line and sets PyTorch's threads."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--family", choices=sorted(FAMILIES), required=True)
    parser.add_argument("--data", type=Path, required=True, help="MNIST folder, or Tiny-ImageNet archive or folder")
    parser.add_argument("--checkpoints", type=Path, default=CHECKPOINTS, help="where training keeps its state")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's, for a trial; give the same to each command")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads of each process, by default 2")
    parser.add_argument("--refine", action="store_true", help="the family's second training, from its published weights")
    rest = parser.parse_args()
    torch.set_num_threads(rest.threads)
    torch.set_flush_denormal(True)
    family = FAMILIES[rest.family]
    if rest.refine:
        if family.refinement is None:
            parser.error(f"{family.id} has no refinement")
        family = replace(family, recipe=family.refinement)
    if rest.epochs is not None:
        family = replace(with_settings(family, epochs=rest.epochs), least_top1=0.0)  # a trial publishes whatever comes out
    return FamilyArguments(family, rest.data, rest.checkpoints, rest.threads, rest)
