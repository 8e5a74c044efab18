"""Trains rep-digits on MNIST and writes public/models/rep-digits: `python -m training.train_digits --data DIR`.

Each epoch ends in a checkpoint; the same command resumes from it and, once trained, only exports and measures again.
The published weights are the moving average after the last epoch. The test images are read only by publish(), at the
end: progress is shown on training images, so nothing can be selected on the test set.
"""

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .average import ModelAverage
from .digit_augment import augment
from .mnist import load_mnist
from .publish_digits import publish
from .rep_digits import PIXEL_MEAN, PIXEL_STD, RepDigits

CHECKPOINT = Path(__file__).parent / "checkpoints" / "rep-digits.pt"
PROGRESS_IMAGES = 10_000  # training images, not augmented, on which the averaged model is measured after each epoch


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the trained weights, apart from the data and the arithmetic of the machine."""

    seed: int = 0
    epochs: int = 8
    batch: int = 128
    peak_rate: float = 0.1  # SGD with Nesterov momentum; linear warm-up, then cosine to zero
    warmup_epochs: float = 1.0
    momentum: float = 0.9
    weight_decay: float = 5e-4  # on convolution and linear weights only
    label_smoothing: float = 0.05
    average_decay: float = 0.998
    precision: str = "bfloat16"  # of activations while training (autocast); weights, gradients and the export are float32


def standardise(pixels: Tensor) -> Tensor:
    """Pixels in 0..255, any shape -> the network's input, same shape, float32."""
    return (pixels.float() - PIXEL_MEAN) / PIXEL_STD


def learning_rate(recipe: Recipe, epoch: float) -> float:
    """The rate at a fractional epoch in [0, epochs]."""
    if epoch < recipe.warmup_epochs:
        return recipe.peak_rate * epoch / recipe.warmup_epochs
    progress = (epoch - recipe.warmup_epochs) / (recipe.epochs - recipe.warmup_epochs)
    return recipe.peak_rate * 0.5 * (1 + math.cos(math.pi * progress))


def make_optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.SGD:
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=recipe.peak_rate, momentum=recipe.momentum, nesterov=True)


def train_epoch(
    model: RepDigits, average: ModelAverage, optimizer: torch.optim.SGD, images: Tensor, labels: Tensor,
    recipe: Recipe, epoch: int,
) -> float:
    """One pass over uint8 [n, 1, 28, 28] and int64 [n]; returns the mean loss. Its randomness depends on seed and epoch only."""
    random = torch.Generator().manual_seed(recipe.seed * 10_000 + epoch)
    order = torch.randperm(len(labels), generator=random)
    steps = len(labels) // recipe.batch
    total = 0.0
    model.train()
    for step in range(steps):
        chosen = order[step * recipe.batch : (step + 1) * recipe.batch]
        inputs = standardise(augment(images[chosen].float() / 255, random) * 255)
        with torch.autocast("cpu", getattr(torch, recipe.precision)):
            logits = model(inputs)
        loss = F.cross_entropy(logits.float(), labels[chosen], label_smoothing=recipe.label_smoothing)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(recipe, epoch + step / steps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        average.update(model)
        total += loss.item()
    return total / steps


@torch.no_grad()
def top1(model: RepDigits, images: Tensor, labels: Tensor) -> float:
    """Share of uint8 images [n, 1, 28, 28] whose largest logit is the label."""
    model.eval()
    predictions = torch.cat([model(standardise(part)).argmax(1) for part in images.split(1000)])
    return (predictions == labels).float().mean().item()


def train(data: Path, recipe: Recipe, checkpoint: Path) -> RepDigits:
    """Trains, or resumes, up to `recipe.epochs`; returns the averaged model in evaluation mode."""
    torch.manual_seed(recipe.seed)
    model = RepDigits()
    average = ModelAverage(model, recipe.average_decay)
    optimizer = make_optimizer(model, recipe)
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        if state["recipe"] != vars(recipe):
            raise SystemExit(f"{checkpoint.name} was made by another recipe; delete it to train again")
        model.load_state_dict(state["model"])
        average.model.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        average.updates, first = state["updates"], state["epochs"]
    images, labels = load_mnist(data, "train")
    for epoch in range(first, recipe.epochs):
        started = time.perf_counter()
        loss = train_epoch(model, average, optimizer, images, labels, recipe, epoch)
        accuracy = top1(average.model, images[:PROGRESS_IMAGES], labels[:PROGRESS_IMAGES])
        seconds = time.perf_counter() - started
        print(f"epoch {epoch + 1}/{recipe.epochs}: loss {loss:.4f}, averaged model {accuracy:.4f} on training images, {seconds:.0f} s", flush=True)
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        parts = {"model": model.state_dict(), "average": average.model.state_dict(), "optimizer": optimizer.state_dict()}
        partial = checkpoint.with_suffix(".partial.pt")
        torch.save({**parts, "recipe": vars(recipe), "updates": average.updates, "epochs": epoch + 1}, partial)
        partial.replace(checkpoint)
    return average.model.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the four MNIST .gz files")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads, by default 2")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    recipe = Recipe()
    model = train(arguments.data, recipe, CHECKPOINT)
    publish(model, arguments.data, seed=recipe.seed, epochs=recipe.epochs, threads=arguments.threads)


if __name__ == "__main__":
    main()
