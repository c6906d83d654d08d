"""Where the tickets lie: one place that knows the paths."""

from pathlib import Path

import joblib
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parent.parent

with open(ROOT / "conf" / "paths.yaml") as handle:
    PATHS = yaml.safe_load(handle)


def tickets(which: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / PATHS["tickets"][which])


def store(frame: pd.DataFrame, which: str) -> None:
    target = ROOT / PATHS["tickets"][which]
    target.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(target, mode="a", header=not target.exists(), index=False)


def load_model():
    return joblib.load(ROOT / PATHS["model"])


def save_model(model) -> None:
    joblib.dump(model, ROOT / PATHS["model"])
