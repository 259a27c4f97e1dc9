"""Build a staging and a production image with planted differences, in an engine.

    python tests/bench/image_pair.py --engine unix:///run/engine.sock \\
        --registry 127.0.0.1:5000 --size big --work DIR

``NAME:staging`` and ``NAME:production`` stand on the same lower layers: a debootstrap base,
apt packages, a virtual environment. Each has its own pip and apt steps above them; what
production lacks or has else is in ``PLANTED``. ``NAME:nearsame`` has the layers of staging
under another configuration, ``NAME:hotfix`` is production with files changed that shared
layers brought (``BELOW``), so that these have to be read. ``NAME-unpushed`` has the pair
again, as images that no registry knows. Wheels are downloaded on this side and given to the
build over loopback, so that no index and no certificate gets into an image. The base and
the wheels are kept in ``--work``.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.engine import Engine

BASE = "depcheck-base:bookworm"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

SMALL = (
    "django==5.2.1", "celery==5.5.2", "requests==2.32.3", "pydantic==2.11.5", "orjson==3.10.18",
    "cryptography==45.0.3", "click==8.1.8", "gunicorn==23.0.0", "tzdata==2025.2",
)  # fmt: skip
BIG = (
    *SMALL, "numpy==2.2.6", "pandas==2.2.3", "scipy==1.15.3", "scikit-learn==1.6.1",
    "pyarrow==20.0.0", "psycopg2-binary==2.9.10", "sqlalchemy==2.0.41", "alembic==1.16.1",
    "fastapi==0.115.12", "uvicorn==0.34.2", "httpx==0.28.1", "aiohttp==3.12.4",
    "djangorestframework==3.16.0", "redis==6.2.0", "boto3==1.38.27",
    "lxml==5.4.0", "beautifulsoup4==4.13.4", "jinja2==3.1.6", "rich==14.0.0", "grpcio==1.71.0",
    "xgboost-cpu==3.0.2", "networkx==3.4.2", "msgpack==1.1.0",
    "opentelemetry-sdk==1.33.1", "structlog==25.3.0", "prometheus-client==0.22.0",
    "pyyaml==6.0.2",
    # redis wants it below Python 3.11.3 alone: the image has 3.11.2, this side perhaps not
    "async-timeout==5.0.1",
)  # fmt: skip
BOTH = ("tenacity==9.1.2", "whitenoise==6.9.0")
STAGING = (*BOTH, "PyJWT==2.10.1", "sentry-sdk==2.28.0", "pillow==11.1.0")
PRODUCTION = (*BOTH, "PyJWT==1.7.1", "sentry-sdk==2.29.1", "pillow==11.2.1")
NAMES = {"small": "shop", "big": "big"}
"""The repository's name by the pair's size."""
APT = {"small": (), "big": ("curl", "libgomp1", "libpq5", "libxml2", "openssl", "git")}

PATCHED, DELETED = "tenacity/retry.py", "whitenoise/media_types.py"
BELOW = {"click": "click/utils.py", "requests": "requests/hooks.py"}
"""What ``hotfix`` has patched and deleted beside: distributions that shared layers hold."""
PLANTED: Mapping[str, tuple[str | None, str | None]] = {
    "pyjwt": ("2.10.1", "1.7.1"),
    "sentry-sdk": ("2.28.0", "2.29.1"),
    "pillow": ("11.1.0", "11.2.1"),
    "orjson": ("3.10.18", None),
    "apt:jq": (None, "*"),
    "apt:libjq1": (None, "*"),
    "env:LOG_LEVEL": ("debug", "info"),
    "user": ("app", "root"),
    f"patched:{PATCHED}": ("*", "*"),
    f"deleted:{DELETED}": ("*", None),
    "label:org.example.tier": ("staging", "production"),
}
"""What differs, as (staging, production); ``*`` stands for any value, None for absent."""

LOWER = """\
FROM {base}
ARG WHEELS
RUN apt-get update && apt-get install -y --no-install-recommends libonig5 {apt} \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* && useradd --create-home app
RUN python3 -m venv /opt/venv \\
 && /opt/venv/bin/pip install -q --no-cache-dir --no-index --find-links $WHEELS {pins}
