"""Libraries that decide whether Python code runs: their names, versions and owners."""

from __future__ import annotations

import sqlite3
import ssl
from pathlib import Path

import pytest

from depcheck.images.contents.native import native_contents
from depcheck.images.contents.python import python_contents
from depcheck.images.view import View
from depcheck.images.wanted import wanted
from depcheck.model.inventory import NativeLibrary
from tests.support.contents import SITE, distribution
from tests.support.oci import WHITEOUT, Entry, Symlink
from tests.support.views import pair, table, whole

SYSTEM = "usr/lib/x86_64-linux-gnu"


def libraries(view: View) -> tuple[NativeLibrary, ...]:
    return native_contents(view, python_contents(view, path="", command=()).distributions)


@pytest.mark.parametrize(
    ("file", "name", "version"),
    [
        ("libstdc++.so.6.0.30", "libstdc++", "6.0.30"),
        ("libgomp.so.1.0.0", "openmp", "1.0.0"),
        ("libomp.so.5", "openmp", "5"),
        ("libcudart.so.12.1.105", "cuda", "12.1.105"),
        ("libcudnn.so.9.1.0", "cudnn", "9.1.0"),
        ("libcudnn_ops_infer.so.8", None, ""),
        ("libcublasLt.so.12", "cublas", "12"),
        ("libnccl.so.2.20.5", "nccl", "2.20.5"),
        ("libopenblasp-r0.3.21.so", "openblas", "0.3.21"),
        ("libopenblas64_p-r0-0cf96a72.3.23.dev.so", "openblas", "0.3.23.dev"),
        ("libscipy_openblas64_-56d6093b.so", "openblas", ""),
        ("libpq.so.5.15", "libpq", "5.15"),
        ("libz.so.1.2.13", "zlib", "1.2.13"),
        ("libzstd.so.1.5.4", None, ""),
        ("libstdc++.a", None, ""),
    ],
)
def test_the_name_of_the_file_tells(file: str, name: str | None, version: str) -> None:
    found = libraries(whole(table({f"{SYSTEM}/{file}": b"\x7fELF", f"{SYSTEM}/libx.so": ""})))
    assert [(each.name, each.version, each.owner) for each in found] == (
        [(name, version, "")] if name else []
    )


@pytest.mark.parametrize(
    ("file", "content", "name", "version"),
    [
        ("libcrypto.so.3", "\0OpenSSL 3.0.11 19 Sep 2023\0", "openssl", "3.0.11"),
        ("libcrypto.so.1.1", "\0OpenSSL 1.1.1w  11 Sep 2023\0", "openssl", "1.1.1w"),
        ("libsqlite3.so.0.8.6", "\0003.40.1\0", "sqlite", "3.40.1"),
        ("libc.so.6", "GNU C Library (X 2.36-9) stable release version 2.36.\n", "glibc", "2.36"),
        ("ld-musl-x86_64.so.1", "musl libc (x)\0001.2.4\0", "musl", "1.2.4"),
        ("libgomp.so.1.0.0", "GCC: (Debian 12.2.0-14) 12.2.0\0", "openmp", "12.2.0"),
    ],
)
def test_the_content_tells_what_the_name_does_not(
    file: str, content: str, name: str, version: str
) -> None:
    (found,) = libraries(whole(table({f"lib/{file}": content})))
    assert (found.name, found.version) == (name, version)


def test_libraries_of_this_machine_are_read_as_python_says() -> None:
    """Where the interpreter uses the system's, it knows their versions."""
    said = {"openssl": ssl.OPENSSL_VERSION.split()[1], "sqlite": sqlite3.sqlite_version}
    checked = 0
    for line in Path("/proc/self/maps").read_text().splitlines():
        path = Path(line.split()[-1])
        stem = path.name.partition(".so")[0]
        name = {"libcrypto": "openssl", "libsqlite3": "sqlite"}.get(stem)
        rule = wanted(str(path)[1:], 1) if name and path.exists() else None
        if name and rule and rule.derive:
            assert rule.derive(path.read_bytes()).decode() == said[name]
            checked += 1
    if not checked:
        pytest.skip("the interpreter has these libraries built in")


def test_a_library_in_a_wheel_has_its_owner() -> None:
    entries: dict[str, Entry] = {
        **distribution(
            "psycopg2-binary",
            "2.9.10",
            {"psycopg2/__init__.py": "", "psycopg2_binary.libs/libssl-81ffa89e.so.3": b"\x7fELF"},
        ),
        **distribution(
            "nvidia-cudnn-cu12", "9.1.0.70", {"nvidia/cudnn/lib/libcudnn.so.9": b"\x7fELF"}
        ),
        f"{SITE}/other.libs/libgomp-a34b3233.so.1.0.0": b"\x7fELF",
    }
    found = {each.path.rpartition("/")[2]: each for each in libraries(whole(table(entries)))}
    assert {name: (each.name, each.owner, each.version) for name, each in found.items()} == {
        "libssl-81ffa89e.so.3": ("openssl", "psycopg2-binary", "2.9.10"),
        "libcudnn.so.9": ("cudnn", "nvidia-cudnn-cu12", "9.1.0.70"),
        "libgomp-a34b3233.so.1.0.0": ("openmp", "other", "1.0.0"),
    }


def test_links_are_not_told_again() -> None:
    entries: dict[str, Entry] = {
        f"{SYSTEM}/libz.so.1.2.13": b"\x7fELF",
        f"{SYSTEM}/libz.so.1": Symlink("libz.so.1.2.13"),
    }
    assert [each.path for each in libraries(whole(table(entries)))] == [f"/{SYSTEM}/libz.so.1.2.13"]


def test_of_a_pair_only_the_systems_are_asked_for() -> None:
    own = table({"srv/a": ""})
    upgraded = distribution("a", "1", {"a.libs/libz-81ffa89e.so.1": b"\x7fELF"})
    wheel = table({**upgraded, f"{SITE}/a-0.9.dist-info": WHITEOUT})
    left, _ = pair([own], [own], [wheel])
    assert libraries(left) == ()
    assert not left.asked
    left, _ = pair([own], [own], [table({f"{SYSTEM}/libz.so.1.2.13": b"\x7fELF"})])
    libraries(left)
    assert left.asked
