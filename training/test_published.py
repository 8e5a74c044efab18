"""The published folders hold together: manifest, hash, labels and graph agree."""

import hashlib
import json
from pathlib import Path

import onnx
import pytest

from .paths import MODELS
from .published import operator_counts

FOLDERS = sorted(path.parent for path in MODELS.glob("*/manifest.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_manifest_describes_the_file_beside_it(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    data = (folder / manifest["file"]).read_bytes()
    assert (manifest["bytes"], manifest["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert manifest["id"] == folder.name
    labels = json.loads((folder / manifest["labels"]).read_text(encoding="utf-8"))
    assert len(labels) == len(set(labels)) == manifest["output"]["classes"]
    model = onnx.load_model_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    shape = [dimension.dim_value for dimension in model.graph.input[0].type.tensor_type.shape.dim]
    assert (model.graph.input[0].name, shape) == (manifest["input"]["name"], manifest["input"]["shape"])
    assert model.graph.output[0].name == manifest["output"]["name"]
    assert "Pad" not in operator_counts(model) and "BatchNormalization" in operator_counts(model)
    assert any(entry["measured"] for entry in manifest["accuracy"]), "run training.evaluate on the current file"
