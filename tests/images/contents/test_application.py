"""Which files are the application's own, and which removed folders have to be known."""

from __future__ import annotations

import hashlib

import pytest

from depcheck.images.contents.application import application_files, matters_when_hidden
from depcheck.images.layer import read_layer
from depcheck.images.view import Placed, View
from depcheck.model.inventory import FileState, Provenance
from tests.support.oci import WHITEOUT, Device, Entry, File, Folder, Hardlink, Layer, Symlink

SITE = "opt/venv/lib/python3.11/site-packages"
OWN = (
    "srv/app/main.py",
    "app/static/logo.svg",
    "usr/local/bin/entrypoint.sh",
    "usr/src/app/manage.py",
    "home/app/.config/shop.toml",
    "srv/app/without_source.pyc",
    "opt/shop/run",
    "opt/venv/bin/own-script",
    f"{SITE}/own.pth",
    "var/lib/shop/state.db",
    "var/www/index.html",
    "etc/shop/shop.conf",
    "etc/nginx/nginx.conf",
    "etc/cron.d/shop",
    "etc/ssl/openssl.cnf",
    "healthcheck.sh",
)
ELSEWHERE = (
    "usr/bin/jq",
    "usr/share/doc/jq/copyright",
    "usr/localized",
    "bin/sh",
    "lib/x86_64-linux-gnu/libc.so.6",
    "lib64/ld-linux-x86-64.so.2",
    "var/lib/dpkg/status",
    "var/lib/dpkg/info/jq.list",
    "var/lib/apt/extended_states",
    "var/cache/ldconfig/aux-cache",
    "var/log/dpkg.log",
    "tmp/build.log",
    "run/lock",
    "root/.cache/pip/http/a",
    "home/app/.cache/x",
    "etc/ld.so.cache",
    "etc/passwd",
    "etc/os-release",
    "etc/ssl/certs/ca-certificates.crt",
    "etc/alternatives/awk",
    "etc/default/locale",
    "srv/app/__pycache__/main.cpython-311.pyc",
    "opt/venv/pyvenv.cfg",
    "opt/venv/bin/python3.11",
    "opt/venv/bin/activate.fish",
    f"{SITE}/click-8.1.8.dist-info/RECORD",
    "usr/local/lib/python3.11/json/decoder.py",
    "usr/local/lib/libpython3.11.so.1.0",
    "usr/local/include/python3.11/Python.h",
    "usr/local/bin/python3",
    "opt/conda/conda-meta/zlib-1.3-0.json",
    "opt/conda/lib/libz.so.1",
)


def view(
    *layers: dict[str, Entry], complete: bool = True, scope: tuple[str, ...] | None = None
) -> View:
    placed = [
        Placed(
            read_layer([Layer(layer).content], diff_id=None, wanted=lambda _path, _size: None),
            Provenance(layer=position),
        )
        for position, layer in enumerate(layers, 1)
    ]
    return View(placed[::-1], complete=complete, scope=scope)


def paths(side: View, owned: frozenset[str] = frozenset()) -> set[str]:
    return set(application_files(side, owned, everything=False))


def test_the_applications_own_is_what_nothing_else_compares() -> None:
    side = view(dict.fromkeys((*OWN, *ELSEWHERE), "content"))
    assert paths(side) == {f"/{path}" for path in OWN}


def test_files_of_distributions_are_left_to_their_records() -> None:
    owned = f"{SITE}/click/utils.py"
    side = view({owned: "content", "srv/app/main.py": "content"})
    assert paths(side, frozenset((owned,))) == {"/srv/app/main.py"}


def test_a_state_is_content_mode_and_owner_and_not_time() -> None:
    side = view(
        {"srv/a": File("one", mode=0o750, uid=7, gid=8, mtime=1), "srv/b": Symlink("a")},
        {"srv/c": Hardlink("srv/a"), "srv/a": File("one", mode=0o750, uid=7, gid=8, mtime=2)},
    )
    files = application_files(side, frozenset(), everything=False)
    digest = hashlib.sha256(b"one").hexdigest()
    assert files["/srv/a"] == FileState(
        kind="file", mode=0o750, uid=7, gid=8, size=3, digest=digest, brought=Provenance(layer=2)
    )
    assert (files["/srv/b"].kind, files["/srv/b"].link, files["/srv/b"].digest) == ("link", "a", "")


def test_folders_and_devices_are_compared_only_where_all_is() -> None:
    side = view({"srv/run": Device(1, 3), "srv/data": Folder(mode=0o1777), "usr/bin/jq": "jq"})
    assert paths(side) == set()
    files = application_files(side, frozenset(("usr/bin/jq",)), everything=True)
    assert set(files) == {"/srv", "/srv/run", "/srv/data", "/usr", "/usr/bin", "/usr/bin/jq"}
    assert files["/srv/run"].kind == "device"
    assert (files["/srv/data"].kind, files["/srv/data"].mode) == ("folder", 0o1777)


def test_a_file_that_only_the_other_side_touches_is_asked_for() -> None:
    scope = ("srv/app/main.py", "srv/gone", "usr/bin/jq", "var/log/dpkg.log")
    side = view({"srv/gone": WHITEOUT}, complete=False, scope=scope)
    assert paths(side) == set()
    assert side.asked == {"srv/app/main.py"}
    whole = view({"srv/gone": WHITEOUT}, complete=False, scope=scope)
    application_files(whole, frozenset(), everything=True)
    assert whole.asked == {"srv/app/main.py", "usr/bin/jq", "var/log/dpkg.log"}


def test_a_folder_is_not_asked_for_where_what_is_in_it_is() -> None:
    scope = ("srv", "srv/app", "srv/app/main.py", "srv/current", "srv/current/a")
    side = view({"srv/current": Symlink("app")}, complete=False, scope=scope)
    assert paths(side) == {"/srv/current"}
    assert side.asked == {"srv/app/main.py"}


@pytest.mark.parametrize(
    "folder",
    ["app", "srv/app", "opt/venv", "opt", "etc", "etc/ssl", "etc/ssl/certs", "var/lib/dpkg", "var",
     "var/lib", "var/lib/rpm", "lib/apk/db", "usr/lib/x86_64-linux-gnu", "usr/lib/python3.11",
     "opt/venv/lib/python3.11", SITE, "usr/local", "usr/bin", "usr/share", "usr/share/zoneinfo",
     "usr/lib/locale", "home/app", "var/lib/dpkg/status.d"],
)  # fmt: skip
def test_folders_whose_content_has_to_be_known(folder: str) -> None:
    assert matters_when_hidden(folder)


@pytest.mark.parametrize(
    "folder",
    ["usr/share/doc", "usr/share/doc/jq", "usr/share/man/man1", "var/cache", "var/cache/apt", "tmp",
     "tmp/build", "var/lib/apt/lists", "var/lib/dpkg/info", "root/.cache", "root/.cache/pip", "run",
     "srv/app/__pycache__", f"{SITE}/click", f"{SITE}/click-8.1.8.dist-info", f"{SITE}/a/b/c",
     "usr/lib/python3/dist-packages/yaml", "usr/lib/python3.11/json", "var/log/nginx",
     "usr/bin/jq", "usr/lib/x86_64-linux-gnu/libjq.so.1", "usr/share/zoneinfo/Europe",
     "etc/alternatives"],
)  # fmt: skip
def test_folders_whose_content_does_not_have_to_be_known(folder: str) -> None:
    assert not matters_when_hidden(folder)
