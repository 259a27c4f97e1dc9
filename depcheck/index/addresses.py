"""Which indexes a run asks, in which order, and how to reach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from depcheck.errors import IndexFailure, UsageError
from depcheck.index.pipconf import PipSettings, default_index, read_pip_settings
from depcheck.model.settings import IndexSettings
from depcheck.model.text import did_you_mean, printable
from depcheck.net.credentials import origin, split_userinfo
from depcheck.net.network import Network, network_from
from depcheck.net.redaction import redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """``indexes`` in the order asked, each ending in a slash, maybe with userinfo.

    ``find_links`` are folders, or pages with links. All are URLs; local ones are
    ``file:`` URLs.
    """

    indexes: tuple[str, ...]
    find_links: tuple[str, ...]
    network: Network


def find_addresses(settings: IndexSettings, environ: Mapping[str, str], root: Path) -> Addresses:
    """Return where to look projects up: what was asked for, else what pip would use.

    With an index of its own a run does not use pip's further indexes and links.
    Raises IndexFailure for an address that makes no sense, and UsageError where
    ``settings`` name a folder that is not there (pip's own settings may).
    """
    pip = read_pip_settings(environ)
    links: tuple[str, ...] = ()
    if settings.index_url is not None:
        named = (settings.index_url, *settings.extra_index_urls)
    else:
        links = pip.words("find-links")
        named = (*_pip_indexes(pip), *settings.extra_index_urls)
    for each in (settings.index_url, *settings.extra_index_urls):
        if each is not None:
            _check_folder(_as_url(each, root))
    indexes = tuple(dict.fromkeys(_as_url(each, root).rstrip("/") + "/" for each in named))
    return Addresses(
        indexes=indexes,
        find_links=tuple(dict.fromkeys(_as_url(each, root) for each in links)),
        network=_network(pip, environ),
    )


def _pip_indexes(pip: PipSettings) -> tuple[str, ...]:
    if pip.flag("no-index"):
        return ()
    return (pip.text("index-url", "pypi-url") or default_index(), *pip.words("extra-index-url"))


def _as_url(text: str, root: Path) -> str:
    """Return an address as a URL; what has no scheme is a path relative to ``root``."""
    text = text.strip()
    if text.startswith(("http://", "https://")):
        try:
            origin(split_userinfo(text)[0])
        except ValueError as error:
            raise IndexFailure(f"the index address makes no sense: {error}") from error
        if urlsplit(text).hostname:
            return text.partition("#")[0]
    elif text.startswith("file:"):
        return text
    elif text and "://" not in text:
        return (root / Path(text).expanduser()).resolve().as_uri()
    raise IndexFailure(
        f"the index address {redact(text)!r} makes no sense",
        hint="use an https, http or file address, or the path of a folder",
    )


def _check_folder(url: str) -> None:
    """Raise UsageError for the URL of a folder that is not there: it would offer nothing."""
    path = local_path(url)
    if path is None or path.is_dir():
        return
    shown = printable(str(path))
    if path.exists():
        raise UsageError(
            f"the index {shown} is a file, not a folder",
            hint="name the folder that has a folder for each project, or a URL",
        )
    beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    raise UsageError(
        f"the index {shown} does not exist: no such folder",
        hint=did_you_mean(path.name, beside)
        or "name a folder that is there, or a URL (https://index.example/simple/)",
    )


def absent_folders(indexes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths of those local indexes that are not there."""
    paths = (local_path(index) for index in indexes)
    return tuple(str(path) for path in paths if path is not None and not path.is_dir())


def local_path(url: str) -> Path | None:
    """Return the path of a ``file:`` URL, None for others."""
    if not url.startswith("file:"):
        return None
    path = unquote(urlsplit(url).path)
    if len(path) > 2 and path[0] == "/" and path[2] == ":":
        path = path[1:]
    return Path(path)


def _network(pip: PipSettings, environ: Mapping[str, str]) -> Network:
    proxy = pip.text("proxy")
    common = network_from(environ)
    ca_file = pip.text("cert") or common.ca_file
    if ca_file and not Path(ca_file).exists():
        raise IndexFailure(
            f"the certificate file {ca_file} does not exist",
            hint="correct pip's cert setting or SSL_CERT_FILE",
        )
    netrc = Path(environ.get("NETRC") or Path(environ.get("HOME") or Path.home()) / ".netrc")
    return Network(
        timeout=pip.number(15.0, "timeout", "default-timeout") or 15.0,
        retries=min(int(pip.number(4, "retries")), 10),
        proxies={"all": proxy} if proxy else common.proxies,
        no_proxy=common.no_proxy,
        ca_file=ca_file,
        client_cert=pip.text("client-cert"),
        trusted_hosts=pip.words("trusted-host"),
        netrc=str(netrc) if netrc.is_file() else None,
        keyring=pip.text("keyring-provider") != "disabled",
    )


def cache_folder(settings: IndexSettings, environ: Mapping[str, str]) -> Path:
    """Return the folder of the cache: the one asked for, else the user's."""
    import sys

    if settings.cache_dir is not None:
        return settings.cache_dir
    home = Path(environ.get("HOME") or Path.home())
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData/Local") / "depcheck" / "Cache"
    if sys.platform == "darwin":
        return home / "Library/Caches/depcheck"
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache") / "depcheck"
