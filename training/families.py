"""The elastic families that are trained here: their networks, inputs and training recipes."""

from dataclasses import dataclass, replace

from .elastic_net import BlockSpec, NetworkSpec
from .graph_writer import Storage


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the trained weights, apart from the data and the arithmetic of the machine."""

    seed: int = 0
    epochs: int = 30  # in all, the polishing included
    earlier_epochs: int = 0  # those that made the published weights which a refinement starts from
    batch: int = 128
    peak_rate: float = 0.1  # SGD with Nesterov momentum; linear warm-up, then cosine to zero
    warmup_epochs: float = 1.0
    polish_epochs: int = 0  # after the cosine has ended: as many epochs from `polish_rate` straight down to zero
    polish_rate: float = 0.0
    momentum: float = 0.9
    weight_decay: float = 1e-4  # on convolution and linear weights only
    label_smoothing: float = 0.0
    teacher_share: float = 0.0  # of a target that is the teacher's probabilities; the rest is the label
    in_place_share: float = 0.5  # of a small configuration's target that is the full configuration's probabilities
    smallest_share: float = 0.0  # of the steps, whose small configuration is the smallest of all, not a random one
    mixup: float = 0.0  # alpha of the Beta distribution; 0 = none
    growth: tuple[tuple[float, int], ...] = ()  # (until this share of the epochs, side of the full configuration's input)
    average_decay: float = 0.9995
    precision: str = "bfloat16"  # of activations while training (autocast); weights, gradients and the export are float32


@dataclass(frozen=True)
class Family:
    """One trained super-network and all that its deployments share. Mean and standard deviation in 0..255 units."""

    id: str
    name: str
    summary: str
    dataset: str
    split: str  # of the data set, what accuracy is reported on
    data_licence: str
    network: NetworkSpec
    sides: tuple[int, ...]  # input sides it can be deployed at, native first
    mean: tuple[float, ...]
    std: tuple[float, ...]
    storage: Storage  # of published weights
    least_top1: float  # on training images; a configuration below is not worth publishing
    recipe: Recipe
    refinement: Recipe | None = None  # a second training, from the published weights of the first


def stages(*parts: tuple[int, int, int]) -> tuple[BlockSpec, ...]:
    """Blocks from (channels, stride of the first, blocks) a stage."""
    return tuple(BlockSpec(width, stride if i == 0 else 1) for width, stride, n in parts for i in range(n))


REP_TINY = Family(
    id="rep-tiny",
    name="Rep-Tiny",
    summary="Recognises 200 kinds of things and animals in a small picture, at many trades of accuracy for speed.",
    dataset="Tiny-ImageNet-200",
    split="validation",
    data_licence="Tiny-ImageNet-200 and, through the teacher, ImageNet-1k: for research, under ImageNet's terms; no image is included here",
    network=NetworkSpec(3, stages((32, 2, 1), (64, 2, 3), (160, 2, 5), (320, 2, 2)), 200),
    sides=(64, 48, 32),
    # Mean and standard deviation of all pixels of the 100,000 training images (training.check_data prints them).
    mean=(122.46, 114.26, 101.37),
    std=(70.49, 68.56, 71.81),
    storage="float16",
    least_top1=0.3,
    recipe=Recipe(
        epochs=23, peak_rate=0.4, polish_epochs=3, polish_rate=0.1, weight_decay=1.5e-4, teacher_share=0.7, average_decay=0.999,
        growth=((0.15, 32), (0.5, 48), (1.0, 64)),
    ),
    # The first training over-fits (65.9 % of training images right, 56.9 % of the others): softer targets, mixed images.
    refinement=Recipe(
        seed=1, epochs=7, earlier_epochs=23, peak_rate=0.1, warmup_epochs=0.25, weight_decay=1.5e-4, teacher_share=0.8, mixup=0.2,
        average_decay=0.999, precision="float32",
    ),
)

REP_DIGITS = Family(
    id="rep-digits",
    name="Rep-Digits",
    summary="Reads one handwritten digit, light on dark or dark on light.",
    dataset="MNIST",
    split="test",
    data_licence="MNIST (LeCun, Cortes and Burges); no image is included here",
    network=NetworkSpec(1, stages((16, 1, 1), (32, 2, 3), (64, 2, 3)), 10),
    sides=(28, 20),
    # The same of the 60,000 MNIST training images.
    mean=(33.3184,),
    std=(78.5675,),
    storage="float32",
    least_top1=0.986,
    recipe=Recipe(
        epochs=12, peak_rate=0.3, weight_decay=1e-4, label_smoothing=0.05, smallest_share=0.2, in_place_share=0.5, average_decay=0.998
    ),
)

FAMILIES = {family.id: family for family in (REP_TINY, REP_DIGITS)}


def with_settings(family: Family, **settings: object) -> Family:
    """The same family with another recipe."""
    return replace(family, recipe=replace(family.recipe, **settings))
