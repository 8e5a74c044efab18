"""Writes static ONNX graphs node by node, so that BatchNormalization stays explicit.

torch.onnx folds batch norm in evaluation mode and leaves dynamic sub-graphs for "same" padding; the browser wants neither.
Every node carries the dotted path of its PyTorch module; the value a node makes is `<node>.out` unless named otherwise.
`float16` storage: Conv and Gemm weights become FLOAT16 initializers `<weight>.fp16`, each widened by a Cast to `<weight>`,
so the file is half as large and still plain ONNX. BN parameters and biases stay float32.
"""

from typing import Literal, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

OPSET = 17
IR_VERSION = 8  # the version that belongs to opset 17; older runtimes read it
Storage = Literal["float32", "float16"]


class GraphWriter:
    """Collects nodes and initializers; each method appends one operator and returns the name of its output value."""

    def __init__(self, name: str, input_name: str, input_shape: Sequence[int], storage: Storage) -> None:
        self._name = name
        self._input = helper.make_tensor_value_info(input_name, TensorProto.FLOAT, list(input_shape))
        self._storage = storage
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: dict[str, TensorProto] = {}

    def conv(self, name: str, x: str, conv: nn.Conv2d, pads: Sequence[int] | None = None) -> str:
        """Conv2d. `pads` is ONNX order [top, left, bottom, right]; by default the module's symmetric padding."""
        if pads is None:
            rows, columns = conv.padding
            pads = (rows, columns, rows, columns)
        inputs = [x, self._weight(f"{name}.weight", conv.weight)]
        if conv.bias is not None:
            inputs.append(self._parameter(f"{name}.bias", conv.bias))
        return self._node(
            "Conv", name, inputs,
            kernel_shape=list(conv.kernel_size), strides=list(conv.stride), pads=list(pads),
            dilations=list(conv.dilation), group=conv.groups,
        )

    def batch_norm(self, name: str, x: str, norm: nn.BatchNorm2d) -> str:
        """BatchNormalization in inference form, with the module's own statistics and epsilon."""
        parameters = {"weight": norm.weight, "bias": norm.bias, "mean": norm.running_mean, "var": norm.running_var}
        inputs = [x] + [self._parameter(f"{name}.{key}", value) for key, value in parameters.items()]
        return self._node("BatchNormalization", name, inputs, epsilon=float(norm.eps))

    def relu(self, name: str, x: str) -> str:
        return self._node("Relu", name, [x])

    def relu6(self, name: str, x: str) -> str:
        """Clip to [0, 6]; all clips share one pair of scalar bounds."""
        low, high = self._scalar("relu6.min", 0.0), self._scalar("relu6.max", 6.0)
        return self._node("Clip", name, [x, low, high])

    def add(self, name: str, a: str, b: str) -> str:
        return self._node("Add", name, [a, b])

    def global_average_pool(self, name: str, x: str) -> str:
        """[N, C, H, W] -> [N, C, 1, 1]."""
        return self._node("GlobalAveragePool", name, [x])

    def flatten(self, name: str, x: str) -> str:
        """[N, C, 1, 1] -> [N, C]."""
        return self._node("Flatten", name, [x], axis=1)

    def gemm(self, name: str, x: str, linear: nn.Linear, output: str | None = None) -> str:
        """[N, Cin] -> [N, Cout]; the weight keeps PyTorch's [Cout, Cin] layout (transB = 1)."""
        inputs = [x, self._weight(f"{name}.weight", linear.weight), self._parameter(f"{name}.bias", linear.bias)]
        return self._node("Gemm", name, inputs, output=output, alpha=1.0, beta=1.0, transB=1)

    def finish(self, output_name: str, output_shape: Sequence[int]) -> onnx.ModelProto:
        """Closes the graph and runs the full ONNX checker, shape inference included."""
        output = helper.make_tensor_value_info(output_name, TensorProto.FLOAT, list(output_shape))
        graph = helper.make_graph(self._nodes, self._name, [self._input], [output], list(self._initializers.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="ridgepoint")
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model, full_check=True)
        return model

    def _node(self, op: str, name: str, inputs: list[str], output: str | None = None, **attributes: object) -> str:
        output = output or f"{name}.out"
        self._nodes.append(helper.make_node(op, inputs, [output], name=name, **attributes))
        return output

    def _initializer(self, name: str, values: np.ndarray) -> str:
        if name in self._initializers:
            raise ValueError(f"two initializers are named {name}; give each node its own name")
        self._initializers[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def _parameter(self, name: str, tensor: Tensor) -> str:
        """A BN parameter or bias: always float32."""
        return self._initializer(name, tensor.detach().float().numpy())

    def _scalar(self, name: str, value: float) -> str:
        return name if name in self._initializers else self._initializer(name, np.array(value, np.float32))

    def _weight(self, name: str, tensor: Tensor) -> str:
        """A Conv or Gemm weight, stored as asked for at construction."""
        values = tensor.detach().float().numpy()
        if self._storage == "float32":
            return self._initializer(name, values)
        if np.abs(values).max() > np.finfo(np.float16).max:
            raise ValueError(f"{name} exceeds the float16 range; store this model as float32")
        half = self._initializer(f"{name}.fp16", values.astype(np.float16))
        return self._node("Cast", f"{name}.cast", [half], output=name, to=TensorProto.FLOAT)
