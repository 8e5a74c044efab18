"""Trains an elastic family: `python -m training.train --family rep-tiny --data TAR_OR_DIR`.

`--refine` trains a family's published weights further, by its second recipe. Each epoch ends in a checkpoint; the same command resumes from it. Under `torchrun --nproc-per-node N` every process takes
its share of each epoch and gradients are averaged (DistributedDataParallel), on a GPU each where there are any; the batch in the recipe is that of one process.

A step is the sandwich rule of universally slimmable networks (ICCV 2019): the full configuration learns from labels and, where
there is one, the teacher; one random configuration, at a random input side, learns from the same and from the full one.
The test images are never read here.
"""

import argparse
import hashlib
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Generator, Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from .arguments import parse_family_arguments
from .average import ModelAverage
from .checkpoint import checkpoint_path, resume, save
from .elastic_net import Configuration, ElasticNet
from .families import Family, Recipe
from .family_data import augment, load_images, to_input
from .paths import MODELS
from .published_elastic import load_published
from .recalibrate import calibration_images, selection_images, top1
from .teacher import teacher_probabilities


@dataclass(frozen=True)
class Place:
    """Which of how many processes this is, and where it computes."""

    rank: int = 0
    world: int = 1
    device: torch.device = torch.device("cpu")


def join_processes() -> Place:
    """This process's place among those that `torchrun` started; alone without it."""
    rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    has_gpu = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if has_gpu else torch.device("cpu")
    if world > 1:
        dist.init_process_group("nccl" if has_gpu else "gloo")
    return Place(rank, world, device)


class Sandwich(nn.Module):
    """The full configuration and a smaller one in one call, so that DistributedDataParallel sees every weight used."""

    def __init__(self, network: ElasticNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, large: Tensor, small: Tensor, configuration: Configuration) -> tuple[Tensor, Tensor]:
        return self.network(large, self.network.spec.full()), self.network(small, configuration)


def learning_rate(recipe: Recipe, epoch: float) -> float:
    """The rate at a fractional epoch in [0, epochs]."""
    if epoch < recipe.warmup_epochs:
        return recipe.peak_rate * epoch / recipe.warmup_epochs
    cosine_epochs = recipe.epochs - recipe.polish_epochs
    if epoch >= cosine_epochs:
        return recipe.polish_rate * (recipe.epochs - epoch) / recipe.polish_epochs
    progress = (epoch - recipe.warmup_epochs) / (cosine_epochs - recipe.warmup_epochs)
    return recipe.peak_rate * 0.5 * (1 + math.cos(math.pi * progress))


def full_side(family: Family, progress: float) -> int:
    """Input side of the full configuration at a share of the training in [0, 1)."""
    return next((side for until, side in family.recipe.growth if progress < until), family.sides[0])


def random_configuration(family: Family, random: Generator) -> Configuration:
    """Draws how deep the network shall be, then each block by itself, so that every cost from smallest to full comes up."""
    if torch.rand(1, generator=random).item() < family.recipe.smallest_share:
        return family.network.smallest()
    deep = torch.rand(1, generator=random).item()

    def pick(kinds: tuple) -> str:
        if torch.rand(1, generator=random).item() < deep:
            return kinds[0]
        return kinds[int(torch.randint(1, len(kinds), (1,), generator=random))] if len(kinds) > 1 else kinds[0]

    return tuple(pick(kinds) for kinds in family.network.kinds())


def make_optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.SGD:
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=recipe.peak_rate, momentum=recipe.momentum, nesterov=True, foreach=True)


def soft_targets(family: Family, labels: Tensor, teacher: Tensor | None) -> Tensor:
    """[N, classes] probabilities: the label, smoothed, and the teacher's opinion of the image."""
    recipe, classes = family.recipe, family.network.classes
    targets = F.one_hot(labels, classes).float() * (1 - recipe.label_smoothing) + recipe.label_smoothing / classes
    return targets if teacher is None else torch.lerp(targets, teacher.float(), recipe.teacher_share)


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean over the batch of `-Σ target · log softmax(logits)`; both [N, classes]."""
    return -(targets * F.log_softmax(logits.float(), dim=1)).sum(dim=1).mean()


def batches(labels: Tensor, recipe: Recipe, random: Generator, place: Place) -> Iterator[Tensor]:
    """Indices of this process's share of one epoch, batch by batch; incomplete batches are left out."""
    order = torch.randperm(len(labels), generator=random)
    steps = len(labels) // (recipe.batch * place.world)
    for step in range(steps):
        yield order[(step * place.world + place.rank) * recipe.batch :][: recipe.batch]


def mixed(pixels: Tensor, targets: Tensor, alpha: float, random: Generator) -> tuple[Tensor, Tensor]:
    """Mixup (ICLR 2018): each image and target blended with another of the batch by one weight from Beta(alpha, alpha)."""
    if alpha == 0:
        return pixels, targets
    a, b = (torch._standard_gamma(torch.tensor(alpha), generator=random) for _ in range(2))
    weight = float(torch.maximum(a, b) / (a + b))
    other = torch.randperm(len(pixels), generator=random)
    return torch.lerp(pixels[other], pixels, weight), torch.lerp(targets[other], targets, weight)


