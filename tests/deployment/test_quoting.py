"""Hostile strings come back as data, or are refused."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from depcheck.deployment import quoting
from depcheck.errors import ConfigurationError

HOSTILE = (
    "$(id)", "${HOME}", "$HOME", "$$", "`id`", "'; rm -rf / #", '"', "\\", "\\\\\"", "#", "--rm",
    "- a", "a: b", "{{.Env}}", "no", "1.10", "~", "", " ", "%[env(HOME)]", "<<EOF", "&a *a !!x",
)  # fmt: skip
NOT_PRINTABLE = (
    "a\nb",
    "a\rb",
    "\0",
    "\x1b[31m",
    "\x85",
    "\u2028",
    "\u202e",
    "\ud800",
    "\t",
    "\u00a0",
)
printable = st.text(max_size=60).filter(str.isprintable)


def words_of_haproxy(line: str) -> list[str]:
    """Split as HAProxy does (manual, 2.2): ``'`` takes all literally, ``\\`` the next one."""
    words, word, started, index = [], "", False, 0
    while index < len(line):
        char = line[index]
        if char == "'":
            end = line.index("'", index + 1)
            word, started, index = word + line[index + 1 : end], True, end
        elif char == "\\":
            word, started, index = word + line[index + 1], True, index + 1
        elif char in ' "#$':
            assert char == " ", "something is interpreted"
            words, word, started = [*words, word] if started else words, "", False
        else:
            word, started = word + char, True
        index += 1
    return [*words, word] if started else words


def word_of_dockerfile(quoted: str) -> str:
    """Read a double-quoted word as the builder does: ``\\`` before ``"``, ``$`` and itself."""
    assert quoted[0] == quoted[-1] == '"'
    text, index, inner = "", 0, quoted[1:-1]
    while index < len(inner):
        assert inner[index] not in '"$', "the word ends, or something is expanded"
        if inner[index] == "\\":
            assert inner[index + 1] in '"$\\'
            index += 1
        text, index = text + inner[index], index + 1
    return text


def uninterpolated(text: str) -> str:
    """Undo compose's interpolation: every ``$`` has to be one of two."""
    assert "$" not in text.replace("$$", "")
    return text.replace("$$", "$")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("write", [quoting.dockerfile_word, quoting.yaml_scalar])
def test_no_line_ends_within_a_string(write, text: str) -> None:  # type: ignore[no-untyped-def] # two functions
    assert "\n" not in write(text, "a test")


@given(printable | st.sampled_from(HOSTILE))
def test_what_is_written_is_read_again(text: str) -> None:
    assert json.loads(quoting.exec_form([text, text], "a test")) == [text, text]
    assert word_of_dockerfile(quoting.dockerfile_word(text, "a test")) == text
    document = f"key: {quoting.yaml_scalar(text, 'a test')}\nnext: 1\n"
    read = yaml.safe_load(document)
    assert read["next"] == 1
    assert uninterpolated(read["key"]) == text
    line = f"server {quoting.haproxy_word(text, 'a test')} end"
    assert words_of_haproxy(line) == ["server", text, "end"]


@given(st.lists(printable, max_size=4))
def test_a_list_of_words_is_a_list_of_texts(words: list[str]) -> None:
    read = yaml.safe_load(f"command: {quoting.yaml_words(words, 'a test')}")["command"]
    assert [uninterpolated(word) for word in read] == words


@pytest.mark.parametrize("text", NOT_PRINTABLE)
@pytest.mark.parametrize(
    "write",
    [
        quoting.data, quoting.dockerfile_word, quoting.yaml_scalar, quoting.haproxy_word,
        quoting.path_below, quoting.image_reference, quoting.variable,
        lambda text, what: quoting.exec_form([text], what),
    ],
)  # fmt: skip
def test_what_cannot_be_data_is_refused_with_its_place(write, text: str) -> None:  # type: ignore[no-untyped-def] # many functions
    with pytest.raises(ConfigurationError) as caught:
        write(text, "depcheck.toml:7: command")
    assert caught.value.message.startswith("depcheck.toml:7: command: ")
    assert caught.value.message.isprintable()
    assert f"U+{next(ord(c) for c in text if not c.isprintable()):04X}" in caught.value.message


@given(st.text(max_size=300), st.integers(0, 8))
def test_a_comment_is_only_comment(text: str, indent: int) -> None:
    for line in quoting.comment(text, indent=indent).split("\n"):
        assert line.startswith(" " * indent + "#")
        assert line.isprintable()


@pytest.mark.parametrize(
    "text",
    ["python", "python:3.12-slim", "reg.example:5000/team/python", "stack-base:bookworm",
     "reg.example/a@sha256:" + "0" * 64, "a:1@sha256:" + "f" * 64],
)  # fmt: skip
def test_image_references(text: str) -> None:
    assert quoting.image_reference(text, "base") == text


@pytest.mark.parametrize(
    "text",
    ["", "Python", "a b", "a:", "-a", "a:$TAG", "a@sha256:12", "a AS b", "a/", "/a", "a" * 501,
     "https://reg.example/a", "a:1 # comment", "scratch\\"],
)  # fmt: skip
def test_what_is_no_image_reference(text: str) -> None:
    with pytest.raises(ConfigurationError, match="no image reference"):
        quoting.image_reference(text, "base")


@pytest.mark.parametrize(
    ("text", "path"),
    [("web", "web"), ("./src/web/", "src/web"), (".", "."), ("a b", "a b"), ("-x", "-x")],
)
def test_paths_below(text: str, path: str) -> None:
    assert quoting.path_below(text, "code") == path


@pytest.mark.parametrize(
    "text", ["..", "a/../..", "/etc", "a*", "a?", "[a]", "$HOME", "a\\b", '"a"', "!a", " a", "<<E"]
)
def test_paths_that_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        quoting.path_below(text, "code")


def test_a_variable_is_a_name() -> None:
    assert quoting.variable("DB_POOL_SIZE", "variable") == "DB_POOL_SIZE"
    for text in ("", "1A", "A-B", "A=B", "Ä", "${A}"):
        with pytest.raises(ConfigurationError):
            quoting.variable(text, "variable")


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="more than 4000 characters"):
        quoting.data("a" * 4001, "command")
