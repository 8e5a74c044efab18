"""Writes and reads a published model: a folder with model.onnx, manifest.json and labels.json."""

import hashlib
import json
import math
import platform
from pathlib import Path

import onnx
import onnxruntime

MEGABYTE = 1_000_000


def save_onnx(model: onnx.ModelProto, folder: Path) -> Path:
    """Writes model.onnx into a published folder, with the same bytes each time, and returns its path."""
    path = folder / "model.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
    return path


def file_entry(path: Path) -> dict[str, object]:
    """Name, size and hash of a published file, as the manifest gives them."""
    data = path.read_bytes()
    return {"file": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def save_manifest(model_path: Path, fields: dict[str, object]) -> Path:
    """Writes manifest.json beside the model: format and version first, then `fields`, with size and hash of the file."""
    manifest: dict[str, object] = {"format": "ridgepoint-model", "version": 1}
    for key, value in fields.items():
        manifest[key] = value
        if key == "file":
            entry = file_entry(model_path)
            manifest |= {"bytes": entry["bytes"], "sha256": entry["sha256"]}
    path = model_path.with_name("manifest.json")
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def open_session(model: Path | bytes, threads: int = 2) -> onnxruntime.InferenceSession:
    """An onnxruntime CPU session on a file or on serialised bytes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads must not slow PyTorch beside them
    source = str(model) if isinstance(model, Path) else model
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def operator_counts(model: onnx.ModelProto) -> dict[str, int]:
    """Nodes of each operator, most frequent first."""
    operators = [node.op_type for node in model.graph.node]
    return {name: operators.count(name) for name in sorted(set(operators), key=lambda name: (-operators.count(name), name))}


def deploy_cost(model: onnx.ModelProto) -> tuple[int, int]:
    """Multiply-adds of one run and parameters once batch norms are folded: convolutions and Gemm, a bias an output channel."""
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    shapes = {value.name: [d.dim_value for d in value.type.tensor_type.shape.dim] for value in [*inferred.graph.value_info, *inferred.graph.output]}
    shapes |= {tensor.name: list(tensor.dims) for tensor in inferred.graph.initializer}
    multiply_adds = parameters = 0
    for node in inferred.graph.node:
        if node.op_type in ("Conv", "Gemm"):
            weight = shapes[node.input[1]]
            outputs = math.prod(shapes[node.output[0]])
            multiply_adds += outputs * math.prod(weight[1:])
            parameters += math.prod(weight) + weight[0]
    return multiply_adds, parameters


def hardware(threads: int) -> str:
    """A line for the manifest: processor architecture and threads used, without anything that names the machine."""
    return f"CPU ({platform.machine()}), {threads} thread{'' if threads == 1 else 's'}, no GPU"
