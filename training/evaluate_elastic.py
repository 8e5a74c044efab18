"""Measures a published elastic family on the test images, from its published files alone:
`python -m training.evaluate_elastic --family rep-tiny --data TAR_OR_DIR [--configuration ID …]`.

PyTorch computes the multi-branch form, branch by branch, with the published statistics. Fails where a figure differs from the
manifest's by more than rounding.
"""

import argparse

from .arguments import parse_family_arguments
from .export import accuracy
from .family_data import load_images, to_input
from .paths import MODELS
from .published_elastic import load_published

TOLERANCE = 6e-4  # three images of 5,000: sums in another order may tip a near tie


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--configuration", nargs="*", help="only these; by default every one")
    arguments = parse_family_arguments(parser)
    family, wanted = arguments.family, arguments.rest.configuration
    network, designs = load_published(family, MODELS / family.id)
    images, labels = load_images(family, arguments.data, "test")
    wrong = []
    for each in designs:
        if wanted and each.id not in wanted:
            continue
        inputs = to_input(family, images, each.design.side)
        top1, top5 = accuracy(network, each.design.configuration, each.statistics, inputs, labels, fused=False)
        print(f"{each.id}: top-1 {top1:.4f}, top-5 {top5:.4f}, n = {len(labels)}; manifest {each.top1:.4f}", flush=True)
        if abs(top1 - each.top1) > TOLERANCE:
            wrong.append(each.id)
    if wrong:
        raise SystemExit(f"not what the manifest says: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