class Trainer:
    """Model, average, optimizer and data of one process."""

    def __init__(self, family: Family, images: Tensor, labels: Tensor, teacher: Tensor | None, place: Place | None = None) -> None:
        torch.manual_seed(family.recipe.seed)
        self.family, self.images, self.labels, self.teacher = family, images, labels, teacher
        self.place, self.epoch = place or Place(), 0
        self.network = ElasticNet(family.network).to(self.place.device)
        self.average = ModelAverage(self.network, family.recipe.average_decay)
        self.optimizer = make_optimizer(self.network, family.recipe)
        sandwich = Sandwich(self.network)
        self.model: nn.Module = DistributedDataParallel(sandwich) if self.place.world > 1 else sandwich

    def start_from(self, network: ElasticNet) -> None:
        """Takes over the weights of another training, the averaged ones with them."""
        for own in (self.network, self.average.model):
            own.load_state_dict(network.state_dict())

    def train_epoch(self) -> float:
        """One pass over the images; returns the mean loss. Its randomness depends on seed, epoch and rank only."""
        recipe, losses = self.family.recipe, []
        order = Generator().manual_seed(recipe.seed * 10_000 + self.epoch)
        random = Generator().manual_seed((recipe.seed * 10_000 + self.epoch) * 1_000 + 1 + self.place.rank)
        steps = len(self.labels) // (recipe.batch * self.place.world)
        for step, chosen in enumerate(batches(self.labels, recipe, order, self.place)):
            at = self.epoch + step / steps
            for group in self.optimizer.param_groups:
                group["lr"] = learning_rate(recipe, at)
            losses.append(self.step(chosen, full_side(self.family, at / recipe.epochs), random))
        self.epoch += 1
        return sum(losses) / len(losses)

    def step(self, chosen: Tensor, side: int, random: Generator) -> float:
        family, recipe, device = self.family, self.family.recipe, self.place.device
        pixels = augment(family, self.images[chosen], random)
        targets = soft_targets(family, self.labels[chosen], None if self.teacher is None else self.teacher[chosen])
        pixels, targets = mixed(pixels, targets, recipe.mixup, random)
        small_side = family.sides[int(torch.randint(0, len(family.sides), (1,), generator=random))]
        large = to_input(family, pixels, side).to(device)
        small = large if small_side == side else to_input(family, pixels, small_side).to(device)
        targets = targets.to(device)
        with torch.autocast(device.type, getattr(torch, recipe.precision), enabled=recipe.precision != "float32"):
            full, part = self.model(large, small, random_configuration(family, random))
        small_targets = torch.lerp(targets, full.detach().float().softmax(dim=1), recipe.in_place_share)
        loss = cross_entropy(full, targets) + cross_entropy(part, small_targets)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.average.update(self.network)
        return loss.item() / 2

    def progress(self) -> str:
        """Accuracy of the averaged weights on training images, full and smallest, statistics re-estimated."""
        network, family, device = self.average.model, self.family, self.place.device
        images, labels = selection_images(self.images, self.labels)
        calibration, inputs = (to_input(family, part, family.sides[0]).to(device) for part in (calibration_images(self.images), images))
        parts = []
        for configuration in (family.network.full(), family.network.smallest()):
            share = top1(network, configuration, network.statistics(calibration, configuration), inputs, labels.to(device))
            parts.append(f"{share:.4f}")
        return f"averaged model on {len(labels)} training images: full {parts[0]}, smallest {parts[1]}"


def train(trainer: Trainer, checkpoint: Path) -> None:
    """Trains up to the recipe's epochs, one checkpoint each."""
    while trainer.epoch < trainer.family.recipe.epochs:
        started = time.perf_counter()
        loss = trainer.train_epoch()
        seconds = time.perf_counter() - started
        if trainer.place.rank == 0:
            save(trainer, checkpoint)
            progress = trainer.progress()
            print(f"epoch {trainer.epoch}/{trainer.family.recipe.epochs}: loss {loss:.4f}, {progress}, {seconds:.0f} s", flush=True)


def load_data(family: Family, source: Path, place: Place) -> tuple[Tensor, Tensor, Tensor | None]:
    """Images, labels and the teacher's probabilities; the first process fills the caches, the others wait for it."""
    if place.rank > 0:
        dist.barrier()
    images, labels = load_images(family, source, "train")
    teacher = teacher_probabilities(images, labels) if family.recipe.teacher_share > 0 else None
    if place.rank == 0 and place.world > 1:
        dist.barrier()
    return images, labels, teacher


def main() -> None:
    arguments = parse_family_arguments(argparse.ArgumentParser(description=__doc__))
    family, checkpoint = arguments.family, checkpoint_path(arguments.family, arguments.checkpoints)
    place = join_processes()
    trainer = Trainer(family, *load_data(family, arguments.data, place), place)
    if checkpoint.exists():
        resume(trainer, checkpoint)
    elif family.recipe.earlier_epochs > 0:
        trainer.start_from(load_published(family, MODELS / family.id)[0])
    train(trainer, checkpoint)
    if place.world > 1:
        weights = torch.cat([weight.detach().flatten().cpu() for weight in trainer.network.parameters()])
        print(f"process {place.rank}: weights {hashlib.sha256(weights.numpy().tobytes()).hexdigest()[:16]}", flush=True)
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
