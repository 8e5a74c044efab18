"""Compares what the browser composes with PyTorch, configuration by configuration:
`python -m training.check_composed --family rep-tiny --data TAR_OR_DIR --composed FOLDER`.

FOLDER holds the files of `npm run ridgepoint -- compose --model FAMILY --out FOLDER`: composed and fused by the page's code, the
same bytes as in the browser. PyTorch computes the published weights branch by branch with the published statistics. Fails unless
every configuration agrees.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from .arguments import parse_family_arguments
from .evaluate import onnx_classifier
from .family_data import load_images, to_input
from .paths import MODELS
from .published_elastic import load_published

COMPARED = 200  # test images
LEAST_AGREEMENT = 0.995  # share of them with the same first choice
TOLERANCE = {"float16": 1e-3, "float32": 1e-4}  # largest logit difference over the largest logit, by storage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--composed", type=Path, required=True, help="folder of the composed ONNX files")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the published models")
    arguments = parse_family_arguments(parser)
    family = arguments.family
    network, designs = load_published(family, arguments.rest.models / family.id)
    images, _ = load_images(family, arguments.data, "test")
    chosen = images[torch.linspace(0, len(images) - 1, COMPARED).long()]
    problems = []
    for each in designs:
        inputs = to_input(family, chosen, each.design.side)
        with torch.no_grad():
            expected = network(inputs, each.design.configuration, each.statistics, fused=False).numpy()
        classify = onnx_classifier(arguments.rest.composed / f"{each.id}.onnx")
        actual = np.stack([classify(image.numpy()) for image in inputs.split(1)])
        relative = float((np.abs(actual - expected).max(axis=1) / np.abs(expected).max(axis=1)).max())
        agreement = float((actual.argmax(axis=1) == expected.argmax(axis=1)).mean())
        print(f"{each.id}: same first choice {agreement:.4f}, max relative logit difference {relative:.2e}, n = {COMPARED}", flush=True)
        if agreement < LEAST_AGREEMENT or relative > TOLERANCE[family.storage]:
            problems.append(each.id)
    if problems:
        raise SystemExit(f"{len(problems)} of {len(designs)} configurations differ: {', '.join(problems)}")
    print(f"all {len(designs)} configurations agree")


if __name__ == "__main__":
    main()
