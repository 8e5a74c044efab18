"""Measures a published model: `python -m training.evaluate --model public/models/<id> (--photos TAR_OR_DIR | --mnist DIR)`.

Runs model.onnx in onnxruntime, one image at a time as the browser does, and prints top-1 and top-5 with n.
For EfficientNet-Lite the PyTorch original runs beside it.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable

import numpy as np
import torch
from PIL import Image

from . import efficientnet_lite
from .mnist import load_mnist
from .photos import load_photos
from .preprocess import CropOrder, centre_crop, resize_then_crop, to_input
from .published import open_session

Classifier = Callable[[np.ndarray], np.ndarray]  # float32 [1, C, H, W] -> logits float32 [classes]


@dataclass(frozen=True)
class Accuracy:
    """Shares in 0..1 over n images, and each image's first choice."""

    n: int
    top1: float
    top5: float
    choices: tuple[int, ...]

    def __str__(self) -> str:
        return f"top-1 {self.top1:.4f}, top-5 {self.top5:.4f}, n = {self.n}"


def measure(classify: Classifier, examples: Iterable[tuple[np.ndarray, int]]) -> Accuracy:
    """Classifies every example once; ties go to the lower class index."""
    ranks, choices = [], []
    for image, label in examples:
        order = np.argsort(-classify(image), kind="stable")
        ranks.append(int(np.nonzero(order == label)[0][0]))
        choices.append(int(order[0]))
    where = np.array(ranks)
    return Accuracy(len(where), float((where < 1).mean()), float((where < 5).mean()), tuple(choices))


def largest_difference(expected: Classifier, actual: Classifier, inputs: list[np.ndarray]) -> tuple[float, float]:
    """Largest absolute logit difference over all inputs, and the largest share of an input's largest |logit| that it makes up."""
    absolute, relative = 0.0, 0.0
    for image in inputs:
        wanted = expected(image)
        difference = float(np.abs(actual(image) - wanted).max())
        absolute, relative = max(absolute, difference), max(relative, difference / float(np.abs(wanted).max()))
    return absolute, relative


def accuracy_entry(dataset: str, split: str, accuracy: Accuracy) -> dict[str, object]:
    """A measured entry of the manifest's accuracy list."""
    return {
        "dataset": dataset, "split": split, "n": accuracy.n, "top1": round(accuracy.top1, 4), "top5": round(accuracy.top5, 4),
        "source": "training/evaluate.py", "measured": True,
    }


def onnx_classifier(model: Path | bytes) -> Classifier:
    session = open_session(model)
    return lambda image: session.run(["logits"], {"input": image})[0][0]


def torch_classifier(model: torch.nn.Module) -> Classifier:
    @torch.no_grad()
    def classify(image: np.ndarray) -> np.ndarray:
        return model(torch.from_numpy(image))[0].numpy()

    return classify


def photo_examples(
    photos: list[tuple[Image.Image, int]], side: int, mean: float, std: float, order: CropOrder = centre_crop
) -> Iterable[tuple[np.ndarray, int]]:
    return ((to_input(photo, side, mean, std, order), label) for photo, label in photos)


def digit_examples(folder: Path, mean: float, std: float) -> Iterable[tuple[np.ndarray, int]]:
    """The 10,000 MNIST test images as float32 [1, 1, 28, 28]."""
    images, labels = load_mnist(folder, "test")
    pixels = (images.float() - mean) / std
    return ((image[np.newaxis], int(label)) for image, label in zip(pixels.numpy(), labels, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of the published model")
    data = parser.add_mutually_exclusive_group(required=True)
    data.add_argument("--photos", type=Path, help="tar archive or folder of the 300 ImageNet photos")
    data.add_argument("--mnist", type=Path, help="folder with the four MNIST .gz files")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    manifest = json.loads((arguments.model / "manifest.json").read_text(encoding="utf-8"))
    classify = onnx_classifier(arguments.model / manifest["file"])
    mean, std = manifest["input"]["mean"][0], manifest["input"]["std"][0]
    if arguments.mnist:
        print(f"{manifest['id']}, MNIST test, onnxruntime: {measure(classify, digit_examples(arguments.mnist, mean, std))}")
        return
    photos = load_photos(arguments.photos)
    side = manifest["input"]["shape"][3]
    classifiers = {"onnxruntime": classify}
    if manifest["id"].startswith("efficientnet-lite"):
        variant = int(manifest["id"].removeprefix("efficientnet-lite"))
        classifiers["PyTorch original"] = torch_classifier(efficientnet_lite.load(variant))
    for order in (centre_crop, resize_then_crop):
        for name, candidate in classifiers.items():
            accuracy = measure(candidate, photo_examples(photos, side, mean, std, order))
            print(f"{manifest['id']}, photos (training images), {order.__name__}, {name}: {accuracy}", flush=True)


if __name__ == "__main__":
    main()
