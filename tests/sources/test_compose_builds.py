"""Which services of a compose file are built here."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.errors import SourceError
from depcheck.sources.compose_builds import read_builds


def builds(tmp_path: Path, text: str) -> tuple[tuple[str, str, str], ...]:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "compose.yaml").write_text(text, encoding="utf-8")
    return read_builds(Path("deploy/compose.yaml"), root=tmp_path)


@pytest.mark.parametrize(
    ("build", "found"),
    [
        ("../web", ("web", "web/Dockerfile")),
        ("..", ("", "Dockerfile")),
        ("{context: .., dockerfile: ml/Dockerfile.gpu}", ("", "ml/Dockerfile.gpu")),
        ("{dockerfile_inline: FROM x}", ("deploy", "deploy/Dockerfile")),
        ("../../elsewhere", None),
        ("/srv/web", None),
        ("https://git.example/web.git", None),
        ("${WHERE}", None),
    ],
)
def test_a_build(build: str, found: tuple[str, str] | None, tmp_path: Path) -> None:
    told = builds(tmp_path, f"services:\n  web:\n    build: {build}\n  db:\n    image: postgres\n")
    assert told == ((("web", *found),) if found else ())


@pytest.mark.parametrize("text", ["services: [\n", "web:\n  build: .\n", "[]\n"])
def test_what_is_no_compose_file(text: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"deploy/compose\.yaml"):
        builds(tmp_path, text)
