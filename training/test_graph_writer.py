"""The exporter against onnxruntime: explicit batch norms, equal numbers, valid float16 storage."""

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper
from torch import Tensor, nn

from .graph_writer import IR_VERSION, OPSET, GraphWriter, Storage
from .published import open_session, operator_counts


class RepBlock(nn.Module):
    """RepVGG as published, a norm in every branch: [N, Cin, H, W] -> [N, Cout, ceil(H/stride), ceil(W/stride)]."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv3x3 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn3x3 = nn.BatchNorm2d(out_channels)
        self.conv1x1 = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
        self.bn1x1 = nn.BatchNorm2d(out_channels)
        self.bn_identity = nn.BatchNorm2d(out_channels) if stride == 1 and in_channels == out_channels else None

    def forward(self, x: Tensor) -> Tensor:
        total = self.bn3x3(self.conv3x3(x)) + self.bn1x1(self.conv1x1(x))
        return torch.relu(total if self.bn_identity is None else total + self.bn_identity(x))

    def write(self, graph: GraphWriter, name: str, x: str) -> str:
        wide = graph.batch_norm(f"{name}.bn3x3", graph.conv(f"{name}.conv3x3", x, self.conv3x3), self.bn3x3)
        point = graph.batch_norm(f"{name}.bn1x1", graph.conv(f"{name}.conv1x1", x, self.conv1x1), self.bn1x1)
        total = graph.add(f"{name}.add1x1", wide, point)
        if self.bn_identity is not None:
            total = graph.add(f"{name}.add_identity", total, graph.batch_norm(f"{name}.bn_identity", x, self.bn_identity))
        return graph.relu(f"{name}.relu", total)


class TinyNetwork(nn.Module):
    """Every operator the writer knows: [N, 2, 9, 9] -> [N, 5]."""

    def __init__(self) -> None:
        super().__init__()
        self.strided = RepBlock(2, 4, stride=2)
        self.same = RepBlock(4, 4)
        self.depthwise = nn.Conv2d(4, 4, 3, stride=2, groups=4, bias=True)
        self.norm = nn.BatchNorm2d(4, eps=1e-3)
        self.classifier = nn.Linear(4, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.same(self.strided(x))
        x = self.norm(self.depthwise(nn.functional.pad(x, (0, 1, 0, 1))))
        x = nn.functional.relu6(x)
        return self.classifier(x.mean(dim=(2, 3)))

    def to_onnx(self, storage: Storage) -> onnx.ModelProto:
        graph = GraphWriter("tiny", "input", (1, 2, 9, 9), storage)
        x = self.strided.write(graph, "strided", "input")
        x = self.same.write(graph, "same", x)
        x = graph.conv("depthwise", x, self.depthwise, pads=(0, 0, 1, 1))
        x = graph.relu6("relu6", graph.batch_norm("norm", x, self.norm))
        x = graph.flatten("flatten", graph.global_average_pool("pool", x))
        graph.gemm("classifier", x, self.classifier, output="logits")
        return graph.finish("logits", (1, 5))


def randomised(seed: int) -> TinyNetwork:
    """Default batch-norm statistics (0, 1) would hide a swapped or dropped parameter, so every one is random."""
    random = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    network = TinyNetwork()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor, low, high in (
                (module.weight.data, -1.5, 1.5), (module.bias.data, -1.0, 1.0),
                (module.running_mean, -1.0, 1.0), (module.running_var, 0.2, 2.0),
            ):
                tensor.copy_(torch.rand(tensor.shape, generator=random) * (high - low) + low)
    return network.eval()


def run(model: onnx.ModelProto, image: Tensor) -> np.ndarray:
    return open_session(model.SerializeToString(), threads=1).run(["logits"], {"input": image.numpy()})[0]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_float32_graph_equals_pytorch(seed: int) -> None:
    network = randomised(seed)
    image = torch.randn(1, 2, 9, 9, generator=torch.Generator().manual_seed(seed + 100))
    with torch.no_grad():
        expected = network(image).numpy()
    np.testing.assert_allclose(run(network.to_onnx("float32"), image), expected, rtol=0, atol=1e-5)


def test_batch_norms_stay_explicit_and_nodes_have_module_names() -> None:
    model = randomised(0).to_onnx("float32")
    counts = operator_counts(model)
    assert counts == {
        "BatchNormalization": 6, "Conv": 5, "Add": 3, "Relu": 2, "Clip": 1, "Flatten": 1, "Gemm": 1, "GlobalAveragePool": 1,
    }
    names = [node.name for node in model.graph.node]
    assert len(set(names)) == len(names)
    assert {"same.conv1x1", "same.bn_identity", "strided.bn3x3"} <= set(names)
    assert (model.opset_import[0].version, model.ir_version) == (OPSET, IR_VERSION)


def test_float16_weights_widen_through_casts() -> None:
    network = randomised(3)
    model = network.to_onnx("float16")
    onnx.checker.check_model(model, full_check=True)
    initializers = {tensor.name: tensor for tensor in model.graph.initializer}
    casts = [node for node in model.graph.node if node.op_type == "Cast"]
    assert len(casts) == 6  # five convolutions and the classifier
    for cast in casts:
        stored = initializers[cast.input[0]]
        assert cast.input[0] == f"{cast.output[0]}.fp16"
        assert stored.data_type == TensorProto.FLOAT16 and stored.raw_data
    others = [tensor for name, tensor in initializers.items() if not name.endswith(".fp16")]
    assert all(tensor.data_type == TensorProto.FLOAT for tensor in others)


def test_float16_graph_equals_pytorch_with_rounded_weights() -> None:
    network = randomised(4)
    model = network.to_onnx("float16")
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                module.weight.copy_(module.weight.half().float())
        image = torch.randn(1, 2, 9, 9, generator=torch.Generator().manual_seed(7))
        expected = network(image).numpy()
    np.testing.assert_allclose(run(model, image), expected, rtol=0, atol=1e-5)


def test_float16_refuses_weights_out_of_range() -> None:
    network = randomised(5)
    network.classifier.weight.data[4, 3] = 1e5
    with pytest.raises(ValueError, match="classifier.weight exceeds the float16 range"):
        network.to_onnx("float16")


def test_two_nodes_may_not_share_a_name() -> None:
    graph = GraphWriter("clash", "input", (1, 2, 9, 9), "float32")
    block = RepBlock(2, 2)
    x = block.write(graph, "block", "input")
    with pytest.raises(ValueError, match="block.conv3x3.weight"):
        block.write(graph, "block", x)


def test_initializers_hold_the_module_values() -> None:
    network = randomised(6)
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in network.to_onnx("float32").graph.initializer}
    np.testing.assert_array_equal(stored["strided.bn1x1.var"], network.strided.bn1x1.running_var.numpy())
    np.testing.assert_array_equal(stored["same.conv3x3.weight"], network.same.conv3x3.weight.detach().numpy())
