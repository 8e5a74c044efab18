"""The whole way of an elastic family, as its commands: check, train (one process, then resumed; two processes), recalibrate,
export – on 1,500 made-up digits, for two epochs. About a minute on two cores. What comes out is good for nothing but this."""

import gzip
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from .checkpoint import checkpoint_path
from .families import REP_DIGITS
from .paths import MODELS, ROOT

TRAIN, TEST, SIDE = 1_500, 300, 28


def write_digits(folder: Path) -> None:
    """Files in MNIST's format: class k is a bright square whose place depends on k, in noise."""
    random = np.random.default_rng(0)
    for prefix, n in (("train", TRAIN), ("t10k", TEST)):
        labels = random.integers(0, 10, n).astype(np.uint8)
        images = random.integers(0, 60, (n, SIDE, SIDE)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            top, left = 4 + 10 * (label // 5), 2 + 5 * (label % 5)
            image[top : top + 8, left : left + 5] = 230
        for kind, values in (("images-idx3", images), ("labels-idx1", labels)):
            head = struct.pack(">HBB", 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
            (folder / f"{prefix}-{kind}-ubyte.gz").write_bytes(gzip.compress(head + values.tobytes()))


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("smoke")
    (folder / "data").mkdir()
    write_digits(folder / "data")
    return folder


def run(work: Path, command: str, *options: str, processes: int = 1) -> subprocess.CompletedProcess[str]:
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"] if processes > 1 else []
    shared = ["--family", "rep-digits", "--data", str(work / "data"), "--threads", str(2 // processes)]
    arguments = [sys.executable, *launcher, "-m", f"training.{command}", *shared, *options]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False)


def test_data_check_says_what_is_wrong(work: Path) -> None:
    checked = run(work, "check_data")
    assert checked.returncode == 1 and f"train: {TRAIN:,} images" in checked.stdout
    assert "away from what families.py says" in checked.stderr


def test_train_resume_recalibrate_export(work: Path) -> None:
    state = ["--checkpoints", str(work / "state"), "--epochs", "2"]
    trained = run(work, "train", *state)
    assert trained.returncode == 0, trained.stderr
    assert "epoch 2/2" in trained.stdout
    again = run(work, "train", *state)
    assert (again.returncode, again.stdout) == (0, ""), "a finished training has nothing left to do"
    other = run(work, "train", "--checkpoints", str(work / "state"), "--epochs", "3")
    assert "made by another recipe" in other.stderr
    chosen = run(work, "recalibrate", *state)
    assert chosen.returncode == 0, chosen.stderr
    published = run(work, "export", *state, "--models", str(work / "models"))
    assert published.returncode == 0, published.stderr
    folder = work / "models" / "rep-digits"
    elastic = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["elastic"]
    costs = [each["multiplyAdds"] for each in elastic["configurations"]]
    assert costs == sorted(costs) and elastic["default"] == elastic["configurations"][-1]["id"]
    assert len(costs) > 2, "made-up digits are easy, so configurations of several costs must be found"
    assert (folder / "calibration.bin").stat().st_size == elastic["calibration"]["bytes"]
    assert "re-estimated" in (folder / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_choosing_for_the_published_weights_anew(work: Path) -> None:
    state = ["--checkpoints", str(work / "again"), "--epochs", "2", "--published"]
    chosen = run(work, "recalibrate", *state)
    assert chosen.returncode == 0, chosen.stderr
    published = run(work, "export", *state, "--models", str(work / "again-models"))
    assert published.returncode == 0, published.stderr
    folder = work / "again-models" / "rep-digits"
    ids = [each["id"] for each in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["elastic"]["configurations"]]
    assert len(ids) == len(set(ids)) > 2

    def weights(model: Path) -> dict[str, bytes]:
        """All but the statistics, which are of these made-up digits."""
        tensors = onnx.load(model).graph.initializer
        return {tensor.name: tensor.SerializeToString() for tensor in tensors if not re.search(r"bn[.](mean|var)", tensor.name)}

    assert weights(folder / "model.onnx") == weights(MODELS / "rep-digits" / "model.onnx")


def test_two_processes_train_one_network(work: Path) -> None:
    trained = run(work, "train", "--checkpoints", str(work / "two"), "--epochs", "1", processes=2)
    assert trained.returncode == 0, trained.stderr
    hashes = re.findall(r"process \d: weights (\w+)", trained.stdout)
    assert len(hashes) == 2 and hashes[0] == hashes[1], "gradients are averaged, so both hold the same weights"
    alone = run(work, "train", "--checkpoints", str(work / "one"), "--epochs", "1")
    assert alone.returncode == 0, alone.stderr
    states = [torch.load(checkpoint_path(REP_DIGITS, work / name), weights_only=True) for name in ("two", "one")]
    assert states[0]["updates"] * 2 == states[1]["updates"] - states[1]["updates"] % 2, "each took half of the epoch"
