"""Checkpoints of an elastic training: written after each epoch, resumed by the same command, read by the export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from .elastic_net import ElasticNet
from .families import Family

if TYPE_CHECKING:
    from .train import Trainer


def checkpoint_path(family: Family, folder: Path) -> Path:
    return folder / f"{family.id}.pt"


def save(trainer: Trainer, path: Path) -> None:
    """Everything training needs to go on; the file before stays until this one is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.pt")
    state = {
        "model": trainer.network.state_dict(), "average": trainer.average.model.state_dict(), "updates": trainer.average.updates,
        "optimizer": trainer.optimizer.state_dict(), "epochs": trainer.epoch, "recipe": vars(trainer.family.recipe),
    }
    torch.save(state, partial)
    partial.replace(path)


def resume(trainer: Trainer, path: Path) -> None:
    """Goes on from a checkpoint of the same recipe."""
    state = torch.load(path, weights_only=True, map_location=trainer.place.device)
    if state["recipe"] != vars(trainer.family.recipe):
        raise SystemExit(f"{path.name} was made by another recipe; move it away to train again")
    trainer.network.load_state_dict(state["model"])
    trainer.average.model.load_state_dict(state["average"])
    trainer.average.updates, trainer.epoch = state["updates"], state["epochs"]
    trainer.optimizer.load_state_dict(state["optimizer"])


def load_average(family: Family, folder: Path) -> ElasticNet:
    """The averaged weights of a finished training."""
    state = torch.load(checkpoint_path(family, folder), weights_only=True, map_location="cpu")
    if state["epochs"] < family.recipe.epochs:
        raise SystemExit(f"{family.id}: trained for {state['epochs']} of {family.recipe.epochs} epochs; run training.train first")
    network = ElasticNet(family.network)
    network.load_state_dict(state["average"])
    return network.eval().requires_grad_(False)
