"""depcheck as an image: built from the Dockerfile by an engine, and run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine import Engine
from tests.support.pull_request import CONFIG, git
from tests.support.runner import ROOT
from tests.support.stack import BASE

TAG = "depcheck:tests"


@pytest.fixture(scope="module")
def built(builder: Engine) -> Iterator[Engine]:
    builder.run(
        "build", "-q", "--network", "host", "--build-arg", f"BASE={BASE}", "-t", TAG, str(ROOT)
    )
    yield builder
    builder.run("rmi", "-f", TAG)


def run(engine: Engine, *words: str, volume: Path = ROOT, entry: str = "") -> tuple[int, str]:
    """Run a container to its end; return its status and what it printed."""
    options = ["--network", "none", "-v", f"{volume}:/src:ro"]
    options += ["--entrypoint", entry] if entry else []
    name = engine.create(TAG, *options, command=words)
    try:
        engine.run("start", name)
        status = int(engine.run("wait", name))
        return status, engine.run("logs", name)
    finally:
        engine.remove(name)


def test_it_checks_the_fixtures_without_root_and_without_a_network(built):
    status, told = run(built, "check", "--config", "fixtures/shop/conflict/depcheck.toml")

    assert status == 1, told
    assert told.startswith("CONFLICT")


def test_it_compares_with_a_base(built, tmp_path):
    work = tmp_path / "work"
    git(tmp_path, "init", "-q", "-b", "main", str(work))
    shutil.copytree(ROOT / "fixtures" / "index", work / "index")
    index = 'index-url = "index"\n'
    unlocked = CONFIG.replace('lock = "web/requirements.lock"\n', "")
    (work / "depcheck.toml").write_text(index + unlocked)
    for name, text in {"web": "PyJWT<2\n", "ai": "six\n"}.items():
        (work / name).mkdir()
        (work / name / "requirements.txt").write_text(text)
    git(work, "add", "--all")
    git(work, "commit", "-q", "-m", "1")
    (work / "ai" / "requirements.txt").write_text("mcp>=1.23\n")  # not committed

    status, told = run(built, "check", "--base", "HEAD", volume=work)

    assert status == 1, told
    assert "new" in told


def test_it_is_nobody_and_keeps_nothing_behind(built):
    script = (
        "id -u; find /root/.cache /var/lib/apt/lists /build -type f 2>/dev/null; "
        "find / -xdev -name '*.pyc' -path '*depcheck*' -newer /etc/hostname; "
        "touch /cache/x && echo cache; touch /opt/depcheck/x 2>/dev/null || echo kept"
    )

    status, told = run(built, "-c", script, entry="sh")

    assert (status, told.split()) == (0, ["10001", "cache", "kept"])


def test_its_labels_say_what_it_is(built):
    told = built.run("image", "inspect", "-f", "{{json .Config.Labels}} {{.Config.User}}", TAG)

    assert "org.opencontainers.image.title" in told
    assert told.endswith("10001:10001")


def test_without_words_it_helps(built):
    status, told = run(built)

    assert status in (0, 1)
    assert "check" in told
