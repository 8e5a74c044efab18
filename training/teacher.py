"""The teacher of rep-tiny: EfficientNet-Lite2's features and a linear probe, as 200 probabilities a training image.

EfficientNet-Lite was trained on ImageNet-1k, from which Tiny-ImageNet is cut, so what it knows of these 200 classes is
more than 100,000 small images tell. Its features of the enlarged image are computed once; a logistic regression on half
of the images gives the probabilities of the other half, so that no image is judged by a probe that saw its label. The padding
of the strided convolutions is that of Lite2's native 260 pixels, a pixel off at 192 in three of them.
Everything is kept in training/cache. `python -m training.teacher --data TAR_OR_DIR` also measures it on the test images.
"""

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from . import efficientnet_lite as lite
from .paths import CACHE
from .published import open_session
from .tiny_imagenet import CLASSES, load_tiny_imagenet

VARIANT, SIDE, BATCH = 2, 192, 50
PROBE_EPOCHS, PROBE_BATCH, PROBE_RATE, PROBE_DECAY = 12, 500, 1e-3, 1e-2
PROBE_DROPOUT = 0.2


def features(images: Tensor) -> Tensor:
    """uint8 [n, 3, 64, 64] -> pooled features, float32 [n, 1280], one view of each image; kept in the cache."""
    path = _cached(images, "features")
    if not path.exists():
        session = open_session(lite.to_feature_onnx(lite.load(VARIANT), VARIANT, SIDE, BATCH).SerializeToString())
        found, started = [], time.perf_counter()
        for index, part in enumerate(images.split(BATCH)):
            found.append(session.run(None, {"input": _enlarged(part)})[0].astype(np.float16))
            if index % 200 == 199:
                print(f"teacher features: {(index + 1) * BATCH} of {len(images)} images, {time.perf_counter() - started:.0f} s", flush=True)
        _keep(path, np.concatenate(found))
    return torch.from_numpy(np.load(path)).float()


def _cached(images: Tensor, what: str) -> Path:
    """Where this is kept for these very images, told apart by a sample of their pixels."""
    key = hashlib.sha256(images[:: max(1, len(images) // 100)].numpy().tobytes()).hexdigest()[:8]
    return CACHE / f"lite{VARIANT}-{SIDE}-{what}-{len(images)}-{key}.npy"


def _keep(path: Path, values: np.ndarray) -> None:
    """Writes the whole file before it gets its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npy")
    np.save(partial, values)
    partial.replace(path)


def _enlarged(pixels: Tensor) -> np.ndarray:
    large = F.interpolate(pixels.float(), size=(SIDE, SIDE), mode="bicubic", align_corners=False).clamp(0, 255)
    return ((large - lite.PIXEL_MEAN) / lite.PIXEL_STD).numpy()


def fit_probe(inputs: Tensor, labels: Tensor, seed: int) -> nn.Linear:
    """Logistic regression [n, 1280] -> 200 classes, regularized by weight decay and feature dropout."""
    torch.manual_seed(seed)
    random = Generator().manual_seed(seed)
    probe = nn.Linear(inputs.shape[1], CLASSES)
    optimizer = torch.optim.AdamW(probe.parameters(), lr=PROBE_RATE, weight_decay=PROBE_DECAY)
    steps = PROBE_EPOCHS * (len(labels) // PROBE_BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(PROBE_EPOCHS):
        order = torch.randperm(len(labels), generator=random)
        for chosen in order[: len(order) // PROBE_BATCH * PROBE_BATCH].split(PROBE_BATCH):
            loss = F.cross_entropy(probe(F.dropout(inputs[chosen], PROBE_DROPOUT)), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return probe.requires_grad_(False)


def teacher_probabilities(images: Tensor, labels: Tensor) -> Tensor:
    """The teacher's opinion of every training image by a probe fitted to the other half; float16 [n, 200]."""
    path = _cached(images, "probabilities")
    if not path.exists():
        inputs = features(images)
        half = torch.randperm(len(labels), generator=Generator().manual_seed(0)) % 2
        found = torch.zeros(len(labels), CLASSES)
        for fold in (0, 1):
            probe = fit_probe(inputs[half != fold], labels[half != fold], seed=fold)
            found[half == fold] = probe(inputs[half == fold]).softmax(dim=1)
        _keep(path, found.half().numpy())
    return torch.from_numpy(np.load(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="Tiny-ImageNet archive or folder")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    images, labels = load_tiny_imagenet(arguments.data, "train")
    right = (teacher_probabilities(images, labels).float().argmax(1) == labels).float().mean().item()
    print(f"training images, probe of the other half: top-1 {right:.4f}, n = {len(labels)}")
    test_images, test_labels = load_tiny_imagenet(arguments.data, "val")
    probe = fit_probe(features(images), labels, seed=0)
    right = (probe(features(test_images)).argmax(1) == test_labels).float().mean().item()
    print(f"validation images, probe of all training images: top-1 {right:.4f}, n = {len(test_labels)}")


if __name__ == "__main__":
    main()
