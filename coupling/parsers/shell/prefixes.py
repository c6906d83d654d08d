"""Programs that only run another program: how many words to drop until its own name.

Comes in: the words of a command, None for those that are not constant. Goes out: ``Prefix``. Knows the options that take a
value for each such program; an unknown program is nobody's prefix.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

Word = str | None


class Prefix(NamedTuple):
    """``words`` to drop; ``via`` says what they were; ``script`` when what follows is a Python script and not a program."""

    words: int
    via: str
    script: bool = False
    cwd: int = -1
    """The position of a word that names the working directory, -1 if none does."""


_SINGLE: dict[str, str] = {
    # program: options that take the next word
    "sudo": "-u -g -h -p -C -r -t --user --group",
    "env": "-u --unset -C --chdir -S",
    "nohup": "",
    "time": "-f -o --format --output",
    "nice": "-n --adjustment",
    "ionice": "-c -n -p",
    "exec": "-a",
    "command": "",
    "builtin": "",
    "then": "",
    "stdbuf": "-i -o -e",
    "setsid": "",
    "caffeinate": "",
    "doas": "-u",
    "xvfb-run": "-n -s -e -f -p --server-args --server-num",
    "xargs": "-n -I -P -d -L -a -s -E --max-args --max-procs --delimiter --replace",
    "parallel": "-j --jobs -N -n -a --colsep -I",
    "srun": "-n -N -c -p -t -J -o -e -w -A --ntasks --nodes --gres --partition --time --mem --cpus-per-task --job-name",
    "mpirun": "-n -np -N -H -hostfile --hostfile --host -x --bind-to -map-by",
    "mpiexec": "-n -np -hosts -f",
    "horovodrun": "-np -H --hostfile",
    "ddtrace-run": "",
    "dotenvx": "",
    "uvx": "--from --with -p --python",
}
_POSITIONS = {"timeout": 1, "flock": 1, "chronic": 0, "watch": 0, "taskset": 1, "setarch": 1, "chrt": 1, "numactl": 0}
_PAIRS: dict[tuple[str, str], str] = {
    ("poetry", "run"): "-C -P --directory --project",
    ("uv", "run"): "--with --extra --group --python -p --project --directory --env-file --package --index-url --with-requirements",
    ("pipenv", "run"): "",
    ("pdm", "run"): "-p --project --venv",
    ("rye", "run"): "",
    ("hatch", "run"): "",
    ("pixi", "run"): "-e --environment --manifest-path",
    ("conda", "run"): "-n -p --name --prefix --cwd",
    ("mamba", "run"): "-n -p --name --prefix --cwd",
    ("micromamba", "run"): "-n -p --name --prefix",
    ("dotenv", "run"): "-f --file",
    ("doppler", "run"): "-p -c --project --config",
    ("newrelic-admin", "run-program"): "",
    ("dvc", "run"): "-n -d -o -O -p -m -M -w --name --deps --outs --outs-no-cache --params --metrics --metrics-no-cache --plots --wdir",
    ("bundle", "exec"): "",
    ("npx", "--"): "",
}
_SCRIPTS = ("torchrun", "deepspeed", "kernprof", "spark-submit", "viztracer", "scalene", "memray", "pyinstrument")
_SCRIPT_PAIRS = (("accelerate", "launch"), ("coverage", "run"), ("mprof", "run"), ("memray", "run"), ("composer", "run"))
_SCRIPT_MODULES = (
    "torch.distributed.launch",
    "torch.distributed.run",
    "accelerate.commands.launch",
    "coverage",
    "pdb",
    "cProfile",
    "trace",
)
_DOCKER_FLAGS = {
    "--rm",
    "-d",
    "-i",
    "-t",
    "-it",
    "-ti",
    "-dit",
    "-dti",
    "-itd",
    "--init",
    "--privileged",
    "--detach",
    "--interactive",
    "--tty",
}
_DOCKER_FLAGS |= {
    "--read-only",
    "--no-healthcheck",
    "-T",
    "--no-deps",
    "--service-ports",
    "--no-TTY",
    "--build",
    "-q",
    "--quiet",
    "--publish-all",
    "-P",
}
_CWD_OPTIONS = {"-w", "--workdir", "--cwd", "--chdir", "--directory", "-C", "--wdir"}
_PYTHON = re.compile(r"i?python(w|\d+(\.\d+)?)?(\.exe)?\Z")


def program(word: str) -> str:
    """The name of a program: without the folder of an environment, and any Python is ``python``."""
    folder, name = posixpath.split(word)
    if folder and (folder.startswith("/") or posixpath.basename(folder) in ("bin", "Scripts")) and not name.endswith((".sh", ".py")):
        word = name
    return "python" if _PYTHON.match(word) else word


def prefix(words: list[Word]) -> Prefix | None:
    """What stands before the program that the command really runs."""
    if len(words) < 2 or words[0] is None:
        return None
    first, second = program(words[0]), words[1] or ""
    if first in ("docker", "podman", "nvidia-docker", "docker-compose"):
        return _docker(first, words)
    if (first, second) in _PAIRS:
        return _after_options(words, 2, _PAIRS[first, second], f"{first} {second}")
    if first in _SINGLE:
        return _after_options(words, 1, _SINGLE[first], first)
    if first in _POSITIONS:
        found = _after_options(words, 1, "-n -c -k -s --cpunodebind --membind", first)
        return found._replace(words=found.words + _POSITIONS[first]) if found and found.words + _POSITIONS[first] < len(words) else None
    return _launcher(first, second, words)


def _after_options(words: list[Word], start: int, valued: str, via: str) -> Prefix | None:
    """Past options (with their values) and ``NAME=value`` words."""
    at, cwd, takes = start, -1, valued.split()
    while at < len(words):
        word = words[at]
        if word is None or not word or (not word.startswith("-") and ("=" not in word or via not in ("env", "sudo"))):
            break
        at += 1
        if word == "--":
            break
        if word in takes and at < len(words):
            cwd = at if word in _CWD_OPTIONS else cwd
            at += 1
    return Prefix(at, via, cwd=cwd) if at < len(words) else None


def _launcher(first: str, second: str, words: list[Word]) -> Prefix | None:
    """Launchers of Python scripts: the script is the first word that looks like one, or what follows ``-m``."""
    if (first, second) in _SCRIPT_PAIRS:
        return _script(words, 2, f"{first} {second}")
    if first in _SCRIPTS:
        return _script(words, 1, first)
    if first == "python" and "-m" in words[1:5]:
        at = words.index("-m")
        if at + 1 < len(words) and words[at + 1] in _SCRIPT_MODULES:
            return _script(words, at + 2, f"python -m {words[at + 1]}")
    return None


def _script(words: list[Word], start: int, via: str) -> Prefix | None:
    for at in range(start, len(words)):
        word = words[at] or ""
        if word.endswith(".py") and not word.startswith("-"):
            return Prefix(at, via, True)
        if word in ("-m", "--module") and at + 1 < len(words) and (words[at + 1] or "").replace(".", "").isidentifier():
            return Prefix(at, via, True)
    return None


def _docker(first: str, words: list[Word]) -> Prefix | None:
    """``docker run OPTIONS IMAGE cmd``, ``docker exec``, ``docker compose run SERVICE cmd``."""
    at = 2 if first != "docker-compose" and words[1] in ("compose", "container") else 1
    if at >= len(words) or words[at] not in ("run", "exec"):
        return None
    at, cwd = at + 1, -1
    while at < len(words):
        word = words[at]
        if word is None or not word.startswith("-"):
            break
        if word not in _DOCKER_FLAGS and "=" not in word:
            at += 1
            cwd = at if word in _CWD_OPTIONS else cwd
        at += 1
    image = words[at] if at < len(words) else None
    return Prefix(at + 1, f"{first} {image or '?'}", cwd=cwd) if at + 1 < len(words) else None
