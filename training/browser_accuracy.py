"""Top-1 and top-5 of what the browser answered on the Tiny-ImageNet validation images, beside the manifest:
`python -m training.browser_accuracy --data TAR_OR_DIR --classified FILE …`, FILE from `ridgepoint classify --json FILE`.

Fails where an accuracy is more than 0.2 points from the manifest's.
"""

import argparse
import json
from pathlib import Path

from .paths import MODELS
from .tiny_imagenet import validation_answers

TOLERANCE = 0.002


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="Tiny-ImageNet archive or folder")
    parser.add_argument("--classified", type=Path, nargs="+", required=True, help="JSON files of ridgepoint classify")
    arguments = parser.parse_args()
    answers = validation_answers(arguments.data)
    wrong = []
    for path in arguments.classified:
        report = json.loads(path.read_text(encoding="utf-8"))
        tops = {Path(result["image"]).name: [entry["index"] for entry in result["top"]] for result in report["results"]}
        if set(tops) != set(answers):
            raise SystemExit(f"{path}: {len(tops)} images, expected all {len(answers)} of the validation set")
        top1 = sum(top[0] == answers[name] for name, top in tops.items()) / len(tops)
        top5 = sum(answers[name] in top for name, top in tops.items()) / len(tops)
        manifest = json.loads((MODELS / report["model"] / "manifest.json").read_text(encoding="utf-8"))
        published = next(each for each in manifest["elastic"]["configurations"] if each["id"] == report["configuration"])
        print(f"{report['model']} {report['configuration']}: browser top-1 {top1:.4f}, top-5 {top5:.4f}, n = {len(tops)}; manifest {published['top1']:.4f}, {published['top5']:.4f}")
        if abs(top1 - published["top1"]) > TOLERANCE:
            wrong.append(report["configuration"])
    if wrong:
        raise SystemExit(f"more than {TOLERANCE} from the manifest: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
