"""Writes the measured figures of a family into its MODEL_CARD.md, between two marks; the rest of the card is prose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .export import Measured

BEGIN, END = "<!-- figures: written by training.export -->", "<!-- end of figures -->"


def write_figures(card: Path, measured: list[Measured], bare: list[tuple[Measured, float]], relative: float, n: int) -> None:
    """Replaces what stands between the marks; a card
    without them is an error, so that no figure goes stale in silence. A missing card is begun."""
    text = card.read_text(encoding="utf-8") if card.exists() else f"# {card.parent.name}\n\n{BEGIN}\n{END}\n"
    if BEGIN not in text or END not in text:
        raise ValueError(f"{card} lacks the marks {BEGIN} and {END}")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    card.write_text(f"{before}{BEGIN}\n\n{figures(measured, bare, relative, n)}\n{END}{after}", encoding="utf-8")


def figures(measured: list[Measured], bare: list[tuple[Measured, float]], relative: float, n: int) -> str:
    rows = [
        [each.design.id(), str(each.design.side), f"{each.multiply_adds / 1e6:.2f}", f"{each.parameters / 1e6:.3f}", f"{each.top1:.4f}", f"{each.top5:.4f}"]
        for each in reversed(measured)
    ]
    head = ["configuration", "side", "MAC (million)", "deploy parameters (million)", "top-1", "top-5"]
    changes = [[each.design.id(), f"{each.top1:.4f}", f"{top1:.4f}"] for each, top1 in bare]
    parts = [
        f"All on the same {n:,} images, float32, PyTorch. The standard error of a top-1 of 0.5 is {0.5 / n**0.5:.4f}.",
        "",
        *table(head, rows),
        "",
        "What re-estimating batch-norm statistics is worth (top-1, the same images; without: the full configuration's statistics):",
        "",
        *table(["configuration", "re-estimated", "without"], changes),
        "",
        f"The ONNX file agrees with PyTorch, computed branch by branch, to {relative:.1e} of the largest logit (200 images).",
    ]
    return "\n".join(parts) + "\n"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table, its first column to the left and the others to the right, padded as prettier does."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    align = [f" {'-' * width} " if i == 0 else f" {'-' * (width - 1)}: " for i, width in enumerate(widths)]
    lines = [[f" {cell.ljust(w) if i == 0 else cell.rjust(w)} " for i, (cell, w) in enumerate(zip(row, widths, strict=True))] for row in [head, *rows]]
    return ["|" + "|".join(cells) + "|" for cells in [lines[0], align, *lines[1:]]]
