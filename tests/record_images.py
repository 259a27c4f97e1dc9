"""Write the tiny staging and production images of the shop as OCI layouts.

    python tests/record_images.py fixtures/images

The story: both stand on the same Debian and the same virtual environment. In production
the recommender was updated, and its install moved PyJWT from 2.10.1 back to 1.7.1 under the
web application, whose logins rest on it. Someone patched Django there by hand, OpenSSL
lags behind, the container runs as root, and a test helper was deleted. ``LOG_LEVEL`` and
``DATABASE_URL`` differ as they should.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.contents import SITE, debian, distribution, dpkg_status, interpreter, venv
from tests.support.oci import OPAQUE, WHITEOUT, Entry, Image, Layer, Step, write_layout

PACKAGES = {
    "base-files": "12.4+deb12u12", "bash": "5.2.15-2+b9", "ca-certificates": "20230311+deb12u1",
    "dpkg": "1.21.22", "libc6": "2.36-9+deb12u13", "libssl3": "3.0.16-1~deb12u1",
    "openssl": "3.0.16-1~deb12u1", "python3.11": "3.11.2-6+deb12u6", "tzdata": "2025b-0+deb12u2",
}  # fmt: skip
FIXED = {"libssl3": "3.0.17-1~deb12u2", "openssl": "3.0.17-1~deb12u2"}

BACKENDS = '''\
class ModelBackend:
    """Authenticates against the users of the database."""

    def user_can_authenticate(self, user):
        return getattr(user, "is_active", True)
'''
PATCHED = BACKENDS.replace('getattr(user, "is_active", True)', "True  # hotfix, remove me")
JWT = {
    "2.10.1": "def encode(payload, key, algorithm):\n    return token.decode()\n",
    "1.7.1": "def encode(payload, key, algorithm):\n    return token  # bytes\n",
}
WEB = """\
import jwt


def session_cookie(user, key):
    return jwt.encode({"sub": user.pk}, key, algorithm="HS256")
"""


def pyjwt(version: str) -> dict[str, Entry]:
    files = {
        "jwt/__init__.py": f'from jwt.api_jwt import encode\n\n__version__ = "{version}"\n',
        "jwt/api_jwt.py": JWT[version],
    }
    return distribution("PyJWT", version, files)


def recommender(version: str, jwt: str) -> dict[str, Entry]:
    files = {"shop_recommender/__init__.py": f'"""Recommends."""\n\n__version__ = "{version}"\n'}
    requires = ("numpy>=1.26", f"PyJWT{jwt}")
    return distribution("shop-recommender", version, files, requires=requires)


BASE = Layer(
    {**debian("12", PACKAGES), **interpreter("3.11.2"), "bin/sh": "#!stands for a shell\n"},
    "/bin/sh -c #(nop) ADD file:rootfs in / ",
)
ENVIRONMENT = Layer(
    {
        **venv("opt/venv", "3.11.2"),
        **distribution(
            "Django", "5.2.8",
            {
                "django/__init__.py": 'VERSION = (5, 2, 8, "final", 0)\n',
                "django/contrib/auth/backends.py": BACKENDS,
                "django/test/client.py": "class Client:\n    pass\n",
            },
            requires=("asgiref<4,>=3.8.1", "sqlparse>=0.3.1"),
        ),
        **distribution("asgiref", "3.10.0"),
        **distribution("sqlparse", "0.5.3"),
        **distribution("gunicorn", "23.0.0", requires=("packaging",)),
        **distribution("packaging", "25.0"),
        **distribution("numpy", "2.3.4", {"numpy/__init__.py": '__version__ = "2.3.4"\n'}),
        **distribution("certifi", "2025.10.5"),
        **pyjwt("2.10.1"),
        **recommender("1.4.0", ">=1.7"),
    },
    "/bin/sh -c python3 -m venv /opt/venv && pip install -r requirements.txt",
)  # fmt: skip
CODE = Layer({"srv/shop/web.py": WEB}, "/bin/sh -c #(nop) COPY dir:shop in /srv/shop ")
OPENSSL = Layer(
    {"var/lib/dpkg/status": dpkg_status(PACKAGES | FIXED)},
    "/bin/sh -c apt-get update && apt-get install -y --only-upgrade openssl libssl3",
)
UPDATE = Layer(
    {
        f"{SITE}/PyJWT-2.10.1.dist-info": WHITEOUT,
        f"{SITE}/jwt": OPAQUE,
        f"{SITE}/shop_recommender-1.4.0.dist-info": WHITEOUT,
        f"{SITE}/shop_recommender": OPAQUE,
        **pyjwt("1.7.1"),
        **recommender("2.0.0", "<2"),
    },
    "/bin/sh -c pip install --upgrade shop-recommender",
)
HOTFIX = Layer(
    {
        f"{SITE}/django/contrib/auth/backends.py": PATCHED,
        f"{SITE}/django/test/client.py": WHITEOUT,
    },
    "/bin/sh -c sed -i s/is_active/True/ backends.py && rm django/test/client.py",
)


def _image(layers: tuple[Layer, ...], user: str, revision: str, env: dict[str, str]) -> Image:
    variables = {"PATH": "/opt/venv/bin:/usr/bin:/bin", **env}
    steps = [Step(f"/bin/sh -c #(nop)  ENV {name}={value}") for name, value in env.items()]
    label = "org.opencontainers.image.revision"
    steps.append(Step(f"/bin/sh -c #(nop)  LABEL {label}={revision}"))
    steps.append(Step(f"/bin/sh -c #(nop)  USER {user}"))
    return Image(
        (BASE, ENVIRONMENT, CODE, *layers, *steps),
        config={
            "User": user,
            "Env": [f"{name}={value}" for name, value in variables.items()],
            "Cmd": ["gunicorn", "shop.web"],
            "WorkingDir": "/srv/shop",
            "ExposedPorts": {"8000/tcp": {}},
            "Labels": {label: revision},
        },
    )


STAGING = _image(
    (OPENSSL,), "shop", "4f2a9c1",
    {"LOG_LEVEL": "debug", "DATABASE_URL": "postgresql://shop:example@db.staging.example/shop"},
)  # fmt: skip
PRODUCTION = _image(
    (UPDATE, HOTFIX), "root", "b81e07d",
    {"LOG_LEVEL": "info", "DATABASE_URL": "postgresql://shop:example@db.example/shop"},
)  # fmt: skip
IMAGES = {"staging": STAGING, "production": PRODUCTION}


def record(destination: Path) -> None:
    """Write ``destination/staging`` and ``destination/production``, in place of what is there."""
    for name, image in IMAGES.items():
        if (destination / name).exists():
            shutil.rmtree(destination / name)
        write_layout(destination / name, {name: image})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("destination", type=Path)
    record(parser.parse_args().destination)


if __name__ == "__main__":
    main()
