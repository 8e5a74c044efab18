"""Where the commands of this folder read and write, relative to the project root."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "public" / "models"
CACHE = ROOT / "training" / "cache"  # decoded data and teacher probabilities; not committed
CHECKPOINTS = ROOT / "training" / "checkpoints"  # not committed
