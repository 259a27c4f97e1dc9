"""Requirements files, as pip reads them."""

from __future__ import annotations

import os
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.model.settings import ComponentSettings
from depcheck.sources import read_component
from depcheck.sources.requirements_file import logical_lines


def lines(component):
    return [(str(r.origin), str(r)) for r in component.requirements]


def test_each_requirement_has_its_line(read):
    component = read(
        {
            "requirements.txt": "# web\n\nDjango>=4,<5  # the framework\n"
            "requests[socks, security] == 2.31.0 ; python_version > '3.8' \\\n"
            "    --hash=sha256:AA \\\n    --hash=sha256:bb\n"
            "my_Pkg.name\n"
        }
    )
    assert lines(component) == [
        ("requirements.txt:3", "django<5,>=4"),
        ("requirements.txt:4", 'requests[security,socks]==2.31.0 ; python_version > "3.8"'),
        ("requirements.txt:7", "my-pkg-name"),
    ]
    assert component.requirements[0].origin.text == "Django>=4,<5"
    assert component.requirements[1].hashes == ("sha256:AA", "sha256:bb")
    assert component.requirements[1].origin.text == (
        "requests[socks, security] == 2.31.0 ; python_version > '3.8'"
    )
    assert component.requirements[0].origin.component == "web"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\\\n>=1\nb", [(1, "a>=1"), (3, "b")]),
        ("a>=1 \\\n# not part of it\nb", [(1, "a>=1"), (3, "b")]),
        ("# a \\\nb", [(2, "b")]),
        ("a#b", [(1, "a#b")]),
        ("a #b\n#c\nd", [(1, "a"), (3, "d")]),
        ("a\r\nb\rc", [(1, "a"), (2, "b"), (3, "c")]),
        ("a\fb\nc", [(1, "a"), (1, "b"), (2, "c")]),
        ("a\\", [(1, "a")]),
        ("", []),
    ],
)
def test_logical_lines(text, expected):
    assert [(line.number, line.text) for line in logical_lines(text)] == expected


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("a\nb\n", [None, None]),
        ("\na \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb\nb", [4, None]),
        ("a>=1 \\\n# not part of it\nb", [2, None]),
        ("a \\\n>=1\\", [2]),
        ("a \\\r\n>=1\r\n", [2]),
        ("a\\", [None]),
    ],
)
def test_a_statement_over_several_lines_has_an_end(read, text, ends):
    found = read({"requirements.txt": text}).requirements
    assert [requirement.origin.end for requirement in found] == ends


def test_what_is_undetermined_has_an_end_too(read):
    text = "--index-url \\\n  https://index.example/simple\n-e \\\n ./here\na @ \\\n ./there\n"
    found = read({"requirements.txt": text}).undetermined
    assert [(u.origin.line, u.origin.end) for u in found] == [(1, 2), (3, 4), (5, 6)]


_names = st.text(string.ascii_lowercase, min_size=1, max_size=8)
_requirements = st.builds(
    "{}{}{}".format,
    _names,
    st.sampled_from(["", "[x]", "[x,y]"]),
    st.sampled_from(["", ">=1", "==1.2.*", "<2,>=1"]),
)
_noise = st.lists(st.sampled_from(["\n", "# c\n", "   \n", "  # c \\\n", "#\n"]), max_size=3)
_glue = st.sampled_from(["", " # note", " \\\n  ; python_version > '3' # x", " \\\n  \\\n"])


@given(st.lists(st.tuples(_noise, _requirements, _glue), max_size=12))
def test_a_random_list_comes_back_with_its_lines(tmp_path_factory, items):
    text, expected = "", []
    for noise, requirement, glue in items:
        text += "".join(noise)
        expected.append((text.count("\n") + 1, requirement))
        text += requirement + glue + "\n"
    root = tmp_path_factory.mktemp("root")
    (root / "r.txt").write_text(text)
    settings = ComponentSettings(name="web", source="r.txt")
    found = read_component(settings, root=root).requirements
    assert [(r.origin.line, r.origin.text.partition(" ;")[0]) for r in found] == expected


def test_includes_are_relative_to_the_file(read):
    component = read(
        {
            "req/web.txt": "-r more/base.txt\n--requirement=more/other.txt\n-cmore/limits.txt\nz",
            "req/more/base.txt": "a\n-r other.txt\n",
            "req/more/other.txt": "b",
            "req/more/limits.txt": "b<2\nc==1",
        }
    )
    assert [(str(r.origin), r.name, r.kind) for r in component.requirements] == [
        ("req/more/base.txt:1", "a", "requirement"),
        ("req/more/other.txt:1", "b", "requirement"),
        ("req/more/limits.txt:1", "b", "constraint"),
        ("req/more/limits.txt:2", "c", "constraint"),
        ("req/web.txt:4", "z", "requirement"),
    ]


def test_the_same_project_twice_is_kept_twice(read):
    assert len(read({"r.txt": "a>1\na<3\n"}).requirements) == 2


