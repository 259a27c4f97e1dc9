"""The files of a commit: read without a checkout, hostile names and links included."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from depcheck.errors import RevisionError, SourceError
from depcheck.model.settings import ComponentSettings
from depcheck.revisions.layout import laid_out
from depcheck.revisions.tree import Tree
from depcheck.sources import read_component
from tests.revisions.conftest import Opening
from tests.support.repositories import Repository


def hostile(repo: Repository, entries: bytes) -> None:
    """Make HEAD a commit of a tree that git itself would never make."""
    tree = repo.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", data=entries)
    commit = repo.git("commit-tree", tree, "-m", "hostile")
    repo.git("update-ref", "refs/heads/main", commit)


def entry(repo: Repository, name: bytes, content: bytes, mode: bytes = b"100644") -> bytes:
    identity = repo.git("hash-object", "-w", "--stdin", data=content)
    return mode + b" " + name + b"\0" + bytes.fromhex(identity)


def read(tree: Tree, repo: Repository, name: str) -> bytes:
    return tree.read(repo.root / name, 1000)


def test_a_file_is_read_as_it_was(repo: Repository, opening: Opening):
    repo.write("web/requirements.txt", "django>=4")
    (repo.root / "odd näme\n.txt").write_bytes(b"a\r\nb\0")
    repo.commit()
    repo.write("web/requirements.txt", "django>=5")
    tree = opening(repo.root).tree
    assert read(tree, repo, "web/requirements.txt") == b"django>=4\n"
    assert read(tree, repo, "web/../web/./requirements.txt") == b"django>=4\n"
    assert read(tree, repo, "odd näme\n.txt") == b"a\r\nb\0"


def test_what_is_not_there_is_told_as_on_disk(repo: Repository, opening: Opening, tmp_path: Path):
    repo.write("web/requirements.txt", "django")
    repo.commit()
    tree = opening(repo.root).tree
    with pytest.raises(FileNotFoundError):
        read(tree, repo, "ai/requirements.txt")
    with pytest.raises(FileNotFoundError):
        tree.read(tmp_path / "outside", 10)
    with pytest.raises(IsADirectoryError):
        read(tree, repo, "web")
    with pytest.raises(NotADirectoryError):
        read(tree, repo, "web/requirements.txt/x")
    asked = ("web/requirements.txt", "web", "ai", "web/requirements.txt/x", ".")
    assert [tree.is_file(repo.root / name) for name in asked] == [True, *[False] * 4]


def test_a_large_file_is_not_read(repo: Repository, opening: Opening):
    (repo.root / "large").write_bytes(b"x" * 5000)
    repo.write("small", "y")
    repo.commit()
    tree = opening(repo.root).tree
    assert read(tree, repo, "large") == bytes(1001)
    assert read(tree, repo, "small") == b"y\n"


def test_links_are_followed_within_the_repository_alone(repo: Repository, opening: Opening):
    repo.write("web/real.txt", "django")
    (repo.root / "web/link.txt").symlink_to("real.txt")
    (repo.root / "ai").symlink_to("web")
    (repo.root / "up").symlink_to("../../etc/passwd")
    (repo.root / "absolute").symlink_to("/etc/passwd")
    (repo.root / "ring").symlink_to("ring")
    (repo.root / "dead").symlink_to("nowhere")
    repo.commit()
    tree = opening(repo.root).tree
    assert read(tree, repo, "ai/link.txt") == b"django\n"
    for name in ("up", "absolute"):
        with pytest.raises(OSError, match="leads out of the repository"):
            read(tree, repo, name)
    with pytest.raises(OSError, match="too many links"):
        read(tree, repo, "ring")
    # A configuration that is a link is there, wherever it leads: it must not count as absent.
    links = ("ai/link.txt", "up", "absolute", "ring", "dead")
    assert all(tree.is_file(repo.root / name) for name in links)


def test_names_that_lead_out_of_the_folder_are_passed_over(repo: Repository, opening: Opening):
    names = (b"..", b".", b".git", b".GIT", b".git.", b"git~1", b"a/b", b"good")
    hostile(repo, b"".join(entry(repo, name, b"evil") for name in names))
    tree = opening(repo.root).tree
    assert read(tree, repo, "good") == b"evil"
    with laid_out(tree) as layout:
        for name in (".git", ".GIT", ".git.", "git~1", "a/b", "..", "../x", "good"):
            layout.bring(layout.top / name)
        assert os.listdir(layout.top) == ["good"]


def test_entries_of_odd_kinds_are_passed_over(repo: Repository, opening: Opening):
    entries = entry(repo, b"device", b"x", b"20644") + entry(repo, b"word", b"x", b"1o0644")
    entries += entry(repo, b"nine", b"x", b"100699") + entry(repo, b"long", b"x", b"1" * 400)
    hostile(repo, entries + entry(repo, b"zero", b"x") + b"100644 cut\0short")
    tree = opening(repo.root).tree
    assert [tree.is_file(repo.root / n) for n in ("device", "word", "zero", "cut")] == [
        False, False, True, False
    ]  # fmt: skip


def test_a_submodule_is_not_looked_into(repo: Repository, opening: Opening, tmp_path: Path):
    other = Repository(tmp_path / "other")
    other.write("requirements.txt", "django")
    other.commit()
    repo.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "sub"
    )
    repo.commit()
    tree = opening(repo.root).tree
    with pytest.raises(OSError, match="sub is a submodule"):
        read(tree, repo, "sub/requirements.txt")
    with laid_out(tree) as layout, pytest.raises(RevisionError, match="sub is a submodule"):
        layout.bring(layout.top / "sub/requirements.txt")


def test_a_clone_without_the_contents_says_so_and_fetches_nothing(
    repo: Repository, opening: Opening, tmp_path: Path
):
    repo.write("requirements.txt", "django")
    repo.commit()
    repo.write("requirements.txt", "flask")
    repo.commit()
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    repo.git("clone", "--quiet", "--filter=blob:none", f"file://{repo.root}", str(clone))
    tree = opening(clone, "HEAD^1").tree
    with pytest.raises(RevisionError, match="does not have the blob") as caught:
        tree.read(clone / "requirements.txt", 100)
    assert "--filter" in caught.value.hint


def component(layout_root: Path, bring, source: str, **settings: str):
    named = ComponentSettings(name="web", role="core", source=source, **settings)
    return read_component(named, root=layout_root, target_python="3.11.7", bring=bring)


def test_everything_that_a_requirements_file_includes_is_laid_out(
    repo: Repository, opening: Opening
):
    repo.write("shop/web/requirements.txt", "-r more/any.name", "-c '../lim its'", "django")
    repo.write("shop/web/more/any.name", "flask")
    repo.write("shop/lim its", "flask<3")
    repo.write("shop/web/not-included.txt", "numpy")
    repo.commit()
    with laid_out(opening(repo.root).tree) as layout:
        read = component(layout.top / "shop", layout.bring, "web/requirements.txt")
        files = {path.name for path in layout.top.rglob("*") if path.is_file()}
    assert [str(r.origin) for r in read.requirements] == [
        "web/more/any.name:1", "lim its:1", "web/requirements.txt:3"
    ]  # fmt: skip
    assert files == {"requirements.txt", "any.name", "lim its"}
    assert not layout.top.exists()


def test_a_lock_beside_a_project_is_laid_out(repo: Repository, opening: Opening):
    repo.write("web/pyproject.toml", "[project]", 'name = "web"', 'dependencies = ["django"]')
    repo.write(
        "web/pylock.toml", 'lock-version = "1.0"', 'created-by = "test"', "[[packages]]",
        'name = "django"', 'version = "4.2.16"', "[[packages.wheels]]",
        'url = "https://index.example/django-4.2.16-py3-none-any.whl"',
        "[packages.wheels.hashes]", f'sha256 = "{"0" * 64}"',
    )  # fmt: skip
    repo.commit()
    with laid_out(opening(repo.root).tree) as layout:
        read = component(layout.top, layout.bring, "web/pyproject.toml")
    assert [pin.version for pin in read.baseline] == ["4.2.16"]


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../../../etc/passwd", "../secret"])
def test_a_link_out_of_the_project_is_refused_as_on_disk(
    repo: Repository, opening: Opening, target: str
):
    repo.write("secret", "token")
    (repo.root / "shop").mkdir()
    (repo.root / "shop/requirements.txt").symlink_to(target)
    repo.commit()
    with (
        laid_out(opening(repo.root).tree) as layout,
        pytest.raises(SourceError, match="outside the project root") as caught,
    ):
        component(layout.top / "shop", layout.bring, "requirements.txt")
    assert str(layout.top) not in caught.value.message


def test_an_include_out_of_the_project_brings_nothing(repo: Repository, opening: Opening):
    repo.write("shop/requirements.txt", "-r ../secret", "-r ../../../../etc/passwd")
    repo.write("secret", "token")
    repo.commit()
    with (
        laid_out(opening(repo.root).tree) as layout,
        pytest.raises(SourceError, match="outside the project root"),
    ):
        component(layout.top / "shop", layout.bring, "requirements.txt")


def test_the_folder_goes_when_the_run_is_interrupted(repo: Repository, opening: Opening):
    repo.write("requirements.txt", "django")
    repo.commit()
    tree = opening(repo.root).tree
    tops: list[Path] = []
    with pytest.raises(KeyboardInterrupt):
        _interrupted(tree, tops)
    assert not tops[0].exists()


def _interrupted(tree: Tree, tops: list[Path]) -> None:
    with laid_out(tree) as layout:
        layout.bring(layout.top / "requirements.txt")
        assert (layout.top / "requirements.txt").is_file()
        tops.append(layout.top)
        raise KeyboardInterrupt
