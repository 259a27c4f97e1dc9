"""Which indexes are asked: settings, pip's variables, pip's files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from depcheck.errors import IndexFailure, UsageError
from depcheck.index.addresses import cache_folder, find_addresses
from depcheck.model.catalog import Project
from depcheck.model.settings import IndexSettings
from tests.support.catalogs import ask, catalog_of
from tests.support.index_server import IndexServer


def write_config(home: Path, text: str) -> Path:
    path = home / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def addresses(home: Path, environ: dict[str, str] | None = None, **settings: Any) -> Any:
    asked = IndexSettings(**settings)
    quiet = {"HOME": str(home), "XDG_CONFIG_DIRS": str(home / "xdg")}
    return find_addresses(asked, quiet | (environ or {}), home)


@pytest.mark.skipif(sys.platform != "linux", reason="the places of pip's files differ")
def test_pip_files_and_variables_are_read_in_pips_order(tmp_path: Path) -> None:
    shared = tmp_path / "xdg" / "pip" / "pip.conf"
    shared.parent.mkdir(parents=True)
    shared.write_text("[global]\nindex-url = https://shared.example/simple\ntimeout = 7\n")
    write_config(tmp_path, "[global]\nindex_url = https://user.example/simple\n"
                 "extra-index-url =\n  https://one.example/s\n  https://two.example/s\n"
                 "[install]\ntrusted-host = user.example\n")  # fmt: skip
    found = addresses(tmp_path, {"PIP_RETRIES": "9", "PIP_FIND_LINKS": "wheels"})
    assert found.indexes == (
        "https://user.example/simple/",
        "https://one.example/s/",
        "https://two.example/s/",
    )
    assert found.find_links == ((tmp_path / "wheels").as_uri(),)
    assert (found.network.timeout, found.network.retries) == (7.0, 9)
    assert found.network.trusts("user.example", 443)
    over = addresses(tmp_path, {"PIP_INDEX_URL": "https://variable.example/simple/"})
    assert over.indexes[0] == "https://variable.example/simple/"


@pytest.mark.skipif(sys.platform != "linux", reason="the places of pip's files differ")
def test_a_named_config_file_replaces_the_users(tmp_path: Path) -> None:
    write_config(tmp_path, "[global]\nindex-url = https://user.example/simple\n")
    named = tmp_path / "named.conf"
    named.write_text("[global]\nextra-index-url = https://extra.example/\n")
    environ = {"PIP_CONFIG_FILE": str(named), "PIP_INDEX_URL": "https://i.example/"}
    assert addresses(tmp_path, environ).indexes == ("https://i.example/", "https://extra.example/")


def test_an_index_of_ones_own_stands_alone(tmp_path: Path) -> None:
    environ = {"PIP_EXTRA_INDEX_URL": "https://x.example/", "PIP_FIND_LINKS": "/wheels"}
    found = addresses(tmp_path, environ, index_url="https://own.example/simple")
    assert (found.indexes, found.find_links) == (("https://own.example/simple/",), ())


def test_nothing_set_means_pips_default(tmp_path: Path) -> None:
    from pip._internal.models.index import PyPI

    found = addresses(tmp_path, {"PIP_CONFIG_FILE": "/dev/null"})
    assert found.indexes == (PyPI.simple_url.rstrip("/") + "/",)


@pytest.mark.parametrize(
    ("url", "environ", "word"),
    [
        ("ftp://h/simple", {}, "makes no sense"),
        ("https://", {}, "makes no sense"),
        ("https://h:port/", {}, "impossible port"),
        ("https://h/", {"PIP_TIMEOUT": "soon"}, "timeout"),
        ("https://h/", {"SSL_CERT_FILE": "/absent.pem"}, "certificate"),
        (None, {"PIP_NO_INDEX": "1"}, "no index at all"),
    ],
)
def test_what_makes_no_sense_is_said(
    tmp_path: Path, url: str | None, environ: dict[str, str], word: str
) -> None:
    with pytest.raises(IndexFailure, match=word):
        catalog_of(url, tmp_path, environ=environ)


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ({"index_url": "absent"}, "absent does not exist", "index.example"),
        ({"index_url": "/nonexistent/simple"}, "/nonexistent/simple does not exist", "URL"),
        ({"index_url": "wheel"}, "does not exist: no such folder", 'did you mean "wheels"?'),
        ({"index_url": "{root}/wheel"}, "does not exist", 'did you mean "wheels"?'),
        ({"extra_index_urls": ("wheel",)}, "does not exist", 'did you mean "wheels"?'),
        ({"index_url": "wheels", "extra_index_urls": ("https://h/", "no")}, "not exist", "URL"),
        ({"index_url": "wheels/file"}, "is a file, not a folder", "URL"),
    ],
)
def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, settings: dict[str, Any], message: str, hint: str
) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "file").touch()
    if url := settings.get("index_url"):
        settings = settings | {"index_url": url.replace("{root}", tmp_path.as_uri())}
    with pytest.raises(UsageError, match=message) as caught:
        addresses(tmp_path, **settings)
    assert hint in caught.value.hint
    assert caught.value.exit_status == 2


def test_a_folder_that_pip_names_may_be_absent(tmp_path: Path) -> None:
    environ = {"PIP_INDEX_URL": "absent", "PIP_FIND_LINKS": "gone"}
    assert addresses(tmp_path, environ).indexes == ((tmp_path / "absent").as_uri() + "/",)


def test_a_bad_address_does_not_tell_its_password(tmp_path: Path) -> None:
    with pytest.raises(IndexFailure) as caught:
        catalog_of("https://ann:s3cret@h:port/", tmp_path)
    assert "s3cret" not in str(caught.value)


def test_a_broken_config_file_is_named(tmp_path: Path) -> None:
    named = tmp_path / "pip.conf"
    named.write_text("index-url = no section\n")
    with pytest.raises(IndexFailure, match=r"pip\.conf"):
        addresses(tmp_path, {"PIP_CONFIG_FILE": str(named)})


def test_the_cache_lies_where_users_keep_caches(tmp_path: Path) -> None:
    if sys.platform == "linux":
        assert cache_folder(IndexSettings(), {"XDG_CACHE_HOME": "/c"}) == Path("/c/depcheck")
        assert cache_folder(IndexSettings(), {"HOME": "/h"}) == Path("/h/.cache/depcheck")
    assert cache_folder(IndexSettings(cache_dir=tmp_path), {}) == tmp_path


def test_the_keyring_is_asked_after_a_refusal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keyring.py").write_text(
        "from types import SimpleNamespace\n"
        "asked = []\n"
        "def get_credential(service, user):\n"
        "    asked.append(service)\n"
        "    return SimpleNamespace(username='ann', password='s3cret')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    with IndexServer({"lib": {"1.0": []}}) as server:
        with catalog_of(server.url, tmp_path) as catalog:
            ask(catalog, "lib")
        assert "keyring" not in sys.modules
        server.auth = ("ann", "s3cret")
        with catalog_of(server.url, tmp_path) as catalog:
            assert isinstance(ask(catalog, "lib"), Project)
        assert sys.modules.pop("keyring").asked == [server.url]


def test_a_run_that_the_cache_answers_imports_no_network(tmp_path: Path) -> None:
    import subprocess

    script = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.support.catalogs import ask, catalog_of\n"
        "folder = Path(sys.argv[2])\n"
        "with catalog_of(sys.argv[1], folder, cache_dir=folder / 'cache') as catalog:\n"
        "    print(ask(catalog, 'lib').versions)\n"
        "network = ('socket', 'ssl', 'depcheck.index.crew')\n"
        "print([name for name in network if name in sys.modules])\n"
    )
    with IndexServer({"lib": {"1.0": []}}) as server:
        outputs = [
            subprocess.run(
                [sys.executable, "-c", script, server.url, str(tmp_path)],
                capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
            ).stdout
            for _ in range(2)
        ]  # fmt: skip
    assert "socket" in outputs[0]
    assert outputs[1].splitlines() == ["('1.0',)", "[]"]
