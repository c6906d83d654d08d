"""Repositories of git to try commands in: a story of two scripts whose loop is closed by one line of a settings file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parents[2]
TRAIN = """import joblib
import pandas as pd
import yaml
from sklearn.linear_model import LogisticRegression

paths = yaml.safe_load(open("conf/paths.yaml"))
frame = pd.read_csv(paths["archive"])
model = LogisticRegression()
model.fit(frame[["age"]], frame["label"])
joblib.dump(model, "models/churn.joblib")
"""
SCORE = """import joblib
import pandas as pd
import yaml

paths = yaml.safe_load(open("conf/paths.yaml"))
model = joblib.load("models/churn.joblib")
frame = pd.read_csv("data/new.csv")
frame["label"] = model.predict(frame[["age"]])
frame.to_csv(paths["scored"])
"""
OPEN = "archive: data/archive.csv\nscored: data/scored.csv\n"
CLOSED = "archive: data/archive.csv\nscored: data/archive.csv\n"
ACCEPTED = '[[allow]]\nloop = ["models/churn.joblib"]\nreason = "agents correct every label"\nexpires = 2999-01-31\n'

_GIT_NAMES = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX")
_CI = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH", "SYSTEM_PULLREQUEST_TARGETBRANCHNAME")
_LOOKS = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI", "COLUMNS", "PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF")


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Repo(NamedTuple):
    """A repository, and a cache of its own outside."""

    root: Path
    cache: Path

    def run(self, *words: str, at: str = "", **environment: str) -> Done:
        return self.shell([sys.executable, "-m", "coupling", *words], at, **environment)

    def git(self, *words: str, **environment: str) -> str:
        done = self.shell(["git", *words], **environment)
        assert done.code == 0, done
        return done.out.strip()

    def shell(self, command: list[str], at: str = "", **environment: str) -> Done:
        keep = {key: value for key, value in os.environ.items() if key not in (*_GIT_NAMES, *_CI, *_LOOKS)}
        mine = {"PYTHONPATH": str(HERE), "COUPLING_CACHE_DIR": str(self.cache), "GIT_CONFIG_GLOBAL": str(self.cache) + ".gitconfig"}
        done = subprocess.run(
            command,
            cwd=self.root / at,
            env={**keep, **mine, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def commit(self, message: str = "change") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--no-verify", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


def empty(folder: Path) -> Repo:
    """A repository without a commit, and an identity that no machine's settings change."""
    settings = "[user]\n\tname = t\n\temail = t@example.com\n[commit]\n\tgpgsign = false\n[init]\n\tdefaultBranch = main\n"
    cache = folder.parent / "cache-of-stories"  # most tests begin with one story: its cold analysis is not what they are about
    cache.with_suffix(".gitconfig").write_text(settings + '[protocol "file"]\n\tallow = always\n')
    (folder / "repo").mkdir()
    repo = Repo(folder / "repo", cache)
    repo.git("init", "-q", "-b", "main")
    return repo


def story(folder: Path) -> Repo:
    """Scores go elsewhere than labels come from: no loop yet."""
    repo = empty(folder)
    repo.write("train.py", TRAIN)
    repo.write("score.py", SCORE)
    repo.write("conf/paths.yaml", OPEN)
    repo.commit("first")
    return repo