ENV PATH=/opt/venv/bin:{path} PYTHONUNBUFFERED=1
"""
TOP = """\
FROM {lower}
ARG WHEELS
RUN /opt/venv/bin/pip install -q --no-cache-dir --no-index --find-links $WHEELS {pins}
RUN apt-get update && apt-get install -y --no-install-recommends {apt} \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
{steps}
COPY app /srv/app
WORKDIR /srv/app
EXPOSE 8000
ENV LOG_LEVEL={level} SECRET_KEY=not-for-printing
LABEL org.example.tier={tier} org.example.team=shop
USER {user}
CMD ["gunicorn", "shop.wsgi"]
"""
SITE = "/opt/venv/lib/python3.11/site-packages"
CHANGES = f"""\
RUN /opt/venv/bin/pip uninstall -q -y orjson
RUN sed -i '1i # patched by hand' {SITE}/{PATCHED} && rm {SITE}/{DELETED}
"""
HOTFIX = f"""\
FROM {{name}}:production
RUN sed -i '1i # patched by hand' {SITE}/{BELOW["click"]} && rm {SITE}/{BELOW["requests"]}
"""
UNPUSHED = "FROM {name}:{tag}\nLABEL org.example.pushed=never\n"
NEARSAME = "FROM {name}:staging\nENV LOG_LEVEL=warning\nLABEL org.example.tier=rehearsal\n"


def base_archive(work: Path) -> Path:
    """Return a tar of a minimal Debian with Python, made once by debootstrap (as root)."""
    archive = work / "base.tar"
    if archive.exists():
        return archive
    with tempfile.TemporaryDirectory(dir=work) as folder:
        root = Path(folder) / "root"
        _shell(
            "debootstrap", "--variant=minbase",
            "--include=python3,python3-venv,ca-certificates,tzdata", "bookworm", str(root),
        )  # fmt: skip
        # debootstrap may leave /proc and /sys mounted: neither belongs into the image,
        # and removing the folder must not walk into them.
        for name in ("proc", "sys"):
            subprocess.run(["umount", str(root / name)], capture_output=True)
        leave = [f"--exclude=./{n}/*" for n in
                 ("proc", "sys", "dev", "var/cache/apt", "var/lib/apt/lists")]  # fmt: skip
        partial_archive = archive.with_suffix(".part")
        _shell(
            "tar", "--one-file-system", *leave, "-C", str(root), "-cf", str(partial_archive), "."
        )
        partial_archive.rename(archive)
    return archive


def wheels(work: Path, pins: tuple[str, ...]) -> Path:
    """Download wheels for CPython 3.11 on Linux, with all that they need."""
    house = work / "wheels"
    house.mkdir(exist_ok=True)
    machine = platform.machine()
    tags = [w for t in ("2_28", "2_17", "2014") for w in
            ("--platform", f"manylinux{'_' * ('_' in t)}{t}_{machine}")]  # fmt: skip
    _shell(
        sys.executable, "-m", "pip", "download", "-q", "--only-binary", ":all:", *tags,
        "--python-version", "3.11", "--implementation", "cp", "-d", str(house), *pins,
    )  # fmt: skip
    return house


def _shell(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{words[0]}: {done.stdout[-1500:]}{done.stderr[-1500:]}")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def build_pair(engine: Engine, size: str, work: Path, name: str, *, anew: bool = False) -> bool:
    """Build the images of a pair; ``size`` is ``small`` or ``big``.

    Returns False where the engine has them already and they are not wanted ``anew``.
    Raises ``OSError`` where a command fails.
    """
    if not anew and engine.has(f"{name}-unpushed:production"):
        return False
    work.mkdir(parents=True, exist_ok=True)
    if not engine.has(BASE):
        engine.run("import", "-c", f"ENV PATH={PATH}", "-", BASE, stdin=base_archive(work))
    pins = BIG if size == "big" else SMALL
    wheels(work, (*pins, *STAGING))
    house = wheels(work, PRODUCTION)
    app = {"app/shop/wsgi.py": "application = None\n"}
    with served(house) as url:
        lower = LOWER.format(base=BASE, apt=" ".join(APT[size]), pins=" ".join(pins), path=PATH)
        engine.build(f"{name}:lower", lower, WHEELS=url)
        for tag, recipe in _tops(f"{name}:lower").items():
            engine.build(f"{name}:{tag}", recipe, app, WHEELS=url)
        engine.build(f"{name}:hotfix", HOTFIX.format(name=name))
        engine.build(f"{name}:nearsame", NEARSAME.format(name=name))
    for tag in ("staging", "production"):
        engine.build(f"{name}-unpushed:{tag}", UNPUSHED.format(name=name, tag=tag))
    return True


def _tops(lower: str) -> dict[str, str]:
    """Return the recipes of staging and production, by tag."""
    own = {
        "staging": (STAGING, "less", "", "debug", "app"),
        "production": (PRODUCTION, "less jq", CHANGES, "info", "root"),
    }
    return {
        tag: TOP.format(
            lower=lower, tier=tag, pins=" ".join(pins), apt=apt, steps=steps, level=level, user=user
        )
        for tag, (pins, apt, steps, level, user) in own.items()
    }


def push_pair(engine: Engine, name: str, registry: str) -> list[str]:
    """Push the pair to ``registry`` (``HOST:PORT``); return the names it got in the engine."""
    tags = ("staging", "production", "nearsame", "hotfix")
    names = [f"{registry}/{name}:{tag}" for tag in tags]
    for tag, pushed in zip(tags, names, strict=True):
        engine.run("tag", f"{name}:{tag}", pushed)
        engine.run("push", "-q", pushed)
    return names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--engine", required=True, help="as unix:///run/docker.sock")
    parser.add_argument("--registry", help="HOST:PORT to push the pair to")
    parser.add_argument("--size", choices=NAMES, default="small")
    parser.add_argument("--name", help="repository name (default: shop or big)")
    parser.add_argument("--work", type=Path, required=True, help="where base and wheels are kept")
    chosen = parser.parse_args()
    if not shutil.which("docker") or not shutil.which("debootstrap"):
        parser.error("docker and debootstrap are needed (apt-get install docker.io debootstrap)")
    engine = Engine(chosen.engine)
    name = chosen.name or NAMES[chosen.size]
    build_pair(engine, chosen.size, chosen.work.resolve(), name, anew=True)
    if chosen.registry:
        push_pair(engine, name, chosen.registry)


if __name__ == "__main__":
    main()
