"""Writes the 1000 ImageNet class names for the browser: `python -m training.imagenet_labels --source imagenet_classes.js`.

The source is `dist/imagenet_classes.js` of the npm package @tensorflow-models/mobilenet 2.1.1 (Apache-2.0): one line of
comma-separated synonyms a class. A visitor reads the first synonym, except where that alone is unclear.
"""

import argparse
import ast
import json
import re
from collections import Counter
from pathlib import Path

from .efficientnet_lite import VARIANTS
from .paths import MODELS

CLASSES = 1000
# Classes whose first synonym says something else on its own, or is shared with another class: a clearer synonym of the
# same class, or the first one with a word of explanation in brackets.
CLEARER = {
    21: "kite (bird)", 97: "drake (duck)", 134: "crane (bird)", 192: "cairn terrier", 216: "clumber spaniel", 242: "boxer (dog)",
    260: "chow chow", 263: "Pembroke Welsh corgi", 264: "Cardigan Welsh corgi", 296: "polar bear", 308: "fly (insect)",
    321: "admiral (butterfly)", 322: "ringlet butterfly", 323: "monarch butterfly", 332: "Angora rabbit", 339: "sorrel (horse)",
    380: "titi monkey", 387: "red panda", 412: "trash can", 428: "wheelbarrow", 436: "station wagon", 458: "plaque", 468: "taxi",
    487: "cellphone", 517: "crane (machine)", 553: "filing cabinet", 589: "hair dryer", 608: "blue jean", 610: "T-shirt",
    628: "ocean liner", 639: "tank suit", 673: "computer mouse", 687: "pipe organ", 714: "plectrum", 726: "carpenter's plane",
    738: "flowerpot", 751: "racing car", 769: "ruler", 776: "saxophone", 778: "weighing machine", 782: "CRT screen",
    800: "one-armed bandit", 840: "mop", 850: "teddy bear", 881: "upright piano", 897: "washing machine", 982: "bridegroom",
    989: "rose hip", 990: "horse chestnut", 998: "ear (of corn)",
}
_LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_ENTRY = re.compile(rf"(\d+):\s*({_LITERAL}(?:\s*\+\s*{_LITERAL})*)")


def parse_classes(source: str) -> list[str]:
    """The full synonym lists in index order, from the text of `imagenet_classes.js`."""
    table = {
        int(index): "".join(ast.literal_eval(part) for part in re.findall(_LITERAL, literals))
        for index, literals in _ENTRY.findall(source)
    }
    if sorted(table) != list(range(CLASSES)):
        raise ValueError(f"expected classes 0..{CLASSES - 1}, found {len(table)}")
    return [table[index] for index in range(CLASSES)]


def visitor_names(classes: list[str]) -> list[str]:
    """One clear, distinct name a class."""
    names = []
    for index, line in enumerate(classes):
        synonyms = [synonym.strip() for synonym in line.split(",")]
        name = CLEARER.get(index, synonyms[0])
        if name.split(" (")[0] not in synonyms:
            raise ValueError(f"{name!r} is no synonym of class {index}: {line}")
        names.append(name)
    twice = [name for name, count in Counter(name.lower() for name in names).items() if count > 1]
    if twice:
        raise ValueError(f"names used twice: {twice}; add them to CLEARER")
    return names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, required=True, help="imagenet_classes.js from the npm package")
    names = visitor_names(parse_classes(parser.parse_args().source.read_text(encoding="utf-8")))
    for variant in VARIANTS:
        target = MODELS / f"efficientnet-lite{variant}" / "labels.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(names, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        print(f"{target.parent.name}: {len(names)} names, {names[0]} … {names[-1]}")


if __name__ == "__main__":
    main()
