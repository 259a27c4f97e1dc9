"""Real virtual environments, filled by pip from wheels made here, against importlib.metadata."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.metadata
import io
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from depcheck.images.contents.python import python_contents
from depcheck.model.inventory import Installed
from tests.support.views import table_of, whole

BACKEND = """\
import zipfile
def get_requires_for_build_editable(settings=None):
    return []
def build_editable(folder, settings=None, metadata=None):
    name = "plugin-0.1-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        wheel.writestr("__editable__.plugin.pth", "/srv/plugin\\n")
        info = "plugin-0.1.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: plugin\\nVersion: 0.1\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""


def wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> Path:
    """A wheel with a console script, and a script whose first line an installer rewrites."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    held = {
        **files,
        f"{module}-{version}.data/scripts/{name}-script": "#!python\nprint('started')\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {module}:main\n",
    }
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    for path, text in held.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        rows.writerow([path, f"sha256={digest.rstrip('=')}", len(text.encode())])
    rows.writerow([f"{info}/RECORD", "", ""])
    made = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for path, text in (*held.items(), (f"{info}/RECORD", record.getvalue())):
            archive.writestr(path, text)
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with three distributions and pip itself. Not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    files = {
        "web_shop/__init__.py": "def main(): ...\n",
        "web_shop/data file, with comma.txt": "x\n",
        "web_shop/ä.py": "y = 1\n",
    }
    wheels = [
        wheel(folder, "web-shop", "2.0", files),
        wheel(folder, "toolbox", "1.0rc1", {"box.py": ""}),
    ]
    source = folder / "plugin"
    source.mkdir()
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (source / "backend.py").write_text(BACKEND)
    venv.create(folder / "env", with_pip=True, symlinks=True)
    subprocess.run(
        [
            *(folder / "env/bin/python", "-m", "pip", "install", "-q", "--no-index", "--no-deps"),
            *("--disable-pip-version-check", "--no-build-isolation", *wheels, "-e", source),
        ],
        check=True,
    )
    return folder / "env"


@pytest.fixture
def env(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "env", symlinks=True))


def installed(env: Path) -> dict[str, Installed]:
    found = python_contents(whole(table_of(env, "opt/venv")), path="", command=())
    assert found.undetermined == ()
    assert len({each.name for each in found.distributions}) == len(found.distributions)
    return {each.name: each for each in found.distributions}


def site_of(env: Path) -> Path:
    (found,) = env.glob("lib/python*/site-packages")
    return found


def test_an_untouched_environment_is_what_importlib_says(made: Path) -> None:
    found = installed(made)
    witness = {
        each.metadata["Name"].lower(): each.version
        for each in importlib.metadata.distributions(path=[str(site_of(made))])
    }
    assert {name: each.version for name, each in found.items()} == witness
    assert {"web-shop", "toolbox", "plugin", "pip"} <= found.keys()
    assert not [each for each in found.values() if each.patched or each.missing]
    assert {each.installer for each in found.values()} == {"pip"}
    assert found["plugin"].source.startswith("editable file:///")
    assert found["web-shop"].source.startswith("file:///")


def test_all_files_of_distributions_are_accounted_for(made: Path) -> None:
    found = python_contents(whole(table_of(made, "opt/venv")), path="", command=())
    site = site_of(made)
    files = {
        f"opt/venv/{path.relative_to(made)}"
        for path in site.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    unowned = {
        name for name in files - found.owned if not name.endswith("distutils-precedence.pth")
    }
    assert unowned == set()
    assert "opt/venv/bin/web-shop" in found.owned


def test_a_patched_file_and_a_removed_one_are_found(env: Path) -> None:
    with (site_of(env) / "web_shop/__init__.py").open("a") as file:
        file.write("# by hand\n")
    (site_of(env) / "web_shop/data file, with comma.txt").unlink()
    script = env / "bin/toolbox-script"
    script.write_text(script.read_text() + "# by hand\n")
    found = installed(env)
    assert list(found["web-shop"].patched) == ["web_shop/__init__.py"]
    assert found["web-shop"].missing == ("web_shop/data file, with comma.txt",)
    assert list(found["toolbox"].patched) == ["/opt/venv/bin/toolbox-script"]


def test_a_leftover_of_another_version_is_a_duplicate(env: Path) -> None:
    site = site_of(env)
    shutil.copytree(site / "web_shop-2.0.dist-info", site / "web_shop-1.9.dist-info")
    metadata = site / "web_shop-1.9.dist-info/METADATA"
    metadata.write_text(metadata.read_text().replace("2.0", "1.9"))
    found = python_contents(whole(table_of(env, "opt/venv")), path="", command=())
    assert sorted(e.version for e in found.distributions if e.name == "web-shop") == ["1.9", "2.0"]


def test_byte_code_matters_not(env: Path) -> None:
    for path in env.rglob("*.pyc"):
        path.unlink()
    assert not [each for each in installed(env).values() if each.patched or each.missing]


def test_the_environment_and_its_version_are_told(made: Path) -> None:
    view = whole(table_of(made, "opt/venv"))
    found = python_contents(view, path="/opt/venv/bin:/usr/bin", command=("web-shop",))
    (environment,) = found.environments
    assert (environment.prefix, environment.kind) == ("/opt/venv", "virtual")
    assert environment.python == ".".join(map(str, sys.version_info[:3]))
    assert environment.active
    assert found.interpreters == ()
