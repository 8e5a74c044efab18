"""The elastic network: one convolution equals its branches, the stored form its origin, the graph and its cuts PyTorch."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor

from .elastic_net import BlockSpec, BlockStatistics, Configuration, ElasticNet, NetworkSpec
from .elastic_onnx import stored_form, substitutions, to_onnx
from .export import Measured, elastic_entry, growing
from .families import REP_DIGITS, REP_TINY
from .graph_writer import Storage
from .published import deploy_cost, open_session
from .recalibrate import Candidate, Design, near_front, smaller

SPEC = NetworkSpec(2, (BlockSpec(6, 2), BlockSpec(6), BlockSpec(6), BlockSpec(8, 2)), 5)
FULL: Configuration = ("3x3", "3x3", "3x3", "3x3")
MIXED: Configuration = ("3x3", "1x1", "skip", "3x3")
SIDE = 12


def network(seed: int = 0) -> ElasticNet:
    """Random everywhere: scales of one or shifts of zero would hide what is left out."""
    torch.manual_seed(seed)
    made = ElasticNet(SPEC)
    with torch.no_grad():
        for block in made.blocks:
            for values in (block.scale3x3, block.scale1x1, block.gamma, block.scale_identity):
                if values is not None:
                    values.uniform_(0.4, 1.6)
            block.beta.uniform_(-0.5, 0.5)
    return made.eval().requires_grad_(False)


def images(n: int, seed: int = 1) -> Tensor:
    return torch.randn(n, 2, SIDE, SIDE, generator=torch.Generator().manual_seed(seed)) + 0.3


def test_kinds_are_free_only_where_the_shape_stays() -> None:
    assert [len(kinds) for kinds in SPEC.kinds()] == [1, 3, 3, 1]
    assert SPEC.full() == FULL and SPEC.smallest() == ("3x3", "skip", "skip", "3x3")
    assert len(smaller(FULL, SPEC.kinds())) == 2 and smaller(SPEC.smallest(), SPEC.kinds()) == []


@pytest.mark.parametrize("configuration", [FULL, MIXED])
@pytest.mark.parametrize("statistics", ["batch", "given"])
def test_one_convolution_equals_its_branches(configuration: Configuration, statistics: str) -> None:
    net = network()
    given = net.statistics(images(16), configuration) if statistics == "given" else None
    fused, apart = (net(images(4, 2), configuration, given, fused=fused) for fused in (True, False))
    torch.testing.assert_close(fused, apart, rtol=1e-4, atol=1e-5)


def test_gradients_equal_those_of_the_branches() -> None:
    gradients = []
    for fused in (True, False):
        net = network().requires_grad_(True)
        net(images(4), FULL, fused=fused).square().sum().backward()
        gradients.append({name: weight.grad for name, weight in net.named_parameters()})
    assert gradients[0].keys() == gradients[1].keys()
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradient, gradients[1][name], rtol=2e-3, atol=2e-3, msg=name)


@pytest.mark.parametrize("configuration", [FULL, MIXED])
def test_statistics_are_those_of_the_batch(configuration: Configuration) -> None:
    net, batch = network(), images(32)
    torch.testing.assert_close(net(batch, configuration, net.statistics(batch, configuration)), net(batch, configuration), rtol=1e-4, atol=1e-5)


def test_stored_form_computes_the_same() -> None:
    net = network()
    stored = stored_form(net, "float32")
    torch.testing.assert_close(stored(images(8), MIXED), net(images(8), MIXED), rtol=1e-4, atol=1e-5)
    assert all((block.scale3x3 == 1).all() and (block.scale1x1 == 1).all() for block in stored.blocks)
    half = stored_form(net, "float16")
    assert all(torch.equal(block.conv1x1, block.conv1x1.half().float()) for block in half.blocks)


def cut(model: onnx.ModelProto, configuration: Configuration, statistics: list[BlockStatistics]) -> onnx.ModelProto:
    """What the browser does: read other values, set statistics; the runtime drops what nobody reads."""
    changed = onnx.ModelProto.FromString(model.SerializeToString())
    instead = {key: value for i, kind in enumerate(configuration) for key, value in substitutions(i, kind).items()}
    for node in changed.graph.node:
        for i, name in enumerate(node.input):
            while name in instead:
                name = instead[name]
            node.input[i] = name
    for tensor in changed.graph.initializer:
        for i, pair in enumerate(statistics):
            for key, values in zip(("mean", "var"), pair or (), strict=False):
                if tensor.name == f"blocks.{i}.bn.{key}":
                    tensor.CopyFrom(onnx.numpy_helper.from_array(values.numpy(), tensor.name))
    return changed


@pytest.mark.parametrize("storage", ["float32", "float16"])
@pytest.mark.parametrize("configuration", [FULL, MIXED, ("3x3", "skip", "skip", "3x3"), ("3x3", "1x1", "1x1", "3x3")])
def test_graph_cut_to_a_configuration_equals_pytorch(configuration: Configuration, storage: Storage) -> None:
    net = stored_form(network(), storage)
    model = to_onnx(net, "tiny", SIDE, net.statistics(images(16), FULL), storage)
    statistics = net.statistics(images(16, 3), configuration)
    session = open_session(cut(model, configuration, statistics).SerializeToString(), threads=1)
    for image in images(3, 4).split(1):
        expected = net(image, configuration, statistics, fused=False).numpy()
        np.testing.assert_allclose(session.run(None, {"input": image.numpy()})[0], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("family", [REP_TINY, REP_DIGITS], ids=lambda family: family.id)
def test_cost_formulas_agree_with_the_graph(family) -> None:
    """The multi-branch graph holds a 1x1 convolution more a block, and no bias but the classifier's and a norm's a block."""
    spec = family.network
    net = stored_form(ElasticNet(spec), "float32")
    inputs = torch.zeros(2, spec.channels, family.sides[0], family.sides[0])
    model = to_onnx(net, family.id, family.sides[0], net.statistics(inputs, spec.full()), "float32")
    multiply_adds, parameters = deploy_cost(model)
    point = sum(a * b.channels for a, b in zip(spec.inputs(), spec.blocks, strict=True))
    biases = sum(block.channels for block in spec.blocks)
    assert parameters - point - biases == spec.deploy_parameters(spec.full())
    size, extra = family.sides[0], 0
    for given, block in zip(spec.inputs(), spec.blocks, strict=True):
        size = -(-size // block.stride)
        extra += given * block.channels * size * size
    assert multiply_adds - extra == spec.multiply_adds(spec.full(), family.sides[0])


def test_manifest_entry_and_calibration_agree(tmp_path: Path) -> None:
    net = stored_form(network(), "float16")
    measured = []
    for configuration, side in ((("3x3", "skip", "skip", "3x3"), 28), (MIXED, 28), (REP_DIGITS.network.full(), 28)):
        spec = SPEC if len(configuration) == 4 else REP_DIGITS.network
        pairs = net.statistics(images(8), configuration) if spec is SPEC else [(torch.zeros(b.channels), torch.ones(b.channels)) for b in spec.blocks]
        rounded = [None if pair is None else tuple(part.half().float() for part in pair) for pair in pairs]
        measured.append(Measured(Design(configuration, side), rounded, 1, 1, 0.5, 0.9))
    entry = elastic_entry(REP_DIGITS, measured, tmp_path / "calibration.bin", 10)
    data = np.frombuffer((tmp_path / "calibration.bin").read_bytes(), "<f2")
    second = entry["configurations"][1]["offset"] // 2
    assert second == 2 * (6 + 8)
    np.testing.assert_array_equal(data[second : second + 6].astype(np.float32), measured[1].statistics[0][0].numpy())
    np.testing.assert_array_equal(data[second + 12 : second + 18].astype(np.float32), measured[1].statistics[1][0].numpy())
    assert json.loads(json.dumps(entry))["calibration"]["bytes"] == data.nbytes
    unrounded = Measured(Design(MIXED, 28), net.statistics(images(8), MIXED), 1, 1, 0.5, 0.9)
    with pytest.raises(ValueError, match="another precision"):
        elastic_entry(REP_DIGITS, [unrounded, measured[2]], tmp_path / "calibration.bin", 10)


def candidate(cost: int, top1: float) -> Candidate:
    return Candidate(Design(FULL, cost), [], cost, top1)


def test_near_front_keeps_what_chance_may_have_put_behind() -> None:
    full = candidate(100, 0.8)
    candidates = [candidate(10, 0.5), candidate(20, 0.4), candidate(30, 0.49), candidate(40, 0.6), candidate(50, 0.46), full]
    # n = 100: one standard error of 0.5 is 0.05, of 0.6 it is 0.049.
    assert [each.multiply_adds for each in near_front(candidates, full, n=100, limit=9)] == [10, 30, 40, 100]
    assert [each.multiply_adds for each in near_front(candidates, full, n=100, limit=3)] == [10, 30, 100]


def test_published_configurations_grow_in_accuracy() -> None:
    full = Measured(Design(FULL, 64), [], 100, 1, 0.8, 0.9)
    others = [Measured(Design(FULL, side), [], side, 1, top1, 0.9) for side, top1 in ((1, 0.5), (2, 0.5), (3, 0.6), (4, 0.55), (5, 0.8), (6, 0.9))]
    assert [each.multiply_adds for each in growing([*others, full], full)] == [1, 3, 100]
