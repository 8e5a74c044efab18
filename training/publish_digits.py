"""Exports a trained rep-digits network, checks it in onnxruntime and writes public/models/rep-digits."""

import json
from itertools import islice
from pathlib import Path

from .evaluate import accuracy_entry, digit_examples, largest_difference, measure, onnx_classifier, torch_classifier
from .published import MEGABYTE, hardware, operator_counts, save_manifest, save_onnx
from .rep_digits import INPUT_SHAPE, PIXEL_MEAN, PIXEL_STD, RepDigits, to_onnx

MODEL_ID = "rep-digits"
COMPARED = 200  # test images run through both PyTorch and onnxruntime
TOLERANCE = 1e-4  # of the largest logit; only the order of the sums differs


def publish(model: RepDigits, data: Path, seed: int, epochs: int, threads: int) -> None:
    """`model` in evaluation mode; `data` is the MNIST folder, for the checks and the measured accuracy."""
    onnx_model = to_onnx(model)
    path = save_onnx(onnx_model, MODEL_ID)
    print(f"operators: {operator_counts(onnx_model)}; {path.stat().st_size / MEGABYTE:.3f} MB")
    classify = onnx_classifier(path)
    inputs = [image for image, _ in islice(digit_examples(data, PIXEL_MEAN, PIXEL_STD), COMPARED)]
    absolute, relative = largest_difference(torch_classifier(model), classify, inputs)
    print(f"ONNX against PyTorch, {COMPARED} test images: max abs {absolute:.3g}, max rel {relative:.3g}")
    assert relative <= TOLERANCE, f"the exported graph differs from PyTorch by more than {TOLERANCE}"
    accuracy = measure(classify, digit_examples(data, PIXEL_MEAN, PIXEL_STD))
    print(f"MNIST test, onnxruntime: {accuracy}")
    labels = [str(digit) for digit in range(10)]
    path.with_name("labels.json").write_text(json.dumps(labels) + "\n", encoding="utf-8")
    save_manifest(path, manifest_fields([accuracy_entry("MNIST", "test", accuracy)], seed, epochs, threads))


def manifest_fields(measured: list[dict[str, object]], seed: int, epochs: int, threads: int) -> dict[str, object]:
    return {
        "id": MODEL_ID,
        "name": "Rep-Digits",
        "summary": "Reads one handwritten digit, light on dark or dark on light.",
        "task": "image-classification",
        "file": "model.onnx",
        "storage": "float32",
        "input": {
            "name": "input", "shape": list(INPUT_SHAPE), "colour": "gray", "cropFraction": 1,
            "mean": [PIXEL_MEAN], "std": [PIXEL_STD], "polarity": "light-on-dark",
        },
        "output": {"name": "logits", "classes": 10},
        "labels": "labels.json",
        "accuracy": measured,
        "licence": {
            "weights": "MIT",
            "source": "trained here by training/train_digits.py",
            "data": "MNIST (LeCun, Cortes and Burges); no image is included here",
        },
        "training": {
            "command": f"python -m training.train_digits --data DIR --threads {threads}", "seed": seed, "epochs": epochs,
            "hardware": hardware(threads),
        },
    }
