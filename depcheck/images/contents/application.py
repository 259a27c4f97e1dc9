"""The files that are the application's own, or all of them where files are compared."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from depcheck.images.contents.packages import COMPARED_PATHS
from depcheck.images.table import Entry
from depcheck.images.view import BELOW, View
from depcheck.model.inventory import FileState

_PERMISSIONS = 0o7777


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What the distribution's packages bring, what other parts compare, and what every build
# or every start writes anew. /etc is compared but for what packages and tools keep there.
_ELSEWHERE = (
    *("bin", "sbin", "lib", "lib32", "lib64", "libx32", "boot", "usr"),
    *("proc", "sys", "dev", "run", "tmp", ".dockerenv"),
    *("var/cache", "var/log", "var/tmp", "var/run", "var/lock", "var/spool", "var/mail"),
    *("var/backups", "var/db/sudo"),
)
_STATE = _words(  # folders in var/lib that belong to packages of the system
    """
    apk apt aptitude ca-certificates dbus dnf dpkg emacsen-common fontconfig git initramfs-tools
    locales logrotate man-db misc pam polkit-1 private python rpm rpm-state sgml-base shells.state
    sudo systemd texmf ucf urandom vim xfonts xml-core yum zypp
    """
)
_CONFIGURATION = _words(  # in etc: what packages and tools write, and what facts compare
    """
    .pwd.lock .updated alternatives apk apt bash_completion.d ca-certificates ca-certificates.conf
    ca-certificates.conf.dpkg-old ca-certificates.conf.dpkg-new debconf.conf debian_version
    default/locale dnf dpkg fonts fstab group group- gshadow gshadow- hostname hosts init init.d
    issue issue.net kernel ld.so.cache locale.alias locale.conf localtime logrotate.d lsb-release
    machine-id mke2fs.conf motd mtab os-release pam.conf pam.d passwd passwd- pki/ca-trust
    pki/rpm-gpg pki/tls/cert.pem pki/tls/certs rc.d rc0.d rc1.d rc2.d rc3.d rc4.d rc5.d rc6.d rcS.d
    redhat-release resolv.conf rpm selinux sgml shadow shadow- shells skel ssl/ca-bundle.pem
    ssl/cert.pem ssl/certs subgid subgid- subuid subuid- system-release systemd terminfo timezone
    ucf.conf udev update-motd.d xattr.conf xdg xml yum.repos.d
    """
)
_OURS_IN_USR = ("usr/local", "usr/src")
_PRIVATE = re.compile(  # caches, and what Python environments and interpreters consist of
    r"(?:^|/)(?:__pycache__|\.cache|\.npm|[^/]+\.(?:dist|egg)-info|conda-meta|pkgconfig)(?:/|$)"
    r"|(?:^|/)(?:pyvenv\.cfg|CACHEDIR\.TAG|\.wget-hsts|\.bash_history|\.python_history)$"
    r"|(?:^|/)bin/(?:(?:python|pypy|idle|pydoc|2to3)[\d.]*t?(?:-config)?|activate[^/]*|Activate\.ps1)$"
    r"|(?:^|/)lib(?:64)?/(?:python|pypy)\d[^/]*/(?!(?:site|dist)-packages(?:/|$))"
    r"|(?:^|/)lib(?:64)?/libpython[^/]*$|(?:^|/)lib64$"
    r"|^usr/local/(?:include|man|share/(?:man|doc|info))(?:/|$)"
)
_IN_SITE = re.compile(r"/(?:site|dist)-packages/[^/]")
_DULL = ("usr/share", "usr/include", "usr/games", "usr/bin", "usr/sbin", "bin", "sbin")
_SHARED_OBJECT = re.compile(r"\.so(?:\.\d+)*$")  # a file: in scope by itself
_PROGRAMS = ("usr", "bin", "lib", "lib32", "lib64", "libx32")


def application_files(
    view: View, owned: frozenset[str], *, everything: bool
) -> Mapping[str, FileState]:
    """Return the files in the view's scope by absolute path, times left out.

    ``owned`` are the paths (relative, as in a View) of the files of Python distributions:
    of a pair, those of both sides, else what one side has alone is asked for on the
    other. ``everything`` takes in every file, folder, link and device; else only regular
    files and links that nothing else compares: the application's own and the
    configuration in /etc.
    """
    conda = _conda_prefixes(view)
    folders = {posixpath.dirname(path) for path in view.scope}
    files: dict[str, FileState] = {}
    for path in view.scope:
        if _is_bytecode(view, path):
            continue
        if not everything:
            if path in owned or _compared_elsewhere(path, conda):
                continue
            if path in folders and view.known(path) is BELOW:
                continue  # a folder on one side at least, and what is in it is asked for
        entry = view.entry(path)
        if entry is not None and (everything or entry.kind in ("file", "link")):
            files[f"/{path}"] = _state(view, path, entry)
    return files


def matters_when_hidden(folder: str) -> bool:
    """Tell whether what a removed or emptied ``folder`` held below has to be known.

    Not where nothing in it is compared, nor inside of a Python site folder, in which
    the names of the ``.dist-info`` folders tell what is gone.
    """
    if any(_lies_in(path, (folder,)) for path in COMPARED_PATHS):
        return True
    if any(pattern.search(folder) for pattern in (_IN_SITE, _PRIVATE, _SHARED_OBJECT)):
        return False
    if _lies_in(folder, _PROGRAMS):  # interpreters and libraries are looked for in these
        return folder in ("usr/bin", "bin") or not _lies_in(folder, _DULL)
    return not _lies_in(folder, _ELSEWHERE) and not belongs_to_system(folder)


def _is_bytecode(view: View, path: str) -> bool:
    """Tell whether ``path`` is what Python writes and reads only beside its source (PEP 3147)."""
    if path.endswith((".pyc", ".pyo")):
        return "/__pycache__/" in path or view.known(path[:-1]) is not None
    return path.endswith("/__pycache__")


def _state(view: View, path: str, entry: Entry) -> FileState:
    return FileState(
        kind=entry.kind,
        mode=entry.mode & _PERMISSIONS,
        uid=entry.uid,
        gid=entry.gid,
        size=entry.size if entry.kind == "file" else 0,
        digest=entry.digest.hex(),
        link=entry.link,
        brought=view.brought(path),
    )


def _compared_elsewhere(path: str, conda: tuple[str, ...]) -> bool:
    if path.startswith("usr/"):
        if not _lies_in(path, _OURS_IN_USR):
            return True
    elif _lies_in(path, _ELSEWHERE) or belongs_to_system(path):
        return True
    return _PRIVATE.search(path) is not None or path.startswith(conda)


def belongs_to_system(path: str) -> bool:
    """Tell whether ``path`` is of etc or var/lib and written by packages and tools alone."""
    if path.startswith("etc/"):
        parts = path.split("/")[1:4]
        return any("/".join(parts[:depth]) in _CONFIGURATION for depth in range(1, 4))
    return path.startswith("var/lib/") and path.split("/")[2] in _STATE


def _conda_prefixes(view: View) -> tuple[str, ...]:
    """Return the folders of conda environments with a slash: their packages are compared."""
    marker = "/conda-meta/"
    return tuple(sorted({path[: path.index(marker) + 1] for path in view.scope if marker in path}))


def _lies_in(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
