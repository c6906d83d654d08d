"""Repositories of generated pipelines, for the benchmarks: no timing in here.

A repository is a number of projects; each ten share a package of helpers. A project prepares data, trains, evaluates, scores and reads the
scores of the project before it, so that findings grow with the repository.
"""

from __future__ import annotations

from pathlib import Path

FILES_A_PROJECT = 10
PROJECTS_A_PACKAGE = 10

_PATHS = """from pathlib import Path

ROOT = Path("data")

def table(project, name):
    return ROOT / project / f"{name}.csv"

def model(project):
    return Path("models") / f"{project}.joblib"
"""
_TABLES = """import pandas as pd
from {shared}.paths import table

def load(project, name):
    return pd.read_csv(table(project, name))

def save(frame, project, name):
    frame.to_csv(table(project, name), index=False)

def clean(frame):
    frame = frame.dropna()
    frame["total"] = frame["a"] + frame["b"]
    return frame
"""
_CONFIG = """PROJECT = "{project}"
TARGET = "label"
FEATURES = ["a", "b", "total"]
"""
_CODE = {
    "prepare.py": """from {shared}.tables import clean, load, save
from .config import PROJECT

def main():
    save(clean(load(PROJECT, "raw")), PROJECT, "clean")

if __name__ == "__main__":
    main()
""",
    "features.py": """from {shared}.tables import load
from .config import FEATURES, PROJECT, TARGET

class Features:
    def __init__(self, project):
        self.project = project

    def frame(self):
        return load(self.project, "clean")

    def split(self):
        frame = self.frame()
        return frame[FEATURES], frame[TARGET]

def features():
    return Features(PROJECT).split()
""",
    "model.py": """from sklearn.ensemble import RandomForestClassifier

def build(trees=100):
    return RandomForestClassifier(n_estimators=trees)
""",
    "train.py": """import joblib
from {shared}.paths import model
from .config import PROJECT
from .features import features
from .model import build

def main():
    x, y = features()
    forest = build()
    forest.fit(x, y)
    joblib.dump(forest, model(PROJECT))

if __name__ == "__main__":
    main()
""",
    "evaluate.py": """import joblib
from sklearn.metrics import accuracy_score
from {shared}.paths import model
from .config import PROJECT
from .features import features

def main():
    x, y = features()
    print(accuracy_score(y, joblib.load(model(PROJECT)).predict(x)))

if __name__ == "__main__":
    main()
""",
    "score.py": """import joblib
from {shared}.paths import model
from {shared}.tables import load, save
from .config import FEATURES, PROJECT

def main():
    frame = load(PROJECT, "raw")
    frame["score"] = joblib.load(model(PROJECT)).predict(frame[FEATURES])
    save(frame, PROJECT, "scores")

if __name__ == "__main__":
    main()
""",
    "merge.py": """from {shared}.tables import load, save
from .config import PROJECT

def main():
    before = load("{before}", "scores")
    save(before.merge(load(PROJECT, "raw"), on="id"), PROJECT, "raw")

if __name__ == "__main__":
    main()
""",
    "report.py": """from {shared}.tables import load
from .config import PROJECT

def lines(frame):
    for name, group in frame.groupby("day"):
        yield f"{{name}}: {{len(group)}}"

if __name__ == "__main__":
    print("\\n".join(lines(load(PROJECT, "scores"))))
""",
}


def files(count: int) -> dict[str, str]:
    """``count`` files, more or less: path -> text."""
    out: dict[str, str] = {}
    for number in range(max(1, count // FILES_A_PROJECT)):
        shared = f"shared{number // PROJECTS_A_PACKAGE}"
        words = {"shared": shared, "project": f"p{number}", "before": f"p{number - bool(number % PROJECTS_A_PACKAGE)}"}
        out[f"{shared}/__init__.py"] = ""
        out[f"{shared}/paths.py"] = _PATHS
        out[f"{shared}/tables.py"] = _TABLES.format(**words)
        out[f"p{number}/__init__.py"] = ""
        out[f"p{number}/config.py"] = _CONFIG.format(**words)
        out.update({f"p{number}/{name}": text.format(**words) for name, text in _CODE.items()})
    return out


def write(root: Path, count: int) -> None:
    for path, text in files(count).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
