"""Sources that a configuration names: a fault points to its line."""

from __future__ import annotations

import pytest

from depcheck.model.requirement import Origin

ORIGIN = Origin(component="web", path="depcheck.toml", line=7, text="")


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("web/requirement.txt", "no such file", 'did you mean "requirements.txt"?'),
        ("wbe/requirements.txt", "no such file", 'did you mean "web"?'),
        ("web/pyproject.tmol", "no such file", 'did you mean "pyproject.toml"?'),
        ("uv.lock", "no such file", ""),
        ("web", "this is a folder", "requirements.txt"),
        ("web/setup.cfg", "does not read files of this kind", "requirements file"),
    ],
)
def test_the_line_of_the_configuration_is_told(fault, source, message, hint):
    files = {"web/requirements.txt": "", "web/pyproject.toml": ""}
    error = fault(files, source, origin=ORIGIN)
    assert error.message.startswith(f"depcheck.toml:7: {source}: ")
    assert message in error.message
    assert hint in error.hint
    assert fault(files, source).message.startswith(f"{source}: ")


def test_nothing_outside_the_root_is_suggested(fault, tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "passwd").write_text("")
    error = fault({"a.txt": ""}, "../secrets/passwt/../../root/b/c.txt")
    assert "passwd" not in error.message + error.hint