@pytest.mark.parametrize(
    ("line", "subject", "reason"),
    [
        ("-e ./local", "-e ./local", "editable"),
        ("--editable=git+https://u:s3cret@index.example/x#egg=y", None, "editable"),
        ("-e . ; python_version > '3'", None, "editable"),
        ("./local/pkg", "./local/pkg", "path"),
        ("../pkg[extra]", None, "path"),
        (".", ".", "path"),
        ("/abs/pkg", "/abs/pkg", "path"),
        ("dist/pkg-1.0-py3-none-any.whl", None, "path"),
        ("pkg-1.0.tar.gz", "pkg-1.0.tar.gz", "path"),
        ("file:///x/y", None, "path"),
        ("https://u:s3cret@index.example/p.whl?token=s3cret", None, "URL"),
        ("git+ssh://git@index.example/p.git@v1#egg=p", None, "version control"),
        ("pkg @ https://index.example/p.whl", None, "URL"),
        ("pkg @ git+https://u:s3cret@index.example/p ; python_version > '3'", None, "version"),
        ("pkg @ https://${TOKEN}@index.example/p.whl", None, "URL"),
    ],
)
def test_what_would_have_to_be_fetched_is_undetermined(read, line, subject, reason):
    component = read({"r.txt": f"# x\n{line}\n"})
    (found,) = component.undetermined
    assert component.requirements == ()
    assert reason in found.reason
    assert str(found.origin) == "r.txt:2"
    assert not found.harmless
    assert "s3cret" not in f"{found}"
    assert subject is None or found.subject == subject


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ("--index-url https://u:s3cret@index.example/${TOKEN}/", "--index-url"),
        ("-i https://index.example/simple?key=s3cret", "--index-url"),
        ("--extra-index-url=https://index.example/simple", "--extra-index-url"),
        ("--pre", "--pre"),
        ("--no-binary :all:", ""),
        ("--find-links ./wheels", "--index-url"),
        ("--index https://index.example", "--index-url"),
        ("a --extra-index-url https://index.example/simple", "--extra-index-url"),
    ],
)
def test_index_options_are_noted_and_not_followed(read, line, flag):
    (found,) = read({"r.txt": line}).undetermined
    assert found.harmless
    assert found.reason == "index options in files are not followed"
    assert flag in found.hint
    assert found.origin.line == 1
    assert "s3cret" not in f"{found}"


def test_an_option_in_a_comment_is_a_comment(read):
    component = read({"r.txt": "a # --index-url https://index.example/evil\n"})
    assert component.undetermined == ()


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("django=>4", '"=>4" cannot be understood', ">="),
        ("foo=1", '"=1" cannot be understood', "=="),
        ("foo 1.0", "cannot be understood", "operator"),
        ("foo bar", "cannot be understood", "line of its own"),
        ("foo==${VERSION}", "cannot be understood", "environment variables"),
        ("foo^1", "cannot be understood", ">=1.2,<2"),
        ("foo~=1", "cannot be understood", "~=1.0"),
        ("~=1", "is not a requirement", ""),
        ("foo; python_versoin > '3'", "is not a requirement", ""),
        ("foo[x", "is not a requirement", ""),
        ("--wat", 'unknown option "--wat"', ""),
        ("--extra-idex-url x", "unknown option", "--extra-index-url"),
        ("-q", 'unknown option "-q"', ""),
        ("--no", "unknown option", ""),
        ("-r", "--requirement needs a value", ""),
        ("-r ${DIR}/x.txt", "names no file", "environment variables"),
        ("-r https://u:s3cret@index.example/r.txt", "never fetched from a URL", "copy"),
        ("--hash=sha256:aa", "belongs after a requirement", ""),
        ("foo --hash=md", "is not a hash", "sha256"),
        ("foo -r x.txt", "needs a line of its own", ""),
        ('foo --hash="x', "never closed", ""),
        ("--index-url https://index.example/ foo", "not understood", "line of its own"),
        ("foo\x1b[31m", "\\x1b", ""),
        ("foo\u202ebar", "\\u202e", ""),
    ],
)
def test_faults_have_line_reason_and_hint(fault, line, message, hint):
    error = fault({"r.txt": f"ok\n{line}\n"})
    assert error.message.startswith("r.txt:2: ")
    assert message in error.message
    assert hint in error.hint
    assert error.message.isprintable()
    assert "s3cret" not in error.message


def test_all_faults_are_told_at_once(fault):
    error = fault({"r.txt": "a=1\nb\nc=1\n-r x.txt\n-r y.txt\n", "y.txt": "d=1"})
    assert [line.partition(": ")[0] for line in error.message.splitlines()] == [
        "r.txt:1",
        "r.txt:3",
        "r.txt:4",
        "y.txt:1",
    ]


