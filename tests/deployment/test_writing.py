"""Files are written all or none, and nothing of another person's is touched."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.deployment import writing
from depcheck.deployment.manifest import NAME, read_manifest
from depcheck.deployment.previous import previous_partition
from depcheck.deployment.writing import Written, notes, write_files
from depcheck.errors import OutputError

FILES = {"compose.yaml": "services: {}\n", "web/Dockerfile": "FROM a\n", "web/pylock.toml": "x\n"}
PARTITION = [["web"], ["rec", "search"]]


def write(folder: Path, files: Mapping[str, str] = FILES, *, force: bool = False) -> Written:
    return write_files(folder, files, partition=PARTITION, force=force)


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != NAME
    }


def test_a_first_run_makes_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "deploy"
    assert write(folder) == Written(written=tuple(sorted((*FILES, NAME))))
    assert tree(folder) == FILES
    assert previous_partition(folder) == (("web",), ("rec", "search"))


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert write(tmp_path) == Written(unchanged=tuple(sorted(FILES)))
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}


def test_two_folders_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    write(tmp_path / "a")
    write(tmp_path / "b", dict(reversed(FILES.items())))
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert (tmp_path / "a" / NAME).read_bytes() == (tmp_path / "b" / NAME).read_bytes()


def test_own_files_are_replaced_and_those_no_longer_wanted_removed(tmp_path: Path) -> None:
    write(tmp_path)
    result = write(tmp_path, {"compose.yaml": "services: {a: 1}\n", "rec/Dockerfile": "FROM b\n"})
    assert result.written == ("compose.yaml", NAME, "rec/Dockerfile")
    assert result.removed == ("web/Dockerfile", "web/pylock.toml")
    assert not (tmp_path / "web").exists()


def test_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "notes.txt").write_text("mine")
    write(tmp_path)
    write(tmp_path, {"compose.yaml": "x\n"})
    assert tree(tmp_path) == {"compose.yaml": "x\n", "web/notes.txt": "mine"}


def test_all_that_would_be_overwritten_is_told_before_anything_is_written(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "web" / "Dockerfile").write_text("FROM mine\n")
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "Dockerfile").write_text("FROM theirs\n")
    before = tree(tmp_path)
    wanted = {**FILES, "compose.yaml": "new\n", "rec/Dockerfile": "FROM b\n", "a.txt": "a\n"}
    with pytest.raises(OutputError) as caught:
        write(tmp_path, wanted)
    assert "web/Dockerfile: changed since depcheck wrote it" in caught.value.message
    assert "rec/Dockerfile: not from depcheck" in caught.value.message
    assert "compose.yaml" not in caught.value.message
    assert caught.value.message.startswith("files would be overwritten, so nothing was written")
    assert tree(tmp_path) == before
    done = write(tmp_path, wanted, force=True)
    assert done.written == (
        "a.txt", "compose.yaml", NAME, "rec/Dockerfile", "web/Dockerfile",
    )  # fmt: skip
    assert done.seized == ("rec/Dockerfile", "web/Dockerfile")
    assert tree(tmp_path) == wanted


def test_a_changed_file_that_already_says_the_new_is_no_clash(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "compose.yaml").write_text("new\n")
    done = write(tmp_path, {**FILES, "compose.yaml": "new\n"})
    assert (done.written, done.seized) == ((NAME,), ())


@pytest.mark.parametrize("force", [False, True])
def test_a_changed_file_that_is_no_longer_wanted_is_kept(tmp_path: Path, force: bool) -> None:
    write(tmp_path)
    (tmp_path / "web" / "Dockerfile").write_text("FROM mine\n")
    result = write(tmp_path, {"compose.yaml": "services: {}\n"}, force=force)
    assert result.kept == ("web/Dockerfile",)
    assert result.removed == ("web/pylock.toml",)
    assert (tmp_path / "web" / "Dockerfile").read_text() == "FROM mine\n"


def test_what_became_of_files_is_a_note_for_each_kind() -> None:
    done = Written(written=("a",), seized=("a",), removed=("b", "c"), kept=("d",))
    assert list(notes(done, "deploy")) == [
        "overwritten in deploy, though not as depcheck wrote it: a.",
        "no longer wanted in deploy, removed: b, c.",
        "no longer wanted in deploy, but kept, since changed by somebody: d.",
    ]
    assert list(notes(Written(written=("a",)), "deploy")) == []
    assert "nothing had to be written" in next(notes(Written(), "deploy"))


# Links, and other things that stand in the way


def test_a_linked_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "deploy"
    folder.mkdir()
    (folder / "web").symlink_to(outside)
    for force in (False, True):
        with pytest.raises(OutputError, match="web is no folder"):
            write(folder, force=force)
    assert list(outside.iterdir()) == []


def test_a_linked_file_is_replaced_only_when_forced_and_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    folder = tmp_path / "deploy"
    folder.mkdir()
    (folder / "compose.yaml").symlink_to(outside)
    with pytest.raises(OutputError, match=r"compose\.yaml: not from depcheck"):
        write(folder)
    write(folder, force=True)
    assert outside.read_text() == "precious"
    assert not (folder / "compose.yaml").is_symlink()


def test_a_link_with_the_content_that_is_wanted_is_not_taken_for_the_file(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "same.yaml").write_text(FILES["compose.yaml"])
    (tmp_path / "deploy" / "compose.yaml").symlink_to(tmp_path / "same.yaml")
    with pytest.raises(OutputError, match="not from depcheck"):
        write(tmp_path / "deploy")


def test_a_folder_where_a_file_goes(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").mkdir()
    for force in (False, True):
        with pytest.raises(OutputError, match=r"compose\.yaml: a folder stands there"):
            write(tmp_path, force=force)


def test_a_file_where_the_folder_goes(tmp_path: Path) -> None:
    (tmp_path / "deploy").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "deploy")
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "deploy" / "below")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_writable(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="permission denied"):
        write(tmp_path)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc")
def test_a_folder_where_nobody_may_write() -> None:
    with pytest.raises(OutputError, match="/proc/deploy: cannot be written"):
        write(Path("/proc/deploy"))


@pytest.mark.parametrize(
    "path", ["../a", "/a", "a/../../b", "", "a//b", "./a", "C:a", "a\\b", NAME]
)
def test_paths_that_are_not_below(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutputError, match="no path below"):
        write(tmp_path / "deploy", {path: "x"})
    assert list(tmp_path.rglob("*")) == []


# A write that was interrupted


@pytest.mark.parametrize("steps", range(6))
def test_a_second_run_heals_what_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    write(tmp_path)
    wanted = {"compose.yaml": "new\n", "rec/Dockerfile": "FROM b\n", "web/Dockerfile": "FROM c\n"}
    real, left = writing._replace, [steps]

    def failing(target: Path, text: str) -> None:
        if not left[0]:
            raise OSError(28, "No space left on device", str(target))
        left[0] -= 1
        real(target, text)

    monkeypatch.setattr(writing, "_replace", failing)
    try:
        write(tmp_path, wanted)
    except OutputError as failure:
        assert "no space left" in failure.message  # noqa: PT017 - the last run does not fail
    monkeypatch.undo()
    for text in tree(tmp_path).values():
        assert text in {*FILES.values(), *wanted.values()}, "each file is old or new"
    write(tmp_path, wanted)
    assert tree(tmp_path) == wanted
    assert write(tmp_path, wanted) == Written(unchanged=tuple(sorted(wanted)))


def test_no_temporary_file_is_left(tmp_path: Path) -> None:
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"compose.yaml", "web", NAME}


# A manifest that somebody made


def claim(folder: Path, **values: object) -> None:
    content = {"version": 1, "files": {}, "replaced": {}, "partition": [], **values}
    (folder / NAME).write_text(json.dumps(content))


@pytest.mark.parametrize(
    "files", [{"../precious": "0" * 64}, {"/etc/passwd": "0" * 64}, {"a/../../b": "0" * 64}]
)
def test_a_manifest_removes_nothing_outside(tmp_path: Path, files: dict[str, str]) -> None:
    folder = tmp_path / "deploy"
    folder.mkdir()
    (tmp_path / "precious").write_text("x")
    claim(folder, files=files)
    with pytest.raises(OutputError, match="no manifest that depcheck wrote"):
        write(folder)
    write(folder, force=True)
    assert (tmp_path / "precious").exists()


def test_a_manifest_removes_nothing_through_a_link(tmp_path: Path) -> None:
    from depcheck.deployment.manifest import digest

    folder, outside = tmp_path / "deploy", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "precious").write_text("x")
    (folder / "web").symlink_to(outside)
    (folder / "link").symlink_to(outside / "precious")
    claim(folder, files={"web/precious": digest(b"x"), "link": digest(b"x")})
    result = write(folder, {"compose.yaml": "x\n"}, force=True)
    assert result.removed == ()
    assert (outside / "precious").exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"version": 2}', '{"version": 1}', "[" * 100_000, '"' * 10, "\0", "{}",
     '{"version":1,"files":{"a":1},"replaced":{},"partition":[]}',
     '{"version":1,"files":[],"replaced":{},"partition":[]}',
     '{"version":1,"files":{},"replaced":{},"partition":["ab"]}',
     '{"version":1,"files":{},"replaced":{},"partition":[[1]]}'],
)  # fmt: skip
def test_a_broken_manifest_is_none(tmp_path: Path, text: str) -> None:
    write(tmp_path)
    (tmp_path / NAME).write_text(text)
    assert read_manifest(tmp_path) is None
    assert previous_partition(tmp_path) == ()
    with pytest.raises(OutputError, match="no manifest that depcheck wrote"):
        write(tmp_path, {**FILES, "a": "b"})
    write(tmp_path, force=True)
    assert previous_partition(tmp_path) == (("web",), ("rec", "search"))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(
    lambda value: {"version": 1, "files": value, "replaced": value, "partition": value}
))  # fmt: skip
def test_odd_values_of_a_manifest_are_none(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    (folder / NAME).write_text(json.dumps(value))
    assert read_manifest(folder) is None


def test_a_manifest_that_is_a_link_is_none(tmp_path: Path) -> None:
    write(tmp_path / "real")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / NAME).symlink_to(tmp_path / "real" / NAME)
    assert previous_partition(tmp_path / "deploy") == ()


def test_no_folder_has_no_previous_partition(tmp_path: Path) -> None:
    assert previous_partition(tmp_path / "none") == ()
    (tmp_path / "file").write_text("x")
    assert previous_partition(tmp_path / "file") == ()


def test_containers_can_read_what_is_written_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write(tmp_path / "deploy", FILES)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "deploy").rglob("*.y*ml")}
    assert modes == {0o644}


class TestInputs:
    """What the run itself reads is not overwritten, whatever is asked."""

    @staticmethod
    def refused(folder: Path, *inputs: Path, files: Mapping[str, str] = FILES) -> str:
        before = tree(folder)
        with pytest.raises(OutputError) as raised:
            write_files(folder, files, partition=PARTITION, force=True, inputs=inputs)
        assert tree(folder) == before
        assert not (folder / NAME).exists() or read_manifest(folder) is not None
        assert "--force does not overwrite" in raised.value.hint
        return raised.value.message

    def test_all_of_them_are_named(self, tmp_path: Path) -> None:
        (tmp_path / "web").mkdir()
        lock, dockerfile = tmp_path / "web" / "pylock.toml", tmp_path / "web" / "Dockerfile"
        lock.write_text("mine")
        dockerfile.write_text("mine")
        told = self.refused(tmp_path, lock, dockerfile, tmp_path / "other.txt")
        assert "\n  web/Dockerfile: this run reads it" in told
        assert "\n  web/pylock.toml: this run reads it" in told
        assert "compose.yaml" not in told

    def test_through_a_link_and_another_name_of_the_folder(self, tmp_path: Path) -> None:
        folder = tmp_path / "deploy"
        (folder / "web").mkdir(parents=True)
        (folder / "web" / "pylock.toml").write_text("mine")
        (tmp_path / "lock.toml").symlink_to("deploy/web/pylock.toml")
        (tmp_path / "same").symlink_to("deploy")
        assert "web/pylock.toml" in self.refused(folder, tmp_path / "lock.toml")
        assert "web/pylock.toml" in self.refused(folder, tmp_path / "same/web/../web/pylock.toml")

    def test_a_link_that_is_read_is_not_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "deploy" / "web").mkdir(parents=True)
        (tmp_path / "lock.toml").write_text("mine")
        link = tmp_path / "deploy" / "web" / "pylock.toml"
        link.symlink_to(tmp_path / "lock.toml")
        assert "web/pylock.toml" in self.refused(tmp_path / "deploy", link)
        assert link.is_symlink()

    def test_one_of_an_earlier_run_is_neither_replaced_nor_removed(self, tmp_path: Path) -> None:
        write(tmp_path)
        lock = tmp_path / "web" / "pylock.toml"
        self.refused(tmp_path, lock, files={**FILES, "web/pylock.toml": "y\n"})
        self.refused(tmp_path, lock, files={"compose.yaml": "x\n"})

    def test_one_that_stays_as_it_is_does_no_harm(self, tmp_path: Path) -> None:
        write(tmp_path)
        lock = tmp_path / "web" / "pylock.toml"
        done = write_files(tmp_path, FILES, partition=PARTITION, inputs=[lock])
        assert done.written == ()

    def test_others_files_in_a_folder_that_is_copied(self, tmp_path: Path) -> None:
        (tmp_path / "web").mkdir()
        (tmp_path / "web" / "Dockerfile").write_text("mine")
        assert "web/Dockerfile" in self.refused(tmp_path, tmp_path / "web")

    @pytest.mark.parametrize("top", [".", "deploy"])
    def test_the_folder_written_to_may_itself_be_copied(self, tmp_path: Path, top: str) -> None:
        (tmp_path / "deploy").mkdir()
        (tmp_path / "deploy" / "compose.yaml").write_text("mine")
        done = write_files(
            tmp_path / "deploy", FILES, partition=PARTITION, force=True, inputs=[tmp_path / top]
        )
        assert done.seized == ("compose.yaml",)


def test_a_file_larger_than_the_memory_is_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    with (tmp_path / "web" / "pylock.toml").open("wb") as stream:
        stream.truncate(60 * 10**9)  # a hole: it takes no space
    with pytest.raises(OutputError, match=r"web/pylock\.toml: not from depcheck"):
        write(tmp_path)
    assert "web/pylock.toml" in write(tmp_path, force=True).seized
    assert tree(tmp_path) == FILES
    assert read_manifest(tmp_path) is not None
