"""Short words for stories: what staging has, what production has, what is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from depcheck.model.findings import Drift, Finding
from depcheck.model.inventory import (
    Aspect,
    Fact,
    FileState,
    Identity,
    Installed,
    Interpreter,
    Inventory,
    LayerInfo,
    NativeLibrary,
    OsPackage,
    Provenance,
    PythonEnvironment,
)
from depcheck.parity.compare import Comparison, compare

IMAGE: frozenset[Aspect] = frozenset(("python", "os", "native", "system", "settings", "files"))
VENV = "/opt/venv"
SITE = f"{VENV}/lib/python3.11/site-packages"


def step(layer: int, text: str) -> Provenance:
    return Provenance(layer=layer, diff_id=f"sha256:{layer:064x}", step=text)


def dist(name: str, version: str, **facts: Any) -> Installed:
    """A distribution in the virtual environment, installed by pip."""
    facts = {"environment": VENV, "folder": SITE, "installer": "pip", **facts}
    return Installed(name=name, version=version, **facts)


def deb(name: str, version: str, **facts: Any) -> OsPackage:
    return OsPackage(name=name, version=version, kind="deb", **{"architecture": "amd64", **facts})


def venv(prefix: str = VENV, **facts: Any) -> PythonEnvironment:
    return PythonEnvironment(
        prefix=prefix, **{"kind": "virtual", "python": "3.11.2", "active": True, **facts}
    )


def python(version: str = "3.11.2", path: str = "/usr/bin/python3.11", **facts: Any) -> Interpreter:
    return Interpreter(path=path, version=version, **facts)


def library(name: str, version: str = "", **facts: Any) -> NativeLibrary:
    facts = {"path": f"/usr/lib/{name}.so", "digest": "", **facts}
    return NativeLibrary(name=name, version=version, **facts)


def facts(values: Mapping[str, str], *, secret: bool = False) -> dict[str, Fact]:
    return {key: Fact(value=value, secret=secret) for key, value in values.items()}


def file(digest: str = "aa", **facts: Any) -> FileState:
    return FileState(
        **{"kind": "file", "mode": 0o644, "uid": 0, "gid": 0, "size": 3, "digest": digest, **facts}
    )


def chain(*names: str) -> tuple[LayerInfo, ...]:
    return tuple(LayerInfo(diff_id=f"sha256:{name}") for name in names)


def image(subject: str = "docker:shop", **holds: Any) -> Inventory:
    """An image with a virtual environment that is the active one."""
    return Inventory(
        subject=subject,
        **{"covers": IMAGE, "environments": (venv(),), "interpreters": (python(),), **holds},
    )


def lock(*distributions: tuple[str, str], python: str = "3.11") -> Inventory:
    return Inventory(
        subject="lock:pylock.toml",
        covers=frozenset(("python",)),
        environments=(PythonEnvironment(prefix="", kind="lock", python=python),),
        distributions=tuple(
            Installed(name=name, version=version, environment="") for name, version in distributions
        ),
    )


def tell(staging: Inventory, production: Inventory, **options: Any) -> Comparison:
    return compare(staging, production, left_name="staging", right_name="production", **options)


def only(comparison: Comparison) -> Finding:
    (finding,) = comparison.findings
    return finding


def rules(comparison: Comparison) -> list[str]:
    return [finding.rule for finding in comparison.findings]


def told(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Rule, severity and name of each finding."""
    return [(f.rule, f.severity, drift(f).name) for f in comparison.findings]


def drift(finding: Finding) -> Drift:
    assert isinstance(finding.evidence, Drift)
    return finding.evidence


def identity(digest: str, **facts: Any) -> Identity:
    return replace(Identity(config=f"sha256:{digest}"), **facts)
