"""Secrets: as files alone, with names that stay in their folder."""

from __future__ import annotations

import pytest
import yaml

from depcheck.deployment.secrets import secret_files, secret_names, secrets_block
from depcheck.errors import ConfigurationError
from tests.support.plans import ai, core, plan

SHOP = plan(core(secrets=("db-password",)), ai(secrets=("api.key", "db-password")))


def test_each_secret_is_a_file_once() -> None:
    assert secret_names(SHOP) == ("api.key", "db-password")
    assert yaml.safe_load(secrets_block(SHOP)) == {
        "secrets": {
            "api.key": {"file": "./secrets/api.key"},
            "db-password": {"file": "./secrets/db-password"},
        }
    }


def test_without_secrets_nothing_is_written() -> None:
    assert secrets_block(plan()) == ""
    assert secret_files(plan()) == {}


def test_what_lies_in_the_folder_stays_out_of_git() -> None:
    ((path, text),) = secret_files(SHOP).items()
    assert path == "secrets/.gitignore"
    assert text.splitlines()[1:] == ["*", "!.gitignore"]
    assert "api.key, db-password" in text


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", ".gitignore", "a b", "a\nb", "a:b", "$A", "-a", "é"]
)
def test_a_name_that_is_no_file_of_the_folder_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError):
        secret_names(plan(core(secrets=(name,))))