def test_a_constraint_cannot_have_extras(fault):
    assert "r.txt" not in (message := fault({"r.txt": "-c c.txt", "c.txt": "a[x]<2"}).message)
    assert "c.txt:1: a constraint cannot have extras" in message


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"r.txt": "a\n-r r.txt"}, "r.txt:2: files include each other: r.txt -> r.txt"),
        (
            {"r.txt": "-r b/c.txt", "b/c.txt": "\n-c ../r.txt"},
            "b/c.txt:2: files include each other: r.txt -> b/c.txt -> r.txt",
        ),
        ({"r.txt": "-r no.txt"}, "r.txt:1: no.txt: no such file"),
        ({"r.txt": "-r d", "d/x": ""}, "r.txt:1: d: this is a folder"),
        ({"r.txt": b"a\0b"}, "r.txt: this is not a UTF-8 text file"),
        ({"r.txt": "a\nb\xe9".encode("latin-1")}, "r.txt:2: this is not UTF-8 text"),
        ({"r.txt": b"# coding: no-such\n"}, 'r.txt: unknown encoding "no-such"'),
        ({"r.txt": b"# coding: rot13\nn"}, 'r.txt: unknown encoding "rot13"'),
        ({"r.txt": "a".encode("utf-16")}, "r.txt: this is not a UTF-8 text file"),
        ({"setup.py": "raise SystemExit"}, "setup.py: depcheck does not read files of this kind"),
        ({"r\n::error::x.txt": "a b"}, "r\\n::error::x.txt:1: "),
    ],
)
def test_files_that_cannot_be_read(fault, files, message):
    assert fault(files).message.startswith(message)


@pytest.mark.parametrize(
    "data",
    [b"\xef\xbb\xbfa # \xc3\xa9\n", b"# -*- coding: latin-1 -*-\na # \xe9\n", b"a # \xc3\xa9\n"],
)
def test_encodings(read, data):
    assert [r.name for r in read({"r.txt": data}).requirements] == ["a"]


def test_a_missing_source(fault):
    error = fault({"requirements.txt": ""}, source="requirement.txt")
    assert error.message == "requirement.txt: no such file"
    assert error.hint == 'did you mean "requirements.txt"?'


class TestNothingOutsideTheRoot:
    @pytest.fixture
    def secret(self, tmp_path: Path) -> Path:
        secret = tmp_path / "secret.txt"
        secret.write_text("hunter2=1 nonsense\n")
        return secret

    @pytest.mark.parametrize("name", ["../secret.txt", "../not-there.txt"])
    def test_by_dots(self, fault, secret, name):
        error = fault({"r.txt": f"\n-r {name}"})
        assert error.message == f"r.txt:2: {name} lies outside the project root, and is not read"
        assert "hunter2" not in error.hint

    def test_by_absolute_path(self, fault, secret):
        error = fault({"r.txt": f"-c {secret}"})
        assert "lies outside the project root" in error.message

    def test_by_link(self, fault, write, secret):
        os.symlink(secret, write({}) / "link.txt")
        error = fault({"r.txt": "-r link.txt"})
        assert error.message == ("r.txt:1: link.txt lies outside the project root, and is not read")

    def test_a_source_that_is_a_link(self, fault, write, secret):
        os.symlink(secret, write({}) / "link.txt")
        assert "hunter2" not in fault({}, source="link.txt").message

    def test_a_link_that_stays_inside(self, read, write):
        root = write({"real/a.txt": "a"})
        os.symlink(root / "real", root / "linked")
        (found,) = read({"r.txt": "-r linked/a.txt"}).requirements
        assert str(found.origin) == "linked/a.txt:1"

    def test_a_ring_of_links(self, fault, write):
        root = write({})
        os.symlink(root / "two", root / "one")
        os.symlink(root / "one", root / "two")
        assert fault({}, source="one").message.startswith("one: ")

    def test_a_pipe_does_not_hold_the_check_up(self, fault, write):
        os.mkfifo(write({}) / "pipe.txt")
        assert "not a regular file" in fault({}, source="pipe.txt").message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(fault, write):
    (write({"r.txt": "a"}) / "r.txt").chmod(0)
    assert fault({}, source="r.txt").message == "r.txt: no permission to read it"


def test_pins_of_a_compiled_file_are_a_baseline(read):
    component = read(
        {
            "r.in": "a",
            "r.txt": "a==1.0 \\\n  --hash=sha256:aa\n    # via -r r.in\n"
            "w==2 ; sys_platform == 'win32'\n",
        },
        lock="r.txt",
    )
    assert [(p.name, p.version, str(p.origin)) for p in component.baseline] == [
        ("a", "1.0", "r.txt:1")
    ]
    assert [r.name for r in component.requirements] == ["a"]


def test_a_lock_that_pins_nothing(fault):
    error = fault({"r.in": "a", "r.txt": "a>=1\nb==1.*"}, lock="r.txt")
    assert error.message == "r.txt: it pins no version with ==, so it is no lock"


def test_extras_cannot_be_chosen_of_a_requirements_file(fault):
    assert "no extras or groups" in fault({"r.txt": "a"}, extras=("x",)).message
