"""One stored thing under several spellings: buckets by scheme or by web address, DBFS paths, hub addresses, registry references.

Comes in: a name as code spells it. Goes out: its one spelling, as (kind, namespace, name). It knows places by their published addresses and
looks at nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

_SCHEMES = {"s3a": "s3", "s3n": "s3", "gcs": "gs", "abfs": "abfss", "wasb": "wasbs", "az": "abfss", "file": "file"}
_AMAZON = ".amazonaws.com"
_GOOGLE = ("storage.googleapis.com", "storage.cloud.google.com")
_AZURE = (".blob.core.windows.net", ".dfs.core.windows.net")


class Spelled(NamedTuple):
    """``kind`` is file, url or hub; ``name`` has no slash in front."""

    kind: str
    namespace: str
    name: str


def address(scheme: str, host: str, path: str) -> Spelled:
    """``scheme://host/path`` in the spelling that all others are brought to."""
    scheme = _SCHEMES.get(scheme.lower(), scheme.lower())
    path = path.strip("/")
    if scheme in ("http", "https"):
        return _bucket(host.lower(), path.partition("?")[0]) or _page(scheme, host, path)
    if scheme in ("wasbs", "abfss"):
        return _azure(host, path)
    if scheme == "hf":
        return _hub(f"{host}/{path}".strip("/"))
    kind = "url" if scheme == "ftp" else "file"
    namespace = f"{scheme}://{host.split('@')[-1]}"
    return Spelled(kind, namespace, f"{namespace}/{path}" if kind == "url" else path)


def _page(scheme: str, host: str, path: str) -> Spelled:
    namespace = f"{scheme}://{host.split('@')[-1]}"
    return Spelled("url", namespace, f"{namespace}/{path}")


def _bucket(host: str, path: str) -> Spelled | None:
    """A bucket by its web address: the bucket is the first part of the host, or of the path."""
    bucket, _, key = path.partition("/")
    if host.endswith(_AMAZON):
        first, _, rest = host.removesuffix(_AMAZON).partition(".s3")
        if rest[:1] in ("", ".", "-") and first and first != host.removesuffix(_AMAZON):
            return Spelled("file", f"s3://{first}", path)
        return Spelled("file", f"s3://{bucket}", key) if host.startswith(("s3.", "s3-")) and key else None
    if host in _GOOGLE:
        return Spelled("file", f"gs://{bucket}", key) if key else None
    if host.endswith("." + _GOOGLE[0]):
        return Spelled("file", f"gs://{host.removesuffix('.' + _GOOGLE[0])}", path)
    if host.endswith(_AZURE) and key:
        return _azure(f"{bucket}@{host}", key)
    return None


def _azure(host: str, path: str) -> Spelled:
    """``container@account.dfs.core.windows.net``: the blob and the dfs end points show the same container."""
    container, at, account = host.partition("@")
    for end in _AZURE:
        account = account.removesuffix(end)
    return Spelled("file", f"abfss://{container}@{account}" if at else f"abfss://{container}", path)


def _hub(path: str) -> Spelled:
    """``hf://datasets/owner/name/file`` and ``hf://owner/name/file``: the repository on the hub."""
    parts = path.split("/")
    if parts[0] in ("datasets", "spaces", "models"):
        parts = parts[1:]
    return Spelled("hub", "file", "/".join(parts[:2]).partition("@")[0])


def mounted(name: str) -> str:
    """``dbfs:/x``, ``dbfs:///x`` and ``/dbfs/x`` are ``/x`` of the workspace's file system."""
    if name.startswith("dbfs:"):
        return "/" + name[5:].lstrip("/")
    return name[5:] if name.startswith("/dbfs/") else name


def registered(name: str) -> str:
    """``models:/name/stage``, ``models:/name/3`` and ``models:/name@alias`` are the registered model."""
    if not name.startswith("models:/"):
        return name
    return name.removeprefix("models:/").lstrip("/").partition("/")[0].partition("@")[0]
